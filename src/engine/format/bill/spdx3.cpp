// SPDX 3.0 and 3.0.1 as JSON-LD: a graph of elements, of which packages, files, relationships, licences and agents are
// read.
#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "engine/format/bill/readers.h"
#include "engine/format/bill/spdx.h"
#include "engine/format/bill/spdx3_table.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

enum class Meaning : std::uint8_t {
  depends_on,
  contains,
  describes,
  generated_from,
  declared_license,
  concluded_license
};

struct RelationType {
  std::string_view name;
  Meaning meaning;
  bool reversed = false;
  Scope scope = Scope::unspecified;
};

constexpr std::array<RelationType, 15> relation_types = {{
    {"hasConcludedLicense", Meaning::concluded_license},
    {"hasDeclaredLicense", Meaning::declared_license},
    {"contains", Meaning::contains},
    {"dependsOn", Meaning::depends_on},
    {"describes", Meaning::describes},
    {"generates", Meaning::generated_from, true},
    {"hasDynamicLink", Meaning::depends_on},
    {"hasStaticLink", Meaning::depends_on},
    {"hasPrerequisite", Meaning::depends_on},
    {"hasProvidedDependency", Meaning::depends_on},
    {"hasOptionalDependency", Meaning::depends_on, false, Scope::optional},
    {"hasOptionalComponent", Meaning::contains, false, Scope::optional},
    {"hasVariant", Meaning::contains},
    {"hasDependencyManifest", Meaning::contains},
    {"packagedBy", Meaning::contains, true},
}};

// One element of the graph, before its type is known: members come in any order.
struct Element {
  std::string_view type, id, name, version, purl, purpose, description, copyright, summary, comment, source_info,
      download, home, created, spec_version, supplied_by, from, relationship, scope, completeness, expression,
      license_text, subject, statement;
  std::vector<std::string_view> to, roots, originated_by, created_by, created_using, attributions;
  std::vector<std::pair<std::string_view, std::string_view>> hashes, identifiers, references;
};

struct TextMember {
  std::string_view name;
  std::string_view Element::*member;
};

constexpr std::array<TextMember, 27> text_members = {{
    {"type", &Element::type},
    {"spdxId", &Element::id},
    {"name", &Element::name},
    {"from", &Element::from},
    {"relationshipType", &Element::relationship},
    {"completeness", &Element::completeness},
    {"software_packageVersion", &Element::version},
    {"software_packageUrl", &Element::purl},
    {"software_primaryPurpose", &Element::purpose},
    {"software_copyrightText", &Element::copyright},
    {"software_downloadLocation", &Element::download},
    {"software_homePage", &Element::home},
    {"software_sourceInfo", &Element::source_info},
    {"description", &Element::description},
    {"summary", &Element::summary},
    {"comment", &Element::comment},
    {"suppliedBy", &Element::supplied_by},
    {"scope", &Element::scope},
    {"created", &Element::created},
    {"specVersion", &Element::spec_version},
    {"simplelicensing_licenseExpression", &Element::expression},
    {"simplelicensing_licenseText", &Element::license_text},
    {"expandedlicensing_licenseText", &Element::license_text},
    {"subject", &Element::subject},
    {"statement", &Element::statement},
    {"@type", &Element::type},
    {"@id", &Element::id},
}};

struct ListMember {
  std::string_view name;
  std::vector<std::string_view> Element::*member;
};

constexpr std::array<ListMember, 6> list_members = {{{"to", &Element::to},
                                                     {"software_attributionText", &Element::attributions},
                                                     {"rootElement", &Element::roots},
                                                     {"originatedBy", &Element::originated_by},
                                                     {"createdBy", &Element::created_by},
                                                     {"createdUsing", &Element::created_using}}};

bool is_package(std::string_view type) {
  return type == "software_Package" || type == "ai_AIPackage" || type == "dataset_DatasetPackage";
}

bool is_agent(std::string_view type) {
  return type == "Organization" || type == "Person" || type == "Agent" || type == "SoftwareAgent" || type == "Tool";
}

