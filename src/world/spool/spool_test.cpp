#include "world/spool/spool.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pratique {
namespace {

namespace fs = std::filesystem;

class SpoolTest : public testing::Test {
 protected:
  ~SpoolTest() override { fs::remove_all(folder_); }
  Spool open(std::uint64_t limit = 1 << 20) {
    auto spool = Spool::open({.folder = folder_, .byte_limit = limit});
    EXPECT_TRUE(spool) << render(spool.error());
    return std::move(spool).value();
  }
  std::vector<fs::path> files() const {  // but for the count of what is held, which is there while a spool is open
    std::vector<fs::path> found;
    for (const auto& each : fs::directory_iterator(folder_))
      if (each.path().filename() != "held") found.push_back(each.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  const std::string folder_ = testing::TempDir() + "spool_" + std::to_string(::getpid());
};

std::string drain(Spool& spool) {
  std::string text;
  while (const auto record = spool.oldest()) {
    text += record->bytes + "*" + std::to_string(record->things) + " ";
    spool.remove(record->number);
  }
  return text;
}

TEST_F(SpoolTest, GivesOutTheOldestFirst) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("one", 1));
  ASSERT_TRUE(spool.append(std::string("t\0w\no", 5), 2));
  EXPECT_EQ(spool.oldest()->bytes, "one");
  EXPECT_EQ(spool.oldest()->bytes, "one");  // it stays until it is removed
  EXPECT_EQ(drain(spool), std::string("one*1 t\0w\no*2 ", 14));
  EXPECT_EQ(spool.bytes(), 0u);
  EXPECT_EQ(spool.records(), 0u);
  EXPECT_TRUE(files().empty());
}

TEST_F(SpoolTest, WhatAProcessLeftIsThereForTheNext) {
  { ASSERT_TRUE(open().append("one", 3)); }
  Spool spool = open();
  ASSERT_TRUE(spool.append("two", 1));
  EXPECT_EQ(drain(spool), "one*3 two*1 ");
}

TEST_F(SpoolTest, OneProcessAtATimeHasIt) {
  const Spool spool = open();
  const auto other = Spool::open({.folder = folder_});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().fault, Fault::usage);
}

TEST_F(SpoolTest, WhereThereIsNoRoomTheOldestAreDroppedAndCounted) {
  constexpr std::uint64_t three_records = 350;
  {
    Spool spool = open(three_records);
    for (int i = 1; i <= 6; ++i) ASSERT_TRUE(spool.append("record " + std::to_string(i), 10));
    EXPECT_EQ(spool.dropped(), 30u);
    EXPECT_LE(spool.bytes(), three_records);
  }
  Spool spool = open(three_records);
  EXPECT_EQ(spool.dropped(), 30u);  // the count survives as well
  spool.forget_dropped(30);
  EXPECT_EQ(spool.dropped(), 0u);
  EXPECT_EQ(drain(spool), "record 4*10 record 5*10 record 6*10 ");
}

TEST_F(SpoolTest, ASmallerLimitHoldsFromTheStart) {
  {
    Spool spool = open();
    for (int i = 1; i <= 6; ++i) ASSERT_TRUE(spool.append("record " + std::to_string(i), 1));
  }
  Spool spool = open(250);
  EXPECT_EQ(drain(spool), "record 5*1 record 6*1 ");
  EXPECT_EQ(spool.dropped(), 4u);
}

TEST_F(SpoolTest, ARecordThatIsTooLargeIsRefusedAndCounted) {
  Spool spool = open(500);
  ASSERT_TRUE(spool.append("small", 1));
  const auto taken = spool.append(std::string(1000, 'x'), 7);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().fault, Fault::limit);
  EXPECT_EQ(spool.dropped(), 7u);
  EXPECT_EQ(drain(spool), "small*1 ");
}

