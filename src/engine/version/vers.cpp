#include <algorithm>

#include "base/text.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

Error malformed(std::string_view place, std::string text) {
  return Error{Fault::malformed, std::move(text), {std::string(place)}, {}};
}

Result<Constraint> parse_constraint(std::string_view text) {
  constexpr Comparator by_length[] = {Comparator::not_equal, Comparator::less_equal, Comparator::greater_equal,
                                      Comparator::less,      Comparator::greater,    Comparator::equal};
  Comparator comparator = Comparator::equal;
  for (const Comparator candidate : by_length)
    if (text.starts_with(symbol_of(candidate))) {
      comparator = candidate;
      text.remove_prefix(symbol_of(candidate).size());
      break;
    }
  if (text.empty()) return malformed(text, "a constraint without a version");
  return Constraint{comparator, std::string(text)};
}

}  // namespace

Result<Vers> parse_vers(std::string_view text) {
  if (!text.starts_with("vers:")) return malformed(text, "a version range starts with 'vers:'");
  text.remove_prefix(5);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return malformed(text, "'/' expected behind the scheme");
  PRATIQUE_TRY(const Scheme scheme, scheme_named(text.substr(0, slash)));
  text.remove_prefix(slash + 1);
  Vers vers{scheme, text == "*", {}};
  if (vers.any) return vers;
  for (const std::string_view part : split(text, '|')) {
    PRATIQUE_TRY(Constraint constraint, parse_constraint(part));
    vers.constraints.push_back(std::move(constraint));
  }
  std::stable_sort(vers.constraints.begin(), vers.constraints.end(), [&](const Constraint& a, const Constraint& b) {
    return compare_versions(scheme, a.version, b.version).order < 0;
  });
  return vers;
}

std::string render_vers(const Vers& vers) {
  std::string text = "vers:" + std::string(name_of(vers.scheme)) + "/";
  if (vers.any) return text + "*";
  for (const Constraint& constraint : vers.constraints) {
    if (text.back() != '/') text += '|';
    if (constraint.comparator != Comparator::equal) text += symbol_of(constraint.comparator);
    text += constraint.version;
  }
  return text;
}

Containment contains(const Vers& vers, std::string_view version) {
  Containment answer{vers.any, false};
  bool open = false;
  for (const Constraint& constraint : vers.constraints) {
    const Order order = compare_versions(vers.scheme, version, constraint.version);
    answer.fallback |= order.fallback;
    const Comparator comparator = constraint.comparator;
    if (order.order == 0) {
      answer.inside = comparator == Comparator::equal || comparator == Comparator::less_equal ||
                      comparator == Comparator::greater_equal;
      return answer;
    }
    if (comparator == Comparator::less || comparator == Comparator::less_equal) {
      if (order.order < 0) answer.inside = true;
      if (order.order < 0) return answer;
    }
    if (comparator == Comparator::greater || comparator == Comparator::greater_equal) {
      if (order.order < 0) return answer;
      open = order.order > 0;
    }
  }
  answer.inside = answer.inside || open;
  return answer;
}

}  // namespace pratique
