// `kernel`: what runs as eBPF on this machine.
#include "app/render/kernel.h"

#include <algorithm>

#include "app/cli/commands/commands.h"
#include "app/cli/commands/kernel_rows.h"
#include "app/cli/output.h"
#include "app/cli/server_options.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "engine/kernel/kernel.h"
#include "flow/listen.h"
#include "flow/nodes.h"
#include "flow/observe.h"
#include "world/file/file.h"

namespace pratique {
namespace {

Result<KernelKind> kind_called(const std::string& word) {
  const auto kind = kernel_kind_named(word);
  if (!kind)
    return Error{
        Fault::usage, "no kind of object is called '" + word + "'", {}, "name prog, map, link, btf or classic"};
  return *kind;
}

int finish(const KernelInventory& inventory, Console& console) {
  for (const auto& gap : inventory.incomplete) note(console, "not read: " + gap);
  return inventory.refused ? exit_code::refused : exit_code::ok;
}

// Of a node that a server knows, as it sent it; else of this machine, as it is.
Result<NodeSnapshot> look(const Invocation& invocation, const Console& console) {
  NodeSnapshot snapshot;
  PRATIQUE_TRY(ServerDoor door, server_door(invocation));
  if (door.url.empty() || !invocation.given("node")) {
    for (const std::string_view alone : {"node", "as-of"})
      if (invocation.given(alone))
        return Error{Fault::usage,
                     "--" + std::string(alone) + " is about what a server knows",
                     {},
                     "name it with --server https://HOST:PORT, and the node with --node"};
    if (invocation.origin("server") == Origin::flag)
      return Error{Fault::usage, "no node is named", {}, "name one with --node; 'pratique kernel nodes' lists them"};
    PRATIQUE_TRY(snapshot.inventory, observe_kernel(kernel_probe_options(invocation)));
    return snapshot;
  }
  door.interrupted = console.interrupted;
  std::optional<Time> as_of;
  if (invocation.given("as-of")) {
    auto time = parse_time(invocation.text("as-of"));
    if (!time) return Error{Fault::usage, render(time.error()), {"--as-of"}, "write it as 2026-03-01T12:00:00Z"};
    as_of = *time;
  }
  return fetch_snapshot(door, invocation.text("node"), as_of);
}

Result<int> run_kernel_list(const Invocation& invocation, Console& console) {
  std::optional<KernelKind> kind;
  if (!invocation.arguments.empty()) {
    PRATIQUE_TRY(kind, kind_called(invocation.arguments.front()));
  }
  PRATIQUE_TRY(NodeSnapshot snapshot, look(invocation, console));
  KernelInventory& inventory = snapshot.inventory;
  PRATIQUE_DO(add_images(invocation, inventory));
  const bool as_sent = !snapshot.json.empty() && !kind && !invocation.given("workloads");
  if (kind) std::erase_if(inventory.objects, [&](const KernelObject& object) { return object.kind != *kind; });
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return as_sent ? snapshot.json : render_kernel_json(inventory);
    if (format == "jsonl") return render_kernel_jsonl(inventory);
    if (format == "name") return render_kernel_names(inventory);
    return render_kernel_table(inventory, format == "wide", look_of(invocation, console));
  }));
  const int code = finish(inventory, console);
  note(console, render_kernel_ledger(inventory));
  return code;
}

// "12", "prog 12", "prog:12" and, for classic filters, their whole key: the one object that is meant.
Result<const KernelObject*> find_object(const KernelInventory& inventory, const std::vector<std::string>& words) {
  std::string wanted = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) wanted += " " + words[i];
  if (const auto colon = wanted.find(':'); colon != std::string::npos) wanted[colon] = ' ';
  std::vector<const KernelObject*> found;
  for (const auto& object : inventory.objects) {
    const std::string label = label_of(object);
    if (label == wanted || label.substr(label.find(' ') + 1) == wanted) found.push_back(&object);
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Error{Fault::not_found, "there is no eBPF object " + wanted, {}, "see 'pratique kernel list -o name'"};
  std::string labels;
  for (const auto* object : found) labels.append(labels.empty() ? "" : ", ").append(label_of(*object));
  return Error{Fault::usage, "'" + wanted + "' may be " + labels, {}, "say which, as in 'prog " + wanted + "'"};
}

