#include "model/finding.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique {

std::string_view name_of(Health health) {
  constexpr std::array<std::string_view, 4> names = {"clean", "affected", "unknown", "failed"};
  return names[static_cast<std::size_t>(health)];
}

void Ledger::count(Health health) {
  switch (health) {
    case Health::clean: ++clean; break;
    case Health::affected: ++affected; break;
    case Health::unknown: ++unknown; break;
    case Health::failed: ++failed; break;
  }
}

std::string render(const Ledger& ledger) {
  return with_commas(ledger.examined()) + " examined: " + with_commas(ledger.clean) + " clean, " +
         with_commas(ledger.affected) + " affected, " + with_commas(ledger.unknown) + " unknown, " +
         with_commas(ledger.failed) + " failed";
}

bool Finding::is_doubtful() const {
  const auto doubtful = [](const Proof& one) { return !one.doubt.empty(); };
  return doubtful(proof) && std::all_of(other_proofs.begin(), other_proofs.end(), doubtful);
}

void UnknownList::add(std::uint32_t component, std::string_view name, std::string_view version, std::string_view purl,
                      std::string_view reason) {
  auto known = reason_numbers_.find(reason);
  if (known == reason_numbers_.end()) {
    known = reason_numbers_.emplace(reason, static_cast<std::uint32_t>(reasons_.size())).first;
    reasons_.emplace_back(reason);
  }
  const auto size = [](std::string_view text) { return static_cast<std::uint32_t>(text.size()); };
  entries_.push_back({texts_.size(), component, known->second, size(name), size(version), size(purl)});
  texts_.append(name).append(version).append(purl);
}

Unknown UnknownList::operator[](std::size_t at) const {
  const Entry& entry = entries_[at];
  std::size_t from = entry.texts;
  const auto take = [&](std::uint32_t size) {
    from += size;
    return texts_.substr(from - size, size);
  };
  std::string name = take(entry.name), version = take(entry.version), purl = take(entry.purl);
  return {entry.component, std::move(name), std::move(version), std::move(purl), reasons_[entry.reason]};
}

std::vector<Unknown> UnknownList::first(std::size_t most) const {
  std::vector<Unknown> some;
  for (std::size_t i = 0; i < std::min(most, size()); ++i) some.push_back((*this)[i]);
  return some;
}

Health Match::health() const {
  const auto counts = [](const Finding& finding) { return !finding.suppressed; };
  if (std::any_of(findings.begin(), findings.end(), counts)) return Health::affected;
  if (!unknown.empty() || components == 0) return Health::unknown;
  return Health::clean;
}

}  // namespace pratique
