#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "engine/policy/policy.h"
#include "engine/policy/set.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::size_t unknown_kept = 20;  // of the packages that nobody could judge
constexpr std::size_t path_head = 4;      // labels of a path that are shown from either end
constexpr std::size_t path_tail = 3;

// The bill in a pool of its own, without what no rule asks. Licences repeat, so each text is kept once.
Bill kept_of(const Bill& bill) {
  Bill kept = bill;
  kept.rejected.clear();
  kept.details.clear();
  kept.pool = std::make_shared<TextPool>();
  std::unordered_map<std::string_view, std::string_view> licenses;
  for (auto& component : kept.components) {
    component.supplier = {};
    if (bill.serial.empty()) component.ref = {};  // else a VEX statement may point at it
    for (std::string_view* text : {&component.ref, &component.group, &component.name, &component.version,
                                   &component.purl, &component.source, &component.cpe})
      *text = kept.pool->keep(*text);
    if (component.license.empty()) continue;
    const auto [found, is_new] = licenses.try_emplace(component.license);
    if (is_new) found->second = kept.pool->keep(component.license);
    component.license = found->second;
  }
  for (const auto& detail : bill.details)
    if (detail.kind == DetailKind::location || detail.kind == DetailKind::cpe)
      kept.details.push_back({detail.of, detail.kind, {}, kept.pool->keep(detail.value)});
  return kept;
}

// A component that was set aside as a whole: "/components/12", "/packages/3".
bool is_component(std::string_view place) {
  const auto slash = place.rfind('/');
  if (slash == std::string_view::npos || !parse_unsigned(place.substr(slash + 1))) return false;
  const auto list = place.substr(0, slash);
  return list.ends_with("/components") || list == "/packages";
}

// What a component is called by itself: "log4j-core" of "org.apache.logging.log4j:log4j-core".
std::string own_name(std::string_view name) { return lower(name.substr(name.find_last_of("/:") + 1)); }

bool before(const ImageFacts::Entry& a, const ImageFacts::Entry& b) {
  return std::tie(a.hash, a.component) < std::tie(b.hash, b.component);
}

}  // namespace

ImageFacts::ImageFacts(const Bill& bill, std::optional<Digest> document, std::optional<double> score)
    : bill_(kept_of(bill)),
      document_(std::move(document)),
      score_(score),
      paths_(bill_),
      packages_(bill_.components.size()) {
  std::string scratch;
  std::size_t text = 0;
  for (std::uint32_t i = 0; i < bill_.components.size(); ++i) {
    const Component& component = bill_.components[i];
    text += component.ref.size() + component.group.size() + component.name.size() + component.version.size() +
            component.purl.size() + component.cpe.size();
    if (component.purl.empty()) {
      if (!component.name.empty()) without_purl_.push_back({hash_of(own_name(component.name)), i});
      continue;
    }
    const auto package = package_of(component.purl, scratch);
    const bool inside =
        package.data() >= component.purl.data() && package.data() < component.purl.data() + component.purl.size();
    packages_[i] = inside ? package : bill_.pool->keep(package);
    by_package_.push_back({hash_of(packages_[i]), i});
  }
  std::sort(by_package_.begin(), by_package_.end(), before);
  std::sort(without_purl_.begin(), without_purl_.end(), before);
  unread_ = static_cast<std::uint64_t>(std::count_if(bill.rejected.begin(), bill.rejected.end(),
                                                     [](const Rejected& part) { return is_component(part.place); }));
  bytes_ = sizeof(*this) + text +
           bill_.components.size() * (sizeof(Component) + sizeof(Entry) + sizeof(std::string_view) + 8) +
           bill_.edges.size() * sizeof(Edge);
  for (const auto& detail : bill_.details) bytes_ += sizeof detail + detail.value.size();
  read_licenses();
  count_shares();
}

void ImageFacts::read_licenses() {
  std::unordered_map<std::string_view, std::uint32_t> places;
  for (std::uint32_t i = 0; i < bill_.components.size(); ++i) {
    const Component& component = bill_.components[i];
    if (i == bill_.subject.listed) continue;
    if (component.license.empty()) {
      if (!component.purl.empty()) without_license_.push_back(i);
      continue;
    }
    const auto [found, is_new] = places.emplace(component.license, static_cast<std::uint32_t>(licenses_.size()));
    if (is_new) {
      auto parsed = parse_license(component.license);
      licenses_.push_back({component.license, parsed ? std::optional(std::move(*parsed)) : std::nullopt, {}});
      bytes_ += sizeof(License) + 4 * component.license.size();
    }
    licenses_[found->second].components.push_back(i);
  }
  bytes_ += bill_.components.size() * sizeof(std::uint32_t);
}

void ImageFacts::count_shares() {
  for (std::uint32_t i = 0; i < bill_.components.size(); ++i) {
    if (i == bill_.subject.listed) continue;
    const Component& component = bill_.components[i];
    ++shares_.packages;
    shares_.versions += component.version.empty() ? 0 : 1;
    shares_.purls += component.purl.empty() ? 0 : 1;
    shares_.licenses += component.license.empty() ? 0 : 1;
  }
}

std::string ImageFacts::path_to(std::uint32_t component) const {
  auto steps = paths_.path(component);
  if (!steps.empty()) steps.pop_back();
  std::string path;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool cut = steps.size() > path_head + path_tail + 1;
    if (cut && i == path_head) {
      const std::size_t left_out = steps.size() - path_head - path_tail;
      path.append(" > ... ").append(std::to_string(left_out)).append(" more ...");
      i += left_out - 1;
      continue;
    }
    path.append(path.empty() ? "" : " > ").append(label_of(bill_.components[steps[i]]));
  }
  return path;
}

MatchFacts::MatchFacts(Match match, std::string database_generation, Catalogues what_it_has)
    : findings(std::move(match.findings)),
      unknown_count(match.unknown.size()),
      generation(std::move(database_generation)),
      catalogues(what_it_has) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  unknown = match.unknown.first(unknown_kept);
  bytes = sizeof(*this);
  for (const auto& finding : findings) {
    bytes += sizeof finding + finding.summary.size() + finding.purl.size() + finding.url.size() +
             finding.elsewhere.size() * sizeof(std::uint32_t) +
             (1 + finding.other_proofs.size()) * (sizeof(Proof) + 128);
    for (const auto& label : finding.path) bytes += sizeof label + label.size();
    for (const auto& alias : finding.aliases) bytes += sizeof alias + alias.size();
  }
}

}  // namespace pratique
