// cel eval, cel check: the policy language on the command line.
#include "engine/cel/cel.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "base/text.h"
#include "world/file/file.h"
#include "world/zone/zone.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_bytes = std::size_t{64} << 20;  // of an input or a batch
constexpr std::size_t deepest = 200;                       // of an input

// JSON as Kubernetes reads it: a number without '.' and exponent is an int where it fits, every other one a double.
Result<cel::Value> value_of(const Json& json, cel::Arena& arena, std::size_t depth = 0) {
  using cel::Value;
  if (depth > deepest) return Error{Fault::limit, "nested deeper than " + std::to_string(deepest), {}, ""};
  switch (json.type()) {
    case Json::value_t::boolean: return Value::from_bool(json.get<bool>());
    case Json::value_t::number_integer: return Value::from_int(json.get<std::int64_t>());
    case Json::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      return number > INT64_MAX ? Value::from_double(static_cast<double>(number))
                                : Value::from_int(json.get<std::int64_t>());
    }
    case Json::value_t::number_float: return Value::from_double(json.get<double>());
    case Json::value_t::string: return arena.text(json.get_ref<const std::string&>());
    case Json::value_t::array: {
      std::vector<Value> items;
      for (const auto& item : json) {
        PRATIQUE_TRY(items.emplace_back(), value_of(item, arena, depth + 1));
      }
      return arena.list(items);
    }
    case Json::value_t::object: {
      std::vector<cel::Entry> entries;
      for (const auto& [key, value] : json.items()) {
        PRATIQUE_TRY(entries.emplace_back().value, value_of(value, arena, depth + 1));
        entries.back().key = arena.text(key);
      }
      return arena.map(entries);
    }
    default: return Value::null();
  }
}

Result<Json> parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& problem) {
    const std::string_view what = problem.what();  // "[json.exception.parse_error.101] parse error at line ..."
    return Error{Fault::malformed, "not JSON: " + std::string(what.substr(what.find("] ") + 2)), {}, ""};
  }
}

// A string that a declaration makes a time of; anything else as it is.
Result<cel::Value> typed(const cel::Value& value, const cel::Type& type, const cel::Environment& environment,
                         cel::Evaluator& converter) {
  const bool time = type.kind == cel::TypeKind::timestamp;
  if ((!time && type.kind != cel::TypeKind::duration) || !value.is(cel::Kind::text)) return value;
  PRATIQUE_TRY(const auto program,
               compile(std::string(time ? "timestamp(" : "duration(") + render_literal(value) + ")", environment));
  return converter.run(program, cel::Bindings(environment));
}

// One expression with its input: the members of the input are variables, the whole of it is `input`.
class Evaluation {
 public:
  static Result<std::unique_ptr<Evaluation>> make(const Json& input, const Json& types, const std::string& whole_name) {
    cel::Declarations declarations;
    declarations.zones = zone_offset;
    const auto declare = [&](const std::string& name) -> Result<void> {
      cel::Variable variable{name, {}};
      if (types.is_object() && types.contains(name)) {
        PRATIQUE_TRY(variable.type, cel::parse_type(types[name].is_string() ? types[name].get<std::string>() : ""));
      }
      declarations.variables.push_back(std::move(variable));
      return {};
    };
    if (input.is_object())
      for (const auto& [name, value] : input.items()) PRATIQUE_DO(declare(name));
    const bool whole = !input.is_null() && !(input.is_object() && input.contains(whole_name));
    if (whole) PRATIQUE_DO(declare(whole_name));
    PRATIQUE_TRY(auto environment, cel::Environment::make(std::move(declarations)));
    auto made = std::make_unique<Evaluation>(std::move(environment));
    PRATIQUE_TRY(const auto root, value_of(input, made->arena_));
    if (whole) made->bindings_.set(whole_name, root);
    if (!input.is_object()) return made;
    for (std::uint32_t i = 0; i < root.size(); ++i) {
      const auto name = root.key_at(i).as_text();
      const auto& type = made->environment_.variables()[*made->environment_.find_variable(name)].type;
      made->converters_.emplace_back();
      PRATIQUE_TRY(const auto value, typed(root.at(i), type, made->environment_, made->converters_.back()));
      made->bindings_.set(name, value);
    }
    return made;
  }

  explicit Evaluation(cel::Environment environment) : environment_(std::move(environment)), bindings_(environment_) {}

