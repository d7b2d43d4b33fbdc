// The configuration file: option names and their values in YAML.
//
//   db: /var/lib/pratique/advisories.mdb
//   store: /var/lib/pratique/store.sqlite
//   scan: {fail-on: critical}
//
// A key at the top is an option of any command that has it; a key named like a command holds options of that command
// alone.
#pragma once

#include "app/cli/command.h"

namespace pratique {

// Reads --config, or the first of ./.pratique.yaml, $XDG_CONFIG_HOME/pratique/config.yaml, /etc/pratique/config.yaml,
// and fills in what neither a flag nor the environment gave. Fault: not_found (a named file), usage (file:line:column,
// with a suggestion).
Result<void> apply_configuration(const Command& command, const Environment& environment, Invocation& invocation);

}  // namespace pratique
