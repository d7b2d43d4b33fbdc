#include <algorithm>

#include "app/cli/command.h"
#include "app/render/table.h"
#include "base/text.h"

namespace pratique {
namespace {

std::string usage_line(const Command& command) {
  std::string line = "pratique " + std::string(command.name);
  if (!command.options.empty()) line += " [OPTION...]";
  for (const auto& argument : command.arguments) {
    std::string word(argument.name);
    if (argument.many) word += "...";
    line += argument.optional ? " [" + word + "]" : " " + word;
  }
  return line;
}

std::string spelled(const Option& option) {
  std::string text = option.letter != 0 ? "-" + std::string(1, option.letter) + ", " : "    ";
  text += "--" + std::string(option.name);
  if (!option.value.empty())
    text.append(!option.implied.empty() ? "[=" : " ").append(option.value).append(!option.implied.empty() ? "]" : "");
  return text;
}

std::string explained(const Option& option) {
  std::string text(option.help);
  if (!option.choices.empty()) {
    text += " (";
    for (std::size_t i = 0; i < option.choices.size(); ++i) text.append(i == 0 ? "" : ", ").append(option.choices[i]);
    text += ")";
  }
  if (!option.fallback.empty()) text += "; default " + std::string(option.fallback);
  if (option.repeat) text += "; may be repeated";
  return text;
}

void list_options(std::string& out, std::string_view title, const std::vector<Option>& options) {
  if (options.empty()) return;
  out.append("\n").append(title).append(":\n");
  Table table{{"", ""}, {}};
  for (const auto& option : options) table.rows.push_back({"  " + spelled(option), explained(option)});
  out += render_table(table, {.headers = false});
}

const std::vector<std::pair<std::string_view, std::string_view>>& exit_codes() {
  static const std::vector<std::pair<std::string_view, std::string_view>> codes = {
      {"0", "answered, and within the gate if one was set"},
      {"1", "a gate tripped: --fail-on, denied"},
      {"2", "usage or configuration"},
      {"3", "a gate was set, did not trip, and something was unknown or failed (--allow-unknown makes it 0)"},
      {"4", "target or package not found"},
      {"5", "database, store, server or kernel interface unreachable, or timed out"},
      {"6", "not permitted"},
      {"7", "input malformed or over a limit"},
      {"130", "interrupted"},
      {"141", "whoever read standard output did not want the rest (\"| head\")"},
  };
  return codes;
}

std::string words_of_commands(std::string_view separator) {
  std::string words;
  for (const auto& command : commands()) {
    const auto word = command.name.substr(0, command.name.find(' '));
    const std::string item = std::string(separator) + std::string(word);
    if (words.find(item + std::string(separator)) == std::string::npos && !words.ends_with(item)) words += item;
  }
  return words.substr(std::min(words.size(), separator.size()));
}

// Backslashes, dots at the start of a line and dashes mean something to roff.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-' || c == '\\') out += '\\';
    out += c;
  }
  return out.starts_with('.') ? "\\&" + out : out;
}

}  // namespace

std::string render_overview() {
  std::string out =
      "pratique: a clean bill of health for what runs in Kubernetes\n\n"
      "Usage: pratique COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n";
  Table table{{"", ""}, {}};
  for (const auto& command : commands()) table.rows.push_back({"  " + std::string(command.name), command.summary});
  out += render_table(table, {.headers = false});
  list_options(out, "Options of every command", global_options());
  out += "\nExit codes:\n";
  Table codes{{"", ""}, {}};
  for (const auto& [code, meaning] : exit_codes()) codes.rows.push_back({"  " + std::string(code), meaning});
  out += render_table(codes, {.headers = false});
  out +=
      "\nA value comes from the flag, else from PRATIQUE_<OPTION>, else from --config or the first of "
      "./.pratique.yaml,\n"
      "$XDG_CONFIG_HOME/pratique/config.yaml and /etc/pratique/config.yaml, else it is the default.\n"
      "'pratique COMMAND --help' tells more about one command.\n";
  return out;
}

std::string render_group(std::string_view word) {
  Table table{{"", ""}, {}};
  for (const auto& command : commands())
    if (command.name.starts_with(std::string(word) + " "))
      table.rows.push_back({"  " + std::string(command.name), command.summary});
  if (table.rows.empty()) return {};
  return "Commands:\n" + render_table(table, {.headers = false}) + "\n'pratique " + std::string(word) +
         " COMMAND --help' tells more about one of them.\n";
}

std::string render_help(const Command& command) {
  std::string out = "pratique " + std::string(command.name) + ": " + std::string(command.summary) +
                    "\n\nUsage: " + usage_line(command) + "\n";
  if (!command.detail.empty()) out += "\n" + std::string(command.detail) + "\n";
  if (!command.arguments.empty()) {
    out += "\nArguments:\n";
    Table table{{"", ""}, {}};
    for (const auto& argument : command.arguments)
      table.rows.push_back({"  " + std::string(argument.name), argument.help});
    out += render_table(table, {.headers = false});
  }
  list_options(out, "Options", command.options);
  list_options(out, "Options of every command", global_options());
  if (!command.examples.empty()) {
    out += "\nExamples:\n";
    for (const auto example : command.examples) out += "  " + std::string(example) + "\n";
  }
  if (const std::string group = render_group(command.name); !group.empty()) out += "\n" + group;
  return out;
}

