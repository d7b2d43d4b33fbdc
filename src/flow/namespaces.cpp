#include "flow/namespaces.h"

#include "base/yaml.h"
#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr Limits limits{.bytes = std::size_t{32} << 20};
constexpr std::string_view remedy = "give what 'kubectl get namespaces -o yaml' prints";

// JSON is told by its first bracket; YAML has it nowhere in such a dump.
Result<JsonTree> read_tree(const Bytes& document, const std::string& path) {
  const auto text = document.view();
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') {
    auto tree = read_json_tree(Bytes::copy_of(text), limits);
    if (!tree) return std::move(tree).error().in(path);
    return tree;
  }
  auto documents = parse_yaml(text, {.bytes = limits.bytes, .depth = 32, .entries = limits.entries});
  if (!documents) return in_yaml_file(path, std::move(documents).error());
  if (documents->size() != 1)
    return Error{Fault::malformed, "holds no list of namespaces", {path}, std::string(remedy)};
  return json_tree_of(documents->front());
}

std::string_view text_at(const JsonTree& tree, std::uint32_t map, std::string_view key) {
  const auto node = tree.find(map, key);
  return node != 0 && tree.nodes[node].kind == JsonTree::Kind::text ? tree.nodes[node].text : std::string_view();
}

}  // namespace

std::shared_ptr<const JsonTree> Namespaces::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

Result<Namespaces> load_namespaces(const std::string& path) {
  PRATIQUE_TRY(const auto bytes, read_file(path, limits.bytes));
  PRATIQUE_TRY(const auto tree, read_tree(bytes, path));
  const auto wrong = [&](std::string text) {
    return Error{Fault::malformed, std::move(text), {path}, std::string(remedy)};
  };
  Namespaces namespaces;
  const auto add = [&](std::uint32_t node, bool kind_is_known) -> Result<void> {
    const auto kind = text_at(tree, node, "kind");
    if (kind != "Namespace" && !(kind_is_known && kind.empty()))
      return wrong("holds something else than a Namespace: '" + std::string(kind.substr(0, 64)) + "'");
    const auto metadata = tree.find(node, "metadata");
    const std::string name(metadata == 0 ? "" : text_at(tree, metadata, "name"));
    if (name.empty()) return wrong("holds a namespace without a name");
    const auto object = std::make_shared<const JsonTree>(part_of(tree, node));
    if (!namespaces.by_name_.emplace(name, object).second) return wrong("holds namespace '" + name + "' twice");
    return {};
  };
  const auto kind = text_at(tree, 0, "kind");
  if (kind != "List" && kind != "NamespaceList") {
    PRATIQUE_DO(add(0, false));
    return namespaces;
  }
  if (const auto metadata = tree.find(0, "metadata"); metadata != 0 && !text_at(tree, metadata, "continue").empty())
    return wrong("is one page of a longer list");
  const auto items = tree.find(0, "items");
  if (items == 0 || tree.nodes[items].kind != JsonTree::Kind::list) return wrong("is a list without items");
  for (const auto& item : tree.children_of(items)) PRATIQUE_DO(add(item.node, kind == "NamespaceList"));
  return namespaces;
}

}  // namespace pratique
