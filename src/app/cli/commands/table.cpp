// The table itself. What is not here does not exist: not in --help, not in the documentation.
#include <algorithm>

#include "app/cli/commands/commands.h"

namespace pratique {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> rows;
    for (auto* part :
         {scan_commands, explain_commands, sbom_read_commands, sbom_write_commands, inventory_commands, ingest_commands,
          store_commands, admit_commands, policy_commands, serve_commands, agent_commands, access_commands,
          kernel_commands, cel_commands, identity_commands, database_commands, meta_commands}) {
      auto more = part();
      rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    return rows;
  }();
  return all;
}

const std::vector<Option>& global_options() {
  static const std::vector<Option> all = {
      {.name = "db",
       .value = "PATH",
       .help = "the advisory database",
       .fallback = "~/.local/share/pratique/advisories.mdb"},
      {.name = "store",
       .value = "URL",
       .help = "the store: a path, sqlite:PATH or postgresql://USER@HOST/DATABASE",
       .fallback = "~/.local/share/pratique/store.sqlite"},
      {.name = "server", .value = "URL", .help = "ask this server instead of the store: https://HOST:8443"},
      {.name = "token-file", .value = "FILE", .help = "holds the API token for the server"},
      {.name = "ca-file", .value = "FILE", .help = "certificates the server's must lead to, in place of the system's"},
      {.name = "config", .letter = 'c', .value = "FILE", .help = "the configuration file"},
      {.name = "color", .value = "WHEN", .help = "colours", .fallback = "auto", .choices = {"auto", "always", "never"}},
      {.name = "log-format",
       .value = "FORMAT",
       .help = "how events are logged",
       .fallback = "text",
       .choices = {"text", "json"}},
      {.name = "no-headers", .help = "no line of column names"},
      {.name = "no-progress", .help = "no progress bar"},
      {.name = "quiet", .letter = 'q', .help = "errors only on standard error"},
      {.name = "verbose", .letter = 'v', .help = "more on standard error"},
      {.name = "help", .letter = 'h', .help = "this"},
  };
  return all;
}

Option output_option(std::vector<std::string_view> formats) {
  const std::string_view first = formats.front();
  if (const auto json = std::find(formats.begin(), formats.end(), "json"); json != formats.end())
    formats.insert(json + 1, "yaml");
  return {.name = "output",
          .letter = 'o',
          .value = "FORMAT[=FILE]",
          .help = "what to print, and where to",
          .fallback = first,
          .repeat = true,
          .choices = std::move(formats)};
}

Option allow_unknown_option() {
  return {.name = "allow-unknown", .help = "unknown or failed does not change the exit code"};
}

}  // namespace pratique
