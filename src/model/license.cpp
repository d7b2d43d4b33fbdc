#include "model/license.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace pratique {
namespace {

using Kind = LicenseExpression::Kind;

// Identifiers that documents write in other cases, blank between. No list to validate against.
constexpr std::string_view common_id_text =
    "0BSD AFL-2.1 AFL-3.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 APSL-2.0 Artistic-1.0 "
    "Artistic-1.0-Perl Artistic-2.0 Beerware BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent "
    "BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSD-4-Clause-UC BSD-Source-Code BSL-1.0 "
    "bzip2-1.0.6 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CPL-1.0 curl ECL-2.0 "
    "EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 FSFAP FSFUL FSFULLR FTL GFDL-1.1 GFDL-1.2 GFDL-1.2-only GFDL-1.2-or-later "
    "GFDL-1.3 GFDL-1.3-only GFDL-1.3-or-later GPL-1.0 GPL-1.0-only GPL-1.0-or-later GPL-2.0 GPL-2.0-only "
    "GPL-2.0-or-later GPL-2.0-with-autoconf-exception GPL-2.0-with-bison-exception "
    "GPL-2.0-with-classpath-exception GPL-2.0-with-font-exception GPL-2.0-with-GCC-exception GPL-3.0 GPL-3.0-only "
    "GPL-3.0-or-later GPL-3.0-with-autoconf-exception GPL-3.0-with-GCC-exception HPND ICU IJG ImageMagick "
    "Info-ZIP IPL-1.0 ISC JSON LGPL-2.0 LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later "
    "LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later Libpng libpng-2.0 libtiff MIT MIT-0 MIT-CMU MPL-1.0 MPL-1.1 MPL-2.0 "
    "MPL-2.0-no-copyleft-exception MS-PL MS-RL MulanPSL-2.0 NCSA NONE NOASSERTION OFL-1.1 OpenSSL OSL-3.0 PHP-3.0 "
    "PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 Python-2.0.1 QPL-1.0 Ruby Sleepycat SMLNJ SSPL-1.0 TCL Unicode-3.0 "
    "Unicode-DFS-2015 Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C WTFPL X11 Zlib zlib-acknowledgement ZPL-2.0 "
    "ZPL-2.1";

constexpr std::string_view common_addition_text =
    "Autoconf-exception-2.0 Autoconf-exception-3.0 Bison-exception-2.2 Bootloader-exception "
    "Classpath-exception-2.0 eCos-exception-2.0 FLTK-exception Font-exception-2.0 GCC-exception-2.0 "
    "GCC-exception-3.1 Libtool-exception Linux-syscall-note LLVM-exception OCaml-LGPL-linking-exception "
    "OpenJDK-assembly-exception-1.0 Qt-GPL-exception-1.0 Swift-exception u-boot-exception-2.0 "
    "Universal-FOSS-exception-1.0 WxWindows-exception-3.1";

// Deprecated identifiers that hold an addition.
struct OldSpelling {
  std::string_view id, license, addition;
};
constexpr OldSpelling old_spellings[] = {
    {"gpl-2.0-with-autoconf-exception", "gpl-2.0", "autoconf-exception-2.0"},
    {"gpl-2.0-with-bison-exception", "gpl-2.0", "bison-exception-2.2"},
    {"gpl-2.0-with-classpath-exception", "gpl-2.0", "classpath-exception-2.0"},
    {"gpl-2.0-with-font-exception", "gpl-2.0", "font-exception-2.0"},
    {"gpl-2.0-with-gcc-exception", "gpl-2.0", "gcc-exception-2.0"},
    {"gpl-3.0-with-autoconf-exception", "gpl-3.0", "autoconf-exception-3.0"},
    {"gpl-3.0-with-gcc-exception", "gpl-3.0", "gcc-exception-3.1"},
};

constexpr std::size_t count_words(std::string_view text) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
}

