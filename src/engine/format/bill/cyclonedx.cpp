#include "engine/format/bill/cyclonedx.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique {

CdxMember cdx_member(std::string_view name) {
  using M = CdxMember;
  struct Row {
    std::string_view name;
    M member;
  };
  static constexpr std::array<Row, 26> rows = {{{"type", M::type},
                                                {"name", M::name},
                                                {"version", M::version},
                                                {"purl", M::purl},
                                                {"bom-ref", M::bom_ref},
                                                {"group", M::group},
                                                {"cpe", M::cpe},
                                                {"scope", M::scope},
                                                {"hashes", M::hashes},
                                                {"licenses", M::licenses},
                                                {"properties", M::properties},
                                                {"externalReferences", M::external_references},
                                                {"components", M::components},
                                                {"description", M::description},
                                                {"author", M::author},
                                                {"publisher", M::publisher},
                                                {"supplier", M::supplier},
                                                {"evidence", M::evidence},
                                                {"copyright", M::copyright},
                                                {"mime-type", M::mime_type},
                                                {"manufacturer", M::manufacturer},
                                                {"authors", M::authors},
                                                {"swid", M::swid},
                                                {"swhid", M::swhid},
                                                {"omniborId", M::omnibor_id},
                                                {"manufacture", M::manufacturer}}};
  const Row* row = row_named(rows, name);
  return row ? row->member : M::unknown;
}

namespace {

std::optional<ComponentType> type_named(std::string_view name) {
  constexpr auto last = static_cast<std::uint8_t>(ComponentType::cryptographic_asset);
  for (std::uint8_t i = 0; i <= last; ++i)
    if (name == name_of(static_cast<ComponentType>(i))) return static_cast<ComponentType>(i);
  return std::nullopt;
}

std::optional<Scope> scope_named(std::string_view name) {
  for (const Scope scope : {Scope::required, Scope::optional, Scope::excluded})
    if (name == name_of(scope)) return scope;
  return std::nullopt;
}

}  // namespace

CdxComponent CdxBuilder::open(std::uint32_t parent) {
  const bool under_subject = parent == Bill::subject_index;
  return {.index = bill_.add(under_subject ? no_component : parent), .under_subject = under_subject};
}

std::string CdxBuilder::text(CdxComponent& component, CdxMember member, std::string_view text) {
  if (text.empty()) return {};
  Component& of = at(component);
  switch (member) {
    case CdxMember::name: of.name = text; return {};
    case CdxMember::version: of.version = text; return {};
    case CdxMember::group: of.group = text; return {};
    case CdxMember::purl: return bill_.set_purl(component.index, text);
    case CdxMember::bom_ref: return bill_.set_ref(component.index, text);
    case CdxMember::cpe:
      if (of.cpe.empty()) of.cpe = text;
      bill_.detail(component.index, DetailKind::cpe, {}, text);
      return {};
    case CdxMember::type: {
      const auto type = type_named(text);
      of.type = type.value_or(ComponentType::other);
      return type ? "" : "unknown component type '" + printable(text) + "'";
    }
    case CdxMember::scope: {
      const auto scope = scope_named(text);
      of.scope = scope.value_or(Scope::unspecified);
      return scope ? "" : "unknown scope '" + printable(text) + "'";
    }
    case CdxMember::description: bill_.detail(component.index, DetailKind::description, {}, text); return {};
    case CdxMember::copyright: bill_.detail(component.index, DetailKind::copyright, {}, text); return {};
    case CdxMember::mime_type: bill_.detail(component.index, DetailKind::mime_type, {}, text); return {};
    case CdxMember::author: bill_.detail(component.index, DetailKind::author, {}, text); return {};
    case CdxMember::publisher: bill_.detail(component.index, DetailKind::publisher, {}, text); return {};
    default: return {};
  }
}

