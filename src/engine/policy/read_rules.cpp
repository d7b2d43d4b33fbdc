// YAML -> Rule: a reader for each type of rule.
#include <algorithm>

#include "base/text.h"
#include "engine/policy/expression.h"
#include "engine/policy/fields.h"

namespace pratique {
namespace {

constexpr std::size_t longest_note = 256;
const std::vector<std::string_view> severity_words = {"low", "medium", "high", "critical"};

template <class Body>
Result<RuleBody> read_nothing(const Yaml& body, std::string_view what) {
  PRATIQUE_DO(YamlFields::of(body, what, {}));
  return RuleBody(Body{});
}

Result<RuleBody> read_require_sbom(const Yaml& body) { return read_nothing<RequireSbom>(body, "requireSBOM"); }
Result<RuleBody> read_require_digest(const Yaml& body) { return read_nothing<RequireDigest>(body, "requireDigest"); }
Result<RuleBody> read_deny_yanked(const Yaml& body) { return read_nothing<DenyYanked>(body, "denyYanked"); }

Result<std::vector<Signer>> read_signers(const Yaml& body, std::string_view what) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, what, {"signers"}));
  PRATIQUE_TRY(const Yaml* list, fields.need("signers"));
  if (list->kind != Yaml::Kind::list || list->items.empty()) return list->error("'signers' is a list of signers");
  std::vector<Signer> signers;
  for (const auto& item : list->items) {
    PRATIQUE_TRY(const auto one, YamlFields::of(item, "a signer", {"identity", "issuer", "key"}));
    Signer signer;
    PRATIQUE_TRY(signer.identity, one.text_or("identity", ""));
    PRATIQUE_TRY(signer.issuer, one.text_or("issuer", ""));
    PRATIQUE_TRY(signer.key, one.text_or("key", ""));
    if (signer.identity.empty() == signer.key.empty())
      return item.error("a signer is an identity or a key", "give 'identity' and 'issuer', or 'key'");
    if (signer.identity.empty() != signer.issuer.empty())
      return item.error("an identity means something with the issuer that vouches for it", "give both");
    signers.push_back(std::move(signer));
  }
  return signers;
}

Result<RuleBody> read_require_signature(const Yaml& body) {
  PRATIQUE_TRY(auto signers, read_signers(body, "requireSignature"));
  return RuleBody(RequireSignature{std::move(signers)});
}
Result<RuleBody> read_require_signed_sbom(const Yaml& body) {
  PRATIQUE_TRY(auto signers, read_signers(body, "requireSignedSBOM"));
  return RuleBody(RequireSignedSbom{std::move(signers)});
}

Result<RuleBody> read_deny_package(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "denyPackage", {"purl", "range"}));
  PRATIQUE_TRY(auto package, read_package(fields));
  return RuleBody(std::move(package));
}

// One time for all severities, or one for each.
Result<void> read_grace(const YamlFields& fields, DenyVulnerabilities& rule) {
  const Yaml* value = fields.find("grace");
  if (value == nullptr) return {};
  if (value->kind != Yaml::Kind::map) {
    PRATIQUE_TRY(const auto days, read_days(fields, "grace"));
    rule.grace.fill(days);
    return {};
  }
  PRATIQUE_TRY(const auto each, YamlFields::of(*value, "grace", severity_words));
  for (const auto word : severity_words) {
    PRATIQUE_TRY(rule.grace[static_cast<std::size_t>(*severity_named(word))], read_days(each, word));
  }
  return {};
}

