// The inventory against scenes whose truth is known: nothing missing, nothing invented.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "engine/kernel/kernel.h"
#include "recipes.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

using ObjectKey = std::pair<KernelKind, std::uint32_t>;
using Objects = std::map<ObjectKey, KernelObject>;

bool counts(const KernelObject& object) { return object.kind != KernelKind::btf && object.kind != KernelKind::classic; }

Objects look(Looking looking) {
  Objects objects;
  auto inventory = probe_kernel({.looking = looking});
  EXPECT_TRUE(inventory) << render(inventory.error());
  if (!inventory) return objects;
  for (auto& object : inventory->objects) {
    const ObjectKey key{object.kind, object.id};
    if (counts(object)) objects.emplace(key, std::move(object));
  }
  return objects;
}

// Every difference between what scenes did and what is seen; `before` is what was there already.
std::string differences_now(const std::vector<const Scene*>& scenes, const Objects& before, Looking looking) {
  const Objects seen = look(looking);
  std::string text;
  std::set<ObjectKey> told;
  for (const auto* scene : scenes)
    for (const auto& truth : scene->truth) {
      told.emplace(truth.kind, truth.id);
      const auto found = seen.find({truth.kind, truth.id});
      if (found == seen.end())
        text +=
            "missing " + std::string(name_of(truth.kind)) + " " + std::to_string(truth.id) + " " + truth.name + "\n";
      else
        text += difference(truth, describe(found->second));
    }
  for (const auto& [key, object] : seen)
    if (!told.contains(key) && !before.contains(key)) text += "invented " + label_of(object) + " " + object.name + "\n";
  return text;
}

// Others may load programs meanwhile; a difference that is ours stays.
std::string differences(const std::vector<const Scene*>& scenes, const Objects& before, Looking looking) {
  std::string text;
  for (int attempt = 0; attempt < 3; ++attempt) {
    text = differences_now(scenes, before, looking);
    if (text.empty()) return text;
    ::sleep(1);
  }
  return text;
}

bool in_a_chroot() {
  struct stat ours {
  }, first{};
  if (::stat("/", &ours) != 0 || ::stat("/proc/1/root/.", &first) != 0) return false;
  return ours.st_dev != first.st_dev || ours.st_ino != first.st_ino;
}

class InventoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !socket_filter("can_we")) GTEST_SKIP() << "needs root and eBPF";
    if (::access("/sys/kernel/btf/vmlinux", R_OK) != 0) GTEST_SKIP() << "needs the kernel's types (BTF) in /sys";
    if (in_a_chroot()) GTEST_SKIP() << "pins are told by their path from the namespace's root, which a chroot hides";
    ::flock(lock_.get(), LOCK_EX);  // what another of these tests makes would be invented here
  }
  maker::Fd lock_{::open("/tmp/pratique_kernel_inventory_test.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600)};
};

void compare_each_scene(Looking looking) {
  for (const auto& recipe : recipes()) {
    if (looking == Looking::by_proc && recipe.needs == Needs::iterators) continue;
    SCOPED_TRACE(recipe.name);
    const Objects before = look(looking);
    const Scene scene = recipe.play();
    if (!scene.skipped.empty()) {
      std::printf("skipped %s: %s\n", recipe.name, scene.skipped.c_str());
      continue;
    }
    EXPECT_EQ(differences({&scene}, before, looking), "");
  }
}

TEST_F(InventoryTest, EqualsTheTruthOfEachScene) { compare_each_scene(Looking::by_iterators); }

TEST_F(InventoryTest, EqualsTheTruthOfEachSceneByProcAlone) {
  utsname system{};
  ::uname(&system);
  if (::strverscmp(system.release, "6.") < 0) GTEST_SKIP() << "before Linux 6 bpf() tells too little for that";
  compare_each_scene(Looking::by_proc);
}

TEST_F(InventoryTest, EqualsTheTruthOfAllScenesAtOnce) {
  const Objects before = look(Looking::by_iterators);
  std::vector<Scene> scenes;
  std::vector<const Scene*> played;
  for (const auto& recipe : recipes()) scenes.push_back(recipe.play());
  for (const auto& scene : scenes)
    if (scene.skipped.empty()) played.push_back(&scene);
  EXPECT_EQ(differences(played, before, Looking::by_iterators), "");
}

std::vector<KernelObject> classic_filters() {
  std::vector<KernelObject> found;
  auto inventory = probe_kernel();
  for (auto& object : inventory->objects)
    if (object.kind == KernelKind::classic) found.push_back(std::move(object));
  return found;
}

TEST_F(InventoryTest, ClassicFiltersOfSocketsAreObjectsOfTheirOwn) {
  const maker::Fd raw(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)), again(::dup(raw.get()));
  sock_filter code[] = {{BPF_LD | BPF_H | BPF_ABS, 0, 0, 12},
                        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x0800},
                        {BPF_RET, 0, 0, 65535},
                        {BPF_RET, 0, 0, 0}};
  const sock_fprog filter{4, code};
  ASSERT_EQ(::setsockopt(raw.get(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter), 0);
  struct stat info {};
  ::fstat(raw.get(), &info);
  for (const auto& object : classic_filters()) {
    if (object.key != "socket " + std::to_string(info.st_ino)) continue;
    EXPECT_EQ(object.type, "socket_filter");
    EXPECT_GE(object.instructions, 4u);  // the kernel translates them
    ASSERT_EQ(object.attachments.size(), 1u);
    EXPECT_EQ(describe(object.attachments[0]),
              "socket_filter packet raw netns " + std::to_string(namespace_of(0, "net")));
    EXPECT_EQ(describe(object).owners,
              (std::vector<std::string>{owner(::getpid(), raw.get()), owner(::getpid(), again.get())}));
    return;
  }
  FAIL() << "the filter is not in the inventory";
}

