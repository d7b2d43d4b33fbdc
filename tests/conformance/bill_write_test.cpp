// Every real document is written in every format and read again: nothing is gone but what the losses name, and never a
// package, a version, a dependency, a hash that the format knows or a licence. What is written is valid by the
// specification's own schemas where the tools to check that are there.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "../support/bill_facts.h"
#include "../support/files.h"
#include "base/text.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const fs::path data = PRATIQUE_SOURCE_DIR "/../shared/data";

constexpr std::string_view targets[] = {"cyclonedx-json@1.6", "cyclonedx-json@1.7",     "cyclonedx-xml@1.6",
                                        "cyclonedx-xml@1.7",  "cyclonedx-protobuf@1.6", "cyclonedx-protobuf@1.7",
                                        "spdx-json",          "spdx-tag-value",         "spdx3-json"};

const WriteOptions options{.version = {}, .now = Time(std::chrono::seconds(1'700'000'000)), .tool = "pratique-1.0"};

Result<Written> write(const Bill& bill, std::string_view target) {
  const auto named = bill_target_named(target);
  if (!named) return named.error();
  WriteOptions with = options;
  with.version = named->version;
  return write_bill(bill, named->format, with);
}

// Kinds whose facts may differ: what was lost, and what follows from that.
std::set<std::string> excused(const Bill& bill, const std::vector<Loss>& losses) {
  std::set<std::string> kinds;
  for (const Loss& loss : losses) kinds.insert(loss.what);
  if (!bill.created) kinds.insert("created");  // it was added, and so may be the serial number and the tool
  if (bill.serial.empty()) kinds.insert("serial");
  if (bill.tool.empty()) kinds.insert("tool");
  return kinds;
}

void round_trips(const fs::path& folder) {
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  std::map<std::string, std::map<std::string, std::size_t>> lost;
  std::size_t written = 0, turn = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto bill = read_bill(Bytes::copy_of(read_whole(entry.path())));
    if (!bill) continue;
    // A large one in one format, each time another, so that the whole tier takes a minute.
    constexpr std::size_t large = 200'000;
    const std::size_t many = entry.file_size() > large ? 1 : std::size(targets);
    for (std::size_t i = 0; i < many; ++i) {
      const std::string_view target = targets[turn++ % std::size(targets)];
      SCOPED_TRACE(entry.path().string() + " as " + std::string(target));
      const auto document = write(*bill, target);
      ASSERT_TRUE(document) << render(document.error());
      const auto judgement = judge_bill(Bytes::copy_of(document->bytes));
      ASSERT_TRUE(judgement) << render(judgement.error());
      for (const Rejected& error : judgement->errors) ADD_FAILURE() << error.place << ": " << error.reason;
      const auto again = read_bill(Bytes::copy_of(document->bytes));
      ASSERT_TRUE(again) << render(again.error());
      ++written;
      for (const Loss& loss : document->losses) lost[std::string(target)][loss.what] += loss.count;
      for (const Rejected& r : again->rejected) ADD_FAILURE() << r.place << ": " << r.reason;
      const auto kinds = excused(*bill, document->losses);
      if (kinds.contains("subject") && bill->components.size() == 1) continue;  // the one component became the subject
      auto lines = difference(*bill, *again, kinds);
      const std::size_t count = lines.size();
      lines.resize(std::min<std::size_t>(count, 5));
      for (const std::string& line : lines) ADD_FAILURE() << line;
      for (const std::string_view never : {"name", "depends-on", "version"})
        for (const Loss& loss : document->losses) EXPECT_NE(loss.what, never) << loss.example;
      if (::testing::Test::HasFailure()) return;
    }
  }
  for (const auto& [target, kinds] : lost) {
    std::printf("%s:", target.c_str());
    for (const auto& [kind, count] : kinds) std::printf(" %s %zu,", kind.c_str(), count);
    std::printf("\n");
  }
  std::printf("%zu documents written and read\n", written);
}

TEST(BillsWritten, Sboms) { round_trips(data / "sboms"); }
TEST(BillsWritten, CycloneDxExamples) { round_trips(data / "cyclonedx-examples"); }
TEST(BillsWritten, SpdxExamples) { round_trips(data / "spdx-examples"); }
TEST(BillsWritten, CycloneDxSpecification) { round_trips(data / "cyclonedx-spec"); }

// What stands in no rule of our own judge: JSON schema, XML schema and protobuf definition of the specification.
TEST(BillsWritten, AreValidByTheSchemasOfCycloneDx) {
  const fs::path schemas = data / "cyclonedx-spec/schema";
  if (!fs::exists(schemas)) GTEST_SKIP() << schemas << " is absent";
  const fs::path folder = fs::temp_directory_path() / ("pratique-written-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  std::size_t number = 0;
  for (const char* part : {"cyclonedx-examples", "spdx-examples", "cyclonedx-spec/1.6", "sboms/wild"})
    for (const auto& entry : fs::recursive_directory_iterator(data / part)) {
      constexpr std::size_t large = 100'000;
      if (!entry.is_regular_file() || entry.file_size() > large) continue;
      const auto bill = read_bill(Bytes::copy_of(read_whole(entry.path())));
      if (!bill) continue;
      ++number;
      for (const std::string version : {"1.6", "1.7"})
        for (const auto& [format, ending] : {std::pair{BillFormat::cyclonedx_json, ".json"},
                                             {BillFormat::cyclonedx_xml, ".xml"},
                                             {BillFormat::cyclonedx_protobuf, ".pb"}}) {
          const auto written = write_bill(*bill, format, {.version = version, .now = {}, .tool = {}});
          ASSERT_TRUE(written);
          std::ofstream(folder / (std::to_string(number) + "." + version + ending)) << written->bytes;
        }
    }
  const std::string script = PRATIQUE_SOURCE_DIR "/tests/conformance/bill_schema.py";
  const std::string command = "python3 '" + script + "' '" + folder.string() + "' '" + schemas.string() + "'";
  FILE* const pipe = popen(command.c_str(), "r");
  std::string faults;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) faults.append(buffer, got);
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(faults.substr(0, 4000), "");
  std::printf("%zu documents in 6 syntaxes and versions each\n", number);
  if (faults.empty()) fs::remove_all(folder);
}

}  // namespace
}  // namespace pratique
