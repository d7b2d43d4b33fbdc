#include "app/cli/commands/scan_filter.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace pratique {
namespace {

Error unknown_condition(std::string_view word) {
  return {Fault::usage,
          "'" + std::string(word) + "' is no condition",
          {"--fail-on"},
          "low, medium, high, critical, any, kev, epss>0.5; several separated by commas"};
}

// A probability above 0 and up to 1 ("epss>0" is any that is told).
std::optional<double> parse_probability(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  const bool whole = fault == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 && value < 1 ? std::optional(value) : std::nullopt;
}

bool meets(const Finding& finding, const FailOn& fail_on) {
  return (fail_on.least && finding.severity >= *fail_on.least) || (fail_on.kev && finding.kev) ||
         (fail_on.epss && finding.epss && finding.epss->score > *fail_on.epss);
}

}  // namespace

Result<FailOn> parse_fail_on(std::string_view text) {
  FailOn fail_on;
  for (const auto part : split(text, ',')) {
    const std::string_view word = trim(part);
    if (word == "kev") {
      fail_on.kev = true;
    } else if (word.starts_with("epss>")) {
      fail_on.epss = parse_probability(word.substr(5));
      if (!fail_on.epss) return unknown_condition(word);
    } else {
      const auto least = word == "any" ? Severity::unknown : severity_named(word).value_or(Severity::none);
      if (word != "any" && least < Severity::low) return unknown_condition(word);
      fail_on.least = fail_on.least ? std::min(*fail_on.least, least) : least;
    }
  }
  return fail_on;
}

bool trips(const ScanReport& report, const FailOn& fail_on) {
  return std::any_of(report.artifacts.begin(), report.artifacts.end(), [&](const Scanned& artifact) {
    return std::any_of(artifact.match.findings.begin(), artifact.match.findings.end(),
                       [&](const Finding& finding) { return !finding.suppressed && meets(finding, fail_on); });
  });
}

ScanReport filtered(const ScanReport& report, const Shown& shown) {
  ScanReport rest = report;
  for (auto& artifact : rest.artifacts) {
    artifact.settled = artifact.health();
    std::erase_if(artifact.match.findings, [&](const Finding& finding) {
      return finding.severity < shown.least || (shown.only_fixed && finding.fixed.empty()) ||
             (finding.suppressed && !shown.suppressed);
    });
  }
  return rest;
}

}  // namespace pratique