TEST_F(InventoryTest, ProcessesWithTheSameSeccompFilterShareAnObject) {
  const auto confine = [] {
    sock_filter code[] = {{BPF_RET, 0, 0, SECCOMP_RET_ALLOW}};
    const sock_fprog filter{1, code};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
  };
  const maker::Child one({}, [&] {
    if (!confine()) return std::string();
    const pid_t heir = ::fork();
    if (heir == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) ::pause();
    }
    return std::to_string(heir);
  });
  const maker::Child other({}, [&] { return confine() ? "yes" : ""; });
  if (one.told().empty()) GTEST_SKIP() << "seccomp is refused";
  std::map<std::string, std::vector<std::string>> owners;
  for (const auto& object : classic_filters())
    if (object.type == "seccomp") owners[object.key] = describe(object).owners;
  EXPECT_EQ(
      owners["seccomp of pid " + std::to_string(one.pid())],
      (std::vector<std::string>{"pid " + std::to_string(one.pid()) + " seccomp", "pid " + one.told() + " seccomp"}));
  EXPECT_EQ(owners["seccomp of pid " + std::to_string(other.pid())].size(), 1u);
}

TEST_F(InventoryTest, TellsProcessContainerAndPod) {
  if (cgroup_root().empty()) GTEST_SKIP() << "no cgroup2 tree is mounted";
  Scene scene;
  const std::string uid = "0a1b2c3d_1111_2222_3333_444455556666", id(64, 'c');
  const std::string path = "/pratique_" + std::to_string(::getpid()) +
                           "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uid +
                           ".slice/cri-containerd-" + id + ".scope";
  make_cgroup(scene, path);
  const maker::Fd prog = socket_filter("in_a_pod");
  scene.children.emplace_back(std::vector<int>{prog.get()}, [&] {
    std::ofstream(cgroup_root() + path + "/cgroup.procs") << ::getpid() << std::flush;
    ::prctl(PR_SET_NAME, "evil\x1b[2J");
    return "";
  });
  const auto inventory = probe_kernel();
  ASSERT_TRUE(inventory);
  for (const auto& object : inventory->objects) {
    if (object.kind != KernelKind::prog || object.id != maker::id_of(prog.get())) continue;
    ASSERT_EQ(object.owners.size(), 2u);
    const auto& child =
        object.owners[0].pid == static_cast<std::uint32_t>(::getpid()) ? object.owners[1] : object.owners[0];
    EXPECT_EQ(child.container, id);
    EXPECT_EQ(child.pod, "0a1b2c3d-1111-2222-3333-444455556666");
    EXPECT_EQ(child.comm, "evil\x1b[2J");
    EXPECT_EQ(child.exe, std::filesystem::read_symlink("/proc/self/exe").string());
    return;
  }
  FAIL() << "the program is not in the inventory";
}

TEST_F(InventoryTest, LinksCanBeDetachedAsWeSay) {
  std::map<std::uint32_t, std::uint32_t> types;  // by id
  std::vector<Scene> scenes;
  for (const auto& recipe : recipes()) scenes.push_back(recipe.play());
  const auto inventory = probe_kernel();
  ASSERT_TRUE(inventory);
  for (const auto& object : inventory->objects)
    if (object.kind == KernelKind::link) types[object.id] = object.type_number;
  for (auto& scene : scenes)
    for (const auto& truth : scene.truth) {
      if (truth.kind != KernelKind::link || !types.contains(truth.id)) continue;
      const maker::Fd link = maker::open_link(truth.id);
      SCOPED_TRACE(truth.type);
      const bool detached = maker::detach(link.get());
      EXPECT_EQ(detached, can_be_detached(types[truth.id])) << std::strerror(errno);
    }
}

