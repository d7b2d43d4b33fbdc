// VERS text: reading, simplifying, validating, rendering.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/version/order.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::size_t max_bytes = std::size_t{64} << 10;
constexpr std::size_t max_constraints = 10'000;
constexpr std::string_view must_be_encoded = "><=!*|%";

// A text of any length as a place in an error.
std::string cut(std::string_view text) {
  constexpr std::size_t enough = 80;
  return text.size() <= enough ? std::string(text) : std::string(text.substr(0, enough)) + "...";
}

Error malformed(std::string_view place, std::string text, std::string remedy = {}) {
  return Error{Fault::malformed, std::move(text), {cut(place)}, std::move(remedy)};
}

struct Split {
  std::string_view type;
  std::string_view constraints;
};

Result<Split> split_vers(std::string_view text) {
  if (text.size() > max_bytes)
    return Error{Fault::limit, "a version range longer than " + human_bytes(max_bytes), {cut(text)}, {}};
  if (!text.starts_with("vers:"))
    return malformed(text, "a version range starts with 'vers:'", "write it as vers:npm/>=1.0.0|<2.0.0");
  const std::string_view rest = text.substr(5);
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return malformed(text, "'/' expected behind the type");
  if (slash + 1 == rest.size()) return malformed(text, "no constraint behind '/'");
  return Split{rest.substr(0, slash), rest.substr(slash + 1)};
}

int hex_value(char c) {
  if (digit(c)) return c - '0';
  const char low = folded(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

Result<std::string> decoded(std::string_view version, std::string_view place) {
  std::string text;
  text.reserve(version.size());
  for (std::size_t i = 0; i < version.size(); ++i) {
    if (version[i] != '%') {
      text += version[i];
      continue;
    }
    const int high = i + 2 < version.size() ? hex_value(version[i + 1]) : -1;
    const int low = i + 2 < version.size() ? hex_value(version[i + 2]) : -1;
    if (high < 0 || low < 0) return malformed(place, "invalid percent-encoding in version");
    text += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return text;
}

std::string encoded(std::string_view version) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string text;
  text.reserve(version.size());
  for (const char c : version) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7f && must_be_encoded.find(c) == std::string_view::npos) {
      text += c;
      continue;
    }
    text += '%';
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

Result<Constraint> parse_constraint(std::string_view text) {
  constexpr std::array longest_first = {Comparator::not_equal, Comparator::less_equal, Comparator::greater_equal,
                                        Comparator::less,      Comparator::greater,    Comparator::equal};
  const std::string_view place = text;
  text = trim(text);
  Comparator comparator = Comparator::equal;
  for (const Comparator candidate : longest_first)
    if (text.starts_with(symbol_of(candidate))) {
      comparator = candidate;
      text.remove_prefix(symbol_of(candidate).size());
      break;
    }
  text = trim(text);
  if (text.empty()) return malformed(place, "a constraint without a version");
  if (text.find('*') != std::string_view::npos)
    return malformed(place, "'*' stands alone", "write a '*' that belongs to a version as %2A");
  PRATIQUE_TRY(std::string version, decoded(text, place));
  return Constraint{comparator, std::move(version)};
}

Result<std::vector<Constraint>> parse_constraints(std::string_view text) {
  std::vector<Constraint> constraints;
  for (const std::string_view part : split(text, '|')) {
    if (constraints.size() == max_constraints)
      return Error{Fault::limit, "more than " + with_commas(max_constraints) + " constraints", {cut(part)}, {}};
    PRATIQUE_TRY(Constraint constraint, parse_constraint(part));
    constraints.push_back(std::move(constraint));
  }
  return constraints;
}

bool is_upper(Comparator c) { return c == Comparator::less || c == Comparator::less_equal; }
bool is_lower(Comparator c) { return c == Comparator::greater || c == Comparator::greater_equal; }

std::string text_of(const Constraint& constraint) {
  std::string text(constraint.comparator == Comparator::equal ? "" : symbol_of(constraint.comparator));
  return text + encoded(constraint.version);
}

// Same version, same comparator: one is enough. Two comparators for one version contradict each other.
Result<void> drop_repeated(Scheme scheme, std::vector<Constraint>& sorted) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (kept > 0 && compare_versions(scheme, sorted[kept - 1].version, sorted[i].version).order == 0) {
      if (sorted[kept - 1].comparator == sorted[i].comparator) continue;
      return malformed(text_of(sorted[i]), "the version stands in '" + cut(text_of(sorted[kept - 1])) + "' too");
    }
    if (kept != i) sorted[kept] = std::move(sorted[i]);
    ++kept;
  }
  sorted.resize(kept);
  return {};
}

// The specification's "Simplifying constraints": of two that open or close the same interval the wider one stays, and a
// version inside an interval says nothing new. "!=" is left alone.
void simplify(std::vector<Constraint>& constraints) {
  std::vector<Constraint> kept;
  std::vector<std::size_t> ends;  // places in `kept` of all but "!="
  for (Constraint& constraint : constraints) {
    if (constraint.comparator != Comparator::not_equal) {
      const auto last = [&] { return kept[ends.back()].comparator; };
      if (!ends.empty() && is_lower(last()) && !is_upper(constraint.comparator)) continue;
      while (is_upper(constraint.comparator) && !ends.empty() && !is_lower(last())) {
        kept[ends.back()].version.clear();  // taken out below
        ends.pop_back();
      }
      ends.push_back(kept.size());
    }
    kept.push_back(std::move(constraint));
  }
  std::erase_if(kept, [](const Constraint& constraint) { return constraint.version.empty(); });
  constraints = std::move(kept);
}

