// The classes of failure that broke other readers of bills (docs/testing.md): markup, absent, linear.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../support/bill_invariants.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const std::string tests = PRATIQUE_SOURCE_DIR "/tests/";

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_invariants(const Bill& bill) { ASSERT_EQ(broken_promise(bill), ""); }

// A file a case; beside it, one line: the error, or how many components and values set aside.
TEST(Markup, IsOneClearError) {
  for (const auto& entry : fs::directory_iterator(tests + "regression/markup")) {
    const fs::path path = entry.path();
    if (path.extension() == ".expected") continue;
    SCOPED_TRACE(path.filename().string());
    const auto bill = read_bill(Bytes::copy_of(read_whole(path)));
    if (bill) expect_invariants(*bill);
    const std::string found = bill ? std::to_string(bill->components.size()) + " components, " +
                                         std::to_string(bill->rejected.size()) + " set aside\n"
                                   : render(bill.error()) + "\n";
    const std::string expected_file = path.string() + ".expected";
    if (std::getenv("PRATIQUE_UPDATE_GOLDEN")) std::ofstream(expected_file) << found;
    EXPECT_EQ(found, read_whole(expected_file));
  }
}

TEST(Markup, DepthSizeAndNumberAreLimited) {
  const auto nested = [](std::size_t depth, const std::string& open, const std::string& close) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  const std::string start = R"({"bomFormat":"CycloneDX","specVersion":"1.5",)";
  const std::string deep_array = start + "\"x\":" + nested(100'000, "[", "]") + "}";
  const std::string deep_components =
      start + "\"components\":[" + nested(100'000, R"({"name":"a","components":[)", "]}") + "]}";
  const std::string deep_opening = std::string(5'000'000, '[');
  for (const std::string& text : {deep_array, deep_components, deep_opening}) {
    const auto bill = read_bill(Bytes::copy_of(text));
    ASSERT_FALSE(bill);
    EXPECT_EQ(bill.error().fault, Fault::limit) << render(bill.error());
  }
  const std::string three = start + R"("components":[{"name":"a"},{"name":"b"},{"name":"c"}]})";
  Limits limits;
  limits.entries = 2;
  EXPECT_EQ(read_bill(Bytes::copy_of(three), limits).error().fault, Fault::limit);
  limits = {};
  limits.bytes = 40;
  EXPECT_EQ(read_bill(Bytes::copy_of(three), limits).error().fault, Fault::limit);
}

std::vector<std::string> golden_documents() {
  std::vector<std::string> documents;
  for (const auto& entry : fs::directory_iterator(tests + "golden/bills"))
    if (entry.path().extension() == ".json") documents.push_back(read_whole(entry.path()));
  return documents;
}

// Calls `visit` with every node of the document.
template <class Visit>
void each_node(const json& node, const json::json_pointer& at, const Visit& visit) {
  visit(at);
  if (node.is_object())
    for (const auto& [key, value] : node.items()) each_node(value, at / key, visit);
  else if (node.is_array())
    for (std::size_t i = 0; i < node.size(); ++i) each_node(node[i], at / i, visit);
}

TEST(Absent, EveryNodeMayBeMissingNullOrOfAnotherType) {
  const std::vector<json> replacements = {nullptr, 1, "text", json::array(), json::object(), true};
  std::size_t cases = 0;
  for (const std::string& text : golden_documents()) {
    const json document = json::parse(text, nullptr, false);
    if (document.is_discarded()) continue;
    each_node(document, json::json_pointer(), [&](const json::json_pointer& at) {
      if (at.empty()) return;
      for (std::size_t i = 0; i <= replacements.size(); ++i) {
        json changed = document;
        json& parent = changed.at(at.parent_pointer());
        if (i < replacements.size())
          changed.at(at) = replacements[i];
        else if (parent.is_object())
          parent.erase(at.back());
        else
          parent.erase(std::stoul(at.back()));
        const auto bill = read_bill(Bytes::copy_of(changed.dump(-1, ' ', false, json::error_handler_t::replace)));
        if (bill) expect_invariants(*bill);
        ++cases;
        if (testing::Test::HasFatalFailure()) FAIL() << at.to_string() << " replaced by #" << i;
      }
    });
  }
  EXPECT_GT(cases, 1000U);
}

// Inputs on which a reader that looks back for each element needs hours.
TEST(Linear, ManyOfOneKindEnd) {
  constexpr int many = 40'000;
  const auto list = [](const auto& element) {
    std::string text;
    for (int i = 0; i < many; ++i) text += (i ? "," : "") + element(i);
    return text;
  };
  const std::string cdx = R"({"bomFormat":"CycloneDX","specVersion":"1.5",)", spdx = R"({"spdxVersion":"SPDX-2.3",)";
  const auto n = [](int i) { return std::to_string(i); };
  const std::vector<std::string> documents = {
      cdx + "\"components\":[" + list([&](int) { return std::string(R"({"name":"a","bom-ref":"same"})"); }) + "]}",
      cdx + "\"components\":[" + list([&](int i) { return R"({"name":"a","bom-ref":")" + n(i) + R"("})"; }) +
          "],\"dependencies\":[" +
          list([&](int i) { return R"({"ref":"gone","dependsOn":[")" + n(i) + R"(","lost-)" + n(i) + "\"]}"; }) + "]}",
      cdx + "\"components\":[{\"name\":\"a\",\"licenses\":[" +
          list([&](int i) { return R"({"license":{"name":"l)" + n(i) + "\"}}"; }) + "]}]}",
      cdx + "\"components\":[{\"name\":\"a\",\"components\":[" + list([&](int i) {
        return R"({"name":"b","hashes":[{"alg":"MD5","content":"x"}],"cpe":")" + n(i) + "\"}";
      }) + "]}]}",
      cdx + list([&](int i) { return "\"key" + n(i) + "\":1"; }) + "}",
      cdx + list([&](int) { return std::string("\"same\":1"); }) + "}",
      cdx + "\"metadata\":{\"tools\":[" + list([&](int) { return std::string(R"({"name":"t"})"); }) + "]}}",
      cdx + "\"components\":[{\"name\":\"" + list([&](int) { return std::string("\\u00e9"); }) + "\"}]}",
      spdx + "\"relationships\":[" + list([&](int i) {
        return R"({"spdxElementId":"SPDXRef-)" + n(i) +
               R"(","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-0"})";
      }) + "]}",
      spdx + "\"packages\":[" + list([&](int i) {
        return R"({"name":"p","SPDXID":"SPDXRef-)" + n(i) + R"(","hasFiles":["f"]})";
      }) + "],\"files\":[{\"SPDXID\":\"f\",\"fileName\":\"x\"}]}",
  };
  for (std::size_t i = 0; i < documents.size(); ++i) {
    SCOPED_TRACE(i);
    const auto bill = read_bill(Bytes::copy_of(documents[i]));
    if (bill) expect_invariants(*bill);
  }
}

}  // namespace
}  // namespace pratique
