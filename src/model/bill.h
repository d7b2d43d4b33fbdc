// Bill: what one document says is inside one artifact.
//
// The surprise: components hold std::string_views. They point into the Bill's own TextPool, which copies of the Bill share
// and which lives as long as any of them; a Component taken out of a Bill must not outlive it. Equality compares content.
// Invariants (set by the readers): components[i].parent < i or none; edges are sorted, unique and in range; `purl` is empty
// or the canonical text of a valid purl; what could not be read is in `rejected`, never missing without a word.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"

namespace pratique {

// Owns text for as long as a Bill lives. Append only. Not thread safe while texts are added.
class TextPool {
 public:
  std::string_view keep(std::string_view text);  // a copy; equal texts given one after another are kept once
  void adopt(std::shared_ptr<const void> owner) { adopted_.push_back(std::move(owner)); }  // keeps foreign bytes alive

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::shared_ptr<const void>> adopted_;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::string_view last_;
};

enum class BillFormat : std::uint8_t { unknown, cyclonedx_json, spdx_json };
std::string_view name_of(BillFormat format);  // "cyclonedx-json", "spdx-json"

enum class ComponentType : std::uint8_t {
  library, application, framework, container, platform, operating_system, device, driver, firmware, file, data, other
};
std::string_view name_of(ComponentType type);  // CycloneDX's words: "operating-system"

enum class Scope : std::uint8_t { unspecified, required, optional, excluded };
std::string_view name_of(Scope scope);

constexpr std::uint32_t no_component = std::numeric_limits<std::uint32_t>::max();

struct Component {
  std::string_view ref;      // bom-ref or SPDXID, as the document writes it; may be empty
  std::string_view group;    // CycloneDX `group`; empty in SPDX
  std::string_view name;
  std::string_view version;  // as written; may be empty
  std::string_view purl;     // canonical, or empty
  std::string_view cpe;      // the first one, as written
  std::string_view license;  // an SPDX expression or name, as written; several joined by " AND "
  std::string_view supplier;
  std::string_view source;   // "name version" or "name" of the source package, where the document or purl says (`upstream`)
  std::uint32_t parent = no_component;  // the component this one is nested in
  ComponentType type = ComponentType::library;
  Scope scope = Scope::unspecified;

  bool operator==(const Component&) const = default;
};

// `from` depends on, contains or describes `to`; indices into components, or Bill::subject_index for the subject.
struct Edge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  auto operator<=>(const Edge&) const = default;
};

// What the bill is about.
struct Subject {
  std::string ref;
  std::string name;     // "registry.example.com/shop/checkout" or "checkout"
  std::string version;  // a tag or version
  std::string purl;     // canonical, or empty
  std::optional<Digest> digest;  // of the image manifest
  bool operator==(const Subject&) const = default;
};

// One thing set aside: where in the document, and why.
struct Rejected {
  std::string place;   // JSON pointer: "/components/12/purl"
  std::string reason;
  bool operator==(const Rejected&) const = default;
};

struct Bill {
  static constexpr std::uint32_t subject_index = no_component - 1;  // the subject, in an Edge

  BillFormat format = BillFormat::unknown;
  std::string spec_version;   // "1.6", "2.3"
  std::string serial;         // serialNumber or documentNamespace
  std::string tool;           // "syft 1.2.0", several joined by ", "
  std::optional<Time> created;
  std::string distro;         // "debian-12", "alpine-3.19": the operating system, where the document tells; else empty
  Subject subject;
  std::vector<Component> components;  // document order, nested ones flattened behind their parent
  std::vector<Edge> edges;
  std::vector<Rejected> rejected;
  std::shared_ptr<TextPool> pool = std::make_shared<TextPool>();

  bool operator==(const Bill& other) const;  // of all but the pool
};

// The shortest way from the subject to every component, by edges and nesting. Built once in O(components + edges).
class Paths {
 public:
  explicit Paths(const Bill& bill);

  // The component before this one on its way from the subject; no_component when the subject comes before it,
  // or when nothing leads to it (an unconnected component is taken as a direct part of the subject).
  std::uint32_t before(std::uint32_t component) const { return before_[component]; }
  // From the subject (left out) to the component (included).
  std::vector<std::uint32_t> path(std::uint32_t component) const;
  bool is_direct(std::uint32_t component) const { return before_[component] == no_component; }

 private:
  std::vector<std::uint32_t> before_;
};

// "log4j-core 2.14.1": how a component is called in a path or a table; the purl's last part where there is no name.
std::string label_of(const Component& component);

}  // namespace pratique
