#include "engine/format/advisory/emit.h"

#include <algorithm>

#include "base/text.h"
#include "model/cvss.h"

namespace pratique {

void AdvisoryEmitter::give(Advisory&& advisory, const std::function<void(Advisory&&)>& to) {
  if (advisory.source.empty()) advisory.source = document_.source;
  document_.source = advisory.source;
  for (auto& rating : advisory.ratings)
    if (rating.source.empty()) rating.source = advisory.source;
  ++document_.records;
  if (to) to(std::move(advisory));
}

void AdvisoryEmitter::note(Vulnerability&& note, std::string_view source) {
  document_.source = source;
  for (auto& rating : note.ratings)
    if (rating.source.empty()) rating.source = source;
  ++document_.records;
  if (sink_.note) sink_.note(std::move(note), source);
}

void AdvisoryEmitter::cpe(std::string_view package, std::string_view cpe) {
  ++document_.records;
  if (sink_.cpe) sink_.cpe(package, cpe);
}

bool add_vector(std::vector<Rating>& ratings, std::string_view vector) {
  const auto parsed = parse_cvss(vector);
  if (!parsed) return false;
  const auto same = [&](const Rating& rating) { return rating.vector == vector; };
  if (std::none_of(ratings.begin(), ratings.end(), same))
    ratings.push_back(
        {.source = {}, .vector = std::string(vector), .score = parsed->score, .severity = parsed->severity});
  return true;
}

void add_word(std::vector<Rating>& ratings, std::string_view word) {
  const auto named = severity_named(word);
  if (!named || *named == Severity::unknown) return;
  const Rating rating{.source = {}, .vector = {}, .score = 0, .severity = *named};
  if (std::find(ratings.begin(), ratings.end(), rating) == ratings.end()) ratings.push_back(rating);
}

std::string first_sentence(std::string_view text) {
  constexpr std::size_t longest = 160;
  for (const auto raw : split(text, '\n')) {
    std::string_view line = trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    if (const auto end = line.find(". "); end != std::string_view::npos) line = line.substr(0, end + 1);
    if (line.size() <= longest) return std::string(line);
    const auto blank = line.rfind(' ', longest);
    return std::string(line.substr(0, blank == std::string_view::npos ? 0 : blank)) + " ...";
  }
  return {};
}

bool is_cve(std::string_view text) {
  constexpr std::string_view start = "CVE-";
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  const std::size_t dash = text.find('-');
  return dash == 4 && text.size() >= 9 && text.size() <= 24 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '-'; }) &&
         std::count(text.begin(), text.end(), '-') == 1;
}

Vers below(Scheme scheme, std::string_view fixed) {
  if (fixed.empty()) return Vers{scheme, true, {}};
  return Vers{scheme, false, {{Comparator::less, std::string(fixed)}}};
}

Affected affected_below(std::string package, std::string stream, Scheme scheme, std::string_view fixed) {
  Affected affected;
  affected.package = std::move(package);
  affected.stream = std::move(stream);
  affected.ranges = {below(scheme, fixed)};
  affected.state = fixed.empty() ? FixState::none : FixState::fixed;
  if (!fixed.empty()) affected.fixed = {std::string(fixed)};
  return affected;
}

Affected never_affected(std::string package, std::string stream, std::string why) {
  Affected affected;
  affected.package = std::move(package);
  affected.stream = std::move(stream);
  affected.state = FixState::not_affected;
  affected.note = std::move(why);
  return affected;
}

std::vector<std::string> texts_of(JsonValue& value) {
  std::vector<std::string> texts;
  for (JsonArray list = value.array(); list.next();)
    if (const auto text = list.value().text(); !text.empty()) texts.emplace_back(text);
  return texts;
}

std::optional<Time> time_of(std::string_view text) {
  if (text.empty() || text.starts_with("0001-01-01T00:00:00")) return std::nullopt;  // Go's zero time: nobody knew
  std::string whole(text);
  if (whole.size() > 10 && whole[10] == ' ') whole[10] = 'T';
  constexpr std::size_t minutes = 16;  // "2023-10-11T01:02"
  if (whole.size() == minutes) whole += ":00";
  if (whole.size() > minutes && whole.find_first_of("Z+-", minutes) == std::string::npos) whole += 'Z';
  const auto time = parse_time(whole);
  return time ? std::optional<Time>(*time) : std::nullopt;
}

std::optional<Time> time_of(JsonValue& value) {
  const std::string_view text = value.text();
  const auto time = time_of(text);
  if (!time && !text.empty() && !text.starts_with("0001-01-01T00:00:00"))
    value.set_aside("'" + std::string(text.substr(0, 40)) + "' is no date");
  return time;
}

}  // namespace pratique
