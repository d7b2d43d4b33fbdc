#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <list>

#include "app/cli/command.h"
#include "app/cli/configuration.h"
#include "base/text.h"

namespace pratique {
namespace {

std::string environment_name(std::string_view option) {
  std::string name = "PRATIQUE_";
  for (const char c : option) name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

std::vector<const Option*> options_of(const Command& command) {
  std::vector<const Option*> all;
  for (const auto& option : command.options) all.push_back(&option);
  for (const auto& option : global_options()) all.push_back(&option);
  return all;
}

Error usage(const Command& command, std::string text) {
  return Error{Fault::usage, std::move(text), {}, "see 'pratique " + std::string(command.name) + " --help'"};
}

// Of the last "--NAME" or "--NAME=VALUE".
std::vector<std::string> optional_value(const Option& option, const std::vector<std::string>& words) {
  const std::string name = "--" + std::string(option.name);
  std::string text;
  for (const auto& word : words) {
    if (word == name) text = option.implied;
    if (word.starts_with(name + "=")) text = word.substr(name.size() + 1);
  }
  return {text};
}

// A word too many, straight behind an option that was given without its value, is that value.
void take_values_behind(const Command& command, const std::vector<std::string>& words, Invocation& invocation) {
  const bool many = !command.arguments.empty() && command.arguments.back().many;
  for (const auto& option : command.options) {
    if (option.implied.empty() || many || invocation.arguments.size() <= command.arguments.size()) continue;
    const auto at = std::find(words.begin(), words.end(), "--" + std::string(option.name));
    if (at == words.end() || at + 1 == words.end()) continue;
    const auto argument = std::find(invocation.arguments.begin(), invocation.arguments.end(), *(at + 1));
    if (argument == invocation.arguments.end()) continue;
    invocation.values[std::string(option.name)] = {{*argument}, Origin::flag};
    invocation.arguments.erase(argument);
  }
}

// What a flag says, by name. CLI11 does the words; everything it can get wrong is told in our words.
Result<Invocation> parse_words(const Command& command, const std::vector<std::string>& words) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  struct Slot {
    const Option* option;
    CLI::Option* parsed;
    std::vector<std::string> texts;
  };
  std::list<Slot> slots;
  for (const Option* option : options_of(command)) {
    auto& slot = slots.emplace_back(Slot{option, nullptr, {}});
    std::string names = "--" + std::string(option->name);
    if (option->letter != 0) names = "-" + std::string(1, option->letter) + "," + names;
    if (option->value.empty() || !option->implied.empty()) {
      slot.parsed = app.add_flag(names);
    } else {
      slot.parsed = app.add_option(names, slot.texts)->type_size(1)->allow_extra_args(false);
      slot.parsed->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
  Invocation invocation;
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return usage(command, error.what());
  }
  for (const auto& word : app.remaining()) {
    if (word.size() > 1 && word[0] == '-' && word != "-") {
      std::vector<std::string_view> names;
      for (const auto* option : options_of(command)) names.push_back(option->name);
      const auto near = nearest(word.substr(std::min<std::size_t>(2, word.size())), names);
      return usage(command,
                   "unknown option " + word + (near.empty() ? "" : "; did you mean --" + std::string(near) + "?"));
    }
    if (word != "--") invocation.arguments.push_back(word);
  }
  for (const auto& slot : slots) {
    if (slot.parsed->count() == 0) continue;
    if (!slot.option->value.empty() && !slot.option->repeat && slot.texts.size() > 1)
      return usage(command,
                   "--" + std::string(slot.option->name) + " is given " + std::to_string(slot.texts.size()) + " times");
    invocation.values[std::string(slot.option->name)] = {slot.option->value.empty() ? std::vector<std::string>{"true"}
                                                         : !slot.option->implied.empty()
                                                             ? optional_value(*slot.option, words)
                                                             : slot.texts,
                                                         Origin::flag};
  }
  take_values_behind(command, words, invocation);
  return invocation;
}

Result<void> check_arguments(const Command& command, const Invocation& invocation) {
  std::size_t least = 0;
  bool many = false;
  for (const auto& argument : command.arguments) {
    least += argument.optional ? 0 : 1;
    many = many || argument.many;
  }
  if (invocation.arguments.size() < least)
    return usage(command, std::string(command.arguments[invocation.arguments.size()].name) + " is missing");
  if (!many && invocation.arguments.size() > command.arguments.size())
    return usage(command, "'" + invocation.arguments[command.arguments.size()] + "' is one argument too many");
  return {};
}

Result<void> check_choices(const Command& command, const Invocation& invocation) {
  for (const auto* option : options_of(command)) {
    if (option->choices.empty()) continue;
    for (const auto& text : invocation.all(option->name)) {
      const std::string word = text.substr(0, text.find('='));
      bool known = false;
      std::string list;
      for (const auto choice : option->choices) {
        known = known || word == choice;
        list.append(list.empty() ? "" : ", ").append(choice);
      }
      if (!known)
        return usage(command, "--" + std::string(option->name) + " is one of " + list + ", not '" + text + "'");
    }
  }
  return {};
}

// "~/x" from a default, the environment or the configuration: the shell has not expanded it.
void expand_home(const Environment& environment, Invocation& invocation) {
  const char* home = environment("HOME");
  for (auto& [name, value] : invocation.values)
    for (auto& text : value.texts)
      if (text.starts_with("~/")) text.replace(0, 1, home != nullptr && *home != '\0' ? home : "/var/lib/pratique");
}

}  // namespace

std::string_view name_of(Origin origin) {
  switch (origin) {
    case Origin::flag: return "flag";
    case Origin::environment: return "environment";
    case Origin::configuration: return "configuration";
    case Origin::fallback: break;
  }
  return "default";
}

bool Invocation::flag(std::string_view option) const {
  const auto found = values.find(option);
  return found != values.end() && !found->second.texts.empty() && found->second.texts.back() == "true";
}

std::string Invocation::text(std::string_view option) const {
  const auto found = values.find(option);
  return found == values.end() || found->second.texts.empty() ? std::string() : found->second.texts.back();
}

std::vector<std::string> Invocation::all(std::string_view option) const {
  const auto found = values.find(option);
  return found == values.end() ? std::vector<std::string>{} : found->second.texts;
}

Origin Invocation::origin(std::string_view option) const {
  const auto found = values.find(option);
  return found == values.end() ? Origin::fallback : found->second.origin;
}

bool Invocation::given(std::string_view option) const { return origin(option) != Origin::fallback; }

Result<Invocation> parse_invocation(const Command& command, const std::vector<std::string>& words,
                                    const Environment& environment) {
  PRATIQUE_TRY(Invocation invocation, parse_words(command, words));
  for (const auto* option : options_of(command)) {
    if (invocation.given(option->name)) continue;
    const std::string name = environment_name(option->name);
    const char* const value = environment(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    if (option->value.empty() && std::string_view(value) != "true" && std::string_view(value) != "false" &&
        std::string_view(value) != "1" && std::string_view(value) != "0")
      return Error{
          Fault::usage, "'" + std::string(value) + "' is neither true nor false", {name}, "set it to true or false"};
    const std::string text = option->value.empty() ? (value[0] == 't' || value[0] == '1' ? "true" : "false") : value;
    invocation.values[std::string(option->name)] = {{text}, Origin::environment};
  }
  PRATIQUE_DO(apply_configuration(command, environment, invocation));
  for (const auto* option : options_of(command))
    if (!invocation.values.contains(option->name) && !option->fallback.empty())
      invocation.values[std::string(option->name)] = {{std::string(option->fallback)}, Origin::fallback};
  expand_home(environment, invocation);
  PRATIQUE_DO(check_arguments(command, invocation));
  PRATIQUE_DO(check_choices(command, invocation));
  return invocation;
}

}  // namespace pratique
