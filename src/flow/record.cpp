#include "flow/record.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/format/format.h"
#include "engine/quality/quality.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json json_of(const JsonTree& tree, std::uint32_t node) {
  const auto& value = tree.nodes[node];
  switch (value.kind) {
    case JsonTree::Kind::null: break;
    case JsonTree::Kind::boolean: return value.integer != 0;
    case JsonTree::Kind::integer: return value.integer;
    case JsonTree::Kind::real: return value.real;
    case JsonTree::Kind::text: return std::string(value.text);
    case JsonTree::Kind::list: {
      Json list = Json::array();
      for (const auto& child : tree.children_of(node)) list.push_back(json_of(tree, child.node));
      return list;
    }
    case JsonTree::Kind::map: {
      Json map = Json::object();
      for (const auto& child : tree.children_of(node)) map[std::string(child.key)] = json_of(tree, child.node);
      return map;
    }
  }
  return nullptr;
}

Json json_of(const ImageEvidence& image) {
  Json json = {{"container", image.container.name}, {"image", image.container.image.text()}};
  if (image.bill && image.bill->document()) json["bill"] = image.bill->document()->text();
  json["matched"] = image.match != nullptr;
  json["gap"] = name_of(image.gap);
  json["reason"] = image.reason;
  json["signatures"] = {{"gap", name_of(image.attestations.gap)}, {"reason", image.attestations.reason}};
  if (image.attestations.value) {
    Json verified = Json::array();
    for (const auto& one : image.attestations.value->verified)
      verified.push_back({{"type", one.type},
                          {"identity", one.identity},
                          {"issuer", one.issuer},
                          {"key", one.key},
                          {"time", one.time ? render_time(*one.time) : ""},
                          {"bill", one.bill ? one.bill->text() : ""}});
    json["signatures"]["verified"] = std::move(verified);
    json["signatures"]["refused"] = image.attestations.value->refused;
    json["signatures"]["ofImages"] = image.attestations.value->of_images;
    if (image.attestations.value->keys) json["signatures"]["keys"] = *image.attestations.value->keys;
    json["signatures"]["undecided"] = image.attestations.value->undecided;
  }
  json["standing"] = {{"gap", name_of(image.standing.gap)}, {"reason", image.standing.reason}};
  if (image.standing.value)
    json["standing"]["yanked"] = {
        {"is", image.standing.value->yanked},
        {"reason", image.standing.value->reason},
        {"author", image.standing.value->author},
        {"since", image.standing.value->since ? render_time(*image.standing.value->since) : ""}};
  return json;
}

Result<Gap> gap_named(const std::string& name) {
  for (std::size_t i = 0; i < gap_count; ++i)
    if (name_of(static_cast<Gap>(i)) == name) return static_cast<Gap>(i);
  return Error{Fault::malformed, "'" + name.substr(0, 64) + "' is no reason why something is unknown", {}, {}};
}

Result<Decision> decision_named(const std::string& name) {
  for (const auto decision : {Decision::allow, Decision::audit, Decision::warn, Decision::deny})
    if (name_of(decision) == name) return decision;
  return Error{Fault::malformed, "'" + name.substr(0, 64) + "' is no decision", {}, {}};
}

// What nlohmann throws becomes an Error here.
template <class Read>
auto reading(std::string_view what, Read&& read) -> decltype(read()) {
  try {
    return read();
  } catch (const Json::exception& problem) {
    return Error{Fault::malformed, "is no " + std::string(what) + ": " + problem.what(), {}, {}};
  }
}

Result<Json> parse(const Bytes& document) {
  // simdjson's reader has the limits; nlohmann has none.
  PRATIQUE_DO(read_json_tree(Bytes::copy_of(document.view()), {.bytes = std::size_t{64} << 20}));
  return Json::parse(document.view());
}

