// Mathematical intervals, Maven's and NuGet's, and the lists that the nginx and openssl projects write.
#include "engine/version/native.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

std::string_view trimmed(std::string_view text) {
  take_while(text, blank);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

Error no_version(const NativeText& at, std::string_view text) {
  if (text.empty()) return at.malformed("a version expected");
  return at.malformed("'" + std::string(text.substr(0, 80)) + "' is no version");
}

// "[1.0,2.0)", "(,1.0]", "[1.5]".
Result<Steps> take_interval(Scheme scheme, NativeText& text) {
  const NativeText at = text;
  const bool closed_below = text.rest.front() == '[';
  text.rest.remove_prefix(1);
  const std::string_view inside =
      take_while(text.rest, [](char c) { return c != ']' && c != ')' && c != '[' && c != '('; });
  if (text.at_end() || text.rest.front() == '[' || text.rest.front() == '(')
    return text.malformed("']' or ')' expected");
  const bool closed_above = text.rest.front() == ']';
  text.rest.remove_prefix(1);

  const std::size_t comma = inside.find(',');
  const std::string_view lower = trimmed(inside.substr(0, comma));
  if (comma == std::string_view::npos) {
    if (!closed_below || !closed_above) return at.malformed("one version stands in '[' and ']'");
    if (!names_version(scheme, lower)) return no_version(at, lower);
    return steps_where(scheme, Comparator::equal, std::string(lower));
  }
  const std::string_view upper = trimmed(inside.substr(comma + 1));
  Steps steps = all_steps(scheme);
  if (!lower.empty()) {
    if (!names_version(scheme, lower)) return no_version(at, lower);
    steps = steps_where(scheme, closed_below ? Comparator::greater_equal : Comparator::greater, std::string(lower));
  }
  if (upper.empty()) return steps;
  if (upper.find(',') != std::string_view::npos || !names_version(scheme, upper)) return no_version(at, upper);
  return combined(steps,
                  steps_where(scheme, closed_above ? Comparator::less_equal : Comparator::less, std::string(upper)),
                  SetOperation::intersect);
}

// NuGet: a minimum, or with a '*' whatever begins so. Maven: the version that the soft requirement asks for.
Result<Steps> take_bare(Scheme scheme, NativeText& text) {
  const NativeText at = text;
  const std::string_view version =
      trimmed(take_while(text.rest, [](char c) { return c != ',' && c != '[' && c != '(' && c != ']' && c != ')'; }));
  if (scheme == Scheme::nuget && version.ends_with('*')) {
    if (version == "*" || version == "*-*") return all_steps(scheme);
    const Numbers parts = read_numbers(version);
    if (parts.numbers.empty() || (parts.rest != ".*" && parts.rest != "-*" && parts.rest != ".*-*"))
      return no_version(at, version);
    const std::string_view begin = version.substr(0, version.size() - parts.rest.size());
    if (parts.rest == "-*") return steps_where(scheme, Comparator::greater_equal, std::string(begin) + "-0");
    return steps_between(scheme, std::string(begin), raised(parts.numbers, parts.numbers.size()));
  }
  if (!names_version(scheme, version) || version.find('*') != std::string_view::npos) return no_version(at, version);
  return steps_where(scheme, scheme == Scheme::nuget ? Comparator::greater_equal : Comparator::equal,
                     std::string(version));
}

// "0.8.40+": to the end of its branch; odd branches are the mainline and go on.
Result<Steps> from_here_on(Scheme scheme, std::string_view version) {
  const Numbers parts = read_numbers(version);
  const bool is_stable = parts.numbers.size() > 1 && (parts.numbers[1].back() - '0') % 2 == 0;
  if (!is_stable) return steps_where(scheme, Comparator::greater_equal, std::string(version));
  return steps_between(scheme, std::string(version), raised(parts.numbers, 2) + ".0");
}

Result<Steps> mean_nginx(Scheme scheme, const NativeText& at, std::string_view item) {
  if (item == "all") return all_steps(scheme);
  if (item == "none") return no_steps(scheme);
  const bool open = item.ends_with('+');
  const std::size_t hyphen = item.find('-');
  const std::string_view first = open ? item.substr(0, item.size() - 1) : trimmed(item.substr(0, hyphen));
  if (!is_valid_version(scheme, first)) return no_version(at, first);
  if (open) return from_here_on(scheme, first);
  if (hyphen == std::string_view::npos) return steps_where(scheme, Comparator::equal, std::string(first));
  const std::string_view last = trimmed(item.substr(hyphen + 1));
  if (!is_valid_version(scheme, last)) return no_version(at, last);
  return combined(steps_where(scheme, Comparator::greater_equal, std::string(first)),
                  steps_where(scheme, Comparator::less_equal, std::string(last)), SetOperation::intersect);
}

Result<Steps> mean_listed(Scheme scheme, const NativeText& at, std::string_view item) {
  if (!names_version(scheme, item)) return no_version(at, item);
  return steps_where(scheme, Comparator::equal, std::string(item));
}

// Items between commas, any of which may hold.
Result<Steps> read_items(Scheme scheme, NativeText text,
                         Result<Steps> (*mean)(Scheme scheme, const NativeText& at, std::string_view item)) {
  std::vector<Steps> items;
  do {
    const NativeText at = text;
    const std::string_view item = trimmed(take_while(text.rest, [](char c) { return c != ','; }));
    PRATIQUE_TRY(Steps steps, mean(scheme, at, item));
    items.push_back(std::move(steps));
  } while (take(text.rest, ','));
  return combined(scheme, std::move(items), SetOperation::unite);
}

}  // namespace

Result<Steps> read_intervals(Scheme scheme, NativeText text) {
  std::vector<Steps> intervals;
  do {
    text.skip_blanks();
    const bool is_interval = !text.at_end() && (text.rest.front() == '[' || text.rest.front() == '(');
    PRATIQUE_TRY(Steps steps, is_interval ? take_interval(scheme, text) : take_bare(scheme, text));
    intervals.push_back(std::move(steps));
    text.skip_blanks();
  } while (take(text.rest, ','));
  if (!text.at_end()) return text.malformed("',' or the end expected");
  return combined(scheme, std::move(intervals), SetOperation::unite);
}

Result<Steps> read_nginx(Scheme scheme, NativeText text) { return read_items(scheme, text, mean_nginx); }
Result<Steps> read_list(Scheme scheme, NativeText text) { return read_items(scheme, text, mean_listed); }

}  // namespace pratique
