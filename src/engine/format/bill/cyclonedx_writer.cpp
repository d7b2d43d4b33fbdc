#include "engine/format/bill/cyclonedx_writer.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "model/cpe.h"
#include "model/license.h"

namespace pratique {

namespace {

using K = DetailKind;

constexpr std::array<std::string_view, 14> hash_algorithms = {
    "MD5",      "SHA-1",       "SHA-256",     "SHA-384",     "SHA-512", "SHA3-256",     "SHA3-384",
    "SHA3-512", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3",  "Streebog-256", "Streebog-512"};
constexpr std::size_t hash_algorithms_of_1_6 = 12;

constexpr std::array<std::string_view, 47> reference_types = {"vcs",
                                                              "issue-tracker",
                                                              "website",
                                                              "advisories",
                                                              "bom",
                                                              "mailing-list",
                                                              "social",
                                                              "chat",
                                                              "documentation",
                                                              "support",
                                                              "source-distribution",
                                                              "distribution",
                                                              "distribution-intake",
                                                              "license",
                                                              "build-meta",
                                                              "build-system",
                                                              "release-notes",
                                                              "security-contact",
                                                              "model-card",
                                                              "log",
                                                              "configuration",
                                                              "evidence",
                                                              "formulation",
                                                              "attestation",
                                                              "threat-model",
                                                              "adversary-model",
                                                              "risk-assessment",
                                                              "vulnerability-assertion",
                                                              "exploitability-statement",
                                                              "pentest-report",
                                                              "static-analysis-report",
                                                              "dynamic-analysis-report",
                                                              "runtime-analysis-report",
                                                              "component-analysis-report",
                                                              "maturity-report",
                                                              "certification-report",
                                                              "codified-infrastructure",
                                                              "quality-metrics",
                                                              "poam",
                                                              "electronic-signature",
                                                              "digital-signature",
                                                              "rfc-9116",
                                                              "other",
                                                              "patent",
                                                              "patent-family",
                                                              "patent-assertion",
                                                              "citation"};
constexpr std::size_t reference_types_of_1_6 = 43;

constexpr std::array<std::string_view, 10> aggregates = {"complete",
                                                         "incomplete",
                                                         "incomplete_first_party_only",
                                                         "incomplete_first_party_proprietary_only",
                                                         "incomplete_first_party_opensource_only",
                                                         "incomplete_third_party_only",
                                                         "incomplete_third_party_proprietary_only",
                                                         "incomplete_third_party_opensource_only",
                                                         "unknown",
                                                         "not_specified"};
constexpr std::array<std::string_view, 7> phases = {"design",     "pre-build", "build",       "post-build",
                                                    "operations", "discovery", "decommission"};

bool is_in(std::span<const std::string_view> list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// What stands in a URI or IRI reference as it is (RFC 3987): no blanks, controls or delimiters of other syntaxes.
bool is_uri(std::string_view text) {
  const bool good = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f ||
           std::string_view("<>\"{}|\\^`").find(c) != std::string_view::npos;
  });
  return good && is_utf8(text) && std::count(text.begin(), text.end(), '#') <= 1 &&
         text.find("%%") == std::string_view::npos;
}

bool is_mime_type(std::string_view text) {
  const auto slash = text.find('/');
  constexpr std::string_view allowed = "-+abcdefghijklmnopqrstuvwxyz0123456789.";
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         text.substr(0, slash).find_first_not_of(allowed) == std::string_view::npos &&
         text.substr(slash + 1).find_first_not_of(allowed) == std::string_view::npos;
}

class CdxWriter {
 public:
  CdxWriter(const BillPlan& plan, std::string_view version, JsonLayout layout)
      : plan_(plan),
        losses_(plan.losses()),
        is_1_6_(version == "1.6"),
        version_(version),
        out_(layout),
        ids_(plan, {[](std::string_view) { return true; }, make_id}) {}