std::string_view known_or(std::string_view known, std::string_view text) { return known.empty() ? text : known; }

std::string place_text(std::uint64_t number) { return "/@graph/" + std::to_string(number); }

class Spdx3 {
 public:
  Spdx3(BillBuilder& bill, JsonReader& reader) : bill_(bill), reader_(reader) {}

  void document(JsonValue& root) {
    Element alone;  // a document of one element has no graph
    bool has_graph = false;
    for (JsonObject top = root.object(); top.next();) {
      if (top.key() == "@graph") {
        has_graph = true;
        graph(top.value());
      } else if (top.key() != "@context") {
        member(top.key(), top.value(), alone);
      }
    }
    if (!has_graph && !alone.type.empty()) take(alone, root, 0);
  }

  // Relationships, once every element is known.
  void resolve() {
    for (const Relation& relation : relations_) apply(relation);
    join_licenses();
    for (const auto& [component, agent] : suppliers_) {
      const std::string_view name = agent_name(agent);
      bill_.at(component).supplier = name;
      bill_.detail(component, DetailKind::supplier, agent_kind(agent) == "Person" ? "Person" : "", name);
    }
    for (const auto& [component, agent] : originators_)
      bill_.detail(component, DetailKind::originator, agent_kind(agent), agent_name(agent));
    std::unordered_set<std::string_view> tools;
    for (const std::string_view tool : tools_) tools.insert(agent_name(tool));
    for (const std::string_view agent : creators_) {
      const std::string_view kind = agent_kind(agent);
      if (kind == "Tool") {  // also as what it was created with, mostly
        if (!tools.contains(agent_name(agent))) take_tool(agent_name(agent));
        continue;
      }
      bill_.detail(Bill::document_index, DetailKind::author, kind == "Person" ? "" : kind, agent_name(agent));
    }
    for (const auto& [id, text] : annotations_) annotate(id, text);
    for (const std::string_view tool : tools_) take_tool(agent_name(tool));
    choose_subject();
  }
  std::string_view spec_version() const { return spec_version_; }

 private:
  void graph(JsonValue& value) {
    Element element;
    for (JsonArray list = value.array(); list.next_object();) {
      element = {};
      for (JsonObject object = list.value().object(); object.next();) member(object.key(), object.value(), element);
      take(element, list.value(), list.index());
      if (bill_.full()) return reader_.fail({Fault::limit, "more packages than the limit", {list.value().place()}, {}});
    }
  }

  void member(std::string_view key, JsonValue& value, Element& element) {
    if (const TextMember* text = row_named(text_members, key)) {
      if (value.kind() == JsonKind::string) element.*text->member = value.text();
    } else if (const ListMember* list = row_named(list_members, key)) {
      texts(value, element.*list->member);
    } else if (key == "verifiedUsing") {
      pairs(value, "algorithm", "hashValue", element.hashes);
    } else if (key == "externalIdentifier") {
      pairs(value, "externalIdentifierType", "identifier", element.identifiers);
    } else if (key == "externalRef") {
      pairs(value, "externalRefType", "locator", element.references);
    }
  }

  void texts(JsonValue& value, std::vector<std::string_view>& out) {
    if (value.kind() == JsonKind::string) return out.push_back(value.text());
    for (JsonArray list = value.array(); list.next();) out.push_back(list.value().text());
  }

