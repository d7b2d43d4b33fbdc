// Evidence as CEL sees it: lazy, answered where it is, nothing converted up front. Private to policy/.
#pragma once

#include <string_view>
#include <vector>

#include "engine/cel/cel.h"
#include "engine/policy/evidence.h"

namespace pratique {

// A JSON tree; nodes have the tree's own numbers.
class TreeView final : public cel::Source {
 public:
  explicit TreeView(const JsonTree& tree) : tree_(tree) {}
  cel::Value value_of(std::uint32_t node) const;
  cel::Value member(std::string_view name) const;  // of the root; absent when there is none

  std::uint32_t size_of(cel::Node node) const override { return tree_.nodes[node].count; }
  cel::Value at(cel::Node node, std::uint32_t index) const override;
  cel::Value key_at(cel::Node node, std::uint32_t index) const override;
  cel::Value find(cel::Node node, std::string_view key) const override;

 private:
  const JsonTree& tree_;
};

// What is known of one image. A node is a kind and a number: of a component, a finding, an attestation.
class ImageView final : public cel::Source {
 public:
  explicit ImageView(const ImageEvidence& image);

  cel::Value image() const { return object(Kind::image, 0); }
  cel::Value sbom() const { return object(Kind::sbom, 0); }
  cel::Value package(std::uint32_t component) const { return object(Kind::package, component); }
  cel::Value vulnerabilities() const;
  cel::Value attestations() const;

  const ImageEvidence& evidence() const { return image_; }
  // The findings at least this severe: those in front. `list` is one of vulnerabilities().
  static cel::Value at_least(const cel::Value& list, Severity severity);
  static bool is_vulnerabilities(const cel::Value& list);

  std::uint32_t size_of(cel::Node node) const override;
  cel::Value at(cel::Node node, std::uint32_t index) const override;
  cel::Value key_at(cel::Node, std::uint32_t) const override { return {}; }
  cel::Value find(cel::Node node, std::string_view field) const override;
  std::string_view type_of(cel::Node node) const override;

 private:
  enum class Kind : std::uint32_t {
    image,
    sbom,
    package,
    vulnerability,
    attestation,  // the objects end here
    packages,
    vulnerabilities,  // the number is how many of them
    attestations,
    licenses,  // of a package, as the next two
    cpes,
    paths,
    fixed,  // of a vulnerability, as the next
    aliases
  };
  static constexpr std::uint32_t number_bits = 27;
  static cel::Node node_of(Kind kind, std::uint32_t number) {
    return static_cast<std::uint32_t>(kind) << number_bits | number;
  }
  static Kind kind_of(cel::Node node) { return static_cast<Kind>(node >> number_bits); }
  static std::uint32_t number_of(cel::Node node) { return node & ((1U << number_bits) - 1); }
  cel::Value object(Kind kind, std::uint32_t number) const { return cel::Value::object(*this, node_of(kind, number)); }
  cel::Value list(Kind kind, std::uint32_t number) const { return cel::Value::list(*this, node_of(kind, number)); }

  cel::Value of_image(std::string_view field) const;
  cel::Value of_sbom(std::string_view field) const;
  cel::Value of_package(std::uint32_t component, std::string_view field) const;
  cel::Value of_vulnerability(std::uint32_t finding, std::string_view field) const;
  cel::Value of_attestation(std::uint32_t number, std::string_view field) const;
  std::span<const Detail> details(std::uint32_t component, Kind kind) const;

  const ImageEvidence& image_;
  std::string reference_, digest_;
};

// The images of a request, for `images`.
class ImagesView final : public cel::Source {
 public:
  explicit ImagesView(const std::vector<ImageEvidence>& images) : views_(images.begin(), images.end()) {}
  const ImageView& operator[](std::size_t index) const { return views_[index]; }
  cel::Value list() const { return cel::Value::list(*this, 0); }

  std::uint32_t size_of(cel::Node) const override { return static_cast<std::uint32_t>(views_.size()); }
  cel::Value at(cel::Node, std::uint32_t index) const override { return views_[index].image(); }
  cel::Value key_at(cel::Node, std::uint32_t) const override { return {}; }
  cel::Value find(cel::Node, std::string_view) const override { return {}; }

 private:
  std::vector<ImageView> views_;
};

cel::Value value_of(Time time);

}  // namespace pratique
