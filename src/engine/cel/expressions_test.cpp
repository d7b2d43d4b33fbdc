// What is data: testdata/expressions.txt, and the blocks of docs/cel.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.h"
#include "engine/cel/test_support.h"

namespace pratique::cel {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(CelExpressions, GiveWhatTheTableSays) {
  const auto text = read_text(PRATIQUE_SOURCE_DIR "/src/engine/cel/testdata/expressions.txt");
  std::size_t cases = 0;
  for (const auto line : split(text, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto arrow = line.rfind(" => ");
    ASSERT_NE(arrow, std::string_view::npos) << line;
    EXPECT_EQ(evaluate_to_text(line.substr(0, arrow)), line.substr(arrow + 4)) << line;
    ++cases;
  }
  EXPECT_GT(cases, 150U);
}

// The expression and the promised value of each line in a block fenced as ```cel.
std::vector<std::pair<std::string, std::string>> documented() {
  std::vector<std::pair<std::string, std::string>> found;
  bool inside = false;
  const auto page = read_text(PRATIQUE_SOURCE_DIR "/docs/cel.md");
  for (const auto line : split(page, '\n')) {
    if (line.starts_with("```")) {
      inside = line == "```cel";
      continue;
    }
    const auto comment = line.rfind(" // ");
    if (inside && comment != std::string_view::npos)
      found.emplace_back(trim(line.substr(0, comment)), trim(line.substr(comment + 4)));
  }
  return found;
}

TEST(CelDocumentation, EveryExampleGivesWhatItPromises) {
  const auto examples = documented();
  EXPECT_GT(examples.size(), 100U);
  for (const auto& [expression, promised] : examples) {
    const auto got = evaluate_to_text(expression);
    // The promise may be written as any expression; an error as its text.
    EXPECT_EQ(got, promised.starts_with("error: ") ? promised : evaluate_to_text(promised)) << expression;
  }
}

// The documentation's examples also pass the checker, and no function is left out.
TEST(CelDocumentation, EveryFunctionIsThereAndEveryExampleIsWellTyped) {
  const auto environment = *Environment::make({});
  std::string all;
  for (const auto& [expression, promised] : documented()) {
    all += expression + "\n";
    const auto issues = find_issues(expression, environment);
    EXPECT_TRUE(issues.empty()) << render(issues.front(), expression);
  }
  std::set<std::string> missing;
  for (const auto& signature : environment.functions()) {
    auto name = signature.substr(0, signature.rfind('(', signature.rfind(" -> ")));
    while (std::count(name.begin(), name.end(), '(') > std::count(name.begin(), name.end(), ')'))
      name = name.substr(0, name.rfind('('));
    const auto word = name.substr(name.find_last_of(".)") + 1);
    if (is_alpha(word[0]) && all.find(word + "(") == std::string::npos && word != "in") missing.insert(signature);
  }
  // format's functions are named in the text and not one by one in examples.
  std::erase_if(missing, [](const std::string& s) { return s.starts_with("format."); });
  EXPECT_TRUE(missing.empty()) << *missing.begin();
}

}  // namespace
}  // namespace pratique::cel
