#include "world/oidc/oidc.h"

#include <cjose/cjose.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "world/http/http.h"

namespace pratique {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

const Time now = parse_time("2026-11-24T12:00:00Z").value();

// A key of an issuer, and what it signs.
class Key {
 public:
  Key(cjose_jwk_t* key, const std::string& id) : key_(key), id_(id) {
    cjose_jwk_set_kid(key_, id.data(), id.size(), nullptr);
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { cjose_jwk_release(key_); }
  static cjose_jwk_t* rsa() { return cjose_jwk_create_RSA_random(2048, nullptr, 0, nullptr); }
  static cjose_jwk_t* ec() { return cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nullptr); }
  static cjose_jwk_t* oct(const std::string& secret) {
    return cjose_jwk_create_oct_spec(reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size(), nullptr);
  }

  json published() const {
    char* text = cjose_jwk_to_json(key_, false, nullptr);
    auto key = json::parse(text);
    free(text);
    return key;
  }
  std::string sign(const json& claims, const char* algorithm, const std::string& id) const {
    cjose_header_t* head = cjose_header_new(nullptr);
    cjose_header_set(head, CJOSE_HDR_ALG, algorithm, nullptr);
    cjose_header_set(head, CJOSE_HDR_KID, id.c_str(), nullptr);
    const auto text = claims.dump();
    cjose_jws_t* jws =
        cjose_jws_sign(key_, head, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), nullptr);
    const char* compact = nullptr;
    std::string token = jws != nullptr && cjose_jws_export(jws, &compact, nullptr) ? compact : "";
    cjose_jws_release(jws);
    cjose_header_release(head);
    return token;
  }
  std::string sign(const json& claims, const char* algorithm) const { return sign(claims, algorithm, id_); }

 private:
  cjose_jwk_t* key_;
  std::string id_;
};

class Oidc : public testing::Test {
 protected:
  static std::int64_t seconds(Time time) { return time.time_since_epoch().count() / 1000; }
  static json claims() {
    return {{"iss", "https://issuer"},  {"sub", "ada"},     {"aud", "pratique"},
            {"exp", seconds(now) + 60}, {"email", "ada@x"}, {"groups", json::array({"sre"})},
            {"email_verified", true}};
  }
  std::string keys() const { return json{{"keys", {rsa_.published(), ec_.published()}}}.dump(); }
  std::string why(const std::string& token, const std::string& set) const {
    const auto known = verify_oidc_token(token, set, {"https://issuer", "pratique", ""}, now);
    EXPECT_TRUE(known || known.error().fault == Fault::refused);
    return known ? "" : known.error().text;
  }
  std::string why(const std::string& token) const { return why(token, keys()); }
  std::string why_with(const char* name, const json& value) const {
    auto changed = claims();
    changed[name] = value;
    return why(ec_.sign(changed, "ES256"));
  }
  std::string why_without(const char* name) const {
    auto changed = claims();
    changed.erase(name);
    return why(ec_.sign(changed, "ES256"));
  }

  Key rsa_{Key::rsa(), "r"}, ec_{Key::ec(), "e"};
};

TEST_F(Oidc, BelievesWhatTheIssuerSigned) {
  EXPECT_EQ(why(rsa_.sign(claims(), "RS256")), "");
  EXPECT_EQ(why(rsa_.sign(claims(), "PS256")), "");
  const auto known = verify_oidc_token(ec_.sign(claims(), "ES256"), keys(), {"https://issuer", "pratique", ""}, now);
  ASSERT_TRUE(known) << render(known.error());
  EXPECT_EQ(known->subject, "ada");
  EXPECT_EQ(known->email, "ada@x");
  EXPECT_EQ(known->groups, std::vector<std::string>{"sre"});
  EXPECT_EQ(why_with("aud", {"x", "pratique"}), "");
  EXPECT_EQ(why_with("exp", seconds(now) - 59), "") << "clocks differ";
}

TEST_F(Oidc, RefusesWhatIsForSomebodyElseOrOver) {
  EXPECT_THAT(why_with("iss", "https://issuer/"), HasSubstr("another issuer"));
  EXPECT_THAT(why_without("iss"), HasSubstr("another issuer"));
  EXPECT_THAT(why_with("aud", "other"), HasSubstr("somebody else"));
  EXPECT_THAT(why_with("aud", json::array()), HasSubstr("somebody else"));
  EXPECT_THAT(why_without("aud"), HasSubstr("somebody else"));
  EXPECT_THAT(why_with("exp", seconds(now) - 60), HasSubstr("over"));
  EXPECT_THAT(why_with("exp", "2099"), HasSubstr("over"));
  EXPECT_THAT(why_with("exp", -1), HasSubstr("over"));
  EXPECT_THAT(why_without("exp"), HasSubstr("over"));
  EXPECT_THAT(why_with("nbf", seconds(now) + 61), HasSubstr("not good yet"));
  EXPECT_THAT(why_with("nbf", "x"), HasSubstr("not good yet"));
  EXPECT_THAT(why_without("sub"), HasSubstr("nobody"));
}

