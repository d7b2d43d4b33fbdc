// tests/golden/advisories: what sources publish, written for these tests by each format's own description, and what
// must be read from it. A folder is one source: its files are read one after another by one reader.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "../support/files.h"
#include "advisory_text.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const fs::path& path) {
  std::string text;
  AdvisorySink sink;
  sink.advisory = [&](Advisory&& advisory) { text += text_of(advisory, "advisory"); };
  sink.part = [&](Advisory&& advisory) { text += text_of(advisory, "part"); };
  sink.note = [&](Vulnerability&& note, std::string_view source) { text += text_of(note, source); };
  sink.cpe = [&](std::string_view package, std::string_view cpe) {
    text += "cpe " + std::string(package) + " " + std::string(cpe) + "\n";
  };
  AdvisoryReader reader(std::move(sink));
  for (const auto& file : files_of(path)) {
    const auto name = fs::relative(file, path.parent_path()).string();
    const auto document = reader.read(Bytes::copy_of(read_whole(file)), name);
    text += document ? text_of(*document) : "error " + render(document.error()) + "\n";
  }
  if (const auto rest = reader.finish()) text += text_of(*rest);
  return text;
}

TEST(GoldenAdvisories, AreReadAsExpected) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(PRATIQUE_SOURCE_DIR "/tests/golden/advisories")) {
    if (entry.path().extension() == ".expected") continue;
    SCOPED_TRACE(entry.path().filename().string());
    ++count;
    const std::string found = text_of(entry.path());
    const std::string expected_file = entry.path().string() + ".expected";
    if (std::getenv("PRATIQUE_UPDATE_GOLDEN")) std::ofstream(expected_file) << found;
    EXPECT_EQ(read_whole(expected_file), found);
  }
  EXPECT_GT(count, 10U);
}

// Class "absent": whatever is cut off behind any byte, an answer or an error.
TEST(GoldenAdvisories, SurviveEveryCut) {
  for (const auto& entry : fs::recursive_directory_iterator(PRATIQUE_SOURCE_DIR "/tests/golden/advisories")) {
    if (!entry.is_regular_file() || entry.path().extension() == ".expected") continue;
    SCOPED_TRACE(entry.path().filename().string());
    const std::string whole = read_whole(entry.path());
    for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 200) {
      AdvisoryReader reader(AdvisorySink{});
      const auto document = reader.read(Bytes::copy_of(whole.substr(0, size)), entry.path().string());
      if (!document) {
        EXPECT_FALSE(render(document.error()).empty());
      }
      (void)reader.finish();
    }
  }
}

}  // namespace
}  // namespace pratique
