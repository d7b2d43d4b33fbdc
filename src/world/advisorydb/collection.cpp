#include <algorithm>
#include <tuple>

#include "world/advisorydb/codec.h"
#include "world/advisorydb/content.h"

namespace pratique {
namespace {

template <class T, class Less = std::less<>>
void sort_unique(std::vector<T>& values, Less less = {}) {
  std::sort(values.begin(), values.end(), less);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void unite(std::vector<std::string>& into, const std::vector<std::string>& more) {
  into.insert(into.end(), more.begin(), more.end());
  sort_unique(into);
}

std::string packed(const Affected& affected) {
  Packer packer;
  pack_entry(packer, 0, 0, affected);
  return packer.take();
}

// The newest says what there is to say; every one adds whom it affects and what it names.
Advisory united(std::vector<Advisory> parts) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Advisory& a, const Advisory& b) { return a.modified > b.modified; });
  Advisory whole = std::move(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Advisory& part = parts[i];
    unite(whole.aliases, part.aliases);
    unite(whole.upstream, part.upstream);
    unite(whole.related, part.related);
    if (whole.summary.empty()) whole.summary = std::move(part.summary);
    if (whole.url.empty()) whole.url = std::move(part.url);
    if (whole.ratings.empty()) whole.ratings = std::move(part.ratings);
    whole.affected.insert(whole.affected.end(), std::make_move_iterator(part.affected.begin()),
                          std::make_move_iterator(part.affected.end()));
  }
  sort_unique(whole.affected, [](const Affected& a, const Affected& b) {
    return std::tie(a.package, a.stream, a.module) != std::tie(b.package, b.stream, b.module)
               ? std::tie(a.package, a.stream, a.module) < std::tie(b.package, b.stream, b.module)
               : packed(a) < packed(b);
  });
  return whole;
}

}  // namespace

bool PackedAdvisory::operator<(const PackedAdvisory& other) const {
  return std::tie(package, id, source) < std::tie(other.package, other.id, other.source);
}

Collection::Pending Collection::pending_of(const Advisory& advisory) {
  return {advisory.modified, pack_advisory(advisory),
          advisory.affected.empty() ? std::string() : advisory.affected.front().package};
}

// Equal times: the larger bytes, so that the order in which they came does not matter.
void Collection::offer(const std::pair<std::string, std::string>& name, Pending fresh) {
  Pending& kept = advisories_[name];
  if (std::tie(kept.modified, kept.bytes) < std::tie(fresh.modified, fresh.bytes)) kept = std::move(fresh);
}

void Collection::add(const Advisory& advisory) { offer({advisory.id, advisory.source}, pending_of(advisory)); }

void Collection::add_part(const Advisory& advisory) {
  parts_[{advisory.id, advisory.source}].push_back(pack_advisory(advisory));
}

void Collection::settle() {
  for (auto& [name, parts] : parts_) {
    sort_unique(parts);
    std::vector<Advisory> advisories;
    for (const auto& part : parts) advisories.push_back(unpack_advisory(part).value());
    offer(name, pending_of(united(std::move(advisories))));
  }
  parts_.clear();
  for (auto& [package, cpes] : cpes_) sort_unique(cpes);
}

void Collection::add(const Vulnerability& vulnerability, std::string_view source) {
  ++sources_[std::string(source)].notes;
  const auto [place, is_new] = notes_.try_emplace(vulnerability.id);
  if (is_new) {
    place->second = pack_vulnerability(vulnerability);
    return;
  }
  Vulnerability kept = unpack_vulnerability(place->second).value();
  kept.ratings.insert(kept.ratings.end(), vulnerability.ratings.begin(), vulnerability.ratings.end());
  const auto keep_greater = [](auto& mine, const auto& other, auto key) {
    if (other && (!mine || key(*mine) < key(*other))) mine = other;
  };
  keep_greater(kept.kev, vulnerability.kev, [](const Kev& kev) { return std::tie(kev.added, kev.due); });
  keep_greater(kept.epss, vulnerability.epss, [](const Epss& epss) { return std::tie(epss.score, epss.percentile); });
  keep_greater(kept.ssvc, vulnerability.ssvc,
               [](const Ssvc& ssvc) { return std::tie(ssvc.exploitation, ssvc.automatable, ssvc.technical_impact); });
  // Words: the greater text, so that the order in which they came does not matter.
  const auto words = [](const Vulnerability& of) { return std::tie(of.summary, of.url); };
  if (words(kept) < words(vulnerability)) {
    kept.summary = vulnerability.summary;
    kept.url = vulnerability.url;
  }
  place->second = pack_vulnerability(kept);
}

void Collection::add_revision(std::string_view source, std::string_view revision) {
  std::string& kept = sources_[std::string(source)].revision;
  if (kept < revision) kept = revision;
}

std::vector<PackedAdvisory> Collection::advisories() const {
  std::vector<PackedAdvisory> all;
  all.reserve(advisories_.size());
  for (const auto& [name, one] : advisories_) all.push_back({one.package, name.first, name.second, one.bytes});
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace pratique
