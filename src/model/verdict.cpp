#include "model/verdict.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique {
namespace {

std::string package_in(const Evidence& evidence) {
  return evidence.path.empty() ? evidence.package : evidence.package + " (via " + evidence.path + ")";
}

constexpr std::size_t longest_value = 256;  // of an expanded note

// What a note can name, in the order of the documentation.
struct Word {
  std::string_view name;
  std::string Evidence::*of_evidence;
  std::string RuleResult::*of_result = nullptr;
};
constexpr Word words[] = {{"container", &Evidence::container},
                          {"image", &Evidence::image},
                          {"package", &Evidence::package},
                          {"purl", &Evidence::purl},
                          {"path", &Evidence::path},
                          {"finding", &Evidence::finding},
                          {"severity", &Evidence::severity},
                          {"range", &Evidence::range},
                          {"fixed", &Evidence::fixed},
                          {"license", &Evidence::license},
                          {"signer", &Evidence::signer},
                          {"reason", &Evidence::reason},
                          {"policy", nullptr, &RuleResult::policy},
                          {"rule", nullptr, &RuleResult::rule}};

const Word* word_named(std::string_view name) {
  const auto found =
      std::find_if(std::begin(words), std::end(words), [&](const Word& word) { return word.name == name; });
  return found == std::end(words) ? nullptr : found;
}

// One piece of a note: text, or a name between braces. Takes it off the front.
struct Piece {
  std::string_view text, name;
  bool closed = true;
};
Piece take_piece(std::string_view& note) {
  Piece piece;
  if (note.starts_with("{{")) {
    piece.text = note.substr(0, 1);
    note.remove_prefix(2);
  } else if (note.front() == '{') {
    const auto end = note.find('}');
    piece.closed = end != std::string_view::npos;
    piece.name = note.substr(1, piece.closed ? end - 1 : end);
    note.remove_prefix(piece.closed ? end + 1 : note.size());
  } else {
    piece.text = note.substr(0, note.find('{'));
    note.remove_prefix(piece.text.size());
  }
  return piece;
}

std::string complaint(const RuleResult& result, const Evidence& evidence) {
  if (result.gap != Gap::none) return "unknown: " + evidence.reason;
  if (!evidence.finding.empty())
    return package_in(evidence) + " has " + evidence.finding + " (" + evidence.severity + "), " +
           (evidence.fixed.empty() ? "no fix is known" : "fixed in " + evidence.fixed);
  if (!evidence.package.empty() && evidence.reason.empty())
    return package_in(evidence) + " is denied" + (evidence.range.empty() ? "" : " by " + evidence.range);
  if (!evidence.package.empty() && !evidence.reason.empty()) return package_in(evidence) + " " + evidence.reason;
  return evidence.reason;
}

std::string line_with(const RuleResult& result, const Evidence& evidence, std::uint64_t more_rules) {
  std::string line = (evidence.container.empty() ? "" : evidence.container + ": ") + complaint(result, evidence);
  line += " [policy " + result.policy + ", rule " + result.rule;
  if (more_rules > 0) line += " and " + with_commas(more_rules) + (more_rules == 1 ? " more rule" : " more rules");
  line += "]";
  if (!result.exception.empty()) line += " excepted by " + result.exception;
  if (!result.note.empty()) line += " " + expand(result.note, result, evidence);
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
    if (line.result->gap == result.gap && line.result->exception == result.exception &&
        line.evidence->container == evidence.container && line.evidence->reason == evidence.reason)
      return &line;
  return nullptr;
}

}  // namespace

std::string_view name_of(Decision decision) {
  constexpr std::array<std::string_view, 4> names = {"allow", "audit", "warn", "deny"};
  return names[static_cast<std::size_t>(decision)];
}

std::string_view name_of(Gap gap) {
  constexpr std::array<std::string_view, gap_count> names = {
      "", "not-pinned", "no-bill", "absent", "unavailable", "unjudged", "error"};
  return names[static_cast<std::size_t>(gap)];
}

std::string expand(std::string_view note, const RuleResult& result, const Evidence& evidence) {
  std::string out;
  while (!note.empty()) {
    const Piece piece = take_piece(note);
    out += piece.text;
    const Word* word = word_named(piece.name);
    if (piece.name.empty() || word == nullptr) continue;
    const std::string& value = word->of_evidence ? evidence.*word->of_evidence : result.*word->of_result;
    out += value.size() <= longest_value ? value : value.substr(0, longest_value) + "...";
  }
  return out;
}

std::pair<std::string, std::string> fault_in_note(std::string_view note) {
  std::vector<std::string_view> names;
  for (const auto& word : words) names.push_back(word.name);
  while (!note.empty()) {
    const Piece piece = take_piece(note);
    if (!piece.closed) return {"'{' is not closed; a brace is written '{{'", {}};
    if (piece.text.empty() && word_named(piece.name) == nullptr)
      return {"there is no '{" + std::string(piece.name.substr(0, 64)) + "}'", std::string(nearest(piece.name, names))};
  }
  return {};
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
