#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

using testing::HasSubstr;

Result<SignedEnvelope> envelope_of(const std::string& json) { return read_signed_envelope(Bytes::copy_of(json)); }
Result<SignedStatement> statement_of(const std::string& json) { return read_statement(Bytes::copy_of(json)); }

const std::string dsse = R"("payloadType":"application/vnd.in-toto+json","payload":")" + encode_base64("{}") + R"(",)" +
                         R"("signatures":[{"keyid":"of nobody","sig":")" + encode_base64("one") + R"("},{"sig":"%"}])";
const std::string media_type = R"("mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json")";

TEST(SignedEnvelope, IsReadByItselfAndFromABundle) {
  const auto bare = envelope_of("{" + dsse + "}").value();
  EXPECT_EQ(bare.payload_type, "application/vnd.in-toto+json");
  EXPECT_EQ(bare.payload, "{}");
  EXPECT_EQ(bare.signatures, (std::vector<std::string>{"one", ""}));  // what is no base64 is valid for nobody
  EXPECT_FALSE(bare.is_bundle);
  const auto bundle = envelope_of("{" + media_type + R"(,"verificationMaterial":{"publicKey":{"hint":"x"}},)" +
                                  R"("dsseEnvelope":{)" + dsse + "}}")
                          .value();
  EXPECT_TRUE(bundle.is_bundle);
  EXPECT_FALSE(bundle.has_certificate);
  EXPECT_EQ(bundle.signatures, bare.signatures);
  EXPECT_TRUE(envelope_of("{" + media_type + R"(,"verificationMaterial":{"certificate":{"rawBytes":""}},)" +
                          R"("dsseEnvelope":{)" + dsse + "}}")
                  ->has_certificate);
}

// Each of these is one thing to one reader and another to the next.
TEST(SignedEnvelope, RefusesWhatCanBeTakenForTwoThings) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{" + dsse + R"(,"payload":"e30="})", "twice"},
      {"{" + dsse + "," + media_type + R"(,"dsseEnvelope":{)" + dsse + "}}", "an envelope and a bundle at once"},
      {"{" + media_type + R"(,"dsseEnvelope":{)" + dsse + R"(},"dsseEnvelope":{}})", "twice"},
      {R"({"dsseEnvelope":{)" + dsse + "}}", "a Sigstore bundle of another version: ''"},
      {R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.9+json","dsseEnvelope":{)" + dsse + "}}", "v0.9"},
      {R"({"payloadType":"a","payload":7,"signatures":[]})", "expected"},
      {R"({"payloadType":"a","payload":"%%","signatures":[]})", "base64"},
      {"{}", "no signed envelope"},
      {"[]", "expected"},
      {"{" + dsse, ""}};
  for (const auto& [json, text] : cases) {
    const auto read = envelope_of(json);
    ASSERT_FALSE(read) << json;
    EXPECT_THAT(render(read.error()), HasSubstr(text)) << json;
  }
}

TEST(SignedEnvelope, HasALimitOfSignatures) {
  std::string many;
  for (int i = 0; i < 33; ++i) many += std::string(i == 0 ? "" : ",") + R"({"sig":"e30="})";
  const auto read = envelope_of(R"({"payloadType":"a","payload":"e30=","signatures":[)" + many + "]}");
  EXPECT_EQ(read.error().fault, Fault::limit);
}

TEST(Statement, SaysItsTypeAndItsSubjects) {
  const auto statement =
      statement_of(
          R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"https://cyclonedx.org/bom","subject":)"
          R"([{"name":"a","digest":{"sha256":"aa","sha512":"bb"}},{"digest":{"sha1":"cc"}},)"
          R"({"digest":{"sha256":"dd"}}],"predicate":{"components":[{"a":1}]}})")
          .value();
  EXPECT_EQ(statement.predicate_type, "https://cyclonedx.org/bom");
  EXPECT_EQ(statement.sha256, (std::vector<std::string>{"aa", "dd"}));
}

TEST(Statement, RefusesWhatIsUnclear) {
  const std::string head = R"({"_type":"https://in-toto.io/Statement/v0.1","predicateType":"p","subject":[],)";
  EXPECT_TRUE(statement_of(head + R"("predicate":{}})"));
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "[";
  for (int i = 0; i < 5000; ++i) deep += "]";
  for (const auto& json : {head + R"("predicate":{"a":1},"predicate":{}})", head + R"("predicate":{"a":1,"a":2}})",
                           head + R"("predicate":)" + deep + "}", head + R"("predicate":{}} {})",
                           std::string(R"({"_type":"https://in-toto.io/Statement/v2","predicateType":"p"})"),
                           std::string(R"({"_type":"https://in-toto.io/Statement/v1"})"), std::string("{}")})
    EXPECT_FALSE(statement_of(json)) << json.substr(0, 200);
}

}  // namespace
}  // namespace pratique
