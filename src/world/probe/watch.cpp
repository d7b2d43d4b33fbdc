#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>

#include "world/probe/census.h"
#include "world/probe/objects.h"
#include "world/probe/owners.h"
#include "world/probe/probe.h"
#include "world/probe/tidings.h"
#include "world/probe/tracing.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr std::array source_names{"lsm", "function", "tracepoint", "polling"};
constexpr std::array kinds{KernelKind::prog, KernelKind::map, KernelKind::link};

struct Known {
  std::string type, name, tag;
  std::uint32_t prog_id = 0;
};
using KnownById = std::map<std::uint32_t, Known>;

std::chrono::nanoseconds now_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::vector<std::uint32_t> list_ids(KernelKind kind) {
  const auto next = kind == KernelKind::prog  ? bpf_prog_get_next_id
                    : kind == KernelKind::map ? bpf_map_get_next_id
                                              : bpf_link_get_next_id;
  std::vector<std::uint32_t> ids;
  for (__u32 id = 0; next(id, &id) == 0;) ids.push_back(id);
  return ids;
}

Descriptor open_by_id(KernelKind kind, std::uint32_t id) {
  return Descriptor(kind == KernelKind::prog  ? bpf_prog_get_fd_by_id(id)
                    : kind == KernelKind::map ? bpf_map_get_fd_by_id(id)
                                              : bpf_link_get_fd_by_id(id));
}

}  // namespace

std::string_view name_of(WatchSource source) { return source_names.at(static_cast<std::size_t>(source)); }

std::optional<WatchSource> watch_source_named(std::string_view name) {
  const auto found = std::find(source_names.begin(), source_names.end(), name);
  if (found == source_names.end()) return {};
  return static_cast<WatchSource>(found - source_names.begin());
}

struct KernelWatch::State {
  explicit State(Clock wall) : clock(std::move(wall)) {}

  Clock clock;
  Descriptor proc = open_folder(AT_FDCWD, "/proc");
  KernelTypesFile types_file;
  KernelTypes types{types_file.bytes()};
  BtfNames names{types};
  WatchSource source = WatchSource::polling;
  std::optional<Tracing> tracing;
  std::vector<std::string> refusals;
  std::array<KnownById, kinds.size()> known;
  std::set<std::pair<KernelKind, std::uint32_t>> suspects;  // seen or missed by one look at the ids, not yet believed
  std::vector<KernelEvent> events;
  milliseconds interval{50};
  Steady::time_point next_look = Steady::now();

  KnownById& known_of(KernelKind kind) { return known[static_cast<std::size_t>(kind)]; }
  static bool has_ids(KernelKind kind) { return static_cast<std::size_t>(kind) < kinds.size(); }

  void choose(std::optional<WatchSource> wanted);
  void remember_all();
  void receive(const Event& event);
  void name_process(const Event& event, KernelEvent& told);
  void describe(KernelEvent& told);
  void note(KernelEvent told);
  void look_at_ids();
  void look_at_ids(KernelKind kind);
  void name_holders(std::size_t from);
};

void KernelWatch::State::choose(std::optional<WatchSource> wanted) {
  for (const auto candidate : {WatchSource::lsm, WatchSource::function, WatchSource::tracepoint}) {
    if (wanted && *wanted != candidate) continue;
    std::string why = "the kernel does not show its types (BTF)";
    if (!types.empty()) tracing = Tracing::start(static_cast<TracingPoint>(candidate), types, why);
    if (tracing) {
      source = candidate;
      return;
    }
    refusals.push_back("source " + std::string(name_of(candidate)) + " is not used: " + why);
  }
}

void KernelWatch::State::remember_all() {
  Gaps gaps;
  for (auto& object : read_objects(proc.get(), Looking::by_proc, names, gaps))
    if (has_ids(object.kind)) known_of(object.kind)[object.id] = {object.type, object.name, object.tag, object.prog_id};
}

// The process as /proc has it, if it is still the one that the kernel saw: its whole path, and its container where the
// unified hierarchy does not tell that.
void KernelWatch::State::name_process(const Event& event, KernelEvent& told) {
  if (event.pid == 0) return;
  const Descriptor folder = open_path(proc.get(), std::to_string(event.pid).c_str());
  if (!folder) return;
  Process process = describe_process(folder.get());
  const auto last = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  if (last(process.exe) != last(told.by.exe)) return;
  told.by.exe = std::move(process.exe);
  if (!process.place.container.empty()) told.by.container = process.place.container;
  if (!process.place.pod.empty()) told.by.pod = process.place.pod;
}

