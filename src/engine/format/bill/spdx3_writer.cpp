// SPDX 3.0.1 as JSON-LD: a graph of elements, each written once before what refers to it.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "engine/format/bill/spdx3_table.h"
#include "engine/format/bill/spdx_writer.h"
#include "model/license.h"

namespace pratique {

namespace {

using K = DetailKind;

constexpr std::string_view none_element = "https://spdx.org/rdf/3.0.1/terms/Core/NoneElement";
constexpr std::string_view no_assertion_element = "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement";
constexpr std::string_view none_license = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense";
constexpr std::string_view creation_info = "_:creationinfo";

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> algorithms = {{{"SHA-1", "sha1"},
                                                                                       {"SHA-224", "sha224"},
                                                                                       {"SHA-256", "sha256"},
                                                                                       {"SHA-384", "sha384"},
                                                                                       {"SHA-512", "sha512"},
                                                                                       {"SHA3-256", "sha3_256"},
                                                                                       {"SHA3-384", "sha3_384"},
                                                                                       {"SHA3-512", "sha3_512"},
                                                                                       {"BLAKE2b-256", "blake2b256"},
                                                                                       {"BLAKE2b-384", "blake2b384"},
                                                                                       {"BLAKE2b-512", "blake2b512"},
                                                                                       {"BLAKE3", "blake3"},
                                                                                       {"MD2", "md2"},
                                                                                       {"MD4", "md4"},
                                                                                       {"MD5", "md5"},
                                                                                       {"MD6", "md6"}}};

bool is_iri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text.front())) return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f ||
           std::string_view("<>\"{}|\\^`").find(c) != std::string_view::npos;
  });
}

class Spdx3Writer {
 public:
  Spdx3Writer(const BillPlan& plan, std::string_view serial, JsonLayout layout)
      : plan_(plan),
        losses_(plan.losses()),
        serial_(serial),
        prefix_(std::string(serial) + "#"),
        out_(layout),
        ids_(plan, {is_iri, [this](const Node& node) {
                      const std::string_view base =
                          node.component.ref.empty() ? node.component.name : node.component.ref;
                      const std::string id = id_text(base);
                      return prefix_ + (id.empty() ? "package" : id);
                    }}) {}

