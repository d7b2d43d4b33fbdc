#include "engine/policy/import.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "base/yaml.h"
#include "engine/policy/fields.h"

namespace pratique {
namespace {

const Yaml nothing{};

// The member, or an empty value where there is none.
const Yaml& at_key(const Yaml& map, std::string_view key) {
  for (const auto& member : map.members)
    if (member.key == key) return member.value;
  return nothing;
}
bool is_there(const Yaml& value) { return value.kind != Yaml::Kind::null; }

std::vector<std::string> texts_of(const Yaml& list) {
  std::vector<std::string> texts;
  for (const auto& item : list.items)
    if (item.kind == Yaml::Kind::text && !item.text.empty()) texts.push_back(item.text);
  if (list.kind == Yaml::Kind::text && !list.text.empty()) texts.push_back(list.text);
  return texts;
}

std::string list_text(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& one : list) text.append(text.empty() ? "[" : ", ").append(json_quoted(one));
  return text + "]";
}

// A name as ours have to be.
std::string name_from(std::string_view text) {
  std::string name;
  for (const char c : lower(text.substr(0, 100)))
    if (is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.')
      name += c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  return name.empty() ? "imported" : name;
}

// The pattern that matches no more than the regular expression; empty where it takes one.
std::optional<std::string> pattern_of_regexp(std::string_view regexp) {
  std::string pattern;
  if (regexp.starts_with('^'))
    regexp.remove_prefix(1);
  else
    pattern += '*';
  bool open = true;
  if (regexp.ends_with('$') && !regexp.ends_with("\\$")) {
    regexp.remove_suffix(1);
    open = false;
  }
  for (std::size_t i = 0; i < regexp.size(); ++i) {
    const char c = regexp[i];
    const char next = i + 1 < regexp.size() ? regexp[i + 1] : '\0';
    if (c == '\\' && next != '\0' && !is_alpha(next) && !is_digit(next)) {
      pattern += next;
      ++i;
    } else if (c == '.' && (next == '*' || next == '+')) {
      pattern += '*';
      ++i;
    } else if (std::string_view("[](){}|?+*\\^$").find(c) != std::string_view::npos) {
      return {};
    } else {
      pattern += c;  // a '.' is taken for itself: less than it says
    }
  }
  if (open) pattern += '*';
  return pattern;
}

std::string star(std::string pattern) {
  for (auto at = pattern.find("**"); at != std::string::npos; at = pattern.find("**")) pattern.erase(at, 1);
  return pattern;
}

// One of ours in the making.
struct Draft {
  std::string name, effect = "deny";
  std::vector<std::string> namespaces, exclude_namespaces, kinds, images, exclude_images;
  std::vector<std::pair<std::string, std::string>> rules;  // name and body

  std::string text() const {
    std::string out = "---\napiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata:\n  name: " + name + "\nspec:\n";
    std::string match;
    for (const auto& [key, list] : {std::pair("namespaces", &namespaces),
                                    {"excludeNamespaces", &exclude_namespaces},
                                    {"kinds", &kinds},
                                    {"images", &images},
                                    {"excludeImages", &exclude_images}})
      if (!list->empty()) match += "    " + std::string(key) + ": " + list_text(*list) + "\n";
    if (!match.empty()) out += "  match:\n" + match;
    if (effect != "deny") out += "  defaults:\n    effect: " + effect + "\n";
    out += "  rules:\n";
    for (std::size_t i = 0; i < rules.size(); ++i)
      out += "    - name: " + rules[i].first + (rules.size() > 1 ? "-" + std::to_string(i + 1) : "") + "\n      " +
             rules[i].second + "\n";
    return out;
  }
};

class Importer {
 public:
  explicit Importer(std::string_view file) : file_(file) {}

  void add(const Yaml& document) {
    const auto& kind = at_key(document, "kind").text;
    const auto& group = at_key(document, "apiVersion").text;
    if (kind == "List") {
      for (const auto& item : at_key(document, "items").items) add(item);
      return;
    }
    const std::string name = name_from(at_key(at_key(document, "metadata"), "name").text);
    const Yaml& spec = at_key(document, "spec");
    if ((kind == "ClusterPolicy" || kind == "Policy") && group.starts_with("kyverno.io/"))
      return kyverno(name, document, spec);
    if (kind == "ClusterImagePolicy") return image_policy(name, spec);
    if (kind == "Verifier" || kind == "NamespacedVerifier") return verifier(name, spec);
    note(document, "'" + printable(kind.substr(0, 64)) + "' is of a kind that is not imported");
  }

  ImportedPolicies take() { return std::move(out_); }

 private:
  void note(const Yaml& where, std::string text) {
    out_.notes.push_back(std::string(file_) + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) +
                         ": " + std::move(text));
  }
  // Every member that is not among the names.
  void note_others(const Yaml& map, const std::vector<std::string_view>& names, std::string_view why) {
    for (const auto& member : map.members)
      if (std::find(names.begin(), names.end(), member.key) == names.end())
        note(member.value.line > 1 || member.value.column > 1 ? member.value : map,
             "'" + printable(member.key) + "' does not map" + std::string(why));
  }

  void finish(const Yaml& where, Draft draft) {
    if (draft.rules.empty()) return note(where, "nothing of policy '" + draft.name + "' maps");
    out_.yaml += draft.text();
  }

  // A key by the name of a file that somebody has to make; `key` is what stands for it.
  std::string key_signer(const Yaml& where, const std::string& policy, const Yaml& key) {
    const std::string name = policy + "-key-" + std::to_string(++keys_);
    const bool here = key.text.find("-----BEGIN") != std::string::npos;
    if (here && key.text.find("-----BEGIN", key.text.find("-----BEGIN") + 1) != std::string::npos)
      note(where, "several keys stand in one: save each, and name each as a signer of its own");
    note(where, (here ? "save this key as " : "fetch the public key and save it as ") + name +
                    ".pub, for --key and the server's 'keys'");
    return "{key: " + name + "}";
  }

  // Empty where it cannot be said.
  std::string identity_signer(const Yaml& where, const Yaml& of, std::string_view subject,
                              std::string_view subject_regexp) {
    std::string identity = at_key(of, subject).text, issuer = at_key(of, "issuer").text;
    for (auto& [text, key] :
         {std::pair<std::string&, std::string_view>(identity, subject_regexp), {issuer, "issuerRegExp"}}) {
      const auto& regexp = at_key(of, key);
      if (!text.empty() || !is_there(regexp)) continue;
      const auto pattern = pattern_of_regexp(regexp.text);
      if (!pattern) {
        note(regexp, "the regular expression has no pattern that says it; write identities one by one");
        return {};
      }
      text = *pattern;
    }
    if (issuer.empty() && identity.empty()) {
      note(where, "it does not say who may sign");
      return {};
    }
    if (issuer.empty()) note(where, "no issuer vouches for the identity: name it in place of '*'");
    if (identity.empty()) note(where, "any identity of the issuer may sign: name it in place of '*'");
    return "{identity: " + json_quoted(identity.empty() ? "*" : identity) +
           ", issuer: " + json_quoted(issuer.empty() ? "*" : issuer) + "}";
  }

  static std::string signer_rule(const char* type, const std::vector<std::string>& signers) {
    std::string text = std::string(type) + ": {signers: [";
    for (std::size_t i = 0; i < signers.size(); ++i) text += (i == 0 ? "" : ", ") + signers[i];
    return text + "]}";
  }

  // --- Kyverno ---

  void kyverno(const std::string& name, const Yaml& document, const Yaml& spec) {
    note_others(
        spec, {"rules", "validationFailureAction", "background", "webhookTimeoutSeconds", "failurePolicy", "admission"},
        "");
    const bool own = at_key(document, "kind").text == "Policy";
    for (const auto& rule : at_key(spec, "rules").items) {
      const std::string rule_name = name_from(at_key(rule, "name").text);
      if (!is_there(at_key(rule, "verifyImages"))) {
        note(rule, "rule '" + rule_name + "' verifies no images");
        continue;
      }
      note_others(rule, {"name", "match", "exclude", "verifyImages"}, "");
      std::size_t number = 0;
      for (const auto& images : at_key(rule, "verifyImages").items) {
        Draft draft;
        draft.name = name + "-" + rule_name + (number++ > 0 ? "-" + std::to_string(number) : "");
        if (lower(at_key(spec, "validationFailureAction").text) == "audit") draft.effect = "audit";
        if (own) draft.namespaces = texts_of(at_key(at_key(document, "metadata"), "namespace"));
        kyverno_match(at_key(rule, "match"), draft.kinds, draft.namespaces);
        std::vector<std::string> kinds;
        kyverno_match(at_key(rule, "exclude"), kinds, draft.exclude_namespaces);
        if (!kinds.empty()) {
          note(at_key(rule, "exclude"), "'exclude' of kinds does not map: they are judged too");
          draft.exclude_namespaces.clear();
        }
        verify_images(images, draft);
        finish(images, std::move(draft));
      }
    }
  }

  void kyverno_match(const Yaml& match, std::vector<std::string>& kinds, std::vector<std::string>& namespaces) {
    note_others(match, {"any", "all", "resources"}, "");
    std::vector<const Yaml*> filters;
    if (is_there(at_key(match, "resources"))) filters.push_back(&match);
    for (const auto* key : {"any", "all"})
      for (const auto& filter : at_key(match, key).items) filters.push_back(&filter);
    if (filters.size() > 1) return note(match, "several filters do not map: what they narrow is judged too");
    for (const auto* filter : filters) {
      const Yaml& resources = at_key(*filter, "resources");
      note_others(resources, {"kinds", "namespaces"}, ": what it narrows is judged too");
      kinds = texts_of(at_key(resources, "kinds"));
      for (const auto& one : texts_of(at_key(resources, "namespaces")))
        if (is_name(one, "*"))
          namespaces.push_back(one);
        else
          note(at_key(resources, "namespaces"), "'" + printable(one.substr(0, 100)) + "' is no namespace");
    }
  }

  void verify_images(const Yaml& images, Draft& draft) {
    note_others(images,
                {"imageReferences", "skipImageReferences", "attestors", "attestations", "required", "type",
                 "verifyDigest", "failureAction"},
                "");
    if (const auto action = lower(at_key(images, "failureAction").text); !action.empty())
      draft.effect = action == "audit" ? "audit" : "deny";
    for (const auto* key : {"required", "verifyDigest"})
      if (at_key(images, key).text == "false")
        note(at_key(images, key), "'" + std::string(key) + ": false' does not map: it is asked for");
    draft.images = texts_of(at_key(images, "imageReferences"));
    draft.exclude_images = texts_of(at_key(images, "skipImageReferences"));
    std::erase(draft.images, "*");
    const Yaml& attestations = at_key(images, "attestations");
    if (!is_there(attestations)) return attestors(at_key(images, "attestors"), "requireSignature", draft);
    for (const auto& one : attestations.items) {
      const auto type = lower(at_key(one, "type").text + at_key(one, "predicateType").text);
      if (type.find("cyclonedx") == std::string::npos && type.find("spdx") == std::string::npos) {
        note(one, "an attestation of type '" + printable(type.substr(0, 100)) + "' does not map");
        continue;
      }
      if (is_there(at_key(one, "conditions")))
        note(at_key(one, "conditions"), "'conditions' does not map: say what they ask in rules, or in 'cel'");
      const Yaml& own = at_key(one, "attestors");
      attestors(is_there(own) ? own : at_key(images, "attestors"), "requireSignedSBOM", draft);
    }
  }

  // Every group must have signed; within one all entries, or so many as `count` says.
  void attestors(const Yaml& groups, const char* type, Draft& draft) {
    for (const auto& group : groups.items) {
      std::vector<std::string> signers;
      const auto& entries = at_key(group, "entries").items;
      for (const auto& entry : entries) {
        const Yaml& keyless = at_key(entry, "keyless");
        const Yaml& keys = at_key(entry, "keys");
        std::string signer;
        note_others(entry, {"keyless", "keys"}, ": what it narrows is let through too");
        note_others(keyless, {"subject", "subjectRegExp", "issuer", "issuerRegExp"}, "");
        note_others(keys, {"publicKeys"}, "");
        if (is_there(keyless))
          signer = identity_signer(keyless, keyless, "subject", "subjectRegExp");
        else if (is_there(keys))
          signer = key_signer(keys, draft.name, at_key(keys, "publicKeys"));
        else
          note(entry, "an attestor that is neither keyless nor a key does not map");
        if (!signer.empty()) signers.push_back(std::move(signer));
      }
      const auto& count = at_key(group, "count");
      if (is_there(count) && count.text != "1" && count.text != std::to_string(entries.size()))
        note(count, "so many of several does not map: all are asked for");
      if (signers.empty()) continue;
      if (count.text == "1" || signers.size() == 1) {
        draft.rules.emplace_back("signed", signer_rule(type, signers));
        continue;
      }
      for (const auto& signer : signers) draft.rules.emplace_back("signed", signer_rule(type, {signer}));
    }
  }

  // --- sigstore policy-controller ---

  void image_policy(const std::string& name, const Yaml& spec) {
    note_others(spec, {"images", "authorities", "mode"}, "");
    Draft draft;
    draft.name = name;
    if (at_key(spec, "mode").text == "warn") draft.effect = "warn";
    for (const auto& image : at_key(spec, "images").items)
      if (const auto& glob = at_key(image, "glob"); is_there(glob)) draft.images.push_back(star(glob.text));
    std::erase(draft.images, "*");
    std::vector<std::string> image_signers, bill_signers;  // any of them is enough
    for (const auto& authority : at_key(spec, "authorities").items)
      authority_of(authority, name, image_signers, bill_signers);
    if (!image_signers.empty()) draft.rules.emplace_back("signed", signer_rule("requireSignature", image_signers));
    if (!bill_signers.empty()) draft.rules.emplace_back("signed-sbom", signer_rule("requireSignedSBOM", bill_signers));
    if (!image_signers.empty() && !bill_signers.empty())
      note(spec, "any authority was enough; now a signature and a signed SBOM are asked for");
    finish(spec, std::move(draft));
  }

  void authority_of(const Yaml& authority, const std::string& policy, std::vector<std::string>& image_signers,
                    std::vector<std::string>& bill_signers) {
    note_others(authority, {"name", "keyless", "key", "attestations"}, "");
    std::vector<std::string> signers;
    const Yaml& keyless = at_key(authority, "keyless");
    note_others(keyless, {"identities", "url"}, "");
    for (const auto& identity : at_key(keyless, "identities").items)
      if (auto signer = identity_signer(identity, identity, "subject", "subjectRegExp"); !signer.empty())
        signers.push_back(std::move(signer));
    if (const Yaml& key = at_key(authority, "key"); is_there(key)) {
      note_others(key, {"data", "secretRef", "kms"}, "");
      signers.push_back(key_signer(key, policy, at_key(key, "data")));
    }
    const Yaml& attestations = at_key(authority, "attestations");
    if (!is_there(attestations)) {
      image_signers.insert(image_signers.end(), signers.begin(), signers.end());
      return;
    }
    for (const auto& one : attestations.items) {
      const auto type = lower(at_key(one, "predicateType").text);
      if (is_there(at_key(one, "policy")))
        note(at_key(one, "policy"),
             "the policy of an attestation does not map: say what it asks in rules, or in 'cel'");
      if (type.find("cyclonedx") != std::string::npos || type.find("spdx") != std::string::npos)
        bill_signers.insert(bill_signers.end(), signers.begin(), signers.end());
      else
        note(one, "an attestation of type '" + printable(type.substr(0, 100)) + "' does not map");
    }
  }

  // --- Ratify ---

  void verifier(const std::string& name, const Yaml& spec) {
    const auto type = at_key(spec, is_there(at_key(spec, "type")) ? "type" : "name").text;
    const Yaml& parameters = at_key(spec, "parameters");
    Draft draft;
    draft.name = name;
    if (type.find("sbom") != std::string::npos) {
      note_others(parameters, {"disallowedLicenses", "disallowedPackages"}, "");
      auto licenses = texts_of(at_key(parameters, "disallowedLicenses"));
      std::erase_if(licenses, [&](const std::string& license) {
        if (license.find('*') != std::string::npos || parse_license_set({license})) return false;
        note(parameters, "'" + printable(license.substr(0, 100)) + "' is no SPDX license");
        return true;
      });
      if (!licenses.empty())
        draft.rules.emplace_back("licenses", "denyLicense: {licenses: " + list_text(licenses) + "}");
      for (const auto& package : at_key(parameters, "disallowedPackages").items) disallowed_package(package, draft);
    } else if (type.find("vulnerabilityreport") != std::string::npos) {
      vulnerability_report(parameters, draft);
    } else if (type.find("cosign") != std::string::npos) {
      cosign(parameters, draft);
    } else {
      note(spec, "a verifier of type '" + printable(type.substr(0, 100)) + "' does not map");
    }
    finish(spec, std::move(draft));
  }

  // By the very name and version, as Ratify compares them; of every ecosystem.
  void disallowed_package(const Yaml& package, Draft& draft) {
    const auto &name = at_key(package, "name").text, &version = at_key(package, "version").text;
    note_others(package, {"name", "version"}, "");
    if (name.empty()) return note(package, "a package without a name does not map");
    std::string is_it = "pkg.name == " + json_quoted(name);
    if (!version.empty()) is_it += " && pkg.version == " + json_quoted(version);
    draft.rules.emplace_back("package", "cel: " + json_quoted("!(" + is_it + ")"));
    note(package, "package '" + printable(name.substr(0, 100)) +
                      "' is named without its ecosystem: this very spelling is denied in all of them; denyPackage with "
                      "a purl and a range says more");
  }

  void vulnerability_report(const Yaml& parameters, Draft& draft) {
    note_others(parameters, {"disallowedSeverities", "denylistCVEs"}, "");
    Severity least = Severity::critical;
    const auto words = texts_of(at_key(parameters, "disallowedSeverities"));
    for (const auto& word : words) least = std::min(least, severity_named(word).value_or(least));
    if (!words.empty())
      draft.rules.emplace_back(
          "severity", "denyVulnerabilities: {severity: " + std::string(name_of(std::max(least, Severity::low))) + "}");
    if (words.size() > 1 &&
        words.size() != static_cast<std::size_t>(Severity::critical) - static_cast<std::size_t>(least) + 1)
      note(at_key(parameters, "disallowedSeverities"), "what is more severe is denied too");
    if (const auto ids = texts_of(at_key(parameters, "denylistCVEs")); !ids.empty())
      draft.rules.emplace_back("ids", "denyVulnerabilities: {ids: " + list_text(ids) + "}");
  }

  void cosign(const Yaml& parameters, Draft& draft) {
    note_others(parameters, {"key", "trustPolicies"}, "");
    std::vector<std::string> signers;
    if (const Yaml& key = at_key(parameters, "key"); is_there(key)) signers.push_back(key_signer(key, draft.name, key));
    for (const auto& policy : at_key(parameters, "trustPolicies").items) {
      for (const auto& scope : texts_of(at_key(policy, "scopes"))) draft.images.push_back(star(scope));
      for (const auto& key : at_key(policy, "keys").items) signers.push_back(key_signer(key, draft.name, nothing));
      const Yaml& keyless = at_key(policy, "keyless");
      if (!is_there(keyless)) continue;
      Yaml same = keyless;  // by the names that identity_signer knows
      for (auto& member : same.members) {
        if (member.key == "certificateOIDCIssuer") member.key = "issuer";
        if (member.key == "certificateOIDCIssuerExp") member.key = "issuerRegExp";
      }
      if (auto signer = identity_signer(keyless, same, "certificateIdentity", "certificateIdentityExp");
          !signer.empty())
        signers.push_back(std::move(signer));
    }
    std::erase(draft.images, "*");
    if (!signers.empty()) draft.rules.emplace_back("signed", signer_rule("requireSignature", signers));
  }

  std::string_view file_;
  ImportedPolicies out_;
  std::size_t keys_ = 0;
};

}  // namespace

Result<ImportedPolicies> import_policies(std::string_view yaml, std::string_view file_name) {
  auto documents = parse_yaml(yaml);
  if (!documents) return in_yaml_file(file_name, std::move(documents).error());
  Importer importer(file_name);
  for (const auto& document : *documents) importer.add(document);
  return importer.take();
}

}  // namespace pratique
