// In the network: devices, routes, sockets and whole namespaces.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sstream>

#include "network_maker.h"
#include "recipes.h"

namespace pratique {
namespace {

using maker::Child;
using maker::Fd;

constexpr std::uint32_t lo = 1;

// A program that nothing but what a child does with it keeps.
struct Given {
  Fd fd;
  std::uint32_t id;
  std::string type, name;
};

Given give(std::uint32_t type, const std::string& type_name, const std::string& name, std::uint32_t attach_type = 0,
           std::int32_t result = 0) {
  Fd fd = maker::load({.type = type, .code = maker::returns(result), .name = name, .attach_type = attach_type});
  const std::uint32_t id = maker::id_of(fd.get());
  return {std::move(fd), id, type_name, name};
}

// Runs `work` in a child in a network namespace of its own, with the programs' descriptors, and closes them there. It
// lists the places, in the order of the programs, that it attached each to ("" where the kernel refuses).
void play_inside(Scene& scene, std::vector<Given>& given, const std::function<std::vector<std::string>()>& work) {
  std::vector<int> keep;
  for (const auto& one : given) keep.push_back(one.fd.get());
  scene.children.emplace_back(keep, [&] {
    ::unshare(CLONE_NEWNET);
    maker::raise(lo);
    std::string told;
    for (const auto& place : work()) told += place + "|";
    for (const int fd : keep) ::close(fd);
    return told;
  });
  const auto& child = scene.children.back();
  const std::string netns = " netns " + std::to_string(namespace_of(child.pid(), "net"));
  std::istringstream places(child.told());
  for (auto& one : given) {
    std::string place;
    std::getline(places, place, '|');
    one.fd.reset();
    // Linux 6.18.15 takes a program on an IPv6 route and forgets it.
    if (place.empty() || !maker::is_loaded(one.id)) {
      std::printf("not attached here: %s\n", one.name.c_str());
      continue;
    }
    scene.tell(KernelKind::prog, one.id, one.type, one.name).attachments = {place + netns};
  }
  if (scene.truth.empty()) scene.skipped = "the kernel refuses all of it";
}

std::string on(const char* hook, const std::string& device, const char* direction = "") {
  return std::string(hook) + " " + device + (*direction == 0 ? "" : std::string(" ") + direction) + " ifindex " +
         std::to_string(maker::index_of(device));
}

Scene xdp_by_netlink() {
  Scene scene;
  std::vector<Given> given;
  given.push_back(give(6, "xdp", "xdp_generic", 37, 2));
  given.push_back(give(6, "xdp", "xdp_native", 37, 2));
  play_inside(scene, given, [&]() -> std::vector<std::string> {
    constexpr std::uint32_t generic = 2, native = 4;
    const bool on_lo = maker::set_xdp(lo, given[0].fd.get(), generic);
    const bool on_pair =
        maker::add_pair("pr0", "pr1") && maker::set_xdp(maker::index_of("pr0"), given[1].fd.get(), native);
    return {on_lo ? on("xdp", "lo") : "", on_pair ? on("xdp", "pr0") : ""};
  });
  return scene;
}

Scene traffic_control() {
  Scene scene;
  std::vector<Given> given;
  for (const char* name : {"tc_in", "tc_out", "tc_chain", "tc_not_direct", "tc_block"})
    given.push_back(give(3, "sched_cls", name));
  given.push_back(give(4, "sched_act", "act_in_filter"));
  given.push_back(give(4, "sched_act", "act_free"));
  given.push_back(give(3, "sched_cls", "tc_htb"));
  given.push_back(give(3, "sched_cls", "tc_class"));
  play_inside(scene, given, [&]() -> std::vector<std::string> {
    constexpr std::uint32_t egress = 0xfffffff3, block = 7, of_block = 0xffffffff;
    maker::add_clsact(lo);
    maker::add_pair("pr0", "pr1");
    const auto pair = maker::index_of("pr0");
    std::vector<std::string> places(9);
    const auto fd = [&](std::size_t i) { return given[i].fd.get(); };
    if (maker::add_bpf_filter(lo, fd(0), {})) places[0] = on("tc", "lo", "ingress");
    if (maker::add_bpf_filter(lo, fd(1), {.parent = egress})) places[1] = on("tc", "lo", "egress");
    if (maker::add_bpf_filter(lo, fd(2), {.chain = 5, .pref = 9})) places[2] = on("tc", "lo", "ingress");
    if (maker::add_bpf_filter(lo, fd(3), {.pref = 10, .direct = false})) places[3] = on("tc", "lo", "ingress");
    if (maker::add_clsact(pair, block) && maker::add_bpf_filter(of_block, fd(4), {.parent = block}))
      places[4] = "tc block 7";
    if (maker::add_matchall_with_action(lo, fd(5), {.pref = 11})) places[5] = on("tc_action", "lo", "ingress");
    if (maker::add_free_action(fd(6))) places[6] = "tc_action";
    if (maker::add_htb(lo)) {
      if (maker::add_bpf_filter(lo, fd(7), {.parent = 0x10000})) places[7] = on("tc", "lo", "egress");
      if (maker::add_bpf_filter(lo, fd(8), {.parent = 0x10010})) places[8] = on("tc", "lo", "egress");
    }
    return places;
  });
  return scene;
}

Scene devices_by_bpf() {
  Scene scene;
  std::vector<Given> given;
  for (const char* name : {"tcx_in", "tcx_out", "netkit_primary", "netkit_peer"})
    given.push_back(give(3, "sched_cls", name));
  play_inside(scene, given, [&]() -> std::vector<std::string> {
    std::vector<std::string> places(4);
    if (maker::attach(given[0].fd.get(), lo, 46)) places[0] = on("tcx_ingress", "lo", "ingress");
    if (maker::attach(given[1].fd.get(), lo, 47)) places[1] = on("tcx_egress", "lo", "egress");
    if (!maker::add_netkit("nk0", "nk1")) return places;
    const auto netkit = static_cast<int>(maker::index_of("nk0"));
    if (maker::attach(given[2].fd.get(), netkit, 54)) places[2] = on("netkit_primary", "nk0");
    if (maker::attach(given[3].fd.get(), netkit, 55)) places[3] = on("netkit_peer", "nk0");
    return places;
  });
  return scene;
}

Scene routes() {
  Scene scene;
  std::vector<Given> given;
  given.push_back(give(10, "lwt_in", "route_in"));
  given.push_back(give(12, "lwt_xmit", "route_xmit"));
  given.push_back(give(11, "lwt_out", "route_out"));
  play_inside(scene, given, [&]() -> std::vector<std::string> {
    const bool four = maker::add_route(lo, 3, given[0].fd.get(), "route_in", given[1].fd.get(), "route_xmit");
    const bool six = maker::add_route6(lo, 3, given[2].fd.get(), "route_out");
    return {four ? "lwt_in 10.9.3.0/24" : "", four ? "lwt_xmit 10.9.3.0/24" : "", six ? "lwt_out fd00:3::/32" : ""};
  });
  return scene;
}

Scene whole_namespaces() {
  Scene scene;
  std::vector<Given> given;
  given.push_back(give(22, "flow_dissector", "dissector"));
  play_inside(scene, given, [&]() -> std::vector<std::string> {
    return {maker::attach(given[0].fd.get(), 0, 17) ? "flow_dissector" : ""};
  });
  return scene;
}

// Links, held by the child with their programs closed.
Scene links_in_a_namespace() {
  struct Row {
    std::uint32_t type, attach;
    const char *prog_type, *link_type, *place;
    int target;  // -1: the network namespace
    std::uint32_t flags;
  };
  const std::vector<Row> rows = {{30, 36, "sk_lookup", "netns", "sk_lookup", -1, 0},
                                 {6, 37, "xdp", "xdp", "xdp lo ifindex 1", lo, 2},
                                 {3, 46, "sched_cls", "tcx", "tcx_ingress lo ingress ifindex 1", lo, 0},
                                 {32, 45, "netfilter", "netfilter", "netfilter ipv4 output", 0, 0}};
  Scene scene;
  std::vector<Given> given;
  std::vector<int> keep;
  for (const auto& row : rows) {
    given.push_back(give(row.type, row.prog_type, row.link_type, row.attach, 1));
    if (given.back().fd) keep.push_back(given.back().fd.get());
  }
  scene.children.emplace_back(keep, [&] {
    ::unshare(CLONE_NEWNET);
    const Fd own(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    std::string told;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const int prog = given[i].fd.get();
      Fd link = rows[i].type == 32
                    ? maker::link_netfilter(prog, 2, 3, -10)
                    : maker::link(prog, rows[i].target < 0 ? own.get() : rows[i].target, rows[i].attach, rows[i].flags);
      told += std::to_string(maker::id_of(link.get())) + " " + std::to_string(link.get()) + " ";
      link.release();
      ::close(prog);
    }
    return told;
  });
  const auto& child = scene.children.back();
  std::istringstream told(child.told());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::uint32_t id = 0;
    int fd = -1;
    told >> id >> fd;
    if (id == 0) {
      std::printf("not attached here: %s\n", rows[i].place);
      continue;
    }
    const std::string at = std::string(rows[i].place) + " netns " + std::to_string(namespace_of(child.pid(), "net")) +
                           " link " + std::to_string(id);
    Truth& link = scene.tell(KernelKind::link, id, rows[i].link_type);
    link.owners = {owner(child.pid(), fd)};
    link.attachments = {at};
    Truth& prog = scene.tell(KernelKind::prog, given[i].id, given[i].type, given[i].name);
    prog.held_by = {"link " + std::to_string(id)};
    prog.attachments = {at};
  }
  if (scene.truth.empty()) scene.skipped = "the kernel refuses all of it";
  return scene;
}

// A namespace that only a file keeps, and one that only a descriptor keeps: no process is in them.
Scene namespaces_without_processes() {
  Scene scene;
  const std::string folder = make_folder(scene), file = folder + "/net";
  ::close(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  std::vector<Given> given;
  given.push_back(give(6, "xdp", "xdp_by_file", 37, 2));
  given.push_back(give(6, "xdp", "xdp_by_fd", 37, 2));
  std::vector<std::string> inodes;
  {
    constexpr std::uint32_t generic = 2;
    const Child inside({given[0].fd.get()}, [&] {
      ::unshare(CLONE_NEWNET);
      return maker::set_xdp(lo, given[0].fd.get(), generic) ? "yes" : "";
    });
    const std::string place = "/proc/" + std::to_string(inside.pid()) + "/ns/net";
    if (inside.told().empty() || ::mount(place.c_str(), file.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      scene.skipped = "XDP or network namespaces are refused";
      return scene;
    }
    scene.undo.push_back([file] { ::umount2(file.c_str(), MNT_DETACH); });
    inodes.push_back(std::to_string(namespace_of(inside.pid(), "net")));
  }
  scene.children.emplace_back(std::vector<int>{given[1].fd.get()}, [&] {
    constexpr std::uint32_t generic = 2;
    const int before = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    ::unshare(CLONE_NEWNET);
    maker::set_xdp(lo, given[1].fd.get(), generic);
    const std::string inode = std::to_string(namespace_of(0, "net"));
    if (::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) < 0 || ::setns(before, CLONE_NEWNET) != 0)
      return std::string();
    ::close(before);
    ::close(given[1].fd.get());
    return inode;
  });
  inodes.push_back(scene.children.back().told());
  for (std::size_t i = 0; i < 2; ++i)
    scene.tell(KernelKind::prog, given[i].id, "xdp", given[i].name).attachments = {"xdp lo ifindex 1 netns " +
                                                                                   inodes[i]};
  return scene;
}

std::string socket_of(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? std::to_string(info.st_ino) : "";
}

Scene sockets() {
  Scene scene;
  std::vector<Given> given;
  given.push_back(give(1, "socket_filter", "on_socket", 0, -1));
  given.push_back(give(1, "socket_filter", "on_group", 0, 0));
  given.push_back(give(21, "sk_reuseport", "reuseport", 39, 1));
  play_inside(scene, given, [&]() -> std::vector<std::string> {
    std::vector<std::string> places(3);
    const auto attach = [](int socket, int option, int prog) {
      return ::setsockopt(socket, SOL_SOCKET, option, &prog, sizeof prog) == 0;
    };
    const int datagram = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (attach(datagram, SO_ATTACH_BPF, given[0].fd.get()))
      places[0] = "socket_filter inet datagram socket " + socket_of(datagram);
    for (const std::size_t i : {1, 2}) {
      const int member = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;
      ::setsockopt(member, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
      const sockaddr_in any{
          .sin_family = AF_INET, .sin_port = htons(static_cast<std::uint16_t>(7000 + i)), .sin_addr = {}};
      if (::bind(member, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0 &&
          attach(member, SO_ATTACH_REUSEPORT_EBPF, given[i].fd.get()))
        places[i] = "sk_reuseport inet datagram socket " + socket_of(member);
    }
    ::fcntl(datagram, F_DUPFD_CLOEXEC, 100);  // a second descriptor is the same socket
    return places;
  });
  return scene;
}

Scene sockmaps() {
  Scene scene;
  Fd map = maker::make({.type = 15, .entries = 4, .name = "sockets"});
  Fd hash = maker::make({.type = 18, .entries = 4, .name = "more_sockets"});
  const Given parser = give(14, "sk_skb", "parser", 4, 1), verdict = give(14, "sk_skb", "verdict", 5, 1),
              message = give(16, "sk_msg", "message", 7, 1);
  if (!maker::attach(parser.fd.get(), map.get(), 4) || !maker::attach(verdict.fd.get(), map.get(), 5) ||
      !maker::attach(message.fd.get(), hash.get(), 7)) {
    scene.skipped = "sockmaps take no programs here";
    return scene;
  }
  const std::string in_map = " map " + std::to_string(maker::id_of(map.get())),
                    in_hash = " map " + std::to_string(maker::id_of(hash.get()));
  scene.tell(KernelKind::prog, parser.id, "sk_skb", "parser").attachments = {"sk_skb_stream_parser" + in_map};
  scene.tell(KernelKind::prog, verdict.id, "sk_skb", "verdict").attachments = {"sk_skb_stream_verdict" + in_map};
  scene.tell(KernelKind::prog, message.id, "sk_msg", "message").attachments = {"sk_msg_verdict" + in_hash};
  const Given linked = give(16, "sk_msg", "linked", 7, 1);
  if (Fd link = maker::link(linked.fd.get(), map.get(), 7)) {
    const std::string id = std::to_string(maker::id_of(link.get())), at = "sk_msg_verdict" + in_map + " link " + id;
    scene.hold(KernelKind::link, std::move(link), "sockmap").attachments = {at};
    Truth& told = scene.tell(KernelKind::prog, linked.id, "sk_msg", "linked");
    told.attachments = {at};
    told.held_by = {"link " + id};
  }
  scene.hold(KernelKind::map, std::move(map), "sockmap", "sockets");
  scene.hold(KernelKind::map, std::move(hash), "sockhash", "more_sockets");
  return scene;
}

}  // namespace

std::vector<Recipe> network_recipes() {
  return {{"xdp_by_netlink", xdp_by_netlink},
          {"traffic_control", traffic_control},
          {"devices_by_bpf", devices_by_bpf},
          {"routes", routes},
          {"whole_namespaces", whole_namespaces},
          {"links_in_a_namespace", links_in_a_namespace, Needs::iterators},
          {"namespaces_without_processes", namespaces_without_processes},
          {"sockets", sockets, Needs::iterators},
          {"sockmaps", sockmaps}};
}

}  // namespace pratique
