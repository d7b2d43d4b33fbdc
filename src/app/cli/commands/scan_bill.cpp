#include "app/cli/commands/scan_bill.h"

#include <algorithm>
#include <array>

#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "base/limits.h"
#include "engine/format/format.h"
#include "flow/scan.h"
#include "flow/suppress.h"
#include "model/ecosystem.h"
#include "world/file/file.h"

namespace pratique {
namespace {

Result<Bill> read_target(const std::string& target) {
  const Limits limits;
  if (is_package(target)) {
    auto bill = bill_of_package(target);
    if (!bill) return std::move(bill).error().in(target);
    return bill;
  }
  PRATIQUE_TRY(Bytes bytes, read_file(target, limits.bytes));
  auto bill = read_bill(std::move(bytes), limits);
  if (!bill) return std::move(bill).error().in(target == "-" ? "standard input" : target);
  return bill;
}

Result<std::string> distro_of(const Invocation& invocation) {
  const std::string distro = invocation.text("distro");
  if (distro.empty()) return distro;
  constexpr std::array<std::string_view, 4> types = {"deb", "rpm", "apk", "alpm"};
  if (std::any_of(types.begin(), types.end(), [&](auto type) { return stream_of_release(type, "", distro); }))
    return distro;
  return Error{Fault::usage,
               "'" + distro + "' is no release of a distribution that advisories speak of",
               {"--distro"},
               "name it like debian-12, ubuntu-22.04, alpine-3.19 or rhel-9"};
}

}  // namespace

bool is_package(std::string_view target) { return target.starts_with("pkg:"); }

std::string without_scheme(std::string target) {
  for (const std::string_view scheme : {"sbom:", "purl:"})
    if (target.starts_with(scheme)) target.erase(0, scheme.size());
  return target;
}

Result<Judging> open_judging(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(AdvisoryDb db, AdvisoryDb::open(invocation.text("db")));
  Judging judging{.db = std::move(db),
                  .vex = {},
                  .ignores = {},
                  .now = console.clock(),
                  .distro = {},
                  .cpes = invocation.flag("cpe") ? CpeUse::asked : CpeUse::last_resort};
  PRATIQUE_TRY(judging.distro, distro_of(invocation));
  PRATIQUE_TRY(auto vex, load_vex_option(invocation, console));
  judging.vex = std::move(vex.statements);
  for (const auto& path : invocation.all("ignorefile")) {
    PRATIQUE_TRY(auto rules, load_ignore_rules(path));
    judging.ignores.insert(judging.ignores.end(), rules.begin(), rules.end());
  }
  for (const auto& rule : judging.ignores)
    if (rule.expires <= judging.now) note(console, rule.place + ": the rule for " + rule.id + " has expired");
  return judging;
}

Result<Scanned> scan_target(const std::string& target, const Judging& judging, KeepBill keep) {
  PRATIQUE_TRY(Bill bill, read_target(target));
  if (bill.distro.empty()) bill.distro = judging.distro;
  PRATIQUE_TRY(Match found, scan(bill, judging.db, judging.cpes));
  apply_vex(found, bill, judging.vex);
  apply_ignores(found, judging.ignores, judging.now);
  Scanned scanned{.target = target,
                  .name = bill.subject.name,
                  .version = bill.subject.version,
                  .purl = bill.subject.purl,
                  .digest = bill.subject.digest ? bill.subject.digest->text() : "",
                  .distro = bill.distro,
                  .format = is_package(target) ? "purl" : std::string(name_of(bill.format)) + " " + bill.spec_version,
                  .match = std::move(found),
                  .rejected = bill.rejected,
                  .failed = {},
                  .bill = {},
                  .settled = {}};
  if (keep == KeepBill::yes) scanned.bill = std::move(bill);
  return scanned;
}

Option cpe_option() {
  return {.name = "cpe",
          .help = "match by CPE too (the NVD): doubtful findings; without it only what has no better name"};
}

Option distro_option() {
  return {.name = "distro",
          .value = "NAME-RELEASE",
          .help = "the distribution's release, where neither bill nor package tells it: debian-12"};
}

Option ignorefile_option() {
  return {.name = "ignorefile",
          .value = "FILE",
          .help = "rules for findings that do not count, each with a reason and an expiry",
          .repeat = true};
}

}  // namespace pratique
