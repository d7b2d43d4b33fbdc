// What a server knows of the kernels of nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "engine/kernel/kernel.h"
#include "flow/server_call.h"

namespace pratique {

// "/api/v1/nodes/NAME"
std::string node_path(std::string_view node);

// Fault: as ask_server, and what a foreign answer is.
Result<std::vector<KernelNode>> fetch_nodes(const ServerDoor& door);

struct NodeSnapshot {
  std::string json;  // as the node sent it
  KernelInventory inventory;
};
// Its kernel as it was then; now, where no time is given.
Result<NodeSnapshot> fetch_snapshot(const ServerDoor& door, std::string_view node, std::optional<Time> as_of = {});

struct NodeProgram {
  std::string node;
  KernelObject prog;
};
struct ProgramOnNodes {
  std::vector<NodeProgram> found;
  std::size_t nodes = 0;            // that were looked through
  std::vector<std::string> failed;  // and those that could not be, with the reason
};
// Where the same program runs: by its tag or its code. Asks for the kernel of each node, one after another.
Result<ProgramOnNodes> find_program_on_nodes(const ServerDoor& door, std::string_view hash);

}  // namespace pratique
