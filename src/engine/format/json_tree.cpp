// Any JSON document to a JsonTree. Numbers as Kubernetes reads them: without '.' and exponent an integer where it fits,
// every other one a double.
#include "model/json_tree.h"

#include <charconv>

#include "engine/format/format.h"
#include "engine/format/json.h"

namespace pratique {
namespace {

class TreeReader {
 public:
  TreeReader(JsonTree& tree, const Limits& limits)
      : tree_(tree), limits_(limits), reader_(tree.pool, limits, JsonDuplicates::refuse) {}

  Result<void> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) { add(root); }));
    if (const auto rejected = reader_.take_rejected(); !rejected.empty())
      return Error{Fault::malformed, rejected.front().reason, {rejected.front().place}, {}};
    return {};
  }

 private:
  std::uint32_t add(JsonValue& value) {
    const auto node = static_cast<std::uint32_t>(tree_.nodes.size());
    if (node >= limits_.entries) {
      reader_.fail({Fault::limit, "holds more than " + std::to_string(limits_.entries) + " values", {}, {}});
      return 0;
    }
    tree_.nodes.emplace_back();
    std::vector<JsonTree::Child> children;
    switch (value.kind()) {
      case JsonKind::null: break;
      case JsonKind::boolean:
        tree_.nodes[node].kind = JsonTree::Kind::boolean;
        tree_.nodes[node].integer = value.boolean().value_or(false) ? 1 : 0;
        break;
      case JsonKind::number: set_number(node, value); break;
      case JsonKind::string:
        tree_.nodes[node].kind = JsonTree::Kind::text;
        tree_.nodes[node].text = value.text();
        break;
      case JsonKind::array:
        for (JsonArray list = value.array(); list.next();) children.push_back({{}, add(list.value())});
        tree_.set_list(node, children);
        break;
      case JsonKind::object:
        for (JsonObject object = value.object(); object.next();) {
          const auto key = object.key();
          children.push_back({key, add(object.value())});
        }
        tree_.set_map(node, std::move(children));
        break;
    }
    return node;
  }

  void set_number(std::uint32_t node, JsonValue& value) {
    const auto text = value.raw();
    JsonTree::Node& number = tree_.nodes[node];
    if (text.find_first_of(".eE") == std::string_view::npos) {
      const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number.integer);
      if (problem == std::errc() && end == text.data() + text.size()) {
        number.kind = JsonTree::Kind::integer;
        return;
      }
    }
    number.kind = JsonTree::Kind::real;
    number.real = value.number().value_or(0);
  }

  JsonTree& tree_;
  Limits limits_;
  JsonReader reader_;
};

}  // namespace

Result<JsonTree> read_json_tree(Bytes document, const Limits& limits) {
  JsonTree tree;
  tree.document = std::move(document);
  PRATIQUE_DO(TreeReader(tree, limits).read(tree.document));
  return tree;
}

}  // namespace pratique
