// What goes wrong on a node while somebody looks: mounts whose server is gone, pids given away again, a kernel without
// its types, and root that lacks just the capabilities that count.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/fuse.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "scene.h"
#include "world/probe/probe.h"
#include "world/voice/voice.h"

namespace pratique {
namespace {

class FaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_MEMLOCK, &all);
    if (::geteuid() != 0 || !maker::load({.type = 1, .code = maker::returns(0), .name = "can_we"}))
      GTEST_SKIP() << "needs root and eBPF";
  }
};

const KernelObject* find_prog(const KernelInventory& inventory, std::uint32_t id) {
  const auto found = std::find_if(inventory.objects.begin(), inventory.objects.end(), [&](const KernelObject& object) {
    return object.kind == KernelKind::prog && object.id == id;
  });
  return found == inventory.objects.end() ? nullptr : &*found;
}

// A file system in user space that answers until it is told to hang, and never again from then on.
class HangingServer {
 public:
  HangingServer() : device_(::open("/dev/fuse", O_RDWR | O_CLOEXEC)) {
    if (device_) thread_ = std::thread([this] { serve(); });
  }
  ~HangingServer() { end(); }
  void end() {  // which fails whatever waits for it
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    device_.reset();
  }
  explicit operator bool() const { return static_cast<bool>(device_); }
  int device() const { return device_.get(); }
  bool mount_at(const std::string& place) const {
    const std::string options =
        "fd=" + std::to_string(device_.get()) + ",rootmode=40000,user_id=0,group_id=0,allow_other";
    return ::mount("hanging", place.c_str(), "fuse", 0, options.c_str()) == 0;
  }
  void hang() { hangs_ = true; }

