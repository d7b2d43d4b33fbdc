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

std::string reference_of(const Finding& finding) {
  return finding.id + "/" + (finding.purl.empty() ? finding.name + "@" + finding.version : finding.purl);
}

Health Match::health() const {
  const auto counts = [](const Finding& finding) { return !finding.suppressed; };
  if (std::any_of(findings.begin(), findings.end(), counts)) return Health::affected;
  if (!unknown.empty() || components == 0) return Health::unknown;
  return Health::clean;
}

}  // namespace pratique
