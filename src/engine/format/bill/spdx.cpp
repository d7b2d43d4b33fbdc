#include "engine/format/bill/spdx.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/license.h"
#include "model/purl.h"

namespace pratique {

SpdxField spdx_field(std::string_view json_name) {
  using F = SpdxField;
  struct Row {
    std::string_view name;
    F field;
  };
  static constexpr std::array<Row, 17> rows = {{{"name", F::name},
                                                {"SPDXID", F::id},
                                                {"versionInfo", F::version},
                                                {"supplier", F::supplier},
                                                {"originator", F::originator},
                                                {"downloadLocation", F::download_location},
                                                {"homepage", F::homepage},
                                                {"packageFileName", F::file_name},
                                                {"primaryPackagePurpose", F::purpose},
                                                {"licenseDeclared", F::declared_license},
                                                {"licenseConcluded", F::concluded_license},
                                                {"copyrightText", F::copyright},
                                                {"sourceInfo", F::source_info},
                                                {"description", F::description},
                                                {"summary", F::summary},
                                                {"comment", F::comment},
                                                {"attributionText", F::attribution}}};
  const Row* row = row_named(rows, json_name);
  return row ? row->field : F::unknown;
}

namespace {

bool says_nothing(std::string_view text) { return text.empty() || text == "NOASSERTION"; }

// "Organization: Example Inc" -> {"Organization", "Example Inc"}
std::pair<std::string_view, std::string_view> agent(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {{}, trim(text)};
  return {trim(text.substr(0, colon)), trim(text.substr(colon + 1))};
}

struct Purpose {
  std::string_view name;
  ComponentType type;
};

constexpr std::array<Purpose, 12> purposes = {{{"LIBRARY", ComponentType::library},
                                               {"APPLICATION", ComponentType::application},
                                               {"FRAMEWORK", ComponentType::framework},
                                               {"CONTAINER", ComponentType::container},
                                               {"OPERATING_SYSTEM", ComponentType::operating_system},
                                               {"OPERATING-SYSTEM", ComponentType::operating_system},
                                               {"DEVICE", ComponentType::device},
                                               {"FIRMWARE", ComponentType::firmware},
                                               {"FILE", ComponentType::file},
                                               {"SOURCE", ComponentType::other},
                                               {"ARCHIVE", ComponentType::other},
                                               {"INSTALL", ComponentType::other}}};

// What trivy and syft said by the identifier before SPDX 2.3 had a field for it.
std::optional<ComponentType> type_of_id(std::string_view id) {
  constexpr std::array<std::pair<std::string_view, ComponentType>, 5> starts = {
      {{"SPDXRef-ContainerImage-", ComponentType::container},
       {"SPDXRef-DocumentRoot-Image-", ComponentType::container},
       {"SPDXRef-OperatingSystem-", ComponentType::operating_system},
       {"SPDXRef-Application-", ComponentType::application},
       {"SPDXRef-DocumentRoot-File-", ComponentType::file}}};
  for (const auto& [start, type] : starts)
    if (id.starts_with(start)) return type;
  return std::nullopt;
}

enum class Meaning : std::uint8_t { depends_on, contains, describes, generated_from };

struct RelationType {
  std::string_view name;
  Meaning meaning;
  bool reversed = false;             // the second element depends on, contains ... the first
  Scope scope = Scope::unspecified;  // what it says of the element that is depended on
};

// SPDX 2.3, clause 11. What is not here says nothing about what is inside or depends on what.
constexpr std::array<RelationType, 23> relation_types = {{
    {"CONTAINS", Meaning::contains},
    {"DEPENDENCY_OF", Meaning::depends_on, true},
    {"DEPENDS_ON", Meaning::depends_on},
    {"DESCRIBES", Meaning::describes},
    {"DESCRIBE", Meaning::describes},  // trivy before 0.35
    {"DESCRIBED_BY", Meaning::describes, true},
    {"CONTAINED_BY", Meaning::contains, true},
    {"PACKAGE_OF", Meaning::contains, true},
    {"VARIANT_OF", Meaning::contains, true},  // an image of an index
    {"OPTIONAL_COMPONENT_OF", Meaning::contains, true, Scope::optional},
    {"RUNTIME_DEPENDENCY_OF", Meaning::depends_on, true, Scope::required},
    {"PROVIDED_DEPENDENCY_OF", Meaning::depends_on, true},
    {"OPTIONAL_DEPENDENCY_OF", Meaning::depends_on, true, Scope::optional},
    {"DEV_DEPENDENCY_OF", Meaning::depends_on, true, Scope::excluded},
    {"BUILD_DEPENDENCY_OF", Meaning::depends_on, true, Scope::excluded},
    {"TEST_DEPENDENCY_OF", Meaning::depends_on, true, Scope::excluded},
    {"HAS_PREREQUISITE", Meaning::depends_on},
    {"PREREQUISITE_FOR", Meaning::depends_on, true},
    {"STATIC_LINK", Meaning::depends_on},
    {"DYNAMIC_LINK", Meaning::depends_on},
    {"GENERATED_FROM", Meaning::generated_from},
    {"GENERATES", Meaning::generated_from, true},
    {"DEPENDENCY_MANIFEST_OF", Meaning::contains, true},
}};

const RelationType* relation_type(std::string_view name) {
  if (const RelationType* type = row_named(relation_types, name)) return type;
  const auto found = std::find_if(relation_types.begin(), relation_types.end(),
                                  [&](const RelationType& type) { return equal_ignoring_case(type.name, name); });
  return found == relation_types.end() ? nullptr : &*found;
}

EdgeKind edge_kind(Meaning meaning) {
  switch (meaning) {
    case Meaning::depends_on: return EdgeKind::depends_on;
    case Meaning::contains: return EdgeKind::contains;
    case Meaning::describes: return EdgeKind::describes;
    case Meaning::generated_from: return EdgeKind::generated_from;
  }
  return EdgeKind::depends_on;
}

constexpr std::uint32_t is_file = 1U << 31;  // marks an index into the files; there are never so many components

}  // namespace

SpdxBuilder::SpdxBuilder(BillBuilder& bill)
    : bill_(bill), file_ids_([this](std::uint32_t index) { return files_[index].id; }) {}

std::string SpdxBuilder::text(std::uint32_t package, SpdxField field, std::string_view text) {
  if (says_nothing(text)) return {};
  Component& component = bill_.at(package);
  const auto detail = [&](DetailKind kind, std::string_view name) { bill_.detail(package, kind, name, text); };
  const bool is_none = text == "NONE";
  switch (field) {
    case SpdxField::name: component.name = text; break;
    case SpdxField::version: component.version = text; break;
    case SpdxField::declared_license: bill_.license(package, DetailKind::declared_license, "expression", text); break;
    case SpdxField::concluded_license: bill_.license(package, DetailKind::concluded_license, "expression", text); break;
    case SpdxField::copyright: detail(DetailKind::copyright, {}); break;
    case SpdxField::download_location:
      if (!is_none) detail(DetailKind::external_reference, "distribution");
      break;
    case SpdxField::homepage:
      if (!is_none) detail(DetailKind::external_reference, "website");
      break;
    case SpdxField::file_name: detail(DetailKind::file_name, {}); break;
    case SpdxField::description: detail(DetailKind::description, {}); break;
    case SpdxField::summary: detail(DetailKind::property, "summary"); break;
    case SpdxField::comment: detail(DetailKind::property, "comment"); break;
    case SpdxField::source_info: take_source_info(bill_, package, text); break;
    case SpdxField::attribution: take_annotation(bill_, package, text); break;
    case SpdxField::supplier: {
      const auto [kind, name] = agent(text);
      component.supplier = name;
      bill_.detail(package, DetailKind::supplier, kind == "Person" ? kind : std::string_view(), name);
      break;
    }
    case SpdxField::originator: {
      const auto [kind, name] = agent(text);
      bill_.detail(package, DetailKind::originator, kind, name);
      break;
    }
    case SpdxField::id: {
      if (const auto type = type_of_id(text)) set_type(package, *type);
      return bill_.set_ref(package, text);
    }
    case SpdxField::purpose: return purpose(package, text);
    case SpdxField::unknown: break;
  }
  return {};
}

void SpdxBuilder::set_type(std::uint32_t package, ComponentType type) {
  bill_.at(package).type = type;
  if (typed_.size() <= package) typed_.resize(package + 1);
  typed_[package] = true;
}

std::string SpdxBuilder::purpose(std::uint32_t package, std::string_view text) {
  if (text == "OTHER") {
    set_type(package, ComponentType::other);
    return {};
  }
  const auto known = std::find_if(purposes.begin(), purposes.end(), [&](const Purpose& p) { return p.name == text; });
  if (known == purposes.end()) return "unknown purpose '" + printable(text) + "'";
  set_type(package, known->type);
  if (known->type == ComponentType::other) bill_.detail(package, DetailKind::purpose, {}, text);
  return {};
}

void take_source_info(BillBuilder& bill, std::uint32_t package, std::string_view text) {
  constexpr std::string_view built = "built package from: ";
  if (text.starts_with(built)) {
    bill.at(package).source = text.substr(built.size());
    return;
  }
  const auto colon = text.find(": /");
  if (!text.starts_with("acquired package info from ") || colon == std::string_view::npos)
    return bill.detail(package, DetailKind::property, "sourceInfo", text);
  for (std::string_view paths = text.substr(colon + 2); !paths.empty();) {
    const auto end = std::min(paths.find(", /"), paths.size());
    bill.detail(package, DetailKind::location, {}, paths.substr(0, end));
    paths.remove_prefix(std::min(end + 2, paths.size()));
  }
}

void take_annotation(BillBuilder& bill, std::uint32_t of, std::string_view text) {
  const auto colon = text.find(": ");
  const std::string_view key = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  if (key.empty() || key.find(' ') != std::string_view::npos)
    return bill.detail(of, DetailKind::property, "attribution", text);
  const std::string_view value = text.substr(colon + 2);
  const bool is_document = of == Bill::document_index;  // which is in no layer and at no path
  if (is_document && key == distro_property)
    bill.distro_is(value);
  else if (is_document)
    bill.detail(of, DetailKind::property, key, value);
  else if (key == "LayerDigest" || (key == "DiffID" && value.starts_with("sha256:")))
    bill.detail(of, DetailKind::layer, {}, value);
  else if (key == "FilePath")
    bill.detail(of, DetailKind::location, {}, value);
  else
    bill.detail(of, DetailKind::property, key, value);
}

ToolName tool_named(std::string_view text) {
  const auto dash = text.rfind('-');  // "syft-1.2.0", "syft-v1.2.0"
  if (dash == std::string_view::npos || dash == 0) return {text, {}};
  const std::string_view version = text.substr(dash + 1);
  const auto digit = version.find_first_of("0123456789");
  const bool is_version = digit == 0 || (digit == 1 && version.front() == 'v');
  return is_version ? ToolName{text.substr(0, dash), version} : ToolName{text, {}};
}

std::string spdx_person(std::string_view name) {
  const auto open = name.rfind(" (");
  if (open == std::string_view::npos || !name.ends_with(')')) return std::string(name);
  const std::string_view email = name.substr(open + 2, name.size() - open - 3);
  if (email.find('@') == std::string_view::npos) return std::string(email.empty() ? name.substr(0, open) : name);
  return std::string(name.substr(0, open)) + " <" + std::string(email) + ">";
}

std::string SpdxBuilder::external_reference(std::uint32_t package, std::string_view type, std::string_view locator) {
  if (locator.empty()) return "an external reference without locator";
  Component& component = bill_.at(package);
  if (type == "purl") {
    if (component.purl.empty()) return bill_.set_purl(package, locator);
    bill_.detail(package, DetailKind::identifier, "purl", locator);
  } else if (type == "cpe23Type" || type == "cpe22Type") {
    if (component.cpe.empty()) component.cpe = locator;
    bill_.detail(package, DetailKind::cpe, {}, locator);
  } else if (type == "swid" || type == "gitoid" || type == "swh") {
    bill_.detail(package, DetailKind::identifier, type == "swh" ? "swhid" : type, locator);
  } else {
    bill_.detail(package, DetailKind::external_reference, type, locator);
  }
  return {};
}

std::string SpdxBuilder::close(std::uint32_t package) {
  Component& component = bill_.at(package);
  if (component.type == ComponentType::operating_system) bill_.distro(component.name, component.version);
  const std::string_view purl_type = type_of(component.purl);
  if (purl_type == "oci" || purl_type == "docker") set_type(package, ComponentType::container);
  std::string reason = bill_.close(package);
  open_ = no_component;
  if (package == bill_.bill().components.size()) {  // it is gone, and the next one will have its index
    while (!has_files_.empty() && has_files_.back().first == package) has_files_.pop_back();
    if (package < typed_.size()) typed_[package] = false;
  }
  return reason;
}

void SpdxBuilder::creator(std::string_view text) {
  const auto [kind, name] = agent(text);
  if (kind == "Tool") {
    const ToolName tool = tool_named(name);
    return bill_.tool({}, tool.name, tool.version);
  }
  bill_.detail(Bill::document_index, DetailKind::author, kind == "Person" ? std::string_view() : kind,
               bill_.keep(spdx_person(name)));
}

void SpdxBuilder::extracted_license(std::string_view id, std::string_view name, std::string_view text,
                                    std::string_view comment) {
  const bool is_name = comment == licence_name_comment && !name.empty();
  if (is_name) license_names_.emplace(id, name);
  if (text != "NOASSERTION") bill_.detail(Bill::document_index, DetailKind::license_text, is_name ? name : id, text);
}

void SpdxBuilder::file(std::string_view id, std::string_view name) {
  if (id.empty()) return;
  files_.push_back({id, name});
  file_ids_.insert(id, static_cast<std::uint32_t>(files_.size() - 1));
}

void SpdxBuilder::relate(std::string_view from, std::string_view type, std::string_view to, std::uint64_t place) {
  const Relation relation{from, type, to, place};
  if (relation_type(type) != nullptr && !resolve(relation)) pending_.push_back(relation);
}

std::uint32_t SpdxBuilder::element(std::string_view id) const {
  if (id == document_id) return Bill::subject_index;
  const std::uint32_t component = bill_.find(id);
  if (component != no_component) return component == open_ ? no_component : component;
  const std::uint32_t file = file_ids_.find(id);
  return file == RefTable::none ? no_component : file | is_file;
}

bool SpdxBuilder::resolve(const Relation& relation) {
  const std::uint32_t from = element(relation.from);
  if (relation.to == "NONE" || relation.to == "NOASSERTION") {
    if (from == no_component) return false;
    completeness(from, relation.type, relation.to);
    return true;
  }
  const std::uint32_t to = element(relation.to);
  if (from == no_component || to == no_component) return false;
  apply(from, relation.type, to);
  return true;
}

void SpdxBuilder::completeness(std::uint32_t of, std::string_view type, std::string_view to) {
  if (of >= is_file && of != Bill::subject_index) return;
  const Meaning meaning = relation_type(type)->meaning;
  if (relation_type(type)->reversed || meaning > Meaning::contains) return;
  bill_.detail(of == Bill::subject_index ? Bill::document_index : of, DetailKind::completeness,
               meaning == Meaning::contains ? "assemblies" : "dependencies", to == "NONE" ? "complete" : "unknown");
}

void SpdxBuilder::apply(std::uint32_t from, std::string_view type_name, std::uint32_t to) {
  const RelationType& type = *relation_type(type_name);
  if (type.reversed) std::swap(from, to);
  const auto is_component = [](std::uint32_t element) { return element < is_file; };
  if (!is_component(to)) {
    if (to != Bill::subject_index && is_component(from) && type.meaning == Meaning::contains)
      bill_.detail(from, DetailKind::location, {}, files_[to & ~is_file].name);
    return;
  }
  if (!is_component(from) && from != Bill::subject_index) return;
  if (type.meaning == Meaning::describes && from == Bill::subject_index) return described_.push_back(to);
  if (type.meaning == Meaning::generated_from) {
    if (!is_component(from)) return;
    generated_from(from, to);
  }
  bill_.edge(from, to, edge_kind(type.meaning));
  if (type.scope != Scope::unspecified) scopes_.emplace_back(to, type.scope);
}

void SpdxBuilder::generated_from(std::uint32_t binary, std::uint32_t source) {
  const Component& of = bill_.at(source);
  if (!bill_.at(binary).source.empty()) return;
  bill_.at(binary).source =
      of.version.empty() ? of.name : bill_.keep(std::string(of.name) + " " + std::string(of.version));
}

void SpdxBuilder::resolve_rest(const std::function<std::string(std::uint64_t)>& place_of) {
  for (const Relation& relation : pending_) {
    if (resolve(relation)) continue;
    const std::string_view missing = element(relation.from) == no_component ? relation.from : relation.to;
    if (missing.starts_with("DocumentRef-")) continue;  // of another document
    bill_.missing(missing, place_of(relation.place));
  }
  for (const auto& [package, id] : has_files_) {
    const std::uint32_t file = file_ids_.find(id);
    if (file != RefTable::none)
      bill_.detail(package, DetailKind::location, {}, files_[file].name);
    else
      bill_.missing(id, "/packages/" + std::to_string(package) + "/hasFiles");
  }
  for (const auto& [id, text] : annotations_) {
    const std::uint32_t of = id == document_id ? Bill::document_index : element(id);
    if (of < is_file || of == Bill::document_index) take_annotation(bill_, of, text);
  }
  for (const auto& [component, scope] : scopes_)
    if (scope == Scope::required || bill_.at(component).scope != Scope::required) bill_.at(component).scope = scope;
}

// Expressions of names, "LicenseRef-Acme-Licence" or several joined by AND, become the names again.
void SpdxBuilder::name_licenses() {
  if (license_names_.empty()) return;
  std::vector<Detail> named;
  std::erase_if(bill_.bill().details, [&](const Detail& detail) {
    if (detail.kind > DetailKind::observed_license || detail.name != "expression") return false;
    const auto expression = parse_license(detail.value);
    if (!expression) return false;
    const bool joined = expression->kind == LicenseExpression::Kind::all_of;
    const auto parts = joined ? expression->operands : std::vector<LicenseExpression>{*expression};
    if (std::none_of(parts.begin(), parts.end(), [&](const auto& part) { return license_names_.contains(part.id); }))
      return false;
    for (const LicenseExpression& part : parts) {
      const auto name = license_names_.find(part.id);
      const bool is_name = name != license_names_.end();
      named.push_back({detail.of, detail.kind, is_name ? "name" : "expression",
                       is_name ? name->second : bill_.keep(render_license(part))});
    }
    return true;
  });
  for (const Detail& license : named) bill_.detail(license.of, license.kind, license.name, license.value);
  auto& details = bill_.bill().details;
  std::sort(details.begin(), details.end());
  for (const Detail& license : named) bill_.join_licenses(license.of);
}

// One described package is the subject. Several are parts of it, and it goes by the document's name.
void SpdxBuilder::choose_subject() {
  std::sort(described_.begin(), described_.end());
  described_.erase(std::unique(described_.begin(), described_.end()), described_.end());
  if (described_.size() == 1) {
    const std::uint32_t index = described_.front();
    bill_.subject_is(index);
    const bool told = index < typed_.size() && typed_[index];
    if (!told) bill_.bill().subject.type = ComponentType::other;
    return;
  }
  for (const std::uint32_t part : described_) bill_.edge(Bill::subject_index, part, EdgeKind::describes);
}

Result<Bill> SpdxBuilder::finish(const std::function<std::string(std::uint64_t)>& place_of) {
  resolve_rest(place_of);
  name_licenses();
  choose_subject();
  const std::array<std::string_view, 2> hints = {document_name_, bill_.bill().serial};
  return bill_.finish(place_of, hints);
}

Result<void> check_spdx_version(std::string_view version) {
  if (version == "SPDX-2.2" || version == "SPDX-2.3") return {};
  if (!version.starts_with("SPDX-")) return Error{Fault::malformed, "an SPDX document without spdxVersion", {}, {}};
  return Error{Fault::unsupported, printable(version) + " is not read", {}, "convert it to SPDX 2.3"};
}

}  // namespace pratique
