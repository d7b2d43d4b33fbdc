#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/command.h"
#include "base/log.h"

namespace pratique {
namespace {

using testing::HasSubstr;

class AgentTest : public testing::Test {
 protected:
  AgentTest() { std::filesystem::create_directories(folder_); }
  ~AgentTest() override { std::filesystem::remove_all(folder_); }
  int run(const std::vector<std::string>& words, bool ends_at_once = true) {
    std::istringstream in;
    std::ostringstream out, err;
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return Time{}; }, .interrupted = [&] { return ends_at_once; }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  const std::string folder_ = testing::TempDir() + "agent_" + std::to_string(::getpid());
  std::string out_, err_;
};

TEST_F(AgentTest, WantsAServerAndSomethingToBeKnownBy) {
  EXPECT_EQ(run({"agent"}), exit_code::usage);
  EXPECT_THAT(err_, HasSubstr("name one with --server https://HOST:PORT"));
  EXPECT_EQ(run({"agent", "--server", "https://a:1"}), exit_code::usage);
  EXPECT_THAT(err_, HasSubstr("--token-file"));
  EXPECT_EQ(run({"agent", "--server", "https://a:1", "--cert", "c"}), exit_code::usage);
  EXPECT_THAT(err_, HasSubstr("name both --cert and --key"));
  for (const char* url : {"http://a:1", "a:1", "https://", "https://a:1/path", "https://a:1?x"}) {
    EXPECT_EQ(run({"agent", "--server", url, "--token-file", "t"}), exit_code::usage) << url;
    EXPECT_THAT(err_, HasSubstr("write it as https://HOST:PORT")) << url;
  }
  const std::vector<std::string> good{"agent", "--server", "https://a:1", "--token-file", "t", "--spool", folder_};
  for (const auto& [option, value] : {std::pair("--interval", "1s"),
                                      {"--interval", "soon"},
                                      {"--spool-limit", "0"},
                                      {"--spool-limit", "much"},
                                      {"--source", "magic"}}) {
    auto words = good;
    words.insert(words.end(), {option, value});
    EXPECT_EQ(run(words), exit_code::usage) << option << " " << value;
  }
}

TEST_F(AgentTest, TellsWhatEachMissingPrivilegeCosts) {
  EXPECT_EQ(run({"agent", "--check", "-o", "json"}), exit_code::ok);
  EXPECT_THAT(out_, HasSubstr("\"kind\": \"AgentPrivileges\""));
  EXPECT_THAT(out_, HasSubstr("CAP_SYS_ADMIN"));
  EXPECT_THAT(out_, HasSubstr("only objects that descriptors and pins show"));
  EXPECT_EQ(run({"agent", "--check"}), exit_code::ok);
  EXPECT_THAT(out_, HasSubstr("WITHOUT"));
}

// Nobody listens there: it ends all the same, and keeps what it had to tell for the next one.
TEST_F(AgentTest, EndsWhenItIsToldToWhileTheServerIsAway) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  std::ofstream(folder_ + "/token") << "prq_test\n";
  EXPECT_EQ(run({"agent", "-q", "--server", "https://127.0.0.1:1", "--token-file", folder_ + "/token", "--spool",
                 folder_ + "/spool", "--source", "polling"}),
            exit_code::ok);
  std::size_t waiting = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder_ + "/spool")) ++waiting;
  EXPECT_EQ(waiting, 1u);
}

}  // namespace
}  // namespace pratique
