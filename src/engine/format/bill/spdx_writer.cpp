#include "engine/format/bill/spdx_writer.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "engine/format/bill/spdx.h"
#include "model/license.h"
#include "model/purl.h"

namespace pratique {

namespace {

using K = DetailKind;

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> algorithms = {{{"SHA-1", "SHA1"},
                                                                                       {"SHA-224", "SHA224"},
                                                                                       {"SHA-256", "SHA256"},
                                                                                       {"SHA-384", "SHA384"},
                                                                                       {"SHA-512", "SHA512"},
                                                                                       {"SHA3-256", "SHA3-256"},
                                                                                       {"SHA3-384", "SHA3-384"},
                                                                                       {"SHA3-512", "SHA3-512"},
                                                                                       {"BLAKE2b-256", "BLAKE2b-256"},
                                                                                       {"BLAKE2b-384", "BLAKE2b-384"},
                                                                                       {"BLAKE2b-512", "BLAKE2b-512"},
                                                                                       {"BLAKE3", "BLAKE3"},
                                                                                       {"MD2", "MD2"},
                                                                                       {"MD4", "MD4"},
                                                                                       {"MD5", "MD5"},
                                                                                       {"MD6", "MD6"},
                                                                                       {"ADLER32", "ADLER32"}}};

constexpr std::array<std::pair<ComponentType, std::string_view>, 9> purposes = {
    {{ComponentType::library, "LIBRARY"},
     {ComponentType::application, "APPLICATION"},
     {ComponentType::framework, "FRAMEWORK"},
     {ComponentType::container, "CONTAINER"},
     {ComponentType::operating_system, "OPERATING-SYSTEM"},
     {ComponentType::device, "DEVICE"},
     {ComponentType::firmware, "FIRMWARE"},
     {ComponentType::file, "FILE"},
     {ComponentType::other, "OTHER"}}};

// SPDX 2.3, annex F: the categories of types; every other type is OTHER.
std::string_view category_of(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> categories = {
      {{"cpe22Type", "SECURITY"},
       {"cpe23Type", "SECURITY"},
       {"advisory", "SECURITY"},
       {"fix", "SECURITY"},
       {"url", "SECURITY"},
       {"swid", "SECURITY"},
       {"maven-central", "PACKAGE-MANAGER"},
       {"npm", "PACKAGE-MANAGER"},
       {"nuget", "PACKAGE-MANAGER"},
       {"bower", "PACKAGE-MANAGER"},
       {"purl", "PACKAGE-MANAGER"},
       {"swh", "PERSISTENT-ID"}}};
  if (type == "gitoid") return "PERSISTENT-ID";
  for (const auto& [name, category] : categories)
    if (name == type) return category;
  return "OTHER";
}

bool has_blank(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

bool is_id(std::string_view ref) {
  constexpr std::string_view start = "SPDXRef-";
  return ref.starts_with(start) && ref.size() > start.size() && ref != SpdxBuilder::document_id && id_text(ref) == ref;
}

class SpdxWriter {
 public:
  SpdxWriter(const BillPlan& plan, JsonLayout layout)
      : plan_(plan), losses_(plan.losses()), out_(layout), ids_(plan, {is_id, make_id}) {}

  std::string document(std::string_view serial) {
    created_ = spdx_time(plan_);
    const auto tools = spdx_tools(plan_);
    annotator_ = "Tool: " + (tools.empty() ? std::string("pratique") : tools.front());
    out_.begin_object();
    out_.text("spdxVersion", "SPDX-2.3");
    out_.text("dataLicense", "CC0-1.0");
    out_.text("SPDXID", SpdxBuilder::document_id);
    out_.text("name", spdx_document_name(plan_));
    if (!serial.empty()) out_.text("documentNamespace", serial);
    creation(tools);
    packages();
    extracted_licenses();
    relationships();
    const auto notes = spdx_annotations(plan_, Bill::document_index, plan_.bill().details_of(Bill::document_index));
    annotations(notes);
    out_.end_object();
    left_over();
    return std::move(out_.out());
  }

 private:
  // Not what trivy and syft tell a type by (spdx.cpp).
  static std::string make_id(const Node& node) {
    const std::string_view base = node.component.ref.empty() ? node.component.name : node.component.ref;
    std::string id = id_text(base.starts_with("SPDXRef-") ? base.substr(8) : base);
    for (const std::string_view telling : {"ContainerImage-", "DocumentRoot-", "OperatingSystem-", "Application-"})
      if (id.starts_with(telling)) id = "Package-" + id;
    return "SPDXRef-" + (id.empty() || id == "DOCUMENT" ? "Package" : id);
  }

  void lose(K kind, std::uint32_t of, std::string_view value) { losses_.add(name_of(kind), of, value); }

  // A text that is there and that SPDX does not take for nothing.
  void text(std::string_view key, std::string_view value, std::string_view what, std::uint32_t of) {
    if (value.empty()) return;
    if (is_unsayable_in_spdx(value)) return losses_.add(what, of, value);
    out_.text(key, value);
  }

  // The first one; the format has no room for more.
  void only(std::string_view key, const Node& node, K kind) {
    const auto details = node.all(kind);
    for (std::size_t i = 1; i < details.size(); ++i) lose(kind, node.index, details[i].value);
    if (!details.empty()) text(key, details.front().value, name_of(kind), node.index);
  }

  void creation(const std::vector<std::string>& tools) {
    out_.key("creationInfo");
    out_.begin_object();
    out_.text("created", created_);
    out_.key("creators");
    out_.begin_array();
    for (const std::string& tool : tools) out_.text("Tool: " + tool);
    for (const Detail& author : plan_.document(K::author)) {
      if (!author.name.empty() && author.name != "Organization") lose(K::author, Bill::document_index, author.name);
      const std::string_view kind = author.name.empty() ? "Person" : "Organization";
      out_.text(std::string(kind) + ": " + person(author.value));
    }
    out_.end_array();
    out_.end_object();
  }

  // "Jane Doe <jane@example.com>" -> "Jane Doe (jane@example.com)"
  static std::string person(std::string_view value) {
    const auto open = value.rfind(" <");
    if (open == std::string_view::npos || !value.ends_with('>') || value.find('@', open) == std::string_view::npos)
      return std::string(value);
    return std::string(value.substr(0, open)) + " (" + std::string(value.substr(open + 2, value.size() - open - 3)) +
           ")";
  }

  // ---- packages

  void packages() {
    out_.key("packages");
    out_.begin_array();
    if (plan_.has_subject()) package(plan_.subject());
    for (const std::uint32_t index : plan_.components()) package(plan_.node(index));
    out_.end_array();
  }

  void package(const Node& node) {
    const Component& component = node.component;
    const std::uint32_t of = node.index;
    out_.begin_object();
    name(node);
    out_.text("SPDXID", ids_.of(of));
    text("versionInfo", component.version, "version", of);
    only("packageFileName", node, K::file_name);
    supplier(node);
    originator(node);
    const bool has_download = references(node, "distribution", "downloadLocation");
    if (!has_download) out_.text("downloadLocation", "NOASSERTION");
    out_.key("filesAnalyzed");
    out_.raw(node.all(K::observed_license).empty() ? "false" : "true");
    checksums(node);
    references(node, "website", "homepage");
    source_info(node);
    license("licenseConcluded", node, K::concluded_license);
    observed_licenses(node);
    license("licenseDeclared", node, K::declared_license);
    only("copyrightText", node, K::copyright);
    named_property(node, "summary");
    only("description", node, K::description);
    named_property(node, "comment");
    external_references(node);
    attributions(node);
    purpose(node);
    annotations(spdx_annotations(plan_, of, node.details));
    out_.end_object();
    losses_of(node);
  }

  void name(const Node& node) {
    const std::string_view name = node.component.name;
    const bool bad = name.empty() || is_unsayable_in_spdx(name);
    if (bad) losses_.add("name", node.index, name);
    out_.text("name", bad ? "unnamed" : name);
  }

  void supplier(const Node& node) {
    const auto suppliers = node.all(K::supplier);
    for (std::size_t i = 1; i < suppliers.size(); ++i) lose(K::supplier, node.index, suppliers[i].value);
    if (suppliers.empty()) return;
    const Detail& supplier = suppliers.front();
    const bool is_person = supplier.name == "Person";
    if (!is_person && !supplier.name.empty()) lose(K::supplier, node.index, supplier.name);
    out_.text("supplier", (is_person ? "Person: " : "Organization: ") + std::string(supplier.value));
  }

  void originator(const Node& node) {
    const auto originators = node.all(K::originator);
    for (std::size_t i = 1; i < originators.size(); ++i) lose(K::originator, node.index, originators[i].value);
    if (originators.empty()) return;
    const Detail& originator = originators.front();
    const bool known = originator.name == "Person" || originator.name == "Organization";
    if (!known) lose(K::originator, node.index, originator.name);
    out_.text("originator",
              (known ? std::string(originator.name) : "Organization") + ": " + std::string(originator.value));
  }

  void checksums(const Node& node) {
    bool open = false;
    for (const Detail& hash : node.all(K::hash)) {
      const auto known =
          std::find_if(algorithms.begin(), algorithms.end(), [&](const auto& a) { return a.first == hash.name; });
      if (known == algorithms.end()) {
        lose(K::hash, node.index, hash.name);
        continue;
      }
      if (!open) out_.key("checksums"), out_.begin_array();
      open = true;
      out_.begin_object();
      out_.text("algorithm", known->second);
      out_.text("checksumValue", hash.value);
      out_.end_object();
    }
    if (open) out_.end_array();
  }

  void source_info(const Node& node) {
    const std::string source = spdx_source_info(plan_, node);
    const auto own = property_named(node, "sourceInfo");
    if (!source.empty()) out_.text("sourceInfo", source);
    if (own.empty()) return;
    if (!source.empty() || is_unsayable_in_spdx(own)) return lose(K::property, node.index, own);
    out_.text("sourceInfo", own);
  }

  static std::string_view property_named(const Node& node, std::string_view name) {
    for (const Detail& property : node.all(K::property))
      if (property.name == name) return property.value;
    return {};
  }

  // A property that SPDX has a field for, and room for one.
  void named_property(const Node& node, std::string_view name) {
    text(name, property_named(node, name), name_of(K::property), node.index);
  }

  void attributions(const Node& node) {
    bool open = false;
    for (const Detail& property : node.all(K::property)) {
      if (property.name != "attribution") continue;
      if (is_unsayable_in_spdx(property.value) || !is_free_text(property.value)) {
        lose(K::property, node.index, property.value);
        continue;
      }
      if (!open) out_.key("attributionTexts"), out_.begin_array();
      open = true;
      out_.text(property.value);
    }
    if (open) out_.end_array();
  }

  void purpose(const Node& node) {
    const ComponentType type = node.component.type;
    const auto purposes_told = node.all(K::purpose);
    std::string_view word;
    for (const Detail& purpose : purposes_told) {
      const bool known = purpose.value == "SOURCE" || purpose.value == "ARCHIVE" || purpose.value == "INSTALL";
      if (known && word.empty() && type == ComponentType::other)
        word = purpose.value;
      else
        lose(K::purpose, node.index, purpose.value);
    }
    const std::string_view purl_type = type_of(node.component.purl);
    const bool is_image = purl_type == "oci" || purl_type == "docker";  // which SPDX readers take for containers
    const auto known = std::find_if(purposes.begin(), purposes.end(), [&](const auto& p) { return p.first == type; });
    if (known == purposes.end() || (is_image && type != ComponentType::container))
      losses_.add("type", node.index, name_of(type));
    out_.text("primaryPackagePurpose", !word.empty() ? word : known == purposes.end() ? "OTHER" : known->second);
  }

  // ---- licences

  // SPDX has one expression. A name becomes a LicenseRef, explained among the extracted licences.
  void license(std::string_view key, const Node& node, K kind) {
    std::vector<std::string> parts;
    const auto licenses = node.all(kind);
    for (const Detail& license : licenses) {
      if (license.value == "NOASSERTION" || (license.value == "NONE" && licenses.size() > 1))
        lose(kind, node.index, license.value);
      else
        parts.push_back(license.value == "NONE" || (license.name != "name" && parse_license(license.value))
                            ? std::string(license.value)
                            : license_ref(license.value));
    }
    if (!parts.empty()) out_.text(key, joined(parts));
  }

  const std::string& license_ref(std::string_view name) {
    const auto [entry, is_new] = named_.try_emplace(name);
    if (!is_new) return entry->second;
    constexpr std::size_t longest = 64;
    std::string ref = "LicenseRef-" + id_text(name.substr(0, longest));
    if (std::none_of(ref.begin() + 11, ref.end(), [](char c) { return is_alpha(c) || is_digit(c); })) ref += "license";
    while (!license_refs_.insert(ref).second) ref += "-" + std::to_string(named_.size());
    names_.push_back(name);
    return entry->second = ref;
  }

  void observed_licenses(const Node& node) {
    const auto observed = node.all(K::observed_license);
    if (observed.empty()) return;
    out_.key("licenseInfoFromFiles");
    out_.begin_array();
    for (const Detail& license : observed)
      out_.text(license.name != "name" && parse_license(license.value) ? std::string(license.value)
                                                                       : license_ref(license.value));
    out_.end_array();
  }

  void extracted_licenses() {
    bool open = false;
    const auto begin = [&] {
      if (!open) out_.key("hasExtractedLicensingInfos"), out_.begin_array();
      open = true;
      out_.begin_object();
    };
    for (const std::string_view name : names_) {
      begin();
      out_.text("licenseId", named_.at(name));
      const std::string_view text = plan_.license_text(name);
      out_.text("extractedText", text.empty() ? "NOASSERTION" : text);
      out_.text("name", name);
      out_.text("comment", licence_name_comment);
      out_.end_object();
      if (text != "NOASSERTION") told_texts_.insert(name);  // which is read as no text at all
    }
    for (const Detail& detail : plan_.bill().details) {
      if (detail.kind != K::license_text || told_texts_.contains(detail.name)) continue;
      const bool is_ref = detail.name.starts_with("LicenseRef-") && id_text(detail.name) == detail.name &&
                          !license_refs_.contains(std::string(detail.name));
      if (!is_ref || is_unsayable_in_spdx(detail.value)) {
        lose(K::license_text, detail.of, detail.name);
        continue;
      }
      begin();
      out_.text("licenseId", detail.name);
      out_.text("extractedText", plan_.license_text(detail.name));
      out_.end_object();
      told_texts_.insert(detail.name);
    }
    if (open) out_.end_array();
  }

  // ---- references

  // The first external reference of this type has a field of its own.
  bool references(const Node& node, std::string_view type, std::string_view key) {
    const auto first = first_reference(node, type);
    if (first.empty()) return false;
    out_.text(key, first);
    return true;
  }

  static std::string_view first_reference(const Node& node, std::string_view type) {
    for (const Detail& reference : node.all(K::external_reference))
      if (reference.name == type && !is_unsayable_in_spdx(reference.value) && reference.value != "NONE" &&
          !has_blank(reference.value))
        return reference.value;
    return {};
  }

  void external_reference(std::string_view type, std::string_view locator, bool& open) {
    if (!open) out_.key("externalRefs"), out_.begin_array();
    open = true;
    out_.begin_object();
    out_.text("referenceCategory", category_of(type));
    out_.text("referenceType", type);
    out_.text("referenceLocator", locator);
    out_.end_object();
  }

  void external_references(const Node& node) {
    bool open = false;
    const Component& component = node.component;
    if (!component.purl.empty()) external_reference("purl", component.purl, open);
    const auto cpe = [&](std::string_view name) {
      if (has_blank(name)) return lose(K::cpe, node.index, name);
      external_reference(name.starts_with("cpe:/") ? "cpe22Type" : "cpe23Type", name, open);
    };
    if (!component.cpe.empty()) cpe(component.cpe);
    for (const Detail& more : node.all(K::cpe))
      if (more.value != component.cpe) cpe(more.value);
    for (const Detail& identifier : node.all(K::identifier)) {
      const std::string_view type = identifier.name == "swhid" ? "swh" : identifier.name;
      const bool known =
          type == "swh" || type == "gitoid" || type == "swid" || (type == "purl" && !component.purl.empty());
      if (known && !has_blank(identifier.value))
        external_reference(type, identifier.value, open);
      else
        lose(K::identifier, node.index, identifier.name);
    }
    const std::string_view download = first_reference(node, "distribution"), home = first_reference(node, "website");
    for (const Detail& reference : node.all(K::external_reference)) {
      const bool is_told = (reference.name == "distribution" && reference.value == download) ||
                           (reference.name == "website" && reference.value == home);
      if (is_told) continue;
      const bool taken = reference.name == "purl" || category_of(reference.name) == "PERSISTENT-ID" ||
                         reference.name == "swid" || reference.name.starts_with("cpe2");
      if (reference.name.empty() || taken || has_blank(reference.name) || has_blank(reference.value))
        lose(K::external_reference, node.index, reference.value);
      else
        external_reference(reference.name, reference.value, open);
    }
    if (open) out_.end_array();
  }

  void annotations(const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out_.key("annotations");
    out_.begin_array();
    for (const std::string& text : texts) {
      out_.begin_object();
      out_.text("annotator", annotator_);
      out_.text("annotationDate", created_);
      out_.text("annotationType", "OTHER");
      out_.text("comment", text);
      out_.end_object();
    }
    out_.end_array();
  }

  // ---- relations

  void relationship(std::string_view from, std::string_view type, std::string_view to) {
    out_.begin_object();
    out_.text("spdxElementId", from);
    out_.text("relationshipType", type);
    out_.text("relatedSpdxElement", to);
    out_.end_object();
  }

  void relationships() {
    out_.key("relationships");
    out_.begin_array();
    const auto& edges = plan_.edges();
    for (const std::uint32_t index : plan_.described())
      relationship(SpdxBuilder::document_id, "DESCRIBES", ids_.of(index));
    for (const Edge& edge : edges)
      if (plan_.has_subject() || edge.from != Bill::subject_index) relation(edge);
    completeness();
    out_.end_array();
  }

  void relation(const Edge& edge) {
    const std::string &from = ids_.of(edge.from), &to = ids_.of(edge.to);
    switch (edge.kind) {
      case EdgeKind::describes: return relationship(from, "DESCRIBES", to);
      case EdgeKind::generated_from: return relationship(from, "GENERATED_FROM", to);
      case EdgeKind::provides: return losses_.add(name_of(edge.kind), edge.to);
      case EdgeKind::contains:
        if (plan_.bill().components[edge.to].scope != Scope::optional) return relationship(from, "CONTAINS", to);
        scoped_.insert(edge.to);
        return relationship(to, "OPTIONAL_COMPONENT_OF", from);
      case EdgeKind::depends_on: break;
    }
    const Scope scope = plan_.bill().components[edge.to].scope;
    if (scope == Scope::unspecified) return relationship(from, "DEPENDS_ON", to);
    scoped_.insert(edge.to);
    relationship(to,
                 scope == Scope::optional   ? "OPTIONAL_DEPENDENCY_OF"
                 : scope == Scope::required ? "RUNTIME_DEPENDENCY_OF"
                                            : "DEV_DEPENDENCY_OF",
                 from);
  }

  // That there is nothing more, or that nobody knows: a relation to NONE or NOASSERTION.
  void completeness() {
    const auto say = [&](std::uint32_t of, const std::string& id, const Detail& detail) {
      const bool known = (detail.value == "complete" && !has_edge(of, detail.name)) || detail.value == "unknown";
      if (!known || detail.name.empty()) return lose(K::completeness, of, detail.value);
      relationship(id, detail.name == "assemblies" ? "CONTAINS" : "DEPENDS_ON",
                   detail.value == "complete" ? "NONE" : "NOASSERTION");
    };
    for (const Detail& detail : plan_.document(K::completeness))
      say(Bill::document_index, std::string(SpdxBuilder::document_id), detail);
    if (plan_.has_subject())
      for (const Detail& detail : plan_.subject().all(K::completeness))
        say(Bill::subject_index, ids_.of(Bill::subject_index), detail);
    for (const std::uint32_t index : plan_.components())
      for (const Detail& detail : plan_.node(index).all(K::completeness)) say(index, ids_.of(index), detail);
  }

  bool has_edge(std::uint32_t of, std::string_view what) const {
    const EdgeKind kind = what == "assemblies" ? EdgeKind::contains : EdgeKind::depends_on;
    const auto& edges = plan_.edges();
    const auto first = std::lower_bound(edges.begin(), edges.end(), Edge{of, 0, EdgeKind::depends_on});
    return std::any_of(first, edges.end(), [&, left = true](const Edge& e) mutable {
      left = left && e.from == of;
      return left && e.kind == kind;
    });
  }

  // ---- what is not said

  void losses_of(const Node& node) {
    if (!node.component.group.empty()) losses_.add("group", node.index, node.component.group);
    for (const K kind : {K::author, K::publisher, K::manufacturer, K::mime_type, K::tool, K::lifecycle})
      for (const Detail& detail : node.all(kind)) lose(kind, node.index, detail.value);
  }

  void left_over() {
    const Bill& bill = plan_.bill();
    if (!bill.serial.empty() && !is_spdx_namespace(bill.serial))
      losses_.add("serial", Bill::document_index, bill.serial);
    for (const std::uint32_t index : plan_.components())
      if (bill.components[index].scope != Scope::unspecified && !scoped_.contains(index))
        losses_.add("scope", index, name_of(bill.components[index].scope));
    if (plan_.has_subject() && plan_.subject().component.scope != Scope::unspecified)
      losses_.add("scope", Bill::subject_index);
    for (const K kind : {K::supplier, K::manufacturer, K::lifecycle, K::declared_license, K::concluded_license,
                         K::observed_license, K::external_reference})
      for (const Detail& detail : plan_.document(kind)) lose(kind, Bill::document_index, detail.value);
  }

  const BillPlan& plan_;
  Losses& losses_;
  JsonWriter out_;
  NodeIds ids_;
  std::string created_, annotator_;
  std::map<std::string_view, std::string> named_;  // licence names -> LicenseRef
  std::vector<std::string_view> names_;            // in the order of their first use
  std::set<std::string> license_refs_;
  std::set<std::string_view> told_texts_;
  std::set<std::uint32_t> scoped_;
};

}  // namespace

std::string write_spdx_json(const BillPlan& plan, std::string_view serial, JsonLayout layout) {
  const std::string& own = plan.bill().serial;
  return SpdxWriter(plan, layout).document(is_spdx_namespace(own) ? own : serial);
}

std::string spdx_time(const BillPlan& plan) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(plan.created());
  if (plan.bill().created && seconds != *plan.bill().created)
    plan.losses().add("created", Bill::document_index, render_time(*plan.bill().created));
  return render_time(seconds);
}

std::vector<std::string> spdx_tools(const BillPlan& plan) {
  std::vector<std::string> texts;
  for (const ToolOfBill& tool : plan.tools()) {
    const std::string text = std::string(tool.name) + (tool.version.empty() ? "" : "-") + std::string(tool.version);
    const ToolName read = tool_named(text);
    if (!tool.vendor.empty() || read.name != tool.name || read.version != tool.version)
      plan.losses().add(name_of(K::tool), Bill::document_index, tool.name);
    texts.push_back(text);
  }
  if (texts.empty() && plan.document(K::author).empty()) texts.push_back(plan.options().tool);
  return texts;
}

std::string spdx_source_info(const BillPlan& plan, const Node& node) {
  const std::string_view source = node.component.source;
  return source.empty() || plan.tells_source(node) ? std::string() : "built package from: " + std::string(source);
}

std::vector<std::string> spdx_annotations(const BillPlan& plan, std::uint32_t of, std::span<const Detail> details) {
  std::vector<std::string> texts;
  const auto add = [&](std::string_view key, std::string_view value) {
    texts.push_back(std::string(key) + ": " + std::string(value));
  };
  if (of == Bill::document_index && !plan.tells_distro() && !plan.bill().distro.empty())
    add(distro_property, plan.bill().distro);
  const bool is_document = of == Bill::document_index;
  std::set<std::string_view> told;
  for (const Detail& detail : details) {
    if (detail.kind == K::location) add("FilePath", detail.value);
    if (detail.kind == K::layer) add("LayerDigest", detail.value);
    if (detail.kind != K::property) continue;
    const std::string_view name = detail.name;
    const bool has_field = name == "summary" || name == "comment" || name == "sourceInfo";
    if (!is_document && has_field && told.insert(name).second) continue;
    if (name == "attribution") {
      if (is_document && is_free_text(detail.value))
        texts.emplace_back(detail.value);
      else if (is_document)
        plan.losses().add(name_of(detail.kind), of, detail.value);
      continue;
    }
    const bool taken =
        is_document ? name == distro_property : name == "LayerDigest" || name == "DiffID" || name == "FilePath";
    if (name.empty() || name.find_first_of(" \n\r\t") != std::string_view::npos ||
        name.find(": ") != std::string_view::npos || taken)
      plan.losses().add(name_of(detail.kind), of, name);
    else
      add(name, detail.value);
  }
  return texts;
}

std::string spdx_document_name(const BillPlan& plan) {
  const std::string_view name = plan.subject().component.name;
  if (!name.empty() && !is_unsayable_in_spdx(name)) return std::string(name);
  plan.losses().add("subject", Bill::document_index, "the bill does not name it");
  return "unnamed";
}

bool is_spdx_namespace(std::string_view serial) {
  const auto colon = serial.find(':');
  return colon != std::string_view::npos && colon > 0 && is_alpha(serial.front()) && !has_blank(serial) &&
         serial.find('#') == std::string_view::npos;
}

bool is_free_text(std::string_view text) {
  const auto colon = text.find(": ");
  return colon == std::string_view::npos || colon == 0 || text.find(' ') < colon;
}

bool is_unsayable_in_spdx(std::string_view text) { return text.empty() || text == "NOASSERTION"; }

}  // namespace pratique
