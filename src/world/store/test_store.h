// What the store's tests share: a folder that goes away, bills written as short lists, and postings that can be read.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "world/store/store.h"

namespace pratique {

class Folder {
 public:
  Folder() {
    // In memory where that can be: what is tested are calls, not disks, and a sync costs nothing there.
    const std::filesystem::path memory = "/dev/shm";
    const auto root = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (root / "pratique_store_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline Time at(std::int64_t second) { return Time(std::chrono::seconds(second)); }

// The store cannot read postings; the tests' are "1,2,3".
inline std::set<std::uint32_t> artifacts_in(std::string_view posting) {
  std::set<std::uint32_t> ids;
  if (posting.empty()) return ids;
  for (const auto part : split(posting, ',')) ids.insert(static_cast<std::uint32_t>(parse_unsigned(part).value()));
  return ids;
}
inline Result<std::string> merge(std::uint32_t shard, std::string_view posting, std::span<const ArtifactId> artifacts) {
  auto ids = artifacts_in(posting);
  ids.insert(artifacts.begin(), artifacts.end());
  std::string merged;
  for (const auto id : ids) {
    EXPECT_EQ(id >> 16, shard);
    merged.append(merged.empty() ? "" : ",").append(std::to_string(id));
  }
  return merged;
}

inline Digest digest_of(std::string_view text) { return sha256_of(text); }

// Components are purls; `under[i]` is the one that depends on it, -1 for the subject. The original is `text`.
inline StoredBill bill_of(std::string_view text, std::string_view image, const std::vector<std::string>& purls,
                          const std::vector<int>& under = {}) {
  StoredBill stored{digest_of(text), std::string(text) + ".json", {}, pack_original(text)};
  Bill& bill = stored.bill;
  bill.format = BillFormat::cyclonedx_json;
  bill.spec_version = "1.6";
  bill.tool = "syft 1.2.0";
  if (!image.empty()) {
    bill.subject.name = image;
    bill.subject.digest = digest_of(image);
  }
  for (std::size_t i = 0; i < purls.size(); ++i) {
    Component component;
    component.purl = bill.pool->keep(purls[i]);
    const auto name_end = component.purl.find_first_of("@?#");
    component.name = component.purl.substr(0, name_end).substr(component.purl.substr(0, name_end).rfind('/') + 1);
    if (name_end != std::string_view::npos && component.purl[name_end] == '@')
      component.version = component.purl.substr(name_end + 1, component.purl.find_first_of("?#") - name_end - 1);
    bill.components.push_back(component);
    if (i < under.size())
      bill.edges.push_back(
          {under[i] < 0 ? Bill::subject_index : static_cast<std::uint32_t>(under[i]), static_cast<std::uint32_t>(i)});
  }
  std::sort(bill.edges.begin(), bill.edges.end());
  return stored;
}

inline Workload pod_of(std::string_view owner, std::string_view pod, const std::vector<std::string>& images) {
  Workload workload;
  workload.name_space = "shop";
  workload.kind = "Deployment";
  workload.name = owner;
  workload.pod = pod;
  workload.uid = "uid-" + std::string(pod);
  workload.node = "node-1";
  for (const auto& image : images) {
    Container container;
    container.name = "c" + std::to_string(workload.containers.size());
    container.image = Image{image, "1", digest_of(image)};
    workload.containers.push_back(container);
  }
  return workload;
}

// All artifacts that the postings of these components name.
inline std::set<std::uint32_t> holders(const Store& store, const std::vector<ComponentId>& components) {
  std::set<std::uint32_t> ids;
  const auto visited = store.visit_postings(components, [&](std::uint32_t, std::string_view posting) -> Result<void> {
    ids.merge(artifacts_in(posting));
    return {};
  });
  EXPECT_TRUE(visited) << render(visited.error());
  return ids;
}

}  // namespace pratique
