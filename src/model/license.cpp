#include "model/license.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "model/license_list.h"

namespace pratique {
namespace {

using Kind = LicenseExpression::Kind;

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

std::string in_listed_case(std::string_view id, std::string_view listed) {
  for (const std::string_view special : {"NONE", "NOASSERTION"})
    if (equal_ignoring_case(id, special)) return std::string(special);
  return std::string(listed.empty() ? id : listed);
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
    license.id = refers ? std::string(id) : in_listed_case(id, listed_license(id));
    if (license.or_later && is_special(license.id)) return expected("a license");
    advance();
    if (!take("WITH", "with")) return license;
    const bool refers_to_addition = is_reference(token_, "AdditionRef-");
    if (is_special(license.id) || is_operator() || (!refers_to_addition && !is_list_id(token_)))
      return expected("an exception");
    license.addition = refers_to_addition ? std::string(token_) : in_listed_case(token_, listed_exception(token_));
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
  PRATIQUE_TRY(LicenseExpression expression, Parser(text).parse());
  // Its canonical text must be readable as well, which may have more blanks: "(A OR B)AND(C OR D)".
  if (text.size() > LicenseExpression::longest / 2 && render_license(expression).size() > LicenseExpression::longest)
    return Error{Fault::limit, "longer than " + std::to_string(LicenseExpression::longest) + " bytes", {}, {}};
  return expression;
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
