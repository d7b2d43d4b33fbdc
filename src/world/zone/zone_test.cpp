#include "world/zone/zone.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace pratique {
namespace {

TEST(Zone, OffsetsFollowTheDatabaseInSummerAndWinter) {
  if (!std::filesystem::exists("/usr/share/zoneinfo/Europe/Paris")) GTEST_SKIP() << "no zone database on this machine";
  struct Case {
    std::string_view zone;
    std::int64_t time;
    std::int32_t offset;
  };
  for (const auto& [zone, time, offset] : {Case{"Europe/Paris", 1767225600, 3600},        // 2026-01-01
                                           Case{"Europe/Paris", 1782864000, 7200},        // 2026-07-01
                                           Case{"Asia/Kathmandu", 1234567890, 20700},     // +05:45
                                           Case{"Australia/Sydney", 1234567890, 39600},   // summer
                                           Case{"America/St_Johns", 1234567890, -12600},  // -03:30
                                           Case{"Europe/Paris", 4'102'444'800, 3600}}) {  // 2100: by rule
    SCOPED_TRACE(zone);
    EXPECT_EQ(zone_offset(zone, time), offset);
  }
}

TEST(Zone, NamesOutsideTheDatabaseAreUnknown) {
  for (const auto* name : {"", "Europe/Atlantis", "../../../etc/passwd", "/usr/share/zoneinfo/Europe/Paris",
                           "Europe//Paris", "Europe", "file:/etc/localtime", "Europe/Paris\n"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(zone_offset(name, 0), std::nullopt);
  }
}

}  // namespace
}  // namespace pratique
