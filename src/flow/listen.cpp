#include "flow/listen.h"

#include <algorithm>

namespace pratique {
namespace {

constexpr std::size_t latest_bytes = std::size_t{256} << 10, latest_events = 100;

HeardVoice hear_metrics(const KernelVoice& voice, std::uint32_t pid, const VoiceLimits& limits) {
  HeardVoice heard{.place = "http://127.0.0.1:" + std::to_string(voice.port) + voice.path};
  const auto text = fetch_metrics(pid, voice.port, voice.path, limits);
  if (!text) {
    heard.says = text.error().text;
    return heard;
  }
  const auto summary = parse_metrics(*text);
  heard.hearing = summary.samples > 0 ? Hearing::heard : Hearing::silent;
  heard.says = std::to_string(summary.families) + " metrics in " + std::to_string(summary.samples) + " samples";
  if (summary.rejected > 0) heard.says += ", " + std::to_string(summary.rejected) + " lines that are none";
  return heard;
}

HeardVoice hear_events(const KernelVoice& voice, std::uint32_t pid, const VoiceLimits& limits,
                       std::vector<ToolEvent>& events) {
  if (voice.path.empty())
    return {.place = "its standard output", .hearing = Hearing::unknown, .says = "who collects it cannot be seen here"};
  HeardVoice heard{.place = voice.path};
  const auto text = read_end_of_file(pid, voice.path, latest_bytes, limits.time);
  if (!text) {
    heard.says = text.error().text;
    return heard;
  }
  auto told = parse_tool_events(*text);
  heard.hearing = told.events.empty() ? Hearing::silent : Hearing::heard;
  heard.says = std::to_string(told.events.size()) + " events at the end of the file";
  if (told.rejected > 0) heard.says += ", " + std::to_string(told.rejected) + " lines that are none";
  events.insert(events.end(), std::make_move_iterator(told.events.begin()), std::make_move_iterator(told.events.end()));
  return heard;
}

}  // namespace

std::string_view name_of(Hearing hearing) {
  switch (hearing) {
    case Hearing::heard: return "heard";
    case Hearing::silent: return "silent";
    case Hearing::unknown: break;
  }
  return "unknown";
}

std::vector<HeardTool> listen_to_tools(const KernelInventory& inventory, const VoiceLimits& limits) {
  std::vector<HeardTool> heard;
  for (auto& tool : recognise_tools(inventory)) {
    HeardTool one{.tool = std::move(tool)};
    const std::uint32_t pid = one.tool.pids.empty() ? 0 : one.tool.pids.front();
    for (const auto& voice : one.tool.voices)
      one.voices.push_back(voice.kind == KernelVoice::Kind::metrics ? hear_metrics(voice, pid, limits)
                                                                    : hear_events(voice, pid, limits, one.events));
    if (one.events.size() > latest_events)
      one.events.erase(one.events.begin(), one.events.end() - static_cast<std::ptrdiff_t>(latest_events));
    heard.push_back(std::move(one));
  }
  return heard;
}

std::vector<std::string> find_blind_spots(const KernelInventory& inventory, const std::vector<HeardTool>& tools) {
  std::vector<std::string> spots;
  std::vector<KernelTool> known;
  for (const auto& tool : tools) {
    known.push_back(tool.tool);
    const bool silent = std::all_of(tool.voices.begin(), tool.voices.end(),
                                    [](const HeardVoice& voice) { return voice.hearing == Hearing::silent; });
    if (silent)
      spots.push_back(tool.tool.name + " has " + std::to_string(tool.tool.objects.size()) +
                      (tool.tool.objects.size() == 1 ? " object" : " objects") + " in the kernel, and " +
                      (tool.voices.empty() ? "tells nothing of them by itself" : "none of its voices was heard"));
  }
  for (const auto& moved : what_has_moved(inventory)) {
    const auto rest = programs_of_no_tool(inventory, known);
    const auto count = std::count_if(moved.progs.begin(), moved.progs.end(), [&](std::uint32_t id) {
      return std::find(rest.begin(), rest.end(), "prog " + std::to_string(id)) != rest.end();
    });
    if (count > 0)
      spots.push_back(
          moved.operation + ": " + std::to_string(count) +
          (count == 1 ? " program that no known tool accounts for" : " programs that no known tool accounts for"));
  }
  return spots;
}

}  // namespace pratique
