// cel-spec's test data (tests/simple), all of it: what runs must pass, what does not run is skipped for a reason named
// in docs/cel.md. The table there is made by this test; PRATIQUE_REGENERATE=1 writes it anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"
#include "engine/cel/cel.h"
#include "engine/cel/data.h"
#include "test_zones.h"
#include "textproto.h"

namespace pratique::cel::spec {
namespace {

namespace fs = std::filesystem;

const fs::path data_folder = PRATIQUE_SOURCE_DIR "/../shared/data/cel-spec";

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Type type_of(const Message& type) {
  if (type.fields.empty()) return {};
  const auto& field = type.fields[0];
  const auto all = [&](std::initializer_list<std::string_view> names) {
    std::vector<Type> parameters;
    for (const auto name : names) parameters.push_back(type_of(field.message->child(name)));
    return parameters;
  };
  static const std::map<std::string, std::string> names = {
      {"BOOL", "bool"},           {"INT64", "int"},         {"UINT64", "uint"},
      {"DOUBLE", "double"},       {"STRING", "string"},     {"BYTES", "bytes"},
      {"TIMESTAMP", "timestamp"}, {"DURATION", "duration"}, {"ANY", "dyn"}};
  if (field.name == "primitive" || field.name == "well_known") return parse_type(names.at(field.text)).value();
  if (field.name == "wrapper") return Type{TypeKind::wrapper, {}, {parse_type(names.at(field.text)).value()}};
  if (field.name == "null") return Type{TypeKind::null, {}, {}};
  if (field.name == "list_type") return Type{TypeKind::list, {}, all({"elem_type"})};
  if (field.name == "map_type") return Type{TypeKind::map, {}, all({"key_type", "value_type"})};
  if (field.name == "message_type") return parse_type(field.text).value();
  if (field.name == "type_param") return Type{TypeKind::parameter, field.text, {}};
  if (field.name == "type") return Type{TypeKind::type, {}, {}};
  if (field.name == "abstract_type") {
    Type abstract{TypeKind::named, field.message->text("name"), {}};
    for (const auto& part : field.message->fields)
      if (part.name == "parameter_types") abstract.parameters.push_back(type_of(*part.message));
    return abstract;
  }
  return {};
}

std::string signature_of(const std::string& name, const Message& overload) {
  std::string signature = name + "(";
  bool first = true;
  for (const auto& field : overload.fields)
    if (field.name == "params") {
      signature.append(first ? "" : ", ").append(render(type_of(*field.message)));
      first = false;
    }
  return signature + ") -> " + render(type_of(overload.child("result_type")));
}

bool mentions(const Message& message, std::string_view name) {
  return std::any_of(message.fields.begin(), message.fields.end(), [&](const Field& field) {
    return field.name == name || field.text.find(name) != std::string::npos ||
           (field.message != nullptr && mentions(*field.message, name));
  });
}

std::string reason_to_skip(const std::string& section, const Message& test) {
  if (section.starts_with("strong_"))
    return "enums as types of their own: here an enum is an int, the definition's legacy mode";
  if (mentions(test, "type_url")) return "reads protobuf's wire format out of an Any";
  if (test.has("unknown") || test.has("any_unknowns")) return "unknown inputs";
  return "";
}

struct Suite {
  Arena arena;
  Protos protos;
};

struct Tally {
  std::size_t cases = 0, passed = 0;
  std::map<std::string, std::size_t> skipped;
};

Result<Environment> environment_of(const Suite& suite, const Message& test) {
  Declarations declarations;
  declarations.container = test.text("container");
  declarations.objects = suite.protos.objects;
  declarations.constants = suite.protos.constants;
  declarations.zones = test_zone_offset;
  for (const auto& field : test.fields) {
    if (field.name != "type_env") continue;
    const auto name = field.message->text("name");
    if (field.message->has("ident"))
      declarations.variables.push_back({name, type_of(field.message->child("ident").child("type"))});
    for (const auto& overload : field.message->child("function").fields)
      if (overload.name == "overloads")
        declarations.functions.push_back({signature_of(name, *overload.message), [](Call&, auto) { return Value(); }});
  }
  for (const auto& field : test.fields) {
    if (field.name != "bindings") continue;
    const auto name = field.message->text("key");
    const bool declared = std::any_of(declarations.variables.begin(), declarations.variables.end(),
                                      [&](const auto& v) { return v.name == name; });
    if (!declared) declarations.variables.push_back({name, {}});
  }
  return Environment::make(std::move(declarations));
}

// NaN matches NaN, a map matches without order; beyond CEL's equality the types agree too.
bool matches(const Value& got, const Value& wanted) {
  if (got.is(Kind::real) && wanted.is(Kind::real))
    return got.as_double() == wanted.as_double() ||
           (got.as_double() != got.as_double() && wanted.as_double() != wanted.as_double());
  return type_name(got) == type_name(wanted) && equal(got, wanted);
}

class Case {
 public:
  Case(const Suite& suite, const Message& test) : suite_(suite), test_(test) {}

