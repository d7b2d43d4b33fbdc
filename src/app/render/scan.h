// What `scan` found, for people and for programs (docs/cli.md, "scan -o json").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/render/table.h"
#include "model/bill.h"
#include "model/finding.h"

namespace pratique {

// One document that was scanned.
struct Scanned {
  std::string target;  // as the user named it
  std::string name;    // of the subject
  std::string digest;  // of the subject; may be empty
  std::string format;  // "spdx-json 2.3"
  Match match;
  std::vector<Rejected> rejected;  // parts of the document set aside
  std::string failed;              // why it could not be judged at all; empty when it was
  Health health() const { return failed.empty() ? match.health() : Health::failed; }
};

struct ScanReport {
  std::vector<Scanned> artifacts;
  std::string generation;  // of the advisory database
  Ledger ledger() const;
};

// One line a finding; `wide` adds advisory, range, comparator and path. Severest first within each artifact.
std::string render_scan_table(const ScanReport& report, bool wide, const Look& look);
std::string render_scan_json(const ScanReport& report);
std::string render_scan_jsonl(const ScanReport& report);  // a finding a line

// "critical" red, "high" magenta ...
Style style_of(Severity severity);
// "a 1 > b 2 > c 3"
std::string joined_path(const std::vector<std::string>& path);

}  // namespace pratique
