#include "model/json_tree.h"

#include <algorithm>
#include <charconv>

namespace pratique {
namespace {

std::uint32_t add_node(const Yaml& value, JsonTree& tree) {
  const auto node = static_cast<std::uint32_t>(tree.nodes.size());
  tree.nodes.emplace_back();
  if (value.kind == Yaml::Kind::text) {
    JsonTree::Node& text = tree.nodes[node];
    text.kind = JsonTree::Kind::text;
    text.text = tree.pool.keep(value.text);
    if (value.quoted) return node;
    const char* end = value.text.data() + value.text.size();
    if (value.text == "true" || value.text == "false") {
      text.kind = JsonTree::Kind::boolean;
      text.integer = value.text == "true" ? 1 : 0;
    } else if (const auto [at, problem] = std::from_chars(value.text.data(), end, text.integer);
               problem == std::errc() && at == end) {
      text.kind = JsonTree::Kind::integer;
    } else if (const auto [stop, fault] = std::from_chars(value.text.data(), end, text.real);
               fault == std::errc() && stop == end) {
      text.kind = JsonTree::Kind::real;
    }
    return node;
  }
  std::vector<JsonTree::Child> children;
  for (const auto& item : value.items) children.push_back({{}, add_node(item, tree)});
  for (const auto& member : value.members) {
    const auto key = tree.pool.keep(member.key);
    children.push_back({key, add_node(member.value, tree)});
  }
  if (value.kind == Yaml::Kind::list) tree.set_list(node, children);
  if (value.kind == Yaml::Kind::map) tree.set_map(node, std::move(children));
  return node;
}

std::uint32_t copy_node(const JsonTree& from, std::uint32_t node, JsonTree& tree) {
  const auto copy = static_cast<std::uint32_t>(tree.nodes.size());
  tree.nodes.push_back(from.nodes[node]);
  tree.nodes[copy].text = tree.pool.keep(from.nodes[node].text);
  std::vector<JsonTree::Child> children;
  for (const auto& child : from.children_of(node)) {
    const auto key = tree.pool.keep(child.key);
    children.push_back({key, copy_node(from, child.node, tree)});
  }
  if (from.nodes[node].kind == JsonTree::Kind::list) tree.set_list(copy, children);
  if (from.nodes[node].kind == JsonTree::Kind::map) tree.set_map(copy, std::move(children));
  return copy;
}

}  // namespace

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

JsonTree json_tree_of(const Yaml& value) {
  JsonTree tree;
  add_node(value, tree);
  return tree;
}

JsonTree part_of(const JsonTree& tree, std::uint32_t node) {
  JsonTree part;
  copy_node(tree, node, part);
  return part;
}

}  // namespace pratique
