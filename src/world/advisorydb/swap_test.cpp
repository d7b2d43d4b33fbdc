// A database is replaced while others read it: no reader fails, and none sees parts of two generations.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "world/advisorydb/advisorydb.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

constexpr int swaps = 1'000, readers = 4, entries = 20;

// All advisories of a generation carry its name.
void write_generation(const std::string& path, const std::string& name) {
  AdvisoryDbWriter writer(path);
  for (int i = 0; i < entries; ++i) {
    Advisory advisory;
    advisory.id = name + "-" + std::to_string(i);
    advisory.affected = {{.package = "pkg:npm/p", .stream = {}, .module = {}, .cpe = {}, .ranges = {{Scheme::npm, true, {}}}}};
    writer.add(advisory);
  }
  const auto status = writer.finish(Time{});
  ASSERT_TRUE(status) << render(status.error());
}

// What is wrong with what one look sees; empty where it is one generation whole.
std::string fault_in_one_look(const std::string& path) {
  const auto db = AdvisoryDb::open(path);
  if (!db) return render(db.error());
  const auto reader = db->reader();
  if (!reader) return render(reader.error());
  std::vector<std::uint32_t> numbers;
  const auto visited =
      reader->each("pkg:npm/p", "", [&](const AffectedView& view) { numbers.push_back(view.advisory); });
  if (!visited) return render(visited.error());
  std::string names;
  for (const auto number : numbers) {
    const auto advisory = reader->advisory(number);
    if (!advisory) return render(advisory.error());
    names += advisory->id.substr(0, advisory->id.find('-'));
  }
  const std::string one = names.substr(0, 1);
  return names == std::string(entries, one.empty() ? '?' : one[0]) ? "" : "saw " + names;
}

TEST(AdvisoryDbSwapTest, AThousandSwapsUnderFourReaders) {
  std::string pattern = (fs::temp_directory_path() / "pratique_swap_XXXXXX").string();
  const std::string root = ::mkdtemp(pattern.data());
  write_generation(root + "/a", "a");
  write_generation(root + "/b", "b");
  write_generation(root + "/db", "a");
  std::atomic<bool> done = false;
  std::atomic<int> looks = 0;
  std::vector<std::string> faults(readers);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < readers; ++i)
      threads.emplace_back([&, i] {
        auto& fault = faults[static_cast<std::size_t>(i)];
        for (; !done && fault.empty(); ++looks) fault = fault_in_one_look(root + "/db");
      });
    for (int i = 0; i < swaps; ++i) {
      const auto status = install_database(root + (i % 2 == 0 ? "/b" : "/a"), root + "/db", Older::accept);
      EXPECT_TRUE(status) << render(status.error());
    }
    done = true;
  }
  for (const auto& fault : faults) EXPECT_EQ(fault, "");
  EXPECT_GT(looks, readers);
  EXPECT_EQ(AdvisoryDb::open(root + "/db")->status().number, swaps + 1u);
  fs::remove_all(root);
}

}  // namespace
}  // namespace pratique
