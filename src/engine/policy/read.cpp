// YAML -> Policy. Everything that can be wrong with a policy is said here, with its place; what comes out can be asked.
#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "base/yaml.h"
#include "engine/policy/policy.h"
#include "engine/version/version.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::string_view api_version = "pratique.dev/v1alpha1";
constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_note = 256;
const std::vector<std::string_view> decision_words = {"allow", "warn", "deny"};  // in the order of Decision
const std::vector<std::string_view> severity_words = {"low", "medium", "high", "critical"};

std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 128)) + "'"; }

// A name as Kubernetes has them; `also` is what may be in it besides.
bool is_name(std::string_view text, std::string_view also) {
  return !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_digit(c) || (is_alpha(c) && c == lower(c)) || c == '-' || also.find(c) != std::string_view::npos;
  });
}

Result<std::string> read_name(const YamlFields& fields, std::string_view also) {
  PRATIQUE_TRY(auto name, fields.text("name"));
  if (is_name(name, also)) return name;
  return fields.find("name")->error("'name' cannot be " + quoted(name),
                                    "use lower-case letters, digits and '-', at most 253 of them");
}

// An error about a field, found while reading its text.
Error at(const Yaml& value, const Error& error) {
  Error out = value.error(error.place.empty() ? error.text : error.place.front() + ": " + error.text, error.remedy);
  out.fault = error.fault;
  return out;
}

Result<RuleBody> read_require_sbom(const Yaml& body) {
  PRATIQUE_DO(YamlFields::of(body, "requireSBOM", {}));
  return RuleBody(RequireSbom{});
}

// The range that the rule speaks of: its own, or the one version that the purl has.
Result<std::optional<Vers>> read_range(const YamlFields& fields, const Purl& purl) {
  const Scheme scheme = scheme_of_purl_type(purl.type);
  const Yaml* range = fields.find("range");
  if (range == nullptr) {
    if (purl.version.empty()) return std::optional<Vers>();
    return std::optional(Vers{scheme, false, {{Comparator::equal, purl.version}}});
  }
  if (!purl.version.empty())
    return range->error("the purl has a version already", "take '@" + purl.version + "' off the purl, or 'range' away");
  PRATIQUE_TRY(const auto text, fields.text("range"));
  auto vers = parse_vers(text);
  if (!vers) return at(*range, vers.error());
  if (vers->scheme != scheme)
    return range->error("a range of " + std::string(name_of(vers->scheme)) + " versions says nothing about " +
                            quoted("pkg:" + purl.type),
                        "write it as vers:" + std::string(name_of(scheme)) + "/...");
  if (vers->any) return std::optional<Vers>();
  return std::optional(std::move(*vers));
}

Result<RuleBody> read_deny_package(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "denyPackage", {"purl", "range"}));
  PRATIQUE_TRY(const auto text, fields.text("purl"));
  const Yaml& value = *fields.find("purl");
  const auto purl = parse_purl(text);
  if (!purl) return at(value, purl.error());
  if (!purl->qualifiers.empty() || !purl->subpath.empty())
    return value.error("a rule speaks of a package, whatever its qualifiers and subpath",
                       "write it as " + quoted(purl->package()));
  PRATIQUE_TRY(auto range, read_range(fields, *purl));
  return RuleBody(DenyPackage{purl->package(), lower(purl->name), std::move(range)});
}

Result<RuleBody> read_deny_vulnerabilities(const Yaml& body) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(body, "denyVulnerabilities", {"severity", "onlyFixed"}));
  PRATIQUE_DO(fields.need("severity"));
  PRATIQUE_TRY(const auto severity, fields.choice_or("severity", 0, severity_words));
  DenyVulnerabilities rule;
  rule.at_least = *severity_named(severity_words[severity]);
  PRATIQUE_TRY(rule.only_fixed, fields.flag_or("onlyFixed", false));
  return RuleBody(rule);
}

struct RuleType {
  std::string_view key;
  Result<RuleBody> (*read)(const Yaml& body);
};
// In the order of RuleBody.
constexpr RuleType rule_types[] = {{"requireSBOM", read_require_sbom},
                                   {"denyPackage", read_deny_package},
                                   {"denyVulnerabilities", read_deny_vulnerabilities}};
static_assert(std::size(rule_types) == std::variant_size_v<RuleBody>);

Result<Decision> read_decision(const YamlFields& fields, std::string_view key, Decision fallback) {
  PRATIQUE_TRY(const auto word, fields.choice_or(key, static_cast<std::size_t>(fallback), decision_words));
  return static_cast<Decision>(word);
}

// One word for all gaps, or a word for each.
Result<OnUnknown> read_on_unknown(const YamlFields& rule, Decision effect) {
  const Yaml* value = rule.find("onUnknown");
  if (value == nullptr || value->kind != Yaml::Kind::map) {
    PRATIQUE_TRY(const auto all, read_decision(rule, "onUnknown", effect));
    return OnUnknown(all);
  }
  constexpr std::pair<std::string_view, Gap> gaps[] = {{"notPinned", Gap::not_pinned},
                                                       {"noSBOM", Gap::no_bill},
                                                       {"unavailable", Gap::unavailable},
                                                       {"unjudged", Gap::unjudged}};
  std::vector<std::string_view> keys;
  for (const auto& [key, gap] : gaps) keys.push_back(key);
  PRATIQUE_TRY(const auto fields, YamlFields::of(*value, "onUnknown", keys));
  OnUnknown chosen(effect);
  for (const auto& [key, gap] : gaps) {
    PRATIQUE_TRY(chosen.by_gap[static_cast<std::size_t>(gap)], read_decision(fields, key, effect));
  }
  return chosen;
}

