#include "world/probe/tracing.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "world/probe/descriptor.h"
#include "world/probe/tracefs.h"

namespace pratique {
namespace {

alignas(8) constexpr unsigned char watcher[] = {
#include <events.bpf.inc>
};

#if defined(__aarch64__)
constexpr const char *system_call = "__arm64_sys_bpf", *system_call_32 = "";
#else
constexpr const char *system_call = "__x64_sys_bpf", *system_call_32 = "__ia32_sys_bpf";
#endif

struct Part {
  const char* program;
  const char* function;  // that it is attached to, in the kernel's types; null for none
  bool optional = false;
};

std::vector<Part> parts_of(TracingPoint point) {
  if (point == TracingPoint::tracepoint) return {{"on_enter", nullptr}, {"on_exit", nullptr}};
  return {point == TracingPoint::lsm ? Part{"on_lsm", "bpf_lsm_bpf"} : Part{"on_security", "security_bpf"},
          {"on_return", system_call},
          {"on_return_32", system_call_32, true},
          {"on_prog_end", "bpf_prog_free_id", true},
          {"on_map_end", "bpf_map_free_id", true},
          {"on_link_end", "bpf_link_free", true}};
}

std::optional<std::uint64_t> find_tracepoint(const std::string& name) {
  const auto text = read_tracefs("events/" + name + "/id");
  return text ? parse_unsigned(trim(*text)) : std::nullopt;
}

// A tracepoint for all processes: a program on one processor's event runs on every processor.
Descriptor open_tracepoint(std::uint64_t number) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = number;
  attributes.sample_period = 1;
  return Descriptor(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)));
}

}  // namespace

const char* name_of(TracingPoint point) {
  switch (point) {
    case TracingPoint::lsm: return "lsm";
    case TracingPoint::function: return "function";
    case TracingPoint::tracepoint: break;
  }
  return "tracepoint";
}

struct Tracing::State {
  bpf_object* object = nullptr;
  std::vector<bpf_link*> links;
  ring_buffer* ring = nullptr;
  const std::function<void(const Event&)>* visit = nullptr;
  bool ends[4] = {};

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    ring_buffer__free(ring);
    for (auto* link : links) bpf_link__destroy(link);
    bpf_object__close(object);
  }

  bool load(TracingPoint point, const KernelTypes& types);
  bool attach(TracingPoint point);
  bool listen();
  bool hears_us();
  bpf_program* find(const char* name) const { return bpf_object__find_program_by_name(object, name); }
  bool is_loaded(const char* name) const { return bpf_program__autoload(find(name)); }
};

// What the kernel has no function for is left out, where we can do without.
bool Tracing::State::load(TracingPoint point, const KernelTypes& types) {
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "pratique");
  object = bpf_object__open_mem(watcher, sizeof watcher, &options);
  if (object == nullptr) return false;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
  for (const auto& part : parts_of(point)) {
    if (part.function != nullptr && types.find_function(part.function) == 0) {
      if (part.optional) continue;
      errno = EOPNOTSUPP;
      return false;
    }
    bpf_program__set_autoload(find(part.program), true);
    if (part.function == system_call && bpf_program__set_attach_target(find(part.program), 0, part.function) != 0)
      return false;
  }
  return bpf_object__load(object) == 0;
}

bool Tracing::State::attach(TracingPoint point) {
  for (const auto& part : parts_of(point)) {
    if (!is_loaded(part.program)) continue;
    bpf_link* link = nullptr;
    if (point == TracingPoint::tracepoint) {
      const std::string section = bpf_program__section_name(find(part.program));
      const auto number = find_tracepoint(section.substr(section.find('/') + 1));
      Descriptor event = number ? open_tracepoint(*number) : Descriptor();
      const int fd = event ? ::fcntl(event.get(), F_DUPFD_CLOEXEC, 3) : -1;  // which the link closes
      if (fd < 0) return false;
      link = bpf_program__attach_perf_event(find(part.program), fd);
      if (link == nullptr) ::close(fd);
    } else {
      link = bpf_program__attach(find(part.program));
    }
    if (link == nullptr && !part.optional) return false;
    if (link == nullptr) continue;
    links.push_back(link);
    for (const auto& [kind, name] : {std::pair(KernelKind::prog, "on_prog_end"),
                                     {KernelKind::map, "on_map_end"},
                                     {KernelKind::link, "on_link_end"}})
      if (std::strcmp(name, part.program) == 0) ends[static_cast<int>(kind)] = true;
  }
  return true;
}

bool Tracing::State::listen() {
  const auto receive = [](void* context, void* data, std::size_t size) {
    const auto* state = static_cast<const State*>(context);
    if (size >= sizeof(Event) && state->visit != nullptr) (*state->visit)(*static_cast<const Event*>(data));
    return 0;
  };
  const int fd = bpf_object__find_map_fd_by_name(object, "events");
  ring = ring_buffer__new(fd, receive, this, nullptr);
  return ring != nullptr;
}

// An LSM program of a kernel whose list of LSMs lacks bpf loads, attaches and is never called.
bool Tracing::State::hears_us() {
  const Descriptor canary(bpf_map_create(BPF_MAP_TYPE_ARRAY, "pratique_canary", 4, 4, 1, nullptr));
  if (!canary) return false;
  bool heard = false;
  const std::function<void(const Event&)> look = [&](const Event& event) {
    heard |= event.command == BPF_MAP_CREATE && std::strncmp(event.name, "pratique_canary", EVENT_NAME) == 0;
  };
  visit = &look;
  for (int attempt = 0; attempt < 10 && !heard; ++attempt) ring_buffer__poll(ring, 10);
  visit = nullptr;
  return heard;
}

Tracing::Tracing(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tracing::Tracing(Tracing&&) noexcept = default;
Tracing& Tracing::operator=(Tracing&&) noexcept = default;
Tracing::~Tracing() = default;

std::optional<Tracing> Tracing::start(TracingPoint point, const KernelTypes& types, std::string& why) {
  auto state = std::make_unique<State>();
  errno = 0;
  if (!state->load(point, types) || !state->attach(point) || !state->listen()) {
    why = reason_of(errno);
    return {};
  }
  if (!state->hears_us()) {
    why = "attached, but never called";
    return {};
  }
  return Tracing(std::move(state));
}

bool Tracing::wait(std::chrono::milliseconds timeout, const std::function<void(const Event&)>& visit) {
  state_->visit = &visit;
  const int code = ring_buffer__poll(state_->ring, static_cast<int>(timeout.count()));
  state_->visit = nullptr;
  return code != -EINTR;
}

std::uint64_t Tracing::lost() const {
  bpf_map* counters = bpf_object__find_map_by_name(state_->object, ".bss");
  std::size_t size = 0;
  const void* value = counters == nullptr ? nullptr : bpf_map__initial_value(counters, &size);
  std::uint64_t count = 0;
  if (value != nullptr && size >= sizeof count) std::memcpy(&count, value, sizeof count);
  return count;
}

bool Tracing::sees_end_of(KernelKind kind) const {
  return static_cast<std::size_t>(kind) < std::size(state_->ends) && state_->ends[static_cast<int>(kind)];
}

}  // namespace pratique
