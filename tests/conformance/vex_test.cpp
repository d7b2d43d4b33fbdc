// Every VEX document of the samples is read and states as much as an independent count (vex_counts.py) finds.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "../support/files.h"
#include "base/text.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

const std::string data = PRATIQUE_SOURCE_DIR "/../shared/data/";

TEST(VexRead, StatesWhatAnIndependentCountFinds) {
  std::size_t read = 0, stated = 0;
  for (const std::string folder : {"cyclonedx-examples", "cyclonedx-spec", "sboms"}) {
    if (!std::filesystem::exists(data + folder)) GTEST_SKIP() << data << folder << " is absent";
    const std::string counts =
        output_of("python3 " PRATIQUE_SOURCE_DIR "/tests/conformance/vex_counts.py '" + data + folder + "'");
    for (const auto line : split(counts, '\n')) {
      const auto parts = split(line, '\t');
      if (parts.size() != 3) continue;
      SCOPED_TRACE(std::string(parts[0]));
      const auto list = read_vex(Bytes::copy_of(read_whole(std::string(parts[0]))));
      ASSERT_TRUE(list) << render(list.error());
      EXPECT_EQ(name_of(list->format), parts[1]);
      EXPECT_EQ(list->statements.size(), parse_unsigned(parts[2]));
      ++read;
      stated += list->statements.size();
    }
  }
  std::printf("%zu VEX documents read, %zu statements\n", read, stated);
  EXPECT_GT(read, 40U);
}

}  // namespace
}  // namespace pratique
