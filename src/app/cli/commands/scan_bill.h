// One bill scanned, with what of it does not count: what scan and explain share. Private to commands/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/command.h"
#include "app/render/scan.h"
#include "base/result.h"
#include "engine/match/match.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// What every document of one run is judged with.
struct Judging {
  AdvisoryDb db;
  std::vector<VexStatement> vex;
  std::vector<IgnoreRule> ignores;
  Time now{};
  std::string distro;  // of bills that do not tell theirs
  CpeUse cpes = CpeUse::last_resort;
};
// By --db, --distro, --cpe, --vex and --ignorefile. Tells which statements were set aside and which rules have expired.
Result<Judging> open_judging(const Invocation& invocation, Console& console);

// A package by its URL, "pkg:npm/left-pad@1.0.0".
bool is_package(std::string_view target);
// "sbom:shop.json" -> "shop.json", "purl:pkg:npm/a@1" -> "pkg:npm/a@1".
std::string without_scheme(std::string target);

enum class KeepBill : std::uint8_t { no, yes };
// A file, "-" or a package. Fault: as read_file, read_bill and scan; the place is the target.
Result<Scanned> scan_target(const std::string& target, const Judging& judging, KeepBill keep);

Option cpe_option();
Option distro_option();
Option ignorefile_option();

}  // namespace pratique
