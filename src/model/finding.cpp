#include "model/finding.h"

#include <array>

#include "base/text.h"

namespace pratique {

std::string_view name_of(Severity severity) {
  constexpr std::array<std::string_view, 6> names = {"unknown", "none", "low", "medium", "high", "critical"};
  return names[static_cast<std::size_t>(severity)];
}

std::optional<Severity> severity_named(std::string_view text) {
  const std::string word = lower(text);
  for (const auto severity : {Severity::unknown, Severity::none, Severity::low, Severity::medium, Severity::high,
                              Severity::critical})
    if (word == name_of(severity)) return severity;
  if (word == "negligible" || word == "minimal") return Severity::low;
  if (word == "moderate") return Severity::medium;
  if (word == "important") return Severity::high;
  return std::nullopt;
}

std::string_view cve_of(const Advisory& advisory) {
  if (advisory.id.starts_with("CVE-")) return advisory.id;
  for (const auto& alias : advisory.aliases)
    if (alias.starts_with("CVE-")) return alias;
  return advisory.id;
}

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