Result<int> run_kernel_show(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const KernelInventory inventory, observe_kernel(kernel_probe_options(invocation)));
  PRATIQUE_TRY(const KernelObject* object, find_object(inventory, invocation.arguments));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format != "json") return render_kernel_details(*object, look_of(invocation, console));
    KernelInventory alone = inventory;
    alone.objects = {*object};
    return render_kernel_json(alone);
  }));
  return finish(inventory, console);
}

Result<int> run_kernel_explain(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const KernelInventory inventory, observe_kernel(kernel_probe_options(invocation)));
  PRATIQUE_TRY(const KernelObject* object, find_object(inventory, invocation.arguments));
  const auto holds = explain(inventory, *object);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_explanation_json(inventory, *object, holds);
    return render_explanation_tree(*object, holds, look_of(invocation, console));
  }));
  return finish(inventory, console);
}

Result<int> run_kernel_facts(const Invocation& invocation, Console& console) {
  const KernelFacts facts = probe_kernel_facts(kernel_probe_options(invocation));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_facts_json(facts) : render_facts_table(facts, look_of(invocation, console));
  }));
  const auto unknown =
      std::count_if(facts.facts.begin(), facts.facts.end(), [](const KernelFact& fact) { return !fact.value; });
  note(console, with_commas(facts.facts.size()) + " facts, " + std::to_string(unknown) + " unknown");
  return exit_code::ok;
}

Result<int> run_kernel_verify(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const KernelVerification result, verify_kernel());
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json"
               ? render_verification_json(result.views, result.contradictions)
               : render_verification_table(result.views, result.contradictions, look_of(invocation, console));
  }));
  const auto count = result.contradictions.size();
  note(console, with_commas(count) + (count == 1 ? " contradiction" : " contradictions"));
  return count == 0 ? exit_code::ok : exit_code::gate;
}

Result<int> run_kernel_tools(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(KernelInventory inventory, observe_kernel(kernel_probe_options(invocation)));
  PRATIQUE_DO(add_images(invocation, inventory));
  const auto tools = listen_to_tools(inventory);
  const auto blind_spots = find_blind_spots(inventory, tools);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_tools_json(inventory, tools, blind_spots)
                            : render_tools_table(tools, blind_spots, look_of(invocation, console));
  }));
  const int code = finish(inventory, console);
  note(console, with_commas(tools.size()) + (tools.size() == 1 ? " tool, " : " tools, ") +
                    with_commas(blind_spots.size()) + (blind_spots.size() == 1 ? " blind spot" : " blind spots"));
  return code;
}

std::vector<Option> list_options() {
  std::vector<Option> options{output_option({"table", "wide", "json", "jsonl", "name"}), workloads_option(),
                              no_load_option()};
  for (auto& option : certificate_options()) options.push_back(std::move(option));
  options.push_back({.name = "node", .value = "NAME", .help = "what the server knows of this node, not this machine"});
  options.push_back({.name = "as-of", .value = "TIME", .help = "as it was then"});
  return options;
}

}  // namespace

Option no_load_option() {
  return {.name = "no-load", .help = "load no eBPF of our own: slower, and what sockets hold is not known"};
}

Option workloads_option() {
  return {.name = "workloads", .value = "FILE", .help = "name images by 'kubectl get pods -A -o json'"};
}

ProbeOptions kernel_probe_options(const Invocation& invocation) {
  return {.looking = invocation.flag("no-load") ? Looking::by_proc : Looking::by_iterators};
}

