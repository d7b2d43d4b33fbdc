#include "engine/policy/cases.h"

#include <algorithm>

#include "base/text.h"
#include "engine/policy/fields.h"
#include "engine/policy/policy.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::string_view usual_image = "registry.example.com/shop/app";
const std::vector<std::string_view> decision_words = {"allow", "audit", "warn", "deny"};
const std::vector<std::string_view> severity_words = {"unknown", "none", "low", "medium", "high", "critical"};

Result<std::optional<Time>> read_time(const YamlFields& fields, std::string_view key) {
  if (fields.find(key) == nullptr) return std::optional<Time>();
  PRATIQUE_TRY(const auto text, fields.text(key));
  const auto time = parse_time(text);
  if (!time) return at(*fields.find(key), time.error());
  return std::optional(*time);
}

// A list of maps, or of texts that stand for {key: text}.
template <class Read>
Result<void> each(const YamlFields& fields, std::string_view list, std::string_view key, Read&& read) {
  const Yaml* value = fields.find(list);
  if (value == nullptr) return {};
  if (value->kind != Yaml::Kind::list) return value->error(quoted(list) + " is a list");
  for (const auto& item : value->items) {
    if (item.kind != Yaml::Kind::text) {
      PRATIQUE_DO(read(item));
      continue;
    }
    Yaml map;
    map.kind = Yaml::Kind::map;
    map.line = item.line;
    map.column = item.column;
    map.members.push_back({std::string(key), item, item.line, item.column});
    PRATIQUE_DO(read(map));
  }
  return {};
}

// The bill and the findings of a case.
class EvidenceReader {
 public:
  explicit EvidenceReader(const YamlFields& given) : given_(given) {}

  Result<ImageEvidence> read() {
    ImageEvidence image;
    PRATIQUE_DO(read_image(image));
    PRATIQUE_DO(read_bill(image));
    PRATIQUE_DO(read_signatures(image));
    if (const Yaml* yanked = given_.find("yanked")) {
      PRATIQUE_TRY(auto reason, given_.text("yanked"));
      const bool is = yanked->quoted || reason != "false";
      image.standing = {std::make_shared<Standing>(Standing{is, is ? std::move(reason) : "", "", {}}), Gap::none, ""};
    }
    return image;
  }

 private:
  Result<void> read_image(ImageEvidence& image) {
    PRATIQUE_TRY(image.container.name, given_.text_or("container", "app"));
    PRATIQUE_TRY(const auto text,
                 given_.text_or("image", std::string(usual_image) + "@" + sha256_of("an image").text()));
    auto parsed = parse_image(text);
    if (!parsed) return at(*given_.find("image"), parsed.error());
    image.container.image = std::move(*parsed);
    if (!image.container.image.digest) {
      image.gap = Gap::not_pinned;
      image.reason = "the image " + image.container.image.text() + " is not pinned by digest";
    }
    return {};
  }