  std::string document() {
    out_.begin_object();
    out_.text("@context", "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
    out_.key("@graph");
    out_.begin_array();
    creation();
    collections();
    if (plan_.has_subject()) package(plan_.subject());
    for (const std::uint32_t index : plan_.components()) package(plan_.node(index));
    relations();
    notes(serial_, spdx_annotations(plan_, Bill::document_index, plan_.bill().details_of(Bill::document_index)));
    out_.end_array();
    out_.end_object();
    left_over();
    return std::move(out_.out());
  }

 private:
  void lose(K kind, std::uint32_t of, std::string_view value) { losses_.add(name_of(kind), of, value); }

  std::string new_id(std::string_view kind) {
    return ids_.unique(prefix_ + std::string(kind) + "-" + std::to_string(++count_));
  }

  void begin(std::string_view type, std::string_view id) {
    out_.begin_object();
    out_.text("type", type);
    out_.text("spdxId", id);
    out_.text("creationInfo", creation_info);
  }

  void text(std::string_view key, std::string_view value, std::string_view what, std::uint32_t of) {
    if (value.empty()) return;
    if (is_unsayable_in_spdx(value)) return losses_.add(what, of, value);
    out_.text(key, value);
  }

  void list(std::string_view key, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out_.key(key);
    out_.begin_array();
    for (const std::string& text : texts) out_.text(text);
    out_.end_array();
  }

  // ---- who and when

  // The element of an agent or tool, written at its first use.
  std::string agent(std::string_view type, std::string_view name) {
    const auto [entry, is_new] = agents_.try_emplace({std::string(type), std::string(name)});
    if (!is_new) return entry->second;
    entry->second = new_id(lower(type));
    begin(type, entry->second);
    out_.text("name", name);
    out_.end_object();
    return entry->second;
  }

  void creation() {
    std::vector<std::string> by, with;
    for (const Detail& author : plan_.document(K::author)) {
      const bool known = author.name.empty() || author.name == "Organization" || author.name == "Agent";
      if (!known) lose(K::author, Bill::document_index, author.name);
      by.push_back(agent(author.name.empty() ? "Person" : known ? author.name : "Agent", author.value));
    }
    const auto tools = spdx_tools(plan_);
    for (const std::string& tool : tools) with.push_back(agent("Tool", tool));
    if (by.empty()) by.push_back(agent("SoftwareAgent", tools.empty() ? std::string_view("pratique") : tools.front()));
    out_.begin_object();
    out_.text("type", "CreationInfo");
    out_.text("@id", creation_info);
    out_.text("specVersion", "3.0.1");
    out_.text("created", spdx_time(plan_));
    list("createdBy", by);
    list("createdUsing", with);
    out_.end_object();
  }

  void collections() {
    const std::string sbom = new_id("sbom");
    begin("SpdxDocument", serial_);
    out_.text("name", spdx_document_name(plan_));
    list("profileConformance", {"core", "software", "simpleLicensing"});
    list("rootElement", {sbom});
    out_.end_object();
    std::vector<std::string> roots, elements;
    for (const std::uint32_t index : plan_.described()) roots.push_back(ids_.of(index));
    if (plan_.has_subject()) elements.push_back(ids_.of(Bill::subject_index));
    for (const std::uint32_t index : plan_.components()) elements.push_back(ids_.of(index));
    begin("software_Sbom", sbom);
    list("rootElement", roots);
    list("element", elements);
    out_.end_object();
  }

  // ---- packages

  void package(const Node& node) {
    const Component& component = node.component;
    const std::uint32_t of = node.index;
    const std::string supplier = supplier_of(node);
    const std::vector<std::string> originators = originators_of(node);
    begin("software_Package", ids_.of(of));
    if (component.name.empty()) losses_.add("name", of);
    out_.text("name", component.name.empty() ? "unnamed" : component.name);
    only("description", node, K::description);
    property("summary", node);
    property("comment", node);
    if (!supplier.empty()) out_.text("suppliedBy", supplier);
    list("originatedBy", originators);
    hashes(node);
    identifiers(node);
    external_references(node);
    purpose(node);
    if (!component.version.empty()) out_.text("software_packageVersion", component.version);
    if (!component.purl.empty()) out_.text("software_packageUrl", component.purl);
    only("software_copyrightText", node, K::copyright);
    if (const auto url = first_reference(node, "distribution"); !url.empty())
      out_.text("software_downloadLocation", url);
    if (const auto url = first_reference(node, "website"); !url.empty()) out_.text("software_homePage", url);
    source_info(node);
    attributions(node);
    out_.end_object();
    licenses(node);
    files(node);
    std::vector<Detail> notable;
    for (const Detail& detail : node.details)
      if (detail.kind != K::location) notable.push_back(detail);
    notes(ids_.of(of), spdx_annotations(plan_, of, notable));
    losses_of(node);
  }

  void only(std::string_view key, const Node& node, K kind) {
    const auto details = node.all(kind);
    for (std::size_t i = 1; i < details.size(); ++i) lose(kind, node.index, details[i].value);
    if (!details.empty()) text(key, details.front().value, name_of(kind), node.index);
  }

  static std::string_view property_named(const Node& node, std::string_view name) {
    for (const Detail& property : node.all(K::property))
      if (property.name == name) return property.value;
    return {};
  }

  void property(std::string_view name, const Node& node) {
    const std::string_view value = property_named(node, name);
    if (!value.empty()) out_.text(name, value);
  }

  std::string supplier_of(const Node& node) {
    const auto suppliers = node.all(K::supplier);
    for (std::size_t i = 1; i < suppliers.size(); ++i) lose(K::supplier, node.index, suppliers[i].value);
    if (suppliers.empty()) return {};
    const bool is_person = suppliers.front().name == "Person";
    if (!is_person && !suppliers.front().name.empty()) lose(K::supplier, node.index, suppliers.front().name);
    return agent(is_person ? "Person" : "Organization", suppliers.front().value);
  }

  std::vector<std::string> originators_of(const Node& node) {
    std::vector<std::string> ids;
    for (const Detail& originator : node.all(K::originator)) {
      const bool known = originator.name == "Person" || originator.name == "Organization" || originator.name == "Agent";
      if (!known) lose(K::originator, node.index, originator.name);
      ids.push_back(agent(known ? originator.name : "Agent", originator.value));
    }
    return ids;
  }

  void hashes(const Node& node) {
    bool open = false;
    for (const Detail& hash : node.all(K::hash)) {
      const std::string_view algorithm =
          hash.name == "ADLER32" ? std::string_view("adler32") : spdx3::second_of(algorithms, hash.name);
      if (algorithm.empty()) {
        lose(K::hash, node.index, hash.name);
        continue;
      }
      if (!open) out_.key("verifiedUsing"), out_.begin_array();
      open = true;
      out_.begin_object();
      out_.text("type", "Hash");
      out_.text("algorithm", algorithm);
      out_.text("hashValue", hash.value);
      out_.end_object();
    }
    if (open) out_.end_array();
  }

  void identifiers(const Node& node) {
    bool open = false;
    const auto add = [&](std::string_view type, std::string_view identifier) {
      if (!open) out_.key("externalIdentifier"), out_.begin_array();
      open = true;
      out_.begin_object();
      out_.text("type", "ExternalIdentifier");
      out_.text("externalIdentifierType", type);
      out_.text("identifier", identifier);
      out_.end_object();
    };
    const auto cpe_type = [](std::string_view cpe) { return cpe.starts_with("cpe:/") ? "cpe22" : "cpe23"; };
    const std::string_view first = node.component.cpe;
    if (!first.empty()) add(cpe_type(first), first);
    for (const Detail& cpe : node.all(K::cpe))
      if (cpe.value != first) add(cpe_type(cpe.value), cpe.value);
    constexpr std::array<std::string_view, 8> types = {"cve",   "email", "gitoid",        "other",
                                                       "swhid", "swid",  "securityOther", "urlScheme"};
    for (const Detail& identifier : node.all(K::identifier)) {
      const bool is_purl = identifier.name == "purl" && !node.component.purl.empty();
      const bool known = is_purl || std::find(types.begin(), types.end(), identifier.name) != types.end();
      if (!known) lose(K::identifier, node.index, identifier.name);
      add(is_purl ? "packageUrl" : known ? identifier.name : "other", identifier.value);
    }
    if (open) out_.end_array();
  }

  static std::string_view first_reference(const Node& node, std::string_view type) {
    for (const Detail& reference : node.all(K::external_reference))
      if (reference.name == type && is_iri(reference.value)) return reference.value;
    return {};
  }

  void external_references(const Node& node) {
    bool open = false;
    const std::string_view download = first_reference(node, "distribution"), home = first_reference(node, "website");
    for (const Detail& reference : node.all(K::external_reference)) {
      const bool is_told = (reference.name == "distribution" && reference.value == download) ||
                           (reference.name == "website" && reference.value == home);
      if (is_told) continue;
      const std::string_view type = spdx3::first_of(spdx3::references, reference.name);
      if (type.empty()) lose(K::external_reference, node.index, reference.name);
      if (!open) out_.key("externalRef"), out_.begin_array();
      open = true;
      out_.begin_object();
      out_.text("type", "ExternalRef");
      out_.text("externalRefType", type.empty() ? "other" : type);
      list("locator", {std::string(reference.value)});
      out_.end_object();
    }
    if (open) out_.end_array();
  }

  void purpose(const Node& node) {
    const ComponentType type = node.component.type;
    std::string_view word;
    for (const Detail& purpose : node.all(K::purpose)) {
      const std::string_view known = spdx3::first_of(spdx3::other_purposes, purpose.value);
      if (!known.empty() && word.empty() && type == ComponentType::other)
        word = known;
      else
        lose(K::purpose, node.index, purpose.value);
    }
    for (const spdx3::Purpose& purpose : spdx3::purposes)
      if (word.empty() && purpose.type == type) word = purpose.name;
    if (word.empty()) losses_.add("type", node.index, name_of(type));
    out_.text("software_primaryPurpose", word.empty() ? "other" : word);
  }

  void source_info(const Node& node) {
    const std::string source = spdx_source_info(plan_, node);
    const std::string_view own = property_named(node, "sourceInfo");
    if (!source.empty() && !own.empty()) lose(K::property, node.index, own);
    if (!source.empty() || !own.empty()) out_.text("software_sourceInfo", source.empty() ? own : source);
  }

  void attributions(const Node& node) {
    std::vector<std::string> texts;
    for (const Detail& property : node.all(K::property))
      if (property.name == "attribution" && is_free_text(property.value))
        texts.emplace_back(property.value);
      else if (property.name == "attribution")
        lose(K::property, node.index, property.value);
    list("software_attributionText", texts);
  }

  // ---- elements about a package

  // An expression, or a name with its text, written at its first use.
  std::string license_element(const Detail& license) {
    if (license.value == "NONE") return std::string(none_license);
    const bool is_expression = license.name != "name" && parse_license(license.value).has_value();
    const auto [entry, is_new] = licenses_.try_emplace({is_expression, license.value});
    if (!is_new) return entry->second;
    entry->second = new_id("license");
    if (!is_expression) {
      license_text(entry->second, license.value);
      return entry->second;
    }
    begin("simplelicensing_LicenseExpression", entry->second);
    out_.text("simplelicensing_licenseExpression", license.value);
    out_.end_object();
    return entry->second;
  }

  void license_text(std::string_view id, std::string_view name) {
    const std::string_view text = plan_.license_text(name);
    begin("simplelicensing_SimpleLicensingText", id);
    out_.text("name", name);
    out_.text("simplelicensing_licenseText", text.empty() ? "NOASSERTION" : text);
    out_.end_object();
    if (text != "NOASSERTION") told_texts_.insert(name);  // which is read as no text at all
  }

  void licenses(const Node& node) {
    for (const auto& [kind, type] : {std::pair<K, std::string_view>{K::declared_license, "hasDeclaredLicense"},
                                     {K::concluded_license, "hasConcludedLicense"}}) {
      std::vector<std::string> ids;
      for (const Detail& license : node.all(kind)) {
        if (is_unsayable_in_spdx(license.value))
          lose(kind, node.index, license.value);
        else
          ids.push_back(license_element(license));
      }
      if (!ids.empty()) relationship("Relationship", ids_.of(node.index), type, ids);
    }
  }

  void files(const Node& node) {
    std::vector<std::string> ids;
    for (const Detail& location : node.all(K::location)) {
      const auto [entry, is_new] = files_.try_emplace(location.value);
      if (is_new) {
        entry->second = new_id("file");
        begin("software_File", entry->second);
        out_.text("name", location.value);
        out_.end_object();
      }
      ids.push_back(entry->second);
    }
    if (!ids.empty()) relationship("Relationship", ids_.of(node.index), "contains", ids);
  }

  void notes(std::string_view id, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      begin("Annotation", new_id("annotation"));
      out_.text("annotationType", "other");
      out_.text("subject", id);
      out_.text("statement", text);
      out_.end_object();
    }
  }

