// Judging a document against a specification: the rules (rules.h) walked along JSON or XML. Private to format/.
#pragma once

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "engine/format/judge/rules.h"
#include "model/bill.h"

namespace pratique {

// What is wrong, in the order found. Of each kind at most `most` are kept; the last then tells how many more there are.
class Complaints {
 public:
  static constexpr std::size_t most = 1000;

  void add(std::string place, std::string reason, bool is_doubt = false);
  std::vector<Rejected> take_errors() { return take(errors_); }
  std::vector<Rejected> take_doubts() { return take(doubts_); }

 private:
  struct Kind {
    std::vector<Rejected> kept;
    std::size_t more = 0;
  };
  static std::vector<Rejected> take(Kind& kind);
  Kind errors_, doubts_;
};

// The names that a document declares and uses.
class References {
 public:
  void declare(std::string_view name, bool is_loose, const std::string& place, Complaints& complaints);
  void use(std::string_view name, std::string place);
  // What was used and never declared, as doubts. Links into other documents ("urn:cdx:", "DocumentRef-") and
  // to what SPDX 3 itself names (".../ExpandedLicensing/NoneLicense") are not asked.
  void close(Complaints& complaints);

 private:
  std::unordered_set<std::string> declared_;
  std::vector<std::pair<std::string, std::string>> used_;  // each name once, and the first place
  std::unordered_set<std::string> seen_;
};

// Fault: malformed (not JSON, not XML), limit: then there is nothing to judge.
Result<void> judge_json(const Bytes& document, const Shape& root, unsigned version, const Limits& limits,
                        Complaints& complaints);
// The same for a document whose objects say by their "type" which shape they have, as in JSON-LD.
Result<void> judge_json_by_type(const Bytes& document, const Rules& rules, const Shape& root, unsigned version,
                                const Limits& limits, Complaints& complaints);
// SPDX tag-value, by the Tag shapes of the rules. Never fails: any text is lines.
void judge_tag_value(std::string_view text, const Rules& rules, unsigned version, Complaints& complaints);
// `name_space` is that of the version; elements of others are not looked into.
Result<void> judge_xml(const Bytes& document, const Shape& root, std::string_view root_name,
                       std::string_view name_space, unsigned version, const Limits& limits, Complaints& complaints);

}  // namespace pratique