void sort(Scheme scheme, std::vector<Constraint>& constraints) {
  std::stable_sort(constraints.begin(), constraints.end(), [&](const Constraint& a, const Constraint& b) {
    return compare_versions(scheme, a.version, b.version).order < 0;
  });
}

Result<Vers> vers_of_star(std::string_view type) {
  if (type == "all") return Vers{Scheme::generic, true, {}};
  if (type == "none") return Vers{Scheme::generic, false, {}};
  PRATIQUE_TRY(const Scheme scheme, scheme_named(type));
  return Vers{scheme, true, {}};
}

// What canonical VERS asks of the text beyond what the reader takes.
Result<void> check_characters(std::string_view text, const Split& parts) {
  if (std::any_of(text.begin(), text.end(), blank)) return malformed(text, "whitespace is not permitted");
  if (lower(parts.type) != parts.type) return malformed(text, "the type is not in lower case");
  if (parts.constraints.front() == '|') return malformed(text, "leading pipe is not permitted");
  if (parts.constraints.back() == '|') return malformed(text, "trailing pipe is not permitted");
  if (parts.constraints.find("||") != std::string_view::npos)
    return malformed(text, "consecutive pipes are not permitted");
  return {};
}

Result<void> check_constraint(Scheme scheme, std::string_view written, const Constraint& read) {
  if (written.starts_with('=')) return malformed(written, "'=' is implicit", "leave it out");
  if (written != text_of(read)) return malformed(written, "percent-encoding in version is not canonical");
  if (scheme == Scheme::datetime && canonical_datetime(read.version) != read.version)
    return malformed(written, "datetime must use uppercase T and Z");
  return {};
}

// Clause 5.4: sorted, unique, and alternating once "!=", then "=" are put aside.
Result<void> check_sequence(Scheme scheme, const std::vector<Constraint>& constraints) {
  const Constraint* last = nullptr;      // not "!="
  const Constraint* last_end = nullptr;  // neither "!=" nor "="
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const Constraint& constraint = constraints[i];
    if (i > 0) {
      const auto order = compare_versions(scheme, constraints[i - 1].version, constraint.version).order;
      if (order > 0) return malformed(text_of(constraint), "constraints are not sorted by version");
      if (order == 0) return malformed(text_of(constraint), "the version stands in two constraints");
    }
    const Comparator comparator = constraint.comparator;
    if (comparator == Comparator::not_equal) continue;
    const bool repeats = last_end != nullptr && comparator != Comparator::equal &&
                         is_upper(last_end->comparator) == is_upper(comparator);
    const bool closes_nothing = last != nullptr && last->comparator == Comparator::equal && is_upper(comparator);
    const bool inside = last != nullptr && is_lower(last->comparator) && comparator == Comparator::equal;
    if (repeats || closes_nothing || inside)
      return malformed(text_of(constraint), "redundant behind '" + cut(text_of(*last)) + "'");
    last = &constraint;
    if (comparator != Comparator::equal) last_end = &constraint;
  }
  return {};
}

}  // namespace

Result<Vers> parse_vers(std::string_view text) {
  PRATIQUE_TRY(const Split parts, split_vers(trim(text)));
  if (trim(parts.constraints) == "*") return vers_of_star(parts.type);
  PRATIQUE_TRY(const Scheme scheme, scheme_named(parts.type));
  PRATIQUE_TRY(std::vector<Constraint> constraints, parse_constraints(parts.constraints));
  if (scheme == Scheme::datetime)
    for (Constraint& constraint : constraints) constraint.version = canonical_datetime(std::move(constraint.version));
  sort(scheme, constraints);
  PRATIQUE_DO(drop_repeated(scheme, constraints));
  simplify(constraints);
  return Vers{scheme, false, std::move(constraints)};
}

Result<void> validate_vers(std::string_view text) {
  PRATIQUE_TRY(const Split parts, split_vers(text));
  PRATIQUE_DO(check_characters(text, parts));
  if (parts.constraints == "*") {
    PRATIQUE_TRY([[maybe_unused]] const Vers vers, vers_of_star(parts.type));
    return {};
  }
  PRATIQUE_TRY(const Scheme scheme, scheme_named(parts.type));
  PRATIQUE_TRY(const std::vector<Constraint> constraints, parse_constraints(parts.constraints));
  const std::vector<std::string_view> written = split(parts.constraints, '|');
  for (std::size_t i = 0; i < written.size(); ++i) PRATIQUE_DO(check_constraint(scheme, written[i], constraints[i]));
  return check_sequence(scheme, constraints);
}

std::string render_vers(const Vers& vers) {
  if (is_empty(vers)) return "vers:none/*";
  std::string text = "vers:" + std::string(name_of(vers.scheme)) + "/";
  if (vers.any) return text + "*";
  for (const Constraint& constraint : vers.constraints) {
    if (&constraint != &vers.constraints.front()) text += '|';
    text += text_of(constraint);
  }
  return text;
}

}  // namespace pratique