  // What the checker finds is told through `doubts` and left to the run: the checker never changes a result.
  Result<cel::Value> run(const std::string& expression, std::uint64_t cost, std::vector<cel::Issue>& doubts) {
    doubts = find_issues(expression, environment_);
    PRATIQUE_TRY(auto program, compile(expression, environment_, {.checked = doubts.empty()}));
    program_ = std::move(program);
    return evaluator_.run(*program_, bindings_, {.cost = cost});
  }
  const cel::Evaluator& evaluator() const { return evaluator_; }

 private:
  cel::Environment environment_;
  cel::Arena arena_;
  cel::Bindings bindings_;
  std::vector<cel::Evaluator> converters_;
  std::optional<cel::Program> program_;  // values point into its literals
  cel::Evaluator evaluator_;
};

Result<Json> read_input(const Invocation& invocation) {
  if (!invocation.given("input")) return Json();
  const auto path = invocation.text("input");
  PRATIQUE_TRY(const auto bytes, read_file(path, most_bytes));
  auto json = parse_json(bytes.view());
  if (!json) return std::move(json).error().in(path);
  return json;
}

Result<std::uint64_t> cost_limit(const Invocation& invocation) {
  if (const auto cost = parse_unsigned(invocation.text("cost-limit"))) return *cost;
  return Error{Fault::usage, "--cost-limit needs a number", {}, ""};
}

// {"name", "expr", "input", "vars"} -> {"name", "value"} or {"name", "error"}. "vars" is {name: type} and may be
// absent.
std::string answer(const Result<Json>& question, const std::string& whole_name, std::uint64_t cost) {
  const auto name = question && question->is_object() && question->contains("name") ? (*question)["name"] : Json();
  const auto respond = [&](std::string_view member, const std::string& json) {
    return "{\"name\":" + name.dump(-1, ' ', false, Json::error_handler_t::replace) + ",\"" + std::string(member) +
           "\":" + json + "}\n";
  };
  const auto refuse = [&](const Error& error) { return respond("error", json_quoted(render(error))); };
  if (!question) return refuse(question.error());
  if (!question->is_object() || !question->contains("expr") || !(*question)["expr"].is_string())
    return refuse({Fault::malformed, "an object with a string \"expr\" is expected", {}, ""});
  const auto member = [&](const char* key) { return question->contains(key) ? (*question)[key] : Json(); };
  const auto evaluation = Evaluation::make(member("input"), member("vars"), whole_name);
  if (!evaluation) return refuse(evaluation.error());
  std::vector<cel::Issue> doubts;
  const auto value = (*evaluation)->run((*question)["expr"].get<std::string>(), cost, doubts);
  return value ? respond("value", render_json(*value)) : refuse(value.error());
}

Result<int> run_batch(const Invocation& invocation, Console& console, std::uint64_t cost) {
  const auto path = invocation.text("batch");
  PRATIQUE_TRY(const auto bytes, read_file(path, most_bytes));
  const auto text = trim(bytes.view());
  const auto whole_name = invocation.text("as");
  if (text.starts_with('[')) {
    auto all = parse_json(text);
    if (!all) return std::move(all).error().in(path);
    for (const auto& question : *all) console.out << answer(question, whole_name, cost);
    return exit_code::ok;
  }
  for (const auto line : split(text, '\n'))
    if (!trim(line).empty()) console.out << answer(parse_json(line), whole_name, cost);
  return exit_code::ok;
}

Result<int> run_eval(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto cost, cost_limit(invocation));
  if (invocation.given("batch")) return run_batch(invocation, console, cost);
  if (invocation.arguments.empty())
    return Error{Fault::usage, "no expression", {}, "name one, or a file of them with --batch FILE"};
  const auto& expression = invocation.arguments.front();
  PRATIQUE_TRY(const auto input, read_input(invocation));
  PRATIQUE_TRY(const auto evaluation, Evaluation::make(input, Json(), invocation.text("as")));
  std::vector<cel::Issue> doubts;
  const auto value = evaluation->run(expression, cost, doubts);
  if (!invocation.flag("quiet"))
    for (const auto& doubt : doubts) console.err << render(doubt, expression);
  if (!value) {
    if (doubts.empty()) console.err << render(evaluation->evaluator().issue(), expression);
    return exit_code_of(value.error().fault);
  }
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return (format == "cel" ? printable(render_literal(*value)) : render_json(*value)) + "\n";
  }));
  if (invocation.flag("verbose")) note(console, "cost " + with_commas(evaluation->evaluator().cost()));
  return exit_code::ok;
}

