#include "app/cli/configuration.h"

#include <filesystem>

#include "base/text.h"
#include "base/yaml.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t configuration_limit = 1 << 20;

std::string find_configuration(const Environment& environment, const Invocation& invocation) {
  if (invocation.given("config")) return invocation.text("config");
  std::vector<std::string> places = {"./.pratique.yaml"};
  if (const char* xdg = environment("XDG_CONFIG_HOME"); xdg != nullptr && *xdg != '\0')
    places.push_back(std::string(xdg) + "/pratique/config.yaml");
  else if (const char* home = environment("HOME"); home != nullptr && *home != '\0')
    places.push_back(std::string(home) + "/.config/pratique/config.yaml");
  places.push_back("/etc/pratique/config.yaml");
  for (const auto& place : places) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(place, ignored)) return place;
  }
  return {};
}

const Option* find_option(const std::vector<Option>& options, std::string_view name) {
  for (const auto& option : options)
    if (option.name == name) return &option;
  return nullptr;
}

// An option of any command at all: a key at the top must at least be that.
const Option* find_anywhere(std::string_view name) {
  if (const auto* option = find_option(global_options(), name)) return option;
  for (const auto& command : commands())
    if (const auto* option = find_option(command.options, name)) return option;
  return nullptr;
}

Result<std::vector<std::string>> texts_of(const Yaml& value, const Option& option) {
  const std::string name = "'" + std::string(option.name) + "'";
  std::vector<std::string> texts;
  if (value.kind == Yaml::Kind::text) {
    texts.push_back(value.text);
  } else if (value.kind == Yaml::Kind::list && option.repeat) {
    for (const auto& item : value.items) {
      if (item.kind != Yaml::Kind::text) return item.error(name + " takes plain values");
      texts.push_back(item.text);
    }
  } else {
    return value.error(name + " takes " + (option.repeat ? "a value or a list of values" : "one plain value"));
  }
  if (option.value.empty() && texts.front() != "true" && texts.front() != "false")
    return value.error(name + " is true or false, not '" + texts.front() + "'");
  return texts;
}

Error unknown_key(const YamlMember& member, const std::vector<Option>* of_command) {
  std::vector<std::string_view> names;
  if (of_command != nullptr) {
    for (const auto& option : *of_command) names.push_back(option.name);
  } else {
    for (const auto& command : commands()) {
      names.push_back(command.name);
      for (const auto& option : command.options) names.push_back(option.name);
    }
  }
  for (const auto& option : global_options()) names.push_back(option.name);
  const auto near = nearest(member.key, names);
  return Yaml{.line = member.line, .column = member.column}.error(
      "unknown key '" + member.key + "'",
      near.empty() ? "see 'pratique --help' for the options there are" : "did you mean '" + std::string(near) + "'?");
}

Result<void> apply(const Yaml& map, const Command& command, const std::vector<Option>* section,
                   Invocation& invocation) {
  for (const auto& member : map.members) {
    const std::string& key = member.key;
    const Command* named = nullptr;
    if (section == nullptr)
      for (const auto& candidate : commands())
        if (candidate.name == key) named = &candidate;
    if (named != nullptr && member.value.kind == Yaml::Kind::map) {
      if (named == &command) PRATIQUE_DO(apply(member.value, command, &named->options, invocation));
      continue;
    }
    const Option* option = section != nullptr ? find_option(*section, key) : find_anywhere(key);
    if (option == nullptr && section != nullptr) option = find_option(global_options(), key);
    if (option == nullptr) return unknown_key(member, section);
    PRATIQUE_TRY(auto texts, texts_of(member.value, *option));
    const bool applies = find_option(command.options, key) != nullptr || find_option(global_options(), key) != nullptr;
    const bool own_section = section != nullptr;
    if (!applies || invocation.origin(key) == Origin::flag || invocation.origin(key) == Origin::environment) continue;
    if (!own_section && invocation.origin(key) == Origin::configuration) continue;
    invocation.values[key] = {std::move(texts), Origin::configuration};
  }
  return {};
}

Result<void> apply_text(std::string_view text, const Command& command, Invocation& invocation) {
  PRATIQUE_TRY(const auto documents, parse_yaml(text, {.bytes = configuration_limit, .depth = 4}));
  if (documents.empty()) return {};
  if (documents.size() > 1) return documents[1].error("one document is expected");
  if (documents[0].kind != Yaml::Kind::map) return documents[0].error("a map of option names is expected");
  return apply(documents[0], command, nullptr, invocation);
}

}  // namespace

Result<void> apply_configuration(const Command& command, const Environment& environment, Invocation& invocation) {
  const std::string file = find_configuration(environment, invocation);
  // `serve` reads its own document from --config; only there does the name mean something else.
  if (file.empty() || command.name == "serve") return {};
  PRATIQUE_TRY(const Bytes text, read_file(file, configuration_limit));
  invocation.configuration_file = file;
  auto applied = apply_text(text.view(), command, invocation);
  if (applied) return {};
  Error error = in_yaml_file(file, std::move(applied).error());
  error.fault = Fault::usage;
  return error;
}

}  // namespace pratique
