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

std::string line_with(const RuleResult& result, const Evidence& evidence, std::uint64_t more_rules) {
  std::string line = evidence.container + ": " + complaint(result, evidence);
  line += " [policy " + result.policy + ", rule " + result.rule;
  if (more_rules > 0) line += " and " + with_commas(more_rules) + (more_rules == 1 ? " more rule" : " more rules");
  line += "]";
  if (!result.note.empty()) line += " " + result.note;
  return printable(line);
}

// What several rules do not know for one reason is one line.
struct Line {
  const RuleResult* result;
  const Evidence* evidence;
  std::uint64_t more_rules;
};

Line* find_same(std::vector<Line>& lines, const RuleResult& result, const Evidence& evidence) {
  if (result.gap == Gap::none) return nullptr;
  for (auto& line : lines)
    if (line.result->gap == result.gap && line.evidence->container == evidence.container &&
        line.evidence->reason == evidence.reason)
      return &line;
  return nullptr;
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
  return line_with(result, evidence, result.more_rules);
}

std::vector<std::string> lines_of(const Verdict& verdict, Decision decision, std::size_t most) {
  std::vector<Line> lines;
  std::uint64_t left_out = 0;
  for (const bool certain : {true, false})
    for (const auto& result : verdict.rules) {
      if (result.decision != decision || (result.gap == Gap::none) != certain) continue;
      left_out += result.more;
      for (const auto& evidence : result.evidence) {
        if (Line* same = find_same(lines, result, evidence))
          same->more_rules += 1 + result.more_rules;
        else if (lines.size() < most)
          lines.push_back({&result, &evidence, result.more_rules});
        else
          ++left_out;
      }
    }
  if (left_out > 0 && lines.size() == most) {
    lines.pop_back();
    ++left_out;
  }
  std::vector<std::string> texts;
  for (const auto& [result, evidence, more_rules] : lines) texts.push_back(line_with(*result, *evidence, more_rules));
  if (left_out > 0) texts.push_back("and " + with_commas(left_out) + " more");
  return texts;
}

}  // namespace pratique