template <std::size_t count>
constexpr std::array<std::string_view, count> words_of(std::string_view text) {
  std::array<std::string_view, count> words;
  for (auto& word : words) {
    const auto end = std::min(text.find(' '), text.size());
    word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

constexpr auto common_ids = words_of<count_words(common_id_text)>(common_id_text);
constexpr auto common_additions = words_of<count_words(common_addition_text)>(common_addition_text);

std::string in_known_case(std::string_view id, std::span<const std::string_view> known) {
  for (const auto word : known)
    if (word.size() == id.size() && equal_ignoring_case(word, id)) return std::string(word);
  return std::string(id);
}

bool is_special(std::string_view id) { return id == "NONE" || id == "NOASSERTION"; }

// One letter or digit at least; letters, digits, '-' and '.'.
bool is_idstring(std::string_view text) {
  const auto is_alphanumeric = [](char c) { return is_alpha(c) || is_digit(c); };
  const auto fits = [&](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; };
  return std::any_of(text.begin(), text.end(), is_alphanumeric) && std::all_of(text.begin(), text.end(), fits);
}

// "[DocumentRef-x:]LicenseRef-y"; only what stands behind the prefixes is free.
bool is_reference(std::string_view text, std::string_view prefix) {
  constexpr std::string_view document = "DocumentRef-";
  if (text.starts_with(document)) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !is_idstring(text.substr(document.size(), colon - document.size())))
      return false;
    text.remove_prefix(colon + 1);
  }
  return text.starts_with(prefix) && is_idstring(text.substr(prefix.size()));
}

// What may be on SPDX's list; the prefixes of references are in one case alone.
bool is_list_id(std::string_view text) {
  for (const std::string_view prefix : {"LicenseRef-", "AdditionRef-", "DocumentRef-"})
    if (equal_ignoring_case(text.substr(0, prefix.size()), prefix)) return false;
  return is_idstring(text);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { advance(); }

  Result<LicenseExpression> parse() {
    PRATIQUE_TRY(LicenseExpression expression, any_of());
    if (!token_.empty()) return expected("an operator");
    return expression;
  }

 private:
  Error malformed(std::string text) const {
    return {Fault::malformed, std::move(text), {"column " + std::to_string(start_ + 1)}, {}};
  }

  Error expected(std::string_view what) const {
    const std::string found = token_.empty() ? "the end" : "'" + std::string(token_.substr(0, 40)) + "'";
    return malformed(std::string(what) + " expected, not " + found);
  }

  // The next word or parenthesis; empty at the end.
  void advance() {
    start_ = std::min(text_.find_first_not_of(' ', end_), text_.size());
    end_ = start_;
    if (end_ < text_.size() && (text_[end_] == '(' || text_[end_] == ')'))
      ++end_;
    else
      end_ = std::min(text_.find_first_of(" ()", end_), text_.size());
    token_ = text_.substr(start_, end_ - start_);
  }

  bool take(std::string_view upper, std::string_view lower_case) {
    if (token_ != upper && token_ != lower_case) return false;
    advance();
    return true;
  }

  static void join(LicenseExpression& left, LicenseExpression right, Kind kind) {
    if (left.kind != kind)
      left = LicenseExpression{.kind = kind, .id = {}, .addition = {}, .operands = {std::move(left)}};
    if (right.kind != kind)
      left.operands.push_back(std::move(right));
    else
      std::move(right.operands.begin(), right.operands.end(), std::back_inserter(left.operands));
  }

  Result<LicenseExpression> any_of() {
    PRATIQUE_TRY(LicenseExpression left, all_of());
    while (take("OR", "or")) {
      PRATIQUE_TRY(LicenseExpression right, all_of());
      if (is_special(left.id) || is_special(right.id)) return malformed("NONE and NOASSERTION are no choice");
      join(left, std::move(right), Kind::any_of);
    }
    return left;
  }

  Result<LicenseExpression> all_of() {
    PRATIQUE_TRY(LicenseExpression left, term());
    while (take("AND", "and")) {
      PRATIQUE_TRY(LicenseExpression right, term());
      join(left, std::move(right), Kind::all_of);
    }
    return left;
  }

  Result<LicenseExpression> term() {
    if (token_ != "(") return license();
    if (++depth_ > LicenseExpression::deepest)
      return Error{Fault::limit,
                   "deeper than " + std::to_string(LicenseExpression::deepest) + " parentheses",
                   {"column " + std::to_string(start_ + 1)},
                   {}};
    advance();
    PRATIQUE_TRY(LicenseExpression inner, any_of());
    if (token_ != ")") return expected("')'");
    advance();
    --depth_;
    return inner;
  }

  bool is_operator() const {
    for (const std::string_view word : {"AND", "and", "OR", "or", "WITH", "with"})
      if (token_ == word) return true;
    return false;
  }

  Result<LicenseExpression> license() {
    LicenseExpression license;
    const bool refers = is_reference(token_, "LicenseRef-");
    std::string_view id = token_;
    if (!refers && id.ends_with('+')) {
      license.or_later = true;
      id.remove_suffix(1);
    }
    if (is_operator() || (!refers && !is_list_id(id))) return expected("a license");
    license.id = refers ? std::string(id) : in_known_case(id, common_ids);
    if (license.or_later && is_special(license.id)) return expected("a license");
    advance();
    if (!take("WITH", "with")) return license;
    const bool refers_to_addition = is_reference(token_, "AdditionRef-");
    if (is_special(license.id) || is_operator() || (!refers_to_addition && !is_list_id(token_)))
      return expected("an exception");
    license.addition = refers_to_addition ? std::string(token_) : in_known_case(token_, common_additions);
    advance();
    return license;
  }

  std::string_view text_;
  std::string_view token_;
  std::size_t start_ = 0, end_ = 0;
  std::size_t depth_ = 0;
};

