// Where a package is, for people and for programs (docs/cli.md, "where -o json").
#pragma once

#include <string>

#include "app/render/table.h"
#include "flow/locate.h"

namespace pratique {

// What was asked, as the user wrote it, and the answer.
struct WhereReport {
  std::string purl, range;
  bool running = false, direct = false;
  LocateAnswer answer;
  std::vector<std::string> scope{};  // what the answer is limited to, a text for each scope
};

std::string render_where_table(const WhereReport& report, const Look& look);  // a line for each place in an artifact
std::string render_where_wide(const WhereReport& report, const Look& look);   // and for each workload that runs it
std::string render_where_json(const WhereReport& report);
Result<WhereReport> parse_where_json(std::string_view json);  // what render_where_json wrote. Fault: malformed
std::string render_where_jsonl(const WhereReport& report);    // an item a line, without ledger and unknown
std::string render_where_csv(const WhereReport& report);      // as wide
std::string render_where_name(const WhereReport& report);     // a digest a line

// "unknown: shop/cart:1 (runs and has no bill)", a line each; of many the first, and how many more.
std::vector<std::string> tell_where_unknown(const LocateAnswer& answer);

}  // namespace pratique