Result<void> add_images(const Invocation& invocation, KernelInventory& inventory) {
  const std::string path = invocation.text("workloads");
  if (path.empty()) return {};
  const Limits limits;
  PRATIQUE_TRY(const Bytes bytes, read_file(path, limits.bytes));
  auto list = read_workloads(bytes, "", limits);
  if (!list) return std::move(list).error().in(path);
  name_images(inventory, list->workloads);
  return {};
}

Commands kernel_commands() {
  const Argument object{
      .name = "OBJECT", .help = "an id (12), with its kind where several have it (prog 12)", .many = true};
  return {
      {.name = "kernel list",
       .summary = "List every eBPF program, map and link on this machine, whose it is and what it may do",
       .detail = "Owners are found in every process, thread and mount namespace. Run it as root: without, the kernel "
                 "lists nothing\n"
                 "and only objects that your own processes hold are shown. What could not be read is said on standard "
                 "error and\n"
                 "under 'incomplete' in JSON. docs/kernel.md explains the columns.",
       .arguments = {{.name = "KIND", .help = "only prog, map, link, btf or classic", .optional = true}},
       .options = list_options(),
       .examples = {"pratique kernel list", "pratique kernel list prog -o wide", "pratique kernel list -o json",
                    "pratique kernel list --server https://pratique.example:8443 --token-file token --node node-1"},
       .run = run_kernel_list},
      {.name = "kernel show",
       .summary = "Show everything that is known of one eBPF object",
       .detail = "",
       .arguments = {object},
       .options = {output_option({"table", "json"}), no_load_option()},
       .examples = {"pratique kernel show 12", "pratique kernel show map 3 -o json"},
       .run = run_kernel_show},
      {.name = "kernel explain",
       .summary = "Explain why an eBPF object is still alive, and what would end each hold on it",
       .detail = "Each line is a holder, below what it keeps: a process, a pin, a link, a map, a place in the network "
                 "or a cgroup.",
       .arguments = {object},
       .options = {output_option({"table", "json"}), no_load_option()},
       .examples = {"pratique kernel explain 12", "pratique kernel explain link 7 -o json"},
       .run = run_kernel_explain},
      kernel_watch_command(),
      kernel_diff_command(),
      kernel_nodes_command(),
      {.name = "kernel verify",
       .summary =
           "Ask the kernel for its eBPF objects in several ways and tell where the answers contradict each other",
       .detail = "An object that one way hides and another shows is a sign of tampering. A program, a map and a link "
                 "of our own\n"
                 "must be in every view while it looks. What changes from one look to the next is not told. Exit code "
                 "1: the\n"
                 "views contradict each other.",
       .arguments = {},
       .options = {output_option({"table", "json"})},
       .examples = {"pratique kernel verify", "pratique kernel verify -o json"},
       .run = run_kernel_verify},
      {.name = "kernel tools",
       .summary =
           "Recognise the tools that moved work into the kernel, and tell whether anybody can hear what they say",
       .detail =
           "Known tools are recognised by their processes, images, names and pins, which anybody can fake: the "
           "evidence is\n"
           "told. Their metrics and event files are read where the tools put them by default. A blind spot is an\n"
           "operation in the kernel of which nobody tells.",
       .arguments = {},
       .options = {output_option({"table", "json"}), workloads_option(), no_load_option()},
       .examples = {"pratique kernel tools", "pratique kernel tools -o json"},
       .run = run_kernel_tools},
      {.name = "kernel facts",
       .summary =
           "Tell what is true of this kernel where eBPF is concerned: version, lockdown, sysctls, options, mitigations",
       .detail = "What cannot be read is unknown, with the reason; it is never a default.",
       .arguments = {},
       .options = {output_option({"table", "json"}), no_load_option()},
       .examples = {"pratique kernel facts", "pratique kernel facts -o json"},
       .run = run_kernel_facts},
  };
}

}  // namespace pratique
