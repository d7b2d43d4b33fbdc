// YAML -> PolicyFile. Everything that can be wrong with one document by itself is said here, with its place.
#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "engine/policy/fields.h"
#include "engine/policy/policy.h"

namespace pratique {
namespace {

constexpr std::string_view api_version = "pratique.dev/v1alpha1";

// What every document begins with.
struct Head {
  std::size_t kind = 0;
  std::string name;        // with the namespace in front, where it has one
  std::string name_space;  // of a namespace's own
  const Yaml* spec = nullptr;
};
const std::vector<std::string_view> kind_words = {"Policy", "PolicySet", "Exception"};

Result<Head> read_head(const Yaml& document) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(document, "a policy", {"apiVersion", "kind", "metadata", "spec"}));
  PRATIQUE_TRY(const auto version, fields.text("apiVersion"));
  if (version != api_version) {
    auto error = fields.find("apiVersion")
                     ->error("policies of " + quoted(version) + " are not read", "write " + std::string(api_version));
    error.fault = Fault::unsupported;
    return error;
  }
  Head head;
  PRATIQUE_DO(fields.need("kind"));
  PRATIQUE_TRY(head.kind, fields.choice_or("kind", 0, kind_words));
  PRATIQUE_TRY(const Yaml* metadata, fields.need("metadata"));
  PRATIQUE_TRY(const auto about, YamlFields::of(*metadata, "metadata", {"name", "namespace", "labels", "annotations"}));
  PRATIQUE_TRY(head.name, read_name(about, "."));
  PRATIQUE_TRY(head.name_space, about.text_or("namespace", ""));
  if (!head.name_space.empty()) {
    if (!is_name(head.name_space, ""))
      return about.find("namespace")->error(quoted(head.name_space) + " is no namespace");
    if (kind_words[head.kind] == "PolicySet")
      return about.find("namespace")->error("a set belongs to the cluster", "take 'namespace' away");
    head.name = head.name_space + "/" + head.name;
  }
  PRATIQUE_TRY(head.spec, fields.need("spec"));
  return head;
}

Result<std::vector<Rule>> read_rules(const YamlFields& spec, const RuleDefaults& defaults) {
  PRATIQUE_TRY(const Yaml* list, spec.need("rules"));
  if (list->kind != Yaml::Kind::list || list->items.empty()) return list->error("'rules' is a list of rules");
  std::vector<Rule> rules;
  std::unordered_map<std::string, int> lines;
  for (const auto& item : list->items) {
    PRATIQUE_TRY(auto rule, read_rule(item, defaults));
    const auto [earlier, is_new] = lines.emplace(rule.name, item.line);
    if (!is_new)
      return item.error(
          "a rule named " + quoted(rule.name) + " stands in line " + std::to_string(earlier->second) + " already",
          "name them apart");
    rules.push_back(std::move(rule));
  }
  return rules;
}

Result<RuleDefaults> read_defaults(const YamlFields& spec) {
  RuleDefaults defaults;
  const Yaml* value = spec.find("defaults");
  if (value == nullptr) return defaults;
  PRATIQUE_TRY(const auto fields, YamlFields::of(*value, "defaults", {"effect", "onUnknown"}));
  PRATIQUE_TRY(defaults.effect, read_effect(fields, "effect", Decision::deny));
  if (fields.find("onUnknown") != nullptr) {
    PRATIQUE_TRY(defaults.on_unknown, read_on_unknown(fields, OnUnknown(defaults.effect)));
  }
  return defaults;
}

// A namespace's own document is about that namespace and no other.
Result<Selector> read_selector_of(const Head& head, const YamlFields& spec) {
  const Yaml* match = spec.find("match");
  PRATIQUE_TRY(auto selector, read_selector(match));
  if (head.name_space.empty()) return selector;
  if (!selector.namespaces.empty() || !selector.exclude_namespaces.empty())
    return match->error("a namespace's own is about " + quoted(head.name_space) + " alone",
                        "take 'namespaces' and 'excludeNamespaces' away");
  selector.namespaces = {head.name_space};
  return selector;
}

// A canonical text: equal params, equal text.
void append_text(const JsonTree& tree, std::uint32_t node, std::string& out) {
  const auto& value = tree.nodes[node];
  out += std::to_string(static_cast<int>(value.kind)) + ":";
  if (value.kind == JsonTree::Kind::text) out += json_quoted(value.text);
  if (value.kind == JsonTree::Kind::real) out += std::to_string(value.real);
  if (value.kind == JsonTree::Kind::integer || value.kind == JsonTree::Kind::boolean)
    out += std::to_string(value.integer);
  out += "(";
  for (const auto& child : tree.children_of(node)) {
    out += json_quoted(child.key) + "=";
    append_text(tree, child.node, out);
  }
  out += ")";
}

