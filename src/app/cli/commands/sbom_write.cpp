// Commands that write bills of materials: into another format, several into one.
#include <algorithm>
#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/cli/version.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t shown = 20;  // lines of one kind, without --verbose

void note_list(const Invocation& invocation, Console& console, const std::vector<Rejected>& list) {
  const bool all = invocation.flag("verbose");
  for (std::size_t i = 0; i < list.size() && (i < shown || all); ++i)
    note(console, list[i].place + ": " + list[i].reason);
  if (list.size() > shown && !all) note(console, "and " + with_commas(list.size() - shown) + " more (-v shows all)");
}

Result<Bill> read_bill_file(const std::string& path, const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(Bytes document, read_file(path, Limits{}.bytes));
  auto bill = read_bill(std::move(document));
  if (!bill) return std::move(bill).error().in(path);
  if (!bill->rejected.empty())
    note(console,
         path + ": " + with_commas(bill->rejected.size()) + " set aside in reading, and not in what is written");
  note_list(invocation, console, bill->rejected);
  return bill;
}

// The time that documents without one get: SOURCE_DATE_EPOCH (reproducible-builds.org), else now.
Result<Time> time_of_writing(const Console& console) {
  const std::string& epoch = console.source_date_epoch;
  if (epoch.empty()) return console.clock();
  const auto seconds = parse_unsigned(epoch);
  constexpr std::uint64_t year_10000 = 253'402'300'800;
  if (!seconds || *seconds >= year_10000)
    return Error{Fault::usage, "SOURCE_DATE_EPOCH is no number of seconds: '" + printable(epoch) + "'", {}, {}};
  return Time(std::chrono::seconds(*seconds));
}

// Each format asked for; what it cannot say is told once, on standard error.
Result<void> write_bills(const Bill& bill, const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Time now, time_of_writing(console));
  return write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    PRATIQUE_TRY(const BillTarget target, bill_target_named(format));
    WriteOptions options;
    options.version = target.version;
    options.now = now;
    options.tool = version_line();
    std::replace(options.tool.begin(), options.tool.end(), ' ', '-');
    PRATIQUE_TRY(Written written, write_bill(bill, target.format, options));
    for (const Loss& loss : written.losses)
      note(console, format + " cannot say: " + loss.what + ", " + with_commas(loss.count) + " (" + loss.example + ")");
    return std::move(written.bytes);
  });
}

Result<int> run_convert(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Bill bill, read_bill_file(invocation.arguments.front(), invocation, console));
  PRATIQUE_DO(write_bills(bill, invocation, console));
  return exit_code::ok;
}

Result<int> run_merge(const Invocation& invocation, Console& console) {
  std::vector<Bill> bills;
  for (const std::string& path : invocation.arguments) {
    PRATIQUE_TRY(Bill bill, read_bill_file(path, invocation, console));
    bills.push_back(std::move(bill));
  }
  PRATIQUE_TRY(const MergedBill merged, merge_bills(bills, invocation.text("name")));
  note_list(invocation, console, merged.conflicts);
  PRATIQUE_DO(write_bills(merged.bill, invocation, console));
  return exit_code::ok;
}

Option bill_output() {
  return {.name = "output",
          .letter = 'o',
          .value = "FORMAT[@VERSION][=FILE]",
          .help =
              "cyclonedx-json, cyclonedx-xml, cyclonedx-protobuf (@1.6, @1.7), spdx-json, spdx-tag-value, spdx3-json, "
              "purls",
          .fallback = "cyclonedx-json",
          .repeat = true};
}

}  // namespace

Commands sbom_write_commands() {
  return {
      {.name = "sbom convert",
       .summary = "Write a bill in another format, and say what that format cannot say",
       .detail = "Reads every format of docs/formats.md. What is lost goes to standard error, a line for each kind. A "
                 "document that needs a time and has none gets SOURCE_DATE_EPOCH, else the present.",
       .arguments = {{.name = "FILE", .help = "a bill; - is standard input"}},
       .options = {bill_output()},
       .examples = {"pratique sbom convert bill.spdx.json -o cyclonedx-json@1.6",
                    "pratique sbom convert bill.cdx.json -o spdx-tag-value=bill.spdx -o purls=purls.txt"},
       .run = run_convert},
      {.name = "sbom merge",
       .summary = "Join bills into one: components by their package URL, graphs united",
       .detail = "Bills about the same image or product keep it as their subject; others become parts of a new one. "
                 "Where bills disagree about one package the first stands, and standard error tells it.",
       .arguments = {{.name = "FILE", .help = "bills", .many = true}},
       .options = {bill_output(),
                   {.name = "name", .value = "NAME", .help = "what the new subject is called", .fallback = "merged"}},
       .examples = {"pratique sbom merge web.json worker.json --name shop -o spdx-json"},
       .run = run_merge},
  };
}

}  // namespace pratique
