#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/render/verdict.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

const std::string hostile =
    "x\x1b[2J\x1b]0;owned\x07<img src=x onerror=y>\n=cmd|' /C calc'!A0${jndi:ldap://x}\xE2\x80\xAE\xC2\x9B\xff";

Verdict hostile_verdict() {
  Evidence evidence;
  for (auto* text :
       {&evidence.container, &evidence.image, &evidence.package, &evidence.purl, &evidence.path, &evidence.finding,
        &evidence.severity, &evidence.range, &evidence.fixed, &evidence.license, &evidence.signer, &evidence.reason})
    *text = hostile;
  Verdict verdict;
  verdict.decision = Decision::deny;
  for (const auto decision : {Decision::deny, Decision::warn})
    for (const auto gap : {Gap::none, Gap::unavailable})
      verdict.rules.push_back({hostile, hostile, "denyPackage", decision, gap, hostile, hostile, {evidence}, 0, 0});
  return verdict;
}

// Nothing but printable UTF-8 and line feeds; `lines` of these are ours.
void expect_inert(const std::string& text, std::size_t lines) {
  EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), lines) << text;
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
  EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

TEST(Escape, NoAnswerOfTheGateCarriesControls) {
  AdmissionRequest request;
  request.uid = request.kind = request.name_space = request.name = hostile;
  const auto answer = nlohmann::json::parse(render_admission_response(request, hostile_verdict()));
  expect_inert(answer["response"]["status"]["message"], 1);
  ASSERT_EQ(answer["response"]["warnings"].size(), 2u);
  for (const auto& warning : answer["response"]["warnings"]) expect_inert(warning, 0);
  EXPECT_TRUE(nlohmann::json::accept(answer["response"]["auditAnnotations"]["evidence"].get<std::string>()));
  EXPECT_TRUE(nlohmann::json::accept(render_verdict(hostile_verdict())));
  expect_inert(render_verdict_text(request, hostile_verdict(), Look{}), 6);
}

}  // namespace
}  // namespace pratique
