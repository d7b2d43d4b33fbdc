#include "engine/policy/view.h"

#include <algorithm>

#include "base/text.h"
#include "model/purl.h"

namespace pratique {

using cel::Node;
using cel::Value;

Value value_of(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds);
  return Value::timestamp(seconds.time_since_epoch().count(), static_cast<std::uint32_t>(rest.count()));
}

Value TreeView::value_of(std::uint32_t node) const {
  const auto& value = tree_.nodes[node];
  switch (value.kind) {
    case JsonTree::Kind::null: break;
    case JsonTree::Kind::boolean: return Value::from_bool(value.integer != 0);
    case JsonTree::Kind::integer: return Value::from_int(value.integer);
    case JsonTree::Kind::real: return Value::from_double(value.real);
    case JsonTree::Kind::text: return Value::text(value.text);
    case JsonTree::Kind::list: return Value::list(*this, node);
    case JsonTree::Kind::map: return Value::map(*this, node);
  }
  return Value::null();
}

Value TreeView::member(std::string_view name) const { return find(0, name); }

Value TreeView::at(Node node, std::uint32_t index) const { return value_of(tree_.children_of(node)[index].node); }

Value TreeView::key_at(Node node, std::uint32_t index) const { return Value::text(tree_.children_of(node)[index].key); }

Value TreeView::find(Node node, std::string_view key) const {
  const auto member = tree_.find(node, key);
  return member == 0 ? Value() : value_of(member);
}

ImageView::ImageView(const ImageEvidence& image)
    : image_(image),
      reference_(image.container.image.repository.empty() ? "" : image.container.image.text()),
      digest_(image.container.image.digest ? image.container.image.digest->text() : "") {}

Value ImageView::vulnerabilities() const {
  return list(Kind::vulnerabilities, static_cast<std::uint32_t>(image_.match->findings.size()));
}

Value ImageView::attestations() const { return list(Kind::attestations, 0); }

bool ImageView::is_vulnerabilities(const Value& list) {
  return list.is(cel::Kind::list) && list.lazy() && kind_of(list.node()) == Kind::vulnerabilities &&
         dynamic_cast<const ImageView*>(&list.source()) != nullptr;
}

Value ImageView::at_least(const Value& list, Severity severity) {
  const auto& view = static_cast<const ImageView&>(list.source());
  const auto begin = view.image_.match->findings.begin();
  const auto end = std::partition_point(begin, begin + number_of(list.node()),
                                        [&](const Finding& finding) { return finding.severity >= severity; });
  return view.list(Kind::vulnerabilities, static_cast<std::uint32_t>(end - begin));
}

std::span<const Detail> ImageView::details(std::uint32_t component, Kind kind) const {
  return image_.bill->bill().details_of(component, kind == Kind::cpes ? DetailKind::cpe : DetailKind::location);
}

std::uint32_t ImageView::size_of(Node node) const {
  const auto number = number_of(node);
  const auto size = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
  switch (kind_of(node)) {
    case Kind::packages: return size(image_.bill->bill().components);
    case Kind::vulnerabilities: return number;
    case Kind::attestations: return size(image_.attestations.value->verified);
    case Kind::licenses: return image_.bill->bill().components[number].license.empty() ? 0 : 1;
    case Kind::cpes:
    case Kind::paths: return size(details(number, kind_of(node)));
    case Kind::fixed: return size(image_.match->findings[number].fixed);
    case Kind::aliases: return size(image_.match->findings[number].aliases);
    default: return 0;
  }
}

Value ImageView::at(Node node, std::uint32_t index) const {
  const auto number = number_of(node);
  switch (kind_of(node)) {
    case Kind::packages: return object(Kind::package, index);
    case Kind::vulnerabilities: return object(Kind::vulnerability, index);
    case Kind::attestations: return object(Kind::attestation, index);
    case Kind::licenses: return Value::text(image_.bill->bill().components[number].license);
    case Kind::cpes:
    case Kind::paths: return Value::text(details(number, kind_of(node))[index].value);
    case Kind::fixed: return Value::text(image_.match->findings[number].fixed[index]);
    case Kind::aliases: return Value::text(image_.match->findings[number].aliases[index]);
    default: return {};
  }
}

