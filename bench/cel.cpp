// CEL on the expressions and inputs that cel-bench measures cel-go with (../shared/tools/cel-bench/exprs.json): check
// and plan, and evaluation with cost tracking on. Counts heap allocations. docs/cel.md, "Speed", has the figures.
#include "engine/cel/cel.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace pratique::cel {
namespace {

using Json = nlohmann::ordered_json;

Value value_of(const Json& json, Arena& arena) {
  if (json.is_null()) return Value::null();
  if (json.is_boolean()) return Value::from_bool(json.get<bool>());
  if (json.is_number_integer()) return Value::from_int(json.get<std::int64_t>());
  if (json.is_number()) return Value::from_double(json.get<double>());
  if (json.is_string()) return arena.text(json.get_ref<const std::string&>());
  if (json.is_array()) {
    std::vector<Value> items;
    for (const auto& item : json) items.push_back(value_of(item, arena));
    return arena.list(items);
  }
  std::vector<Entry> entries;
  for (const auto& [key, value] : json.items()) entries.push_back({arena.text(key), value_of(value, arena)});
  return arena.map(entries);
}

struct Case {
  std::string name, expression;
  Environment environment;
  Arena arena;
  Bindings bindings;

  Case(std::string case_name, std::string source, Environment made)
      : name(std::move(case_name)),
        expression(std::move(source)),
        environment(std::move(made)),
        bindings(environment) {}
};

void check_and_plan(benchmark::State& state, const Case& test) {
  const auto before = allocations;
  for (auto _ : state) {
    auto program = compile(test.expression, test.environment);
    benchmark::DoNotOptimize(program);
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocations - before), benchmark::Counter::kAvgIterations);
}

void evaluate(benchmark::State& state, const Case& test) {
  const auto program = compile(test.expression, test.environment);
  Evaluator evaluator;
  if (!evaluator.run(*program, test.bindings)) return state.SkipWithError("does not evaluate");
  const auto before = allocations;
  for (auto _ : state) {
    auto value = evaluator.run(*program, test.bindings);
    benchmark::DoNotOptimize(value);
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocations - before), benchmark::Counter::kAvgIterations);
  state.counters["cost"] = static_cast<double>(evaluator.cost());
}

// Cost tracking must be linear: the same expression over lists of growing length.
void linear(benchmark::State& state) {
  const auto environment = Environment::make({.variables = {{"ints", *parse_type("list(int)")}}});
  const auto program = compile("ints.all(i, i >= 0)", *environment);
  std::vector<Value> items(static_cast<std::size_t>(state.range(0)), Value::from_int(1));
  Bindings bindings(*environment);
  bindings.set("ints", Value::list(items));
  Evaluator evaluator;
  for (auto _ : state) benchmark::DoNotOptimize(evaluator.run(*program, bindings));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(linear)->Arg(100)->Arg(1000)->Arg(10000)->Arg(100000)->Complexity(benchmark::oN);

std::vector<std::unique_ptr<Case>> read_cases(const Json& file) {
  std::vector<std::unique_ptr<Case>> cases;
  for (const auto& entry : file["cases"]) {
    Declarations declarations;
    for (const auto& [name, type] : entry["vars"].items())
      declarations.variables.push_back({name, *parse_type(type.get<std::string>())});
    auto made = std::make_unique<Case>(entry["name"], entry["expr"], *Environment::make(std::move(declarations)));
    for (const auto& [name, type] : entry["vars"].items()) {
      const auto& input = file["inputs"][entry["input"].get<std::string>()][name];
      auto value = value_of(input, made->arena);
      if (type == "timestamp") value = Value::timestamp(1768867200);  // 2026-01-20T00:00:00Z, the input's `now`
      made->bindings.set(name, value);
    }
    const auto program = compile(made->expression, made->environment);
    Evaluator evaluator;
    const auto got = program ? evaluator.run(*program, made->bindings) : Result<Value>(program.error());
    if (!got || !equal(*got, value_of(entry["want"], made->arena)))
      std::cerr << made->name << ": " << (got ? render_literal(*got) : render(got.error())) << '\n', std::exit(1);
    cases.push_back(std::move(made));
  }
  return cases;
}

const bool registered = [] {
  std::ifstream in(PRATIQUE_SOURCE_DIR "/../shared/tools/cel-bench/exprs.json");
  if (!in) return false;
  static const auto cases = read_cases(Json::parse(in));
  for (const auto& test : cases) {
    benchmark::RegisterBenchmark(("check_and_plan/" + test->name).c_str(),
                                 [&](benchmark::State& s) { check_and_plan(s, *test); });
    benchmark::RegisterBenchmark(("evaluate/" + test->name).c_str(), [&](benchmark::State& s) { evaluate(s, *test); });
  }
  return true;
}();

}  // namespace
}  // namespace pratique::cel