Result<RuleBody> read_deny_vulnerabilities(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "denyVulnerabilities",
                                                 {"severity", "cvss", "epss", "kev", "ids", "except", "onlyFixed",
                                                  "olderThan", "grace", "inGrace", "trustVEX"}));
  DenyVulnerabilities rule;
  if (fields.find("severity") != nullptr) {
    PRATIQUE_TRY(const auto severity, fields.choice_or("severity", 0, severity_words));
    rule.at_least = *severity_named(severity_words[severity]);
  }
  PRATIQUE_TRY(rule.cvss, read_real(fields, "cvss", 10));
  PRATIQUE_TRY(rule.epss, read_real(fields, "epss", 1));
  PRATIQUE_TRY(rule.kev, fields.flag_or("kev", false));
  PRATIQUE_TRY(rule.only_fixed, fields.flag_or("onlyFixed", false));
  PRATIQUE_TRY(rule.ids, read_list(fields, "ids"));
  PRATIQUE_TRY(rule.except, read_list(fields, "except"));
  PRATIQUE_TRY(rule.older_than, read_days(fields, "olderThan"));
  PRATIQUE_TRY(rule.trust_vex, read_list(fields, "trustVEX"));
  PRATIQUE_DO(read_grace(fields, rule));
  PRATIQUE_TRY(rule.in_grace, read_decision(fields, "inGrace", Decision::warn));
  if (fields.find("inGrace") != nullptr && fields.find("grace") == nullptr)
    return fields.find("inGrace")->error("there is no grace period that 'inGrace' is about", "add 'grace'");
  if (rule.at_least == Severity::unknown && rule.cvss == 0 && rule.epss == 0 && !rule.kev && rule.ids.empty())
    return body.error("denyVulnerabilities does not say which", "give 'severity', 'cvss', 'epss', 'kev' or 'ids'");
  return RuleBody(std::move(rule));
}

Result<RuleBody> read_deny_license(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "denyLicense", {"licenses", "allowOnly"}));
  DenyLicense rule;
  rule.allow = fields.find("allowOnly") != nullptr;
  if (rule.allow == (fields.find("licenses") != nullptr))
    return body.error("denyLicense is about one list", "give 'licenses' that are denied, or 'allowOnly'");
  const std::string_view key = rule.allow ? "allowOnly" : "licenses";
  PRATIQUE_TRY(rule.licenses, read_list(fields, key));
  std::vector<std::string> exact;
  for (std::size_t i = 0; i < rule.licenses.size(); ++i) {
    const auto& license = rule.licenses[i];
    if (license.find('*') != std::string::npos) {
      rule.patterns.push_back(lower(license));
      continue;
    }
    if (const auto set = parse_license_set({license}); !set) return at(fields.find(key)->items[i], set.error());
    exact.push_back(license);
  }
  PRATIQUE_TRY(rule.set, parse_license_set(exact));
  return RuleBody(std::move(rule));
}

Result<RuleBody> read_require_quality(const Yaml& body) {
  PRATIQUE_TRY(const auto fields,
               YamlFields::of(body, "requireQuality", {"packages", "version", "purl", "license", "score"}));
  RequireQuality rule;
  PRATIQUE_TRY(rule.packages, fields.number_or("packages", 0, 1, 1'000'000));
  PRATIQUE_TRY(rule.version, fields.number_or("version", 0, 1, 100));
  PRATIQUE_TRY(rule.purl, fields.number_or("purl", 0, 1, 100));
  PRATIQUE_TRY(rule.license, fields.number_or("license", 0, 1, 100));
  PRATIQUE_TRY(rule.score, fields.number_or("score", 0, 1, 100));
  if (rule == RequireQuality{})
    return body.error("requireQuality asks for nothing", "give 'packages', 'version', 'purl', 'license' or 'score'");
  return RuleBody(rule);
}

Result<RuleBody> read_require_fresh(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "requireFresh", {"maxAge"}));
  PRATIQUE_DO(fields.need("maxAge"));
  RequireFresh rule;
  PRATIQUE_TRY(rule.max_age, read_days(fields, "maxAge"));
  return RuleBody(rule);
}

Result<RuleBody> read_deny_unknown(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "denyUnknown", {"most"}));
  DenyUnknown rule;
  PRATIQUE_TRY(rule.most, fields.number_or("most", 0, 0, 1'000'000));
  return RuleBody(rule);
}