TEST_F(SpoolTest, DamagedFilesAreCountedAndNeverGivenOut) {
  {
    Spool spool = open();
    for (const char* text : {"one", "two", "three", "four"}) ASSERT_TRUE(spool.append(text, 1));
  }
  const auto all = files();
  ASSERT_EQ(all.size(), 4u);
  fs::resize_file(all[0], fs::file_size(all[0]) - 1);  // cut short
  std::ofstream(all[1], std::ios::app) << "more";      // grown
  std::ofstream(all[2], std::ios::trunc) << "";        // emptied
  std::ofstream(folder_ + "/stranger") << "not one of us";
  std::ofstream(folder_ + "/00000000000000000009.x") << "nor this";
  fs::create_directory(folder_ + "/00000000000000000008.1");
  Spool spool = open();
  EXPECT_EQ(drain(spool), "four*1 ");
  EXPECT_EQ(spool.dropped(), 3u);
}

// Ended in the middle again and again: every record that was taken in is there, whole, and nothing else.
TEST_F(SpoolTest, WhateverEndsTheProcessLeavesWholeRecords) {
  for (int round = 0; round < 12; ++round) {
    fs::remove_all(folder_);
    int taken[2];
    ASSERT_EQ(::pipe(taken), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto spool = Spool::open({.folder = folder_});
      for (unsigned char i = 1; spool && i < 200; ++i)
        if (!spool->append(std::string(20'000, static_cast<char>(i)), 1) || ::write(taken[1], &i, 1) != 1) break;
      for (;;) ::pause();
    }
    ::close(taken[1]);
    unsigned char last = 0;
    for (int i = 0; i <= round * 3; ++i)
      if (::read(taken[0], &last, 1) != 1) break;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (unsigned char byte = 0; ::read(taken[0], &byte, 1) == 1;) last = byte;
    ::close(taken[0]);
    Spool spool = open(std::uint64_t{64} << 20);
    unsigned char expected = 0;
    while (const auto record = spool.oldest()) {
      EXPECT_EQ(record->bytes, std::string(20'000, static_cast<char>(++expected)));
      spool.remove(record->number);
    }
    EXPECT_GE(expected, last);
    EXPECT_LE(expected, last + 1);  // one more may have been written and not yet told of
    EXPECT_EQ(spool.dropped(), 0u);
  }
}

// A process that is killed loses what it had in its memory; how much that was it leaves behind.
TEST_F(SpoolTest, WhatAKilledProcessHeldCountsAsDropped) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto spool = Spool::open({.folder = folder_});
    if (!spool) ::_exit(1);
    spool->add_held(7);
    spool->remove_held(2);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  {
    auto next = Spool::open({.folder = folder_});
    ASSERT_TRUE(next);
    EXPECT_EQ(next->dropped(), 5u);
    next->forget_dropped(5);
    next->add_held(1);
    next->remove_held(9);
  }
  EXPECT_EQ(Spool::open({.folder = folder_})->dropped(), 0u);
}

TEST_F(SpoolTest, OnAFullDiskTheOldestMakeRoom) {
  fs::create_directory(folder_);
  if (::mount("none", folder_.c_str(), "tmpfs", 0, "size=64k") != 0) GTEST_SKIP() << "mounting needs root";
  {
    Spool spool = open(std::uint64_t{64} << 20);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(spool.append(std::string(12'000, static_cast<char>('a' + i)), 1)) << i;
    EXPECT_GT(spool.dropped(), 0u);
    EXPECT_EQ(spool.dropped() + spool.records(), 10u);
    const auto huge = spool.append(std::string(100'000, 'x'), 1);
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().fault, Fault::unavailable);
    EXPECT_EQ(spool.dropped(), 11u);
    ASSERT_TRUE(spool.append("small again", 1));
    EXPECT_EQ(drain(spool), "small again*1 ");
  }
  ::umount(folder_.c_str());
}

TEST_F(SpoolTest, AFolderThatCannotBeMadeIsAnError) {
  const auto spool = Spool::open({.folder = "/proc/no/such"});
  ASSERT_FALSE(spool);
  EXPECT_NE(render(spool.error()).find("--spool"), std::string::npos);
}

}  // namespace
}  // namespace pratique
