// What the tools at work in the kernel of this node say of themselves.
#pragma once

#include <string>
#include <vector>

#include "engine/kernel/kernel.h"
#include "world/voice/voice.h"

namespace pratique {

enum class Hearing { heard, silent, unknown };  // unknown: nothing here can tell, as of a standard output
std::string_view name_of(Hearing hearing);

struct HeardVoice {
  std::string place;  // "http://127.0.0.1:2112/metrics", "/var/run/cilium/tetragon/tetragon.log", "its standard output"
  Hearing hearing = Hearing::silent;
  std::string says;  // "213 metrics in 1024 samples", "12 events", or why nothing was heard
};

struct HeardTool {
  KernelTool tool;
  std::vector<HeardVoice> voices;
  std::vector<ToolEvent> events;  // the latest of its files
};

// Asks every voice of every tool, each within the limits. A tool in several processes is asked through the first.
std::vector<HeardTool> listen_to_tools(const KernelInventory& inventory, const VoiceLimits& limits = {});

// Operations in the kernel whose telemetry nobody can collect, a sentence each: tools of which no voice was heard, and
// programs that no tool accounts for.
std::vector<std::string> find_blind_spots(const KernelInventory& inventory, const std::vector<HeardTool>& tools);

}  // namespace pratique
