// What `scan` found, in the formats that other programs read (docs/reports.md). All are deterministic: the same report
// gives the same bytes. Texts from outside are escaped by the rules of the format they go into, and where people read
// them they are made printable first; links are written only where they are http(s) and plain. The surprise: what could
// not be judged is said in every format that has a place for it, so that no report looks clean that is not.
#pragma once

#include <string>
#include <string_view>

#include "app/render/scan.h"
#include "base/result.h"

namespace pratique {

// OASIS SARIF 2.1.0: a rule a vulnerability, a result a finding, suppressed ones with the reason; failures and what is
// unknown as notifications of the invocation.
std::string render_scan_sarif(const ScanReport& report);

// CycloneDX 1.6 JSON: a vulnerability disclosure report with the affected packages alone.
std::string render_scan_cyclonedx(const ScanReport& report);

// OpenVEX 0.2.0: affected where nothing else is known, else what the suppression says.
std::string render_scan_openvex(const ScanReport& report);

// JUnit XML: a suite an artifact, a failed case a finding; a skipped case where nobody knows, an error for a bill that
// could not be read.
std::string render_scan_junit(const ScanReport& report);

// GitLab's container scanning report, schema 15.2.1.
std::string render_scan_gitlab(const ScanReport& report);

// GitHub's dependency submission API: every package of every bill, for Dependabot to judge. Needs Scanned::bill.
struct GithubJob {
  std::string sha;  // of the commit, 40 hex digits
  std::string ref;  // "refs/heads/main"
};
// Fault: usage, where the job is not told.
Result<std::string> render_scan_github(const ScanReport& report, const GithubJob& job);

// A comment for a merge request: a table an artifact, and the ledger.
std::string render_scan_markdown(const ScanReport& report);

}  // namespace pratique
