// -o FORMAT[=FILE], repeatable: what a command prints, and where to.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/render/table.h"
#include "base/result.h"

namespace pratique {

// Calls `make` with each format asked for and writes what it gives to the file named behind '=', else to console.out.
// YAML is made here, of the JSON.
// Fault: that of `make`; unavailable or refused when a file cannot be written.
Result<void> write_outputs(const Invocation& invocation, Console& console,
                           const std::function<Result<std::string>(const std::string& format)>& make);

Look look_of(const Invocation& invocation, const Console& console);

// Answers every line of standard input with one line, in order; "! reason" where it cannot. A batch is answered when
// all its lines are, so the exit code is 0. Lines of more than 1 MiB are refused one by one.
int answer_lines(Console& console, const std::function<Result<std::string>(std::string_view line)>& answer);

// A line about what was left over or counted, on stderr unless --quiet.
void note(Console& console, const std::string& line);

// A bar on a terminal's stderr, redrawn at most ten times a second; nothing elsewhere. finish() and its end
// clear it.
class ProgressBar {
 public:
  ProgressBar(Console& console, std::string what);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { finish(); }
  void show(std::uint64_t done, std::uint64_t total, const std::string& more = {});
  void finish();

 private:
  Console& console_;
  std::string what_;
  Time started_;
  Time drawn_{};
  bool visible_ = false;
};

}  // namespace pratique
