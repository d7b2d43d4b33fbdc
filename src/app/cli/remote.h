// A server that answers in place of the store: --server URL, --token-file, --ca-file.
#pragma once

#include <string>
#include <string_view>

#include "app/cli/command.h"
#include "base/result.h"

namespace pratique {

class RemoteServer {
 public:
  static bool is_wanted(const Invocation& invocation) { return !invocation.text("server").empty(); }
  // Fault: usage for an address that is none; that of reading the token.
  static Result<RemoteServer> of(const Invocation& invocation);

  struct Request {
    std::string_view method = "GET";
    std::string path;  // with its query
    std::string_view type;
    std::string_view body;
    Fault refused_as = Fault::usage;  // what a 400 means here
  };
  // The body of a good answer. A server that has too much to do is asked again for a while. Fault: refused (401, 403),
  // not_found, limit, unavailable, timeout; the place is the server.
  Result<std::string> ask(const Request& request, const Console& console) const;

 private:
  std::string url_, token_, ca_file_;
};

}  // namespace pratique
