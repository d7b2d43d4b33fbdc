// pratique: one binary. main() is the edge of the world: terminal, environment, clock, signals.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "app/cli/command.h"

namespace {

volatile std::sig_atomic_t interrupts = 0;

// Only for commands that ask: for all others a signal does what it always does.
bool watch_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupts = 1; };
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  return ::sigaction(SIGINT, &action, nullptr) == 0 && ::sigaction(SIGTERM, &action, nullptr) == 0;
}

bool interrupted() {
  static const bool watching = watch_for_interrupts();
  return watching && interrupts != 0;
}

bool reader_left() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::signal(SIGPIPE, SIG_IGN);  // a client that hangs up must not end a server
  pratique::Console console{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .clock = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); },
      .color = isatty(STDOUT_FILENO) != 0,
      .progress = isatty(STDERR_FILENO) != 0,
      .interrupted = interrupted,
      .reader_left = reader_left};
  return pratique::run_command_line({argv + 1, argv + argc}, console,
                                    [](const char* name) { return std::getenv(name); });
}
