// pratique: one binary. main() is the edge of the world: terminal, environment, clock, signals.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "app/cli/command.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, and is told
  pratique::Console console{
      .out = std::cout,
      .err = std::cerr,
      .clock = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); },
      .color = isatty(STDOUT_FILENO) != 0,
      .progress = isatty(STDERR_FILENO) != 0};
  return pratique::run_command_line({argv + 1, argv + argc}, console, [](const char* name) { return std::getenv(name); });
}