  void pairs(JsonValue& value, std::string_view first, std::string_view second,
             std::vector<std::pair<std::string_view, std::string_view>>& out) {
    std::vector<std::string_view> values;
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view name;
      values.clear();
      for (JsonObject object = list.value().object(); object.next();) {
        if (object.key() == first)
          name = object.value().text();
        else if (object.key() == second)
          texts(object.value(), values);
      }
      for (const std::string_view text : values) out.emplace_back(name, text);
    }
  }

  void take(const Element& element, JsonValue& value, std::size_t index) {
    if (is_package(element.type)) return take_package(element, value);
    if (element.type == "software_File") {
      files_.emplace(element.id, element.name);
    } else if (element.type.ends_with("Relationship")) {
      for (const std::string_view to : element.to)
        relations_.push_back({element.from, element.relationship, to, element.scope, element.completeness, index});
    } else if (element.type == "CreationInfo") {
      if (spec_version_.empty()) spec_version_ = element.spec_version;
      if (bill_.bill().created) return;
      if (std::string reason = bill_.created(element.created); !reason.empty()) value.set_aside(std::move(reason));
      creators_ = element.created_by;
      tools_ = element.created_using;
    } else if (element.type == "SpdxDocument" || element.type == "software_Sbom" || element.type == "Bom") {
      collections_[element.id] = element.roots;
      if (element.type != "SpdxDocument") return;
      document_name_ = element.name;
      bill_.bill().serial = element.id;
    } else if (element.type == "Annotation") {
      annotations_.emplace_back(element.subject, element.statement);
    } else if (is_agent(element.type)) {
      agents_[element.id] = {element.type == "SoftwareAgent" ? std::string_view("Tool") : element.type, element.name};
    } else if (element.type.find("icens") != std::string_view::npos) {
      take_license(element);
    }
  }

  void take_license(const Element& element) {
    const bool is_name = element.expression.empty();
    licenses_[element.id] = {is_name ? "name" : "expression", is_name ? element.name : element.expression};
    if (element.license_text == "NOASSERTION") return;
    bill_.detail(Bill::document_index, DetailKind::license_text, element.name.empty() ? element.id : element.name,
                 element.license_text);
  }

  void take_package(const Element& element, JsonValue& value) {
    const auto aside = [&](std::string reason) {
      if (!reason.empty()) value.set_aside(std::move(reason));
    };
    const std::uint32_t index = bill_.add();
    Component& component = bill_.at(index);
    component.name = element.name;
    component.version = element.version;
    component.type = element.type == "ai_AIPackage"             ? ComponentType::machine_learning_model
                     : element.type == "dataset_DatasetPackage" ? ComponentType::data
                                                                : ComponentType::library;
    if (const spdx3::Purpose* purpose = row_named(spdx3::purposes, element.purpose)) {
      component.type = purpose->type;
    } else if (!element.purpose.empty()) {
      component.type = ComponentType::other;
      const std::string_view known = spdx3::second_of(spdx3::other_purposes, element.purpose);
      bill_.detail(index, DetailKind::purpose, {}, known.empty() ? element.purpose : known);
    }
    aside(bill_.set_ref(index, element.id));
    aside(bill_.set_purl(index, element.purl));
    const auto detail = [&](DetailKind kind, std::string_view name, std::string_view text) {
      bill_.detail(index, kind, name, text);
    };
    detail(DetailKind::description, {}, element.description);
    if (element.copyright != "NOASSERTION") detail(DetailKind::copyright, {}, element.copyright);
    detail(DetailKind::property, "summary", element.summary);
    detail(DetailKind::property, "comment", element.comment);
    take_source_info(bill_, index, element.source_info);
    const auto url = [&](std::string_view type, std::string_view text) {
      if (text != "NOASSERTION" && text != "NONE") detail(DetailKind::external_reference, type, text);
    };
    url("distribution", element.download);
    url("website", element.home);
    for (const auto& [type, locator] : element.references)
      detail(DetailKind::external_reference, known_or(spdx3::second_of(spdx3::references, type), type), locator);
    for (const std::string_view text : element.attributions) take_annotation(bill_, index, text);
    for (const auto& [algorithm, digits] : element.hashes) aside(bill_.hash(index, algorithm, digits));
    for (const auto& [type, identifier] : element.identifiers) aside(take_identifier(index, type, identifier));
    if (component.type == ComponentType::operating_system) bill_.distro(component.name, component.version);
    aside(bill_.close(index));
    if (index == bill_.bill().components.size()) return;
    if (!element.supplied_by.empty()) suppliers_.emplace_back(index, element.supplied_by);
    for (const std::string_view agent : element.originated_by) originators_.emplace_back(index, agent);
    if (!element.purpose.empty()) typed_.push_back(index);
  }

  std::string take_identifier(std::uint32_t index, std::string_view type, std::string_view identifier) {
    Component& component = bill_.at(index);
    if ((type == "packageUrl" || type == "purl") && component.purl.empty()) return bill_.set_purl(index, identifier);
    if (type == "cpe22" || type == "cpe23") {
      if (component.cpe.empty()) component.cpe = identifier;
      bill_.detail(index, DetailKind::cpe, {}, identifier);
    } else {
      bill_.detail(index, DetailKind::identifier, type == "packageUrl" ? "purl" : type, identifier);
    }
    return {};
  }

  struct Relation {
    std::string_view from, type, to, scope, completeness;
    std::size_t place;
  };

  void apply(const Relation& relation) {
    const RelationType* type = row_named(relation_types, relation.type);
    if (type == nullptr) return;
    if (type->meaning >= Meaning::declared_license) return license(relation, *type);
    std::string_view from = relation.from, to = relation.to;
    if (type->reversed) std::swap(from, to);
    const std::uint32_t source = bill_.find(from), target = bill_.find(to);
    if (to.ends_with("NoneElement") || to.ends_with("NoAssertionElement")) {
      const std::string_view meant = to.ends_with("NoneElement") ? "complete" : "unknown";
      if (source == no_component) return bill_.missing(from, place_text(relation.place));
      return completeness(source, type->meaning, relation.completeness.empty() ? meant : relation.completeness);
    }
    if (const auto file = files_.find(to); file != files_.end()) {
      if (source != no_component && type->meaning == Meaning::contains)
        bill_.detail(source, DetailKind::location, {}, file->second);
      return;
    }
    if (files_.contains(from)) return;
    const auto collection = collections_.find(from);
    if (type->meaning == Meaning::describes && collection != collections_.end())
      return collection->second.push_back(to);
    if (collection != collections_.end() || collections_.contains(to) || agents_.contains(to)) return;
    if (source == no_component || target == no_component)
      return bill_.missing(source == no_component ? from : to, place_text(relation.place));
    bill_.edge(source, target, edge_kind(type->meaning));
    if (type->meaning == Meaning::generated_from) generated_from(source, target);
    scope(target, type->scope, relation.scope);
    completeness(source, type->meaning, relation.completeness);
  }

  static EdgeKind edge_kind(Meaning meaning) {
    switch (meaning) {
      case Meaning::contains: return EdgeKind::contains;
      case Meaning::describes: return EdgeKind::describes;
      case Meaning::generated_from: return EdgeKind::generated_from;
      default: return EdgeKind::depends_on;
    }
  }

  void generated_from(std::uint32_t binary, std::uint32_t source) {
    const Component& of = bill_.at(source);
    if (!bill_.at(binary).source.empty()) return;
    bill_.at(binary).source =
        of.version.empty() ? of.name : bill_.keep(std::string(of.name) + " " + std::string(of.version));
  }

  void scope(std::uint32_t target, Scope by_type, std::string_view lifecycle) {
    Scope scope = by_type;
    if (lifecycle == "development" || lifecycle == "test" || lifecycle == "build") scope = Scope::excluded;
    if (lifecycle == "runtime") scope = Scope::required;
    Component& component = bill_.at(target);
    if (scope != Scope::unspecified && component.scope != Scope::required) component.scope = scope;
  }

  void completeness(std::uint32_t of, Meaning meaning, std::string_view text) {
    if (text.empty() || meaning > Meaning::contains) return;
    bill_.detail(of, DetailKind::completeness, meaning == Meaning::contains ? "assemblies" : "dependencies",
                 text == "noAssertion" ? "unknown" : text);
  }

  void license(const Relation& relation, const RelationType& type) {
    const std::uint32_t of = bill_.find(relation.from);
    if (of == no_component) return;
    constexpr std::string_view listed = "https://spdx.org/licenses/";
    std::string_view text = relation.to, what = "expression";
    if (const auto known = licenses_.find(relation.to); known != licenses_.end())
      std::tie(what, text) = known->second;
    else if (text.starts_with(listed))
      text.remove_prefix(listed.size());
    else if (text.ends_with("NoneLicense") || text.ends_with("NoneElement"))
      text = "NONE";
    else if (text.find("NoAssertion") != std::string_view::npos)
      return;
    else
      return bill_.missing(text, place_text(relation.place));
    if (text.empty() || text == "NOASSERTION") return;
    const DetailKind kind =
        type.meaning == Meaning::concluded_license ? DetailKind::concluded_license : DetailKind::declared_license;
    bill_.license(of, kind, what, text);
    relicensed_.push_back(of);
  }

  // Licences are told by relationships, when the components have been closed.
  void join_licenses() {
    auto& details = bill_.bill().details;
    std::sort(details.begin(), details.end());
    for (const std::uint32_t component : relicensed_) bill_.join_licenses(component);
  }

  void annotate(std::string_view id, std::string_view text) {
    if (collections_.contains(id)) return take_annotation(bill_, Bill::document_index, text);
    if (const std::uint32_t of = bill_.find(id); of < Bill::document_index) take_annotation(bill_, of, text);
  }

  std::string_view agent_kind(std::string_view id) const {
    const auto agent = agents_.find(id);
    return agent == agents_.end() ? std::string_view() : agent->second.first;
  }

  std::string_view agent_name(std::string_view id) const {
    const auto agent = agents_.find(id);
    return agent == agents_.end() || agent->second.second.empty() ? id : agent->second.second;
  }

  void take_tool(std::string_view text) {
    const ToolName tool = tool_named(text);
    bill_.tool({}, tool.name, tool.version);
  }

  // The roots of the SBOMs, else of the document, as far as they are packages.
  void choose_subject() {
    std::vector<std::uint32_t> roots;
    for (const auto& [id, elements] : collections_)
      for (const std::string_view element : elements)
        if (const std::uint32_t index = bill_.find(element); index < Bill::document_index) roots.push_back(index);
    std::sort(roots.begin(), roots.end());
    roots.erase(std::unique(roots.begin(), roots.end()), roots.end());
    if (roots.size() == 1) {
      bill_.subject_is(roots.front());
      const bool typed = std::find(typed_.begin(), typed_.end(), roots.front()) != typed_.end();
      if (!typed && bill_.at(roots.front()).type == ComponentType::library)
        bill_.bill().subject.type = ComponentType::other;
      return;
    }
    for (const std::uint32_t part : roots) bill_.edge(Bill::subject_index, part, EdgeKind::describes);
    bill_.bill().subject.name = document_name_;
  }

  BillBuilder& bill_;
  JsonReader& reader_;
  std::string_view spec_version_, document_name_;
  std::unordered_map<std::string_view, std::string_view> files_;
  std::unordered_map<std::string_view, std::pair<std::string_view, std::string_view>> licenses_;  // id -> what, text
  std::unordered_map<std::string_view, std::pair<std::string_view, std::string_view>> agents_;    // id -> kind, name
  std::map<std::string_view, std::vector<std::string_view>> collections_;  // document, SBOM -> roots
  std::vector<Relation> relations_;
  std::vector<std::pair<std::uint32_t, std::string_view>> suppliers_, originators_;
  std::vector<std::string_view> creators_, tools_;
  std::vector<std::pair<std::string_view, std::string_view>> annotations_;  // of an element, text
  std::vector<std::uint32_t> typed_, relicensed_;
};

}  // namespace

Result<Bill> read_spdx3_json(Bytes document, const Limits& limits) {
  BillBuilder bill(std::move(document), BillFormat::spdx3_json, limits);
  JsonReader reader(bill.pool(), limits);
  Spdx3 spdx(bill, reader);
  PRATIQUE_DO(reader.read(bill.document(), [&](JsonValue& root) { spdx.document(root); }));
  if (!spdx.spec_version().starts_with("3.0"))
    return Error{
        Fault::unsupported, "SPDX " + printable(spdx.spec_version()) + " is not read", {}, "convert it to SPDX 3.0.1"};
  bill.bill().spec_version = spdx.spec_version();
  spdx.resolve();
  bill.set_aside(reader.take_rejected());
  return bill.finish(place_text);
}

}  // namespace pratique
