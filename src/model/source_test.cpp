#include "model/source.h"

#include <gtest/gtest.h>

#include <set>

#include "model/advisory.h"

namespace pratique {
namespace {

TEST(SourceTest, EveryRowSaysWhatASourceMustSay) {
  std::set<std::string_view> names;
  std::set<std::string> files;
  for (const auto& source : sources()) {
    SCOPED_TRACE(source.name);
    EXPECT_TRUE(names.insert(source.name).second);
    EXPECT_FALSE(source.title.empty());
    EXPECT_FALSE(source.licence.empty());
    EXPECT_GT(source.cadence.count(), 0);
    EXPECT_EQ(source.integrity == Integrity::tls, source.check.empty());
    EXPECT_TRUE(source.url.empty() || source.url.starts_with("https://"));
    EXPECT_EQ(source.parts.empty(), source.url.find("{}") == std::string_view::npos || source.url.empty());
    EXPECT_EQ(source_named(source.name), &source);
    for (const auto& file : files_of(source)) {
      EXPECT_TRUE(files.insert(file.name).second) << file.name;
      EXPECT_EQ(file.url.find('{'), std::string::npos) << file.url;
      EXPECT_EQ(file.check.find('{'), std::string::npos) << file.check;
      EXPECT_EQ(file.name.find('/'), std::string::npos) << file.name;
    }
  }
  EXPECT_EQ(source_named("nobody"), nullptr);
}

TEST(SourceTest, TellsASourceFromTheIdsItGives) {
  for (const auto& [id, source] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"GO-2020-0001", "go"},
           {"GHSA-jfh8-c2jp-5v3q", "ghsa"},
           {"openSUSE-SU-2024:1", "suse"},
           {"ALAS2-2023-1", "amazon"},
           {"PQ-CVE-2021-44228", "pratique"},
           {"CVE-2021-44228", "cve"},
           {"X-1", "osv"},
       }) {
    EXPECT_EQ(source_of_id(id), source);
    EXPECT_NE(source_named(source), nullptr);
  }
}

TEST(SourceTest, NamesTheFilesOfASource) {
  const auto zips = files_of(*source_named("ghsa"));
  ASSERT_FALSE(zips.empty());
  EXPECT_EQ(zips.back().name, "ghsa-GitHub-Actions.zip");
  EXPECT_TRUE(zips.back().url.ends_with("/GitHub%20Actions/all.zip"));
  const auto years = files_of(*source_named("nvd"));
  EXPECT_EQ(years.front().name, "nvd-2002.json.gz");
  EXPECT_TRUE(years.front().check.ends_with("nvdcve-2.0-2002.meta"));
  EXPECT_EQ(files_of(*source_named("alpine")).front().name, "alpine-v3.15-main.json");
  EXPECT_EQ(files_of(*source_named("wolfi")).front().name, "wolfi.json");
}

TEST(RatingTest, PicksTheNewestVectorThenTheSourceThatGoesFirst) {
  const Rating word{"debian", "", 0, Severity::low};
  const Rating old{"nvd", "AV:N/AC:L/Au:N/C:C/I:C/A:C", 10, Severity::high};
  const Rating nvd{"nvd", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, Severity::critical};
  const Rating ghsa{"ghsa", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5, Severity::high};
  const auto picked = [](std::vector<Rating> ratings) { return *pick_rating(ratings); };
  EXPECT_EQ(picked({word, old}), old);
  EXPECT_EQ(picked({nvd, old}), nvd);
  EXPECT_EQ(picked({nvd, ghsa}), ghsa);
  EXPECT_EQ(picked({ghsa, nvd}), ghsa);
  EXPECT_EQ(picked({{"nvd", "", 0, Severity::unknown}, word}), word);
  EXPECT_EQ(pick_rating({}), nullptr);
  EXPECT_EQ(pick_rating(std::vector<Rating>{{}}), nullptr);
}

}  // namespace
}  // namespace pratique
