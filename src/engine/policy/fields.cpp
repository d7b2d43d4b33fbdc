#include "engine/policy/fields.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "engine/policy/selector.h"
#include "engine/version/version.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::size_t longest_name = 253;
const std::vector<std::string_view> decision_words = {"allow", "audit", "warn", "deny"};  // in the order of Decision
const std::vector<std::string_view> effect_words = {"audit", "warn", "deny"};

constexpr std::pair<std::string_view, Gap> gaps[] = {{"notPinned", Gap::not_pinned}, {"noSBOM", Gap::no_bill},
                                                     {"absent", Gap::absent},        {"unavailable", Gap::unavailable},
                                                     {"unjudged", Gap::unjudged},    {"error", Gap::error}};

// The range that is spoken of: its own, or the one version that the purl has.
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

Result<std::vector<std::string>> read_namespaces(const YamlFields& match, std::string_view key) {
  PRATIQUE_TRY(auto names, read_list(match, key));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!is_name(names[i], "*"))
      return match.find(key)->items[i].error(quoted(names[i]) + " is no namespace", "use a name, or '*' in one");
  return names;
}

Result<std::vector<std::pair<std::string, std::string>>> read_labels(const YamlFields& match, std::string_view key,
                                                                     const char* whose) {
  std::vector<std::pair<std::string, std::string>> labels;
  const Yaml* value = match.find(key);
  if (value == nullptr) return labels;
  if (value->kind != Yaml::Kind::map || value->members.empty())
    return value->error(quoted(key) + " is a map of labels that the " + whose + " must have");
  for (const auto& member : value->members) {
    if (member.value.kind != Yaml::Kind::text)
      return member.value.error("the value of a label is a text", "write '*' for any value");
    labels.emplace_back(member.key, member.value.text);
  }
  return labels;
}

Result<std::vector<std::string>> read_images(const YamlFields& match, std::string_view key) {
  PRATIQUE_TRY(auto images, read_list(match, key));
  for (auto& image : images) image = image_pattern(image);
  return images;
}

Result<std::vector<std::string>> read_operations(const YamlFields& match) {
  PRATIQUE_TRY(auto operations, read_list(match, "operations"));
  for (std::size_t i = 0; i < operations.size(); ++i)
    if (operations[i] != "CREATE" && operations[i] != "UPDATE")
      return match.find("operations")
          ->items[i]
          .error(quoted(operations[i]) + " brings no image", "policies are asked on CREATE and UPDATE");
  return operations;
}

}  // namespace

std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 128)) + "'"; }

Error at(const Yaml& value, const Error& error) {
  Error out = value.error(error.place.empty() ? error.text : error.place.front() + ": " + error.text, error.remedy);
  out.fault = error.fault;
  return out;
}

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

Result<Decision> read_decision(const YamlFields& fields, std::string_view key, Decision fallback) {
  PRATIQUE_TRY(const auto word, fields.choice_or(key, static_cast<std::size_t>(fallback), decision_words));
  return static_cast<Decision>(word);
}

Result<Decision> read_effect(const YamlFields& fields, std::string_view key, Decision fallback) {
  PRATIQUE_TRY(const auto word, fields.choice_or(key, static_cast<std::size_t>(fallback) - 1, effect_words));
  return static_cast<Decision>(word + 1);
}

// One word for all gaps, or a word for each.
Result<OnUnknown> read_on_unknown(const YamlFields& rule, const OnUnknown& fallback) {
  const Yaml* value = rule.find("onUnknown");
  if (value == nullptr) return fallback;
  if (value->kind != Yaml::Kind::map) {
    PRATIQUE_TRY(const auto all, read_decision(rule, "onUnknown", Decision::deny));
    return OnUnknown(all);
  }
  std::vector<std::string_view> keys;
  for (const auto& [key, gap] : gaps) keys.push_back(key);
  PRATIQUE_TRY(const auto fields, YamlFields::of(*value, "onUnknown", keys));
  OnUnknown chosen = fallback;
  for (const auto& [key, gap] : gaps) {
    PRATIQUE_TRY(chosen.by_gap[static_cast<std::size_t>(gap)], read_decision(fields, key, fallback[gap]));
  }
  return chosen;
}

