#include <algorithm>
#include <map>
#include <vector>

#include "engine/match/match.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

bool is_called(const Finding& finding, std::string_view name) {
  return finding.id == name || std::find(finding.aliases.begin(), finding.aliases.end(), name) != finding.aliases.end();
}

bool fits_purl(const std::string& pattern, std::string_view purl) {
  if (purl.empty()) return false;
  const auto wanted = parse_purl(pattern);
  const auto found = parse_purl(purl);
  return wanted && found && matches(*wanted, *found);
}

class Vexing {
 public:
  Vexing(Match& match, const Bill& bill, std::span<const VexStatement> statements) : match_(match), bill_(bill) {
    for (const auto& statement : statements) {
      by_name_.emplace(statement.vulnerability, &statement);
      for (const auto& alias : statement.aliases) by_name_.emplace(alias, &statement);
    }
  }

  void run() {
    for (auto& finding : match_.findings) {
      const VexStatement* last = nullptr;
      consider(finding, finding.id, last);
      for (const auto& alias : finding.aliases) consider(finding, alias, last);
      if (last != nullptr) suppress(finding, *last);
    }
  }

 private:
  void consider(const Finding& finding, const std::string& name, const VexStatement*& last) const {
    const auto [first, end] = by_name_.equal_range(name);
    for (auto one = first; one != end; ++one)
      if ((last == nullptr || counts_more(*one->second, *last)) && is_about(*one->second, finding)) last = one->second;
  }

  // Of statements at one time the worse: affected, under investigation, fixed, not affected.
  static bool counts_more(const VexStatement& a, const VexStatement& b) {
    if (a.time != b.time) return a.time > b.time;
    return rank(a.status) > rank(b.status);
  }
  static int rank(VexStatus status) {
    switch (status) {
      case VexStatus::affected: return 3;
      case VexStatus::under_investigation: return 2;
      case VexStatus::fixed: return 1;
      case VexStatus::not_affected: break;
    }
    return 0;
  }

  bool is_about(const VexStatement& statement, const Finding& finding) const {
    if (!holds_version(statement, finding)) return false;
    if (!statement.subcomponent.empty())
      return is_subject(statement.product, statement) && is_package(statement.subcomponent, statement, finding);
    return is_package(statement.product, statement, finding) || is_subject(statement.product, statement);
  }

  static bool holds_version(const VexStatement& statement, const Finding& finding) {
    if (statement.range.empty()) return true;
    const auto range = parse_vers(statement.range);
    return range && contains(*range, finding.proof.installed).inside;
  }

  // Of the bill, where it is said of another document; of the statement's own document, which then is the bill.
  std::string_view ref_in_bill(std::string_view product, const VexStatement& statement) const {
    const std::size_t hash = product.find('#');
    if (hash == std::string_view::npos || bill_.serial.empty()) return {};
    std::string_view document = product.substr(0, hash);
    if (document.empty()) document = statement.document;
    if (document.starts_with("urn:cdx:")) document = document.substr(8, document.find('/') - 8);
    return bill_.serial.ends_with(document) && !document.empty() ? product.substr(hash + 1) : std::string_view();
  }

  bool is_subject(const std::string& product, const VexStatement& statement) const {
    const Subject& subject = bill_.subject;
    if (product.starts_with("pkg:")) return fits_purl(product, subject.purl) || fits_purl(product, listed_purl());
    if (subject.digest && product == subject.digest->text()) return true;
    const auto ref = ref_in_bill(product, statement);
    return !ref.empty() && ref == subject.ref;
  }

  std::string_view listed_purl() const {
    const auto listed = bill_.subject.listed;
    return listed < bill_.components.size() ? bill_.components[listed].purl : std::string_view();
  }

  bool is_package(const std::string& product, const VexStatement& statement, const Finding& finding) const {
    const auto fits = [&](std::uint32_t index) {
      if (index >= bill_.components.size()) return false;
      const Component& component = bill_.components[index];
      if (product.starts_with("pkg:")) return fits_purl(product, component.purl);
      if (product.starts_with("cpe:")) return product == component.cpe;
      const auto ref = ref_in_bill(product, statement);
      return !ref.empty() && ref == component.ref;
    };
    return fits(finding.component) && std::all_of(finding.elsewhere.begin(), finding.elsewhere.end(), fits);
  }

  static void suppress(Finding& finding, const VexStatement& statement) {
    if (statement.status != VexStatus::not_affected && statement.status != VexStatus::fixed) return;
    finding.suppressed = Suppression{.by = "vex",
                                     .status = std::string(name_of(statement.status)),
                                     .justification = statement.justification,
                                     .detail = statement.detail,
                                     .author = statement.author,
                                     .time = statement.time ? render_time(*statement.time) : "",
                                     .document = statement.document};
  }

  Match& match_;
  const Bill& bill_;
  std::multimap<std::string, const VexStatement*, std::less<>> by_name_;
};

}  // namespace

void apply_vex(Match& match, const Bill& bill, std::span<const VexStatement> statements) {
  Vexing(match, bill, statements).run();
}

void apply_ignores(Match& match, std::span<const IgnoreRule> rules, Time now) {
  for (auto& finding : match.findings) {
    if (finding.suppressed) continue;
    const auto purl = parse_purl(finding.purl);
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const IgnoreRule& one) {
      return now < one.expires && is_called(finding, one.id) &&
             (!one.package || (purl && matches(*one.package, *purl)));
    });
    if (rule == rules.end()) continue;
    finding.suppressed = Suppression{.by = "ignore",
                                     .status = {},
                                     .justification = {},
                                     .detail = rule->reason,
                                     .author = rule->author,
                                     .time = {},
                                     .document = rule->place};
  }
}

}  // namespace pratique
