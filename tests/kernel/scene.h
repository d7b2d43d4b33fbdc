// A scene: objects that a recipe made, and the truth about them, to be held against an inventory.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "maker.h"
#include "model/kernel_object.h"

namespace pratique {

// What must be said about one object; each list complete, in any order.
struct Truth {
  KernelKind kind = KernelKind::prog;
  std::uint32_t id = 0;
  std::string type, name;
  std::vector<std::string> owners;       // "pid 7 fd 4", "pid 7 tid 9 fd 4", "pid 7 mmap", "pid 7 scm 5"
  std::vector<std::string> pins;         // "/path in 4026531841"
  std::vector<std::string> attachments;  // "hook target ..." as described by describe()
  std::vector<std::string> held_by;      // "link 3"
};

// An object of an inventory in the same words.
Truth describe(const KernelObject& object);
std::string describe(const KernelAttachment& attachment);
// The differences, a line each; empty when they agree.
std::string difference(Truth expected, Truth found);

struct Scene {
  std::vector<Truth> truth;
  std::vector<maker::Fd> fds;
  std::vector<maker::Child> children;
  std::vector<std::function<void()>> undo;  // run last first
  std::string skipped;                      // why it cannot be played here; empty when it was

  Scene() = default;
  Scene(Scene&&) = default;
  Scene& operator=(Scene&&) = delete;
  ~Scene();

  // Keeps a descriptor open in this process and says so; the truth about the object starts with that owner.
  Truth& hold(KernelKind kind, maker::Fd fd, std::string type, std::string name = "");
  // The truth about an object that this process does not hold.
  Truth& tell(KernelKind kind, std::uint32_t id, std::string type, std::string name = "");
};

enum class Needs { nothing, iterators };  // what /proc alone does not tell

struct Recipe {
  const char* name;
  std::function<Scene()> play;
  Needs needs = Needs::nothing;
};
const std::vector<Recipe>& recipes();

// Shared by recipes.
std::string owner(pid_t pid, int fd);
// A link that this process holds, on a program that only the link keeps; `at` is where, as describe() says it.
void tell_link(Scene& scene, maker::Fd prog, maker::Fd link, const std::string& prog_type, const std::string& link_type,
               const std::string& name, const std::string& at);
std::uint64_t namespace_of(pid_t pid, const char* kind);  // 0 for pid: our own
std::string cgroup_root();                                // where the unified tree is mounted; empty where it is not
// A new folder that is removed with the scene, and a cgroup likewise (its path below the root, and a descriptor).
std::string make_folder(Scene& scene);
struct Cgroup {
  std::string path;
  maker::Fd fd;
};
Cgroup make_cgroup(Scene& scene, const std::string& path);

}  // namespace pratique
