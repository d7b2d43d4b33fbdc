#include <csignal>
#include <ctime>

#include "app/cli/commands/commands.h"
#include "app/cli/version.h"
#include "app/server/server.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t largest_configuration = 1 << 20;

// Signals as something to wait for. Blocked before any thread starts, so that no thread is ever interrupted by one.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  // The next one; 0 when none came in time.
  int wait(std::chrono::milliseconds time) const {
    const timespec limit{time.count() / 1000, static_cast<long>(time.count() % 1000) * 1'000'000};
    const int signal = sigtimedwait(&set_, nullptr, &limit);
    return signal > 0 ? signal : 0;
  }

 private:
  sigset_t set_{}, before_{};
};

std::string version_number() {
  const auto line = version_line();
  return line.substr(line.rfind(' ') + 1);
}

Result<ServerConfig> configuration_of(const Invocation& invocation) {
  if (!invocation.given("config"))
    return Error{Fault::usage, "--config is missing", {}, "name a configuration as docs/server.md describes it"};
  const auto file = invocation.text("config");
  PRATIQUE_TRY(const auto text, read_file(file, largest_configuration));
  ServerConfig defaults;
  defaults.store = invocation.text("store");
  defaults.database = invocation.text("db");
  defaults.no_auth = invocation.flag("no-auth");
  return parse_server_config(text.view(), file, std::move(defaults));
}

Result<int> run_serve(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto config, configuration_of(invocation));
  const Signals signals;
  PRATIQUE_TRY(auto server, Server::start(config, console.clock, version_number()));
  constexpr std::chrono::milliseconds look_interval{1000};
  for (bool running = true; running;) switch (signals.wait(look_interval)) {
      case 0: server.refresh(Server::What::changed); break;
      case SIGHUP: server.refresh(Server::What::all); break;
      default: running = false;
    }
  server.drain();
  if (config.shutdown_delay.count() > 0) signals.wait(config.shutdown_delay);  // a second signal ends the wait
  server.stop();
  return exit_code::ok;
}

}  // namespace

Commands serve_commands() {
  return {
      {.name = "serve",
       .summary = "Answer the API server's admission reviews and everyone's questions over HTTPS",
       .detail =
           "--config names the server's own file, which docs/server.md describes. A certificate is made on first "
           "start when none is given. SIGHUP takes policies, certificate and database anew, and so does a change "
           "of the files; SIGTERM answers what is in flight and ends. Whoever asks shows an API token ('pratique auth "
           "token create') or a client certificate; the API server need not.",
       .options = {{.name = "no-auth",
                    .help = "let everybody do everything; refused where others than this machine can connect"}},
       .examples = {"pratique serve --config serve.yaml"},
       .run = run_serve}};
}

}  // namespace pratique
