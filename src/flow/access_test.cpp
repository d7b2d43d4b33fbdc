#include "flow/access.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace pratique {
namespace {

Time at(std::int64_t second) { return Time(std::chrono::seconds(second)); }

class Tokens : public testing::Test {
 protected:
  Tokens() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pratique_tokens_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_.emplace(Store::open(folder_ + "/store", Store::Mode::create).value());
  }
  ~Tokens() override { std::filesystem::remove_all(folder_); }
  static std::string entropy(char fill = 'x') { return std::string(token_entropy, fill); }
  static AuditEntry by() { return {"ada", "command line", "", "", ""}; }
  static TokenRequest request(Role role = Role::viewer) { return {"ci", {role, {}}, at(1000)}; }

  std::string folder_;
  std::optional<Store> store_;
};

TEST_F(Tokens, OpenWhatTheyWereMadeFor) {
  auto wanted = request(Role::ingester);
  wanted.grant.scope = parse_scope("cluster=harbour").value();
  const auto issued = issue_token(*store_, wanted, entropy(), by(), at(1)).value();
  EXPECT_EQ(issued.text.size(), 64u);
  EXPECT_TRUE(issued.text.starts_with("prq_7878787878787878_"));
  const auto known = authenticate(*store_, issued.text, at(2)).value();
  EXPECT_EQ(known.identity.name, "token:ci");
  EXPECT_EQ(known.identity.grants, std::vector{wanted.grant});
  EXPECT_EQ(known.expires, at(1000));
}

TEST_F(Tokens, AreRefusedByOneSentence) {
  const auto good = issue_token(*store_, request(), entropy('a'), by(), at(1)).value();
  const auto revoked = issue_token(*store_, request(), entropy('b'), by(), at(1)).value();
  ASSERT_TRUE(revoke_token(*store_, revoked.kept.id, by(), at(2)));
  std::vector<std::string> bad{"", "prq_", revoked.text, good.text + "x", good.text.substr(1)};
  for (std::size_t i = 0; i < good.text.size(); ++i) {
    bad.push_back(good.text);
    bad.back()[i] = bad.back()[i] == 'A' ? 'B' : 'A';
  }
  const auto sentence = render(authenticate(*store_, "", at(2)).error());
  for (const auto& token : bad) {
    const auto refused = authenticate(*store_, token, at(2));
    ASSERT_FALSE(refused) << token;
    EXPECT_EQ(refused.error().fault, Fault::refused);
    EXPECT_EQ(render(refused.error()), sentence);
  }
  EXPECT_TRUE(authenticate(*store_, good.text, at(999)));
  EXPECT_EQ(render(authenticate(*store_, good.text, at(1000)).error()), sentence) << "it is over";
}

TEST_F(Tokens, AreNowhereInTheStore) {
  const auto issued = issue_token(*store_, request(), "0123456789abcdefghijklmnopqrstuvwxyzABCD", by(), at(1)).value();
  const auto secret = issued.text.substr(issued.text.rfind('_') + 1);
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    std::ifstream in(file.path());
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find(secret), std::string::npos) << file.path();
  }
}

TEST_F(Tokens, CannotBeMadeForEverAndForEverybody) {
  auto wanted = request();
  wanted.expires = at(1);
  EXPECT_FALSE(issue_token(*store_, wanted, entropy(), by(), at(1)));
  wanted.expires = at(1) + std::chrono::hours(24 * 367);
  EXPECT_FALSE(issue_token(*store_, wanted, entropy(), by(), at(1)));
  for (const char* name : {"", "a b", "a/b", "\xc3\xa4"}) {
    wanted = request();
    wanted.name = name;
    EXPECT_EQ(issue_token(*store_, wanted, entropy(), by(), at(1)).error().fault, Fault::usage) << name;
  }
  EXPECT_FALSE(issue_token(*store_, request(Role::agent), entropy(), by(), at(1)));
  EXPECT_EQ(store_->load_tokens()->size(), 0u);
  EXPECT_EQ(revoke_token(*store_, "0000000000000000", by(), at(1)).error().fault, Fault::not_found);
}

}  // namespace
}  // namespace pratique
