// Reading the fields of a policy document. Private to policy/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"
#include "engine/policy/rule.h"

namespace pratique {

std::string quoted(std::string_view text);
// An error about a field, found while reading its text.
Error at(const Yaml& value, const Error& error);

// A name as Kubernetes has them; `also` is what may be in it besides.
bool is_name(std::string_view text, std::string_view also);
Result<std::string> read_name(const YamlFields& fields, std::string_view also);

Result<Decision> read_decision(const YamlFields& fields, std::string_view key, Decision fallback);  // all four
Result<Decision> read_effect(const YamlFields& fields, std::string_view key, Decision fallback);    // no `allow`
Result<OnUnknown> read_on_unknown(const YamlFields& fields, const OnUnknown& fallback);
Result<Days> read_days(const YamlFields& fields, std::string_view key);  // "14d", "2w"; nothing when absent
Result<double> read_real(const YamlFields& fields, std::string_view key, double most);
Result<std::vector<std::string>> read_list(const YamlFields& fields, std::string_view key);  // not empty when there
Result<DenyPackage> read_package(const YamlFields& fields);                                  // purl, range
Result<Selector> read_selector(const Yaml* value);                                           // null: everything

// What a policy says for those of its rules that are silent.
struct RuleDefaults {
  Decision effect = Decision::deny;
  std::optional<OnUnknown> on_unknown;  // absent: the rule's effect
};
Result<Rule> read_rule(const Yaml& value, const RuleDefaults& defaults);

}  // namespace pratique
