// The inventory's answers for people and for programs (docs/inventory.md, docs/cli.md): what `vuln`, `artifact`, `top`,
// `coverage`, `diff` and `where --group-by` print.
//
// An answer is a document: `-o json` prints it, a server sends it, and every other form is a view of it. So an answer
// looks the same wherever it comes from.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "app/render/table.h"
#include "base/result.h"
#include "flow/inspect.h"
#include "flow/survey.h"
#include "flow/vulnerability.h"

namespace pratique {

// One object with apiVersion, kind and items; a list has its ledger.
nlohmann::ordered_json document_of(const VulnerabilityAnswer& answer, const QueryScope& scope);
nlohmann::ordered_json document_of(const ArtifactReport& report, const QueryScope& scope);
nlohmann::ordered_json document_of(const SurveyAnswer& answer, const QueryScope& scope);
nlohmann::ordered_json document_of(const TopAnswer& answer, const QueryScope& scope);
nlohmann::ordered_json document_of(const ChangesAnswer& answer, Time from, Time to, const QueryScope& scope);

// What a server wrote, which may be of any kind. Fault: malformed.
Result<nlohmann::ordered_json> parse_document(std::string_view json);

// "table", "json", "jsonl" (an item a line) or "csv". Fault: malformed, for a document that is none of ours.
Result<std::string> render_document(const nlohmann::ordered_json& document, std::string_view format, const Look& look);
// What is said beside it: what is unknown, where a page goes on, the ledger. Fault: as render_document.
Result<std::vector<std::string>> notes_on(const nlohmann::ordered_json& document);

}  // namespace pratique
