#include "flow/yanked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace pratique {
namespace {

using testing::HasSubstr;

class YankedImages : public testing::Test {
 protected:
  YankedImages() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pratique_yank_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~YankedImages() override { std::filesystem::remove_all(folder_); }
  Result<YankList> load(const std::string& items) const {
    std::ofstream(folder_ + "/y.yaml")
        << "apiVersion: pratique.dev/v1alpha1\nkind: YankList\nmetadata: {name: all}\nspec:\n  yanked: " + items + "\n";
    return load_yanked({folder_});
  }
  std::string folder_;
};

const std::string bad = sha256_of("bad").text(), other = sha256_of("other").text();
Image image_of(const std::string& reference) { return parse_image(reference).value(); }

TEST_F(YankedImages, AreFoundByDigestAndWhereOneIsNamedByRepository) {
  const auto list =
      load("[{digest: '" + bad + "', reason: CVE-2021-44228, author: ann@example.com, time: 2026-05-01}," +
           "{digest: '" + other + "', repository: nginx, reason: broken, author: bob}]")
          .value();
  EXPECT_EQ(list.size(), 2u);
  const auto found = list.find(image_of("registry.example.com/a:1@" + bad));
  EXPECT_TRUE(found.yanked);
  EXPECT_EQ(found.reason, "CVE-2021-44228");
  EXPECT_EQ(found.author, "ann@example.com");
  EXPECT_EQ(found.since, parse_time("2026-05-01").value());
  EXPECT_TRUE(list.find(image_of("nginx@" + other)).yanked);
  EXPECT_FALSE(list.find(image_of("ghcr.io/library/nginx@" + other)).yanked);
  EXPECT_FALSE(list.find(image_of("nginx@" + sha256_of("fine").text())).yanked);
  EXPECT_EQ(load("[]")->size(), 0u);
}

TEST_F(YankedImages, AreRefusedWhereSomethingIsMissingOrWrong) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "has no 'yanked'"},
      {"{}", "'yanked' is a list of images"},
      {"[{digest: '" + bad + "', author: a}]", "has no 'reason'"},
      {"[{digest: '" + bad + "', reason: r}]", "has no 'author'"},
      {"[{digest: 'sha256:12', reason: r, author: a}]", "'sha256:12' is not a digest"},
      {"[{digest: '" + bad + "', repository: 'nginx:1', reason: r, author: a}]", "a repository has no tag"},
      {"[{digest: '" + bad + "', reason: r, author: a, time: soon}]", "y.yaml:5:"},
      {"[{digets: '" + bad + "'}]", "did you mean 'digest'?"}};
  for (const auto& [items, reason] : cases) {
    const auto list = load(items);
    ASSERT_FALSE(list) << items;
    EXPECT_THAT(render(list.error()), HasSubstr(reason)) << items;
    EXPECT_THAT(render(list.error()), HasSubstr("y.yaml:")) << items;
  }
  std::ofstream(folder_ + "/y.yaml") << "# nothing\n";
  EXPECT_THAT(render(load_yanked({folder_}).error()), HasSubstr("holds no yank list"));
  EXPECT_EQ(load_yanked({folder_ + "/none"}).error().fault, Fault::not_found);
}

}  // namespace
}  // namespace pratique