Result<RuleBody> read_allow_registries(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "allowRegistries", {"registries"}));
  PRATIQUE_DO(fields.need("registries"));
  AllowRegistries rule;
  PRATIQUE_TRY(rule.registries, read_list(fields, "registries"));
  for (std::size_t i = 0; i < rule.registries.size(); ++i) {
    auto& registry = rule.registries[i];
    if (const auto head = std::string_view(registry).substr(0, registry.find('/'));
        head.find_first_of(".:*") == std::string_view::npos && head != "localhost")
      return fields.find("registries")
          ->items[i]
          .error(quoted(registry) + " names no registry", "begin with its host: docker.io/" + registry + "/*");
    if (registry.find('/') == std::string::npos && !registry.starts_with('*')) registry += "/*";
  }
  return RuleBody(std::move(rule));
}

Result<RuleBody> read_cel(const Yaml& body) {
  if (body.kind != Yaml::Kind::text || body.text.empty())
    return body.error("'cel' is an expression", "write it as a text between quotes or as a block behind '|'");
  auto compiled = compile_expression(body.text);
  if (!compiled) return at(body, compiled.error());
  return RuleBody(CelRule{body.text, std::move(*compiled)});
}

struct RuleType {
  std::string_view key;
  Result<RuleBody> (*read)(const Yaml& body);
};
// In the order of RuleBody.
constexpr RuleType rule_types[] = {{"requireSBOM", read_require_sbom},
                                   {"requireSignature", read_require_signature},
                                   {"requireSignedSBOM", read_require_signed_sbom},
                                   {"denyPackage", read_deny_package},
                                   {"denyVulnerabilities", read_deny_vulnerabilities},
                                   {"denyLicense", read_deny_license},
                                   {"requireQuality", read_require_quality},
                                   {"requireFresh", read_require_fresh},
                                   {"denyUnknown", read_deny_unknown},
                                   {"allowRegistries", read_allow_registries},
                                   {"requireDigest", read_require_digest},
                                   {"denyYanked", read_deny_yanked},
                                   {"cel", read_cel}};
static_assert(std::size(rule_types) == std::variant_size_v<RuleBody>);

Result<RuleBody> read_body(const Yaml& rule) {
  static const Yaml nothing{.kind = Yaml::Kind::map};
  const RuleType* type = nullptr;
  const Yaml* body = nullptr;
  for (const auto& member : rule.members)
    for (const auto& candidate : rule_types) {
      if (candidate.key != member.key) continue;
      if (type != nullptr)
        return member.value.error("a rule is of one type, not of " + std::string(type->key) + " and " + member.key,
                                  "write two rules");
      type = &candidate;
      body = member.value.kind == Yaml::Kind::null ? &nothing : &member.value;
    }
  if (type != nullptr) return type->read(*body);
  std::string names;
  for (const auto& candidate : rule_types) names.append(names.empty() ? "" : ", ").append(candidate.key);
  return rule.error("the rule says nothing", "give it one of " + names);
}

Result<std::string> read_note(const YamlFields& fields) {
  PRATIQUE_TRY(auto note, fields.text_or("message", ""));
  if (note.size() > longest_note)
    return fields.find("message")->error("'message' is longer than " + std::to_string(longest_note) + " bytes");
  if (const auto [fault, near] = fault_in_note(note); !fault.empty())
    return fields.find("message")->error(fault, near.empty() ? std::string() : "did you mean '{" + near + "}'?");
  return note;
}

}  // namespace

std::string_view type_of(const RuleBody& body) { return rule_types[body.index()].key; }

Result<Rule> read_rule(const Yaml& value, const RuleDefaults& defaults) {
  std::vector<std::string_view> keys = {"name", "effect", "onUnknown", "message"};
  for (const auto& type : rule_types) keys.push_back(type.key);
  PRATIQUE_TRY(const auto fields, YamlFields::of(value, "a rule", keys));
  Rule rule;
  rule.line = value.line;
  rule.column = value.column;
  PRATIQUE_TRY(rule.name, read_name(fields, "._"));
  PRATIQUE_TRY(rule.body, read_body(value));
  PRATIQUE_TRY(rule.effect, read_effect(fields, "effect", defaults.effect));
  PRATIQUE_TRY(rule.on_unknown, read_on_unknown(fields, defaults.on_unknown.value_or(OnUnknown(rule.effect))));
  PRATIQUE_TRY(rule.note, read_note(fields));
  return rule;
}

}  // namespace pratique
