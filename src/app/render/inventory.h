// The inventory's answers for people and for programs (docs/inventory.md, docs/cli.md): what `vuln`, `artifact`, `top`,
// `coverage` and `diff` print.
#pragma once

#include <string>
#include <string_view>

#include "app/render/table.h"
#include "flow/inspect.h"
#include "flow/survey.h"
#include "flow/vulnerability.h"

namespace pratique {

// One answer in every form.
struct InventoryText {
  std::string head;   // in front of the table, printable
  Table table;        // also what CSV holds
  std::string tail;   // behind the table
  std::string json;   // one document with apiVersion, kind, ledger and items
  std::string jsonl;  // an item a line
};
InventoryText tell_vulnerability(const VulnerabilityAnswer& answer, const QueryScope& scope);
InventoryText tell_artifact(const ArtifactReport& report, const QueryScope& scope);
InventoryText tell_survey(const SurveyAnswer& answer, const QueryScope& scope);
InventoryText tell_top(const TopAnswer& answer, const QueryScope& scope);
InventoryText tell_changes(const ChangesAnswer& answer, Time from, Time to);

// "table", "json", "jsonl" or "csv".
std::string render_inventory(const InventoryText& text, std::string_view format, const Look& look);

}  // namespace pratique
