// CycloneDX's own documents, ../shared/data/cyclonedx-spec: every valid one is read, no invalid one brings the reader
// down, and one document in JSON, XML and protobuf is one bill.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "../golden/bill_text.h"
#include "../support/bill_invariants.h"
#include "../support/files.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const fs::path data = PRATIQUE_SOURCE_DIR "/../shared/data/cyclonedx-spec";

// The documents of protobuf are stored as text; protoc makes what is on the wire. Empty without protoc.
std::string encoded(const fs::path& textproto, const std::string& version) {
  const std::string schema = "bom-" + version + ".proto";
  const std::string message = "cyclonedx.v" + std::string(1, version[0]) + "_" + version.substr(2) + ".Bom";
  return output_of("protoc --encode=" + message + " --proto_path='" + (data / "schema").string() +
                   "' --proto_path=/usr/include " + schema + " < '" + textproto.string() + "' 2>/dev/null");
}

struct Document {
  fs::path path;
  std::string version, stem, syntax, bytes;
  bool valid = false;
};

std::vector<Document> documents(bool with_protobuf) {
  std::vector<Document> found;
  for (const std::string version : {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"})
    for (const auto& entry : fs::directory_iterator(data / version)) {
      Document document{entry.path(), version, entry.path().stem().string(), entry.path().extension().string(),
                        {},           false};
      document.valid = document.stem.starts_with("valid-");
      const bool protobuf = document.syntax == ".textproto";
      if (protobuf && !with_protobuf) continue;
      document.bytes = protobuf ? encoded(document.path, version) : read_whole(document.path);
      found.push_back(std::move(document));
    }
  return found;
}

TEST(CycloneDxSpecification, EveryValidDocumentIsRead) {
  if (!fs::exists(data)) GTEST_SKIP() << data << " is absent";
  const bool has_protoc = !output_of("protoc --version 2>/dev/null").empty();
  std::map<std::string, std::size_t> read;
  for (const Document& document : documents(has_protoc)) {
    SCOPED_TRACE(document.path.string());
    if (document.bytes.empty()) {
      EXPECT_FALSE(document.valid) << "protoc does not take it";
      continue;
    }
    const auto bill = read_bill(Bytes::copy_of(document.bytes));
    if (document.valid) {
      ASSERT_TRUE(bill) << render(bill.error());
      ++read[document.syntax];
    }
    EXPECT_EQ(bill ? broken_promise(*bill) : "", "");
  }
  for (const auto& [syntax, count] : read) std::printf("%s: %zu valid documents read\n", syntax.c_str(), count);
  if (!has_protoc) std::printf("protobuf: not tried, protoc is absent\n");
}

// JSON and XML have rules; "skip_" and "informal-" mark what the published schemas cannot tell, and we can.
TEST(CycloneDxSpecification, EveryValidDocumentIsAcceptedAndEveryInvalidOneRefused) {
  if (!fs::exists(data)) GTEST_SKIP() << data << " is absent";
  std::size_t accepted = 0, refused = 0;
  for (const Document& document : documents(false)) {
    SCOPED_TRACE(document.path.string());
    if (document.syntax != ".json" && document.syntax != ".xml") continue;
    const auto judgement = judge_bill(Bytes::copy_of(document.bytes));
    const bool is_good = judgement && judgement->errors.empty();
    EXPECT_EQ(is_good, document.valid) << (judgement ? judgement->errors.empty() ? "" : judgement->errors[0].reason
                                                     : render(judgement.error()));
    ++(is_good ? accepted : refused);
  }
  std::printf("%zu accepted, %zu refused\n", accepted, refused);
  EXPECT_GT(accepted, 300U);
  EXPECT_GT(refused, 100U);
}

// Documents that share a name and say different things: other times, names, versions or members in each syntax.
const std::set<std::string> different = {"valid-bom.textproto",
                                         "valid-bom.xml",
                                         "valid-citations.textproto",
                                         "valid-component-external-with-version.xml",
                                         "valid-component-ref.xml",
                                         "valid-compositions.xml",
                                         "valid-cryptography-certificate-advanced.textproto",
                                         "valid-cryptography-full-deprecated.textproto",
                                         "valid-cryptography-implementation.textproto",
                                         "valid-cryptography-implementation.xml",
                                         "valid-dependency.xml",
                                         "valid-external-reference.xml",
                                         "valid-license-choice.xml",
                                         "valid-license-expression-with-text.xml",
                                         "valid-license-expression.xml",
                                         "valid-license-id-with-text.xml",
                                         "valid-license-id.xml",
                                         "valid-license-name.xml",
                                         "valid-machine-learning.textproto",
                                         "valid-machine-learning.xml",
                                         "valid-metadata-timestamp.textproto",
                                         "valid-metadata-timestamp.xml",
                                         "valid-patent.textproto",
                                         "valid-properties.xml",
                                         "valid-saasbom.textproto",
                                         "valid-service.xml"};

// "valid-bom-1.6" -> "valid-bom"
std::string without_version(const std::string& stem) {
  const auto dash = stem.rfind("-1.");
  return stem.substr(0, dash);
}

// What a bill says, without what the syntaxes may differ in.
std::string comparable(Bill bill) {
  bill.format = BillFormat::unknown;
  bill.rejected.clear();
  return text_of(bill);
}

TEST(CycloneDxSpecification, OneDocumentInEverySyntaxIsOneBill) {
  if (!fs::exists(data)) GTEST_SKIP() << data << " is absent";
  const bool has_protoc = !output_of("protoc --version 2>/dev/null").empty();
  std::map<std::string, std::map<std::string, std::string>> bills;  // stem -> syntax -> text
  for (const Document& document : documents(has_protoc)) {
    if (!document.valid) continue;
    auto bill = read_bill(Bytes::copy_of(document.bytes));
    if (bill) bills[document.stem][document.syntax] = comparable(std::move(*bill));
  }
  std::size_t compared = 0;
  for (const auto& [stem, texts] : bills) {
    const auto json = texts.find(".json");
    if (json == texts.end()) continue;
    for (const auto& [syntax, text] : texts) {
      if (syntax == ".json" || different.contains(without_version(stem) + syntax)) continue;
      ++compared;
      EXPECT_EQ(text, json->second) << stem << syntax;
    }
  }
  EXPECT_GT(compared, 100U);
}

}  // namespace
}  // namespace pratique
