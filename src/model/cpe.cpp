#include "model/cpe.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace pratique {
namespace {

constexpr std::string_view formatted_prefix = "cpe:2.3:";
constexpr std::string_view uri_prefix = "cpe:/";
constexpr std::size_t uri_components = 7;

constexpr std::array<std::string_view, Cpe::attributes> names = {"part",      "vendor",    "product",  "version",
                                                                 "update",    "edition",   "language", "sw_edition",
                                                                 "target_sw", "target_hw", "other"};

bool is_printable(char c) { return c > ' ' && c < 0x7F; }
bool needs_no_escape(char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '-'; }
bool is_wildcard(char c) { return c == '*' || c == '?'; }

void append_literal(std::string& value, char c) {
  if (!needs_no_escape(c)) value += '\\';
  value += lower(c);
}

// A lone hyphen that is meant as one must not become NA.
void guard_hyphen(std::string& value, bool literal) {
  if (literal && value == Cpe::not_applicable) value = "\\-";
}

// A value cut into what its wildcards let stand before and behind, and the text between without escapes.
struct Pattern {
  static constexpr std::size_t unbounded = static_cast<std::size_t>(-1);
  std::size_t before = 0, behind = 0;  // characters at most
  std::string core;
  bool has_wildcards() const { return before != 0 || behind != 0; }
};

std::optional<Pattern> pattern_of(std::string_view value) {
  Pattern pattern;
  std::size_t i = 0;
  const auto take_wildcards = [&value, &i] {
    if (i < value.size() && value[i] == '*') {
      ++i;
      return Pattern::unbounded;
    }
    const std::size_t start = i;
    while (i < value.size() && value[i] == '?') ++i;
    return i - start;
  };
  pattern.before = take_wildcards();
  for (; i < value.size() && !is_wildcard(value[i]); ++i) {
    if (value[i] == '\\' && ++i == value.size()) return std::nullopt;
    pattern.core += value[i];
  }
  pattern.behind = take_wildcards();
  if (i != value.size() || (pattern.core.empty() && pattern.behind != 0)) return std::nullopt;
  return pattern;
}

// From a formatted string (7695, 6.2.3): an unescaped character that should be escaped is taken for itself.
std::optional<std::string> unbind_formatted(std::string_view text) {
  std::string value;
  if (text.empty()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\';
    if (escaped && ++i == text.size()) return std::nullopt;
    if (!is_printable(text[i])) return std::nullopt;
    if (!escaped && is_wildcard(text[i]))
      value += text[i];
    else
      append_literal(value, text[i]);
  }
  guard_hyphen(value, text != Cpe::not_applicable);
  return value == Cpe::any || pattern_of(value) ? std::optional(value) : std::nullopt;
}

int hex_digit(char c) {
  const char l = lower(c);
  return is_digit(l) ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// From a URI (7695, 6.1.3): empty is ANY, "%01" is '?', "%02" is '*'.
std::optional<std::string> unbind_uri(std::string_view text) {
  if (text.empty() || text == Cpe::any) return std::string(Cpe::any);
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
      if (low < 0) return std::nullopt;
      c = high * 16 + low;
      i += 2;
      if (c == 1 || c == 2) {
        value += c == 1 ? '?' : '*';
        continue;
      }
    }
    if (!is_printable(static_cast<char>(c))) return std::nullopt;
    append_literal(value, static_cast<char>(c));
  }
  guard_hyphen(value, text != Cpe::not_applicable);
  return value == Cpe::any || pattern_of(value) ? std::optional(value) : std::nullopt;
}

Error malformed(std::string_view place, std::string text) {
  return Error{Fault::malformed, std::move(text), {std::string(place)}, {}};
}

Result<void> set(Cpe& cpe, std::size_t attribute, std::optional<std::string> value) {
  if (!value) return malformed(names[attribute], "no value of a CPE name");
  if (attribute == 0 && *value != "a" && *value != "h" && *value != "o" && *value != Cpe::any &&
      *value != Cpe::not_applicable)
    return malformed(names[attribute], "a part is a, h or o");
  cpe.values[attribute] = std::move(*value);
  return {};
}

// The components between colons that are not escaped.
std::vector<std::string_view> split_formatted(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ':') {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

Result<Cpe> parse_formatted(std::string_view text) {
  const auto parts = split_formatted(text);
  if (parts.size() != Cpe::attributes)
    return malformed("name", "a formatted string has 11 components, not " + std::to_string(parts.size()));
  Cpe cpe;
  for (std::size_t i = 0; i < parts.size(); ++i) PRATIQUE_DO(set(cpe, i, unbind_formatted(parts[i])));
  return cpe;
}

Result<Cpe> parse_uri(std::string_view text) {
  constexpr std::size_t edition = static_cast<std::size_t>(CpeAttribute::edition);
  constexpr std::size_t sw_edition = static_cast<std::size_t>(CpeAttribute::sw_edition);
  const auto parts = split(text, ':');
  if (parts.size() > uri_components)
    return malformed("name", "a URI has 7 components at most, not " + std::to_string(parts.size()));
  Cpe cpe;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != edition || !parts[i].starts_with('~')) {
      PRATIQUE_DO(set(cpe, i, unbind_uri(parts[i])));
      continue;
    }
    const auto packed = split(parts[i].substr(1), '~');
    if (packed.size() != 5) return malformed("edition", "a packed edition holds five values");
    PRATIQUE_DO(set(cpe, edition, unbind_uri(packed[0])));
    for (std::size_t k = 1; k < packed.size(); ++k) PRATIQUE_DO(set(cpe, sw_edition + k - 1, unbind_uri(packed[k])));
  }
  return cpe;
}

