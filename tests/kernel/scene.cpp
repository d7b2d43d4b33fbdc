#include "scene.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace pratique {
namespace {

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

void compare(std::string& text, const char* what, std::vector<std::string> expected, std::vector<std::string> found) {
  expected = sorted(std::move(expected));
  found = sorted(std::move(found));
  std::vector<std::string> missing, invented;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(), std::back_inserter(missing));
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(), std::back_inserter(invented));
  for (const auto& line : missing) text += std::string("  missing ") + what + ": " + line + "\n";
  for (const auto& line : invented) text += std::string("  invented ") + what + ": " + line + "\n";
}

}  // namespace

std::string describe(const KernelAttachment& at) {
  std::string text = at.hook;
  if (!at.target.empty()) text += " " + at.target;
  if (!at.direction.empty()) text += " " + at.direction;
  if (!at.cgroup.empty()) text += " cgroup " + at.cgroup;
  if (at.ifindex != 0) text += " ifindex " + std::to_string(at.ifindex);
  if (at.netns != 0) text += " netns " + std::to_string(at.netns);
  if (at.link_id != 0) text += " link " + std::to_string(at.link_id);
  return text;
}

Truth describe(const KernelObject& object) {
  Truth truth{
      .kind = object.kind, .id = object.id, .type = object.type, .name = object.name, .held_by = object.held_by};
  for (const auto& owner : object.owners) {
    std::string text = "pid " + std::to_string(owner.pid);
    if (owner.tid != 0) text += " tid " + std::to_string(owner.tid);
    text += " " + owner.how;
    if (owner.fd >= 0) text += " " + std::to_string(owner.fd);
    truth.owners.push_back(std::move(text));
  }
  for (const auto& pin : object.pins) truth.pins.push_back(pin.path + " in " + std::to_string(pin.mount_ns));
  for (const auto& at : object.attachments) truth.attachments.push_back(describe(at));
  return truth;
}

std::string difference(Truth expected, Truth found) {
  std::string text;
  if (expected.type != found.type) text += "  type " + found.type + " instead of " + expected.type + "\n";
  if (expected.name != found.name) text += "  name " + found.name + " instead of " + expected.name + "\n";
  compare(text, "owner", expected.owners, found.owners);
  compare(text, "pin", expected.pins, found.pins);
  compare(text, "attachment", expected.attachments, found.attachments);
  compare(text, "holder", expected.held_by, found.held_by);
  if (!text.empty()) text = std::string(name_of(expected.kind)) + " " + std::to_string(expected.id) + "\n" + text;
  return text;
}

Scene::~Scene() {
  children.clear();
  fds.clear();
  for (auto step = undo.rbegin(); step != undo.rend(); ++step) (*step)();
}

Truth& Scene::tell(KernelKind kind, std::uint32_t id, std::string type, std::string name) {
  return truth.emplace_back(Truth{.kind = kind, .id = id, .type = std::move(type), .name = std::move(name)});
}

Truth& Scene::hold(KernelKind kind, maker::Fd fd, std::string type, std::string name) {
  Truth& told = tell(kind, maker::id_of(fd.get()), std::move(type), std::move(name));
  told.owners.push_back(owner(::getpid(), fd.get()));
  fds.push_back(std::move(fd));
  return told;
}

std::string owner(pid_t pid, int fd) { return "pid " + std::to_string(pid) + " fd " + std::to_string(fd); }

void tell_link(Scene& scene, maker::Fd prog, maker::Fd link, const std::string& prog_type, const std::string& link_type,
               const std::string& name, const std::string& at) {
  const std::uint32_t prog_id = maker::id_of(prog.get()), link_id = maker::id_of(link.get());
  const std::string whole = at + " link " + std::to_string(link_id);
  scene.hold(KernelKind::link, std::move(link), link_type).attachments = {whole};
  Truth& told = scene.tell(KernelKind::prog, prog_id, prog_type, name);
  told.held_by = {"link " + std::to_string(link_id)};
  told.attachments = {whole};
}

std::uint64_t namespace_of(pid_t pid, const char* kind) {
  struct stat info {};
  const std::string path = "/proc/" + (pid == 0 ? "self" : std::to_string(pid)) + "/ns/" + kind;
  return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

std::string cgroup_root() {
  for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    struct statfs info {};
    if (::statfs(path, &info) == 0 && info.f_type == 0x63677270) return path;
  }
  return "";
}

std::string make_folder(Scene& scene) {
  std::string path = "/tmp/pratique.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return "";
  scene.undo.push_back([path] {
    std::error_code code;
    std::filesystem::remove_all(path, code);
  });
  return path;
}

Cgroup make_cgroup(Scene& scene, const std::string& path) {
  std::string whole = cgroup_root();
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    const std::string below = whole + path.substr(0, at);
    if (::mkdir(below.c_str(), 0755) == 0) scene.undo.push_back([below] { ::rmdir(below.c_str()); });
  }
  return {path, maker::Fd(::open((whole + path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))};
}

}  // namespace pratique
