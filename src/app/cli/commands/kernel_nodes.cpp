// `kernel nodes`: the nodes whose kernels a server knows, and on which of them a program runs.
#include "app/cli/commands/commands.h"
#include "app/cli/commands/kernel_rows.h"
#include "app/cli/output.h"
#include "app/cli/server_options.h"
#include "app/render/kernel.h"
#include "base/text.h"
#include "flow/nodes.h"

namespace pratique {
namespace {

Result<int> list_nodes(const Invocation& invocation, Console& console, const ServerDoor& door) {
  PRATIQUE_TRY(const auto nodes, fetch_nodes(door));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_nodes_json(nodes) : render_nodes_table(nodes, look_of(invocation, console));
  }));
  note(console, with_commas(nodes.size()) + (nodes.size() == 1 ? " node" : " nodes"));
  return exit_code::ok;
}

Result<int> find_on_nodes(const Invocation& invocation, Console& console, const ServerDoor& door) {
  const std::string hash = lower(invocation.text("program"));
  constexpr std::size_t digits = 16;
  if (hash.size() != digits || hash.find_first_not_of("0123456789abcdef") != std::string::npos)
    return Error{Fault::usage,
                 "'" + hash + "' is no hash of a program",
                 {},
                 "name its tag or its code, 16 hex digits, as 'kernel list prog -o json' tells them"};
  PRATIQUE_TRY(const auto programs, find_program_on_nodes(door, hash));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_program_on_nodes_json(hash, programs)
                            : render_program_on_nodes_table(programs, look_of(invocation, console));
  }));
  for (const auto& failed : programs.failed) note(console, "not looked through: " + failed);
  note(console, with_commas(programs.found.size()) + " on " + with_commas(programs.nodes) +
                    (programs.nodes == 1 ? " node" : " nodes") + " looked through, " +
                    with_commas(programs.failed.size()) + " failed");
  if (!programs.failed.empty()) return exit_code::partial;
  return programs.found.empty() ? exit_code::not_found : exit_code::ok;
}

Result<int> run_kernel_nodes(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(ServerDoor door, server_door(invocation));
  door.interrupted = console.interrupted;
  if (door.url.empty())
    return Error{Fault::usage, "no server is named", {}, "name one with --server https://HOST:PORT"};
  return invocation.given("program") ? find_on_nodes(invocation, console, door) : list_nodes(invocation, console, door);
}

}  // namespace

Command kernel_nodes_command() {
  std::vector<Option> options = certificate_options();
  options.push_back({.name = "program", .value = "HASH", .help = "only where a program with that tag or code runs"});
  options.push_back(output_option({"table", "json"}));
  return {.name = "kernel nodes",
          .summary = "List the nodes whose kernels a server knows, or those on which a program runs",
          .detail =
              "SEEN is when the node's agent last said so. With --program the kernel of each node is asked for: "
              "exit code 4 where\n"
              "the program runs on none of them, 3 where a node could not be looked through.",
          .options = std::move(options),
          .examples = {"pratique kernel nodes --server https://pratique.example:8443 --token-file token",
                       "pratique kernel nodes --server https://pratique.example:8443 --program 3b185187f1855c4c"},
          .run = run_kernel_nodes};
}

}  // namespace pratique