  std::string document(std::string_view serial) {
    out_.begin_object();
    out_.text("$schema", "http://cyclonedx.org/schema/bom-" + version_ + ".schema.json");
    out_.text("bomFormat", "CycloneDX");
    out_.text("specVersion", version_);
    if (!serial.empty()) out_.text("serialNumber", serial);
    out_.key("version");
    out_.raw("1");
    metadata();
    components();
    external_references(plan_.document(K::external_reference), Bill::document_index);
    dependencies();
    compositions();
    out_.end_object();
    left_over();
    return std::move(out_.out());
  }

 private:
  static std::string make_id(const Node& node) {
    if (!node.component.purl.empty()) return std::string(node.component.purl);
    const std::string version = node.component.version.empty() ? "" : "@" + std::string(node.component.version);
    return (node.component.name.empty() ? "component" : std::string(node.component.name)) + version;
  }

  void lose(K kind, std::uint32_t of, std::string_view value) { losses_.add(name_of(kind), of, value); }
  void lose_all(const Node& node, std::initializer_list<K> kinds) {
    for (const K kind : kinds)
      for (const Detail& detail : node.all(kind)) lose(kind, node.index, detail.value);
  }

  void text(std::string_view key, std::string_view value) {
    if (!value.empty()) out_.text(key, value);
  }

  // The one that the format has room for.
  void only(std::string_view key, std::span<const Detail> details, std::uint32_t of) {
    for (std::size_t i = 1; i < details.size(); ++i) lose(details[i].kind, of, details[i].value);
    if (!details.empty()) text(key, details.front().value);
  }

  // A list, opened by its first element, so that there are no empty ones.
  struct List {
    JsonWriter& out;
    std::string_view key;
    bool open = false;
    void next() {
      if (!open) {
        out.key(key);
        out.begin_array();
      }
      open = true;
      out.begin_object();
    }
    void close() {
      if (open) out.end_array();
    }
  };

  // ---- the document

  void metadata() {
    out_.key("metadata");
    out_.begin_object();
    if (plan_.bill().created) out_.text("timestamp", render_time(*plan_.bill().created));
    lifecycles();
    tools();
    authors(plan_.document(K::author), Bill::document_index);
    subject();
    organization("manufacturer", plan_.document(K::manufacturer), Bill::document_index);
    organization("supplier", plan_.document(K::supplier), Bill::document_index);
    std::vector<Detail> licenses;
    for (const K kind : {K::declared_license, K::concluded_license})
      for (const Detail& license : plan_.document(kind)) licenses.push_back(license);
    this->licenses(licenses, Bill::document_index);
    List list{out_, "properties"};
    for (const Detail& detail : plan_.document(K::property)) property(list, detail.name, detail.value);
    if (!plan_.tells_distro()) property(list, distro_property, plan_.bill().distro);
    list.close();
    out_.end_object();
  }

  void lifecycles() {
    List list{out_, "lifecycles"};
    for (const Detail& lifecycle : plan_.document(K::lifecycle)) {
      list.next();
      out_.text(is_in(phases, lifecycle.value) ? "phase" : "name", lifecycle.value);
      out_.end_object();
    }
    list.close();
  }

  void tools() {
    const auto tools = plan_.tools();
    if (tools.empty()) return;
    out_.key("tools");
    out_.begin_object();
    List list{out_, "components"};
    for (const ToolOfBill& tool : tools) {
      list.next();
      out_.text("type", "application");
      text("publisher", tool.vendor);
      out_.text("name", tool.name);
      text("version", tool.version);
      out_.end_object();
    }
    list.close();
    out_.end_object();
  }

  void subject() {
    const Subject& subject = plan_.bill().subject;
    if (!plan_.has_subject() && subject.name.empty()) return;
    out_.key("component");
    out_.begin_object();
    members(plan_.subject());
    out_.end_object();
  }

  void components() {
    const auto in = plan_.nesting(deepest_nesting);
    inside_.assign(in.size(), {});
    std::vector<std::uint32_t> top;
    for (const std::uint32_t index : plan_.components())
      (in[index] == no_component ? top : inside_[in[index]]).push_back(index);
    component_list(top);
  }

