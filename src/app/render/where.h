// Where a package is, for people and for programs (docs/cli.md, "where -o json").
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

#include "app/render/table.h"
#include "flow/grouping.h"
#include "flow/locate.h"

namespace pratique {

// What was asked, as the user wrote it, and the answer.
struct WhereReport {
  std::string purl, range;
  bool running = false, direct = false;
  LocateAnswer answer;
  Period when{};
  KnownWhen known = KnownWhen::then;
  std::pair<std::string, std::string> trait{};  // instead of a purl: ("license", "MIT")
  std::optional<std::string> registry{};        // as QueryScope has it
  std::vector<std::string> scope{};             // what the answer is limited to, a text for each scope
};

std::string render_where_table(const WhereReport& report, const Look& look);  // a line for each place in an artifact
std::string render_where_wide(const WhereReport& report, const Look& look);   // and for each workload that runs it
std::string render_where_json(const WhereReport& report);
Result<WhereReport> parse_where_json(std::string_view json);  // what render_where_json wrote. Fault: malformed
std::string render_where_jsonl(const WhereReport& report);    // an item a line, without ledger and unknown
std::string render_where_csv(const WhereReport& report);      // as wide
std::string render_where_name(const WhereReport& report);     // a digest a line

// Added up, of an answer that holds all artifacts (app/render/inventory.h shows it).
nlohmann::ordered_json document_of_groups(const WhereReport& report, GroupBy by);

// What is said beside it: what is unknown, where a page goes on, the ledger.
std::vector<std::string> notes_on(const WhereReport& report);

}  // namespace pratique
