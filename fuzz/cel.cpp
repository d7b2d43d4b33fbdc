// CEL: any bytes as an expression, parsed, checked, planned and run within a budget. The checker must not change what a
// run gives, and the estimate must bound what it costs.
#include "engine/cel/cel.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace pratique;
using namespace pratique::cel;

namespace {

struct World {
  Environment environment =
      Environment::make({.variables = {{"a", {}}, {"s", *parse_type("string")}, {"l", *parse_type("list(int)")}}})
          .value();
  Value items[3] = {Value::from_int(1), Value::from_int(2), Value::from_int(3)};
  Arena arena;
  Bindings bindings{environment};

  World() {
    const Entry entries[] = {{Value::text("k"), Value::from_int(1)}, {Value::text("list"), Value::list(items)}};
    bindings.set("a", arena.map(entries));
    bindings.set("s", Value::text("h\xc3\xa9llo 127.0.0.1"));
    bindings.set("l", Value::list(items));
  }
};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  static Evaluator one, two;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto type = parse_type(text)) require(parse_type(render(*type)).value() == *type);
  for (const auto& issue : find_issues(text, world.environment)) require(!render(issue, text).empty());
  const auto unchecked = compile(text, world.environment, {.checked = false});
  const auto checked = compile(text, world.environment);
  require(unchecked.has_value() || !checked.has_value());
  if (!unchecked) return 0;
  const Budget budget{.cost = 20'000, .bytes = 1 << 20};
  const auto x = one.run(*unchecked, world.bindings, budget);
  require(one.cost() <= unchecked->estimate_cost().most);
  if (x) {
    (void)render_literal(*x);
    (void)render_json(*x);
  }
  if (!checked) return 0;
  const auto y = two.run(*checked, world.bindings, budget);
  require(x.has_value() == y.has_value() && one.cost() == two.cost());
  if (x) require(render_literal(*x) == render_literal(*y));
  return 0;
}
