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

Ran run(const std::vector<std::string>& words, const std::map<std::string, std::string>& environment = {},
        const std::string& input = {}) {
  std::istringstream in(input);
  std::ostringstream out, err;
  Console console{.in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
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

TEST(Generated, TheReferenceInTheDocumentsIsThisProgrammes) {
  std::ifstream file(PRATIQUE_SOURCE_DIR "/docs/cli.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(run({"docs", "markdown"}).out, text.str()) << "run: pratique docs markdown > docs/cli.md";
}

TEST(Purl, IsParsedAloneAndInLines) {
  const auto alone = run({"purl", "parse", "PKG:PyPI/Django_REST@3.2.10?b=2&a=1#x"});
  EXPECT_EQ(alone.code, 0) << alone.err;
  EXPECT_EQ(alone.out,
            R"({"purl":"pkg:pypi/django-rest@3.2.10?a=1&b=2#x","package":"pkg:pypi/django-rest","type":"pypi",)"
            R"("namespace":"","name":"django-rest","version":"3.2.10","qualifiers":{"a":"1","b":"2"},)"
            R"("subpath":"x","doubt":""})"
            "\n");
  EXPECT_EQ(run({"purl", "parse", "npm/lodash"}).code, 7);
  const auto lines = run({"purl", "parse", "--batch"}, {}, "pkg:npm/lodash@1\r\n\nnonsense\npkg:npm/q");
  EXPECT_EQ(lines.code, 0);
  std::istringstream read(lines.out);
  std::vector<std::string> all;
  for (std::string line; std::getline(read, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 4U) << lines.out;
  EXPECT_EQ(all[0].substr(0, 27), R"({"purl":"pkg:npm/lodash@1",)");
  EXPECT_EQ(all[1].substr(0, 2), "! ");
  EXPECT_EQ(all[2].substr(0, 2), "! ");
  EXPECT_EQ(all[3].substr(0, 20), R"({"purl":"pkg:npm/q",)");
}

TEST(Purl, MatchesItsAliases) {
  EXPECT_EQ(run({"purl", "match", "pkg:pypi/PyYAML", "pkg:pypi/pyyaml@6.0"}).out, "true\n");
  EXPECT_EQ(run({"purl", "match", "pkg:pypi/pyyaml@5", "pkg:pypi/pyyaml@6.0"}).out, "false\n");
  EXPECT_EQ(run({"purl", "match", "--batch"}, {}, "pkg:npm/q pkg:npm/q@1\npkg:npm/q\n").out.substr(0, 7), "true\n! ");
}

TEST(VersionOrder, IsToldAloneAndInLines) {
  EXPECT_EQ(run({"version", "compare", "apk", "1.0-r2", "1.0-r18"}).out, "<\n");
  EXPECT_EQ(run({"version", "compare", "pypi", "1.11", "1.11.0"}).out, "=\n");
  EXPECT_EQ(run({"version", "compare", "nonsense", "1", "2"}).code, 2);
  EXPECT_EQ(run({"version", "compare", "deb", "1"}).code, 2);
  const auto lines =
      run({"version", "compare", "--batch"}, {}, "deb 1.0-1 1.0-1+deb12u1\nnpm\t2.0.0\t1.9.0\nx 1 2\ndeb 1\n");
  EXPECT_EQ(lines.out.substr(0, 6), "<\n>\n! ") << lines.out;
  EXPECT_EQ(std::count(lines.out.begin(), lines.out.end(), '\n'), 4);
}

TEST(VersionOrder, RangesHoldAndAreConverted) {
  EXPECT_EQ(run({"version", "in", "2.14.1", "vers:maven/>=2.0|<2.17.1"}).out, "true\n");
  EXPECT_EQ(run({"version", "in", "2.17.1", "vers:maven/<2.17.1"}).out, "false\n");
  EXPECT_EQ(run({"version", "in", "1", "maven/<2"}).code, 7);
  EXPECT_EQ(run({"version", "in", "--batch"}, {}, "1 vers:npm/<2\n3\tvers:npm/<2\n1\n").out.substr(0, 13),
            "true\nfalse\n! ");
  EXPECT_EQ(run({"version", "range", "convert", "npm", "^1.2.3"}).out, "vers:npm/>=1.2.3|<2.0.0\n");
}

}  // namespace
}  // namespace pratique
