// What holds for every expression and value, tried on random ones.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "engine/cel/test_support.h"

namespace pratique::cel {
namespace {

// A random expression of the given depth, well formed but of any types, over the variables a (int), s (string), l
// (list).
rc::Gen<std::string> expressions(int depth) {
  const auto leaf = rc::gen::element<std::string>("a", "s", "l", "0", "1", "-7", "3u", "2.5", "true", "false", "null",
                                                  "'x'", "'é☃'", "b'\\xff'", "[1, 2, 3]", "{'k': 1}", "[]",
                                                  "duration('1s')", "timestamp(0)", "optional.none()");
  if (depth == 0) return leaf;
  const auto inner = expressions(depth - 1);
  const auto joined = [&](std::vector<std::string> pieces) {
    return rc::gen::map(rc::gen::tuple(inner, inner, inner),
                        [pieces](const std::tuple<std::string, std::string, std::string>& parts) {
                          const std::string* values[] = {&std::get<0>(parts), &std::get<1>(parts), &std::get<2>(parts)};
                          std::string out;
                          for (std::size_t i = 0; i < pieces.size(); ++i)
                            out += pieces[i] + (i + 1 < pieces.size() ? *values[i] : "");
                          return out;
                        });
  };
  return rc::gen::oneOf(
      leaf, joined({"(", " + ", ")"}), joined({"(", " - ", ")"}), joined({"(", " * ", ")"}), joined({"(", " == ", ")"}),
      joined({"(", " < ", ")"}), joined({"(", " in ", ")"}), joined({"(", " && ", ")"}), joined({"(", " || ", ")"}),
      joined({"(", " ? ", " : ", ")"}), joined({"[", ", ", "]"}), joined({"{'k': ", ", 'j': ", "}"}),
      joined({"(", ").size()"}), joined({"(", ")[", "]"}), joined({"(", ").k"}), joined({"(", ").?k"}),
      joined({"has((", ").k)"}), joined({"(", ").all(x, ", ")"}), joined({"(", ").exists(x, x == ", ")"}),
      joined({"(", ").map(x, ", ")"}), joined({"(", ").filter(x, ", ")"}), joined({"string(", ")"}),
      joined({"(", ").startsWith(", ")"}), joined({"(", ").contains(", ")"}), joined({"(", ").split(", ")"}),
      joined({"cel.bind(y, ", ", [y, ", "])"}), joined({"'%s'.format([", "])"}), joined({"(", ").replace(", ", ", ")"}),
      joined({"(", ").optMap(x, ", ")"}));
}

Environment environment_of_three() {
  return Environment::make({.variables = {{"a", {}}, {"s", {}}, {"l", {}}}}).value();
}

Bindings bindings_of_three(const Environment& environment) {
  static const Value items[] = {Value::from_int(1), Value::text("x"), Value::from_int(-7)};
  Bindings bindings(environment);
  bindings.set("a", Value::from_int(7));
  bindings.set("s", Value::text("héllo wörld"));
  bindings.set("l", Value::list(items));
  return bindings;
}

RC_GTEST_PROP(CelProperty, ChecksNeverChangeAResult, ()) {
  const auto expression = *expressions(3);
  const auto environment = environment_of_three();
  const auto bindings = bindings_of_three(environment);
  const auto checked = compile(expression, environment);
  const auto unchecked = compile(expression, environment, {.checked = false});
  RC_ASSERT(unchecked.has_value());
  if (!checked) return;
  Evaluator one, two;
  const auto x = one.run(*checked, bindings), y = two.run(*unchecked, bindings);
  RC_ASSERT(x.has_value() == y.has_value());
  if (x) RC_ASSERT(render_literal(*x) == render_literal(*y));
  if (!x) RC_ASSERT(render(x.error()) == render(y.error()));
}

RC_GTEST_PROP(CelProperty, TheCostIsWithinTheEstimate, ()) {
  const auto expression = *expressions(3);
  const auto environment = environment_of_three();
  const auto program = compile(expression, environment, {.checked = false});
  const auto range = program->estimate_cost([](std::string_view path) -> std::optional<Range> {
    if (path == "s") return Range{0, 20};
    if (path == "l") return Range{0, 3};
    return Range{0, 1};
  });
  Evaluator evaluator;
  const auto result = evaluator.run(*program, bindings_of_three(environment));
  if (!result) return;  // an error ends early
  RC_ASSERT(evaluator.cost() <= range.most);
  // These may take a value in place of an error, which ended early.
  for (const char* absorbing : {"&&", "||", ".all(", ".exists("})
    if (expression.find(absorbing) != std::string::npos) return;
  RC_ASSERT(evaluator.cost() >= range.least);
}

RC_GTEST_PROP(CelProperty, AResultReadsBackAsItself, ()) {
  const auto expression = *expressions(3);
  const auto environment = environment_of_three();
  const auto program = compile(expression, environment, {.checked = false});
  Evaluator one, two;
  const auto value = one.run(*program, bindings_of_three(environment));
  if (!value) return;
  const auto literal = render_literal(*value);
  const auto again = compile(literal, environment, {.checked = false});
  RC_ASSERT(again.has_value());
  const auto read = two.run(*again, Bindings(environment));
  RC_ASSERT(read.has_value());
  RC_ASSERT(render_literal(*read) == literal);
}

RC_GTEST_PROP(CelProperty, LogicDoesNotDependOnTheOrder, ()) {
  const auto a = *expressions(2), b = *expressions(2);
  const auto environment = environment_of_three();
  const auto bindings = bindings_of_three(environment);
  for (const auto* op : {" && ", " || "}) {
    const auto x = evaluate_to_text("(" + a + ")" + op + "(" + b + ")", environment, bindings);
    const auto y = evaluate_to_text("(" + b + ")" + op + "(" + a + ")", environment, bindings);
    RC_ASSERT(x.starts_with("error") == y.starts_with("error"));
    if (!x.starts_with("error")) RC_ASSERT(x == y);
  }
}

RC_GTEST_PROP(CelProperty, EqualityIsSymmetricAndOrdersAgree, ()) {
  const auto number = rc::gen::oneOf(
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](auto i) { return "dyn(" + std::to_string(i) + ")"; }),
      rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](auto u) { return "dyn(" + std::to_string(u) + "u)"; }),
      rc::gen::map(rc::gen::arbitrary<double>(),
                   [](auto d) { return "dyn(" + render_literal(Value::from_double(d)) + ")"; }));
  const auto a = *number, b = *number;
  RC_ASSERT(evaluate_to_text(a + " == " + b) == evaluate_to_text(b + " == " + a));
  RC_ASSERT(evaluate_to_text(a + " < " + b) == evaluate_to_text(b + " > " + a));
  RC_ASSERT(evaluate_to_text(a + " <= " + b) == evaluate_to_text(a + " < " + b + " || " + a + " == " + b));
}

