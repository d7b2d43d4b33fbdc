#include "model/verdict.h"

#include <array>

#include "base/text.h"

namespace pratique {
namespace {

std::string package_in(const Evidence& evidence) {
  return evidence.path.empty() ? evidence.package : evidence.package + " (via " + evidence.path + ")";
}

std::string complaint(const RuleResult& result, const Evidence& evidence) {
  if (result.gap != Gap::none) return "unknown: " + evidence.reason;
  if (!evidence.finding.empty())
    return package_in(evidence) + " has " + evidence.finding + " (" + evidence.severity + "), " +
           (evidence.fixed.empty() ? "no fix is known" : "fixed in " + evidence.fixed);
  if (!evidence.package.empty())
    return package_in(evidence) + " is denied" + (evidence.range.empty() ? "" : " by " + evidence.range);
  return evidence.reason;
}

std::string more_rules(const RuleResult& result) {
  if (result.more_rules == 0) return {};
  return " and " + with_commas(result.more_rules) + (result.more_rules == 1 ? " more rule" : " more rules");
}

}  // namespace

std::string_view name_of(Decision decision) {
  constexpr std::array<std::string_view, 3> names = {"allow", "warn", "deny"};
  return names[static_cast<std::size_t>(decision)];
}

std::string_view name_of(Gap gap) {
  constexpr std::array<std::string_view, gap_count> names = {"", "not-pinned", "no-bill", "unavailable", "unjudged"};
  return names[static_cast<std::size_t>(gap)];
}

std::string line_of(const RuleResult& result, const Evidence& evidence) {
  std::string line = evidence.container + ": " + complaint(result, evidence);
  line += " [policy " + result.policy + ", rule " + result.rule + more_rules(result) + "]";
  if (!result.note.empty()) line += " " + result.note;
  return printable(line);
}

std::vector<std::string> lines_of(const Verdict& verdict, Decision decision, std::size_t most) {
  std::vector<std::string> lines;
  std::uint64_t left_out = 0;
  for (const bool certain : {true, false})
    for (const auto& result : verdict.rules) {
      if (result.decision != decision || (result.gap == Gap::none) != certain) continue;
      left_out += result.more;
      for (const auto& evidence : result.evidence) {
        if (lines.size() < most)
          lines.push_back(line_of(result, evidence));
        else
          ++left_out;
      }
    }
  if (left_out == 0) return lines;
  if (lines.size() == most) {
    lines.pop_back();
    ++left_out;
  }
  lines.push_back("and " + with_commas(left_out) + " more");
  return lines;
}

}  // namespace pratique
