// Bill: what one document says is inside one artifact.
//
// The surprise: components hold std::string_views. They point into the document's bytes or into the Bill's own
// TextPool; both are shared by copies of the Bill and live as long as any of them; a Component or Detail taken out of a
// Bill must not outlive it. Equality compares content. What most questions need stands in `components`; the rest
// (hashes, each licence, locations, properties) stands in `details`, one sorted table, so that half a million
// components stay small.
//
// Invariants (set by the readers): components[i].parent < i or none; edges and details are sorted, unique and in range;
// `purl` is empty or the canonical text of a valid purl; what could not be read is in `rejected`, never missing without
// a word.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "model/text_pool.h"

namespace pratique {

enum class BillFormat : std::uint8_t {
  unknown,
  cyclonedx_json,
  cyclonedx_xml,
  cyclonedx_protobuf,
  spdx_json,
  spdx_yaml,
  spdx_tag_value,
  spdx3_json,
  syft_json,
  purls  // package URLs alone, a line each: written, never read
};
std::string_view name_of(BillFormat format);  // "cyclonedx-json", "spdx-tag-value": the names of the command line

enum class ComponentType : std::uint8_t {
  library,
  application,
  framework,
  container,
  platform,
  operating_system,
  device,
  driver,
  firmware,
  file,
  data,
  machine_learning_model,
  cryptographic_asset,
  other
};
std::string_view name_of(ComponentType type);  // CycloneDX's words: "operating-system"

enum class Scope : std::uint8_t { unspecified, required, optional, excluded };
std::string_view name_of(Scope scope);

constexpr std::uint32_t no_component = std::numeric_limits<std::uint32_t>::max();

struct Component {
  std::string_view ref;    // bom-ref or SPDXID, as the document writes it; may be empty
  std::string_view group;  // CycloneDX `group`; empty in SPDX
  std::string_view name;
  std::string_view version;  // as written; may be empty
  std::string_view purl;     // canonical, or empty
  std::string_view cpe;      // the first one, as written
  std::string_view
      license;  // an SPDX expression or name, as written; several joined by " AND "; concluded before declared
  std::string_view supplier;
  std::string_view
      source;  // "name version" or "name" of the source package, where the document or purl says (`upstream`)
  std::uint32_t parent = no_component;  // the component this one is nested in
  ComponentType type = ComponentType::library;
  Scope scope = Scope::unspecified;

  bool operator==(const Component&) const = default;
};

enum class EdgeKind : std::uint8_t { depends_on, contains, describes, generated_from, provides };
std::string_view name_of(EdgeKind kind);  // "depends-on"

// `from` depends on, contains, describes, is generated from or provides `to`; indices into components, or
// Bill::subject_index for the subject.
struct Edge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  EdgeKind kind = EdgeKind::depends_on;
  auto operator<=>(const Edge&) const = default;
};

// What else a document says about a component, the subject or itself. In brackets: what `name` and `value` hold.
enum class DetailKind : std::uint8_t {
  hash,                // ("SHA-256", hex digits in lower case)
  declared_license,    // ("id", "name" or "expression"; the text). An expression parses (model/license.h)
  concluded_license,   // likewise
  observed_license,    // likewise: seen in the component, judged by nobody
  license_text,        // (the LicenseRef or licence name, the text itself)
  copyright,           // ("", the text)
  description,         // ("", the text)
  author,              // ("", "Jane Doe <jane@example.com>"); ("Organization" or the like, name) where that is told
  publisher,           // ("", name)
  supplier,            // (the URL, or "Person" where SPDX says so; name)
  manufacturer,        // (the URL, name)
  originator,          // ("Person" or "Organization", name)
  cpe,                 // ("", each CPE as written)
  identifier,          // ("swid", "swhid", "omniborid", "gitoid", the identifier)
  location,            // ("", a path in the artifact): where the component was found
  layer,               // ("", digest of the layer that brought it), or the layers of the subject
  external_reference,  // ("website", "distribution" or another of CycloneDX's words, the URL)
  property,            // (name, value) as the document has it
  completeness,        // ("assemblies" or "dependencies"; "complete", "incomplete", "unknown" ...)
  mime_type,           // ("", "application/java-archive")
  file_name,           // ("", the name of the package's own file)
  purpose,             // ("", SPDX's primaryPackagePurpose) where ComponentType has no such word
  tool,                // (version, vendor and name): what made the document
  lifecycle,           // ("", "build")
};
std::string_view name_of(DetailKind kind);  // "declared-license"

struct Detail {
  std::uint32_t of = 0;  // a component, Bill::subject_index or Bill::document_index
  DetailKind kind = DetailKind::property;
  std::string_view name;
  std::string_view value;
  auto operator<=>(const Detail&) const = default;
};

// What the bill is about.
struct Subject {
  std::string ref;
  std::string name;              // "registry.example.com/shop/checkout" or "checkout"
  std::string version;           // a tag or version
  std::string purl;              // canonical, or empty
  std::optional<Digest> digest;  // of the image manifest
  ComponentType type = ComponentType::other;
  // The component that is the subject itself, where the document lists it among its packages as SPDX does. Edges leave
  // subject_index, never this one.
  std::uint32_t listed = no_component;
  bool operator==(const Subject&) const = default;
};

// One thing set aside: where in the document, and why.
struct Rejected {
  std::string place;  // JSON pointer: "/components/12/purl", or line
  std::string reason;
  bool operator==(const Rejected&) const = default;
};

struct Bill {
  static constexpr std::uint32_t subject_index = no_component - 1;   // the subject, in an Edge or Detail
  static constexpr std::uint32_t document_index = no_component - 2;  // the document, in a Detail

  BillFormat format = BillFormat::unknown;
  std::string spec_version;  // "1.6", "2.3"
  std::string wrapping;  // "sigstore-bundle, dsse, in-toto": what it came in, outermost first; signatures NOT verified
  std::string serial;    // serialNumber or documentNamespace
  std::string tool;      // "syft 1.2.0", several joined by ", "
  std::optional<Time> created;
  std::string distro;  // "debian-12", "alpine-3.19": the operating system, where the document tells; else empty
  Subject subject;
  std::vector<Component> components;  // document order, nested ones flattened behind their parent
  std::vector<Edge> edges;
  std::vector<Detail> details;
  std::vector<Rejected> rejected;
  std::shared_ptr<TextPool> pool = std::make_shared<TextPool>();

  std::span<const Detail> details_of(std::uint32_t of) const;  // O(log n)
  std::span<const Detail> details_of(std::uint32_t of, DetailKind kind) const;

  bool operator==(const Bill& other) const;  // of all but the pool
};

// Of one component's details those of one kind.
std::span<const Detail> of_kind(std::span<const Detail> details, DetailKind kind);

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
