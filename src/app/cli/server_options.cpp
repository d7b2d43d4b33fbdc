#include "app/cli/server_options.h"

#include "app/cli/version.h"

namespace pratique {

std::vector<Option> certificate_options() {
  return {{.name = "cert", .value = "FILE", .help = "our certificate for the server (PEM)"},
          {.name = "key", .value = "FILE", .help = "the key of --cert (PEM)"}};
}

bool asks_server(const Invocation& invocation) { return !invocation.text("server").empty(); }

Result<ServerDoor> patient_server_door(const Invocation& invocation, const Console& console) {
  PRATIQUE_TRY(auto door, server_door(invocation));
  door.silence = std::chrono::minutes(1);
  door.interrupted = console.interrupted;
  return door;
}

Result<ServerDoor> server_door(const Invocation& invocation) {
  ServerDoor door{.url = invocation.text("server"),
                  .ca_file = invocation.text("ca-file"),
                  .certificate_file = invocation.text("cert"),
                  .key_file = invocation.text("key"),
                  .token_file = invocation.text("token-file")};
  door.user_agent = "pratique/" + version_number();
  if (!door.url.empty()) PRATIQUE_DO(check_door(door));
  return door;
}

}  // namespace pratique