  // ---- relations

  void relationship(std::string_view class_name, std::string_view from, std::string_view type,
                    const std::vector<std::string>& to, std::string_view completeness = {},
                    std::string_view scope = {}) {
    begin(class_name, new_id("relationship"));
    out_.text("from", from);
    out_.text("relationshipType", type);
    list("to", to);
    if (!completeness.empty()) out_.text("completeness", completeness);
    if (!scope.empty()) out_.text("scope", scope);
    out_.end_object();
  }

  // What one kind of relation from one element is in SPDX: by the scope of what it leads to.
  struct Group {
    EdgeKind kind;
    Scope scope;
    auto operator<=>(const Group&) const = default;
  };

  void relations() {
    if (plan_.has_subject()) relations_of(Bill::subject_index);
    for (const std::uint32_t index : plan_.components()) relations_of(index);
  }

  void relations_of(std::uint32_t from) {
    std::map<Group, std::vector<std::string>> groups;
    const auto& edges = plan_.edges();
    auto edge = std::lower_bound(edges.begin(), edges.end(), Edge{from, 0, EdgeKind::depends_on});
    for (; edge != edges.end() && edge->from == from; ++edge) {
      const Scope scope = scope_of(*edge);
      if (scope != Scope::unspecified) scoped_.insert(edge->to);
      groups[{edge->kind, scope}].push_back(ids_.of(edge->to));
    }
    std::string_view depends = completeness_of(from, "dependencies"), contains = completeness_of(from, "assemblies");
    for (const auto& [group, to] : groups) {
      if (group.kind == EdgeKind::provides) {
        for (std::size_t i = 0; i < to.size(); ++i) losses_.add(name_of(group.kind), from);
      } else if (group.kind == EdgeKind::generated_from) {
        for (const std::string& source : to) relationship("Relationship", source, "generates", {ids_.of(from)});
      } else {
        std::string_view none;
        auto& completeness = group.kind == EdgeKind::depends_on ? depends
                             : group.kind == EdgeKind::contains ? contains
                                                                : none;
        relation(group, ids_.of(from), to, std::exchange(completeness, {}));
      }
    }
    if (!depends.empty()) nothing(from, "dependsOn", depends);
    if (!contains.empty()) nothing(from, "contains", contains);
  }

