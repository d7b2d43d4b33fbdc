// tests/golden/bills: documents of our own, each with what must be read from it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "../support/files.h"
#include "bill_text.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

TEST(GoldenBills, AreReadAsExpected) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PRATIQUE_SOURCE_DIR "/tests/golden/bills")) {
    const auto path = entry.path();
    if (path.extension() == ".expected") continue;
    SCOPED_TRACE(path.filename().string());
    ++count;
    const auto bill = read_bill(Bytes::copy_of(read_whole(path)));
    const std::string found = bill ? text_of(*bill) : "error " + render(bill.error()) + "\n";
    const std::string expected_file = path.string() + ".expected";
    if (std::getenv("PRATIQUE_UPDATE_GOLDEN")) std::ofstream(expected_file) << found;
    EXPECT_EQ(read_whole(expected_file), found);
  }
  EXPECT_GT(count, 5U);
}

}  // namespace
}  // namespace pratique
