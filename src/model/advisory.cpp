#include "model/advisory.h"

#include <array>

#include "base/text.h"

namespace pratique {

std::string_view name_of(Severity severity) {
  constexpr std::array<std::string_view, 6> names = {"unknown", "none", "low", "medium", "high", "critical"};
  return names[static_cast<std::size_t>(severity)];
}

std::optional<Severity> severity_named(std::string_view text) {
  const std::string word = lower(text);
  for (const auto severity :
       {Severity::unknown, Severity::none, Severity::low, Severity::medium, Severity::high, Severity::critical})
    if (word == name_of(severity)) return severity;
  if (word == "negligible" || word == "unimportant" || word == "minimal") return Severity::low;
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

}  // namespace pratique