  void component_list(const std::vector<std::uint32_t>& indices) {
    List list{out_, "components"};
    for (const std::uint32_t index : indices) {
      list.next();
      members(plan_.node(index));
      component_list(inside_[index]);
      evidence(plan_.node(index));
      out_.end_object();
    }
    list.close();
  }

  // ---- a component

  void members(const Node& node) {
    const Component& component = node.component;
    const std::uint32_t of = node.index;
    const bool has_type = component.type != ComponentType::other;
    if (!has_type) losses_.add("type", of, name_of(component.type));
    out_.text("type", has_type ? name_of(component.type) : name_of(ComponentType::application));
    mime_type(node);
    text("bom-ref", ids_.of(of));  // a subject that is only a name has none
    organization("supplier", node.all(K::supplier), of);
    organization("manufacturer", node.all(K::manufacturer), of);
    authors(node.all(K::author), of);
    only("publisher", node.all(K::publisher), of);
    text("group", component.group);
    out_.text("name", component.name);
    text("version", component.version);
    only("description", node.all(K::description), of);
    if (component.scope != Scope::unspecified && of == Bill::subject_index) losses_.add("scope", of);
    if (of != Bill::subject_index) text("scope", name_of(component.scope));
    hashes(node);
    std::vector<Detail> licenses;
    for (const K kind : {K::declared_license, K::concluded_license})
      for (const Detail& license : node.all(kind)) licenses.push_back(license);
    this->licenses(licenses, of);
    if (!node.all(K::copyright).empty()) out_.text("copyright", node.first(K::copyright));
    if (cpe_is_good(component.cpe)) out_.text("cpe", component.cpe);
    text("purl", component.purl);
    identifiers(node);
    external_references(node.all(K::external_reference), of);
    properties(node);
    if (of == Bill::subject_index) evidence(node);
    lose_all(node, {K::originator, K::file_name, K::purpose, K::tool, K::lifecycle});
  }

  // As it stands, with everything escaped that the schema wants escaped; readers are more lenient.
  static bool cpe_is_good(std::string_view cpe) {
    const auto parsed = parse_cpe(cpe);
    return parsed && (render_cpe(*parsed) == cpe || render_cpe_uri(*parsed) == cpe);
  }

  void mime_type(const Node& node) {
    const auto types = node.all(K::mime_type);
    for (const Detail& type : types)
      if (&type != &types.front() || !is_mime_type(type.value)) lose(K::mime_type, node.index, type.value);
    if (!types.empty() && is_mime_type(types.front().value)) out_.text("mime-type", types.front().value);
  }

  void organization(std::string_view key, std::span<const Detail> details, std::uint32_t of) {
    for (std::size_t i = 1; i < details.size(); ++i) lose(details[i].kind, of, details[i].value);
    if (details.empty()) return;
    const Detail& detail = details.front();
    out_.key(key);
    out_.begin_object();
    out_.text("name", detail.value);
    const bool has_url = is_uri(detail.name) && detail.name != "Person";
    if (has_url && !detail.name.empty()) {
      out_.key("url");
      out_.begin_array();
      out_.text(detail.name);
      out_.end_array();
    }
    if (!has_url) lose(detail.kind, of, detail.name);
    out_.end_object();
  }

  // "Jane Doe <jane@example.com>"
  void authors(std::span<const Detail> details, std::uint32_t of) {
    List list{out_, "authors"};
    for (const Detail& author : details) {
      if (!author.name.empty()) lose(K::author, of, author.name);
      list.next();
      const auto open = author.value.rfind(" <");
      const bool has_email =
          open != std::string_view::npos && open > 0 && author.value.ends_with('>') && open + 3 < author.value.size();
      out_.text("name", has_email ? author.value.substr(0, open) : author.value);
      if (has_email) out_.text("email", author.value.substr(open + 2, author.value.size() - open - 3));
      out_.end_object();
    }
    list.close();
  }

