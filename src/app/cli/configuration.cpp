#include "app/cli/configuration.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "base/text.h"
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

Error fault_at(const std::string& file, const YAML::Mark& mark, std::string text, std::string remedy = {}) {
  std::string place = file;
  if (mark.line >= 0) place += ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  return Error{Fault::usage, std::move(text), {std::move(place)}, std::move(remedy)};
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

Result<std::vector<std::string>> texts_of(const std::string& file, const YAML::Node& node, const Option& option) {
  std::vector<std::string> texts;
  if (node.IsScalar()) {
    texts.push_back(node.Scalar());
  } else if (node.IsSequence() && option.repeat) {
    for (const auto& item : node) {
      if (!item.IsScalar()) return fault_at(file, item.Mark(), "'" + std::string(option.name) + "' takes plain values");
      texts.push_back(item.Scalar());
    }
  } else {
    return fault_at(file, node.Mark(),
                    "'" + std::string(option.name) + "' takes " +
                        (option.repeat ? "a value or a list of values" : "one plain value"));
  }
  if (option.value.empty() && texts.front() != "true" && texts.front() != "false")
    return fault_at(file, node.Mark(),
                    "'" + std::string(option.name) + "' is true or false, not '" + texts.front() + "'");
  return texts;
}

Error unknown_key(const std::string& file, const YAML::Node& key, const std::vector<Option>* of_command) {
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
  const auto near = nearest(key.Scalar(), names);
  return fault_at(
      file, key.Mark(), "unknown key '" + key.Scalar() + "'",
      near.empty() ? "see 'pratique --help' for the options there are" : "did you mean '" + std::string(near) + "'?");
}

Result<void> apply(const std::string& file, const YAML::Node& map, const Command& command,
                   const std::vector<Option>* section, Invocation& invocation) {
  for (const auto& entry : map) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
    const Command* named = nullptr;
    if (section == nullptr)
      for (const auto& candidate : commands())
        if (candidate.name == key) named = &candidate;
    if (named != nullptr && entry.second.IsMap()) {
      if (named == &command) PRATIQUE_DO(apply(file, entry.second, command, &named->options, invocation));
      continue;
    }
    const Option* option = section != nullptr ? find_option(*section, key) : find_anywhere(key);
    if (option == nullptr && section != nullptr) option = find_option(global_options(), key);
    if (option == nullptr) return unknown_key(file, entry.first, section);
    PRATIQUE_TRY(auto texts, texts_of(file, entry.second, *option));
    const bool applies = find_option(command.options, key) != nullptr || find_option(global_options(), key) != nullptr;
    const bool own_section = section != nullptr;
    if (!applies || invocation.origin(key) == Origin::flag || invocation.origin(key) == Origin::environment) continue;
    if (!own_section && invocation.origin(key) == Origin::configuration) continue;
    invocation.values[key] = {std::move(texts), Origin::configuration};
  }
  return {};
}

}  // namespace

Result<void> apply_configuration(const Command& command, const Environment& environment, Invocation& invocation) {
  const std::string file = find_configuration(environment, invocation);
  // `serve` reads its own document from --config; only there does the name mean something else.
  if (file.empty() || command.name == "serve") return {};
  auto text = read_file(file, configuration_limit);
  if (!text) return std::move(text).error();
  invocation.configuration_file = file;
  try {
    const YAML::Node document = YAML::Load(std::string(text->view()));
    if (document.IsNull()) return {};
    if (!document.IsMap()) return fault_at(file, document.Mark(), "a map of option names is expected");
    return apply(file, document, command, nullptr, invocation);
  } catch (const YAML::Exception& error) {
    return fault_at(file, error.mark, "not YAML: " + error.msg);
  }
}

}  // namespace pratique
