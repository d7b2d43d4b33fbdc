#include <ostream>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/version.h"
#include "base/log.h"
#include "base/text.h"

namespace pratique {
namespace {

int report(const Error& error, Console& console) {
  console.err << "pratique: " << render(error) << '\n';
  return exit_code_of(error.fault);
}

bool asks(const std::vector<std::string>& words, std::string_view flag, std::string_view letter = {}) {
  for (const auto& word : words) {
    if (word == "--") return false;
    if (word == flag || (!letter.empty() && word == letter)) return true;
  }
  return false;
}

// The command whose name the words begin with ("db build"), and how many words that took.
std::pair<const Command*, std::size_t> find_command(const std::vector<std::string>& words) {
  std::pair<const Command*, std::size_t> best{nullptr, 0};
  for (const auto& command : commands()) {
    const auto parts = split(command.name, ' ');
    if (parts.size() <= best.second || words.size() < parts.size()) continue;
    if (std::equal(parts.begin(), parts.end(), words.begin())) best = {&command, parts.size()};
  }
  return best;
}

Error unknown_command(const std::vector<std::string>& words) {
  std::vector<std::string_view> names;
  std::string group;
  for (const auto& command : commands()) {
    names.push_back(command.name);
    if (command.name.starts_with(words[0] + " "))
      group.append(group.empty() ? "" : ", ").append(command.name.substr(words[0].size() + 1));
  }
  if (!group.empty())
    return Error{
        Fault::usage, "'" + words[0] + "' wants one of: " + group, {}, "see 'pratique " + words[0] + " --help'"};
  const auto near = nearest(words[0], names);
  return Error{Fault::usage,
               "unknown command '" + words[0] + "'",
               {},
               near.empty() ? "see 'pratique --help'" : "did you mean 'pratique " + std::string(near) + "'?"};
}

void configure(const Invocation& invocation, const Environment& environment, Console& console) {
  const auto set = [&](const char* name) {
    const char* value = environment(name);
    return value != nullptr && *value != '\0';
  };
  const std::string color = invocation.text("color");
  if (color == "always")
    console.color = true;
  else if (color == "never" || set("NO_COLOR"))
    console.color = false;
  else if (set("CLICOLOR_FORCE") && std::string_view(environment("CLICOLOR_FORCE")) != "0")
    console.color = true;
  if (set("SOURCE_DATE_EPOCH")) console.source_date_epoch = environment("SOURCE_DATE_EPOCH");
  console.quiet = invocation.flag("quiet");
  if (console.quiet || invocation.flag("no-progress")) console.progress = false;
  configure_log(console.quiet                ? LogLevel::error
                : invocation.flag("verbose") ? LogLevel::debug
                                             : LogLevel::info,
                invocation.text("log-format") == "json" ? LogFormat::json : LogFormat::text);
}

}  // namespace

int exit_code_of(Fault fault) {
  switch (fault) {
    case Fault::usage: return exit_code::usage;
    case Fault::not_found: return exit_code::not_found;
    case Fault::unavailable:
    case Fault::timeout: return exit_code::unavailable;
    case Fault::refused: return exit_code::refused;
    case Fault::malformed:
    case Fault::limit:
    case Fault::unsupported: return exit_code::malformed;
    case Fault::interrupted: return exit_code::interrupted;
    case Fault::internal: break;
  }
  return exit_code::unavailable;
}

int run_command_line(const std::vector<std::string>& words, Console& console, const Environment& environment) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    (words.empty() ? console.err : console.out) << render_overview();
    return words.empty() ? exit_code::usage : exit_code::ok;
  }
  if (words[0] == "--version") {
    console.out << version_line() << '\n';
    return exit_code::ok;
  }
  const auto [command, taken] = find_command(words);
  if (command == nullptr && asks(words, "--help", "-h"))
    if (const std::string group = render_group(words[0]); !group.empty()) {
      console.out << group;
      return exit_code::ok;
    }
  if (command == nullptr) return report(unknown_command(words), console);
  const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(taken), words.end());
  if (asks(rest, "--help", "-h")) {
    console.out << render_help(*command);
    return exit_code::ok;
  }
  const auto invocation = parse_invocation(*command, rest, environment);
  if (!invocation) return report(invocation.error(), console);
  configure(*invocation, environment, console);
  const auto code = command->run(*invocation, console);
  console.out.flush();
  if (!console.out && console.reader_left && console.reader_left()) return exit_code::reader_left;
  if (!code) return report(code.error(), console);
  if (!console.out) return report({Fault::unavailable, "standard output could not be written", {}, {}}, console);
  return *code;
}

}  // namespace pratique
