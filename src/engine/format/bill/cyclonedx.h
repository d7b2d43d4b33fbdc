// CycloneDX 1.2 to 1.7 (ECMA-424) as its three syntaxes share it: what a member means. The readers of JSON, XML and
// protobuf walk their syntax and say here what they find. Private to format/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/format/bill/builder.h"

namespace pratique {

// Members of a component, by the name JSON and XML have in common.
enum class CdxMember : std::uint8_t {
  unknown,
  type,
  mime_type,
  bom_ref,
  group,
  name,
  version,
  description,
  scope,
  copyright,
  cpe,
  purl,
  author,
  publisher,
  // what has parts of its own:
  supplier,
  manufacturer,
  authors,
  hashes,
  licenses,
  swid,
  swhid,
  omnibor_id,
  external_references,
  properties,
  components,
  evidence
};
CdxMember cdx_member(std::string_view name);

// A component being read; index is Bill::subject_index for metadata.component.
struct CdxComponent {
  std::uint32_t index = 0;
  bool under_subject = false;
  std::string_view source_name{}, source_version{}, source_release{}, source_epoch{};  // as tools write properties
  std::string_view more_cpe{};                                                         // likewise, the first one
};

class CdxBuilder {
 public:
  explicit CdxBuilder(BillBuilder& bill) : bill_(bill) {}
  BillBuilder& bill() { return bill_; }

  CdxComponent open(std::uint32_t parent);  // parent: a component, no_component or subject_index
  CdxComponent open_subject() { return {.index = Bill::subject_index}; }
  // Answer with a reason to set the value aside, or with nothing.
  std::string text(CdxComponent& component, CdxMember member, std::string_view text);
  void property(CdxComponent& component, std::string_view name, std::string_view value);
  void document_property(std::string_view name, std::string_view value);
  std::string close(CdxComponent& component);

  void organization(std::uint32_t of, DetailKind kind, std::string_view name, std::string_view url);
  void author(std::uint32_t of, std::string_view name, std::string_view email);

 private:
  Component& at(const CdxComponent& component) {
    return component.index == Bill::subject_index ? subject_ : bill_.at(component.index);
  }
  bool take_property(CdxComponent& component, std::string_view name, std::string_view value);

  BillBuilder& bill_;
  Component subject_;
};

// "1.2" to "1.7" are read. Fault: unsupported, malformed.
Result<void> check_cdx_version(std::string_view version);

}  // namespace pratique
