#include "world/file/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pratique {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_file_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~FileTest() override { fs::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }
  std::string text_of(const std::string& name) const { return std::string(read_file(path(name), 1000).value().view()); }

  std::string root_;
};

TEST_F(FileTest, ReadsAllBytes) {
  write("a", std::string("one\0two", 7));
  EXPECT_EQ(text_of("a"), std::string("one\0two", 7));
  write("empty", "");
  EXPECT_EQ(text_of("empty"), "");
}

TEST_F(FileTest, ReadsFilesThatDoNotTellTheirSize) {
  const auto read = read_file("/proc/self/status", 1 << 20);
  ASSERT_TRUE(read);
  EXPECT_NE(read->view().find("Pid:"), std::string_view::npos);
  EXPECT_EQ(read_file("/proc/self/status", 10).error().fault, Fault::limit);
}

TEST_F(FileTest, NamesPathAndRemedyOfWhatCannotBeRead) {
  const auto absent = read_file(path("absent"), 10);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().fault, Fault::not_found);
  EXPECT_EQ(absent.error().place, std::vector<std::string>{path("absent")});
  EXPECT_FALSE(absent.error().remedy.empty());
  EXPECT_EQ(read_file(root_, 10).error().fault, Fault::usage);
  write("large", "12345678901");
  EXPECT_EQ(read_file(path("large"), 10).error().fault, Fault::limit);
  EXPECT_TRUE(read_file(path("large"), 11));
}

TEST_F(FileTest, ListsRegularFilesSortedAndFollowsNoLink) {
  write("inside/b", "");
  write("inside/sub/c", "");
  write("inside/a", "");
  write("outside/secret", "");
  fs::create_directory_symlink(path("outside"), path("inside/link"));
  fs::create_symlink(path("outside/secret"), path("inside/file_link"));
  const auto files = list_files(path("inside"));
  ASSERT_TRUE(files);
  EXPECT_EQ(*files, (std::vector<std::string>{path("inside/a"), path("inside/b"), path("inside/sub/c")}));
  EXPECT_EQ(*list_files(path("inside/a")), std::vector<std::string>{path("inside/a")});
  EXPECT_EQ(list_files(path("nowhere")).error().fault, Fault::not_found);
}

TEST_F(FileTest, ReplacesInOneStepAndLeavesNothingBeside) {
  write("a", "old");
  ::chmod(path("a").c_str(), 0600);
  ASSERT_TRUE(replace_file(path("a"), "new"));
  EXPECT_EQ(text_of("a"), "new");
  struct stat info {};
  ::stat(path("a").c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(list_files(root_)->size(), 1u);
}

TEST_F(FileTest, WritesIntoAPipeAndThroughALinkAndReplacesNeither) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = ::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  ASSERT_TRUE(replace_file(path("pipe"), "new"));
  char got[8] = {};
  EXPECT_EQ(::read(reader, got, sizeof got), 3);
  EXPECT_STREQ(got, "new");
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(path("pipe")));

  write("inside/a", "old");
  fs::create_symlink("inside/a", path("link"));
  ASSERT_TRUE(replace_file(path("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(text_of("inside/a"), "new");
}

TEST_F(FileTest, AFailedReplaceKeepsTheOldAndLeavesNothingBeside) {
  fs::create_directories(path("folder/full"));  // a folder cannot be replaced by a file
  EXPECT_FALSE(replace_file(path("folder"), "new"));
  EXPECT_TRUE(is_folder(path("folder/full")));
  EXPECT_TRUE(list_files(root_)->empty());
  EXPECT_EQ(replace_file(path("no/such/folder/a"), "new").error().fault, Fault::not_found);
}

TEST_F(FileTest, MakesFoldersWithTheirParents) {
  ASSERT_TRUE(make_folder(path("a/b/c")));
  EXPECT_TRUE(is_folder(path("a/b/c")));
  EXPECT_TRUE(make_folder(path("a/b/c")));
  write("file", "");
  EXPECT_FALSE(make_folder(path("file")));
  EXPECT_FALSE(is_folder(path("file")));
}

}  // namespace
}  // namespace pratique
