// The front: environments, hosts' values and functions, errors with their places, limits.
#include "engine/cel/cel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cel/test_support.h"

namespace pratique::cel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Type type(std::string_view text) { return parse_type(text).value(); }

// A list of packages as a host keeps them; node 0 is the list, node i+1 the package i. Counts what is asked.
class Packages final : public Source {
 public:
  std::uint32_t size_of(Node) const override { return 3; }
  Value at(Node, std::uint32_t index) const override { return Value::object(*this, index + 1); }
  Value key_at(Node, std::uint32_t) const override { return {}; }
  Value find(Node node, std::string_view field) const override {
    ++asked;
    static constexpr std::string_view names[] = {"bash", "log4j-core", "zlib"};
    if (field == "name") return Value::text(names[node - 1]);
    if (field == "size") return Value::from_int(node);
    return {};
  }
  std::string_view type_of(Node) const override { return "Package"; }
  mutable int asked = 0;
};

Environment package_environment() {
  Declarations declarations;
  declarations.variables = {{"packages", type("list(Package)")}, {"object", {}}};
  declarations.objects = {{"Package", {{"name", type("string")}, {"size", type("int")}}}};
  declarations.functions = {
      {"sbom.has(string) -> bool", [](Call&, auto a) { return Value::from_bool(a[0].as_text() == "log4j-core"); }},
      {"Package.label(string) -> string",
       [](Call& call, auto a) {
         const auto name = a[0].find(Value::text("name"));
         return call.arena().text(std::string(a[1].as_text()) + std::string(name.as_text()));
       }},
      {"size(Package) -> int", [](Call&, auto a) { return a[0].find(Value::text("size")); }},
      {"refuse() -> int", [](Call& call, auto) { return call.fail("refused by the host", Value::from_int(7)); }},
      {"dear(int) -> int",
       [](Call& call, auto a) {
         call.charge(a[0].as_uint());
         return a[0];
       }},
  };
  return Environment::make(std::move(declarations)).value();
}

TEST(Cel, LazyValuesAreAskedOnlyForWhatIsRead) {
  const auto environment = package_environment();
  Packages packages;
  Bindings bindings(environment);
  bindings.set("packages", Value::list(packages, 0));
  EXPECT_EQ(evaluate_to_text("size(packages)", environment, bindings), "3");
  EXPECT_EQ(packages.asked, 0);
  EXPECT_EQ(evaluate_to_text("packages.exists(p, p.name == 'log4j-core')", environment, bindings), "true");
  EXPECT_EQ(packages.asked, 2);
  EXPECT_EQ(evaluate_to_text("packages.map(p, p.label('pkg:'))", environment, bindings),
            R"(["pkg:bash", "pkg:log4j-core", "pkg:zlib"])");
  EXPECT_EQ(evaluate_to_text("packages.filter(p, size(p) > 2)[0].name + string(size('ab'))", environment, bindings),
            R"("zlib2")");
  EXPECT_EQ(evaluate_to_text("type(packages[0]) == Package && packages[1] == packages[1] && packages[0] != packages[1]",
                             environment, bindings),
            "true");
}

TEST(Cel, HostFunctionsAreTypedAndMayRefuse) {
  const auto environment = package_environment();
  const Bindings bindings(environment);
  EXPECT_EQ(evaluate_to_text("sbom.has('log4j-core')", environment, bindings), "true");
  EXPECT_EQ(evaluate_to_text("refuse() + 1", environment, bindings), "error: refused by the host: 7");
  EXPECT_EQ(evaluate_to_text("refuse() == 1 || true", environment, bindings), "true");
  EXPECT_EQ(evaluate_to_text("sbom.has(dyn(1))", environment, bindings), "error: no such overload: sbom.has(int)");
  EXPECT_THAT(compile("sbom.has(1)", environment).error().text, HasSubstr("no overload of 'sbom.has' takes (int)"));
  EXPECT_EQ(evaluate_to_text("dear(10)", environment, bindings, {.cost = 5}), "error: over the limit on cost");
}

TEST(Cel, TheCheckerKnowsDeclaredFieldsAndSuggests) {
  const auto environment = package_environment();
  const auto issues =
      find_issues("packages.all(p, p.nmae == 'x') && pakages.size() > 0 && packages[0].name + 1 == ''", environment);
  ASSERT_EQ(issues.size(), 3U);
  EXPECT_EQ(issues[0].text, "undefined field 'nmae' of Package");
  EXPECT_EQ(issues[0].remedy, "did you mean 'name'?");
  EXPECT_EQ(issues[1].remedy, "did you mean 'packages'?");
  EXPECT_EQ(issues[2].text, "no overload of '+' takes (string, int)");
}

