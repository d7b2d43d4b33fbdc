#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../../support/files.h"
#include "engine/format/format.h"
#include "flow/signatures.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

const std::string folder = PRATIQUE_SOURCE_DIR "/tests/regression/attest_no/";

bool counts(const std::string& document) {
  static const auto keys = load_keys({folder + "ci.pub"}).value();
  const auto bill = read_bill(Bytes::copy_of(document));
  if (!bill) return false;
  return !attestations_of(Bytes::copy_of(document), *bill, sha256_of("checkout"), keys).verified.empty();
}

class AttestNo : public testing::TestWithParam<const char*> {
 protected:
  const std::string good = read_whole(folder + GetParam());
  const Json json = Json::parse(good);
  // Where the envelope stands in it.
  const Json::json_pointer at{json.contains("dsseEnvelope") ? "/dsseEnvelope" : ""};
  static Json envelope(const std::string& name) { return Json::parse(read_whole(folder + name)); }
  std::string with(const std::string& pointer, const Json& value) const {
    Json changed = json;
    changed[at / Json::json_pointer(pointer)] = value;
    return changed.dump();
  }
};

TEST_P(AttestNo, TheGoodOneCounts) { EXPECT_TRUE(counts(good)); }

TEST_P(AttestNo, NothingCountsWithAByteChanged) {
  // Blanks and the names of what decides nothing may change; what is signed, the signature and the type may not.
  const auto payload = json.at(at / "payload").get<std::string>();
  const auto signature = json.at(at / "signatures" / 0 / "sig").get<std::string>();
  for (const auto& [pointer, text] : {std::pair(std::string("/payload"), payload), {"/signatures/0/sig", signature}})
    for (std::size_t i = 0; i + 4 < text.size(); ++i) {
      auto changed = text;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      ASSERT_FALSE(counts(with(pointer, changed))) << pointer << " " << i;
    }
  for (const auto* type : {"", "application/json", "application/vnd.in-toto+JSON", "application/vnd.in-toto+json "})
    EXPECT_FALSE(counts(with("/payloadType", type))) << type;
}

TEST_P(AttestNo, NothingCountsWithAPartMissingOrOfAnotherType) {
  for (const auto* member : {"payload", "payloadType", "signatures"}) {
    Json changed = json;
    changed[at].erase(member);
    EXPECT_FALSE(counts(changed.dump())) << member;
    for (const Json& value : {Json(nullptr), Json(7), Json::array(), Json::object(), Json("")})
      EXPECT_FALSE(counts(with(std::string("/") + member, value))) << member << value;
  }
  for (const Json& value : {Json(nullptr), Json(7), Json::array(), Json::object(), Json(""), Json("%%%%")})
    EXPECT_FALSE(counts(with("/signatures/0/sig", value))) << value;
}

TEST_P(AttestNo, NothingCountsWithAPartOfAnotherValidDocument) {
  for (const auto* other : {"other-image.json", "other-key.json", "called-spdx.json"}) {
    const auto stranger = envelope(other);
    EXPECT_FALSE(counts(with("/payload", stranger.at("payload")))) << other;
    EXPECT_FALSE(counts(with("/signatures", stranger.at("signatures")))) << other;
    EXPECT_FALSE(counts(read_whole(folder + other))) << other;
  }
}

// Two readers, two documents: the one who verifies sees one envelope, the one who reads the bill the other.
TEST_P(AttestNo, NothingCountsThatTwoReadersTakeForTwoThings) {
  const auto stranger = envelope("other-key.json");
  const auto inside = stranger.dump().substr(1, stranger.dump().size() - 2);
  const auto text = json.dump();
  const auto start = text.find('{', at.empty() ? 0 : text.find("\"dsseEnvelope\""));
  EXPECT_FALSE(counts(text.substr(0, start + 1) + inside + "," + text.substr(start + 1)));
  const auto end = text.rfind(at.empty() ? "}" : "}}");
  EXPECT_FALSE(counts(text.substr(0, end) + "," + inside + text.substr(end)));
  const std::vector<std::string> parts = {R"("bomFormat":"CycloneDX","specVersion":"1.6","components":[])",
                                          R"("dsseEnvelope":)" + stranger.dump(),
                                          R"("spdxVersion":"SPDX-2.3","packages":[])", R"("sbom":{"a":1})"};
  for (const auto& part : parts) {
    EXPECT_FALSE(counts("{" + part + "," + text.substr(1))) << part;
  }
  EXPECT_FALSE(counts(text + text));
  EXPECT_FALSE(counts(text + "\n" + stranger.dump() + "\n"));
  EXPECT_FALSE(counts(stranger.dump() + "\n" + text + "\n"));
}

// A signature of somebody else beside the good one decides nothing; an envelope of its own may have several.
TEST_P(AttestNo, ClaimsOfTheUploaderDecideNothing) {
  EXPECT_TRUE(counts(with("/signatures/0/keyid", "other")));
  Json two = json;
  auto& signatures = two[at]["signatures"];
  signatures.insert(signatures.begin(), envelope("other-key.json").at("signatures").front());
  EXPECT_EQ(counts(two.dump()), at.empty());
}

INSTANTIATE_TEST_SUITE_P(Documents, AttestNo, testing::Values("envelope.json", "bundle.json"),
                         [](const auto& document) { return std::string(document.param).substr(0, 6); });

}  // namespace
}  // namespace pratique
