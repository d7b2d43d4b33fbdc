// Nodes and what runs on them, as a server tells it.
#include <nlohmann/json.hpp>

#include "app/render/kernel.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string owner_of(const KernelObject& prog) {
  if (prog.owners.empty()) return prog.pins.empty() ? "-" : "pinned";
  const auto& owner = prog.owners.front();
  if (!owner.image.empty()) return owner.image;
  return owner.exe.empty() ? owner.comm : owner.exe;
}

}  // namespace

std::string render_nodes_table(const std::vector<KernelNode>& nodes, const Look& look) {
  Table table{{"NODE", "SINCE", "SEEN", "SNAPSHOTS"}, {}};
  for (const auto& node : nodes)
    table.rows.push_back({node.name, render_time(node.since), render_time(node.seen), std::to_string(node.snapshots)});
  return render_table(table, look);
}

std::string render_nodes_json(const std::vector<KernelNode>& nodes) {
  Json items = Json::array();
  for (const auto& node : nodes)
    items.push_back({{"name", node.name},
                     {"since", render_time(node.since)},
                     {"seen", render_time(node.seen)},
                     {"snapshots", node.snapshots}});
  return dump({{"apiVersion", "pratique/v1"},
               {"kind", "NodeList"},
               {"ledger", {{"examined", nodes.size()}}},
               {"items", items}});
}

std::string render_program_on_nodes_table(const ProgramOnNodes& programs, const Look& look) {
  Table table{{"NODE", "PROG", "TYPE", "NAME", "TAG", "CODE", "HELD BY"}, {}};
  for (const auto& [node, prog] : programs.found)
    table.rows.push_back({node, std::to_string(prog.id), prog.type, prog.name.empty() ? "-" : prog.name, prog.tag,
                          prog.code.empty() ? "-" : prog.code, owner_of(prog)});
  return render_table(table, look);
}

std::string render_program_on_nodes_json(std::string_view hash, const ProgramOnNodes& programs) {
  Json items = Json::array();
  for (const auto& [node, prog] : programs.found)
    items.push_back({{"node", node},
                     {"id", prog.id},
                     {"type", prog.type},
                     {"name", prog.name},
                     {"tag", prog.tag},
                     {"code", prog.code},
                     {"holder", owner_of(prog)}});
  return dump({{"apiVersion", "pratique/v1"},
               {"kind", "ProgramOnNodes"},
               {"hash", hash},
               {"ledger", {{"examined", programs.nodes}, {"failed", programs.failed.size()}, {"found", items.size()}}},
               {"failed", programs.failed},
               {"items", items}});
}

}  // namespace pratique
