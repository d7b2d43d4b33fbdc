// Regular expressions by RE2: linear in the text, bounded in memory.
#include <re2/re2.h>

#include <array>

#include "base/text.h"
#include "engine/cel/run.h"
#include "engine/cel/utf8.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;
using re2::RE2;
using re2::StringPiece;

StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }
Value text_of(const StringPiece& found) { return Value::text({found.data(), found.size()}); }

// What matching costs in cel-go: the text's tenth times the pattern's quarter.
bool charge_match(Run& run, Arguments a) {
  const auto text = (a[0].as_text().size() + 10) / 10, pattern = (a[1].as_text().size() + 3) / 4;
  return run.charge(text * pattern);
}

// The pattern to match with; nullptr where there is an error, which is in `failure`.
const RE2* prepare(Run& run, Arguments a, Value& failure) {
  if (!a[0].is(Kind::text) || !a[1].is(Kind::text)) return nullptr;
  const auto* pattern = charge_match(run, a) ? run.pattern(a[1]) : nullptr;
  if (pattern == nullptr)
    failure = run.stopped.is(Kind::error) ? run.stopped : run.fail("not a regular expression", a[1]);
  return pattern;
}

Value matches(Run& run, Arguments a) {
  Value failure;
  const auto* pattern = prepare(run, a, failure);
  return pattern == nullptr ? failure : Value::from_bool(RE2::PartialMatch(piece(a[0].as_text()), *pattern));
}

// Calls use(groups) for each match, `limit` of them at most; below 0 is no limit. False: stopped, by cost or by as many
// matches as there is no room for.
template <class Use>
bool each_match(Run& run, const RE2& pattern, std::string_view text, std::int64_t limit, std::span<StringPiece> groups,
                Use use) {
  const auto whole = piece(text);
  const auto most = run.byte_limit / sizeof(Value);
  std::size_t found = 0;
  for (std::size_t at = 0; at <= text.size() && limit != 0; --limit) {
    if (!pattern.Match(whole, at, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
      return true;
    if (++found > most) run.stop(Fault::limit, "over the limit on memory");
    if (!run.charge(1)) return false;
    use(groups);
    const auto end = static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
    if (end == text.size() && groups[0].empty()) return true;
    at = end;
    if (groups[0].empty()) decode_utf8(text, at);
  }
  return true;
}

Value find(Run& run, Arguments a) {
  Value failure;
  const auto* pattern = prepare(run, a, failure);
  if (pattern == nullptr) return failure;
  StringPiece found;
  const auto text = piece(a[0].as_text());
  return pattern->Match(text, 0, text.size(), RE2::UNANCHORED, &found, 1) ? text_of(found) : Value::text("");
}

Value find_all(Run& run, Arguments a) {
  if (a.size() == 3 && !a[2].is(Kind::integer)) return {};
  Value failure;
  const auto* pattern = prepare(run, a, failure);
  if (pattern == nullptr) return failure;
  std::vector<Value> all;
  StringPiece group;
  const auto limit = a.size() == 3 ? a[2].as_int() : -1;
  if (!each_match(run, *pattern, a[0].as_text(), limit, {&group, 1},
                  [&](auto groups) { all.push_back(text_of(groups[0])); }))
    return run.stopped;
  return run.make_list(all);
}

// What extract takes of a match: its one group, or all of it. A group that took no part is left out.
struct Extracted {
  bool too_many_groups = false;
  std::size_t group = 0;
};
Extracted extracted(const RE2& pattern) {
  return {pattern.NumberOfCapturingGroups() > 1, pattern.NumberOfCapturingGroups() == 1 ? std::size_t{1} : 0};
}

Value extract(Run& run, Arguments a) {
  Value failure;
  const auto* pattern = prepare(run, a, failure);
  if (pattern == nullptr) return failure;
  const auto part = extracted(*pattern);
  if (part.too_many_groups) return run.fail("a regular expression with more than one group", a[1]);
  std::array<StringPiece, 2> groups;
  const auto text = piece(a[0].as_text());
  if (!pattern->Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(part.group) + 1) ||
      groups[part.group].data() == nullptr)
    return Value::optional(nullptr);
  return run.make_optional(text_of(groups[part.group]));
}

Value extract_all(Run& run, Arguments a) {
  Value failure;
  const auto* pattern = prepare(run, a, failure);
  if (pattern == nullptr) return failure;
  const auto part = extracted(*pattern);
  if (part.too_many_groups) return run.fail("a regular expression with more than one group", a[1]);
  std::vector<Value> all;
  std::array<StringPiece, 2> groups;
  const bool whole =
      each_match(run, *pattern, a[0].as_text(), -1, std::span(groups).first(part.group + 1), [&](auto found) {
        if (found[part.group].data() != nullptr) all.push_back(text_of(found[part.group]));
      });
  return whole ? run.make_list(all) : run.stopped;
}

// "\1" to "\9" stand for groups, "\0" for the match, "\\" for a backslash.
bool expand_groups(std::string_view with, std::span<StringPiece> groups, std::string& out) {
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (with[i] != '\\') {
      out += with[i];
      continue;
    }
    if (++i == with.size()) return false;
    if (with[i] == '\\') {
      out += '\\';
      continue;
    }
    const auto group = static_cast<std::size_t>(with[i] - '0');
    if (!is_digit(with[i]) || group >= groups.size()) return false;
    out.append(groups[group].data(), groups[group].size());
  }
  return true;
}

Value replace(Run& run, Arguments a) {
  if (!a[2].is(Kind::text) || (a.size() == 4 && !a[3].is(Kind::integer))) return {};
  Value failure;
  const auto* pattern = prepare(run, a, failure);
  if (pattern == nullptr) return failure;
  constexpr std::size_t most_groups = 10;
  std::array<StringPiece, most_groups> storage;
  const auto count =
      std::min<std::size_t>(most_groups, static_cast<std::size_t>(pattern->NumberOfCapturingGroups()) + 1);
  const auto text = a[0].as_text();
  std::string out;
  std::size_t done = 0;
  bool good = true, small = true;
  const auto limit = a.size() == 4 ? a[3].as_int() : -1;
  const bool whole = each_match(run, *pattern, text, limit, std::span(storage).first(count), [&](auto groups) {
    small = small && out.size() <= run.byte_limit;
    if (!good || !small) return;
    const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
    out.append(text.substr(done, start - done));
    good = expand_groups(a[2].as_text(), groups, out);
    done = start + groups[0].size();
  });
  if (!whole || !small) return run.stop(Fault::limit, "over the limit on memory");
  if (!good) return run.fail("a replacement that names a group there is none of", a[2]);
  out.append(text.substr(done));
  return run.charge(text_cost(out.size())) ? run.make_text(out) : run.stopped;
}

constexpr std::array<Definition, 9> definitions = {{
    {"matches(string, string) -> bool", matches, 0, false, true},
    {"string.matches(string) -> bool", matches, 0, false, true},
    {"string.find(string) -> string", find, 0, false, true},
    {"string.findAll(string) -> list(string)", find_all, 0, false, true},
    {"string.findAll(string, int) -> list(string)", find_all, 0, false, true},
    {"regex.extract(string, string) -> optional_type(string)", extract, 0, false, true},
    {"regex.extractAll(string, string) -> list(string)", extract_all, 0, false, true},
    {"regex.replace(string, string, string) -> string", replace, 0, false, true},
    {"regex.replace(string, string, string, int) -> string", replace, 0, false, true},
}};

}  // namespace

std::span<const Definition> regex_definitions() { return definitions; }

}  // namespace pratique::cel