Evidence evidence_of(const Json& json) {
  Evidence evidence;
  for (const auto& [key, member] :
       std::initializer_list<std::pair<const char*, std::string Evidence::*>>{{"container", &Evidence::container},
                                                                              {"image", &Evidence::image},
                                                                              {"package", &Evidence::package},
                                                                              {"purl", &Evidence::purl},
                                                                              {"path", &Evidence::path},
                                                                              {"finding", &Evidence::finding},
                                                                              {"severity", &Evidence::severity},
                                                                              {"range", &Evidence::range},
                                                                              {"fixed", &Evidence::fixed},
                                                                              {"license", &Evidence::license},
                                                                              {"signer", &Evidence::signer},
                                                                              {"reason", &Evidence::reason}})
    evidence.*member = json.value(key, "");
  return evidence;
}

Result<Verdict> verdict_of(const Json& json) {
  Verdict verdict;
  PRATIQUE_TRY(verdict.decision, decision_named(json.at("decision")));
  verdict.images = json.at("images");
  verdict.asked = json.at("asked");
  verdict.policies = json.value("policies", "");
  verdict.database = json.value("database", "");
  verdict.cost = json.value("cost", std::uint64_t{0});
  for (const auto& rule : json.at("rules")) {
    RuleResult& result = verdict.rules.emplace_back();
    result.policy = rule.at("policy");
    result.rule = rule.at("rule");
    result.type = rule.at("type");
    PRATIQUE_TRY(result.decision, decision_named(rule.at("decision")));
    PRATIQUE_TRY(result.gap, gap_named(rule.value("unknown", "")));
    result.note = rule.value("note", "");
    result.exception = rule.value("exception", "");
    for (const auto& one : rule.at("evidence")) result.evidence.push_back(evidence_of(one));
    result.more = rule.value("more", std::uint64_t{0});
    result.more_rules = rule.value("moreRules", std::uint64_t{0});
  }
  return verdict;
}

Result<void> fill_signatures(const Json& json, ImageEvidence& image) {
  const auto& signatures = json.at("signatures");
  PRATIQUE_TRY(image.attestations.gap, gap_named(signatures.at("gap")));
  image.attestations.reason = signatures.at("reason");
  if (signatures.contains("verified")) {
    auto found = std::make_shared<Attestations>();
    for (const auto& one : signatures.at("verified")) {
      Attestation& attestation = found->verified.emplace_back();
      attestation.type = one.at("type");
      attestation.identity = one.at("identity");
      attestation.issuer = one.at("issuer");
      attestation.key = one.at("key");
      if (const std::string time = one.at("time"); !time.empty()) {
        PRATIQUE_TRY(attestation.time, parse_time(time));
      }
      if (const std::string bill = one.at("bill"); !bill.empty()) {
        PRATIQUE_TRY(attestation.bill, parse_digest(bill));
      }
    }
    found->refused = signatures.at("refused").get<std::vector<std::string>>();
    found->of_images = signatures.value("ofImages", true);
    if (signatures.contains("keys")) found->keys = signatures.at("keys").get<std::vector<std::string>>();
    found->undecided = signatures.value("undecided", "");
    image.attestations.value = std::move(found);
  }
  const auto& standing = json.at("standing");
  PRATIQUE_TRY(image.standing.gap, gap_named(standing.at("gap")));
  image.standing.reason = standing.at("reason");
  if (standing.contains("yanked")) {
    const auto& yanked = standing.at("yanked");
    auto found = std::make_shared<Standing>();
    found->yanked = yanked.at("is");
    found->reason = yanked.at("reason");
    found->author = yanked.value("author", "");
    if (const std::string since = yanked.value("since", ""); !since.empty()) {
      PRATIQUE_TRY(found->since, parse_time(since));
    }
    image.standing.value = std::move(found);
  }
  return {};
}

// Everything of an image as the record says it was; what is not at hand is named in `missing`.
Result<void> fill(const Json& json, const EvidenceSource& source, const std::optional<Advisories>& advisories,
                  ImageEvidence& image, std::vector<std::string>& missing) {
  PRATIQUE_TRY(image.gap, gap_named(json.at("gap")));
  image.reason = json.at("reason");
  PRATIQUE_DO(fill_signatures(json, image));
  if (!json.contains("bill") || !image.container.image.digest) return {};
  PRATIQUE_TRY(const auto wanted, parse_digest(json.at("bill").get<std::string>()));
  PRATIQUE_TRY(auto bytes, source.bill(*image.container.image.digest));
  if (!bytes || sha256_of(bytes->view()) != wanted) {
    missing.push_back("the bill " + wanted.text() + " of " + image.container.image.text());
    return {};
  }
  PRATIQUE_TRY(const auto bill, read_bill(std::move(*bytes)));
  image.bill = std::make_shared<const ImageFacts>(bill, wanted, quality_of(bill).score);
  if (!json.at("matched").get<bool>() || !advisories) return {};
  PRATIQUE_TRY(auto match, advisories->match(image.bill->bill()));
  image.match = std::make_shared<const MatchFacts>(std::move(match), advisories->generation, advisories->catalogues);
  return {};
}

