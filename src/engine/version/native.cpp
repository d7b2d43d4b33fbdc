// Native ranges made of comparators: which characters join them in each notation, and who knows what they mean.
#include "engine/version/native.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::size_t max_bytes = std::size_t{64} << 10;

// How a notation writes and joins comparators. Blanks between two mean "and" everywhere.
struct Notation {
  Meaning mean = mean_plain;
  std::string_view operators = "<>=!";                    // the characters that operators are made of
  std::array<std::string_view, 2> either = {"||", "||"};  // what separates alternatives
  std::array<std::string_view, 2> both = {",", ","};      // what may stand between two that must both hold
  std::string_view anything = "*";                        // the word for every version
  bool has_hyphen_ranges = false;                         // "1.0 - 2.0"
  bool nothing_is_anything = false;                       // an empty alternative holds every version
  bool has_options = false;                               // behind a comma: not part of the range
};

Notation notation_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::npm:
      return {.mean = mean_node, .operators = "<>=~^", .has_hyphen_ranges = true, .nothing_is_anything = true};
    case Scheme::pub: return {.mean = mean_node, .operators = "<>=^", .anything = "any"};
    case Scheme::cargo: return {.mean = mean_cargo, .operators = "<>=~^"};
    case Scheme::hex: return {.mean = mean_hex, .operators = "<>=!~", .either = {"or", "||"}, .both = {"and", "&&"}};
    case Scheme::composer:
      return {.mean = mean_composer, .operators = "<>=!~^", .either = {"||", "|"}, .has_hyphen_ranges = true};
    case Scheme::pypi: return {.mean = mean_pypi, .operators = "<>=!~"};
    case Scheme::gem: return {.mean = mean_gem, .operators = "<>=!~"};
    case Scheme::deb: return {.mean = mean_deb, .either = {"|", "|"}};
    case Scheme::apk: return {.mean = mean_apk, .operators = "<>=~"};
    case Scheme::hackage: return {.mean = mean_hackage, .operators = "<>=^", .both = {"&&", ","}, .anything = "-any"};
    case Scheme::conda: return {.mean = mean_conda, .operators = "<>=!~", .either = {"|", "||"}};
    case Scheme::conan:
      return {.mean = mean_conan, .operators = "<>=~^", .both = {"", ""}, .anything = "", .has_options = true};
    default: return {};
  }
}

class ComparatorReader {
 public:
  ComparatorReader(Scheme scheme, const Notation& notation, NativeText text)
      : scheme_(scheme), notation_(notation), text_(text) {}

  // alternative { either alternative } [options]
  Result<Steps> read() {
    std::vector<Steps> alternatives;
    do {
      PRATIQUE_TRY(Steps alternative, read_alternative());
      alternatives.push_back(std::move(alternative));
    } while (take_any(notation_.either));
    if (notation_.has_options && take(text_.rest, ',')) text_.rest = {};
    if (!text_.at_end()) return text_.malformed("a version or the end expected");
    return combined(scheme_, std::move(alternatives), SetOperation::unite);
  }

 private:
  // comparator { [both] comparator }
  Result<Steps> read_alternative() {
    std::vector<Steps> parts;
    for (bool expected = !notation_.nothing_is_anything;; expected = take_any(notation_.both)) {
      text_.skip_blanks();
      if (!expected && (text_.at_end() || begins_any(notation_.either) || text_.rest.front() == ',')) break;
      PRATIQUE_TRY(Steps part, read_comparator());
      parts.push_back(std::move(part));
    }
    return combined(scheme_, std::move(parts), SetOperation::intersect);
  }

  Result<Steps> read_comparator() {
    const NativeText at = text_;
    const std::string_view op =
        take_while(text_.rest, [&](char c) { return notation_.operators.find(c) != std::string_view::npos; });
    PRATIQUE_TRY(const std::string_view version, take_version());
    if (op.empty() && version == notation_.anything) return all_steps(scheme_);
    if (op.empty() && notation_.has_hyphen_ranges && take_hyphen()) {
      PRATIQUE_TRY(const std::string_view upper, take_version());
      return mean_hyphen(scheme_, at, version, upper);
    }
    return notation_.mean(scheme_, at, op, version);
  }