  Result<void> read_bill(ImageEvidence& image) {
    if (image.gap != Gap::none) return {};
    if (given_.find("unavailable") != nullptr) {
      PRATIQUE_TRY(image.reason, given_.text("unavailable"));
      image.gap = Gap::unavailable;
      return {};
    }
    if (given_.find("packages") == nullptr) {
      image.gap = Gap::no_bill;
      image.reason = "no SBOM";
      return {};
    }
    PRATIQUE_DO(each(given_, "packages", "purl", [&](const Yaml& item) { return read_package(item); }));
    PRATIQUE_TRY(bill_.created, read_time(given_, "created"));
    PRATIQUE_TRY(const auto score, given_.number_or("score", 0, 0, 100));
    image.bill = std::make_shared<ImageFacts>(
        bill_, sha256_of("the bill"),
        given_.find("score") == nullptr ? std::optional<double>() : static_cast<double>(score));
    PRATIQUE_DO(each(given_, "vulnerabilities", "id", [&](const Yaml& item) { return read_vulnerability(item); }));
    PRATIQUE_TRY(const auto unjudged, given_.texts("unjudged"));
    for (const auto& name : unjudged) match_.unknown.add(0, name, {}, {}, "no advisories");
    std::stable_sort(match_.findings.begin(), match_.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
    image.match = std::make_shared<MatchFacts>(match_, "given", Catalogues{true, true});
    return {};
  }

  Result<void> read_package(const Yaml& item) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(item, "a package", {"purl", "name", "version", "license"}));
    Component component;
    PRATIQUE_TRY(const auto purl_text, fields.text_or("purl", ""));
    Purl purl;
    if (!purl_text.empty()) {
      auto parsed = parse_purl(purl_text);
      if (!parsed) return at(*fields.find("purl"), parsed.error());
      purl = std::move(*parsed);
      component.purl = bill_.pool->keep(render_purl(purl));
    }
    PRATIQUE_TRY(const auto name, fields.text_or("name", purl.name));
    PRATIQUE_TRY(const auto version, fields.text_or("version", purl.version));
    PRATIQUE_TRY(const auto license, fields.text_or("license", ""));
    if (name.empty()) return item.error("a package has a purl or a name");
    component.name = bill_.pool->keep(name);
    component.version = bill_.pool->keep(version);
    component.license = bill_.pool->keep(license);
    bill_.components.push_back(component);
    return {};
  }

  // Of the package that it names, else of the first.
  Result<void> read_vulnerability(const Yaml& item) {
    PRATIQUE_TRY(const auto fields,
                 YamlFields::of(item, "a vulnerability",
                                {"id", "aliases", "purl", "severity", "cvss", "epss", "kev", "fixed", "published"}));
    if (bill_.components.empty()) return item.error("there is no package that could have it", "add one to 'packages'");
    Finding finding;
    PRATIQUE_TRY(finding.id, fields.text("id"));
    PRATIQUE_TRY(finding.aliases, fields.texts("aliases"));
    PRATIQUE_TRY(const auto severity, fields.choice_or("severity", 0, severity_words));
    finding.severity = static_cast<Severity>(severity);
    PRATIQUE_TRY(finding.score, read_real(fields, "cvss", 10));
    PRATIQUE_TRY(const auto epss, read_real(fields, "epss", 1));
    if (epss > 0) finding.epss = Epss{epss, 0};
    PRATIQUE_TRY(const bool kev, fields.flag_or("kev", false));
    if (kev) finding.kev = Kev{};
    PRATIQUE_TRY(finding.fixed, fields.texts("fixed"));
    PRATIQUE_TRY(finding.published, read_time(fields, "published"));
    PRATIQUE_TRY(const auto purl, fields.text_or("purl", std::string(bill_.components.front().purl)));
    const auto found = std::find_if(bill_.components.begin(), bill_.components.end(),
                                    [&](const Component& one) { return one.purl.starts_with(purl); });
    if (found == bill_.components.end())
      return fields.find("purl")->error("no package begins so", "write it as in 'packages'");
    finding.component = static_cast<std::uint32_t>(found - bill_.components.begin());
    match_.findings.push_back(std::move(finding));
    return {};
  }

  Result<void> read_signatures(ImageEvidence& image) {
    if (given_.find("signatures") == nullptr) return {};
    auto attestations = std::make_shared<Attestations>();
    PRATIQUE_DO(each(given_, "signatures", "key", [&](const Yaml& item) -> Result<void> {
      PRATIQUE_TRY(const auto fields,
                   YamlFields::of(item, "a signature", {"identity", "issuer", "key", "of", "type", "time"}));
      Attestation one;
      PRATIQUE_TRY(one.identity, fields.text_or("identity", ""));
      PRATIQUE_TRY(one.issuer, fields.text_or("issuer", ""));
      PRATIQUE_TRY(one.key, fields.text_or("key", ""));
      PRATIQUE_TRY(one.time, read_time(fields, "time"));
      PRATIQUE_TRY(const auto of, fields.choice_or("of", 0, {"image", "sbom"}));
      if (of == 1) one.bill = sha256_of("the bill");
      PRATIQUE_TRY(one.type, fields.text_or("type", of == 1 ? "https://cyclonedx.org/bom" : ""));
      attestations->verified.push_back(std::move(one));
      return {};
    }));
    image.attestations = {std::move(attestations), Gap::none, ""};
    return {};
  }

  const YamlFields& given_;
  Bill bill_;
  Match match_;
};