Result<Replay> replay_json(const Json& record, const PolicySet& policies, const EvidenceSource& source,
                           const std::optional<Advisories>& advisories) {
  Replay replay;
  replay.recorded = text_of(record.at("verdict"));
  const auto compare = [&](const char* what, const std::string& wanted, const std::string& have) {
    if (!wanted.empty() && wanted != have)
      replay.missing.push_back(std::string(what) + " of generation " + wanted + "; at hand is " +
                               (have.empty() ? "none" : have));
  };
  compare("the policies", record.at("policies"), policies.generation());
  compare("the advisory database", record.at("database"), advisories ? advisories->generation : "");
  auto review = Bytes::copy_of(text_of(record.at("review")));
  PRATIQUE_TRY(const auto request, read_admission_review(review));
  Surroundings around;
  std::optional<JsonTree> namespace_object;
  if (record.contains("namespace")) {
    PRATIQUE_TRY(namespace_object, read_json_tree(Bytes::copy_of(text_of(record.at("namespace")))));
    around.namespace_object = &*namespace_object;
  }
  around.no_namespace = record.value("noNamespace", "");
  auto images = inquiry_of(policies, request, around.namespace_object).images;
  const auto& recorded = record.at("images");
  if (replay.missing.empty() && recorded.size() != images.size())
    return Error{Fault::malformed, "names other images than its review", {"/images"}, {}};
  for (std::size_t i = 0; replay.missing.empty() && i < images.size(); ++i) {
    std::vector<std::string> missing;
    PRATIQUE_DO(fill(recorded[i], source, advisories, images[i], missing));
    std::move(missing.begin(), missing.end(), std::back_inserter(replay.missing));
  }
  if (!replay.missing.empty()) return replay;
  PRATIQUE_TRY(const auto tree, read_json_tree(std::move(review)));
  around.review = &tree;
  if (const std::string time = record.at("time"); !time.empty()) {
    PRATIQUE_TRY(around.now, parse_time(time));
  }
  replay.replayed = text_of(Json::parse(render_verdict(decide(policies, request, images, around))));
  return replay;
}

}  // namespace

std::string render_record(const Bytes& review, const Gate::Answer& answer) {
  Json images = Json::array();
  for (const auto& image : answer.images) images.push_back(json_of(image));
  Json record = {{"apiVersion", "pratique/v1"},
                 {"kind", "VerdictRecord"},
                 {"time", answer.time ? render_time(*answer.time) : ""},
                 {"policies", answer.verdict.policies},
                 {"database", answer.verdict.database},
                 {"images", std::move(images)},
                 {"verdict", Json::parse(render_verdict(answer.verdict))},
                 {"review", Json::parse(review.view(), nullptr, false)}};
  if (answer.namespace_object) record["namespace"] = json_of(*answer.namespace_object, 0);
  if (!answer.no_namespace.empty()) record["noNamespace"] = answer.no_namespace;
  return record.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Verdict> read_verdict(const Bytes& document) {
  return reading("verdict", [&]() -> Result<Verdict> {
    PRATIQUE_TRY(const auto json, parse(document));
    return verdict_of(json.contains("verdict") ? json.at("verdict") : json);
  });
}

Result<Replay> replay(const Bytes& record, const PolicySet& policies, const EvidenceSource& source,
                      const std::optional<Advisories>& advisories) {
  return reading("record of a verdict", [&]() -> Result<Replay> {
    PRATIQUE_TRY(const auto json, parse(record));
    return replay_json(json, policies, source, advisories);
  });
}

}  // namespace pratique
