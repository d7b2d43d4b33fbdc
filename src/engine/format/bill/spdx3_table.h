// Words of SPDX 3.0.1 and what they are in a Bill: read by one table and written by it. Private to format/.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "model/bill.h"

namespace pratique::spdx3 {

struct Purpose {
  std::string_view name;
  ComponentType type;
};
inline constexpr std::array<Purpose, 13> purposes = {{{"library", ComponentType::library},
                                                      {"application", ComponentType::application},
                                                      {"framework", ComponentType::framework},
                                                      {"container", ComponentType::container},
                                                      {"operatingSystem", ComponentType::operating_system},
                                                      {"device", ComponentType::device},
                                                      {"deviceDriver", ComponentType::driver},
                                                      {"firmware", ComponentType::firmware},
                                                      {"platform", ComponentType::platform},
                                                      {"file", ComponentType::file},
                                                      {"data", ComponentType::data},
                                                      {"model", ComponentType::machine_learning_model},
                                                      {"other", ComponentType::other}}};
// Purposes that are no type, as detail `purpose` has them: those that SPDX 2 has, too, by its words.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 16> other_purposes = {
    {{"source", "SOURCE"},
     {"archive", "ARCHIVE"},
     {"install", "INSTALL"},
     {"bom", "bom"},
     {"configuration", "configuration"},
     {"diskImage", "diskImage"},
     {"documentation", "documentation"},
     {"evidence", "evidence"},
     {"executable", "executable"},
     {"filesystemImage", "filesystemImage"},
     {"manifest", "manifest"},
     {"module", "module"},
     {"patch", "patch"},
     {"requirement", "requirement"},
     {"specification", "specification"},
     {"test", "test"}}};

// Types of external references; CycloneDX's word where it has one.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 46> references = {
    {{"altDownloadLocation", "distribution"},
     {"altWebPage", "website"},
     {"binaryArtifact", "binary-artifact"},
     {"bower", "bower"},
     {"buildMeta", "build-meta"},
     {"buildSystem", "build-system"},
     {"certificationReport", "certification-report"},
     {"chat", "chat"},
     {"componentAnalysisReport", "component-analysis-report"},
     {"cwe", "cwe"},
     {"documentation", "documentation"},
     {"dynamicAnalysisReport", "dynamic-analysis-report"},
     {"eolNotice", "eol-notice"},
     {"exportControlAssessment", "export-control-assessment"},
     {"funding", "funding"},
     {"issueTracker", "issue-tracker"},
     {"license", "license"},
     {"mailingList", "mailing-list"},
     {"mavenCentral", "maven-central"},
     {"metrics", "quality-metrics"},
     {"npm", "npm"},
     {"nuget", "nuget"},
     {"other", "other"},
     {"privacyAssessment", "privacy-assessment"},
     {"productMetadata", "product-metadata"},
     {"purchaseOrder", "purchase-order"},
     {"qualityAssessmentReport", "quality-assessment-report"},
     {"releaseHistory", "release-history"},
     {"releaseNotes", "release-notes"},
     {"riskAssessment", "risk-assessment"},
     {"runtimeAnalysisReport", "runtime-analysis-report"},
     {"secureSoftwareAttestation", "attestation"},
     {"securityAdversaryModel", "adversary-model"},
     {"securityAdvisory", "advisories"},
     {"securityFix", "fix"},
     {"securityOther", "security-other"},
     {"securityPenTestReport", "pentest-report"},
     {"securityPolicy", "security-policy"},
     {"securityThreatModel", "threat-model"},
     {"socialMedia", "social"},
     {"sourceArtifact", "source-distribution"},
     {"staticAnalysisReport", "static-analysis-report"},
     {"support", "support"},
     {"vcs", "vcs"},
     {"vulnerabilityDisclosureReport", "vulnerability-assertion"},
     {"vulnerabilityExploitabilityAssessment", "exploitability-statement"}}};

// The second of the pair whose first is `word`, or the other way round; empty where there is none.
template <class Table>
constexpr std::string_view second_of(const Table& table, std::string_view word) {
  for (const auto& [first, second] : table)
    if (first == word) return second;
  return {};
}
template <class Table>
constexpr std::string_view first_of(const Table& table, std::string_view word) {
  for (const auto& [first, second] : table)
    if (second == word) return first;
  return {};
}

}  // namespace pratique::spdx3