Yaml map_of(std::vector<YamlMember> members) {
  Yaml map;
  map.kind = Yaml::Kind::map;
  map.members = std::move(members);
  return map;
}

Result<void> read_labels(const YamlFields& given, AdmissionRequest& request) {
  const Yaml* labels = given.find("labels");
  if (labels == nullptr) return {};
  if (labels->kind != Yaml::Kind::map) return labels->error("'labels' is a map");
  for (const auto& member : labels->members) request.labels.emplace_back(member.key, member.value.text);
  std::sort(request.labels.begin(), request.labels.end());
  return {};
}

Result<void> read_given(const Yaml& value, PolicyCase& one) {
  PRATIQUE_TRY(const auto given,
               YamlFields::of(value, "given",
                              {"operation", "kind", "namespace", "name", "user", "labels", "image", "container",
                               "packages", "created", "score", "vulnerabilities", "unjudged", "signatures", "yanked",
                               "unavailable", "object", "oldObject", "namespaceObject"}));
  AdmissionRequest& request = one.request;
  PRATIQUE_TRY(request.operation, given.text_or("operation", "CREATE"));
  PRATIQUE_TRY(request.kind, given.text_or("kind", "Pod"));
  if (const auto slash = request.kind.find('/'); slash != std::string::npos) {
    request.group = request.kind.substr(0, slash);
    request.kind.erase(0, slash + 1);
  }
  PRATIQUE_TRY(request.name_space, given.text_or("namespace", "default"));
  PRATIQUE_TRY(request.name, given.text_or("name", "app"));
  PRATIQUE_TRY(request.user, given.text_or("user", "someone"));
  PRATIQUE_DO(read_labels(given, request));
  PRATIQUE_TRY(auto image, EvidenceReader(given).read());
  request.containers.push_back(image.container);
  one.images.push_back(std::move(image));
  std::vector<YamlMember> members;
  for (const auto* key : {"object", "oldObject"})
    if (const Yaml* part = given.find(key)) members.push_back({key, *part});
  for (const auto& [key, text] : {std::pair("operation", request.operation), {"namespace", request.name_space}}) {
    Yaml scalar;
    scalar.kind = Yaml::Kind::text;
    scalar.quoted = true;
    scalar.text = text;
    members.push_back({key, std::move(scalar)});
  }
  one.review = std::make_shared<const JsonTree>(json_tree_of(map_of({{"request", map_of(std::move(members))}})));
  if (const Yaml* part = given.find("namespaceObject"))
    one.namespace_object = std::make_shared<const JsonTree>(json_tree_of(*part));
  return {};
}

Result<void> read_expected(const Yaml& value, PolicyCase& one) {
  PRATIQUE_TRY(const auto expect, YamlFields::of(value, "expect", {"decision", "rules", "message", "messages"}));
  if (expect.find("decision") != nullptr) {
    PRATIQUE_TRY(const auto word, expect.choice_or("decision", 0, decision_words));
    one.decision = static_cast<Decision>(word);
  }
  if (const Yaml* rules = expect.find("rules")) {
    if (rules->kind != Yaml::Kind::list) return rules->error("'rules' is a list of names of rules");
    PRATIQUE_TRY(one.rules, expect.texts("rules"));
  }
  PRATIQUE_TRY(one.messages, expect.texts("messages"));
  if (expect.find("message") != nullptr) {
    PRATIQUE_TRY(one.messages.emplace_back(), expect.text("message"));
  }
  if (one.decision || one.rules || !one.messages.empty()) return {};
  return value.error("the case expects nothing", "give 'decision', 'rules' or 'message'");
}

Result<PolicyCase> read_case(const Yaml& value, const std::optional<Time>& now) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(value, "a case", {"name", "now", "given", "expect"}));
  PolicyCase one;
  one.line = value.line;
  one.column = value.column;
  PRATIQUE_TRY(one.name, fields.text("name"));
  PRATIQUE_TRY(one.now, read_time(fields, "now"));
  if (!one.now) one.now = now;
  const Yaml nothing = map_of({});
  const Yaml* given = fields.find("given");
  PRATIQUE_DO(read_given(given == nullptr ? nothing : *given, one));
  PRATIQUE_TRY(const Yaml* expect, fields.need("expect"));
  PRATIQUE_DO(read_expected(*expect, one));
  return one;
}

