#include "flow/namespaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace pratique {
namespace {

using testing::HasSubstr;

class NamespaceList : public testing::Test {
 protected:
  NamespaceList() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pratique_ns_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~NamespaceList() override { std::filesystem::remove_all(folder_); }
  Result<Namespaces> load(const std::string& text) const {
    std::ofstream(folder_ + "/ns") << text;
    return load_namespaces(folder_ + "/ns");
  }
  static std::string tier_of(const JsonTree& object) {
    const auto labels = object.find(object.find(0, "metadata"), "labels");
    return std::string(object.nodes[object.find(labels, "tier")].text);
  }
  std::string folder_;
};

TEST_F(NamespaceList, IsReadAsKubectlPrintsIt) {
  for (
      const auto* text :
      {"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: shop\n"
       "    labels: {tier: front}\n- kind: Namespace\n  metadata: {name: db, labels: {tier: back}}\n",
       R"( {"kind":"NamespaceList","metadata":{"continue":""},"items":[{"metadata":{"name":"shop","labels":{"tier":"front"}}},)"
       R"({"metadata":{"name":"db","labels":{"tier":"back"}}}]})"}) {
    const auto list = load(text).value();
    EXPECT_EQ(list.size(), 2u);
    EXPECT_EQ(tier_of(*list.find("shop")), "front");
    EXPECT_EQ(tier_of(*list.find("db")), "back");
    EXPECT_EQ(list.find("other"), nullptr);
  }
  const auto one = load("kind: Namespace\nmetadata: {name: shop, labels: {tier: front}}\n").value();
  EXPECT_EQ(tier_of(*one.find("shop")), "front");
  EXPECT_EQ(load("kind: List\nitems: []\n")->size(), 0u);
}

TEST_F(NamespaceList, RefusesWhatIsNone) {
  const std::pair<const char*, const char*> cases[] = {
      {"kind: List\nitems: [{kind: Pod, metadata: {name: a}}]\n", "something else than a Namespace: 'Pod'"},
      {"kind: List\nitems: [{metadata: {name: a}}]\n", "something else than a Namespace: ''"},
      {"kind: Pod\nmetadata: {name: a}\n", "'Pod'"},
      {"kind: List\n", "a list without items"},
      {"kind: List\nitems: 7\n", "a list without items"},
      {"kind: List\nmetadata: {continue: abc}\nitems: []\n", "one page of a longer list"},
      {"kind: Namespace\nmetadata: {labels: {}}\n", "a namespace without a name"},
      {"kind: List\nitems: [{kind: Namespace, metadata: {name: a}}, {kind: Namespace, metadata: {name: a}}]\n",
       "holds namespace 'a' twice"},
      {"", "holds no list"},
      {"just text", "something else"},
      {"{\"kind\":", "ns"}};
  for (const auto& [text, reason] : cases) {
    const auto list = load(text);
    ASSERT_FALSE(list) << text;
    EXPECT_THAT(render(list.error()), HasSubstr(reason)) << text;
    EXPECT_THAT(render(list.error()), HasSubstr(folder_)) << text;
  }
}

}  // namespace
}  // namespace pratique
