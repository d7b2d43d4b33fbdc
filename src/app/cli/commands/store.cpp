// What is done to the store itself.
#include "world/store/store.h"

#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "base/text.h"

namespace pratique {
namespace {

// "90d", "12w", "24h".
Result<std::optional<Time>> before_of(const Invocation& invocation, std::string_view option, Time now) {
  if (!invocation.given(option)) return std::optional<Time>();
  const std::string text = invocation.text(option);
  const auto number = text.empty() ? std::nullopt : parse_unsigned(std::string_view(text).substr(0, text.size() - 1));
  constexpr std::uint64_t most = 100'000;
  std::chrono::hours unit{0};
  if (text.ends_with('h')) unit = std::chrono::hours(1);
  if (text.ends_with('d')) unit = std::chrono::hours(24);
  if (text.ends_with('w')) unit = std::chrono::hours(24 * 7);
  if (!number || *number > most || unit.count() == 0)
    return Error{Fault::usage, "'" + text + "' is no age", {"--" + std::string(option)}, "write it as 90d, 12w or 24h"};
  return std::optional(now - unit * static_cast<std::int64_t>(*number));
}

Result<int> run_prune(const Invocation& invocation, Console& console) {
  const Time now = console.clock();
  Retention retention;
  PRATIQUE_TRY(retention.originals_before, before_of(invocation, "originals", now));
  PRATIQUE_TRY(retention.history_before, before_of(invocation, "history", now));
  PRATIQUE_TRY(retention.failures_before, before_of(invocation, "failed", now));
  if (!retention.originals_before && !retention.history_before && !retention.failures_before)
    return Error{Fault::usage, "nothing to drop", {}, "give --originals AGE, --history AGE or --failed AGE"};
  const bool apply = invocation.flag("apply");
  PRATIQUE_TRY(Store store, Store::open(invocation.text("store"), apply ? Store::Mode::create : Store::Mode::read));
  PRATIQUE_TRY(const PruneCounts counts, apply ? store.prune(retention) : store.count_prunable(retention));
  console.out << (apply ? "dropped " : "would drop ") << with_commas(counts.originals) << " originals ("
              << human_bytes(counts.bytes) << "), " << with_commas(counts.pods) << " pods that are gone, "
              << with_commas(counts.holdings) << " tags that are gone, " << with_commas(counts.findings)
              << " closed findings and " << with_commas(counts.failures) << " failed documents\n";
  if (!apply) note(console, "nothing was changed: --apply does it");
  return exit_code::ok;
}

}  // namespace

Commands store_commands() {
  return {{.name = "store prune",
           .summary = "Drop original documents and history that need not be kept",
           .detail = "Shows what would go; --apply lets it go. Answers about what is there stay: facts, findings that "
                     "are open, and what runs. The newest document of each artifact stays too, as the gate reads it. A "
                     "question about a time whose history was dropped is refused.",
           .arguments = {},
           .options =
               {{.name = "originals", .value = "AGE", .help = "drop documents ingested longer ago: 90d, 12w, 24h"},
                {.name = "history", .value = "AGE", .help = "drop pods and tags gone and findings closed longer ago"},
                {.name = "failed", .value = "AGE", .help = "drop documents that could not be read, longer ago"},
                {.name = "apply", .help = "do it"}},
           .examples = {"pratique store prune --originals 90d --history 400d",
                        "pratique store prune --originals 90d --apply"},
           .run = run_prune}};
}

}  // namespace pratique