// Loaders that come and go while the listing is made: what stays must be told whole, what goes must do no harm.
TEST_F(InventoryTest, ObjectsThatVanishMeanwhileDoNoHarm) {
  Scene scene;
  maker::Fd kept = socket_filter("kept");
  const std::uint32_t id = maker::id_of(kept.get());
  scene.hold(KernelKind::prog, std::move(kept), "socket_filter", "kept");
  std::vector<pid_t> restless;
  for (int i = 0; i < 3; ++i) {
    restless.push_back(::fork());
    if (restless.back() != 0) continue;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
      const pid_t loader = ::fork();  // new pids all the time, each with objects for a moment
      if (loader == 0) {
        const maker::Fd map = maker::make({.type = 2, .name = "restless"});
        const maker::Fd prog = maker::load({.type = 17, .code = maker::with_map(map.get(), 0), .name = "restless"});
        const maker::Fd link = maker::open_raw_tracepoint(prog.get(), "sched_process_hang");
        ::_exit(0);
      }
      ::waitpid(loader, nullptr, 0);
    }
  }
  for (const Looking looking : {Looking::by_iterators, Looking::by_proc})
    for (int round = 0; round < 10; ++round) {
      const auto inventory = probe_kernel({.looking = looking});
      ASSERT_TRUE(inventory);
      bool found = false;
      for (const auto& object : inventory->objects) {
        if (object.kind == KernelKind::prog && object.id == id) {
          found = true;
          EXPECT_NE(std::find(describe(object).owners.begin(), describe(object).owners.end(), scene.truth[0].owners[0]),
                    describe(object).owners.end());
        }
        if (object.name != "restless") continue;
        EXPECT_TRUE(object.type == "array" || object.type == "raw_tracepoint");
        for (const auto& owner : object.owners)
          EXPECT_TRUE(owner.comm.empty() || owner.comm.starts_with("kernel_inventor")) << owner.comm;
      }
      EXPECT_TRUE(found);
    }
  for (const pid_t pid : restless) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
}

TEST_F(InventoryTest, WithoutPrivilegeTheAnswerIsPartialAndSaysSo) {
  const maker::Fd prog = socket_filter("unprivileged");
  const maker::Child user({prog.get()}, [] {
    if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) return std::string();
    const auto inventory = probe_kernel();
    if (!inventory) return render(inventory.error());
    std::string told = inventory->refused ? "refused" : "listed";
    for (const auto& gap : inventory->incomplete)
      if (gap == "not running as root: only what the kernel shows to this user" ||
          gap == "programs are not listed: refused")
        told += "," + gap;
    for (const auto& object : inventory->objects)
      if (object.kind == KernelKind::prog)
        told += "," + object.type + " " + describe(object).owners.front().substr(0, 4);
    return told;
  });
  if (user.told().starts_with("/proc: cannot be opened")) GTEST_SKIP() << "other users may not enter / here";
  // Its own descriptor is all that it may see. (A process that gave up root is not shown its own /proc entries
  // everywhere.)
  EXPECT_THAT(
      user.told(),
      testing::StartsWith(
          "refused,not running as root: only what the kernel shows to this user,programs are not listed: refused"))
      << user.told();
}

// Named by the kernel itself where it may be asked, else out of /proc/kallsyms: the same names.
TEST_F(InventoryTest, TellsWhatAProgramCalls) {
  std::vector<maker::Fd> progs;
  for (const int helper : {5, 7, 8, 14, 15, 35, 125})  // that take no arguments
    if (auto prog = maker::load({.type = 5, .code = maker::calls(helper, 0), .name = "caller"}))
      progs.push_back(std::move(prog));
  const maker::Fd quiet = socket_filter("quiet");
  std::map<std::uint32_t, std::optional<std::vector<std::string>>> told[2];
  for (const Looking looking : {Looking::by_iterators, Looking::by_proc})
    for (const auto& [key, object] : look(looking))
      if (key.first == KernelKind::prog) told[looking == Looking::by_proc][key.second] = object.calls;
  EXPECT_EQ(told[0][maker::id_of(quiet.get())], std::vector<std::string>{});
  std::set<std::string> names;
  for (const auto& prog : progs) {
    const auto& calls = told[0][maker::id_of(prog.get())];
    EXPECT_EQ(calls, told[1][maker::id_of(prog.get())]);
    if (calls) names.insert(calls->begin(), calls->end());
  }
  if (told[0][maker::id_of(progs.front().get())]) {                    // not readable where addresses are hidden
    EXPECT_THAT(names, testing::Contains("bpf_get_current_uid_gid"));  // others are put in line by newer kernels
  }
}

}  // namespace

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = [] {
    auto rows = held_recipes();
    for (auto& row : attached_recipes()) rows.push_back(std::move(row));
    for (auto& row : program_recipes()) rows.push_back(std::move(row));
    for (auto& row : network_recipes()) rows.push_back(std::move(row));
    return rows;
  }();
  return all;
}

}  // namespace pratique
