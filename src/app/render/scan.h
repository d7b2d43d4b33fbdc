// What `scan` found, for people and for programs (docs/cli.md, "scan -o json"). The formats of others are in reports.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/render/table.h"
#include "base/clock.h"
#include "model/bill.h"
#include "model/finding.h"

namespace pratique {

// One document that was scanned.
struct Scanned {
  std::string target;  // as the user named it
  std::string name;    // of the subject
  std::string version, purl;
  std::string digest;  // of the subject; may be empty
  std::string distro;  // "debian-12"; may be empty
  std::string format;  // "spdx-json 2.3"
  Match match;
  std::vector<Rejected> rejected;  // parts of the document set aside
  std::string failed;              // why it could not be judged at all; empty when it was
  std::optional<Bill> bill;        // kept for the formats that list every package, else not
  std::optional<Health> settled;   // told before findings were left out of what is shown; else empty
  Health health() const { return settled ? *settled : failed.empty() ? match.health() : Health::failed; }
};

struct ScanReport {
  std::vector<Scanned> artifacts;
  std::string generation;  // of the advisory database
  Time time{};             // of the scan
  std::string tool_version;
  Ledger ledger() const;
};

struct ScanColumns {
  bool wide = false;    // also the reference for `explain`, advisory, range, comparator and path
  bool by_cve = false;  // a line a vulnerability and not a finding; `wide` means nothing then
};

// One line a finding, severest first within each artifact. Where findings are suppressed a column says why.
std::string render_scan_table(const ScanReport& report, const ScanColumns& columns, const Look& look);
std::string render_scan_json(const ScanReport& report);
std::string render_scan_jsonl(const ScanReport& report);  // a finding a line
std::string render_scan_csv(const ScanReport& report);    // likewise
std::string render_scan_names(const ScanReport& report);  // the reference of each, which `explain` takes, a line each

// "critical" red, "high" magenta ...
Style style_of(Severity severity);
// "a 1 > b 2 > c 3"
std::string joined_path(const std::vector<std::string>& path);
// "vex: not_affected, vulnerable_code_not_present (vendor@example.com)"
std::string reason_of(const Suppression& suppression);
// One vulnerability of one artifact with the packages it is in, in the order of the findings.
struct ByVulnerability {
  const Finding* first = nullptr;
  std::vector<const Finding*> findings;
};
std::vector<ByVulnerability> by_vulnerability(const Match& match);

}  // namespace pratique