  Scope scope_of(const Edge& edge) const {
    const Scope scope = plan_.bill().components[edge.to].scope;
    const bool has_word =
        edge.kind == EdgeKind::depends_on || (edge.kind == EdgeKind::contains && scope == Scope::optional);
    return has_word ? scope : Scope::unspecified;
  }

  void relation(const Group& group, std::string_view from, const std::vector<std::string>& to,
                std::string_view completeness) {
    if (group.kind == EdgeKind::describes) return relationship("Relationship", from, "describes", to);
    const bool contains = group.kind == EdgeKind::contains;
    if (group.scope == Scope::optional)
      return relationship("Relationship", from, contains ? "hasOptionalComponent" : "hasOptionalDependency", to,
                          completeness);
    if (group.scope == Scope::unspecified)
      return relationship("Relationship", from, contains ? "contains" : "dependsOn", to, completeness);
    relationship("LifecycleScopedRelationship", from, "dependsOn", to, completeness,
                 group.scope == Scope::required ? "runtime" : "development");
  }

  void nothing(std::uint32_t from, std::string_view type, std::string_view completeness) {
    const std::string_view to = completeness == "complete" ? none_element : no_assertion_element;
    relationship("Relationship", ids_.of(from), type, {std::string(to)}, completeness);
  }