 private:
  void serve() {
    std::vector<char> request(1 << 17);
    while (!stop_) {
      pollfd wait{.fd = device_.get(), .events = POLLIN, .revents = 0};
      // Looked at again behind the wait: what arrived since it was told to hang is not answered.
      if (::poll(&wait, 1, 20) <= 0) continue;
      if (hangs_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      const ssize_t got = ::read(device_.get(), request.data(), request.size());
      if (got < static_cast<ssize_t>(sizeof(fuse_in_header))) continue;
      fuse_in_header header{};
      std::memcpy(&header, request.data(), sizeof header);
      answer(header);
    }
  }

  void answer(const fuse_in_header& header) {
    struct {
      fuse_out_header head{};
      union {
        fuse_init_out init;
        fuse_attr_out attributes;
      };
    } reply{};
    std::size_t size = 0;
    if (header.opcode == FUSE_INIT) {
      reply.init = {};
      reply.init.major = FUSE_KERNEL_VERSION;
      reply.init.minor = 31;
      reply.init.max_write = 4096;
      size = sizeof reply.init;
    } else if (header.opcode == FUSE_GETATTR) {
      reply.attributes = {};
      reply.attributes.attr.ino = 1;
      reply.attributes.attr.mode = S_IFDIR | 0755;
      reply.attributes.attr.nlink = 2;
      size = sizeof reply.attributes;
    } else {
      reply.head.error = -ENOSYS;
    }
    reply.head.unique = header.unique;
    reply.head.len = static_cast<std::uint32_t>(sizeof reply.head + size);
    if (::write(device_.get(), &reply, reply.head.len) < 0) return;  // whoever asked is gone
  }

  maker::Fd device_;
  std::atomic<bool> hangs_{false}, stop_{false};
  std::thread thread_;
};

// The inventory, unless it waits for the server; then the server ends, so that it comes back at all.
std::optional<KernelInventory> look_in_time(Looking looking, HangingServer& server) {
  auto look = std::async(std::launch::async, [&] { return probe_kernel({.looking = looking}); });
  if (look.wait_for(std::chrono::seconds(100)) != std::future_status::ready) {
    server.end();
    look.wait();
    return {};
  }
  auto inventory = look.get();
  return inventory ? std::optional(std::move(*inventory)) : std::nullopt;
}

TEST_F(FaultsTest, AMountThatHangsHoldsNobodyUp) {
  HangingServer server;
  if (!server) GTEST_SKIP() << "this kernel has no file systems in user space";
  Scene scene;
  const std::string folder = make_folder(scene);
  const maker::Fd prog = maker::load({.type = 1, .code = maker::returns(0), .name = "by_hung_mount"});
  // It works in the mount and holds its folder open.
  const maker::Child child({prog.get(), server.device()}, [&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "unshare";
    if (!server.mount_at(folder)) return "refused";
    ::close(server.device());  // with the last one of these the mount is given up
    if (::open(folder.c_str(), O_PATH | O_CLOEXEC) < 0) return std::string("open: ") + std::strerror(errno);
    if (::chdir(folder.c_str()) != 0) return std::string("chdir: ") + std::strerror(errno);
    return "hangs";
  });
  if (child.told() == "refused") GTEST_SKIP() << "mounting file systems in user space is refused";
  ASSERT_EQ(child.told(), "hangs");
  server.hang();
  const std::string cwd = "/proc/" + std::to_string(child.pid()) + "/cwd/.";
  std::thread waits([&] {
    struct stat info {};
    EXPECT_NE(::stat(cwd.c_str(), &info), 0);  // which comes back when the server ends
  });
  for (const Looking looking : {Looking::by_iterators, Looking::by_proc}) {
    const auto inventory = look_in_time(looking, server);
    EXPECT_TRUE(inventory) << "the inventory waited for a server that is gone";
    if (!inventory) break;
    const KernelObject* found = find_prog(*inventory, maker::id_of(prog.get()));
    EXPECT_TRUE(found != nullptr &&
                std::any_of(found->owners.begin(), found->owners.end(), [&](const KernelOwner& owner) {
                  return owner.pid == static_cast<std::uint32_t>(child.pid());
                }));
  }
  // Nor does whoever looks for what a tool writes there.
  const auto voice = read_end_of_file(static_cast<std::uint32_t>(child.pid()), folder + "/events.json", 100,
                                      std::chrono::milliseconds(200));
  EXPECT_TRUE(!voice && voice.error().fault == Fault::timeout);
  server.end();
  waits.join();
}

// A process with that pid that holds one program and bears its name; 0 where the kernel does not let us choose.
pid_t start_as(pid_t pid, const maker::Fd& keep, const char* name) {
  clone_args how{};
  how.exit_signal = SIGCHLD;
  how.set_tid = pid == 0 ? 0 : reinterpret_cast<std::uintptr_t>(&pid);
  how.set_tid_size = pid == 0 ? 0 : 1;
  const auto child = static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
  if (child != 0) return child < 0 ? 0 : child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, name);
  ::dup2(keep.get(), 3);
  ::syscall(SYS_close_range, 4, ~0U, 0);
  for (;;) ::pause();
}

// Two loaders that take turns with one pid, each with a program at the same descriptor: neither may be told as holding
// what is the other's.
TEST_F(FaultsTest, APidThatIsGivenAwayAgainMixesNoTwoProcesses) {
  const maker::Fd one = maker::load({.type = 1, .code = maker::returns(1), .name = "of_one"}),
                  two = maker::load({.type = 1, .code = maker::returns(2), .name = "of_two"});
  std::atomic<pid_t> pid{start_as(0, one, "one")};
  ASSERT_NE(pid, 0);
  std::atomic<bool> stop{false}, possible{true};
  std::thread turns([&] {  // forked children end with this thread, as their parent
    for (int turn = 1; !stop && possible; ++turn) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
      possible = start_as(pid, turn % 2 == 0 ? one : two, turn % 2 == 0 ? "one" : "two") == pid;
    }
  });
  for (const Looking looking : {Looking::by_iterators, Looking::by_proc})
    for (int round = 0; round < 8 && possible; ++round) {
      const auto inventory = probe_kernel({.looking = looking});
      if (!inventory) continue;
      for (const auto& [prog, name] : {std::pair(&one, "one"), std::pair(&two, "two")}) {
        const KernelObject* found = find_prog(*inventory, maker::id_of(prog->get()));
        if (found == nullptr) continue;
        for (const auto& owner : found->owners) {
          if (owner.pid != static_cast<std::uint32_t>(pid.load()) || owner.fd != 3) continue;
          EXPECT_TRUE(owner.comm == name || owner.comm.starts_with("kernel_inv") || owner.comm.empty()) << owner.comm;
        }
      }
    }
  stop = true;
  turns.join();
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  if (!possible) GTEST_SKIP() << "this kernel does not let us choose a pid";
}

