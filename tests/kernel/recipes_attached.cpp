// Where it runs: links of every type, and attachments that no link stands for.
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>

#include "recipes.h"

namespace pratique {
namespace {

using maker::cgroup_of_link;
using maker::Fd;

Scene raw_tracepoint_link() {
  Scene scene;
  Fd prog = maker::load({.type = 17, .code = maker::returns(0), .name = "raw_tp"});
  Fd link = maker::open_raw_tracepoint(prog.get(), "sys_enter");
  if (!link) {
    scene.skipped = "raw tracepoints are refused";
    return scene;
  }
  tell_link(scene, std::move(prog), std::move(link), "raw_tracepoint", "raw_tracepoint", "raw_tp",
            "raw_tracepoint sys_enter");
  return scene;
}

Scene tracing_links() {
  struct {
    std::uint32_t type, attach;
    const char *function, *name, *target, *prog_type, *hook;
  } const rows[] = {{26, 23, "", "tp_btf", "sched_switch", "tracing", "raw_tracepoint"},
                    {26, 24, "vfs_open", "fentry", "vfs_open", "tracing", "trace_fentry"},
                    {26, 25, "vfs_open", "fexit", "vfs_open", "tracing", "trace_fexit"},
                    {26, 26, "security_file_open", "fmod_ret", "security_file_open", "tracing", "modify_return"},
                    {29, 27, "bpf_lsm_file_open", "lsm", "file_open", "lsm", "lsm_mac"},
                    {26, 28, "bpf_iter_bpf_map", "iter", "bpf_map", "tracing", "trace_iter"}};
  Scene scene;
  for (const auto& row : rows) {
    const bool by_type = row.attach == 23;
    const auto target =
        by_type ? maker::find_typedef(std::string("btf_trace_") + row.target) : maker::find_function(row.function);
    Fd prog = maker::load({.type = row.type,
                           .code = maker::returns(0),
                           .name = row.name,
                           .attach_type = row.attach,
                           .attach_btf_id = target});
    if (!prog) continue;
    Fd link = row.attach == 28 ? maker::link_iterator(prog.get()) : maker::open_raw_tracepoint(prog.get(), nullptr);
    if (!link) continue;
    tell_link(scene, std::move(prog), std::move(link), row.prog_type,
              row.attach == 28 ? "iter"
              : by_type        ? "raw_tracepoint"
                               : "tracing",
              row.name, std::string(row.hook) + " " + row.target);
  }
  if (scene.truth.empty()) scene.skipped = "tracing programs are refused";
  return scene;
}

// Of this process, so that what a killed one left behind is not ours.
std::string own_cgroup() { return "/pratique_" + std::to_string(::getpid()); }

Scene cgroup_links() {
  Scene scene;
  if (cgroup_root().empty()) {
    scene.skipped = "no cgroup2 tree is mounted";
    return scene;
  }
  struct {
    std::uint32_t type, attach;
    const char *prog_type, *hook;
  } const rows[] = {
      {8, 0, "cgroup_skb", "cgroup_inet_ingress"},      {8, 1, "cgroup_skb", "cgroup_inet_egress"},
      {9, 2, "cgroup_sock", "cgroup_inet_sock_create"}, {13, 3, "sock_ops", "cgroup_sock_ops"},
      {15, 6, "cgroup_device", "cgroup_device"},        {18, 10, "cgroup_sock_addr", "cgroup_inet4_connect"},
      {23, 18, "cgroup_sysctl", "cgroup_sysctl"},       {25, 22, "cgroup_sockopt", "cgroup_setsockopt"}};
  const auto [path, fd] = make_cgroup(scene, own_cgroup() + "/links/in.side");
  for (const auto& row : rows) {
    Fd prog = maker::load({.type = row.type, .code = maker::returns(1), .name = "cg", .attach_type = row.attach});
    Fd link = maker::link(prog.get(), fd.get(), row.attach);
    if (link)
      tell_link(scene, std::move(prog), std::move(link), row.prog_type, "cgroup", "cg",
                std::string(row.hook) + " cgroup " + path);
  }
  if (scene.truth.empty()) scene.skipped = "cgroup links are refused";
  return scene;
}

Scene cgroup_without_links() {
  Scene scene;
  if (cgroup_root().empty()) {
    scene.skipped = "no cgroup2 tree is mounted";
    return scene;
  }
  const auto [above, above_fd] = make_cgroup(scene, own_cgroup() + "/attached");
  const auto [below, below_fd] = make_cgroup(scene, own_cgroup() + "/attached/below");
  const Fd prog = maker::load({.type = 8, .code = maker::returns(1), .name = "cg_multi", .attach_type = 0});
  const Fd alone = maker::load({.type = 15, .code = maker::returns(1), .name = "cg_alone", .attach_type = 6});
  constexpr std::uint32_t multi = 2;
  if (!maker::attach(prog.get(), above_fd.get(), 0, multi) || !maker::attach(prog.get(), below_fd.get(), 0, multi) ||
      !maker::attach(alone.get(), below_fd.get(), 6)) {
    scene.skipped = "attaching to cgroups is refused";
    return scene;
  }
  scene.tell(KernelKind::prog, maker::id_of(prog.get()), "cgroup_skb", "cg_multi").attachments = {
      "cgroup_inet_ingress cgroup " + above, "cgroup_inet_ingress cgroup " + below};
  scene.tell(KernelKind::prog, maker::id_of(alone.get()), "cgroup_device", "cg_alone").attachments = {
      "cgroup_device cgroup " + below};
  return scene;
}

Scene cgroup_removed() {
  Scene scene;
  if (cgroup_root().empty()) {
    scene.skipped = "no cgroup2 tree is mounted";
    return scene;
  }
  auto [path, fd] = make_cgroup(scene, own_cgroup() + "/removed");
  Fd prog = maker::load({.type = 8, .code = maker::returns(1), .name = "cg_gone", .attach_type = 0});
  Fd link = maker::link(prog.get(), fd.get(), 0);
  fd.reset();
  ::rmdir((cgroup_root() + path).c_str());
  for (int i = 0; i < 200 && cgroup_of_link(link.get()) != 0; ++i) ::usleep(10'000);  // the kernel detaches it later
  if (!link || cgroup_of_link(link.get()) != 0) {
    scene.skipped = "cgroup links are refused, or the cgroup does not go";
    return scene;
  }
  tell_link(scene, std::move(prog), std::move(link), "cgroup_skb", "cgroup", "cg_gone", "cgroup_inet_ingress");
  return scene;
}

// Perf events.

Fd open_event(std::uint32_t type, std::uint64_t config, std::uint64_t name = 0, std::uint64_t offset = 0) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = type;
  attr.config = config;
  attr.config1 = name;
  attr.config2 = offset;
  attr.sample_period = 1'000'000'000;
  return Fd(static_cast<int>(::syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)));
}

std::uint64_t number_in(const std::string& path) {
  std::uint64_t number = 0;
  std::ifstream(path) >> number;
  return number;
}

struct Event {
  std::uint32_t prog_type;
  const char *type, *at;
  Fd event;
};

Scene programs_on(std::vector<Event> events) {
  Scene scene;
  for (auto& [prog_type, type, at, event] : events) {
    const Fd prog = maker::load({.type = prog_type, .code = maker::returns(0), .name = type});
    if (!event || ::ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, prog.get()) != 0) continue;
    scene.tell(KernelKind::prog, maker::id_of(prog.get()), type, type).attachments = {at};
    scene.fds.push_back(std::move(event));
  }
  if (scene.truth.empty()) scene.skipped = "perf events are refused";
  return scene;
}

