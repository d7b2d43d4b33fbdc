#include "model/json_tree.h"

#include <algorithm>

namespace pratique {

std::uint32_t JsonTree::find(std::uint32_t map, std::string_view key) const {
  const auto members = children_of(map);
  const auto found = std::lower_bound(members.begin(), members.end(), key,
                                      [](const Child& child, std::string_view wanted) { return child.key < wanted; });
  return nodes[map].kind == Kind::map && found != members.end() && found->key == key ? found->node : 0;
}

void JsonTree::set_list(std::uint32_t node, std::span<const Child> items) {
  nodes[node].kind = Kind::list;
  nodes[node].first = static_cast<std::uint32_t>(children.size());
  nodes[node].count = static_cast<std::uint32_t>(items.size());
  children.insert(children.end(), items.begin(), items.end());
}

void JsonTree::set_map(std::uint32_t node, std::vector<Child> members) {
  std::stable_sort(members.begin(), members.end(), [](const Child& a, const Child& b) { return a.key < b.key; });
  std::vector<Child> unique;
  for (const auto& member : members) {
    if (!unique.empty() && unique.back().key == member.key) unique.pop_back();
    unique.push_back(member);
  }
  set_list(node, unique);
  nodes[node].kind = Kind::map;
}

}  // namespace pratique
