#include "world/feed/feed.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace pratique {
namespace {

namespace fs = std::filesystem;

struct Seen {
  std::string name;
  std::string text;   // of a record that could be read
  std::string fault;  // of one that could not
  bool operator==(const Seen&) const = default;
};

class FeedTest : public testing::Test {
 protected:
  FeedTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_feed_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~FeedTest() override { fs::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

  std::string zip(const std::string& name, const std::vector<std::pair<std::string, std::string>>& entries,
                  bool stored = false) const {
    archive* writer = archive_write_new();
    archive_write_set_format_zip(writer);
    if (stored) archive_write_set_options(writer, "zip:compression=store");
    archive_write_open_filename(writer, path(name).c_str());
    for (const auto& [entry_name, text] : entries) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, entry_name.c_str());
      archive_entry_set_filetype(entry, entry_name.ends_with('/') ? AE_IFDIR : AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
      archive_write_header(writer, entry);
      archive_write_data(writer, text.data(), text.size());
      archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    return path(name);
  }

  std::string bytes_of(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }

  Result<void> walk(const std::string& file, const Limits& limits = {}) {
    seen_.clear();
    return each_record(
        file,
        [&](const std::string& name, Result<Bytes> record) -> Result<void> {
          const std::string shown = name.substr(root_.size() + 1);
          if (record)
            seen_.push_back({shown, std::string(record->view()), ""});
          else
            seen_.push_back({shown, "", std::string(name_of(record.error().fault))});
          return {};
        },
        limits);
  }

  std::string root_;
  std::vector<Seen> seen_;
};

TEST_F(FeedTest, GivesTheFilesOfAZipInItsOrder) {
  const auto file = zip("all.zip", {{"b.json", "{\"id\":\"B\"}"}, {"README.md", "no"}, {"d/", ""}, {"d/a.json", "{}"}});
  ASSERT_TRUE(walk(file));
  EXPECT_EQ(seen_, (std::vector<Seen>{{"all.zip/b.json", "{\"id\":\"B\"}", ""},
                                      {"all.zip/README.md", "no", ""},
                                      {"all.zip/d/a.json", "{}", ""}}));
}

TEST_F(FeedTest, TakesAnyOtherFileForOneRecord) {
  ASSERT_TRUE(walk(write("GO-1", "{\"id\":\"GO-1\"}")));
  EXPECT_EQ(seen_, (std::vector<Seen>{{"GO-1", "{\"id\":\"GO-1\"}", ""}}));
  ASSERT_TRUE(walk(write("empty.json", "")));
  EXPECT_TRUE(seen_.empty());
}

TEST_F(FeedTest, TellsAZipByItsContent) {
  fs::rename(zip("x.zip", {{"a.json", "1"}}), path("download"));
  ASSERT_TRUE(walk(path("download")));
  EXPECT_EQ(seen_, (std::vector<Seen>{{"download/a.json", "1", ""}}));
}

TEST_F(FeedTest, StopsWithTheErrorOfTheVisitor) {
  const auto file = zip("all.zip", {{"a.json", "1"}, {"b.json", "2"}});
  int visited = 0;
  const auto walked = each_record(file, [&](const std::string&, const Result<Bytes>&) -> Result<void> {
    ++visited;
    return Error{Fault::interrupted, "enough", {}, {}};
  });
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().fault, Fault::interrupted);
  EXPECT_EQ(visited, 1);
}

TEST_F(FeedTest, SetsARecordAsideThatIsTooLargeAndReadsTheNext) {
  Limits limits;
  limits.bytes = 100;
  const auto file = zip("all.zip", {{"big.json", std::string(101, 'x')}, {"good.json", std::string(100, 'y')}});
  ASSERT_TRUE(walk(file, limits));
  EXPECT_EQ(seen_, (std::vector<Seen>{{"all.zip/big.json", "", "over a limit"},
                                      {"all.zip/good.json", std::string(100, 'y'), ""}}));
}

TEST_F(FeedTest, RefusesWhatUnfoldsWithoutEnd) {
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 40; ++i) entries.emplace_back(std::to_string(i) + ".json", std::string(limits.bytes, '0'));
  const auto walked = walk(zip("bomb.zip", entries), limits);
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().fault, Fault::limit);
  EXPECT_LT(seen_.size(), 20u);

  limits.entries = 3;
  EXPECT_EQ(walk(zip("many.zip", {{"1", ""}, {"2", ""}, {"3", ""}, {"4", ""}}), limits).error().fault, Fault::limit);
}

TEST_F(FeedTest, SaysThatATruncatedArchiveIsDamaged) {
  const auto whole =
      bytes_of(zip("all.zip", {{"a.json", std::string(5000, 'a')}, {"b.json", std::string(5000, 'b')}}, true));
  for (const std::size_t size : {whole.size() / 4, whole.size() / 2}) {
    SCOPED_TRACE(size);
    const auto walked = walk(write("cut.zip", whole.substr(0, size)));
    ASSERT_FALSE(walked);
    EXPECT_EQ(walked.error().fault, Fault::malformed);
    EXPECT_EQ(walked.error().place, std::vector<std::string>{path("cut.zip")});
  }
}

TEST_F(FeedTest, DoesNotBelieveADeclaredSize) {
  auto bytes = bytes_of(zip("all.zip", {{"a.json", "abc"}, {"b.json", "def"}}, true));
  // The sizes in the central directory: 20 and 24 bytes behind its signature.
  const std::size_t directory = bytes.find("PK\x01\x02");
  ASSERT_NE(directory, std::string::npos);
  for (const std::size_t at : {20u, 24u}) bytes.replace(directory + at, 4, "\xff\xff\xff\x7f");
  Limits limits;
  limits.bytes = 1000;
  const auto walked = walk(write("lie.zip", bytes), limits);
  // The archive is called damaged, or the record is set aside, or it is read as it is; never as the sizes say.
  if (!walked) {
    EXPECT_EQ(walked.error().fault, Fault::malformed);
  } else {
    ASSERT_EQ(seen_.size(), 2u);
    EXPECT_TRUE(seen_[0].text == "abc" || !seen_[0].fault.empty());
    EXPECT_EQ(seen_[1].text, "def");
  }
}

TEST_F(FeedTest, NamesTheFaultOfAPath) {
  EXPECT_EQ(walk(path("absent")).error().fault, Fault::not_found);
  EXPECT_EQ(walk(root_).error().fault, Fault::usage);
}

}  // namespace
}  // namespace pratique
