#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/command.h"

namespace pratique {
namespace {

using testing::HasSubstr;

struct Ran {
  int code = 0;
  std::string out, err;
};

Ran run(const std::vector<std::string>& words) {
  std::istringstream in;
  std::ostringstream out, err;
  Console console{.in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
  const int code = run_command_line(words, console, [](const char*) { return nullptr; });
  return {code, out.str(), err.str()};
}

class CelCommand : public testing::Test {
 protected:
  std::string file(const std::string& name, std::string_view text) const {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

 private:
  static std::filesystem::path make_folder() {
    auto path = (std::filesystem::temp_directory_path() / "pratique-cel-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    return path;
  }
  std::filesystem::path folder_ = make_folder();
};

TEST_F(CelCommand, EvalReadsVariablesFromTheInput) {
  const auto input = file(
      "pod.json", R"({"object": {"spec": {"replicas": 3, "big": 18446744073709551615, "part": 1.0}}, "limit": 5})");
  EXPECT_EQ(run({"cel", "eval", "object.spec.replicas < limit", "--input", input}).out, "true\n");
  EXPECT_EQ(run({"cel", "eval", "input.object.spec", "--input", input}).out,
            R"({"replicas":3,"big":18446744073709551616.0,"part":1.0})"
            "\n");
  EXPECT_EQ(run({"cel", "eval", "review.limit", "--input", input, "--as", "review"}).out, "5\n");
  EXPECT_EQ(run({"cel", "eval", "[1u, b'a', type(1)]", "-o", "cel"}).out, "[1u, b\"a\", int]\n");
}

TEST_F(CelCommand, EvalTellsWhereItFailed) {
  const auto failed = run({"cel", "eval", "{'a': 1}.b"});
  EXPECT_EQ(failed.code, exit_code::malformed);
  EXPECT_EQ(failed.out, "");
  EXPECT_EQ(failed.err, "1:10: no such key: \"b\"\n | {'a': 1}.b\n |          ^\n");
  const auto doubtful = run({"cel", "eval", "1 == 1.0"});
  EXPECT_EQ(doubtful.out, "true\n") << "the checker's doubts do not change the result";
  EXPECT_THAT(doubtful.err, HasSubstr("no overload of '==' takes (int, double)"));
  EXPECT_EQ(run({"cel", "eval", "[1, 2].all(x, [1, 2].all(y, x < y || true))", "--cost-limit", "5"}).code,
            exit_code::malformed);
  EXPECT_EQ(run({"cel", "eval"}).code, exit_code::usage);
  EXPECT_EQ(run({"cel", "eval", "1", "--input", "/nonexistent.json"}).code, exit_code::not_found);
  EXPECT_EQ(run({"cel", "eval", "1", "--input", file("bad.json", "{")}).code, exit_code::malformed);
}

TEST_F(CelCommand, BatchAnswersEachLine) {
  const auto batch = file("batch.jsonl",
                          "{\"name\": \"a\", \"expr\": \"x + 1\", \"input\": {\"x\": 2}}\n"
                          "\n"
                          "not json\n"
                          "{\"name\": 7, \"expr\": \"x +\"}\r\n"
                          "{\"name\": \"c\"}\n"
                          "{\"name\": \"d\", \"expr\": \"now.getFullYear() + size(wait.getHours() > 1 ? 'ab' : '')\", "
                          "\"input\": {\"now\": \"2026-01-20T00:00:00Z\", \"wait\": \"2h\"}, \"vars\": {\"now\": "
                          "\"timestamp\", \"wait\": \"duration\"}}\n");
  const auto ran = run({"cel", "eval", "--batch", batch});
  EXPECT_EQ(ran.code, 0);
  std::istringstream lines(ran.out);
  std::vector<std::string> got;
  for (std::string line; std::getline(lines, line);) got.push_back(line);
  ASSERT_EQ(got.size(), 5U);
  EXPECT_EQ(got[0], R"({"name":"a","value":3})");
  EXPECT_THAT(got[1], HasSubstr(R"({"name":null,"error":"not JSON: )"));
  EXPECT_EQ(got[2], R"({"name":7,"error":"1:4: the expression ends where a value is expected"})");
  EXPECT_EQ(got[3], R"({"name":"c","error":"an object with a string \"expr\" is expected"})");
  EXPECT_EQ(got[4], R"({"name":"d","value":2028})");
}

TEST_F(CelCommand, CheckTellsTypeAndCostOrWhatIsWrong) {
  const auto good =
      run({"cel", "check", "size(object.metadata.name) < 64 && ready", "--var", "object", "--var", "ready: bool"});
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.out, HasSubstr("type  bool\n"));
  const auto bad = run({"cel", "check", "object.x && redy", "--var", "object", "--var", "ready:bool", "-o", "json"});
  EXPECT_EQ(bad.code, exit_code::gate);
  EXPECT_THAT(bad.out, HasSubstr("\"column\": 13"));
  EXPECT_THAT(bad.out, HasSubstr("did you mean 'ready'?"));
  EXPECT_EQ(run({"cel", "check", "1", "--var", "x:list("}).code, exit_code::malformed);
}

TEST_F(CelCommand, DeepInputIsRefused) {
  std::string deep = "{\"a\":";
  for (int i = 0; i < 1000; ++i) deep += "[";
  for (int i = 0; i < 1000; ++i) deep += "]";
  EXPECT_EQ(run({"cel", "eval", "a", "--input", file("deep.json", deep + "}")}).code, exit_code::malformed);
}

}  // namespace
}  // namespace pratique
