#include "app/cli/server_options.h"

#include "app/cli/version.h"

namespace pratique {

std::vector<Option> server_options() {
  return {{.name = "server", .value = "URL", .help = "the server, https://HOST:PORT"},
          {.name = "ca-file",
           .value = "FILE",
           .help = "who vouches for the server (PEM); the system's authorities by default"},
          {.name = "cert", .value = "FILE", .help = "our certificate for the server (PEM)"},
          {.name = "key", .value = "FILE", .help = "the key of --cert (PEM)"},
          {.name = "token-file", .value = "FILE", .help = "a token for the server, on the first line"}};
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
