// What a node can do to whoever looks at it: a /proc that lies or ends early, too many objects, too few rights.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "scene.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !prog_) GTEST_SKIP() << "needs root and eBPF";
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY}, many{60'000, 60'000};
    ::setrlimit(RLIMIT_MEMLOCK, &all);  // maps count as locked memory before Linux 5.11
    ::setrlimit(RLIMIT_NOFILE, &many);
  }
  maker::Fd prog_ = maker::load({.type = 1, .code = maker::returns(0), .name = "badly_held"});
};

// A process in a /proc of our making that holds the program as descriptor 4.
class Proc {
 public:
  Proc() { std::filesystem::create_directories(root_); }
  ~Proc() { std::filesystem::remove_all(root_); }
  const std::string& root() const { return root_; }
  void add_process(const std::string& pid, const std::string& comm, const std::string& fdinfo) const {
    const std::string folder = root_ + "/" + pid;
    std::filesystem::create_directories(folder + "/fd");
    std::filesystem::create_directories(folder + "/fdinfo");
    std::ofstream(folder + "/comm") << comm;
    std::ofstream(folder + "/fdinfo/4") << fdinfo;
    std::filesystem::create_symlink("anon_inode:bpf-prog", folder + "/fd/4");
  }

 private:
  std::string root_ = testing::TempDir() + "bad_proc_" + std::to_string(::getpid());
};

TEST_F(BadInputTest, ATruncatedProcIsReadAsFarAsItGoes) {
  const std::uint32_t id = maker::id_of(prog_.get());
  const Proc proc;
  proc.add_process("77", "ev\x1b[2J\xff\n", "pos:\t0\nprog_type:\t1\nprog_id:\t" + std::to_string(id) + "\n");
  proc.add_process("78", "", "prog_id:\t" + std::to_string(id));  // no line end
  proc.add_process("79", "cut", "prog_id:\t");
  proc.add_process("80", "large", "prog_id:\t99999999999999999999\n");
  proc.add_process("4294967296", "no pid", "prog_id:\t" + std::to_string(id) + "\n");
  std::filesystem::create_directories(proc.root() + "/81");  // nothing in it
  std::ofstream(proc.root() + "/82") << "a file, not a process";
  const auto inventory = probe_kernel({.proc = proc.root()});
  ASSERT_TRUE(inventory) << render(inventory.error());
  const auto found =
      std::find_if(inventory->objects.begin(), inventory->objects.end(),
                   [&](const KernelObject& object) { return object.kind == KernelKind::prog && object.id == id; });
  ASSERT_NE(found, inventory->objects.end());
  std::vector<std::uint32_t> pids;
  for (const auto& owner : found->owners) pids.push_back(owner.pid);
  EXPECT_THAT(pids, testing::Contains(77));
  EXPECT_THAT(pids, testing::Not(testing::Contains(79)));
  EXPECT_THAT(pids, testing::Not(testing::Contains(80)));
  EXPECT_EQ(found->owners.front().comm, "ev\x1b[2J\xff");  // as it is; whoever prints it makes it safe
  EXPECT_FALSE(inventory->incomplete.empty());
}

TEST_F(BadInputTest, TenThousandObjectsAreAllThere) {
  constexpr std::size_t count = 10'000;
  std::vector<maker::Fd> maps;
  for (std::size_t i = 0; i < count; ++i) {
    maps.push_back(maker::make({.type = 2, .name = "of_ten_thousand"}));
    ASSERT_TRUE(maps.back()) << i;
  }
  for (const Looking looking : {Looking::by_iterators, Looking::by_proc}) {
    const auto inventory = probe_kernel({.looking = looking});
    ASSERT_TRUE(inventory);
    std::size_t seen = 0, owned = 0;
    for (const auto& object : inventory->objects) {
      if (object.name != "of_ten_thousand") continue;
      ++seen;
      owned += object.owners.size() == 1 && object.owners.front().pid == static_cast<std::uint32_t>(::getpid()) ? 1 : 0;
    }
    EXPECT_EQ(seen, count);
    EXPECT_EQ(owned, count);
  }
}

// Root without the capabilities for eBPF: not everybody who runs as root may look.
TEST_F(BadInputTest, RootWithoutCapabilitiesIsToldSo) {
  const maker::Child poor({prog_.get()}, [] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct none[2] = {};
    if (::syscall(SYS_capset, &header, none) != 0) return std::string("capset");
    const auto inventory = probe_kernel();
    if (!inventory) return render(inventory.error());
    const auto watch = KernelWatch::start({}, [] { return Time{}; });
    const auto views = probe_kernel_views();
    return std::string(inventory->refused ? "refused" : "listed") + " " + (watch ? "watches" : "refused") + " " +
           (views ? "views" : "refused") + " " + (inventory->incomplete.empty() ? "whole" : "partial");
  });
  EXPECT_EQ(poor.told(), "refused refused refused partial");
}

}  // namespace
}  // namespace pratique