// The variables of `cel check`: --var NAME:TYPE, and the members of an input as dyn.
Result<cel::Environment> declared_environment(const Invocation& invocation) {
  cel::Declarations declarations;
  declarations.zones = zone_offset;
  for (const auto& declaration : invocation.all("var")) {
    const auto colon = declaration.find(':');
    PRATIQUE_TRY(
        auto type,
        cel::parse_type(colon == std::string::npos ? "dyn" : trim(std::string_view(declaration).substr(colon + 1))));
    declarations.variables.push_back({declaration.substr(0, colon), std::move(type)});
  }
  PRATIQUE_TRY(const auto input, read_input(invocation));
  if (input.is_object())
    for (const auto& [name, value] : input.items()) declarations.variables.push_back({name, {}});
  return cel::Environment::make(std::move(declarations));
}

std::string render_bound(std::uint64_t cost) { return cost == UINT64_MAX ? "no bound" : with_commas(cost); }

Json issue_json(const cel::Issue& issue, const std::string& expression) {
  const auto [line, column] = cel::position_of(expression, issue.offset);
  return {{"line", line}, {"column", column}, {"text", issue.text}, {"remedy", issue.remedy}};
}

Result<int> run_check(const Invocation& invocation, Console& console) {
  const auto& expression = invocation.arguments.front();
  PRATIQUE_TRY(const auto environment, declared_environment(invocation));
  const auto issues = find_issues(expression, environment);
  auto program = compile(expression, environment);
  const auto cost = program ? program->estimate_cost() : cel::Range{};
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") {
      Json items = Json::array();
      for (const auto& issue : issues) items.push_back(issue_json(issue, expression));
      Json report = {{"apiVersion", "pratique/v1"}, {"kind", "CelCheck"}, {"items", items}};
      if (program) report["type"] = cel::render(program->type());
      if (program)
        report["cost"] = {{"least", cost.least}, {"most", cost.most == UINT64_MAX ? Json() : Json(cost.most)}};
      return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    std::string out;
    for (const auto& issue : issues) out += render(issue, expression);
    if (program)
      out = "type  " + cel::render(program->type()) + "\ncost  " + with_commas(cost.least) + " to " +
            render_bound(cost.most) + "\n";
    return out;
  }));
  return issues.empty() ? exit_code::ok : exit_code::gate;
}

}  // namespace

Commands cel_commands() {
  const Option input = {
      .name = "input", .value = "FILE", .help = "JSON; each member is a variable ('-': standard input)"};
  return {
      {.name = "cel eval",
       .summary = "Evaluate an expression of the policy language",
       .detail = "The Common Expression Language with the extensions of Kubernetes; docs/cel.md lists its functions. "
                 "What the "
                 "type checker finds is told on standard error and does not stop the evaluation.",
       .arguments = {{.name = "EXPR", .help = "the expression", .optional = true}},
       .options = {input,
                   {.name = "as", .value = "NAME", .help = "the variable that is the whole input", .fallback = "input"},
                   {.name = "batch",
                    .value = "FILE",
                    .help = "a line of JSON for each evaluation: name, expr, input, and vars (name: type)"},
                   {.name = "cost-limit", .value = "N", .help = "give up beyond this cost", .fallback = "10000000"},
                   output_option({"json", "cel"})},
       .examples =
           {"pratique cel eval 'object.spec.containers.all(c, c.image.startsWith(\"registry/\"))' --input review.json",
            "pratique cel eval --batch expressions.jsonl"},
       .run = run_eval},
      {.name = "cel check",
       .summary = "Check an expression: its type, what it can cost, what is wrong with it",
       .arguments = {{.name = "EXPR", .help = "the expression"}},
       .options = {{.name = "var",
                    .value = "NAME:TYPE",
                    .help = "declare a variable; without a type it is dyn",
                    .repeat = true},
                   input,
                   output_option({"table", "json"})},
       .examples = {"pratique cel check 'size(object.metadata.name) < 64' --var object"},
       .run = run_check},
  };
}

}  // namespace pratique