TEST_F(Oidc, DoesNotLetATokenSayHowItIsVerified) {
  const Key other(Key::ec(), "e"), secret(Key::oct(keys()), "s");
  EXPECT_THAT(why(other.sign(claims(), "ES256")), HasSubstr("signature is wrong"));
  EXPECT_THAT(why(ec_.sign(claims(), "ES256", "unknown")), HasSubstr("not the issuer's"));
  EXPECT_THAT(why(ec_.sign(claims(), "ES256", "")), HasSubstr("not the issuer's"));
  EXPECT_THAT(why(ec_.sign(claims(), "ES256", "r")), HasSubstr("not the issuer's")) << "an RSA key is none for ES256";
  EXPECT_THAT(why(secret.sign(claims(), "HS256", "r")), HasSubstr("algorithm")) << "what is published is no secret";
  EXPECT_THAT(why(rsa_.sign(claims(), "RS512")), HasSubstr("algorithm"));
  // {"alg":"none"}, without a signature.
  EXPECT_NE(why("eyJhbGciOiJub25lIiwia2lkIjoiZSJ9.e30."), "");
  for (const char* text : {"", ".", "..", "a.b.c", "e30.e30.e30", "x"}) EXPECT_NE(why(text), "") << text;
  EXPECT_THAT(why(std::string(20'000, 'a')), HasSubstr("too large"));
  for (const char* set : {"", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[null,{\"kid\":\"e\",\"kty\":\"EC\"}]}"})
    EXPECT_NE(why(ec_.sign(claims(), "ES256"), set), "") << set;
}

TEST_F(Oidc, FindsWhatWasChangedAnywhere) {
  const auto token = ec_.sign(claims(), "ES256");
  for (std::size_t i = 0; i < token.size(); i += 3) {
    // The last character before a dot or the end also holds bits that nobody reads.
    if (i + 1 == token.size() || token[i + 1] == '.') continue;
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(why(changed), "") << i;
  }
}

// An issuer as they are, on this machine.
class OidcAtIssuer : public Oidc {
 protected:
  OidcAtIssuer() {
    std::string pattern = (fs::temp_directory_path() / "pratique_oidc_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    HttpServerOptions options;
    options.port = 0;
    options.certificate_file = folder_ / "tls.crt";
    options.key_file = folder_ / "tls.key";
    EXPECT_TRUE(
        make_self_signed_certificate("localhost", options.certificate_file, options.key_file,
                                     std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())));
    server_.emplace(HttpServer::start(options, [this](const HttpRequest& request) -> HttpAnswer {
                      if (request.path == "/keys")
                        return HttpResponse{200, "application/json", (++asked_, published_), {}};
                      return HttpResponse{
                          200, "application/json", json{{"issuer", url()}, {"jwks_uri", url() + "/keys"}}.dump(), {}};
                    }).value());
    published_ = keys();
  }
  ~OidcAtIssuer() override {
    server_.reset();
    fs::remove_all(folder_);
  }
  std::string url() const { return "https://localhost:" + std::to_string(server_->port()); }
  OidcIssuer issuer() const { return {url(), "pratique", folder_ / "tls.crt"}; }
  std::string token(const Key& key, const std::string& id) const {
    auto own = claims();
    own["iss"] = url();
    return key.sign(own, "ES256", id);
  }

  fs::path folder_;
  std::string published_;
  std::atomic<int> asked_{0};
  std::optional<HttpServer> server_;
};

TEST_F(OidcAtIssuer, FetchesTheKeysOnce) {
  OidcVerifier verifier(issuer());
  for (int i = 0; i < 3; ++i) {
    const auto known = verifier.verify(token(ec_, "e"), now);
    ASSERT_TRUE(known) << render(known.error());
  }
  EXPECT_EQ(asked_, 1);
  const Key fresh(Key::ec(), "f");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(verifier.verify(token(fresh, "f"), now));
  EXPECT_EQ(asked_, 1) << "a key that is not there is not asked for again and again";
}

TEST_F(OidcAtIssuer, DoesNotTakeSilenceForARefusal) {
  auto elsewhere = issuer();
  elsewhere.url = "https://localhost:1";
  const auto known = OidcVerifier(elsewhere).verify(token(ec_, "e"), now);
  ASSERT_FALSE(known);
  EXPECT_EQ(known.error().fault, Fault::unavailable);
  auto untrusted = issuer();
  untrusted.ca_file.clear();
  EXPECT_FALSE(OidcVerifier(untrusted).verify(token(ec_, "e"), now)) << "nobody vouches for its certificate";
}

}  // namespace
}  // namespace pratique
