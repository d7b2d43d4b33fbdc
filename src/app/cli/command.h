// The command line as one table: every command, argument and option once. Parsing, --help, completion, man pages, the
// Markdown reference and the PRATIQUE_* names are all made from it, so that they cannot disagree. docs/cli.md is the
// surface.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace pratique {

struct Option {
  std::string_view name;      // "fail-on": --fail-on, PRATIQUE_FAIL_ON, fail-on in the configuration
  char letter = 0;            // 'o'; 0 for none
  std::string_view value;     // "FORMAT[=FILE]"; empty for a flag
  std::string_view help;      // a phrase without a full stop
  std::string_view fallback;  // shown as the default; empty for none
  bool repeat = false;
  std::vector<std::string_view> choices{};  // all that is allowed, where that is a short list
  // The value where it is left away: --NAME instead of --NAME=VALUE; empty where it must not be. A word behind it is
  // the value where it would be an argument too many.
  std::string_view implied{};
};

struct Argument {
  std::string_view name;  // "FILE"
  std::string_view help;
  bool optional = false;
  bool many = false;
};

// Where an option's value came from, in the order of precedence.
enum class Origin { flag, environment, configuration, fallback };
std::string_view name_of(Origin origin);

// What the user asked for, all sources joined.
class Invocation {
 public:
  bool flag(std::string_view option) const;
  std::string text(std::string_view option) const;  // the last one given; the fallback where none was
  std::vector<std::string> all(std::string_view option) const;
  bool given(std::string_view option) const;  // by flag, environment or configuration
  Origin origin(std::string_view option) const;

  std::vector<std::string> arguments;
  struct Value {
    std::vector<std::string> texts;
    Origin origin = Origin::fallback;
  };
  std::map<std::string, Value, std::less<>> values;
  std::string configuration_file;  // the one that was read; empty for none
};

// The world as a command sees it; a test gives it strings and a fixed clock.
struct Console {
  std::istream& in;
  std::ostream& out;  // data
  std::ostream& err;  // everything else
  Clock clock;
  bool color = false;     // colours on `out`
  bool progress = false;  // a progress bar may be drawn on `err`
  bool quiet = false;
  std::string source_date_epoch{};  // the variable of that name (reproducible-builds.org): the time of new documents
  // Whether the user wants this to end. From the first call on the first SIGINT or SIGTERM is told here, by any
  // thread's asking, and no longer ends the process; the second does. Empty: nobody asks for an end.
  std::function<bool()> interrupted;
  std::function<bool()> reader_left{};  // whether `out` is a pipe that nobody reads any more. Empty: it never is
};

struct Command {
  std::string_view name;     // "db build"
  std::string_view summary;  // one line
  std::string_view detail;   // what a user needs beyond it; may be empty
  std::vector<Argument> arguments;
  std::vector<Option> options;  // its own; the global ones come on top
  std::vector<std::string_view> examples;
  std::function<Result<int>(const Invocation&, Console&)> run;  // the exit code
};

const std::vector<Command>& commands();
const std::vector<Option>& global_options();

// From words, environment and configuration file to an Invocation. `environment` looks a PRATIQUE_* (or other) name up.
// Fault: usage, with a suggestion where a word is nearly right.
using Environment = std::function<const char*(const char* name)>;
Result<Invocation> parse_invocation(const Command& command, const std::vector<std::string>& words,
                                    const Environment& environment);

// Help, generated from the table.
std::string render_overview();                          // `pratique --help`
std::string render_help(const Command& command);        // `pratique scan --help`
std::string render_group(std::string_view word);        // `pratique sbom --help`; empty where no command begins with it
std::string render_completion(std::string_view shell);  // bash, zsh, fish
std::string render_reference();                         // Markdown: docs/cli.md
std::string render_manual();                            // man(7) source: pratique.1

// Exit codes (docs/cli.md).
namespace exit_code {
constexpr int ok = 0, gate = 1, usage = 2, partial = 3, not_found = 4, unavailable = 5, refused = 6, malformed = 7,
              interrupted = 130,
              reader_left = 141;  // 128 + SIGPIPE, as a shell tells it
}
int exit_code_of(Fault fault);

// main() behind its edge: runs one command line and returns the exit code.
int run_command_line(const std::vector<std::string>& words, Console& console, const Environment& environment);

}  // namespace pratique