// Where a link is, as the inventory tells it.
void KernelWatch::State::describe(KernelEvent& told) {
  if (told.kind != KernelKind::link || told.id == 0 || !told.failed.empty()) return;
  const Descriptor link = open_by_id(told.kind, told.id);
  if (!link) return;
  std::vector<KernelObject> objects;
  Gaps gaps;
  read_object(link.get(), told.kind, names, objects, gaps);
  if (objects.empty()) return;
  told.type = objects[0].type;
  told.prog_id = objects[0].prog_id;
  if (told.action != KernelAction::attach || objects[0].attachments.empty()) return;
  const auto& at = objects[0].attachments.front();
  if (!at.hook.empty()) told.hook = at.hook;
  if (!at.target.empty()) told.target = at.target;
}

void KernelWatch::State::receive(const Event& event) {
  if (event.pid == static_cast<std::uint32_t>(::getpid())) return;
  auto told = parse_event(event, names);
  if (!told) return;
  const auto ago = now_of(CLOCK_BOOTTIME) - std::chrono::nanoseconds(event.at);
  told->at = clock() - std::chrono::duration_cast<milliseconds>(ago);
  told->source = name_of(source);
  name_process(event, *told);
  describe(*told);
  note(std::move(*told));
}

// Keeps the table of what is there, and drops an end that was told already.
void KernelWatch::State::note(KernelEvent told) {
  const bool lasting = has_ids(told.kind) && told.id != 0 && told.failed.empty();
  if (lasting) {
    auto& table = known_of(told.kind);
    suspects.erase({told.kind, told.id});
    if (told.action == KernelAction::unload) {
      const auto before = table.find(told.id);
      if (before == table.end()) return;
      if (told.name.empty()) told.name = before->second.name;
      if (told.type.empty()) told.type = before->second.type;
      if (told.prog_id == 0) told.prog_id = before->second.prog_id;
      table.erase(before);
    } else {
      table[told.id] = {told.type, told.name, told.tag, told.prog_id};
    }
  }
  events.push_back(std::move(told));
}

// What is new or gone and no event told. Where events are told, only at the second look: its event may be on the way.
void KernelWatch::State::look_at_ids(KernelKind kind) {
  auto& table = known_of(kind);
  const auto ids = list_ids(kind);
  const auto believe = [&](std::uint32_t id, bool expected) { return !expected || !suspects.emplace(kind, id).second; };
  for (const auto id : ids) {
    if (table.contains(id) || !believe(id, tracing.has_value())) continue;
    const Descriptor object = open_by_id(kind, id);
    std::vector<KernelObject> objects;
    Gaps gaps;
    if (object) read_object(object.get(), kind, names, objects, gaps);
    if (objects.empty()) continue;
    const KernelObject& found = objects.front();
    KernelEvent told{.at = clock(),
                     .kind = kind,
                     .id = id,
                     .type = found.type,
                     .name = found.name,
                     .tag = found.tag,
                     .prog_id = found.prog_id,
                     .source = "polling"};
    told.action = kind == KernelKind::prog  ? KernelAction::load
                  : kind == KernelKind::map ? KernelAction::create
                                            : KernelAction::attach;
    told.target = found.attach_target;
    if (!found.attachments.empty()) {
      told.hook = found.attachments.front().hook;
      told.target = found.attachments.front().target;
    }
    note(std::move(told));
  }
  std::vector<std::uint32_t> gone;
  for (const auto& [id, object] : table)
    if (!std::binary_search(ids.begin(), ids.end(), id) && believe(id, tracing && tracing->sees_end_of(kind)))
      gone.push_back(id);
  for (const auto id : gone) {
    const Known before = table.at(id);
    note({.at = clock(),
          .action = KernelAction::unload,
          .kind = kind,
          .id = id,
          .type = before.type,
          .name = before.name,
          .tag = before.tag,
          .prog_id = before.prog_id,
          .source = "polling"});
  }
}

// Whoever holds it is the best that is known of who made it.
void KernelWatch::State::name_holders(std::size_t from) {
  const auto wants = [](const KernelEvent& event) {
    return event.source == "polling" && event.action != KernelAction::unload;
  };
  if (std::none_of(events.begin() + static_cast<std::ptrdiff_t>(from), events.end(), wants)) return;
  Gaps gaps;
  const Census census = walk_processes(proc.get(), gaps);
  for (std::size_t i = from; i < events.size(); ++i) {
    if (!wants(events[i])) continue;
    for (const auto& held : census.objects)
      if (held.kind == events[i].kind && held.id == events[i].id) events[i].by = owner_of(census, held.by, held.how);
  }
  std::erase_if(events, [&](const KernelEvent& event) {
    return event.source == "polling" && event.by.pid == static_cast<std::uint32_t>(::getpid());
  });
}

