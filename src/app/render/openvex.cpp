// OpenVEX 0.2.0 (openvex/spec, "The VEX Statement"): a statement a finding.
#include <algorithm>
#include <array>

#include "app/render/report_parts.h"
#include "app/render/reports.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

bool is_justification(std::string_view word) {
  constexpr std::array<std::string_view, 5> words = {
      "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
      "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

Json product_of(const Scanned& artifact, const Finding& finding) {
  const std::string package = purl_of(finding);
  if (artifact.purl.empty()) return Json{{"@id", package}};
  Json product{{"@id", artifact.purl}};
  if (artifact.digest.starts_with("sha256:")) product["hashes"] = {{"sha-256", artifact.digest.substr(7)}};
  product["subcomponents"] = Json::array({{{"@id", package}}});
  return product;
}

std::string action_of(const Finding& finding) {
  if (finding.suppressed) return "None for now: " + reason_of(*finding.suppressed);
  if (!finding.fixed.empty()) return "Upgrade to " + finding.fixed.front() + " or later.";
  return finding.fix_state == FixState::wont_fix ? "There will be no fix: replace the package."
                                                 : "No version mends it yet.";
}

// What nobody has contested is affected; so is what a rule ignores, which says nothing about the vulnerability.
void add_status(Json& statement, const Finding& finding) {
  const auto& suppressed = finding.suppressed;
  if (!suppressed || (suppressed->status != "not_affected" && suppressed->status != "fixed")) {
    statement["status"] = "affected";
    statement["action_statement"] = action_of(finding);
    return;
  }
  statement["status"] = suppressed->status;
  statement["status_notes"] = reason_of(*suppressed);
  if (suppressed->status == "fixed") return;
  if (is_justification(suppressed->justification)) statement["justification"] = suppressed->justification;
  if (!suppressed->detail.empty() || !is_justification(suppressed->justification))
    statement["impact_statement"] = suppressed->detail.empty() ? reason_of(*suppressed) : suppressed->detail;
}

}  // namespace

std::string render_scan_openvex(const ScanReport& report) {
  Json statements = Json::array();
  for (const auto& artifact : report.artifacts)
    for (const auto& finding : artifact.match.findings) {
      Json vulnerability{{"name", finding.id}};
      if (!finding.aliases.empty()) vulnerability["aliases"] = finding.aliases;
      Json statement{{"vulnerability", std::move(vulnerability)},
                     {"products", Json::array({product_of(artifact, finding)})}};
      add_status(statement, finding);
      statements.push_back(std::move(statement));
    }
  const std::string time = render_time(report.time);
  const std::string id =
      "urn:uuid:" + uuid_of(time + "\n" + statements.dump(-1, ' ', false, Json::error_handler_t::replace));
  return render_report(Json{{"@context", "https://openvex.dev/ns/v0.2.0"},
                            {"@id", id},
                            {"author", "pratique"},
                            {"role", "scanner"},
                            {"timestamp", time},
                            {"version", 1},
                            {"tooling", "pratique " + report.tool_version},
                            {"statements", std::move(statements)}});
}

}  // namespace pratique
