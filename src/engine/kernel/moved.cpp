// Which operations of a node have moved into the kernel: the programs put together by what they have taken over.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/kernel/effects.h"
#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

constexpr int any = -1;

struct Row {
  std::uint32_t type;
  int attach;
  std::string_view operation;
};

constexpr std::string_view observing = "watching the kernel and processes from inside",
                           deciding = "deciding what processes may do",
                           packets_early = "filtering and forwarding packets before the firewall",
                           packets_tc = "filtering and rewriting packets beside the firewall",
                           packets_cgroup = "filtering the packets of groups of processes",
                           connecting = "choosing addresses and sockets of connections",
                           sockets = "moving data between sockets", routing = "routing packets";

// The first that fits, in the order of include/uapi/linux/bpf.h; an operation for every type that has one.
constexpr auto table = std::to_array<Row>({
    {1, any, "reading packets at sockets"},
    {2, any, observing},
    {3, any, packets_tc},
    {4, any, packets_tc},
    {5, any, observing},
    {6, any, packets_early},
    {7, any, observing},
    {8, any, packets_cgroup},
    {9, any, connecting},
    {10, any, routing},
    {11, any, routing},
    {12, any, routing},
    {13, any, sockets},
    {14, any, sockets},
    {15, any, deciding},
    {16, any, sockets},
    {17, any, observing},
    {18, any, connecting},
    {19, any, routing},
    {20, any, "reading infrared receivers"},
    {21, any, connecting},
    {22, any, packets_early},
    {23, any, deciding},
    {24, any, observing},
    {25, any, connecting},
    {26, 26, deciding},
    {26, 28, "listing kernel objects"},
    {26, any, observing},
    {27, any, "kernel subsystems that programs replace"},
    {28, any, "replacing parts of other programs"},
    {29, any, deciding},
    {30, any, connecting},
    {31, any, "loading programs from inside the kernel"},
    {32, any, "filtering packets in the firewall's hooks"},
});

std::string_view operation_of(const KernelObject& prog) {
  for (const auto& row : table)
    if (row.type == prog.type_number &&
        (row.attach == any || (prog.attach_type && row.attach == static_cast<int>(*prog.attach_type))))
      return row.operation;
  return "other things that this version does not know";
}

// "/usr/bin/agent", "agent of pod 0f6a...": whoever has to be asked about it.
std::string holder_of(const KernelOwner& owner) {
  std::string text = owner.image.empty() ? owner.exe.empty() ? owner.comm : owner.exe : owner.image;
  if (owner.image.empty() && !owner.pod.empty()) text += " of pod " + owner.pod;
  return text;
}

using Objects = std::map<std::string, const KernelObject*>;

// The holders of a program, through the links and maps that keep it.
void add_holders(const KernelObject& object, const Objects& objects, int depth, std::set<std::string>& holders) {
  for (const auto& owner : object.owners) holders.insert(holder_of(owner));
  if (object.owners.empty() && !object.pins.empty()) holders.insert("a pin");
  if (depth == 0) return;
  for (const auto& label : object.held_by)
    if (const auto found = objects.find(label); found != objects.end())
      add_holders(*found->second, objects, depth - 1, holders);
}

// Clauses without a full stop, as capabilities and helpers have them.
void add_clauses(std::string_view sentence, std::vector<std::string>& clauses) {
  while (!sentence.empty()) {
    const auto end = std::min(sentence.find("; "), sentence.size());
    std::string clause(sentence.substr(0, end));
    if (clause.ends_with('.')) clause.pop_back();
    if (std::find(clauses.begin(), clauses.end(), clause) == clauses.end()) clauses.push_back(std::move(clause));
    sentence.remove_prefix(std::min(end + 2, sentence.size()));
  }
}

}  // namespace

std::vector<MovedOperation> what_has_moved(const KernelInventory& inventory) {
  constexpr int deepest = 3;
  Objects objects;
  for (const auto& object : inventory.objects) objects.emplace(label_of(object), &object);
  std::map<std::string_view, MovedOperation> found;
  std::map<std::string_view, std::set<std::string>> holders;
  for (const auto& object : inventory.objects) {
    if (object.kind != KernelKind::prog) continue;
    const auto operation = operation_of(object);
    auto& moved = found[operation];
    moved.operation = operation;
    moved.progs.push_back(object.id);
    add_holders(object, objects, deepest, holders[operation]);
    add_clauses(object.hides, moved.hides);
  }
  std::vector<MovedOperation> all;
  for (auto& [operation, moved] : found) {
    moved.holders.assign(holders[operation].begin(), holders[operation].end());
    all.push_back(std::move(moved));
  }
  std::stable_sort(all.begin(), all.end(), [](const MovedOperation& a, const MovedOperation& b) {
    return std::pair(a.hides.empty(), b.progs.size()) < std::pair(b.hides.empty(), a.progs.size());
  });
  return all;
}

}  // namespace pratique
