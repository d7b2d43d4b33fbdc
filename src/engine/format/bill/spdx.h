// SPDX 2.2 and 2.3 as its syntaxes share it: what a field means. The readers of JSON, tag-value and YAML walk their
// syntax and say here what they find, in any order. Private to format/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/format/bill/builder.h"

namespace pratique {

// Fields of a package that are one text, by JSON's names and by tag-value's.
enum class SpdxField : std::uint8_t {
  unknown,
  name,
  id,
  version,
  supplier,
  originator,
  download_location,
  homepage,
  file_name,
  purpose,
  declared_license,
  concluded_license,
  copyright,
  source_info,
  description,
  summary,
  comment,
  attribution
};
SpdxField spdx_field(std::string_view json_name);

// What SPDX 2 and 3 write alike. "built package from: zstd 1.4.4-1.el8" is trivy's word for the source package,
// "acquired package info from ...: /a, /b" syft's for locations. An annotation "Key: value" is a property, a layer or a
// location, as trivy writes them; any other is the property "attribution".
void take_source_info(BillBuilder& bill, std::uint32_t package, std::string_view text);
void take_annotation(BillBuilder& bill, std::uint32_t of, std::string_view text);

struct ToolName {
  std::string_view name, version;
};
ToolName tool_named(std::string_view text);  // "syft-1.2.0" -> {"syft", "1.2.0"}

// "Jane Doe (jane@example.com)" is "Jane Doe <jane@example.com>" in a Bill.
std::string spdx_person(std::string_view name);

// A licence that has a name and no expression is an extracted licence of that name with this comment.
constexpr std::string_view licence_name_comment = "a license name, not an SPDX license expression";

class SpdxBuilder {
 public:
  explicit SpdxBuilder(BillBuilder& bill);

  std::uint32_t open() { return open_ = bill_.add(); }
  // Answer with a reason to set the value aside, or with nothing.
  std::string text(std::uint32_t package, SpdxField field, std::string_view text);
  std::string external_reference(std::uint32_t package, std::string_view type, std::string_view locator);
  std::string close(std::uint32_t package);

  void document_name(std::string_view name) { document_name_ = name; }
  void creator(
      std::string_view text);  // "Tool: syft-1.2.0", "Organization: Example", "Person: Jane (jane@example.com)"
  void file(std::string_view id, std::string_view name);
  void has_file(std::uint32_t package, std::string_view file_id) { has_files_.push_back({package, file_id}); }
  void describes(std::string_view id, std::uint64_t place) { relate(document_id, "DESCRIBES", id, place); }
  void relate(std::string_view from, std::string_view type, std::string_view to, std::uint64_t place);
  void annotate(std::string_view id, std::string_view text) { annotations_.emplace_back(id, text); }
  void extracted_license(std::string_view id, std::string_view name, std::string_view text, std::string_view comment);

  // `place_of` renders the number given to relate().
  Result<Bill> finish(const std::function<std::string(std::uint64_t)>& place_of);

  static constexpr std::string_view document_id = "SPDXRef-DOCUMENT";

 private:
  struct Relation {
    std::string_view from, type, to;
    std::uint64_t place;
  };
  struct File {
    std::string_view id, name;
  };
  void set_type(std::uint32_t package, ComponentType type);
  std::string purpose(std::uint32_t package, std::string_view text);
  std::uint32_t element(std::string_view id) const;
  bool resolve(const Relation& relation);  // false when an end of it is not known yet
  void completeness(std::uint32_t of, std::string_view type, std::string_view to);
  void apply(std::uint32_t from, std::string_view type, std::uint32_t to);
  void generated_from(std::uint32_t binary, std::uint32_t source);
  void resolve_rest(const std::function<std::string(std::uint64_t)>& place_of);
  void name_licenses();
  void choose_subject();

  BillBuilder& bill_;
  std::uint32_t open_ = no_component;  // nothing may refer to it yet: it may turn out to say nothing, and be gone
  std::string_view document_name_;
  std::vector<File> files_;
  RefTable file_ids_;
  std::vector<std::pair<std::uint32_t, std::string_view>> has_files_;
  std::vector<Relation> pending_;
  std::vector<std::uint32_t> described_;
  std::vector<std::pair<std::uint32_t, Scope>> scopes_;
  std::vector<bool> typed_;                                                 // packages whose type the document tells
  std::vector<std::pair<std::string_view, std::string_view>> annotations_;  // of an element, text
  std::unordered_map<std::string_view, std::string_view> license_names_;    // LicenseRef -> name
};

// "SPDX-2.2", "SPDX-2.3" are read. Fault: unsupported, malformed.
Result<void> check_spdx_version(std::string_view version);

}  // namespace pratique
