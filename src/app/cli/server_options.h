// The door to a server of ours: --server, --token-file and --ca-file, and a certificate where a command takes one.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "base/result.h"
#include "flow/server_call.h"

namespace pratique {

std::vector<Option> certificate_options();  // --cert and --key, beside the global --server, --ca-file and --token-file

bool asks_server(const Invocation& invocation);

// Without --server its url is empty. Fault: usage.
Result<ServerDoor> server_door(const Invocation& invocation);
// The same for what may take a while, and may be interrupted.
Result<ServerDoor> patient_server_door(const Invocation& invocation, const Console& console);

}  // namespace pratique
