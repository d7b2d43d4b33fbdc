// The classes of failure that broke other readers of bills (docs/testing.md): markup, absent, linear.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../support/bill_invariants.h"
#include "../support/files.h"
#include "base/base64.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const std::string tests = PRATIQUE_SOURCE_DIR "/tests/";

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

std::string repeated(std::size_t times, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Markup, DepthIsLimitedInEverySyntax) {
  const std::string xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">";
  const std::string nested_component = "<components><component type=\"library\"><name>a</name>";
  std::string protobuf;  // a component in a component
  for (int i = 0; i < 100; ++i) {
    std::string size;
    for (std::size_t left = protobuf.size();; left >>= 7) {
      size.push_back(static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
      if (left <= 0x7f) break;
    }
    protobuf = (i == 99 ? "\x2a" : "\xaa\x01") + size + protobuf;
  }
  std::string envelope = R"({"bomFormat":"CycloneDX","specVersion":"1.5"})";
  for (int i = 0; i < 20; ++i) envelope = R"({"payloadType":"x","payload":")" + encode_base64(envelope) + "\"}";
  for (const std::string& text :
       {xml + repeated(50'000, nested_component),
        "\x0a\x03"
        "1.6" +
            protobuf,
        envelope, "spdxVersion: SPDX-2.3\nx: " + repeated(100'000, "[") + repeated(100'000, "]"),
        "spdxVersion: SPDX-2.3\nx:\n  " + repeated(2'000, "- ") + "y\n"}) {
    SCOPED_TRACE(text.substr(0, 60));
    const auto bill = read_bill(Bytes::copy_of(text));
    ASSERT_FALSE(bill);
    EXPECT_EQ(bill.error().fault, Fault::limit) << render(bill.error());
  }
}

TEST(Markup, ATextIsLimitedInEverySyntax) {
  const std::string large((std::size_t{1} << 20) + 1, 'x');
  std::string protobuf =
      "\x0a\x03"
      "1.6";  // a component whose name is large
  const auto field = [](char tag, const std::string& value) {
    std::string text(1, tag);
    for (std::size_t left = value.size();; left >>= 7) {
      text.push_back(static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
      if (left <= 0x7f) return text + value;
    }
  };
  protobuf += field('\x2a', field('\x42', large));
  for (const std::string& text :
       {R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"name":")" + large + "\"}]}",
        R"({"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-a","name":")" + large + "\"}]}",
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components><component type=\"library\"><name>" + large +
            "</name></component></components></bom>",
        "spdxVersion: SPDX-2.3\npackages:\n  - {SPDXID: SPDXRef-a, name: " + large + "}\n",
        "SPDXVersion: SPDX-2.3\nPackageName: " + large + "\n", protobuf}) {
    SCOPED_TRACE(text.substr(0, 60));
    const auto bill = read_bill(Bytes::copy_of(text));
    ASSERT_FALSE(bill);
    EXPECT_EQ(bill.error().fault, Fault::limit) << render(bill.error());
    const auto judgement = judge_bill(Bytes::copy_of(text));
    EXPECT_TRUE(!judgement || !judgement->errors.empty());
  }
}

std::string gzip(std::string_view plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST(Bomb, UnpackingStopsAtTheLimit) {
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  std::string bomb = gzip(std::string(std::size_t{64} << 20, ' '));
  EXPECT_LT(bomb.size(), limits.bytes);
  EXPECT_EQ(read_bill(Bytes::copy_of(bomb), limits).error().fault, Fault::limit);
  for (int i = 0; i < 12; ++i) bomb = gzip(bomb);  // packed again and again
  EXPECT_EQ(read_bill(Bytes::copy_of(bomb), limits).error().fault, Fault::limit);
}

TEST(DeclaredSize, LiesAreFoundBeforeAnythingIsAllocated) {
  using namespace std::literals;
  const std::string version =
      "\x0a\x03"
      "1.6";
  const std::string_view sizes[] = {"\x80\x80\x80\x80\x08"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv,
                                    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv,
                                    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv};
  for (const std::string_view size : sizes)
    EXPECT_FALSE(read_bill(Bytes::copy_of(version + "\x2a" + std::string(size) + "x")));
  // A Zstandard frame that declares 2^63 - 1 bytes in one segment, and one block of nothing.
  EXPECT_FALSE(read_bill(Bytes::copy_of("\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\x7f\x01\x00\x00"sv)));
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
      "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components>" + list([&](int) {
        return std::string("<component type=\"library\"><name>a</name></component>");
      }) + "</components></bom>",
      "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components><component type=\"library\"><name>" +
          list([&](int) { return std::string("a &amp; "); }) + "</name></component></components></bom>",
      "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" " + list([&](int i) { return " a" + n(i) + "=\"b\""; }) +
          "/>",
      "SPDXVersion: SPDX-2.3\n" + list([&](int i) {
        return "PackageName: a\nSPDXID: SPDXRef-" + n(i) + "\nRelationship: SPDXRef-" + n(i) + " CONTAINS SPDXRef-0\n";
      }),
      "spdxVersion: SPDX-2.3\npackages: [" + list([&](int i) { return "{name: a, SPDXID: SPDXRef-" + n(i) + "}"; }) +
          "]\n",
      "spdxVersion: SPDX-2.3\nname: " + list([&](int) { return std::string("word "); }) + "\n",
      R"({"@context":"https://spdx.org/rdf/3.0.1/","@graph":[{"type":"CreationInfo","specVersion":"3.0.1"},)" +
          list([&](int i) {
            return R"({"type":"Relationship","from":"a","relationshipType":"describes","to":["x)" + n(i) + "\"]}";
          }) +
          "]}",
      R"({"schema":{},"artifacts":[],"artifactRelationships":[)" +
          list([&](int i) { return R"({"parent":"p","child":")" + n(i) + R"(","type":"contains"})"; }) + "]}",
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
