// auth and audit as a user types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <sstream>

#include "app/cli/command.h"
#include "world/store/store.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class AccessCommands : public testing::Test {
 protected:
  AccessCommands() {
    std::string pattern = (fs::temp_directory_path() / "pratique_access_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~AccessCommands() override { fs::remove_all(folder_); }
  struct Ran {
    int code = 0;
    std::string out, err;
  };
  Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--store", folder_ + "/store"});
    std::ostringstream out, err;
    std::istringstream in;
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  std::string folder_;
};

TEST_F(AccessCommands, MakeListAndRevokeTokens) {
  const auto made =
      run({"auth", "token", "create", "ci", "--role", "ingester", "--repository", "r/*", "--expires", "12h"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(made.out.starts_with("prq_")) << made.out;
  EXPECT_EQ(made.out.size(), 65u);
  EXPECT_THAT(made.err, HasSubstr("good until 2026-11-24T12:00:00Z"));
  const auto list = run({"auth", "token", "list"});
  EXPECT_THAT(list.out, HasSubstr("repository=r/*"));
  EXPECT_THAT(list.out, HasSubstr("good"));
  EXPECT_THAT(list.out, Not(HasSubstr(made.out.substr(0, 64))));
  const auto id = made.out.substr(4, 16);
  EXPECT_EQ(run({"auth", "token", "revoke", id}).code, 0);
  EXPECT_EQ(run({"auth", "token", "revoke", id}).code, exit_code::not_found);
  EXPECT_THAT(run({"auth", "token", "list", "-o", "json"}).out, HasSubstr("\"state\": \"revoked\""));
  EXPECT_EQ(run({"auth", "token", "create", "ci"}).code, exit_code::usage);
  EXPECT_EQ(run({"auth", "token", "create", "ci", "--role", "king"}).code, exit_code::usage);
  EXPECT_EQ(run({"auth", "token", "create", "ci", "--role", "viewer", "--cluster", "*x"}).code, exit_code::usage);
  EXPECT_EQ(run({"auth", "token", "create", "ci", "--role", "viewer", "--expires", "2y"}).code, exit_code::usage);
}

TEST_F(AccessCommands, TellTheLogAndFindWhatWasChangedInIt) {
  for (const char* name : {"a", "b", "c"}) run({"auth", "token", "create", name, "--role", "viewer"});
  EXPECT_THAT(run({"audit", "list"}).out, HasSubstr("token.create"));
  const auto verified = run({"audit", "verify"});
  EXPECT_EQ(verified.code, 0) << verified.err;
  EXPECT_TRUE(verified.out.starts_with("3 entries, head 3:")) << verified.out;
  const auto head = verified.out.substr(verified.out.find("3:"), 66);
  EXPECT_EQ(run({"audit", "verify", "--head", head}).code, 0);
  EXPECT_EQ(run({"audit", "verify", "--head", "4" + head.substr(1)}).code, exit_code::malformed);
  EXPECT_EQ(run({"audit", "verify", "--head", "x"}).code, exit_code::usage);
  const auto change =
      "sqlite3 '" + folder_ + "/store' \"UPDATE audit SET detail = 'b admin' WHERE sequence = 2\" 2>/dev/null";
  if (std::system(change.c_str()) != 0) GTEST_SKIP() << "sqlite3 is not installed";
  const auto broken = run({"audit", "verify"});
  EXPECT_EQ(broken.code, exit_code::malformed);
  EXPECT_THAT(broken.err, HasSubstr("entry 2 is not what was written"));
}

}  // namespace
}  // namespace pratique