  // SPDX's word for it, empty where nothing is said.
  std::string_view completeness_of(std::uint32_t of, std::string_view what) {
    std::string_view word;
    for (const Detail& detail : plan_.node(of).all(K::completeness)) {
      if (detail.name != what) {
        if (detail.name != "dependencies" && detail.name != "assemblies") lose(K::completeness, of, detail.value);
        continue;
      }
      const bool known = detail.value == "complete" || detail.value == "incomplete" || detail.value == "unknown";
      if (!known || !word.empty()) lose(K::completeness, of, detail.value);
      if (known && word.empty()) word = detail.value == "unknown" ? "noAssertion" : detail.value;
    }
    return word;
  }

  // ---- what is not said

  void losses_of(const Node& node) {
    if (!node.component.group.empty()) losses_.add("group", node.index, node.component.group);
    for (const K kind : {K::author, K::publisher, K::manufacturer, K::mime_type, K::tool, K::lifecycle, K::file_name,
                         K::observed_license})
      for (const Detail& detail : node.all(kind)) lose(kind, node.index, detail.value);
  }

  void left_over() {
    const Bill& bill = plan_.bill();
    if (!bill.serial.empty() && bill.serial != serial_) losses_.add("serial", Bill::document_index, bill.serial);
    for (const std::uint32_t index : plan_.components())
      if (bill.components[index].scope != Scope::unspecified && !scoped_.contains(index))
        losses_.add("scope", index, name_of(bill.components[index].scope));
    if (plan_.has_subject() && plan_.subject().component.scope != Scope::unspecified)
      losses_.add("scope", Bill::subject_index);
    for (const Detail& detail : bill.details)
      if (detail.kind == K::license_text && !told_texts_.contains(detail.name))
        lose(detail.kind, detail.of, detail.name);
    for (const K kind : {K::supplier, K::manufacturer, K::lifecycle, K::declared_license, K::concluded_license,
                         K::observed_license, K::external_reference, K::completeness})
      for (const Detail& detail : plan_.document(kind)) lose(kind, Bill::document_index, detail.value);
  }

  const BillPlan& plan_;
  Losses& losses_;
  std::string serial_, prefix_;
  JsonWriter out_;
  NodeIds ids_;
  std::size_t count_ = 0;
  std::map<std::pair<std::string, std::string>, std::string> agents_;  // type, name
  std::map<std::pair<bool, std::string_view>, std::string> licenses_;
  std::map<std::string_view, std::string> files_;
  std::set<std::string_view> told_texts_;
  std::set<std::uint32_t> scoped_;
};

}  // namespace

std::string write_spdx3_json(const BillPlan& plan, std::string_view serial, JsonLayout layout) {
  const std::string& own = plan.bill().serial;
  return Spdx3Writer(plan, is_iri(own) ? own : serial, layout).document();
}

}  // namespace pratique
