// What the tests of the inventory share: a store, bills, pods and advisories in a folder that goes away.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "engine/index/index.h"
#include "flow/build.h"
#include "flow/ingest.h"
#include "flow/rematch.h"

namespace pratique {

class InventoryTest : public testing::Test {
 protected:
  InventoryTest() {
    const std::filesystem::path memory = "/dev/shm";  // a sync costs nothing there
    const auto root = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (root / "pratique_inventory_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = std::make_unique<Store>(Store::open(path("store"), Store::Mode::create).value());
  }
  ~InventoryTest() override { std::filesystem::remove_all(folder_); }

  static Time at(std::int64_t second) { return Time(std::chrono::seconds(second)); }
  static Period as_of(std::int64_t second) { return {at(second), at(second)}; }

  // An OSV record of npm.
  static std::string osv(const std::string& id, const std::string& package, const std::string& fixed,
                         const std::string& more = {}) {
    return R"({"id":")" + id + R"(","modified":"2024-01-01T00:00:00Z",)" + more +
           R"("affected":[{"package":{"ecosystem":"npm","name":")" + package +
           R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":")" + fixed + R"("}]}]}]})";
  }
  static std::string severity(const std::string& word) {
    return R"("database_specific":{"severity":")" + word + R"("},)";
  }
  static std::string bill(const std::string& image, const std::string& components) {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"container","name":")" +
           image + R"(","version":")" + sha256_of(image).text() + R"("}},"components":[)" + components + "]}";
  }
  static std::string npm(const std::string& name, const std::string& version, const std::string& more = {}) {
    return R"({"type":"library","name":")" + name + R"(","version":")" + version + R"(","purl":"pkg:npm/)" + name +
           "@" + version + "\"" + more + "}";
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }
  void ingest(Time now = at(1)) const {
    const auto report = ingest_bills(*store_, {path("bills")}, now);
    ASSERT_TRUE(report) << render(report.error());
    ASSERT_TRUE(report->failed.empty()) << report->failed.front().reason;
  }
  AdvisoryDb build(Time now = at(1)) const {
    const auto built = build_database({path("osv")}, path("db"), now, {});
    EXPECT_TRUE(built) << render(built.error());
    return AdvisoryDb::open(path("db")).value();
  }
  RematchReport match(const AdvisoryDb& db, Time now) const {
    auto report = rematch(*store_, db, now);
    EXPECT_TRUE(report) << render(report.error());
    return report ? *report : RematchReport();
  }
  // All that runs in cluster "north": Deployments of the namespace "shop", each with a pod of one image.
  void look(const std::vector<std::string>& images, Time now) const {
    std::vector<Workload> pods;
    for (const auto& image : images) {
      Workload pod;
      pod.cluster = "north";
      pod.name_space = "shop";
      pod.kind = "Deployment";
      pod.name = image;
      pod.pod = image + "-1";
      pod.uid = pod.pod;
      pod.containers.push_back({"c", ContainerKind::container, Image{"shop/" + image, "1", sha256_of(image)}});
      pods.push_back(std::move(pod));
    }
    const auto saved = store_->save_workloads("north", pods, Coverage::whole, merge_posting, now);
    ASSERT_TRUE(saved) << render(saved.error());
  }

  std::string folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace pratique
