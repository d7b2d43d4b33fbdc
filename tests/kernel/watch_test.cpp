// What a watch tells of objects that come, change and go, by every source that works here.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>

#include "maker.h"
#include "scene.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

Time now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

const std::vector<WatchSource>& sources_here() {
  static const std::vector<WatchSource> working = [] {
    std::vector<WatchSource> found;
    for (const auto source : {WatchSource::lsm, WatchSource::function, WatchSource::tracepoint, WatchSource::polling})
      if (KernelWatch::start({.source = source}, now)) found.push_back(source);
    return found;
  }();
  return working;
}

std::string own(const char* what) {
  std::string text;
  std::getline(std::ifstream(std::string("/proc/self/") + what), text);
  return text;
}

void expect_ourselves(const KernelEvent& event, pid_t child) {
  EXPECT_EQ(event.by.pid, static_cast<std::uint32_t>(child));
  EXPECT_EQ(event.by.comm, own("comm"));
  EXPECT_EQ(std::filesystem::path(event.by.exe).filename(), std::filesystem::read_symlink("/proc/self/exe").filename());
}

// Everything told until `done` finds what it waits for, within a time that no machine needs.
std::vector<KernelEvent> collect(KernelWatch& watch, const std::function<bool(const std::vector<KernelEvent>&)>& done) {
  std::vector<KernelEvent> all;
  for (const auto end = Steady::now() + std::chrono::seconds(20); Steady::now() < end && !done(all);)
    for (auto& event : watch.wait(milliseconds(100))) all.push_back(std::move(event));
  return all;
}

const KernelEvent* find(const std::vector<KernelEvent>& events, KernelAction action, std::string_view name) {
  const auto found = std::find_if(events.begin(), events.end(), [&](const KernelEvent& event) {
    return event.action == action && (event.name == name || event.target == name);
  });
  return found == events.end() ? nullptr : &*found;
}

bool sees_each_call() {
  const auto sources = sources_here();
  return std::any_of(sources.begin(), sources.end(), [](WatchSource s) { return s != WatchSource::polling; });
}

class WatchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    if (sources_here().empty()) GTEST_SKIP() << "this kernel lists no eBPF objects for us";
    ::flock(lock_.get(), LOCK_EX);  // the inventory's tests make objects of the same kinds
  }
  maker::Fd lock_{::open("/tmp/pratique_kernel_inventory_test.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600)};
};

// Makes objects that live as long as the process.
std::string stay() {
  const int map = maker::make({.type = 2, .name = "watched_map"}).release();
  const int prog = maker::load({.type = 17, .code = maker::with_map(map, 0), .name = "watched_prog"}).release();
  maker::open_raw_tracepoint(prog, "sched_process_hang").release();
  maker::load({.type = 17, .code = {}, .name = "watched_bad"});
  return "";
}

TEST_F(WatchTest, TellsLoadsAttachmentsAndEndsWithTheirProcess) {
  for (const auto source : sources_here()) {
    SCOPED_TRACE(name_of(source));
    auto watch = KernelWatch::start({.source = source}, now);
    ASSERT_TRUE(watch);
    auto child = std::make_unique<maker::Child>(std::vector<int>{}, stay);
    const pid_t pid = child->pid();
    const auto events =
        collect(*watch, [](const auto& all) { return find(all, KernelAction::attach, "sched_process_hang"); });
    const auto *load = find(events, KernelAction::load, "watched_prog"),
               *create = find(events, KernelAction::create, "watched_map"),
               *attach = find(events, KernelAction::attach, "sched_process_hang");
    ASSERT_TRUE(load && create && attach);
    for (const auto* event : {load, create, attach}) expect_ourselves(*event, pid);
    EXPECT_EQ(load->type, "raw_tracepoint");
    EXPECT_EQ(load->tag.size(), 16u);
    EXPECT_EQ(create->type, "array");
    EXPECT_EQ(attach->kind, KernelKind::link);
    EXPECT_EQ(attach->prog_id, load->id);
    child.reset();
    const auto rest = collect(*watch, [](const auto& all) {
      return find(all, KernelAction::unload, "watched_prog") && find(all, KernelAction::unload, "watched_map");
    });
    const auto* unload = find(rest, KernelAction::unload, "watched_prog");
    ASSERT_TRUE(unload);
    EXPECT_EQ(unload->id, load->id);
    EXPECT_EQ(find(rest, KernelAction::unload, "watched_map")->id, create->id);
    const auto* refused = find(events, KernelAction::load, "watched_bad");
    if (refused == nullptr) refused = find(rest, KernelAction::load, "watched_bad");
    if (source == WatchSource::polling)
      EXPECT_EQ(refused, nullptr);
    else
      EXPECT_TRUE(refused && !refused->failed.empty() && refused->id == 0);
    EXPECT_EQ(watch->lost(), 0u);
  }
}

// The first thing a loader that hides does is to be gone.
TEST_F(WatchTest, RemembersALoaderThatIsGone) {
  if (!sees_each_call()) GTEST_SKIP() << "polling alone sees neither the loader nor what is short";
  for (const auto source : sources_here()) {
    if (source == WatchSource::polling) continue;
    SCOPED_TRACE(name_of(source));
    auto watch = KernelWatch::start({.source = source}, now);
    ASSERT_TRUE(watch);
    const pid_t child = ::fork();
    if (child == 0) {
      const maker::Fd map = maker::make({.type = 2, .name = "left_behind"});
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    const auto events = collect(*watch, [](const auto& all) { return find(all, KernelAction::create, "left_behind"); });
    const auto* create = find(events, KernelAction::create, "left_behind");
    ASSERT_TRUE(create);
    expect_ourselves(*create, child);
  }
}

TEST_F(WatchTest, TellsThePodByTheCgroup) {
  if (!sees_each_call()) GTEST_SKIP() << "polling alone sees neither the loader nor what is short";
  if (cgroup_root().empty()) GTEST_SKIP() << "no unified cgroups here";
  const std::string id(64, 'b'), uid = "aaaaaaaa-bbbb-cccc-dddd-eeeeffff0001";
  Scene scene;
  make_cgroup(scene, "/kubepods-watch");
  make_cgroup(scene, "/kubepods-watch/pod" + uid);
  const Cgroup place = make_cgroup(scene, "/kubepods-watch/pod" + uid + "/" + id);
  for (const auto source : sources_here()) {
    if (source == WatchSource::polling) continue;
    SCOPED_TRACE(name_of(source));
    auto watch = KernelWatch::start({.source = source}, now);
    ASSERT_TRUE(watch);
    const pid_t child = ::fork();
    if (child == 0) {
      if (FILE* procs = ::fopen((cgroup_root() + place.path + "/cgroup.procs").c_str(), "w")) {
        ::fprintf(procs, "%d\n", ::getpid());
        ::fclose(procs);
      }
      const maker::Fd map = maker::make({.type = 2, .name = "of_a_pod"});
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    const auto events = collect(*watch, [](const auto& all) { return find(all, KernelAction::create, "of_a_pod"); });
    const auto* create = find(events, KernelAction::create, "of_a_pod");
    ASSERT_TRUE(create);
    EXPECT_EQ(create->by.container, id);
    EXPECT_EQ(create->by.pod, uid);
  }
}

// A hundred times what a busy node does.
TEST_F(WatchTest, LosesNothingOfAThousandLoads) {
  if (!sees_each_call()) GTEST_SKIP() << "polling alone sees neither the loader nor what is short";
  for (const auto source : sources_here()) {
    if (source == WatchSource::polling) continue;
    SCOPED_TRACE(name_of(source));
    auto watch = KernelWatch::start({.source = source}, now);
    ASSERT_TRUE(watch);
    const pid_t child = ::fork();
    if (child == 0) {
      for (int i = 0; i < 1000; ++i) {
        const maker::Fd prog = maker::load({.type = 1, .code = maker::returns(0), .name = "one_of_many"});
        ::usleep(500);
      }
      const maker::Fd last = maker::make({.type = 2, .name = "the_last"});
      ::_exit(0);
    }
    const auto events = collect(*watch, [](const auto& all) { return find(all, KernelAction::create, "the_last"); });
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(std::count_if(events.begin(), events.end(),
                            [](const KernelEvent& event) {
                              return event.action == KernelAction::load && event.name == "one_of_many";
                            }),
              1000);
    EXPECT_EQ(watch->lost(), 0u);
  }
}

TEST_F(WatchTest, SaysWhatItDoesNotSee) {
  for (const auto source : sources_here()) {
    auto watch = KernelWatch::start({.source = source}, now);
    ASSERT_TRUE(watch);
    EXPECT_EQ(watch->source(), source);
    EXPECT_THAT(watch->misses(), testing::Contains(testing::HasSubstr("no bpf() call makes")));
  }
}

}  // namespace
}  // namespace pratique