Result<Policy> read_policy(const Head& head) {
  PRATIQUE_TRY(const auto spec, YamlFields::of(*head.spec, "spec", {"match", "defaults", "params", "rules"}));
  Policy policy;
  policy.name = head.name;
  PRATIQUE_TRY(auto selector, read_selector_of(head, spec));
  policy.selectors.push_back(std::move(selector));
  PRATIQUE_TRY(const auto defaults, read_defaults(spec));
  PRATIQUE_TRY(policy.rules, read_rules(spec, defaults));
  if (const Yaml* params = spec.find("params")) {
    policy.params = std::make_shared<const JsonTree>(json_tree_of(*params));
    append_text(*policy.params, 0, policy.params_text);
  }
  return policy;
}

Result<PolicyGroup> read_group(const Head& head) {
  PRATIQUE_TRY(const auto spec, YamlFields::of(*head.spec, "spec", {"match", "atMost", "policies"}));
  PolicyGroup group;
  group.name = head.name;
  PRATIQUE_TRY(group.selector, read_selector_of(head, spec));
  PRATIQUE_TRY(group.at_most, read_effect(spec, "atMost", Decision::deny));
  PRATIQUE_DO(spec.need("policies"));
  PRATIQUE_TRY(group.members, read_list(spec, "policies"));
  return group;
}

// The first moment at which it excuses nothing more: a day alone is meant with all its hours.
Result<Time> read_expiry(const YamlFields& spec) {
  PRATIQUE_TRY(const auto text, spec.text("expires"));
  const auto time = parse_time(text);
  if (!time) return at(*spec.find("expires"), time.error());
  return text.size() == std::string_view("2026-12-31").size() ? *time + Days{1} : *time;
}

Result<std::vector<DenyPackage>> read_packages(const YamlFields& spec) {
  std::vector<DenyPackage> packages;
  const Yaml* list = spec.find("packages");
  if (list == nullptr) return packages;
  if (list->kind != Yaml::Kind::list || list->items.empty())
    return list->error("'packages' is a list of packages", "write them as {purl: ..., range: ...}");
  for (const auto& item : list->items) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(item, "a package", {"purl", "range"}));
    PRATIQUE_TRY(auto package, read_package(fields));
    packages.push_back(std::move(package));
  }
  return packages;
}

Result<Exception> read_exception(const Head& head) {
  PRATIQUE_TRY(const auto spec, YamlFields::of(*head.spec, "spec",
                                               {"policy", "rules", "match", "vulnerabilities", "packages", "reason",
                                                "approver", "expires"}));
  Exception exception;
  exception.name = head.name;
  PRATIQUE_TRY(exception.policy, spec.text("policy"));
  if (!head.name_space.empty()) exception.policy = head.name_space + "/" + exception.policy;
  PRATIQUE_TRY(exception.rules, read_list(spec, "rules"));
  PRATIQUE_TRY(exception.selector, read_selector_of(head, spec));
  PRATIQUE_TRY(exception.vulnerabilities, read_list(spec, "vulnerabilities"));
  PRATIQUE_TRY(exception.packages, read_packages(spec));
  PRATIQUE_TRY(exception.reason, spec.text("reason"));
  PRATIQUE_TRY(exception.approver, spec.text("approver"));
  PRATIQUE_TRY(exception.expires, read_expiry(spec));
  return exception;
}

template <class T>
Result<void> add(std::vector<T>& list, Result<T> read, const Yaml& document, std::string_view file) {
  if (!read) return std::move(read).error();
  read->file = file;
  read->line = document.line;
  read->column = document.column;
  list.push_back(std::move(*read));
  return {};
}

Result<void> read_document(const Yaml& document, std::string_view name, PolicyFile& file) {
  PRATIQUE_TRY(const auto head, read_head(document));
  if (kind_words[head.kind] == "Policy") return add(file.policies, read_policy(head), document, name);
  if (kind_words[head.kind] == "PolicySet") return add(file.groups, read_group(head), document, name);
  return add(file.exceptions, read_exception(head), document, name);
}

}  // namespace

Result<PolicyFile> read_policy_file(std::string_view yaml, std::string_view file_name) {
  auto documents = parse_yaml(yaml);
  if (!documents) return in_yaml_file(file_name, std::move(documents).error());
  if (documents->empty())
    return Error{Fault::malformed, "holds no policy", {std::string(file_name)}, "see docs/policy.md"};
  PolicyFile file;
  for (const auto& document : *documents)
    if (auto read = read_document(document, file_name, file); !read)
      return in_yaml_file(file_name, std::move(read).error());
  return file;
}

Result<std::vector<Policy>> parse_policies(std::string_view yaml, std::string_view file_name) {
  std::vector<PolicyFile> files(1);
  PRATIQUE_TRY(files.front(), read_policy_file(yaml, file_name));
  return link_policies(std::move(files));
}

}  // namespace pratique
