// The options by which every question to the inventory says what it is about. Private to the commands.
#pragma once

#include "app/cli/command.h"
#include "flow/holding.h"

namespace pratique {

// --running, --as-of, --from, --to, --known, --limit, --cursor, as far as the command has them. Fault: usage.
Result<QueryScope> scope_of(const Invocation& invocation);

Option running_option();
Option limit_option(std::string_view help);
Option cursor_option();
Option as_of_option();
std::vector<Option> window_options();  // --from, --to, --known

}  // namespace pratique