  void hashes(const Node& node) {
    const std::size_t known = is_1_6_ ? hash_algorithms_of_1_6 : hash_algorithms.size();
    List list{out_, "hashes"};
    for (const Detail& hash : node.all(K::hash)) {
      const std::size_t digits = hash.value.size();
      const bool has_length = digits == 32 || digits == 40 || digits == 64 || digits == 96 || digits == 128;
      if (!has_length || !is_in({hash_algorithms.data(), known}, hash.name)) {
        lose(K::hash, node.index, hash.name);
        continue;
      }
      list.next();
      out_.text("alg", hash.name);
      out_.text("content", hash.value);
      out_.end_object();
    }
    list.close();
  }

  // ---- licences

  // 1.6 has room for one expression or for any number of identifiers and names; 1.7 takes them together.
  void licenses(std::vector<Detail> licenses, std::uint32_t of) {
    if (licenses.empty()) return;
    const auto is_expression = [](const Detail& l) { return l.name == "expression" && l.value != "NONE"; };
    const bool alone = licenses.size() == 1;
    const auto count = static_cast<std::size_t>(std::count_if(licenses.begin(), licenses.end(), is_expression));
    const bool one_kind = licenses.front().kind == licenses.back().kind;
    if (is_1_6_ && !alone && count == licenses.size() && one_kind) {
      std::vector<std::string> texts;
      for (const Detail& license : licenses) texts.emplace_back(license.value);
      joined_ = joined(texts);
      licenses = {{of, licenses.front().kind, "expression", joined_}};
    }
    out_.key("licenses");
    out_.begin_array();
    for (const Detail& license : licenses) {
      out_.begin_object();
      if (is_expression(license) && (licenses.size() == 1 || !is_1_6_) && plan_.license_text(license.value).empty())
        expression(license);
      else
        named_license(license, of);
      out_.end_object();
    }
    out_.end_array();
  }

  static std::string_view acknowledgement(K kind) {
    return kind == K::concluded_license ? "concluded" : kind == K::declared_license ? "declared" : std::string_view();
  }

  void expression(const Detail& license) {
    out_.text("expression", license.value);
    text("acknowledgement", acknowledgement(license.kind));
  }

  void named_license(const Detail& license, std::uint32_t of) {
    const bool listed = is_listed(license);
    const bool is_reference = license.value.starts_with("LicenseRef-") && license.value.find(' ') == license.value.npos;
    if (!listed && !is_reference && license.name != "name" && license.value != "NONE")
      lose(license.kind, of, license.value);
    out_.key("license");
    out_.begin_object();
    text("acknowledgement", acknowledgement(license.kind));
    out_.text(listed && license.name != "name" ? "id" : "name", license.value);
    const std::string_view body = plan_.license_text(license.value);
    if (!body.empty() && told_texts_.insert(license.value).second) {
      out_.key("text");
      out_.begin_object();
      out_.text("content", body);
      out_.end_object();
    }
    out_.end_object();
  }

  // ---- more of a component

  void identifiers(const Node& node) {
    for (const auto& [key, name] :
         {std::pair<std::string_view, std::string_view>{"omniborId", "omniborid"}, {"swhid", "swhid"}}) {
      bool open = false;
      for (const Detail& identifier : node.all(K::identifier)) {
        if (identifier.name != name) continue;
        if (!open) out_.key(key), out_.begin_array();
        open = true;
        out_.text(identifier.value);
      }
      if (open) out_.end_array();
    }
    bool has_swid = false;
    for (const Detail& identifier : node.all(K::identifier)) {
      if (identifier.name == "swid" && !has_swid) {
        has_swid = true;
        out_.key("swid");
        out_.begin_object();
        out_.text("tagId", identifier.value);
        out_.text("name", node.component.name);
        out_.end_object();
      } else if (identifier.name != "omniborid" && identifier.name != "swhid") {
        lose(K::identifier, node.index, identifier.name);
      }
    }
  }

