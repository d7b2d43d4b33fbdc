// What the tests of this module share.
#pragma once

#include <string>
#include <string_view>

#include "engine/cel/cel.h"

namespace pratique::cel {

// The result as a literal, or "error: ..." as one line without its place. Compiles without the checker where it
// refuses.
inline std::string evaluate_to_text(std::string_view expression, const Environment& environment,
                                    const Activation& activation, const Budget& budget = {}) {
  auto program = compile(expression, environment);
  if (!program) program = compile(expression, environment, {.checked = false});
  if (!program) return "error: " + program.error().text;
  Evaluator evaluator;
  const auto value = evaluator.run(*program, activation, budget);
  return value ? render_literal(*value) : "error: " + value.error().text;
}

inline std::string evaluate_to_text(std::string_view expression, const Budget& budget = {}) {
  const auto environment = Environment::make({});
  return evaluate_to_text(expression, *environment, Bindings(*environment), budget);
}

}  // namespace pratique::cel
