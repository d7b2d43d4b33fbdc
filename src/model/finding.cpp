#include "model/finding.h"

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

Health Match::health() const {
  if (!findings.empty()) return Health::affected;
  if (!unknown.empty() || components == 0) return Health::unknown;
  return Health::clean;
}

}  // namespace pratique
