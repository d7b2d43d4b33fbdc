// Policies that try what broke other readers of YAML: a file a case, beside it the one line that is said.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "../support/files.h"
#include "engine/policy/policy.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

TEST(MarkupPolicy, IsOneClearError) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(PRATIQUE_SOURCE_DIR "/tests/regression/markup_policy")) {
    const fs::path path = entry.path();
    if (path.extension() != ".yaml") continue;
    ++count;
    SCOPED_TRACE(path.filename().string());
    const auto policies = parse_policies(read_whole(path), path.filename().string());
    ASSERT_FALSE(policies);
    const std::string found = render(policies.error()) + "\n";
    if (std::getenv("PRATIQUE_UPDATE_GOLDEN")) std::ofstream(path.string() + ".expected") << found;
    EXPECT_EQ(found, read_whole(path.string() + ".expected"));
  }
  EXPECT_GT(count, 10U);
}

}  // namespace
}  // namespace pratique