  Result<std::string_view> take_version() {
    text_.skip_blanks();
    std::size_t end = 0;
    while (end < text_.rest.size() && !ends_version(text_.rest.substr(end))) ++end;
    const std::string_view version = text_.rest.substr(0, end);
    if (version.empty()) return text_.malformed("a version expected");
    const bool is_wildcard = version == notation_.anything || version.find_first_of("*xX") != std::string_view::npos;
    if (!is_wildcard && scheme_ != Scheme::lexicographic && !names_version(scheme_, version))
      return text_.malformed("'" + std::string(version.substr(0, 80)) + "' is no version");
    text_.rest.remove_prefix(end);
    return version;
  }

  static bool ends_version(std::string_view rest) {
    constexpr std::string_view never_in_versions = ",|<>=&()";
    return blank(rest.front()) || never_in_versions.find(rest.front()) != std::string_view::npos ||
           rest.starts_with("!=");
  }

  bool take_hyphen() {
    std::string_view ahead = text_.rest;
    if (take_while(ahead, blank).empty() || !take(ahead, '-') || take_while(ahead, blank).empty()) return false;
    text_.rest = ahead;
    return true;
  }

  bool begins_any(const std::array<std::string_view, 2>& separators) const {
    return std::any_of(separators.begin(), separators.end(), [&](std::string_view separator) {
      return !separator.empty() && text_.rest.starts_with(separator);
    });
  }
  bool take_any(const std::array<std::string_view, 2>& separators) {
    text_.skip_blanks();
    return std::any_of(separators.begin(), separators.end(),
                       [&](std::string_view separator) { return !separator.empty() && text_.take_text(separator); });
  }

  Scheme scheme_;
  Notation notation_;
  NativeText text_;
};

// Package relations are often written with their parentheses.
std::string_view without_parentheses(std::string_view text) {
  text = trim(text);
  if (text.starts_with('(') && text.ends_with(')')) text = trim(text.substr(1, text.size() - 2));
  return text;
}

Result<Steps> read_native(Scheme scheme, std::string_view text) {
  switch (scheme) {
    case Scheme::maven:
    case Scheme::nuget: return read_intervals(scheme, NativeText(text));
    case Scheme::nginx: return read_nginx(scheme, NativeText(text));
    case Scheme::openssl:
      if (text.find_first_of("<>") == std::string_view::npos) return read_list(scheme, NativeText(text));
      break;
    case Scheme::deb:
    case Scheme::rpm:
    case Scheme::cran: text = without_parentheses(text); break;
    default: break;
  }
  return ComparatorReader(scheme, notation_of(scheme), NativeText(text)).read();
}

Result<void> check_size(std::string_view text) {
  if (text.size() <= max_bytes) return {};
  return Error{Fault::limit, "a version range longer than " + human_bytes(max_bytes), {}, {}};
}

std::string cut(std::string_view text) {
  constexpr std::size_t enough = 80;
  return text.size() <= enough ? std::string(text) : std::string(text.substr(0, enough)) + "...";
}

// A range that no version can be in was meant otherwise: never let it read as "nothing is affected".
Result<Vers> possible(Vers vers, std::string_view text) {
  if (!is_empty(vers) || trim(text) == "none") return vers;
  return Error{Fault::malformed, "no version can be in this range", {cut(text)}, {}};
}

}  // namespace

Error NativeText::malformed(std::string text, std::string remedy) const {
  const std::size_t at = whole_.size() - rest.size() + 1;
  return Error{Fault::malformed, std::move(text), {cut(whole_), "character " + std::to_string(at)}, std::move(remedy)};
}

Result<Vers> vers_from_native(Scheme scheme, std::string_view text) {
  PRATIQUE_DO(check_size(text));
  PRATIQUE_TRY(Steps steps, read_native(scheme, text));
  return possible(vers_of(std::move(steps)), text);
}

Result<Vers> vers_from_github(Scheme scheme, std::string_view text) {
  PRATIQUE_DO(check_size(text));
  PRATIQUE_TRY(Steps steps, ComparatorReader(scheme, Notation{}, NativeText(text)).read());
  return possible(vers_of(std::move(steps)), text);
}

}  // namespace pratique