TEST_F(FaultsTest, WithoutBtfTheListingIsThereAndSaysWhatItLacks) {
  const maker::Fd prog = maker::load({.type = 1, .code = maker::returns(0), .name = "without_btf"});
  const maker::Child child({prog.get()}, [&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "unshare";
    if (::mount("none", "/sys/kernel/btf", "tmpfs", 0, nullptr) != 0) return "unshare";
    const auto inventory = probe_kernel();
    if (!inventory) return render(inventory.error());
    const KernelObject* found = find_prog(*inventory, maker::id_of(prog.get()));
    std::string told = found == nullptr ? "missing" : "listed";
    if (found != nullptr && !found->owners.empty()) told += ", owned";
    for (const auto& gap : inventory->incomplete)
      if (gap.find("types (BTF)") != std::string::npos) told += ", says so";
    const auto watch = KernelWatch::start({}, [] { return Time{}; });
    if (!watch) return told + ", " + render(watch.error());
    told += ", watches by " + std::string(name_of(watch->source()));
    const auto misses = watch->misses();
    if (std::any_of(misses.begin(), misses.end(), [](const std::string& miss) {
          return miss.find("does not show its types (BTF)") != std::string::npos;
        }))
      told += " and says why";
    return told;
  });
  if (child.told() == "unshare") GTEST_SKIP() << "mounting is refused";
  EXPECT_EQ(child.told(), "listed, owned, says so, watches by polling and says why");
}

// Gives up capabilities for good; true where it worked.
bool drop(std::initializer_list<unsigned> capabilities) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct sets[2] = {};
  if (::syscall(SYS_capget, &header, sets) != 0) return false;
  for (const unsigned each : capabilities)
    for (auto* set : {&sets[each / 32].effective, &sets[each / 32].permitted, &sets[each / 32].inheritable})
      *set &= ~(1U << (each % 32));
  return ::syscall(SYS_capset, &header, sets) == 0;
}

std::string what_is_seen_without(std::initializer_list<unsigned> capabilities, std::uint32_t prog) {
  if (!drop(capabilities)) return "capset";
  const auto inventory = probe_kernel();
  if (!inventory) return render(inventory.error());
  const KernelObject* found = find_prog(*inventory, prog);
  std::string told = inventory->refused ? "refused" : "listed";
  told += found == nullptr ? ", missing" : found->owners.empty() ? ", nobody's" : ", owned";
  return told + (inventory->incomplete.empty() ? ", whole" : ", partial");
}

// CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON (kernel/bpf/syscall.c, bpf_capable), so nothing is lost.
TEST_F(FaultsTest, WithoutCapBpfSysAdminIsEnough) {
  const maker::Fd prog = maker::load({.type = 1, .code = maker::returns(0), .name = "without_cap_bpf"});
  const maker::Child child({prog.get()}, [&] {
    return what_is_seen_without({CAP_BPF, CAP_PERFMON}, maker::id_of(prog.get()));
  });
  EXPECT_THAT(child.told(), testing::StartsWith("listed, owned"));
}

// With CAP_BPF alone the kernel lists no ids: what descriptors show is all there is, and that is said.
TEST_F(FaultsTest, WithoutCapBpfAndSysAdminTheAnswerIsPartialAndSaysSo) {
  const maker::Fd prog = maker::load({.type = 1, .code = maker::returns(0), .name = "without_any"});
  const maker::Child child({prog.get()}, [&] {
    return what_is_seen_without({CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN}, maker::id_of(prog.get()));
  });
  EXPECT_EQ(child.told(), "refused, owned, partial");
}

}  // namespace
}  // namespace pratique