Result<PolicyCases> read_cases(const Yaml& document) {
  PRATIQUE_TRY(const auto head, YamlFields::of(document, "a test", {"apiVersion", "kind", "metadata", "spec"}));
  PRATIQUE_DO(head.choice_or("apiVersion", 0, {"pratique.dev/v1alpha1"}));
  PRATIQUE_DO(head.need("apiVersion"));
  PRATIQUE_DO(head.need("kind"));
  PRATIQUE_DO(head.choice_or("kind", 0, {"PolicyTest"}));
  PRATIQUE_TRY(const Yaml* metadata, head.need("metadata"));
  PRATIQUE_TRY(const auto about, YamlFields::of(*metadata, "metadata", {"name"}));
  PRATIQUE_TRY(const Yaml* spec_value, head.need("spec"));
  PRATIQUE_TRY(const auto spec, YamlFields::of(*spec_value, "spec", {"policies", "now", "cases"}));
  PolicyCases cases;
  PRATIQUE_TRY(cases.name, read_name(about, "."));
  PRATIQUE_TRY(cases.policies, read_list(spec, "policies"));
  PRATIQUE_TRY(const auto now, read_time(spec, "now"));
  PRATIQUE_TRY(const Yaml* list, spec.need("cases"));
  if (list->kind != Yaml::Kind::list || list->items.empty()) return list->error("'cases' is a list of cases");
  for (const auto& item : list->items) {
    PRATIQUE_TRY(cases.cases.emplace_back(), read_case(item, now));
  }
  return cases;
}

bool names(const std::string& wanted, const RuleResult& result) {
  return wanted == result.rule || wanted == result.policy + "/" + result.rule;
}

std::string lines(const Verdict& verdict) {
  std::string text;
  for (const auto& result : verdict.rules)
    for (const auto& evidence : result.evidence)
      text += "\n  " + std::string(name_of(result.decision)) + "  " + line_of(result, evidence);
  return text.empty() ? "; no rule spoke" : ":" + text;
}

}  // namespace

Result<PolicyCases> read_policy_cases(std::string_view yaml, std::string_view file_name) {
  auto documents = parse_yaml(yaml);
  if (!documents) return in_yaml_file(file_name, std::move(documents).error());
  if (documents->size() != 1)
    return Error{Fault::malformed, "holds no test, or several", {std::string(file_name)}, "write one document a file"};
  auto cases = read_cases(documents->front());
  if (!cases) return in_yaml_file(file_name, std::move(cases).error());
  cases->file = file_name;
  return cases;
}

CaseResult run_case(const PolicySet& policies, const PolicyCase& one) {
  Surroundings around;
  around.now = one.now;
  around.review = one.review.get();
  around.namespace_object = one.namespace_object.get();
  CaseResult result{decide(policies, one.request, one.images, around), {}};
  const Verdict& verdict = result.verdict;
  if (one.decision && verdict.decision != *one.decision)
    result.failures.push_back("expected " + std::string(name_of(*one.decision)) + ", got " +
                              std::string(name_of(verdict.decision)) + lines(verdict));
  if (one.rules) {
    for (const auto& wanted : *one.rules)
      if (std::none_of(verdict.rules.begin(), verdict.rules.end(),
                       [&](const auto& spoke) { return names(wanted, spoke); }))
        result.failures.push_back("rule '" + wanted + "' did not speak" + lines(verdict));
    for (const auto& spoke : verdict.rules)
      if (std::none_of(one.rules->begin(), one.rules->end(), [&](const auto& wanted) { return names(wanted, spoke); }))
        result.failures.push_back("rule '" + spoke.rule + "' spoke unexpectedly" + lines(verdict));
  }
  const auto all = lines(verdict);
  for (const auto& message : one.messages)
    if (all.find(message) == std::string::npos) result.failures.push_back("no line says '" + message + "'" + all);
  return result;
}

}  // namespace pratique