Value ImageView::find(Node node, std::string_view field) const {
  switch (kind_of(node)) {
    case Kind::image: return of_image(field);
    case Kind::sbom: return of_sbom(field);
    case Kind::package: return of_package(number_of(node), field);
    case Kind::vulnerability: return of_vulnerability(number_of(node), field);
    case Kind::attestation: return of_attestation(number_of(node), field);
    default: return {};
  }
}

std::string_view ImageView::type_of(Node node) const {
  constexpr std::string_view names[] = {"Image", "Sbom", "Package", "Vulnerability", "Attestation"};
  return names[static_cast<std::uint32_t>(kind_of(node))];
}

Value ImageView::of_image(std::string_view field) const {
  const Container& container = image_.container;
  const std::string_view repository = container.image.repository;
  if (field == "ref") return Value::text(reference_);
  if (field == "repository") return Value::text(repository);
  if (field == "registry") return Value::text(repository.substr(0, repository.find('/')));
  if (field == "tag") return Value::text(container.image.tag);
  if (field == "digest") return Value::text(digest_);
  if (field == "container") return Value::text(container.name);
  if (field == "kind") return Value::text(name_of(container.kind));
  return {};
}

Value ImageView::of_sbom(std::string_view field) const {
  const Bill& bill = image_.bill->bill();
  if (field == "packages") return list(Kind::packages, 0);
  if (field == "format") return Value::text(name_of(bill.format));
  if (field == "specVersion") return Value::text(bill.spec_version);
  if (field == "tool") return Value::text(bill.tool);
  if (field == "distro") return Value::text(bill.distro);
  if (field == "subject") return Value::text(bill.subject.name);
  if (field == "created" && bill.created) return value_of(*bill.created);
  if (field == "score" && image_.bill->score()) return Value::from_double(*image_.bill->score());
  if (field == "complete") return Value::from_bool(image_.bill->unread() == 0);
  return {};
}

Value ImageView::of_package(std::uint32_t component, std::string_view field) const {
  const Component& found = image_.bill->bill().components[component];
  if (field == "name") return Value::text(found.name);
  if (field == "version") return Value::text(found.version);
  if (field == "purl") return Value::text(found.purl);
  if (field == "type") return Value::text(pratique::type_of(found.purl));
  if (field == "group") return Value::text(found.group);
  if (field == "licenses") return list(Kind::licenses, component);
  if (field == "cpes") return list(Kind::cpes, component);
  if (field == "paths") return list(Kind::paths, component);
  if (field == "direct") return Value::from_bool(image_.bill->is_direct(component));
  return {};
}

Value ImageView::of_vulnerability(std::uint32_t number, std::string_view field) const {
  const Finding& finding = image_.match->findings[number];
  if (field == "id") return Value::text(finding.id);
  if (field == "aliases") return list(Kind::aliases, number);
  if (field == "severity") return Value::text(name_of(finding.severity));
  if (field == "cvss") return Value::from_double(finding.score);
  if (field == "fixed") return list(Kind::fixed, number);
  if (field == "fixState") return Value::text(name_of(finding.fix_state));
  if (field == "summary") return Value::text(finding.summary);
  if (field == "url") return Value::text(finding.url);
  if (field == "pkg") return object(Kind::package, finding.component);
  if (field == "published" && finding.published) return value_of(*finding.published);
  if (field == "epss" && finding.epss) return Value::from_double(finding.epss->score);
  if (field == "kev" && (finding.kev || image_.match->catalogues.kev)) return Value::from_bool(finding.kev.has_value());
  return {};
}

Value ImageView::of_attestation(std::uint32_t number, std::string_view field) const {
  const Attestation& found = image_.attestations.value->verified[number];
  if (field == "type") return Value::text(found.type);
  if (field == "identity") return Value::text(found.identity);
  if (field == "issuer") return Value::text(found.issuer);
  if (field == "key") return Value::text(found.key);
  if (field == "time" && found.time) return value_of(*found.time);
  return {};
}

}  // namespace pratique
