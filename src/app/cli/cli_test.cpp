#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "app/cli/command.h"

namespace pratique {
namespace {

struct Ran {
  int code = 0;
  std::string out, err;
};

Ran run(const std::vector<std::string>& words, const std::map<std::string, std::string>& environment = {}) {
  std::ostringstream out, err;
  Console console{.out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
  const int code = run_command_line(words, console, [&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
  return {code, out.str(), err.str()};
}

TEST(CommandLine, SaysItsVersionAndHelp) {
  EXPECT_EQ(run({"--version"}).out.substr(0, 9), "pratique ");
  EXPECT_EQ(run({"version"}).out, run({"--version"}).out);
  const auto help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const auto& command : commands())
    EXPECT_NE(help.out.find("  " + std::string(command.name)), std::string::npos) << command.name;
  EXPECT_EQ(run({}).code, 2);
  EXPECT_EQ(run({}).out, "");
}

TEST(CommandLine, EveryCommandExplainsItself) {
  for (const auto& command : commands()) {
    SCOPED_TRACE(command.name);
    std::vector<std::string> words;
    std::istringstream parts{std::string(command.name)};
    for (std::string word; parts >> word;) words.push_back(word);
    words.push_back("--help");
    const auto help = run(words);
    EXPECT_EQ(help.code, 0);
    for (const auto& option : command.options)
      EXPECT_NE(help.out.find("--" + std::string(option.name)), std::string::npos) << option.name;
  }
}

TEST(CommandLine, NamesAreUniqueAndSpelledAsInTheTable) {
  std::set<std::string_view> names;
  for (const auto& command : commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    std::set<std::string_view> options;
    std::set<char> letters;
    for (const auto* list : {&command.options, &global_options()})
      for (const auto& option : *list) {
        EXPECT_TRUE(options.insert(option.name).second) << command.name << " --" << option.name;
        EXPECT_TRUE(option.letter == 0 || letters.insert(option.letter).second)
            << command.name << " -" << option.letter;
      }
  }
}

TEST(CommandLine, SuggestsWhatWasMeant) {
  const auto command = run({"verzion"});
  EXPECT_EQ(command.code, 2);
  EXPECT_NE(command.err.find("did you mean 'pratique version'?"), std::string::npos) << command.err;
  const auto option = run({"config", "show", "--outptu", "json"});
  EXPECT_EQ(option.code, 2);
  EXPECT_NE(option.err.find("--output"), std::string::npos) << option.err;
  EXPECT_EQ(run({"completion"}).code, 2);
  EXPECT_EQ(run({"completion", "bash", "zsh"}).code, 2);
  EXPECT_EQ(run({"config", "show", "-o", "xml"}).code, 2);
}

TEST(CommandLine, HostileWordsReachTheTerminalEscaped) {
  const auto ran = run({"\x1b[2J\xE2\x80\xAE"});
  EXPECT_EQ(ran.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(ran.err.find("\xE2\x80\xAE"), std::string::npos);
}

TEST(Configuration, FlagThenEnvironmentThenFileThenDefault) {
  const std::string file = testing::TempDir() + "pratique_cli_test.yaml";
  std::ofstream(file) << "db: /from/file\nstore: /from/file\ncolor: never\n";
  const std::map<std::string, std::string> environment{{"PRATIQUE_DB", "/from/environment"},
                                                       {"PRATIQUE_STORE", "/from/environment"}};
  const auto shown = run({"config", "show", "--config", file, "--db", "/from/flag"}, environment);
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("/from/flag"), std::string::npos);
  EXPECT_NE(shown.out.find("/from/environment"), std::string::npos);
  EXPECT_EQ(shown.out.find("/from/file"), std::string::npos);
  EXPECT_NE(shown.out.find("never"), std::string::npos);
  std::remove(file.c_str());
}

TEST(Configuration, RefusesWhatItDoesNotKnow) {
  const std::string file = testing::TempDir() + "pratique_cli_unknown.yaml";
  std::ofstream(file) << "db: x\nstroe: y\n";
  const auto ran = run({"config", "show", "--config", file});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find(file + ":2:1"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("store"), std::string::npos) << ran.err;
  std::ofstream(file) << "a: [1";
  EXPECT_EQ(run({"config", "show", "--config", file}).code, 2);
  std::remove(file.c_str());
  EXPECT_EQ(run({"config", "show", "--config", file}).code, 4);
}

TEST(Generated, CompletionReferenceAndManualNameEveryCommand) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"completion", "bash"},
                                                                 {"completion", "zsh"},
                                                                 {"completion", "fish"},
                                                                 {"docs", "markdown"},
                                                                 {"docs", "man"}}) {
    const auto made = run(words);
    EXPECT_EQ(made.code, 0);
    for (const auto& command : commands()) {
      const auto last = command.name.substr(command.name.rfind(' ') + 1);
      EXPECT_NE(made.out.find(last), std::string::npos) << words[1] << ' ' << command.name;
    }
  }
}

}  // namespace
}  // namespace pratique