TEST(Cel, AnObjectLiteralHasTheDeclaredFields) {
  const auto environment = package_environment();
  const Bindings bindings(environment);
  EXPECT_EQ(evaluate_to_text("Package{name: 'a'}", environment, bindings), R"(Package{name: "a"})");
  EXPECT_EQ(evaluate_to_text("Package{name: 'a'}.size", environment, bindings), "0");
  EXPECT_EQ(evaluate_to_text("has(Package{size: 0}.size)", environment, bindings), "false");
  EXPECT_EQ(evaluate_to_text("Package{size: 0} == Package{}", environment, bindings), "true");
  EXPECT_EQ(find_issues("Package{name: 1, sise: 2}", environment).size(), 2U);
}

TEST(Cel, IssuesPointAtTheirPlace) {
  const auto environment = Environment::make({.variables = {{"x", type("int")}}}).value();
  struct Case {
    std::string_view expression, rendered;
  };
  for (const auto& [expression, rendered] :
       {Case{"x + 'a'", "1:3: no overload of '+' takes (int, string)\n | x + 'a'\n |   ^\n"},
        Case{"x >\n  y", "2:3: undeclared reference to 'y'; did you mean 'x'?\n |   y\n |   ^\n"},
        Case{"'é' + x", "1:5: no overload of '+' takes (string, int)\n | 'é' + x\n |     ^\n"},
        Case{"x == (1", "1:8: the expression ends where ')' is expected\n | x == (1\n |        ^\n"},
        Case{"x.matches('(')", "1:3: no overload of 'int.matches' takes (string)\n | x.matches('(')\n |   ^\n"},
        Case{"x = 1", "1:3: '=' has no meaning here; compare with '=='\n | x = 1\n |   ^\n"}}) {
    SCOPED_TRACE(expression);
    const auto issues = find_issues(expression, environment);
    ASSERT_FALSE(issues.empty());
    EXPECT_EQ(render(issues[0], expression), rendered);
    EXPECT_EQ(compile(expression, environment).error().place.size(), 1U);
  }
}

TEST(Cel, AFailedRunPointsAtItsPlaceToo) {
  const auto environment = Environment::make({}).value();
  const auto program = compile("[1, 2].map(x,\n  10 / (x - 2))", environment).value();
  Evaluator evaluator;
  const auto result = evaluator.run(program, Bindings(environment));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::malformed);
  EXPECT_THAT(result.error().place, ElementsAre("2:6"));
  EXPECT_EQ(render(evaluator.issue(), program.expression()), "2:6: division by zero\n |   10 / (x - 2))\n |      ^\n");
}

TEST(Cel, NamesAreLookedUpFromTheContainerOutwards) {
  const auto environment =
      Environment::make({.container = "a.b",
                         .variables = {{"a.b.x", type("int")}, {"x", type("string")}, {"a.y", type("bool")}},
                         .functions = {{"a.f(int) -> int", [](Call&, auto v) { return v[0]; }}}})
          .value();
  Bindings bindings(environment);
  bindings.set("a.b.x", Value::from_int(1));
  bindings.set("x", Value::text("outer"));
  bindings.set("a.y", Value::from_bool(true));
  EXPECT_EQ(evaluate_to_text("x", environment, bindings), "1");
  EXPECT_EQ(evaluate_to_text(".x", environment, bindings), R"("outer")");
  EXPECT_EQ(evaluate_to_text("y && a.y", environment, bindings), "true");
  EXPECT_EQ(evaluate_to_text("f(x) + a.f(2)", environment, bindings), "3");
  EXPECT_EQ(evaluate_to_text("[5].map(x, x + .a.b.x)", environment, bindings), "[6]");
}

TEST(Cel, DeclarationsThatCannotBeAreRefused) {
  const HostFunction none = [](Call&, auto) { return Value(); };
  EXPECT_FALSE(Environment::make({.variables = {{"x", {}}, {"x", {}}}}));
  EXPECT_FALSE(Environment::make({.functions = {{"f(int", none}}}));
  EXPECT_FALSE(Environment::make({.functions = {{"f(int) -> map(int)", none}}}));
  EXPECT_FALSE(Environment::make({.objects = {{"A", {{"f", {}}, {"f", {}}}}}}));
  for (const auto* bad : {"", "list(", "list(int", "map(int)", "int int", "list(int, int)", "wrapper"})
    EXPECT_FALSE(parse_type(bad)) << bad;
  for (const auto* good : {"int", "list(map(string, dyn))", "optional_type(A)", "net.IP", "wrapper(int)"})
    EXPECT_EQ(render(type(good)), good);
}

