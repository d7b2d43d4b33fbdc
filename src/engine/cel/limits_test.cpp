// Expressions that mean harm: each ends within its limits, with an error that names the limit.
#include <gtest/gtest.h>

#include "engine/cel/test_support.h"

namespace pratique::cel {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string error_of_compiling(const std::string& expression) {
  const auto environment = Environment::make({.variables = {{"x", {}}}}).value();
  const auto program = compile(expression, environment);
  if (program) return "";
  EXPECT_EQ(program.error().fault, Fault::limit) << expression.substr(0, 60);
  return program.error().text;
}

TEST(CelLimits, AnExpressionIsBoundedBeforeItRuns) {
  EXPECT_EQ(error_of_compiling(repeated("1 +", 400'000) + "1"),
            "an expression of 1,200,001 bytes is over the limit of 100,000");
  for (const auto& deep :
       {repeated("(", 5000) + "1" + repeated(")", 5000), repeated("[", 5000) + repeated("]", 5000),
        "1" + repeated(" + 1", 5000), "x" + repeated(".a", 5000), "x" + repeated("[0]", 5000),
        repeated("f(", 5000) + repeated(")", 5000), repeated("true ? 1 : ", 5000) + "2",
        repeated("[1].map(x, ", 500) + "1" + repeated(")", 500), repeated("{1:", 5000) + "1" + repeated("}", 5000)})
    EXPECT_EQ(error_of_compiling(deep), "an expression nested deeper than 200") << deep.substr(0, 30);
  const auto environment = Environment::make({}).value();
  EXPECT_EQ(compile("[" + repeated("1,", 2000) + "1]", environment, {.nodes = 1000}).error().text,
            "an expression of more than 1,000 parts");
  EXPECT_EQ(error_of_compiling(repeated("x || ", 5000) + "x"), "") << "a row of one logical operator is not nested";
  EXPECT_EQ(error_of_compiling(repeated("!", 50'000) + "x"), "");
}

// Types share their parts: each of these doubles the type before it.
TEST(CelLimits, TypesThatDoubleAreCheckedInTime) {
  std::string open, close;
  for (int i = 0; i < 90; ++i) {
    const auto before = "y" + std::to_string(i - 1);
    open += "cel.bind(y" + std::to_string(i) + ", " + (i == 0 ? "{1: 1}" : "{" + before + ": [" + before + "]}") + ", ";
    close += ")";
  }
  EXPECT_EQ(error_of_compiling(open + "y89 == y89" + close), "");
}

TEST(CelLimits, ManyMistakesAreToldInTime) {
  const auto environment = Environment::make({}).value();
  EXPECT_EQ(find_issues(repeated("undeclared_function_of_some_length() || ", 2400) + "true", environment).size(), 20U);
}

TEST(CelLimits, NestedLoopsRunOutOfCost) {
  constexpr auto twenty = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]";
  const auto bomb = repeated(std::string(twenty) + ".all(x, ", 12) + "true" + repeated(")", 12);
  EXPECT_EQ(evaluate_to_text(bomb), "error: over the limit on cost");
  EXPECT_EQ(evaluate_to_text(bomb + " || true"), "error: over the limit on cost") << "nothing absorbs it";
  EXPECT_EQ(evaluate_to_text("[1].exists(y, " + bomb + ") || true"), "error: over the limit on cost");
  EXPECT_EQ(evaluate_to_text("lists.range(4000).filter(x, lists.range(4000).filter(y, false).size() > 0).size()"),
            "error: over the limit on cost");
}

TEST(CelLimits, WhatGrowsRunsOutOfMemory) {
  std::string doubling = "'0123456789abcdef'";
  for (int i = 0; i < 40; ++i) doubling = "[" + doubling + "].map(s, s + s)[0]";
  EXPECT_EQ(evaluate_to_text(doubling), "error: over the limit on memory");
  std::string lists = "[1, 2, 3, 4]";
  for (int i = 0; i < 40; ++i) lists = "[" + lists + "].map(s, s + s)[0]";
  EXPECT_EQ(evaluate_to_text(lists), "error: over the limit on memory");
  const Budget small{.cost = 100'000'000, .bytes = 1 << 20};
  for (const auto* bomb :
       {"lists.range(100000)", "lists.range(4294967295).size()", "lists.range(60000).map(x, [x, x, x])",
        "lists.range(3000).map(x, '0123456789').join('0123456789').replace('', '0123456789').replace('', '0123456789')",
        "lists.range(3000).map(x, '0123456789').join('0123456789').split('')",
        "'%.1000f%.1000f'.format([1.0, 1.0]).replace('0', '%.1000f').format(lists.range(3000).map(x, 0.1))",
        "regex.replace(lists.range(3000).map(x, '0').join(), '', '0123456789').replace('', '0123456789').replace('', "
        "'0123456789')",
        "lists.range(20000).map(x, 'abcdef').join().findAll('')",
        "[lists.range(50000), lists.range(50000)].flatten()"}) {
    const auto got = evaluate_to_text(bomb, small);
    EXPECT_TRUE(got == "error: over the limit on memory" || got == "error: over the limit on cost")
        << bomb << ": " << got.substr(0, 80);
  }
}

TEST(CelLimits, ALoopGivesBackWhatItsElementsTook) {
  // A megabyte of text for each of 10,000 elements in a budget of 16.
  EXPECT_EQ(evaluate_to_text("lists.range(10000).all(x, ('0123456789' + string(x)).size() > 10)",
                             {.cost = 10'000'000, .bytes = 1 << 20}),
            "true");
}

TEST(CelLimits, PatternsAreBounded) {
  EXPECT_EQ(evaluate_to_text("'a'.matches(dyn('(((a{100}){100}){100}){100}'))"),
            "error: not a regular expression: \"(((a{100}){100}){100}){100}\"");
  EXPECT_EQ(evaluate_to_text("lists.range(40000).map(x, 'a').join().matches('(a*)*b')"), "false")
      << "linear, not exponential";
  // Every element another pattern: the cache is bounded and each costs.
  EXPECT_EQ(evaluate_to_text("lists.range(1000).all(x, !'a'.matches('b' + string(x)))"), "true");
}

TEST(CelLimits, EqualityOfLargeValuesCosts) {
  EXPECT_EQ(
      evaluate_to_text("cel.bind(big, lists.range(30000), lists.range(30000).all(x, big == big))", {.cost = 300'000}),
      "error: over the limit on cost");
  EXPECT_EQ(evaluate_to_text("cel.bind(big, lists.range(3000), big.all(x, [big] == [big]))", {.cost = 100'000}),
            "error: over the limit on cost");
  EXPECT_EQ(evaluate_to_text("lists.range(20000).distinct().size()", {.cost = 300'000}),
            "error: over the limit on cost");
}

// Whatever is constant in cel-go but takes longer for large values costs by size here.
TEST(CelLimits, NothingLargeIsLookedAtForFree) {
  const std::string large =
      "cel.bind(big, '0123456789abcdef'.replace('', '0123456789abcdef').replace('', '0123456789abcdef').replace('', "
      "'0123456789'), ";
  for (const auto* use :
       {"big.size() > 0", "{big: 1}[big] == 1", "big == big", "[big, big].isSorted()", "[big, big].sort().size() > 0",
        "[big, big].min() == big", "big in [big]", "int('1' + big) > 0 || true",
        "duration(big) > duration('1s') || true", "'a'.startsWith(big) || true"}) {
    SCOPED_TRACE(use);
    const auto expression = large + "lists.range(2000).all(x, " + use + "))";
    EXPECT_EQ(evaluate_to_text(expression, {.cost = 1'000'000}), "error: over the limit on cost");
  }
}

TEST(CelLimits, ARunCanBeCancelled) {
  const auto environment = Environment::make({}).value();
  const auto program = compile("lists.range(100000).all(x, x >= 0)", environment).value();
  int asked = 0;
  Evaluator evaluator;
  const auto result =
      evaluator.run(program, Bindings(environment), {.cost = 10'000'000, .cancelled = [&] { return ++asked > 3; }});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::interrupted);
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(evaluator.run(program, Bindings(environment))->as_bool(), true) << "the evaluator is as good as new";
}

TEST(CelLimits, TextThatIsNotUtf8IsRefused) {
  const auto environment = Environment::make({}).value();
  EXPECT_EQ(compile("'\xff'", environment).error().text, "an expression that is not UTF-8");
}

}  // namespace
}  // namespace pratique::cel
