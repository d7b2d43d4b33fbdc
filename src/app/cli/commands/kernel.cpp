// `kernel`: what runs as eBPF on this machine.
#include "app/render/kernel.h"

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "flow/observe.h"

namespace pratique {
namespace {

Result<std::optional<KernelKind>> kind_asked_for(const Invocation& invocation) {
  if (invocation.arguments.empty()) return std::optional<KernelKind>{};
  const auto& word = invocation.arguments.front();
  const auto kind = kernel_kind_named(word);
  if (!kind)
    return Error{
        Fault::usage, "no kind of object is called '" + word + "'", {}, "name prog, map, link, btf or classic"};
  return kind;
}

ProbeOptions probe_options(const Invocation& invocation) {
  return {.looking = invocation.flag("no-load") ? Looking::by_proc : Looking::by_iterators};
}

Result<int> run_kernel_list(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto kind, kind_asked_for(invocation));
  PRATIQUE_TRY(KernelInventory inventory, observe_kernel(probe_options(invocation)));
  if (kind) std::erase_if(inventory.objects, [&](const KernelObject& object) { return object.kind != *kind; });
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_kernel_json(inventory);
    if (format == "jsonl") return render_kernel_jsonl(inventory);
    if (format == "name") return render_kernel_names(inventory);
    return render_kernel_table(inventory, format == "wide", look_of(invocation, console));
  }));
  for (const auto& gap : inventory.incomplete) note(console, "not read: " + gap);
  note(console, render_kernel_ledger(inventory));
  return inventory.refused ? exit_code::refused : exit_code::ok;
}

Option no_load_option() {
  return {.name = "no-load", .help = "load no eBPF of our own: slower, and what sockets hold is not known"};
}

}  // namespace

Commands kernel_commands() {
  return {
      {.name = "kernel list",
       .summary = "List every eBPF program, map and link on this machine, whose it is and what it may do",
       .detail = "Owners are found in every process, thread and mount namespace. Run it as root: without, the kernel "
                 "lists nothing\n"
                 "and only objects that your own processes hold are shown. What could not be read is said on standard "
                 "error and\n"
                 "under 'incomplete' in JSON. docs/kernel.md explains the columns.",
       .arguments = {{.name = "KIND", .help = "only prog, map, link, btf or classic", .optional = true}},
       .options = {output_option({"table", "wide", "json", "jsonl", "name"}), no_load_option()},
       .examples = {"pratique kernel list", "pratique kernel list prog -o wide", "pratique kernel list -o json"},
       .run = run_kernel_list},
  };
}

}  // namespace pratique