Result<Days> read_days(const YamlFields& fields, std::string_view key) {
  const Yaml* value = fields.find(key);
  if (value == nullptr) return Days{0};
  const std::string_view text = value->text;
  const auto number =
      value->kind == Yaml::Kind::text && !text.empty() ? parse_unsigned(text.substr(0, text.size() - 1)) : std::nullopt;
  constexpr std::uint64_t most = 36'500;
  if (number && *number <= most && text.back() == 'd') return Days{*number};
  if (number && *number <= most / 7 && text.back() == 'w') return Days{*number * 7};
  return value->error(quoted(key) + " is a number of days or weeks", "write it as 14d or 2w");
}

Result<double> read_real(const YamlFields& fields, std::string_view key, double most) {
  const Yaml* value = fields.find(key);
  if (value == nullptr) return 0.0;
  double number = 0;
  const char* end = value->text.data() + value->text.size();
  const auto [at, problem] = std::from_chars(value->text.data(), end, number, std::chars_format::fixed);
  if (value->kind == Yaml::Kind::text && problem == std::errc() && at == end && number > 0 && number <= most)
    return number;
  return value->error(quoted(key) + " is a number above 0, at most " + std::to_string(static_cast<int>(most)));
}

Result<std::vector<std::string>> read_list(const YamlFields& fields, std::string_view key) {
  PRATIQUE_TRY(auto list, fields.texts(key));
  if (const Yaml* value = fields.find(key); value != nullptr && list.empty())
    return value->error("an empty list matches nothing",
                        "fill it, or leave " + quoted(key) + " out to match everything");
  return list;
}

Result<DenyPackage> read_package(const YamlFields& fields) {
  PRATIQUE_TRY(const auto text, fields.text("purl"));
  const Yaml& value = *fields.find("purl");
  const auto purl = parse_purl(text);
  if (!purl) return at(value, purl.error());
  if (!purl->qualifiers.empty() || !purl->subpath.empty())
    return value.error("a rule speaks of a package, whatever its qualifiers and subpath",
                       "write it as " + quoted(purl->package()));
  PRATIQUE_TRY(auto range, read_range(fields, *purl));
  return DenyPackage{purl->package(), lower(purl->name), std::move(range)};
}

Result<Selector> read_selector(const Yaml* value) {
  Selector selector;
  if (value == nullptr) return selector;
  PRATIQUE_TRY(const auto match, YamlFields::of(*value, "match",
                                                {"namespaces", "excludeNamespaces", "namespaceLabels", "kinds",
                                                 "operations", "labels", "images", "excludeImages"}));
  PRATIQUE_TRY(selector.namespaces, read_namespaces(match, "namespaces"));
  PRATIQUE_TRY(selector.exclude_namespaces, read_namespaces(match, "excludeNamespaces"));
  PRATIQUE_TRY(selector.kinds, read_list(match, "kinds"));
  PRATIQUE_TRY(selector.operations, read_operations(match));
  PRATIQUE_TRY(selector.namespace_labels, read_labels(match, "namespaceLabels", "namespace"));
  PRATIQUE_TRY(selector.labels, read_labels(match, "labels", "object"));
  PRATIQUE_TRY(selector.images, read_images(match, "images"));
  PRATIQUE_TRY(selector.exclude_images, read_images(match, "excludeImages"));
  for (const auto& name : selector.exclude_namespaces)
    if (name == "*" ||
        std::find(selector.namespaces.begin(), selector.namespaces.end(), name) != selector.namespaces.end())
      return match.find("excludeNamespaces")->error("the policy excludes what it matches: " + quoted(name));
  return selector;
}

}  // namespace pratique
