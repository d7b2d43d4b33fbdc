// The table of tools, and who of them is at work on a node. Executables, names and pins are those of the tools' own
// releases; ports and files are their documented defaults.
#include "engine/kernel/tools.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace pratique {
namespace {

struct ToolRow {
  std::string_view name;
  std::vector<std::string_view> executables;  // last part of the path
  std::vector<std::string_view> images;       // part of the image's name
  std::vector<std::string_view> prefixes;     // of names of programs and maps
  std::vector<std::string_view> pins;         // part of their path
  std::vector<KernelVoice> voices;
};

KernelVoice metrics(std::uint16_t port, std::string path = "/metrics") {
  return {KernelVoice::Kind::metrics, port, std::move(path)};
}
KernelVoice events(std::string path = "") { return {KernelVoice::Kind::events, 0, std::move(path)}; }

const std::vector<ToolRow>& table() {
  static const std::vector<ToolRow> rows{
      {"Cilium",
       {"cilium-agent"},
       {"/cilium/cilium", "cilium/cilium:"},
       {"cil_", "cilium_"},
       {"/tc/globals/cilium_", "/bpf/cilium"},
       {metrics(9962), metrics(9965), events("/var/run/cilium/hubble/events.log")}},
      {"Tetragon",
       {"tetragon"},
       {"/tetragon"},
       {"tg_", "event_execve", "generic_kprobe_", "generic_tracepo"},
       {"/bpf/tetragon"},
       {metrics(2112), events("/var/run/cilium/tetragon/tetragon.log")}},
      {"Falco", {"falco"}, {"/falco"}, {"auxiliary_maps", "ringbuf_maps"}, {}, {metrics(8765), events()}},
      {"Tracee",
       {"tracee", "tracee-ebpf"},
       {"/tracee"},
       {"tracepoint__raw", "trace_security_"},
       {},
       {metrics(3366), events()}},
      {"Calico",
       {"calico-node", "calico-felix"},
       {"calico/node"},
       {"calico_", "cali_"},
       {"/bpf/calico"},
       {metrics(9091)}},
      {"Istio ambient", {"ztunnel"}, {"/ztunnel"}, {}, {}, {metrics(15020, "/stats/prometheus")}},
      {"Inspektor Gadget",
       {"ig", "gadgettracermanager"},
       {"inspektor-gadget"},
       {"ig_"},
       {"/bpf/gadget"},
       {metrics(2224)}},
      {"Pixie", {"pem"}, {"pixie"}, {}, {}, {}},
      {"Beyla", {"beyla", "ebpf-instrument"}, {"/beyla"}, {}, {}, {}},
      {"Parca", {"parca-agent"}, {"parca-agent"}, {}, {}, {metrics(7071)}},
      {"Pyroscope", {"alloy", "grafana-agent", "pyroscope"}, {"/alloy", "/pyroscope"}, {}, {}, {metrics(12345)}},
      {"Kepler", {"kepler"}, {"/kepler"}, {"kepler_"}, {}, {metrics(9102), metrics(28282)}},
      {"systemd", {"systemd", "systemd-networkd"}, {}, {"sd_"}, {"/bpf/systemd"}, {}},
      {"bpfman", {"bpfman", "bpfman-rpc"}, {"/bpfman"}, {}, {"/run/bpfman/", "/bpf/bpfman"}, {}},
  };
  return rows;
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

class Recogniser {
 public:
  Recogniser(const ToolRow& row, const KernelInventory& inventory) : row_(row), inventory_(inventory) {}

  std::optional<KernelTool> look() {
    for (const auto& object : inventory_.objects) {
      bool of_tool = look_at_name(object);
      for (const auto& pin : object.pins) of_tool |= look_at_pin(object, pin.path);
      for (const auto& owner : object.owners) of_tool |= look_at_owner(owner);
      if (of_tool) tool_.objects.push_back(label_of(object));
    }
    if (tool_.objects.empty()) return {};
    tool_.name = row_.name;
    tool_.pids.assign(pids_.begin(), pids_.end());
    tool_.voices = row_.voices;
    return std::move(tool_);
  }

 private:
  // One of each kind of evidence is told; a hundred programs say no more than one.
  void tell(const std::string& kind, std::string text) {
    if (kinds_.insert(kind).second) tool_.evidence.push_back(std::move(text));
  }

  bool look_at_name(const KernelObject& object) {
    const bool fits = std::any_of(row_.prefixes.begin(), row_.prefixes.end(),
                                  [&](std::string_view prefix) { return object.name.starts_with(prefix); });
    if (fits) tell("name", label_of(object) + " is called " + object.name);
    return fits;
  }

  bool look_at_pin(const KernelObject& object, std::string_view path) {
    const bool fits =
        std::any_of(row_.pins.begin(), row_.pins.end(), [&](std::string_view part) { return contains(path, part); });
    if (fits) tell("pin", label_of(object) + " is pinned at " + std::string(path));
    return fits;
  }

  bool look_at_owner(const KernelOwner& owner) {
    const auto& names = row_.executables;
    const bool runs = std::find(names.begin(), names.end(), last_part(owner.exe)) != names.end();
    const bool of_image = std::any_of(row_.images.begin(), row_.images.end(),
                                      [&](std::string_view part) { return contains(owner.image, part); });
    if (runs) tell("process", "process " + std::to_string(owner.pid) + " runs " + owner.exe);
    if (of_image) tell("image", "process " + std::to_string(owner.pid) + " is of image " + owner.image);
    if (runs || of_image) pids_.insert(owner.pid);
    return runs || of_image;
  }

  const ToolRow& row_;
  const KernelInventory& inventory_;
  KernelTool tool_;
  std::set<std::uint32_t> pids_;
  std::set<std::string> kinds_;
};

}  // namespace

std::vector<KernelTool> recognise_tools(const KernelInventory& inventory) {
  std::vector<KernelTool> found;
  for (const auto& row : table())
    if (auto tool = Recogniser(row, inventory).look()) found.push_back(std::move(*tool));
  return found;
}

std::vector<std::string> programs_of_no_tool(const KernelInventory& inventory, const std::vector<KernelTool>& tools) {
  std::set<std::string> known;
  for (const auto& tool : tools) known.insert(tool.objects.begin(), tool.objects.end());
  // What holds an object of a tool, or is held by one, is the tool's as well.
  std::vector<std::string> rest;
  for (const auto& object : inventory.objects) {
    if (object.kind != KernelKind::prog || known.contains(label_of(object))) continue;
    const bool held = std::any_of(object.held_by.begin(), object.held_by.end(),
                                  [&](const std::string& holder) { return known.contains(holder); });
    if (!held) rest.push_back(label_of(object));
  }
  return rest;
}

}  // namespace pratique
