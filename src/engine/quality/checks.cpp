#include "engine/quality/checks.h"

#include <algorithm>

#include "base/text.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"
#include "model/license.h"
#include "model/purl.h"

namespace pratique {

namespace {

bool has_detail(const Bill& bill, std::uint32_t of, DetailKind kind) { return !bill.details_of(of, kind).empty(); }

const Component& at(const Examined& examined, std::uint32_t component) { return examined.bill.components[component]; }

bool is_contact(std::string_view text) {
  return text.find('@') != std::string_view::npos || text.find("://") != std::string_view::npos;
}

// Where a name or its URL lets somebody be reached.
bool has_contact(const Bill& bill, std::uint32_t of, std::initializer_list<DetailKind> kinds) {
  for (const DetailKind kind : kinds)
    for (const Detail& detail : bill.details_of(of, kind))
      if (is_contact(detail.name) || is_contact(detail.value)) return true;
  return false;
}

Scheme scheme_of(const Component& component) { return scheme_of_purl_type(type_of(component.purl)); }

// Everything that some way leads to from the subject, by edges and nesting. A bill that says nothing about its subject
// leads nowhere.
std::vector<bool> reached_from_subject(const Bill& bill) {
  const auto count = bill.components.size();
  std::vector<Edge> edges = bill.edges;
  for (std::uint32_t i = 0; i < count; ++i)
    if (bill.components[i].parent != no_component) edges.push_back({bill.components[i].parent, i});
  std::sort(edges.begin(), edges.end());
  std::vector<bool> reached(count, false);
  std::vector<std::uint32_t> left = {Bill::subject_index};
  if (bill.subject.listed != no_component) left.push_back(bill.subject.listed);
  while (!left.empty()) {
    const std::uint32_t from = left.back();
    left.pop_back();
    auto edge =
        std::lower_bound(edges.begin(), edges.end(), from, [](const Edge& e, std::uint32_t f) { return e.from < f; });
    for (; edge != edges.end() && edge->from == from; ++edge)
      if (edge->to < count && !reached[edge->to]) {
        reached[edge->to] = true;
        left.push_back(edge->to);
      }
  }
  return reached;
}

}  // namespace

Examined::Examined(const Bill& of) : bill(of), related(of.components.size(), false), reached(reached_from_subject(of)) {
  for (std::uint32_t i = 0; i < bill.components.size(); ++i) {
    const Component& component = bill.components[i];
    if (component.type != ComponentType::file && i != bill.subject.listed) components.push_back(i);
    if (component.parent == no_component) continue;
    related[i] = related[component.parent] = true;
  }
  for (const Edge& edge : bill.edges) {
    if (edge.to < related.size()) related[edge.to] = true;
    if (edge.from < related.size()) related[edge.from] = true;
  }
}

bool names_author(const Examined& e, std::uint32_t) {
  for (const DetailKind kind :
       {DetailKind::author, DetailKind::supplier, DetailKind::manufacturer, DetailKind::publisher})
    if (has_detail(e.bill, Bill::document_index, kind)) return true;
  return false;
}

bool names_contact(const Examined& e, std::uint32_t) {
  return has_contact(e.bill, Bill::document_index,
                     {DetailKind::author, DetailKind::supplier, DetailKind::manufacturer});
}

bool names_tool(const Examined& e, std::uint32_t) { return !e.bill.tool.empty(); }
bool tells_time(const Examined& e, std::uint32_t) { return e.bill.created.has_value(); }
bool tells_lifecycle(const Examined& e, std::uint32_t) {
  return has_detail(e.bill, Bill::document_index, DetailKind::lifecycle);
}
bool has_serial(const Examined& e, std::uint32_t) { return !e.bill.serial.empty(); }
bool nothing_rejected(const Examined& e, std::uint32_t) { return e.bill.rejected.empty(); }

bool tells_distro(const Examined& e, std::uint32_t) {
  std::string scratch;
  const auto needs_it = [&](const Component& component) {
    return is_distribution_type(type_of(component.purl)) && qualifier_of(component.purl, "distro", scratch).empty();
  };
  return !e.bill.distro.empty() || std::none_of(e.bill.components.begin(), e.bill.components.end(), needs_it);
}

bool is_recent_format(const Examined& e, std::uint32_t) {
  switch (e.bill.format) {
    case BillFormat::cyclonedx_json:
    case BillFormat::cyclonedx_xml:
    case BillFormat::cyclonedx_protobuf: return e.bill.spec_version >= "1.6";
    case BillFormat::spdx3_json: return true;
    default: return false;
  }
}

bool tells_completeness(const Examined& e, std::uint32_t) {
  return std::any_of(e.bill.details.begin(), e.bill.details.end(),
                     [](const Detail& detail) { return detail.kind == DetailKind::completeness; });
}

bool subject_has_identity(const Examined& e, std::uint32_t) {
  const Subject& subject = e.bill.subject;
  return subject.digest.has_value() || !subject.purl.empty() ||
         (subject.listed != no_component && !e.bill.components[subject.listed].purl.empty());
}
bool subject_has_name(const Examined& e, std::uint32_t) { return !e.bill.subject.name.empty(); }

bool names_supplier(const Examined& e, std::uint32_t i) {
  if (!at(e, i).supplier.empty() && at(e, i).supplier != "NOASSERTION") return true;
  for (const DetailKind kind : {DetailKind::supplier, DetailKind::manufacturer, DetailKind::publisher,
                                DetailKind::originator, DetailKind::author})
    if (has_detail(e.bill, i, kind)) return true;
  return false;
}

bool names_supplier_contact(const Examined& e, std::uint32_t i) {
  return is_contact(at(e, i).supplier) ||
         has_contact(e.bill, i,
                     {DetailKind::supplier, DetailKind::manufacturer, DetailKind::author, DetailKind::originator});
}

bool has_name(const Examined& e, std::uint32_t i) { return !at(e, i).name.empty(); }
bool has_version(const Examined& e, std::uint32_t i) { return !at(e, i).version.empty(); }
bool has_identity(const Examined& e, std::uint32_t i) {
  return !at(e, i).purl.empty() || !at(e, i).cpe.empty() || has_detail(e.bill, i, DetailKind::identifier);
}
bool is_related(const Examined& e, std::uint32_t i) { return e.related[i]; }
bool is_reached(const Examined& e, std::uint32_t i) { return e.reached[i]; }
bool has_hash(const Examined& e, std::uint32_t i) { return has_detail(e.bill, i, DetailKind::hash); }

bool has_sha512(const Examined& e, std::uint32_t i) {
  const auto hashes = e.bill.details_of(i, DetailKind::hash);
  return std::any_of(hashes.begin(), hashes.end(), [](const Detail& hash) { return hash.name == "SHA-512"; });
}

bool has_license(const Examined& e, std::uint32_t i) {
  const std::string_view license = at(e, i).license;
  return !license.empty() && license != "NOASSERTION";
}

bool has_concluded_license(const Examined& e, std::uint32_t i) {
  const auto licenses = e.bill.details_of(i, DetailKind::concluded_license);
  return std::any_of(licenses.begin(), licenses.end(),
                     [](const Detail& license) { return license.value != "NOASSERTION"; });
}

bool has_spdx_license(const Examined& e, std::uint32_t i) {
  return has_license(e, i) && parse_license(at(e, i).license).has_value();
}

bool has_file_name(const Examined& e, std::uint32_t i) {
  if (has_detail(e.bill, i, DetailKind::file_name)) return true;
  const auto properties = e.bill.details_of(i, DetailKind::property);
  return std::any_of(properties.begin(), properties.end(),
                     [](const Detail& property) { return property.name == "bsi:component:filename"; });
}

bool has_bsi_properties(const Examined& e, std::uint32_t i) {
  const auto properties = e.bill.details_of(i, DetailKind::property);
  for (const std::string_view wanted :
       {"bsi:component:executable", "bsi:component:archive", "bsi:component:structured"})
    if (std::none_of(properties.begin(), properties.end(), [&](const Detail& p) { return p.name == wanted; }))
      return false;
  return true;
}

bool has_source(const Examined& e, std::uint32_t i) {
  const auto references = e.bill.details_of(i, DetailKind::external_reference);
  return std::any_of(references.begin(), references.end(), [](const Detail& reference) {
    return reference.name == "vcs" || reference.name == "source-distribution" || reference.name == "download" ||
           reference.name == "distribution";
  });
}

bool version_names_one(const Examined& e, std::uint32_t i) {
  return !at(e, i).version.empty() && names_version(scheme_of(at(e, i)), at(e, i).version);
}

bool version_fits_scheme(const Examined& e, std::uint32_t i) {
  return !at(e, i).version.empty() && is_valid_version(scheme_of(at(e, i)), at(e, i).version);
}

bool purl_without_doubt(const Examined& e, std::uint32_t i) {
  return at(e, i).purl.empty() ||
         (doubt_about(at(e, i).purl).empty() && is_registered_purl_type(type_of(at(e, i).purl)));
}

}  // namespace pratique
