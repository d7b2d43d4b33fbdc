#include "flow/suppress.h"

#include <algorithm>
#include <iterator>

#include "base/digest.h"
#include "base/yaml.h"
#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

Result<IgnoreRule> read_rule(const Yaml& value, const std::string& path) {
  PRATIQUE_TRY(const auto fields, YamlFields::of(value, "a rule", {"id", "package", "reason", "author", "expires"}));
  IgnoreRule rule;
  PRATIQUE_TRY(rule.id, fields.text("id"));
  PRATIQUE_TRY(rule.reason, fields.text("reason"));
  PRATIQUE_TRY(rule.author, fields.text_or("author", ""));
  PRATIQUE_TRY(const auto expires, fields.text("expires"));
  auto time = parse_time(expires);
  if (!time) return fields.find("expires")->error("'" + expires + "' is no date", "write it as 2026-12-31");
  // Of a date the day itself still counts.
  constexpr std::size_t date_alone = 10;
  rule.expires = expires.size() == date_alone ? *time + std::chrono::hours(24) : *time;
  if (const Yaml* const package = fields.find("package")) {
    auto purl = parse_purl(package->text);
    if (!purl) return package->error("'" + package->text + "' is no package URL: " + purl.error().text);
    rule.package = std::move(*purl);
  }
  rule.place = path + ":" + std::to_string(value.line);
  return rule;
}

Result<std::vector<IgnoreRule>> read_rules(std::string_view text, const std::string& path) {
  PRATIQUE_TRY(const auto documents, parse_yaml(text));
  std::vector<IgnoreRule> rules;
  for (const auto& document : documents) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(document, "an ignore file", {"ignore"}));
    PRATIQUE_TRY(const Yaml* const list, fields.need("ignore"));
    if (list->kind != Yaml::Kind::list) return list->error("'ignore' is no list of rules");
    for (const auto& item : list->items) {
      PRATIQUE_TRY(auto rule, read_rule(item, path));
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

}  // namespace

Result<VexDocuments> load_vex(const std::vector<std::string>& paths) {
  VexDocuments documents;
  std::string digests;
  PRATIQUE_TRY(const auto files, list_files(paths));
  for (const auto& file : files) {
    const Limits limits;
    PRATIQUE_TRY(Bytes bytes, read_file(file, limits.bytes));
    digests += sha256_of(bytes.view()).text();
    auto list = read_vex(std::move(bytes), limits);
    if (!list) return std::move(list).error().in(file);
    for (auto& part : list->rejected) documents.rejected.push_back({file + ": " + part.place, std::move(part.reason)});
    std::move(list->statements.begin(), list->statements.end(), std::back_inserter(documents.statements));
  }
  documents.statements = latest_statements(std::move(documents.statements));
  if (!digests.empty()) documents.generation = sha256_of(digests).text();
  return documents;
}

Result<std::vector<IgnoreRule>> load_ignore_rules(const std::string& path) {
  PRATIQUE_TRY(const Bytes bytes, read_file(path, yaml_limits.bytes));
  auto rules = read_rules(bytes.view(), path);
  if (!rules) return in_yaml_file(path, std::move(rules).error());
  return rules;
}

}  // namespace pratique
