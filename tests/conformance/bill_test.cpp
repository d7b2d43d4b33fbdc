// Every document of the samples is read, or refused for a reason that is listed, and holds as many components as an
// independent count (bill_counts.py) finds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "../support/files.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "model/purl.h"

namespace pratique {
namespace {

const std::string data = PRATIQUE_SOURCE_DIR "/../shared/data/";

struct Count {
  std::string format;  // empty: not a bill that is read
  std::size_t components = 0, identified = 0;
};

std::map<std::string, Count> independent_counts(const std::string& folder) {
  const std::string output =
      output_of("python3 " PRATIQUE_SOURCE_DIR "/tests/conformance/bill_counts.py '" + folder + "'");
  std::map<std::string, Count> counts;
  for (const auto line : split(output, '\n')) {
    const auto parts = split(line, '\t');
    if (parts.size() == 4)
      counts[std::string(parts[0])] = {std::string(parts[1]), *parse_unsigned(parts[2]), *parse_unsigned(parts[3])};
    else if (parts.size() == 2)
      counts[std::string(parts[0])] = {};
  }
  return counts;
}

std::size_t identified(const Bill& bill) {
  const auto has_purl = [](const Component& component) { return !component.purl.empty(); };
  const auto bad_purl = [](const Rejected& rejected) { return rejected.reason.starts_with("not a package URL"); };
  return static_cast<std::size_t>(std::count_if(bill.components.begin(), bill.components.end(), has_purl) +
                                  std::count_if(bill.rejected.begin(), bill.rejected.end(), bad_purl));
}

void compare(const std::string& folder) {
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is absent";
  std::size_t read = 0, aside = 0;
  for (const auto& [path, count] : independent_counts(folder)) {
    SCOPED_TRACE(path);
    const auto bill = read_bill(Bytes::copy_of(read_whole(path)));
    if (!bill) {
      EXPECT_EQ(count.format, "") << render(bill.error());
      continue;
    }
    ++read;
    aside += bill->rejected.size();
    EXPECT_EQ(name_of(bill->format), count.format);
    EXPECT_EQ(bill->components.size(), count.components);
    EXPECT_EQ(identified(*bill), count.identified);
  }
  std::printf("%s: %zu bills read, %zu values set aside\n", folder.c_str(), read, aside);
  EXPECT_GT(read, 0U);
}

TEST(BillsRead, Sboms) { compare(data + "sboms"); }
TEST(BillsRead, CycloneDxExamples) { compare(data + "cyclonedx-examples"); }
TEST(BillsRead, SpdxExamples) { compare(data + "spdx-examples"); }

// The SPDX project's own examples keep to SPDX.
TEST(SpdxExamples, AreAccepted) {
  if (!std::filesystem::exists(data + "spdx-examples")) GTEST_SKIP() << data << "spdx-examples is absent";
  std::size_t accepted = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data + "spdx-examples")) {
    if (!entry.is_regular_file()) continue;
    SCOPED_TRACE(entry.path().string());
    const auto judgement = judge_bill(Bytes::copy_of(read_whole(entry.path().string())));
    if (!judgement) continue;  // a read-me
    for (const Rejected& error : judgement->errors) ADD_FAILURE() << error.place << ": " << error.reason;
    ++accepted;
  }
  EXPECT_GT(accepted, 50U);
}

// The files are named TOOL-REPOSITORY-sha256_DIGEST.json: whatever the tool, the image is found in the document.
TEST(BillsOfOneImage, TellTheImageAndAgreeOnIdentities) {
  const std::string folder = data + "sboms/containers";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is absent";
  std::map<std::string, std::map<std::string, std::set<std::string>>>
      keys;  // digest -> "type/name version" -> package keys
  std::string scratch;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    SCOPED_TRACE(name);
    const auto bill = read_bill(Bytes::copy_of(read_whole(entry.path().string())));
    ASSERT_TRUE(bill) << render(bill.error());
    const std::string digest = "sha256:" + name.substr(name.find("sha256_") + 7, 64);
    ASSERT_TRUE(bill->subject.digest);
    EXPECT_EQ(bill->subject.digest->text(), digest);
    EXPECT_FALSE(bill->subject.name.empty());
    EXPECT_EQ(bill->subject.type, ComponentType::container);
    for (const Component& component : bill->components) {
      if (component.purl.empty()) continue;
      const std::string package(package_of(component.purl, scratch));
      const std::string last = package.substr(package.rfind('/') + 1);
      const std::string type(type_of(component.purl));
      if (type == "deb" || type == "apk" || type == "pypi" || type == "npm" || type == "cargo")
        keys[digest][type + "/" + last + " " + std::string(version_of(component.purl, scratch))].insert(package);
    }
  }
  std::size_t same = 0;
  for (const auto& [digest, packages] : keys)
    for (const auto& [package, names] : packages) {
      if (names.size() == 1)
        ++same;
      else if (!package.starts_with("npm/"))
        ADD_FAILURE() << digest << " " << package << ": " << names.size() << " identities";
    }
  EXPECT_GT(same, 1000U);
}

}  // namespace
}  // namespace pratique
