// Commands about the program itself.
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/cli/version.h"
#include "app/server/route.h"

namespace pratique {

std::string version_number() { return PRATIQUE_VERSION; }
std::string version_line() { return "pratique " + version_number(); }

namespace {

Result<int> run_version(const Invocation&, Console& console) {
  console.out << version_line() << '\n';
  return exit_code::ok;
}

Result<int> run_completion(const Invocation& invocation, Console& console) {
  const auto& shell = invocation.arguments.front();
  if (shell != "bash" && shell != "zsh" && shell != "fish")
    return Error{Fault::usage, "no completion for '" + shell + "'", {}, "name bash, zsh or fish"};
  console.out << render_completion(shell);
  return exit_code::ok;
}

Result<int> run_docs(const Invocation& invocation, Console& console) {
  const auto& form = invocation.arguments.front();
  if (form == "openapi") {
    console.out << render_openapi();
    return exit_code::ok;
  }
  if (form != "markdown" && form != "man")
    return Error{Fault::usage, "no reference in the form '" + form + "'", {}, "name markdown, man or openapi"};
  console.out << (form == "man" ? render_manual() : render_reference());
  return exit_code::ok;
}

Result<int> run_config_show(const Invocation& invocation, Console& console) {
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    Table table{{"OPTION", "VALUE", "FROM"}, {}};
    nlohmann::ordered_json items = nlohmann::ordered_json::array();
    for (const auto& option : global_options()) {
      if (option.name == "help") continue;
      const std::string value =
          option.value.empty() ? (invocation.flag(option.name) ? "true" : "false") : invocation.text(option.name);
      table.rows.push_back({option.name, value, name_of(invocation.origin(option.name))});
      items.push_back({{"option", option.name}, {"value", value}, {"from", name_of(invocation.origin(option.name))}});
    }
    if (format == "table") return render_table(table, look_of(invocation, console));
    return nlohmann::ordered_json{{"apiVersion", "pratique/v1"},
                                  {"kind", "Configuration"},
                                  {"file", invocation.configuration_file},
                                  {"items", items}}
               .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
           "\n";
  }));
  if (!invocation.configuration_file.empty()) note(console, "configuration file: " + invocation.configuration_file);
  return exit_code::ok;
}

}  // namespace

Commands meta_commands() {
  return {
      {.name = "config show",
       .summary = "Show every setting, its value and where that came from",
       .options = {output_option({"table", "json"})},
       .run = run_config_show},
      {.name = "completion",
       .summary = "Print the completion script of a shell",
       .arguments = {{.name = "SHELL", .help = "bash, zsh or fish"}},
       .examples = {"source <(pratique completion bash)"},
       .run = run_completion},
      {.name = "docs",
       .summary = "Print the reference of the command line, or of the server's API",
       .arguments = {{.name = "FORM", .help = "markdown, man or openapi"}},
       .run = run_docs},
      {.name = "version", .summary = "Print the version", .run = run_version},
  };
}

}  // namespace pratique
