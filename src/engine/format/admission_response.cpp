// AdmissionReview v1 out, and a Verdict as JSON. Written by hand: a response is a dozen fields, and is made for every
// request.
#include <algorithm>
#include <span>

#include "base/text.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

constexpr std::size_t denials_shown = 10;
constexpr std::size_t warnings_shown = 16;
constexpr std::size_t warning_bytes = 256;  // what the API server cuts a warning to
constexpr std::size_t line_bytes = 800;     // of a denial
constexpr std::size_t message_bytes = 8 << 10;
constexpr std::size_t evidence_bytes = 32 << 10;  // of the audit annotation

// At most `limit` bytes, cut between characters and marked.
std::string cut(std::string text, std::size_t limit) {
  constexpr std::string_view mark = "...";
  if (text.size() <= limit) return text;
  std::size_t end = limit - mark.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text.append(mark);
}

// {"a":"b","c":1}: members in the order given, empty texts left out.
class ObjectText {
 public:
  ObjectText& text(std::string_view key, std::string_view value) {
    return value.empty() ? *this : raw(key, json_quoted(value));
  }
  ObjectText& number(std::string_view key, std::uint64_t value) { return raw(key, std::to_string(value)); }
  ObjectText& raw(std::string_view key, std::string_view json) {
    out_.append(out_.size() == 1 ? "" : ",").append(json_quoted(key)).append(":").append(json);
    return *this;
  }
  std::string take() { return std::move(out_) + "}"; }

 private:
  std::string out_ = "{";
};

std::string list_of(const std::vector<std::string>& elements) {
  std::string out = "[";
  for (const auto& element : elements) out.append(out.size() == 1 ? "" : ",").append(element);
  return out + "]";
}

std::string json_of(const Evidence& evidence) {
  return ObjectText()
      .text("container", evidence.container)
      .text("image", evidence.image)
      .text("package", evidence.package)
      .text("purl", evidence.purl)
      .text("path", evidence.path)
      .text("finding", evidence.finding)
      .text("severity", evidence.severity)
      .text("range", evidence.range)
      .text("fixed", evidence.fixed)
      .text("license", evidence.license)
      .text("signer", evidence.signer)
      .text("reason", evidence.reason)
      .take();
}

// With at most `most` pieces of evidence; the rest is counted.
std::string json_of(const RuleResult& result, std::size_t most) {
  std::vector<std::string> evidence;
  for (const auto& one : std::span(result.evidence).first(std::min(most, result.evidence.size())))
    evidence.push_back(json_of(one));
  ObjectText object;
  object.text("policy", result.policy)
      .text("rule", result.rule)
      .text("type", result.type)
      .text("decision", name_of(result.decision))
      .text("unknown", name_of(result.gap))
      .text("note", result.note)
      .text("exception", result.exception)
      .raw("evidence", list_of(evidence));
  if (const auto more = result.more + result.evidence.size() - evidence.size(); more > 0) object.number("more", more);
  if (result.more_rules > 0) object.number("moreRules", result.more_rules);
  return object.take();
}

std::string rules_of(const Verdict& verdict, std::size_t most) {
  std::vector<std::string> rules;
  for (const auto& result : verdict.rules) rules.push_back(json_of(result, most));
  return list_of(rules);
}

// As much evidence as fits: all of it, then less of each rule, then none but how many rules spoke.
std::string evidence_annotation(const Verdict& verdict) {
  for (const std::size_t most : {50, 10, 3, 1, 0})
    if (auto text = rules_of(verdict, most); text.size() <= evidence_bytes) return text;
  return "[]";
}

std::vector<std::string> warnings_of(const Verdict& verdict) {
  static_assert(warnings_shown * warning_bytes <= 4096);  // what the API server takes of all of them
  std::vector<std::string> warnings;
  for (auto& line : lines_of(verdict, Decision::warn, warnings_shown))
    warnings.push_back(json_quoted(cut(std::move(line), warning_bytes)));
  return warnings;
}

std::string status_of(const Verdict& verdict) {
  std::string message;
  // Each has its share: one package with an endless name must not push out what the others are denied for.
  for (auto& line : lines_of(verdict, Decision::deny, denials_shown))
    message.append(message.empty() ? "" : "\n").append(cut(std::move(line), line_bytes));
  return ObjectText()
      .number("code", 403)
      .text("reason", "Forbidden")
      .text("message", cut(std::move(message), message_bytes))
      .take();
}

// Keys reach the audit log behind the webhook's name.
std::string annotations_of(const Verdict& verdict) {
  ObjectText annotations;
  annotations.text("decision", name_of(verdict.decision))
      .text("policies", verdict.policies)
      .text("database", verdict.database)
      .text("asked", std::to_string(verdict.asked));
  if (!verdict.rules.empty()) annotations.text("evidence", evidence_annotation(verdict));
  return annotations.take();
}

}  // namespace

std::string render_admission_response(const AdmissionRequest& request, const Verdict& verdict) {
  ObjectText response;
  response.text("uid", request.uid).raw("allowed", verdict.decision == Decision::deny ? "false" : "true");
  if (verdict.decision == Decision::deny) response.raw("status", status_of(verdict));
  if (const auto warnings = warnings_of(verdict); !warnings.empty()) response.raw("warnings", list_of(warnings));
  response.raw("auditAnnotations", annotations_of(verdict));
  return ObjectText()
             .text("apiVersion", "admission.k8s.io/v1")
             .text("kind", "AdmissionReview")
             .raw("response", response.take())
             .take() +
         "\n";
}

std::string render_verdict(const Verdict& verdict) {
  return ObjectText()
      .text("decision", name_of(verdict.decision))
      .number("images", verdict.images)
      .number("asked", verdict.asked)
      .text("policies", verdict.policies)
      .text("database", verdict.database)
      .number("cost", verdict.cost)
      .raw("rules", rules_of(verdict, ~std::size_t{0}))
      .take();
}

}  // namespace pratique