Result<RuleBody> read_body(const Yaml& rule) {
  const static Yaml nothing{.kind = Yaml::Kind::map};
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

Result<Rule> read_rule(const Yaml& value) {
  std::vector<std::string_view> keys = {"name", "effect", "onUnknown", "message"};
  for (const auto& type : rule_types) keys.push_back(type.key);
  PRATIQUE_TRY(const auto fields, YamlFields::of(value, "a rule", keys));
  Rule rule;
  PRATIQUE_TRY(rule.name, read_name(fields, "._"));
  PRATIQUE_TRY(rule.body, read_body(value));
  PRATIQUE_TRY(const auto effect, fields.choice_or("effect", 0, {"deny", "warn"}));
  rule.effect = effect == 0 ? Decision::deny : Decision::warn;
  PRATIQUE_TRY(rule.on_unknown, read_on_unknown(fields, rule.effect));
  PRATIQUE_TRY(rule.note, fields.text_or("message", ""));
  if (rule.note.size() > longest_note)
    return fields.find("message")->error("'message' is longer than " + std::to_string(longest_note) + " bytes");
  return rule;
}

Result<std::vector<Rule>> read_rules(const YamlFields& spec) {
  PRATIQUE_TRY(const Yaml* list, spec.need("rules"));
  if (list->kind != Yaml::Kind::list || list->items.empty()) return list->error("'rules' is a list of rules");
  std::vector<Rule> rules;
  std::unordered_map<std::string, int> lines;
  for (const auto& item : list->items) {
    PRATIQUE_TRY(auto rule, read_rule(item));
    const auto [earlier, is_new] = lines.emplace(rule.name, item.line);
    if (!is_new)
      return item.error(
          "a rule named " + quoted(rule.name) + " stands in line " + std::to_string(earlier->second) + " already",
          "name them apart");
    rules.push_back(std::move(rule));
  }
  return rules;
}

Result<std::vector<std::string>> read_namespaces(const YamlFields& match, std::string_view key) {
  PRATIQUE_TRY(auto names, match.texts(key));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!is_name(names[i], "*"))
      return match.find(key)->items[i].error(quoted(names[i]) + " is no namespace", "use a name, or '*' in one");
  return names;
}

Result<void> read_match(const YamlFields& spec, Policy& policy) {
  const Yaml* value = spec.find("match");
  if (value == nullptr) return {};
  PRATIQUE_TRY(const auto match, YamlFields::of(*value, "match", {"namespaces", "excludeNamespaces"}));
  PRATIQUE_TRY(policy.namespaces, read_namespaces(match, "namespaces"));
  PRATIQUE_TRY(policy.exclude_namespaces, read_namespaces(match, "excludeNamespaces"));
  if (const Yaml* list = match.find("namespaces"); list != nullptr && list->items.empty())
    return list->error("an empty list matches nothing", "name namespaces, or leave 'namespaces' out to match all");
  for (const auto& name : policy.exclude_namespaces)
    if (name == "*" || std::find(policy.namespaces.begin(), policy.namespaces.end(), name) != policy.namespaces.end())
      return match.find("excludeNamespaces")->error("the policy excludes what it matches: " + quoted(name));
  return {};
}

Result<Policy> read_policy(const Yaml& document) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(document, "a policy", {"apiVersion", "kind", "metadata", "spec"}));
  PRATIQUE_TRY(const auto version, fields.text("apiVersion"));
  if (version != api_version) {
    auto error = fields.find("apiVersion")
                     ->error("policies of " + quoted(version) + " are not read", "write " + std::string(api_version));
    error.fault = Fault::unsupported;
    return error;
  }
  PRATIQUE_DO(fields.need("kind"));
  PRATIQUE_DO(fields.choice_or("kind", 0, {"Policy"}));
  PRATIQUE_TRY(const Yaml* metadata, fields.need("metadata"));
  PRATIQUE_TRY(const auto about, YamlFields::of(*metadata, "metadata", {"name", "labels", "annotations"}));
  PRATIQUE_TRY(const Yaml* spec_value, fields.need("spec"));
  PRATIQUE_TRY(const auto spec, YamlFields::of(*spec_value, "spec", {"match", "rules"}));
  Policy policy;
  PRATIQUE_TRY(policy.name, read_name(about, "."));
  PRATIQUE_DO(read_match(spec, policy));
  PRATIQUE_TRY(policy.rules, read_rules(spec));
  return policy;
}

}  // namespace

std::string_view type_of(const RuleBody& body) { return rule_types[body.index()].key; }

Result<std::vector<Policy>> parse_policies(std::string_view yaml, std::string_view file_name) {
  auto documents = parse_yaml(yaml);
  if (!documents) return in_yaml_file(file_name, std::move(documents).error());
  if (documents->empty())
    return Error{Fault::malformed, "holds no policy", {std::string(file_name)}, "see docs/policy.md"};
  std::vector<Policy> policies;
  std::unordered_map<std::string, int> lines;
  for (const auto& document : *documents) {
    auto policy = read_policy(document);
    if (!policy) return in_yaml_file(file_name, std::move(policy).error());
    const auto [earlier, is_new] = lines.emplace(policy->name, document.line);
    if (!is_new)
      return in_yaml_file(file_name, document.error("a policy named " + quoted(policy->name) + " begins in line " +
                                                        std::to_string(earlier->second) + " already",
                                                    "name them apart"));
    policy->place = std::string(file_name) + ":" + std::to_string(document.line);
    policies.push_back(std::move(*policy));
  }
  return policies;
}

}  // namespace pratique