  // Empty where it passes.
  std::string run() {
    auto environment = environment_of(suite_, test_);
    if (!environment) return "environment: " + render(environment.error());
    CompileOptions options;
    options.checked = !(test_.text("disable_check") == "true");
    auto program = compile(test_.text("expr"), *environment, options);
    const bool fails = test_.has("eval_error") || test_.has("any_eval_errors");
    if (!program) return fails ? "" : "does not compile: " + render(program.error());
    const auto& typed = test_.child("typed_result");
    if (typed.has("deduced_type"))
      if (const auto wanted = type_of(typed.child("deduced_type")); program->type() != wanted)
        return "type " + render(program->type()) + ", not " + render(wanted);
    if (test_.text("check_only") == "true") return "";
    Bindings bindings(*environment);
    std::vector<Evaluator> evaluators;
    for (const auto& field : test_.fields)
      if (field.name == "bindings") {
        auto value = evaluate(value_as_cel(field.message->child("value").child("value"), suite_.protos), *environment,
                              evaluators);
        if (!value) return "binding: " + render(value.error());
        bindings.set(field.message->text("key"), *value);
      }
    Evaluator evaluator;
    const auto got = evaluator.run(*program, bindings);
    if (fails) return got ? "no error but " + render_literal(*got) : "";
    if (!got) return render(got.error());
    const auto& value = typed.has("result") ? typed.child("result") : test_.child("value");
    const auto source = test_.has("value") || typed.has("result") ? value_as_cel(value, suite_.protos) : "true";
    const auto wanted = evaluate(source, *environment, evaluators);
    if (!wanted) return "expected value: " + render(wanted.error()) + ": " + source;
    return matches(*got, *wanted) ? "" : render_literal(*got) + ", not " + render_literal(*wanted);
  }

 private:
  static Result<Value> evaluate(const std::string& source, const Environment& environment,
                                std::vector<Evaluator>& evaluators) {
    PRATIQUE_TRY(const auto program, compile(source, environment, {.checked = false}));
    programs().push_back(std::make_unique<Program>(std::move(const_cast<Program&>(program))));
    evaluators.emplace_back();
    return evaluators.back().run(*programs().back(), Bindings(environment));
  }
  static std::vector<std::unique_ptr<Program>>& programs() {
    static std::vector<std::unique_ptr<Program>> kept;  // values point into their program's literals
    return kept;
  }

  const Suite& suite_;
  const Message& test_;
};

void run_file(const Suite& suite, const fs::path& path, Tally& tally) {
  const auto text = read_text(path);
  const auto file = parse_textproto(text);
  ASSERT_TRUE(file) << render(file.error());
  for (const auto& section : file->fields) {
    if (section.name != "section") continue;
    for (const auto& test : section.message->fields) {
      if (test.name != "test") continue;
      ++tally.cases;
      const auto section_name = section.message->text("name");
      if (const auto reason = reason_to_skip(section_name, *test.message); !reason.empty()) {
        ++tally.skipped[reason];
        continue;
      }
      const auto wrong = Case(suite, *test.message).run();
      EXPECT_EQ(wrong, "") << path.stem().string() << "/" << section_name << "/" << test.message->text("name") << ": "
                           << printable(test.message->text("expr"));
      tally.passed += wrong.empty() ? 1 : 0;
    }
  }
}

std::string table_of(const std::map<std::string, Tally>& files) {
  std::string out = "| File | Cases | Pass | Skipped |\n|---|---|---|---|\n";
  Tally sum;
  for (const auto& [name, tally] : files) {
    std::string skipped;
    for (const auto& [reason, count] : tally.skipped) {
      skipped.append(skipped.empty() ? "" : "; ").append(std::to_string(count)).append(": ").append(reason);
      sum.skipped[reason] += count;
    }
    sum.cases += tally.cases;
    sum.passed += tally.passed;
    out += "| " + name + " | " + std::to_string(tally.cases) + " | " + std::to_string(tally.passed) + " | " + skipped +
           " |\n";
  }
  std::size_t skipped = 0;
  for (const auto& [reason, count] : sum.skipped) skipped += count;
  return out + "| all | " + with_commas(sum.cases) + " | " + with_commas(sum.passed) + " | " + std::to_string(skipped) +
         " |\n";
}

void compare_table(const std::string& table) {
  const fs::path page = PRATIQUE_SOURCE_DIR "/docs/cel.md";
  constexpr std::string_view begin = "<!-- cel-spec: begin -->\n", end = "<!-- cel-spec: end -->";
  auto text = read_text(page);
  const auto first = text.find(begin), last = text.find(end);
  ASSERT_TRUE(first != std::string::npos && last != std::string::npos) << "docs/cel.md has no markers for the table";
  const auto start = first + begin.size();
  if (std::getenv("PRATIQUE_REGENERATE") != nullptr)
    std::ofstream(page, std::ios::binary) << text.replace(start, last - start, table);
  EXPECT_EQ(read_text(page).substr(start, table.size()), table) << "run this test with PRATIQUE_REGENERATE=1";
}

TEST(CelSpec, EveryCaseRunsOrIsSkippedForANamedReason) {
  if (!fs::exists(data_folder)) GTEST_SKIP() << "no cel-spec data at " << data_folder;
  Suite suite;
  for (const auto* file :
       {"proto2/test_all_types.proto", "proto2/test_all_types_extensions.proto", "proto3/test_all_types.proto"}) {
    const auto added =
        add_proto(read_text(data_folder / "proto/cel/expr/conformance" / file), suite.arena, suite.protos);
    ASSERT_TRUE(added) << file << ": " << render(added.error());
  }
  std::map<std::string, Tally> files;
  for (const auto& entry : fs::directory_iterator(data_folder / "tests/simple/testdata"))
    if (entry.path().extension() == ".textproto") run_file(suite, entry.path(), files[entry.path().stem().string()]);
  std::size_t passed = 0;
  for (const auto& [name, tally] : files) passed += tally.passed;
  EXPECT_GE(passed, 1890U);
  compare_table(table_of(files));
}

}  // namespace
}  // namespace pratique::cel::spec