std::string license_text(const LicenseExpression& license) {
  std::string out = license.id;
  if (license.or_later) out += '+';
  if (!license.addition.empty()) out.append(" WITH ").append(license.addition);
  return out;
}

void collect(const LicenseExpression& expression, std::vector<std::string>& licenses) {
  if (expression.kind != Kind::license) {
    for (const auto& operand : expression.operands) collect(operand, licenses);
    return;
  }
  std::string text = license_text(expression);
  if (std::find(licenses.begin(), licenses.end(), text) == licenses.end()) licenses.push_back(std::move(text));
}

// What is compared: lower case, one spelling of "only" and of "or later".
struct Key {
  std::string license, addition;
  bool or_later;
  std::string text() const { return license + (or_later ? "+" : "") + (addition.empty() ? "" : " with " + addition); }
};

Key key_of(const LicenseExpression& license) {
  constexpr std::string_view only = "-only", or_later = "-or-later";
  Key key{lower(license.id), lower(license.addition), license.or_later};
  if (key.license.ends_with(only)) key.license.resize(key.license.size() - only.size());
  if (key.license.ends_with(or_later)) {
    key.license.resize(key.license.size() - or_later.size());
    key.or_later = true;
  }
  for (const auto& old : old_spellings)
    if (key.license == old.id && key.addition.empty()) {
      key.license = old.license;
      key.addition = old.addition;
      break;
    }
  return key;
}

}  // namespace

Result<LicenseExpression> parse_license(std::string_view text) {
  if (text.size() > LicenseExpression::longest)
    return Error{Fault::limit, "longer than " + std::to_string(LicenseExpression::longest) + " bytes", {}, {}};
  return Parser(text).parse();
}

std::string render_license(const LicenseExpression& expression) {
  if (expression.kind == Kind::license) return license_text(expression);
  std::string out;
  for (const auto& operand : expression.operands) {
    if (!out.empty()) out += expression.kind == Kind::all_of ? " AND " : " OR ";
    const bool needs_parentheses = operand.kind == Kind::any_of;
    out += needs_parentheses ? "(" + render_license(operand) + ")" : render_license(operand);
  }
  return out;
}

std::vector<std::string> licenses_of(const LicenseExpression& expression) {
  std::vector<std::string> licenses;
  collect(expression, licenses);
  return licenses;
}

bool LicenseSet::contains(const LicenseExpression& license) const {
  return std::binary_search(keys_.begin(), keys_.end(), key_of(license).text());
}

Result<LicenseSet> parse_license_set(const std::vector<std::string>& licenses) {
  LicenseSet set;
  for (const auto& text : licenses) {
    auto license = parse_license(text);
    if (!license) return std::move(license).error().in(text);
    if (license->kind != Kind::license)
      return Error{Fault::malformed, "one license expected, not an expression of several", {text}, {}};
    set.keys_.push_back(key_of(*license).text());
  }
  std::sort(set.keys_.begin(), set.keys_.end());
  return set;
}

bool satisfies(const LicenseExpression& expression, const LicenseSet& accepted) {
  const auto holds = [&](const LicenseExpression& operand) { return satisfies(operand, accepted); };
  const auto& operands = expression.operands;
  if (expression.kind == Kind::all_of) return std::all_of(operands.begin(), operands.end(), holds);
  if (expression.kind == Kind::any_of) return std::any_of(operands.begin(), operands.end(), holds);
  if (accepted.contains(expression)) return true;
  const Key key = key_of(expression);
  return key.or_later &&
         accepted.contains({.kind = Kind::license, .id = key.license, .addition = key.addition, .operands = {}});
}

}  // namespace pratique
