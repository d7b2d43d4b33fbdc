// `agent`: what runs on each node and tells a server of its kernel.
#include <malloc.h>
#include <sys/utsname.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "app/cli/commands/commands.h"
#include "app/cli/commands/kernel_rows.h"
#include "app/cli/output.h"
#include "app/cli/server_options.h"
#include "app/cli/version.h"
#include "app/render/kernel.h"
#include "app/render/kernel_events.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/nodes.h"
#include "flow/observe.h"
#include "flow/report.h"
#include "flow/server_call.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

// From the thread that listens to the kernel to the one that talks to the server, which may take its time.
class EventQueue {
 public:
  explicit EventQueue(Reporter& reporter) : reporter_(reporter) {}
  void put(std::vector<std::string> lines, std::uint64_t lost) {
    const std::scoped_lock lock(mutex_);
    lost_ += lost;
    for (auto& line : lines) {
      if (bytes_ + line.size() > most_bytes) {
        ++lost_;
        continue;
      }
      bytes_ += line.size();
      lines_.push_back(std::move(line));
      reporter_.announce(1);
    }
    ready_.notify_one();
  }
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    ready_.notify_one();
  }
  struct Taken {
    std::vector<std::string> lines;
    std::uint64_t lost = 0;
    bool closed = false;
  };
  Taken take(Steady::time_point until) {
    std::unique_lock lock(mutex_);
    const auto is_ready = [&] { return closed_ || lost_ > 0 || !lines_.empty(); };
    ready_.wait_for(lock,
                    std::clamp(until - Steady::now(), Steady::duration(0), Steady::duration(std::chrono::hours(1))),
                    is_ready);
    bytes_ = 0;
    return {std::exchange(lines_, {}), std::exchange(lost_, 0), closed_};
  }

 private:
  static constexpr std::size_t most_bytes = std::size_t{4} << 20;
  Reporter& reporter_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<std::string> lines_;
  std::size_t bytes_ = 0;
  std::uint64_t lost_ = 0;
  bool closed_ = false;
};

struct Agent {
  std::string node;
  ServerDoor door;
  SpoolOptions spool;
  ReportPace pace;
  WatchOptions watch;
};

std::string own_name() {
  utsname system{};
  ::uname(&system);
  return system.nodename;
}

Result<Agent> agent_of(const Invocation& invocation) {
  Agent agent;
  agent.node = invocation.given("node") ? invocation.text("node") : own_name();
  PRATIQUE_TRY(agent.door, server_door(invocation));
  if (agent.door.url.empty())
    return Error{Fault::usage, "no server is named", {}, "name one with --server https://HOST:PORT"};
  if (agent.door.certificate_file.empty() && agent.door.token_file.empty())
    return Error{Fault::usage,
                 "the server would not know who reports",
                 {},
                 "name a certificate (--cert and --key) or a token (--token-file)"};
  agent.spool.folder = invocation.text("spool");
  const auto limit = parse_unsigned(invocation.text("spool-limit"));
  constexpr std::uint64_t most = 1 << 20;
  if (!limit || *limit == 0 || *limit > most)
    return Error{Fault::usage, "--spool-limit is a number of MiB, at least 1", {}, ""};
  agent.spool.byte_limit = *limit << 20;
  PRATIQUE_TRY(const auto interval, parse_span(invocation.text("interval")));
  if (!interval || *interval < std::chrono::seconds(10))
    return Error{Fault::usage, "--interval is at least 10s", {}, "looking costs processor time"};
  agent.pace.look = *interval;
  if (const auto name = invocation.text("source"); name != "best") agent.watch.source = watch_source_named(name);
  return agent;
}

