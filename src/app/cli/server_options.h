// The options of commands that talk to a server of ours, and the door that they name.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "base/result.h"
#include "flow/server_call.h"

namespace pratique {

std::vector<Option> server_options();  // --server, --ca-file, --cert, --key, --token-file

// Without --server its url is empty. Fault: usage.
Result<ServerDoor> server_door(const Invocation& invocation);

}  // namespace pratique