// As often as it costs a thousandth of a processor; at least every 80 ms, unless that costs a hundredth.
void KernelWatch::State::look_at_ids() {
  const auto before = now_of(CLOCK_THREAD_CPUTIME_ID);
  const std::size_t from = events.size();
  for (const auto kind : kinds) look_at_ids(kind);
  const auto cost = now_of(CLOCK_THREAD_CPUTIME_ID) - before;
  const auto cheap = std::chrono::duration_cast<milliseconds>(cost * 1000),
             dear = std::chrono::duration_cast<milliseconds>(cost * 100);
  const bool all_told =
      tracing && std::all_of(kinds.begin(), kinds.end(), [&](KernelKind kind) { return tracing->sees_end_of(kind); });
  interval = std::clamp(cheap, milliseconds(50), std::max(milliseconds(80), dear));
  if (all_told) interval = std::max(cheap, milliseconds(1000));
  name_holders(from);
  next_look = Steady::now() + interval;
}

KernelWatch::KernelWatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
KernelWatch::KernelWatch(KernelWatch&&) noexcept = default;
KernelWatch::~KernelWatch() = default;

Result<KernelWatch> KernelWatch::start(const WatchOptions& options, Clock clock) {
  libbpf_set_print(nullptr);
  __u32 id = 0;
  if (bpf_prog_get_next_id(0, &id) != 0 && errno != ENOENT)
    return Error{errno == ENOSYS ? Fault::unavailable : Fault::refused,
                 "the kernel does not list its eBPF objects: " + reason_of(errno),
                 {},
                 "run as root, or with CAP_SYS_ADMIN"};
  auto state = std::make_unique<State>(std::move(clock));
  if (!options.source || *options.source != WatchSource::polling) state->choose(options.source);
  if (options.source && state->source != *options.source) {
    const std::string why = state->refusals.empty() ? "it does not work here" : state->refusals.back();
    return Error{
        Fault::unavailable, why, {}, "leave the choice to us, or name another of lsm, function, tracepoint, polling"};
  }
  state->remember_all();
  return KernelWatch(std::move(state));
}

WatchSource KernelWatch::source() const { return state_->source; }

std::vector<std::string> KernelWatch::misses() const {
  auto told = state_->refusals;
  told.push_back(
      "attachments that no bpf() call makes (tc and XDP without a link, sockets, perf events before Linux 5.15) are no "
      "events: 'kernel list' shows them");
  if (state_->source == WatchSource::tracepoint)
    told.push_back(
        "calls of 32-bit processes and of programs have no caller here, and what was asked for is read from the "
        "caller's memory, which it may change meanwhile");
  if (state_->source == WatchSource::polling)
    told.push_back(
        "what lives for less than a look at all ids, attempts that fail, updates, detachments and pins are not seen; "
        "who "
        "holds an object stands for who made it");
  std::string polled;
  for (const auto kind : kinds)
    if (!state_->tracing || !state_->tracing->sees_end_of(kind))
      polled.append(polled.empty() ? "" : ", ").append(name_of(kind)).append("s");
  if (!polled.empty())
    told.push_back("the end of an object is found by looking at all ids (" + polled +
                   "), every 50 to 80 ms, more seldom on nodes with "
                   "thousands, and nobody is named for it");
  return told;
}

std::vector<KernelEvent> KernelWatch::wait(milliseconds timeout) {
  const auto end = Steady::now() + timeout;
  for (;;) {
    const auto now = Steady::now();
    const auto until = std::min(end, state_->next_look);
    const auto pause = std::max(milliseconds(0), std::chrono::ceil<milliseconds>(until - now));
    bool whole = true;
    if (state_->tracing) {
      whole = state_->tracing->wait(pause, [&](const Event& event) { state_->receive(event); });
    } else if (pause.count() > 0) {
      timespec rest{.tv_sec = pause.count() / 1000, .tv_nsec = pause.count() % 1000 * 1'000'000};
      whole = ::nanosleep(&rest, nullptr) == 0;
    }
    if (Steady::now() >= state_->next_look) state_->look_at_ids();
    if (!state_->events.empty() || !whole || Steady::now() >= end) return std::exchange(state_->events, {});
  }
}

std::uint64_t KernelWatch::lost() const { return state_->tracing ? state_->tracing->lost() : 0; }

}  // namespace pratique
