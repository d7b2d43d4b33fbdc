#include "flow/nodes.h"

#include "base/text.h"

namespace pratique {
namespace {

constexpr Limits of_answers{.bytes = std::size_t{64} << 20};

}  // namespace

std::string node_path(std::string_view node) { return "/api/v1/nodes/" + percent_encoded(node, url_unreserved); }

Result<std::vector<KernelNode>> fetch_nodes(const ServerDoor& door) {
  const std::string path = "/api/v1/nodes";
  PRATIQUE_TRY(const std::string body, ask_server(door, {.path = path}));
  auto nodes = parse_kernel_nodes(body, of_answers);
  if (!nodes) return std::move(nodes).error().in(door.url + path);
  return nodes;
}

Result<NodeSnapshot> fetch_snapshot(const ServerDoor& door, std::string_view node, std::optional<Time> as_of) {
  std::string path = node_path(node) + "/kernel";
  if (as_of) path += "?as_of=" + percent_encoded(render_time(*as_of), url_unreserved);
  NodeSnapshot snapshot;
  PRATIQUE_TRY(snapshot.json, ask_server(door, {.path = path}));
  auto inventory = parse_kernel_snapshot(snapshot.json, of_answers);
  if (!inventory) return std::move(inventory).error().in(door.url + path);
  snapshot.inventory = std::move(*inventory);
  return snapshot;
}

Result<ProgramOnNodes> find_program_on_nodes(const ServerDoor& door, std::string_view hash) {
  PRATIQUE_TRY(const auto nodes, fetch_nodes(door));
  ProgramOnNodes programs;
  for (const auto& node : nodes) {
    const auto snapshot = fetch_snapshot(door, node.name);
    if (!snapshot && snapshot.error().fault == Fault::interrupted) return snapshot.error();
    if (!snapshot) {
      programs.failed.push_back(node.name + ": " + render(snapshot.error()));
      continue;
    }
    ++programs.nodes;
    for (const auto* prog : find_programs(snapshot->inventory, hash)) programs.found.push_back({node.name, *prog});
  }
  return programs;
}

}  // namespace pratique