std::string render_reference() {
  std::string out =
      "# The command line\n\nMade by `pratique docs markdown` from the table that also parses; do not edit by hand.\n"
      "\n## Options of every command\n\n| Option | Environment | Meaning |\n|---|---|---|\n";
  const auto row = [&](const Option& option) {
    std::string name = "PRATIQUE_";
    for (const char c : option.name) name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    out += "| `" + std::string(trim(spelled(option))) + "` | `" + name + "` | " + explained(option) + " |\n";
  };
  for (const auto& option : global_options()) row(option);
  out += "\n## Exit codes\n\n| Code | Meaning |\n|---|---|\n";
  for (const auto& [code, meaning] : exit_codes())
    out += "| " + std::string(code) + " | " + std::string(meaning) + " |\n";
  out += "\nSeveral apply: the first of 2, 6, 5, 7, 4, 1, 3.\n";
  for (const auto& command : commands()) {
    out += "\n## " + std::string(command.name) + "\n\n" + std::string(command.summary) + ".\n\n    " +
           usage_line(command) + "\n";
    if (!command.detail.empty()) out += "\n" + std::string(command.detail) + "\n";
    if (!command.arguments.empty()) {
      out += "\n";
      for (const auto& argument : command.arguments)
        out += "- `" + std::string(argument.name) + "`: " + std::string(argument.help) + "\n";
    }
    if (!command.options.empty()) {
      out += "\n| Option | Environment | Meaning |\n|---|---|---|\n";
      for (const auto& option : command.options) row(option);
    }
    if (!command.examples.empty()) {
      out += "\n";
      for (const auto example : command.examples) out += "    " + std::string(example) + "\n";
    }
  }
  return out;
}

std::string render_manual() {
  std::string out =
      ".TH PRATIQUE 1\n.SH NAME\npratique \\- a clean bill of health for what runs in Kubernetes\n"
      ".SH SYNOPSIS\n.B pratique\nCOMMAND [OPTION...] [ARGUMENT...]\n.SH COMMANDS\n";
  for (const auto& command : commands()) {
    out += ".SS " + roff(usage_line(command)) + "\n" + roff(command.summary) + ".\n";
    if (!command.detail.empty()) out += ".PP\n" + roff(command.detail) + "\n";
    for (const auto& option : command.options)
      out += ".TP\n.B " + roff(trim(spelled(option))) + "\n" + roff(explained(option)) + "\n";
  }
  out += ".SH OPTIONS OF EVERY COMMAND\n";
  for (const auto& option : global_options())
    out += ".TP\n.B " + roff(trim(spelled(option))) + "\n" + roff(explained(option)) + "\n";
  out += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : exit_codes()) out += ".TP\n.B " + std::string(code) + "\n" + roff(meaning) + "\n";
  return out;
}

std::string render_completion(std::string_view shell) {
  std::string options;
  for (const auto& option : global_options()) options += " --" + std::string(option.name);
  std::string out;
  if (shell == "fish") {
    for (const auto& command : commands()) {
      const auto blank = command.name.find(' ');
      const std::string first(command.name.substr(0, blank));
      const std::string seen = "'__fish_seen_subcommand_from " + first + "'";
      const std::string told = " -d '" + std::string(command.summary) + "'\n";
      if (blank == std::string_view::npos)
        out += "complete -c pratique -n __fish_use_subcommand -a " + first + told;
      else
        out += "complete -c pratique -n __fish_use_subcommand -a " + first + "\ncomplete -c pratique -n " + seen +
               " -a " + std::string(command.name.substr(blank + 1)) + told;
      for (const auto& option : command.options)
        out += "complete -c pratique -n " + seen + " -l " + std::string(option.name) + "\n";
    }
    for (const auto& option : global_options()) out += "complete -c pratique -l " + std::string(option.name) + "\n";
    return out;
  }
  if (shell == "zsh") out += "#compdef pratique\nautoload -U +X bashcompinit && bashcompinit\n";
  out += "_pratique() {\n  local words_of=\"" + words_of_commands(" ") +
         "\" current=${COMP_WORDS[COMP_CWORD]}\n"
         "  local options=\"" +
         options.substr(1) + "\"\n  case \"${COMP_WORDS[1]}\" in\n";
  std::vector<std::string> seen;
  for (const auto& command : commands()) {
    const std::string first(command.name.substr(0, command.name.find(' ')));
    if (std::find(seen.begin(), seen.end(), first) != seen.end()) continue;
    seen.push_back(first);
    std::string own;
    for (const auto& other : commands()) {
      if (other.name.substr(0, other.name.find(' ')) != first) continue;
      if (const auto blank = other.name.find(' '); blank != std::string_view::npos)
        own.append(" ").append(other.name.substr(blank + 1));
      for (const auto& option : other.options) own.append(" --").append(option.name);
    }
    out += "    " + first + ") options=\"" + (own.empty() ? "" : own.substr(1) + " ") + "$options\" ;;\n";
  }
  out +=
      "  esac\n  [ \"$COMP_CWORD\" -eq 1 ] && options=\"$words_of $options\"\n"
      "  COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
      "  [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- \"$current\"))\n  return 0\n}\n"
      "complete -F _pratique pratique kubectl-pratique\n";
  return out;
}

}  // namespace pratique
