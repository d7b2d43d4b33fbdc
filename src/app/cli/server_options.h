// The door to a server of ours that may be known by a certificate; RemoteServer (remote.h) asks with tokens alone.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "base/result.h"
#include "flow/server_call.h"

namespace pratique {

std::vector<Option> certificate_options();  // --cert and --key, beside the global --server, --ca-file and --token-file

// Without --server its url is empty. Fault: usage.
Result<ServerDoor> server_door(const Invocation& invocation);

}  // namespace pratique
