#include "app/cli/commands/inventory_scope.h"

#include "base/text.h"

namespace pratique {
namespace {

bool has(const Invocation& invocation, std::string_view option) { return invocation.given(option); }

Result<Time> time_of_option(const Invocation& invocation, std::string_view option) {
  auto time = parse_time(invocation.text(option));
  if (time) return time;
  return Error{Fault::usage,
               "'" + invocation.text(option) + "' is no time",
               {"--" + std::string(option)},
               "write it as 2026-03-01 or 2026-03-01T12:00:00Z"};
}

Result<Period> period_of(const Invocation& invocation) {
  Period period;
  if (has(invocation, "as-of")) {
    if (has(invocation, "from") || has(invocation, "to"))
      return Error{Fault::usage, "--as-of and a time from and to", {}, "ask for a moment or for a time"};
    PRATIQUE_TRY(period.from, time_of_option(invocation, "as-of"));
    period.to = period.from;
    return period;
  }
  if (has(invocation, "from") != has(invocation, "to"))
    return Error{Fault::usage, "--from and --to stand together", {}, "give both, or --as-of"};
  if (!has(invocation, "from")) return period;
  PRATIQUE_TRY(period.from, time_of_option(invocation, "from"));
  PRATIQUE_TRY(period.to, time_of_option(invocation, "to"));
  if (*period.from >= *period.to) return Error{Fault::usage, "--from is not before --to", {}, {}};
  return period;
}

Result<std::uint64_t> number_of(const Invocation& invocation, std::string_view option, std::uint64_t least) {
  const auto number = parse_unsigned(invocation.text(option));
  if (number && *number >= least) return *number;
  return Error{Fault::usage,
               "--" + std::string(option) + " is a number from " + std::to_string(least) + ", not '" +
                   invocation.text(option) + "'",
               {},
               {}};
}

}  // namespace

Result<QueryScope> scope_of(const Invocation& invocation) {
  QueryScope scope;
  scope.running = invocation.flag("running");
  PRATIQUE_TRY(scope.when, period_of(invocation));
  if (has(invocation, "known")) {
    if (scope.when.is_now())
      return Error{Fault::usage, "--known without a time", {}, "give --as-of, or --from and --to"};
    scope.known = invocation.text("known") == "now" ? KnownWhen::now : KnownWhen::then;
  }
  if (has(invocation, "limit")) {
    PRATIQUE_TRY(const auto limit, number_of(invocation, "limit", 1));
    scope.limit = static_cast<std::size_t>(limit);
  }
  if (has(invocation, "cursor")) {
    PRATIQUE_TRY(scope.first, number_of(invocation, "cursor", 0));
  }
  return scope;
}

Option running_option() { return {.name = "running", .help = "only what runs in a cluster"}; }
Option limit_option(std::string_view help) { return {.name = "limit", .value = "N", .help = help}; }
Option cursor_option() {
  return {.name = "cursor", .value = "NEXT", .help = "go on behind a page: the 'next' of its JSON"};
}
Option as_of_option() {
  return {.name = "as-of", .value = "TIME", .help = "at that time: 2026-03-01, or 2026-03-01T12:00:00Z"};
}
std::vector<Option> window_options() {
  return {{.name = "from", .value = "TIME", .help = "at any moment from then"},
          {.name = "to", .value = "TIME", .help = "until then"},
          {.name = "known",
           .value = "WHEN",
           .help = "with what was known then, or what is known now",
           .fallback = "then",
           .choices = {"then", "now"}}};
}

}  // namespace pratique