  void external_references(std::span<const Detail> details, std::uint32_t of) {
    const std::size_t known = is_1_6_ ? reference_types_of_1_6 : reference_types.size();
    List list{out_, "externalReferences"};
    for (const Detail& reference : details) {
      const bool is_type = is_in({reference_types.data(), known}, reference.name);
      const bool is_good = is_uri(reference.value);
      if (!is_type || !is_good) lose(K::external_reference, of, is_good ? reference.name : reference.value);
      if (!is_good) continue;
      list.next();
      out_.text("type", is_type ? reference.name : "other");
      out_.text("url", reference.value);
      out_.end_object();
    }
    list.close();
  }

  void property(List& list, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    list.next();
    out_.text("name", name);
    out_.text("value", value);
    out_.end_object();
  }

  // With trivy's and syft's names for what CycloneDX has no member for, so that they find it, too.
  void properties(const Node& node) {
    List list{out_, "properties"};
    const Component& component = node.component;
    if (!component.source.empty() && of_subject(node))
      losses_.add("source", node.index, component.source);
    else if (!component.source.empty() && !plan_.tells_source(node)) {
      const auto blank = std::min(component.source.find(' '), component.source.size());
      property(list, "aquasecurity:trivy:SrcName", component.source.substr(0, blank));
      property(list, "aquasecurity:trivy:SrcVersion",
               component.source.substr(std::min(blank + 1, component.source.size())));
    }
    for (const Detail& layer : node.all(K::layer)) property(list, "aquasecurity:trivy:LayerDigest", layer.value);
    if (!component.cpe.empty() && !cpe_is_good(component.cpe)) property(list, "syft:cpe23", component.cpe);
    for (const Detail& cpe : node.all(K::cpe))
      if (cpe.value != component.cpe) property(list, "syft:cpe23", cpe.value);
    for (const Detail& detail : node.all(K::property)) property(list, detail.name, detail.value);
    list.close();
  }

  static bool of_subject(const Node& node) { return node.index == Bill::subject_index; }

  void evidence(const Node& node) {
    const auto copyrights = node.all(K::copyright);
    const auto observed = node.all(K::observed_license);
    const auto locations = node.all(K::location);
    if (copyrights.size() < 2 && observed.empty() && locations.empty()) return;
    out_.key("evidence");
    out_.begin_object();
    List list{out_, "occurrences"};
    for (const Detail& location : locations) {
      list.next();
      out_.text("location", location.value);
      out_.end_object();
    }
    list.close();
    licenses({observed.begin(), observed.end()}, node.index);
    List more{out_, "copyright"};
    for (std::size_t i = 1; i < copyrights.size(); ++i) {
      more.next();
      out_.text("text", copyrights[i].value);
      out_.end_object();
    }
    more.close();
    out_.end_object();
  }

  // ---- relations

  void dependencies() {
    List list{out_, "dependencies"};
    const auto& edges = plan_.edges();
    for (std::size_t begin = 0; begin < edges.size();) {
      const std::uint32_t from = edges[begin].from;
      std::size_t end = begin;
      bool any = false;
      for (; end < edges.size() && edges[end].from == from; ++end) {
        any = any || can_say(edges[end].kind);
        if (lost(edges[end]))
          losses_.add(name_of(edges[end].kind), from, label_of(plan_.bill().components[edges[end].to]));
      }
      if (any) dependency(list, {edges.data() + begin, end - begin});
      begin = end;
    }
    list.close();
  }

  static bool can_say(EdgeKind kind) { return kind == EdgeKind::depends_on || kind == EdgeKind::provides; }
  // Nesting has told what contains what, and that the document describes its components goes without saying.
  static bool lost(const Edge& edge) {
    return edge.kind == EdgeKind::generated_from ||
           (edge.kind == EdgeKind::describes && edge.from != Bill::subject_index);
  }

