// `kernel diff`: what changed since a snapshot, and what is not as usual.
#include "app/cli/commands/commands.h"
#include "app/cli/commands/kernel_rows.h"
#include "app/cli/output.h"
#include "app/cli/server_options.h"
#include "app/render/kernel.h"
#include "base/text.h"
#include "flow/nodes.h"
#include "flow/observe.h"
#include "world/file/file.h"

namespace pratique {
namespace {

Result<KernelInventory> load_snapshot(const std::string& path) {
  const Limits limits{.bytes = std::size_t{64} << 20};
  PRATIQUE_TRY(const Bytes bytes, read_file(path, limits.bytes));
  auto snapshot = parse_kernel_snapshot(bytes.view(), limits);
  if (!snapshot) return std::move(snapshot).error().in(path);
  return snapshot;
}

// A file, or "node:NAME" and "node:NAME@TIME" of what the server knows.
Result<KernelInventory> load_snapshot(const Invocation& invocation, const std::string& word) {
  constexpr std::string_view prefix = "node:";
  if (!word.starts_with(prefix)) return load_snapshot(word);
  PRATIQUE_TRY(const ServerDoor door, server_door(invocation));
  if (door.url.empty())
    return Error{Fault::usage, "no server is named that knows it", {word}, "name one with --server https://HOST:PORT"};
  std::string node = word.substr(prefix.size());
  std::optional<Time> as_of;
  if (const auto at = node.rfind('@'); at != std::string::npos) {
    auto time = parse_time(node.substr(at + 1));
    if (!time) return Error{Fault::usage, render(time.error()), {word}, "write it as node:NAME@2026-03-01T12:00:00Z"};
    as_of = *time;
    node.resize(at);
  }
  PRATIQUE_TRY(NodeSnapshot snapshot, fetch_snapshot(door, node, as_of));
  return std::move(snapshot.inventory);
}

// The snapshot that is named, else the kernel as it is; and the images of its owners.
Result<KernelInventory> look(const Invocation& invocation, std::size_t argument) {
  const bool saved = invocation.arguments.size() > argument;
  PRATIQUE_TRY(KernelInventory inventory, saved ? load_snapshot(invocation, invocation.arguments[argument])
                                                : observe_kernel(kernel_probe_options(invocation)));
  PRATIQUE_DO(add_images(invocation, inventory));
  return inventory;
}

// A listing that lacks what the other has is no change: it is said what could not be read.
void note_gaps(const KernelInventory& inventory, const std::string& which, Console& console) {
  for (const auto& gap : inventory.incomplete) note(console, "not read " + which + ": " + gap);
}

Result<int> compare_two(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const KernelInventory before, load_snapshot(invocation, invocation.arguments.front()));
  PRATIQUE_TRY(const KernelInventory after, look(invocation, 1));
  const auto changes = compare_inventories(before, after);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_changes_json(before, after, changes)
                            : render_changes_table(changes, look_of(invocation, console));
  }));
  note_gaps(before, "before", console);
  note_gaps(after, "after", console);
  note(console, with_commas(before.objects.size()) + " objects before, " + with_commas(after.objects.size()) +
                    " after, " + with_commas(changes.size()) + (changes.size() == 1 ? " change" : " changes"));
  if (before.refused || after.refused) return exit_code::refused;
  return changes.empty() ? exit_code::ok : exit_code::gate;
}

Result<int> compare_with_usual(const Invocation& invocation, Console& console) {
  std::vector<KernelInventory> baseline;
  for (const auto& path : invocation.all("baseline")) {
    PRATIQUE_TRY(KernelInventory snapshot, load_snapshot(invocation, path));
    PRATIQUE_DO(add_images(invocation, snapshot));
    baseline.push_back(std::move(snapshot));
  }
  PRATIQUE_TRY(const KernelInventory now, look(invocation, 0));
  const auto deviations = compare_with_baseline(baseline, now);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_deviations_json(now, deviations)
                            : render_deviations_table(deviations, look_of(invocation, console));
  }));
  note_gaps(now, "now", console);
  note(console, with_commas(deviations.size()) + (deviations.size() == 1 ? " deviation" : " deviations") + " from " +
                    with_commas(baseline.size()) + (baseline.size() == 1 ? " snapshot" : " snapshots"));
  if (now.refused) return exit_code::refused;
  return deviations.empty() ? exit_code::ok : exit_code::gate;
}

Result<int> run_kernel_diff(const Invocation& invocation, Console& console) {
  if (invocation.given("baseline")) return compare_with_usual(invocation, console);
  if (invocation.arguments.empty())
    return Error{Fault::usage,
                 "no snapshot is named",
                 {},
                 "name one, or --baseline; 'pratique kernel list -o json=FILE' writes it"};
  return compare_two(invocation, console);
}

}  // namespace

Command kernel_diff_command() {
  std::vector<Option> options{
      output_option({"table", "json"}),
      {.name = "baseline", .value = "FILE", .help = "a snapshot of what is usual; several add up", .repeat = true},
      workloads_option(),
      no_load_option()};
  for (auto& option : certificate_options()) options.push_back(std::move(option));
  return {
      .name = "kernel diff",
      .summary = "Tell what changed since a snapshot, between two of them, or what an image does not usually load",
      .detail =
          "A snapshot is a file that 'kernel list -o json' wrote or, with --server, what that server knows: "
          "node:NAME,\n"
          "node:NAME@TIME. Without a second one the kernel is looked at now. On one "
          "node\n"
          "objects are the same by their ids, elsewhere by type, name, tag and place, so that two nodes can be "
          "compared.\n"
          "With --baseline the programs that each image holds (each executable, where no image is known) are compared\n"
          "with those it holds in the baseline. Exit code 1: something differs.",
      .arguments = {{.name = "SNAPSHOT", .help = "before, and after", .optional = true, .many = true}},
      .options = std::move(options),
      .examples = {"pratique kernel list -o json=before.json", "pratique kernel diff before.json",
                   "pratique kernel diff node-a.json node-b.json -o json",
                   "pratique kernel diff --baseline good.json --workloads pods.json",
                   "pratique kernel diff --server https://pratique.example:8443 node:a@2026-03-01T12:00:00Z node:a"},
      .run = run_kernel_diff};
}

}  // namespace pratique