RC_GTEST_PROP(CelProperty, ATextIsItsPartsTogether, ()) {
  const auto code_points =
      *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>("a", "é", "☃", "😀", "\\n"));
  std::string text;
  for (const auto& c : code_points) text += c;
  const auto cut = *rc::gen::inRange<std::size_t>(0, code_points.size() + 1);
  const auto quoted = "\"" + text + "\"", at = std::to_string(cut);
  RC_ASSERT(evaluate_to_text(quoted + ".size()") == std::to_string(code_points.size()));
  RC_ASSERT(evaluate_to_text(quoted + ".substring(0, " + at + ") + " + quoted + ".substring(" + at +
                             ") == " + quoted) == "true");
  RC_ASSERT(evaluate_to_text(quoted + ".split('').join() == " + quoted) == "true");
  RC_ASSERT(evaluate_to_text(quoted + ".reverse().reverse() == " + quoted) == "true");
}

RC_GTEST_PROP(CelProperty, TimesReadBackAsThemselves, ()) {
  const auto seconds = *rc::gen::inRange<std::int64_t>(-62'135'596'800, 253'402'300'800);
  const auto nanoseconds = *rc::gen::arbitrary<std::int64_t>();
  const auto time = "timestamp(" + std::to_string(seconds) + ")";
  RC_ASSERT(evaluate_to_text("timestamp(string(" + time + ")) == " + time) == "true");
  const auto literal = render_literal(Value::duration(nanoseconds));
  RC_ASSERT(evaluate_to_text(literal) == literal);
}

}  // namespace
}  // namespace pratique::cel