  void dependency(List& list, std::span<const Edge> edges) {
    list.next();
    out_.text("ref", ids_.of(edges.front().from));
    for (const auto& [key, kind] : {std::pair{"dependsOn", EdgeKind::depends_on}, {"provides", EdgeKind::provides}}) {
      bool open = false;
      for (const Edge& edge : edges) {
        if (edge.kind != kind) continue;
        if (!open) out_.key(key), out_.begin_array();
        open = true;
        out_.text(ids_.of(edge.to));
      }
      if (open) out_.end_array();
    }
    out_.end_object();
  }

  void compositions() {
    struct Composition {
      bool of_document = false;
      std::vector<std::uint32_t> assemblies, dependencies;
    };
    std::map<std::string_view, Composition> all;
    const auto take = [&](std::uint32_t of, const Detail& detail) {
      if (!is_in(aggregates, detail.value) || (of == Bill::document_index) != detail.name.empty())
        return lose(K::completeness, of, detail.value);
      Composition& composition = all[detail.value];
      if (of == Bill::document_index)
        composition.of_document = true;
      else
        (detail.name == "assemblies" ? composition.assemblies : composition.dependencies).push_back(of);
    };
    for (const Detail& detail : plan_.document(K::completeness)) take(Bill::document_index, detail);
    if (plan_.has_subject())
      for (const Detail& detail : plan_.subject().all(K::completeness)) take(Bill::subject_index, detail);
    for (const std::uint32_t index : plan_.components())
      for (const Detail& detail : plan_.node(index).all(K::completeness)) take(index, detail);
    List list{out_, "compositions"};
    for (const auto& [aggregate, composition] : all) {
      if (composition.of_document) {
        list.next();
        out_.text("aggregate", aggregate);
        out_.end_object();
      }
      if (composition.assemblies.empty() && composition.dependencies.empty()) continue;
      list.next();
      out_.text("aggregate", aggregate);
      refs("assemblies", composition.assemblies);
      refs("dependencies", composition.dependencies);
      out_.end_object();
    }
    list.close();
  }

  void refs(std::string_view key, const std::vector<std::uint32_t>& indices) {
    if (indices.empty()) return;
    out_.key(key);
    out_.begin_array();
    for (const std::uint32_t index : indices) out_.text(ids_.of(index));
    out_.end_array();
  }

  void left_over() {
    for (const Detail& detail : plan_.bill().details)
      if (detail.kind == K::license_text && !told_texts_.contains(detail.name))
        lose(detail.kind, detail.of, detail.name);
    for (const Detail& detail : plan_.document(K::observed_license)) lose(detail.kind, detail.of, detail.value);
    const std::string& serial = plan_.bill().serial;
    if (!serial.empty() && !is_cyclonedx_serial(serial)) losses_.add("serial", Bill::document_index, serial);
  }

  static constexpr std::size_t deepest_nesting = 28;  // what a reader with 64 levels of JSON follows

  const BillPlan& plan_;
  Losses& losses_;
  bool is_1_6_;
  std::string version_;
  JsonWriter out_;
  NodeIds ids_;
  std::vector<std::vector<std::uint32_t>> inside_;
  std::set<std::string_view> told_texts_;
  std::string joined_;
};

}  // namespace

std::string write_cyclonedx_json(const BillPlan& plan, std::string_view version, std::string_view serial,
                                 JsonLayout layout) {
  const std::string& own = plan.bill().serial;
  return CdxWriter(plan, version, layout).document(is_cyclonedx_serial(own) ? own : serial);
}

bool is_cyclonedx_serial(std::string_view serial) {
  constexpr std::string_view pattern = "urn:uuid:hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
  if (serial.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool is_hex = is_digit(serial[i]) || (serial[i] >= 'a' && serial[i] <= 'f');
    const bool is_prefix = i < 9;
    if (is_prefix || pattern[i] == '-' ? serial[i] != pattern[i] : !is_hex) return false;
  }
  return true;
}

}  // namespace pratique