TEST(Cel, TheProgramTellsItsTypeAndVariables) {
  const auto environment = package_environment();
  const auto program = compile("packages.filter(p, p.size > 1).map(p, {p.name: object.x})", environment).value();
  EXPECT_EQ(render(program.type()), "list(map(string, dyn))");
  EXPECT_THAT(program.variables(), ElementsAre(0U, 1U));
}

TEST(Cel, AnUnboundVariableIsAnError) {
  const auto environment = package_environment();
  EXPECT_EQ(evaluate_to_text("object.x", environment, Bindings(environment)),
            "error: no value for the variable object");
  EXPECT_EQ(evaluate_to_text("object.x == 1 || true", environment, Bindings(environment)), "true");
}

TEST(Cel, ValuesAreWrittenAsJson) {
  const auto environment = Environment::make({}).value();
  Evaluator evaluator;
  const auto program =
      compile(
          R"({"i": -9223372036854775808, "u": 18446744073709551615u, "d": [1.0, 0.1, 1e21], "b": b"\xff", "n": null,)"
          R"( "t": timestamp(0), "o": [optional.of(1), optional.none()], "ip": ip("::1"), 1: "k", "nan": double("NaN"), "q": "\"\n"})",
          environment)
          .value();
  EXPECT_EQ(render_json(evaluator.run(program, Bindings(environment)).value()),
            R"({"i":-9223372036854775808,"u":18446744073709551615,"d":[1.0,0.1,1e+21],"b":"/w==","n":null,)"
            R"("t":"1970-01-01T00:00:00Z","o":[1,null],"ip":"::1","1":"k","nan":"NaN","q":"\"\u000a"})");
}

// The costs that cel-go 0.31 reports for the same expressions.
TEST(CelCost, IsThatOfCelGo) {
  const auto environment = Environment::make({.variables = {{"object", {}}, {"nums", type("list(int)")}}}).value();
  Arena arena;
  std::vector<Value> containers;
  for (const auto* image : {"registry/shop/web:1.2.3", "registry/mesh/proxy:9.0.1", "registry/ops/log:4.4.4"}) {
    const Entry entry{Value::text("image"), Value::text(image)};
    containers.push_back(arena.map({&entry, 1}));
  }
  const Entry entries[] = {{Value::text("replicas"), Value::from_int(3)},
                           {Value::text("containers"), arena.list(containers)}};
  Bindings bindings(environment);
  bindings.set("object", arena.map(entries));
  const std::vector<Value> numbers(100, Value::from_int(1));
  bindings.set("nums", arena.list(numbers));
  struct Case {
    std::string_view expression;
    std::uint64_t cost;
  };
  Evaluator evaluator;
  for (const auto& [expression, cost] :
       {Case{"object.replicas <= 5", 3}, Case{"object.containers.all(c, c.image.startsWith('registry/'))", 21},
        Case{R"(object.containers[0].image.matches("^registry/[a-z0-9/-]+:[0-9]+\\.[0-9]+\\.[0-9]+$"))", 40},
        Case{"size([1, 2, 3] + nums + [4, 5, 6]) == 106 && ([1, 2, 3] + nums)[50] == 1", 40},
        Case{"nums.all(i, i >= 0)", 502},
        Case{"timestamp('2026-01-02T03:04:05Z') + duration('720h') > timestamp(0)", 5}}) {
    SCOPED_TRACE(expression);
    const auto program = compile(expression, environment).value();
    ASSERT_TRUE(evaluator.run(program, bindings));
    EXPECT_EQ(evaluator.cost(), cost);
    const auto estimate = program.estimate_cost();
    EXPECT_LE(estimate.least, cost);
    EXPECT_GE(estimate.most, cost);
  }
}

TEST(CelCost, TheEstimateFollowsTheSizesThatAreHinted) {
  const auto environment = Environment::make({.variables = {{"object", {}}}}).value();
  const auto program = compile("object.containers.all(c, c.image.startsWith('registry/'))", environment).value();
  EXPECT_EQ(program.estimate_cost().most, UINT64_MAX);
  const auto bounded = program.estimate_cost([](std::string_view path) -> std::optional<Range> {
    if (path == "object.containers") return Range{0, 10};
    return std::nullopt;
  });
  EXPECT_LT(bounded.most, 500U);
  EXPECT_EQ(compile("1 + 2 == 3", environment)->estimate_cost(), (Range{2, 2}));
}

}  // namespace
}  // namespace pratique::cel