// What trivy, syft and cdxgen can only say as properties. True when it has found its place in the model.
bool CdxBuilder::take_property(CdxComponent& component, std::string_view name, std::string_view value) {
  if (name.starts_with("aquasecurity:trivy:")) {
    name.remove_prefix(std::string_view("aquasecurity:trivy:").size());
    if (name == "SrcName") return component.source_name = value, true;
    if (name == "SrcVersion") return component.source_version = value, true;
    if (name == "SrcRelease") return component.source_release = value, true;
    if (name == "SrcEpoch") return component.source_epoch = value, true;
    if (name == "LayerDigest") return bill_.detail(component.index, DetailKind::layer, {}, value), true;
    if (name == "FilePath") return bill_.detail(component.index, DetailKind::location, {}, value), true;
    return false;
  }
  if (name.starts_with("syft:")) {
    name.remove_prefix(std::string_view("syft:").size());
    if (name == "metadata:source" || name == "metadata:originPackage") return component.source_name = value, true;
    if (name == "metadata:sourceVersion") return component.source_version = value, true;
    if (name == "metadata:sourceRpm") return component.source_name = bill_.keep(source_package(value)), true;
    if (name == "cpe23") {
      if (component.more_cpe.empty()) component.more_cpe = value;
      return bill_.detail(component.index, DetailKind::cpe, {}, value), true;
    }
    if (name.starts_with("location:") && name.ends_with(":path"))
      return bill_.detail(component.index, DetailKind::location, {}, value), true;
    if (name.starts_with("location:") && name.ends_with(":layerID"))
      return bill_.detail(component.index, DetailKind::layer, {}, value), true;
    return false;
  }
  if (name == "SrcFile") return bill_.detail(component.index, DetailKind::location, {}, value), true;
  return false;
}

void CdxBuilder::property(CdxComponent& component, std::string_view name, std::string_view value) {
  if (value.empty() || take_property(component, name, value)) return;
  bill_.detail(component.index, DetailKind::property, name, value);
}

void CdxBuilder::document_property(std::string_view name, std::string_view value) {
  if (name == distro_property) return bill_.distro_is(value);
  bill_.detail(Bill::document_index, DetailKind::property, name, value);
}

std::string CdxBuilder::close(CdxComponent& component) {
  Component& of = at(component);
  if (of.cpe.empty()) of.cpe = component.more_cpe;
  if (!component.source_name.empty()) {
    std::string source(component.source_name);
    if (!component.source_version.empty()) {
      source += " ";
      if (!component.source_epoch.empty() && component.source_epoch != "0")
        source.append(component.source_epoch).append(":");
      source += component.source_version;
      if (!component.source_release.empty()) source.append("-").append(component.source_release);
    }
    of.source = component.source_version.empty() ? component.source_name : bill_.keep(source);
  }
  if (of.type == ComponentType::operating_system) bill_.distro(of.name, of.version);
  if (component.index != Bill::subject_index) {
    std::string reason = bill_.close(component.index);
    const bool stays = component.index < bill_.bill().components.size();
    if (stays && component.under_subject) bill_.edge(Bill::subject_index, component.index, EdgeKind::contains);
    return reason;
  }
  Subject& subject = bill_.bill().subject;
  subject.name = of.group.empty() ? std::string(of.name) : std::string(of.group) + "/" + std::string(of.name);
  subject.version = of.version;
  subject.type = of.type;
  bill_.distro_of(subject.purl);
  return {};
}

void CdxBuilder::organization(std::uint32_t of, DetailKind kind, std::string_view name, std::string_view url) {
  bill_.detail(of, kind, url, name);
  if (kind == DetailKind::supplier && of < Bill::document_index) bill_.at(of).supplier = name;
}

void CdxBuilder::author(std::uint32_t of, std::string_view name, std::string_view email) {
  if (name.empty() || email.empty()) return bill_.detail(of, DetailKind::author, {}, name.empty() ? email : name);
  bill_.detail(of, DetailKind::author, {}, bill_.keep(std::string(name) + " <" + std::string(email) + ">"));
}

Result<void> check_cdx_version(std::string_view version) {
  constexpr std::array<std::string_view, 8> read = {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
  if (std::find(read.begin(), read.end(), version) != read.end()) return {};
  if (version.empty()) return Error{Fault::malformed, "a CycloneDX document without specVersion", {}, {}};
  return Error{
      Fault::unsupported, "CycloneDX " + printable(version) + " is not read", {}, "convert it to CycloneDX 1.2 to 1.7"};
}

}  // namespace pratique