Scene perf_events() {
  std::vector<Event> events;
  for (const char* tracing : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"})
    if (const auto id = number_in(std::string(tracing) + "/events/sched/sched_switch/id"); id != 0 && events.empty())
      events.push_back({5, "tracepoint", "tracepoint sched_switch", open_event(PERF_TYPE_TRACEPOINT, id)});
  static const char function[] = "do_nanosleep";
  if (const auto type = number_in("/sys/bus/event_source/devices/kprobe/type"); type != 0)
    events.push_back({2, "kprobe", "kprobe do_nanosleep",
                      open_event(static_cast<std::uint32_t>(type), 0, reinterpret_cast<std::uintptr_t>(function))});
  return programs_on(std::move(events));
}

Scene perf_event_program() {
  std::vector<Event> events;
  events.push_back({7, "perf_event", "perf_event", open_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK)});
  return programs_on(std::move(events));
}

}  // namespace

std::vector<Recipe> attached_recipes() {
  return {{"raw_tracepoint_link", raw_tracepoint_link},
          {"tracing_links", tracing_links},
          {"cgroup_links", cgroup_links},
          {"cgroup_without_links", cgroup_without_links},
          {"cgroup_removed", cgroup_removed},
          {"perf_events", perf_events},
          {"perf_event_program", perf_event_program, Needs::iterators}};
}

}  // namespace pratique
