// absent: a missing or null field crashed rekor (CVE-2023-33199), osv-scalibr (CVE-2025-13425), grype #669, GUAC #2369.
// Here every node of a list of pods is removed, made null and made another type in turn; a folder entry is a case.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

using Json = nlohmann::json;

std::vector<Json::json_pointer> nodes_of(const Json& document) {
  std::vector<Json::json_pointer> nodes;
  const Json flat = document.flatten();
  for (const auto& [pointer, value] : flat.items())
    for (Json::json_pointer at(pointer); !at.empty(); at = at.parent_pointer())
      if (std::find(nodes.begin(), nodes.end(), at) == nodes.end()) nodes.push_back(at);
  return nodes;
}

void expect_an_answer(const Json& document) {
  const auto list = read_workloads(Bytes::copy_of(document.dump()), "north");
  if (!list) {
    EXPECT_EQ(list.error().fault, Fault::malformed);
    return;
  }
  for (const auto& workload : list->workloads) EXPECT_FALSE(workload.name.empty() || workload.pod.empty());
}

TEST(Absent, EveryNodeOfAListOfPodsInTurn) {
  const auto files = list_files(PRATIQUE_SOURCE_DIR "/tests/regression/absent");
  ASSERT_TRUE(files);
  for (const auto& file : *files) {
    const auto bytes = read_file(file, 1 << 20);
    ASSERT_TRUE(bytes);
    const Json document = Json::parse(bytes->view());
    const auto nodes = nodes_of(document);
    EXPECT_GT(nodes.size(), 30u);
    for (const auto& node : nodes) {
      SCOPED_TRACE(file + node.to_string());
      Json changed = document;
      Json& parent = changed[node.parent_pointer()];
      if (parent.is_array())
        parent.erase(std::stoul(node.back()));
      else
        parent.erase(node.back());
      expect_an_answer(changed);
      for (const Json& other : {Json(), Json(7), Json("text"), Json::array(), Json::object(), Json::array({Json()})}) {
        changed = document;
        changed[node] = other;
        expect_an_answer(changed);
      }
    }
  }
}

}  // namespace
}  // namespace pratique