std::string bind_uri(std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (value == Cpe::any) return {};
  if (value == Cpe::not_applicable) return std::string(value);
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (is_wildcard(value[i])) {
      out += value[i] == '?' ? "%01" : "%02";
      continue;
    }
    const bool escaped = value[i] == '\\' && i + 1 < value.size();
    if (escaped) ++i;
    const char c = value[i];
    if (needs_no_escape(c) && !escaped)
      out += c;
    else
      (out += '%').append({digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]});
  }
  return out;
}

// `before` characters at most, the core, `behind` at most.
bool covers(const Pattern& pattern, std::string_view text) {
  if (text.size() < pattern.core.size()) return false;
  const std::size_t slack = text.size() - pattern.core.size();
  const std::size_t first = slack > pattern.behind ? slack - pattern.behind : 0;  // behind cannot take more
  const std::size_t last = std::min(slack, pattern.before);
  if (first > last) return false;
  const auto at = text.substr(0, last + pattern.core.size()).find(pattern.core, first);
  return at != std::string_view::npos;
}

}  // namespace

std::string_view name_of(CpeAttribute attribute) { return names[static_cast<std::size_t>(attribute)]; }

Result<Cpe> parse_cpe(std::string_view text) {
  if (text.size() > Cpe::longest)
    return Error{Fault::limit, "longer than " + std::to_string(Cpe::longest) + " bytes", {}, {}};
  if (equal_ignoring_case(text.substr(0, formatted_prefix.size()), formatted_prefix))
    return parse_formatted(text.substr(formatted_prefix.size()));
  if (equal_ignoring_case(text.substr(0, uri_prefix.size()), uri_prefix))
    return parse_uri(text.substr(uri_prefix.size()));
  return malformed("name", "a CPE name starts with 'cpe:2.3:' or 'cpe:/'");
}

std::string render_cpe(const Cpe& cpe) {
  std::string out = "cpe:2.3";
  for (const auto& value : cpe.values) (out += ':') += value;
  return out;
}

std::string render_cpe_uri(const Cpe& cpe) {
  using enum CpeAttribute;
  std::array<std::string, uri_components> parts;
  for (std::size_t i = 0; i < uri_components; ++i) parts[i] = bind_uri(cpe.values[i]);
  std::string packed;
  for (const auto attribute : {sw_edition, target_sw, target_hw, other}) (packed += '~') += bind_uri(cpe[attribute]);
  if (packed != "~~~~") parts[static_cast<std::size_t>(edition)] = "~" + bind_uri(cpe[edition]) + packed;
  std::string out(uri_prefix);
  for (const auto& part : parts) (out += part) += ':';
  out.erase(out.find_last_not_of(':') + 1);
  return out;
}

std::string cpe_package(const Cpe& cpe) {
  return "cpe:" + cpe[CpeAttribute::part] + ":" + plain_value(cpe[CpeAttribute::vendor]) + ":" +
         plain_value(cpe[CpeAttribute::product]);
}

std::string cpe_version(const Cpe& cpe) {
  const std::string version = plain_value(cpe[CpeAttribute::version]);
  const std::string update = plain_value(cpe[CpeAttribute::update]);
  const bool is_plain =
      version == Cpe::any || version == Cpe::not_applicable || update == Cpe::any || update == Cpe::not_applicable;
  return is_plain ? version : version + "-" + update;
}

std::string plain_value(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    out += value[i];
  }
  return out;
}

CpeRelation compare_values(std::string_view source, std::string_view target) {
  const auto is_text = [](std::string_view value) { return value != Cpe::any && value != Cpe::not_applicable; };
  const auto wanted = is_text(source) ? pattern_of(source) : std::nullopt;
  const auto given = is_text(target) ? pattern_of(target) : std::nullopt;
  if (given && given->has_wildcards()) return CpeRelation::undefined;
  if (source == target) return CpeRelation::equal;
  if (source == Cpe::any) return CpeRelation::superset;
  if (target == Cpe::any) return CpeRelation::subset;
  if (!wanted || !given) return CpeRelation::disjoint;
  if (!wanted->has_wildcards()) return CpeRelation::disjoint;
  return covers(*wanted, given->core) ? CpeRelation::superset : CpeRelation::disjoint;
}

CpeRelation compare(const Cpe& source, const Cpe& target) {
  bool may_be_subset = true, may_be_superset = true;
  bool disjoint = false, undefined = false;
  for (std::size_t i = 0; i < Cpe::attributes; ++i) {
    const auto relation = compare_values(source.values[i], target.values[i]);
    disjoint |= relation == CpeRelation::disjoint;
    undefined |= relation == CpeRelation::undefined;
    may_be_subset &= relation == CpeRelation::equal || relation == CpeRelation::subset;
    may_be_superset &= relation == CpeRelation::equal || relation == CpeRelation::superset;
  }
  if (disjoint) return CpeRelation::disjoint;
  if (undefined) return CpeRelation::undefined;
  if (may_be_subset && may_be_superset) return CpeRelation::equal;
  if (may_be_subset) return CpeRelation::subset;
  return may_be_superset ? CpeRelation::superset : CpeRelation::undefined;
}

bool matches(const Cpe& source, const Cpe& target) {
  const auto relation = compare(source, target);
  return relation == CpeRelation::equal || relation == CpeRelation::superset;
}

}  // namespace pratique
