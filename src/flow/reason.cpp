#include "flow/reason.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/digest.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// One field of a proof that is a text, and how it is called. Empty ones are left out.
struct Field {
  const char* name;
  std::string Proof::*member;
};
constexpr std::array<Field, 8> fields = {{{"advisory", &Proof::advisory},
                                          {"source", &Proof::source},
                                          {"revision", &Proof::revision},
                                          {"package", &Proof::package},
                                          {"stream", &Proof::stream},
                                          {"range", &Proof::range},
                                          {"comparator", &Proof::comparator},
                                          {"doubt", &Proof::doubt}}};

Json json_of(const Proof& proof, std::string_view version) {
  Json json = Json::object();
  for (const Field& field : fields)
    if (!(proof.*field.member).empty()) json[field.name] = proof.*field.member;
  if (proof.installed != version) json["installed"] = proof.installed;
  if (proof.fallback) json["fallback"] = true;
  return json;
}

std::string digest_of(std::string_view text) { return std::string(sha256_of(text).hex().substr(0, 32)); }

std::optional<FixState> fix_state_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(FixState::not_affected); ++i)
    if (name_of(static_cast<FixState>(i)) == name) return static_cast<FixState>(i);
  return {};
}

Error damaged() {
  return Error{Fault::malformed, "the proof of a finding is damaged", {}, "run 'pratique ingest --rematch'"};
}

std::string text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<Proof> proof_of(const Json& json, std::string_view version) {
  if (!json.is_object()) return damaged();
  Proof proof;
  for (const Field& field : fields) proof.*field.member = text_in(json, field.name);
  proof.installed = json.contains("installed") ? text_in(json, "installed") : std::string(version);
  proof.fallback = json.contains("fallback");
  return proof;
}

}  // namespace

Reason reason_of(const Finding& finding, std::string_view version) {
  Json json{{"state", name_of(finding.fix_state)}, {"fixed", finding.fixed}, {"proofs", Json::array()}};
  json["proofs"].push_back(json_of(finding.proof, version));
  for (const Proof& proof : finding.other_proofs) json["proofs"].push_back(json_of(proof, version));
  Reason reason{finding.id,       finding.aliases,
                finding.severity, finding.fixed.empty() ? "" : finding.fixed.front(),
                text_of(json),    {}};
  for (auto& proof : json["proofs"]) proof.erase("revision");
  reason.digest = digest_of(reason.vulnerability + "\n" + std::string(name_of(reason.severity)) + "\n" + text_of(json));
  return reason;
}

Reason reason_of_unknown(std::string_view why) {
  return {{}, {}, Severity::unknown, {}, std::string(why), digest_of("unknown\n" + std::string(why))};
}

Result<ReasonDetail> parse_reason(std::string_view proof, std::string_view version) {
  const Json json = Json::parse(proof, nullptr, false);
  if (!json.is_object() || !json.contains("fixed") || !json["fixed"].is_array() || !json.contains("proofs") ||
      !json["proofs"].is_array() || json["proofs"].empty())
    return damaged();
  ReasonDetail detail;
  const auto state = fix_state_named(text_in(json, "state"));
  if (!state) return damaged();
  detail.fix_state = *state;
  for (const auto& fixed : json["fixed"]) {
    if (!fixed.is_string()) return damaged();
    detail.fixed.push_back(fixed.get<std::string>());
  }
  for (const auto& one : json["proofs"]) {
    PRATIQUE_TRY(auto read, proof_of(one, version));
    detail.proofs.push_back(std::move(read));
  }
  return detail;
}

}  // namespace pratique
