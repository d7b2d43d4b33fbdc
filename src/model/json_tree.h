// JsonTree: a JSON document (or what YAML says in its place) as one flat table, for expressions that look into it.
// Values only; whoever reads the format makes it. Moving it keeps texts and numbers of nodes valid; it is not copied.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/yaml.h"
#include "model/text_pool.h"

namespace pratique {

struct JsonTree {
  enum class Kind : std::uint8_t { null, boolean, integer, real, text, list, map };
  struct Node {
    Kind kind = Kind::null;
    std::uint32_t first = 0, count = 0;  // of a list and a map: children[first, first + count)
    std::int64_t integer = 0;            // also a boolean, as 0 or 1
    double real = 0;
    std::string_view text;
  };
  // `key` is empty in a list; in a map children are sorted by key, and no key comes twice.
  struct Child {
    std::string_view key;
    std::uint32_t node = 0;
  };

  std::vector<Node> nodes;  // the root is the first; never empty once made
  std::vector<Child> children;
  Bytes document;  // that texts point into
  TextPool pool;   // the other texts

  JsonTree() = default;
  JsonTree(JsonTree&&) = default;
  JsonTree& operator=(JsonTree&&) = default;

  std::span<const Child> children_of(std::uint32_t node) const {
    return std::span(children).subspan(nodes[node].first, nodes[node].count);
  }
  // The member of a map; 0, which is never a member, when there is none.
  std::uint32_t find(std::uint32_t map, std::string_view key) const;

  // Takes the place of `node`, which was added before.
  void set_list(std::uint32_t node, std::span<const Child> items);
  void set_map(std::uint32_t node, std::vector<Child> members);  // sorts them; of a key given twice the last counts
};

// YAML as JSON: unquoted numbers, true and false are what they look like.
JsonTree json_tree_of(const Yaml& value);
// What stands below a node, with texts of its own.
JsonTree part_of(const JsonTree& tree, std::uint32_t node);

}  // namespace pratique