ReportAnswer answer_of(const Result<ServerReply>& reply) {
  using What = ReportAnswer::What;
  if (!reply) return {What::later, render(reply.error())};
  const long status = reply->head.status;
  if (status >= 200 && status < 300) return {};
  std::optional<milliseconds> pause;
  if (const auto header = reply->head.headers.find("retry-after"); header != reply->head.headers.end())
    if (const auto seconds = parse_unsigned(header->second); seconds && *seconds < 86'400)
      pause = milliseconds(*seconds * 1000);
  const bool never = status == 400 || status == 413 || status == 415 || status == 422;
  return {never ? What::never : What::later, problem_of(*reply), pause};
}

ReportPorts ports_of(const Agent& agent) {
  ReportPorts ports;
  ports.look = []() -> Result<std::string> {
    PRATIQUE_TRY(const KernelInventory inventory, observe_kernel({}));
    return render_kernel_json(inventory);
  };
  ports.send = [agent](ReportKind kind, const std::string& body) {
    const bool snapshot = kind == ReportKind::snapshot;
    return answer_of(call_server(agent.door, "POST", node_path(agent.node) + (snapshot ? "/kernel" : "/events"), body,
                                 snapshot ? "application/json" : "application/x-ndjson"));
  };
  ports.random = [engine = std::minstd_rand(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>()(engine);
  };
  return ports;
}

// Talks to the server until the queue is closed.
void report(Reporter& reporter, EventQueue& queue) {
  for (;;) {
    auto taken = queue.take(reporter.next());
    const auto now = Steady::now();
    if (taken.lost > 0) reporter.add_loss(taken.lost);
    reporter.add_events(std::move(taken.lines), now);
    if (taken.closed) return reporter.finish(now);
    const auto looks = reporter.counts().looks;
    reporter.step(now);
    if (reporter.counts().looks != looks) ::malloc_trim(0);  // a snapshot is large, and the next one may be far away
  }
}

// Listens to the kernel until the user wants an end. Where it cannot be watched, only looks tell of it.
void listen(const Agent& agent, Console& console, EventQueue& queue) {
  auto watch = KernelWatch::start(agent.watch, console.clock);
  if (!watch) log(LogLevel::error, "no events are told", {{"reason", render(watch.error())}});
  if (watch) {
    log(LogLevel::info, "watching", {{"by", name_of(watch->source())}});
    queue.put({render_watch_json(name_of(watch->source()), watch->misses())}, 0);
  }
  std::uint64_t lost = 0;
  while (!console.interrupted()) {
    if (!watch) {
      std::this_thread::sleep_for(milliseconds(200));
      continue;
    }
    std::vector<std::string> lines;
    for (const auto& event : watch->wait(milliseconds(1000))) lines.push_back(render_event_json(event));
    const std::uint64_t more = watch->lost() - lost;
    lost += more;
    if (!lines.empty() || more > 0) queue.put(std::move(lines), more);
  }
}

Result<int> run_check(const Invocation& invocation, Console& console) {
  const auto privileges = probe_privileges();
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_privileges_json(privileges)
                            : render_privileges_table(privileges, look_of(invocation, console));
  }));
  const auto watch = KernelWatch::start({}, console.clock);
  note(console, watch ? "events come by " + std::string(name_of(watch->source())) : render(watch.error()));
  if (!invocation.given("server")) return exit_code::ok;
  PRATIQUE_TRY(const Agent agent, agent_of(invocation));
  // A list without an event changes nothing, and is refused as one only where the server lets us in.
  PRATIQUE_TRY(const auto reply,
               call_server(agent.door, "POST", node_path(agent.node) + "/events", "\n", "application/x-ndjson"));
  const bool lets_in = reply.head.status == 400;
  note(console, "the server " + agent.door.url +
                    (lets_in ? " takes reports of node " + agent.node : " answers " + problem_of(reply)));
  return lets_in ? exit_code::ok : exit_code::refused;
}

Result<int> run_agent(const Invocation& invocation, Console& console) {
  if (invocation.flag("check")) return run_check(invocation, console);
  PRATIQUE_TRY(const Agent agent, agent_of(invocation));
  PRATIQUE_TRY(Spool spool, Spool::open(agent.spool));
  for (const auto& privilege : probe_privileges())
    if (!privilege.held)
      log(LogLevel::warn, "a privilege is missing", {{"name", privilege.name}, {"so", privilege.without}});
  Reporter reporter(std::move(spool), ports_of(agent), agent.pace, Steady::now());
  EventQueue queue(reporter);
  std::thread talker([&] { report(reporter, queue); });
  listen(agent, console, queue);
  queue.close();
  talker.join();
  const auto counts = reporter.counts();
  note(console, with_commas(counts.snapshots) + " snapshots and " + with_commas(counts.events) + " events told, " +
                    with_commas(counts.lost) + " events lost, " + with_commas(counts.waiting) + " batches wait in " +
                    agent.spool.folder);
  return exit_code::ok;
}

}  // namespace

Commands agent_commands() {
  std::vector<Option> options = certificate_options();
  for (Option option : std::vector<Option>{
           {.name = "node", .value = "NAME", .help = "what the server knows this node by; its host name by default"},
           {.name = "interval", .value = "TIME", .help = "the kernel is told at least so often", .fallback = "5m"},
           {.name = "spool",
           .value = "FOLDER",
           .help = "where events wait while the server is away",
           .fallback = "/var/lib/pratique/spool"},
           {.name = "spool-limit", .value = "MIB", .help = "how much of them is kept", .fallback = "64"},
           {.name = "source",
           .value = "NAME",
           .help = "what tells of events",
           .fallback = "best",
           .choices = {"best", "lsm", "function", "tracepoint", "polling"}},
           {.name = "check",
           .help = "tell what this process may see and whether the server takes its reports, and end"},
           output_option({"table", "json"})})
    options.push_back(std::move(option));
  return {{.name = "agent",
           .summary = "Tell a server what runs in this node's kernel and what happens there",
           .detail =
               "Sends what 'kernel list -o json' shows when it changed, and at least every --interval; events as "
               "'kernel watch -o jsonl'\n"
               "tells them, together each second. While the server is away events wait in --spool; when that is full "
               "the oldest are\n"
               "dropped, counted, and the number is told. Changes nothing on the node and opens no port. SIGTERM tells "
               "what waits\n"
               "and ends. docs/agent.md has the capabilities it needs and a DaemonSet.",
           .options = std::move(options),
           .examples =
               {"pratique agent --server https://pratique.example:8443 --cert node.crt --key node.key --ca-file ca.crt",
                "pratique agent --check"},
           .run = run_agent}};
}

}  // namespace pratique
