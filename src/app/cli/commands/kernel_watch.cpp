// `kernel watch`: eBPF objects as they come, change and go.
#include <chrono>

#include "app/cli/commands/kernel_rows.h"
#include "app/cli/output.h"
#include "app/render/kernel_events.h"
#include "base/text.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;

Result<KernelWatch> start_watch(const Invocation& invocation, const Console& console) {
  WatchOptions options;
  if (const auto name = invocation.text("source"); name != "best") options.source = watch_source_named(name);
  return KernelWatch::start(options, console.clock);
}

class Teller {
 public:
  Teller(Console& console, bool json) : console_(console), json_(json) {}

  void begin(const KernelWatch& watch) {
    if (json_)
      put(render_watch_json(name_of(watch.source()), watch.misses()));
    else
      put(render_event_header());
    note(console_, "watching by " + std::string(name_of(watch.source())));
    for (const auto& miss : watch.misses()) note(console_, "not seen: " + miss);
  }

  void tell(const std::vector<KernelEvent>& events) {
    for (const auto& event : events) put(json_ ? render_event_json(event) : render_event_row(event));
    told_ += events.size();
    console_.out.flush();
  }

  void tell_loss(std::uint64_t lost) {
    if (lost == lost_) return;
    lost_ = lost;
    if (json_) put(render_loss_json(lost));
    note(console_, std::to_string(lost) + " events were lost so far: they came faster than they were read");
  }

  void end() const {
    note(console_, with_commas(told_) + (told_ == 1 ? " event, " : " events, ") + with_commas(lost_) + " lost");
  }

 private:
  void put(const std::string& line) { console_.out << line << '\n'; }

  Console& console_;
  bool json_;
  std::size_t told_ = 0;
  std::uint64_t lost_ = 0;
};

Result<int> run_kernel_watch(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto span, parse_span(invocation.text("for")));
  PRATIQUE_TRY(KernelWatch watch, start_watch(invocation, console));
  using Steady = std::chrono::steady_clock;
  const auto started = Steady::now();
  Teller teller(console, invocation.text("output") == "jsonl");
  teller.begin(watch);
  console.out.flush();
  while (console.out && !(console.interrupted && console.interrupted())) {
    milliseconds pause(500);
    if (span) {
      const auto left = *span - std::chrono::duration_cast<milliseconds>(Steady::now() - started);
      if (left <= milliseconds(0)) break;
      pause = std::min(pause, left);
    }
    teller.tell(watch.wait(pause));
    teller.tell_loss(watch.lost());
  }
  teller.end();
  return exit_code::ok;
}

}  // namespace

Result<std::optional<milliseconds>> parse_span(const std::string& text) {
  if (text.empty()) return std::optional<milliseconds>{};
  const std::size_t digits = text.find_first_not_of("0123456789");
  const auto number = parse_unsigned(std::string_view(text).substr(0, digits));
  const std::string unit = digits == std::string::npos ? "" : text.substr(digits);
  const std::uint64_t factor = unit == "ms"  ? 1
                               : unit == "s" ? 1000
                               : unit == "m" ? 60'000
                               : unit == "h" ? 3'600'000
                                             : 0;
  if (!number || factor == 0 || *number > 1'000'000'000)
    return Error{Fault::usage, "'" + text + "' is no length of time", {}, "write it as in 500ms, 10s, 5m or 1h"};
  return std::optional(milliseconds(*number * factor));
}

Command kernel_watch_command() {
  return {
      .name = "kernel watch",
      .summary = "Tell what happens to eBPF objects as it happens: loads, maps, attachments, pins, detachments, ends",
      .detail =
          "Each event names the process, its executable, container and pod. The best source that the kernel allows is\n"
          "used: LSM programs, functions behind bpf(), tracepoints, or asking for all ids now and then. Standard "
          "error\n"
          "says which it is and what it does not see. Ends with SIGINT, or after --for.",
      .arguments = {},
      .options = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "how to print",
                   .fallback = "table",
                   .choices = {"table", "jsonl"}},
                  {.name = "for", .value = "DURATION", .help = "end after this time (500ms, 10s, 5m, 1h)"},
                  {.name = "source",
                   .value = "SOURCE",
                   .help = "watch by this source only",
                   .fallback = "best",
                   .choices = {"best", "lsm", "function", "tracepoint", "polling"}}},
      .examples = {"pratique kernel watch", "pratique kernel watch --for 10s -o jsonl"},
      .run = run_kernel_watch};
}

}  // namespace pratique
