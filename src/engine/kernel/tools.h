// Tools that moved work of a node into the kernel: recognised by what they leave there, and what they say of
// themselves. Part of the front of engine/kernel (kernel.h includes it). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/kernel_object.h"

namespace pratique {

// A place where a tool tells what it does, by its documentation; a node may be set up in another way.
struct KernelVoice {
  enum class Kind : std::uint8_t { metrics, events };
  Kind kind = Kind::metrics;
  std::uint16_t port = 0;  // of metrics, on the loopback address of the tool's network namespace
  std::string path;        // of the URL, or of the file as the tool sees it; empty: its standard output
  bool operator==(const KernelVoice&) const = default;
};

struct KernelTool {
  std::string name;                   // "Cilium"
  std::vector<std::string> evidence;  // "process 7 runs /usr/bin/cilium-agent", "prog 12 is called cil_from_netdev"
  std::vector<std::uint32_t> pids;    // its processes that hold objects
  std::vector<std::string> objects;   // "prog 12": those it holds, and those named or pinned as it does
  std::vector<KernelVoice> voices;
  bool operator==(const KernelTool&) const = default;
};

// By executables and images of owners, names of programs and maps, and pins: evidence that anybody can fake. A tool
// with none is left out; a program may be counted for two.
std::vector<KernelTool> recognise_tools(const KernelInventory& inventory);

// Programs that run and that no recognised tool accounts for: nobody's telemetry tells of them.
std::vector<std::string> programs_of_no_tool(const KernelInventory& inventory, const std::vector<KernelTool>& tools);

// What one scrape gave: the Prometheus text format 0.0.4, and what OpenMetrics adds to it.
struct MetricsSummary {
  std::size_t families = 0, samples = 0, rejected = 0;  // lines that are neither a sample nor a comment
  bool operator==(const MetricsSummary&) const = default;
};
MetricsSummary parse_metrics(std::string_view text);

// Something that a tool told, whichever tool.
struct ToolEvent {
  std::optional<Time> at;
  std::string tool;  // "Tetragon"
  std::string what;  // "process_exec", the rule of Falco, the event of Tracee, "DROPPED" of Hubble
  std::uint32_t pid = 0;
  std::string exe, pod, name_space, container;
  std::string detail;  // Falco's output, the arguments of a process, "10.0.0.1 -> 10.0.0.2:80"
  bool operator==(const ToolEvent&) const = default;
};
struct ToolEvents {
  std::vector<ToolEvent> events;
  std::size_t rejected = 0;  // lines that are no event of these tools
};
// JSON lines as Tetragon, Falco, Tracee and Hubble export them; each line says itself whose it is. Limits: lines and
// bytes of each.
ToolEvents parse_tool_events(std::string_view lines, const Limits& limits = {});

}  // namespace pratique
