// The tools at work in the kernel of a node, and whether anybody can hear them.
#include <nlohmann/json.hpp>

#include "app/render/kernel.h"
#include "base/text.h"
#include "flow/listen.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

Style style_of(Hearing hearing) {
  return hearing == Hearing::heard ? Style::green : hearing == Hearing::silent ? Style::red : Style::yellow;
}

std::string who_of(const ToolEvent& event) {
  std::string text = event.name_space.empty() ? event.pod : event.name_space + "/" + event.pod;
  if (!event.exe.empty()) text.append(text.empty() ? "" : " ").append(event.exe);
  if (event.pid != 0) text += " (" + std::to_string(event.pid) + ")";
  return text;
}

// The objects of the process that an event is about, so that what a tool tells and what is in the kernel come together.
std::vector<std::string> objects_of(const KernelInventory& inventory, std::uint32_t pid) {
  std::vector<std::string> labels;
  for (const auto& object : inventory.objects)
    for (const auto& owner : object.owners)
      if (pid != 0 && owner.pid == pid && (labels.empty() || labels.back() != label_of(object)))
        labels.push_back(label_of(object));
  return labels;
}

Json json_of(const ToolEvent& event, const KernelInventory& inventory) {
  Json json{{"what", event.what}};
  if (event.at) json["at"] = render_time(*event.at);
  if (event.pid != 0) json["pid"] = event.pid;
  if (!event.exe.empty()) json["exe"] = event.exe;
  if (!event.name_space.empty()) json["namespace"] = event.name_space;
  if (!event.pod.empty()) json["pod"] = event.pod;
  if (!event.container.empty()) json["container"] = event.container;
  json["detail"] = event.detail;
  if (auto objects = objects_of(inventory, event.pid); !objects.empty()) json["objects"] = std::move(objects);
  return json;
}

}  // namespace

std::string render_tools_table(const std::vector<HeardTool>& tools, const std::vector<std::string>& blind_spots,
                               const Look& look) {
  Table table{{"TOOL", "OBJECTS", "EVIDENCE", "VOICE", "", "SAYS"}, {}};
  for (const auto& [tool, voices, events] : tools)
    for (std::size_t i = 0; i < std::max({tool.evidence.size(), voices.size(), std::size_t{1}}); ++i)
      table.rows.push_back(
          {i == 0 ? tool.name : "", i == 0 ? std::to_string(tool.objects.size()) : "",
           i < tool.evidence.size() ? tool.evidence[i] : "", i < voices.size() ? voices[i].place : "",
           i < voices.size() ? Cell(name_of(voices[i].hearing), style_of(voices[i].hearing)) : Cell(""),
           i < voices.size() ? voices[i].says : ""});
  std::string text = render_table(table, look);
  Table told{{"TOLD AT", "TOOL", "WHAT", "WHO", "DETAIL"}, {}};
  constexpr std::size_t latest = 10;
  for (const auto& [tool, voices, events] : tools)
    for (std::size_t i = events.size() > latest ? events.size() - latest : 0; i < events.size(); ++i)
      told.rows.push_back({events[i].at ? render_time(*events[i].at) : "-", tool.name, events[i].what,
                           who_of(events[i]), events[i].detail});
  Table blind{{"BLIND SPOTS"}, {}};
  for (const auto& spot : blind_spots) blind.rows.push_back({Cell(spot)});
  for (const auto& part : {render_table(told, look), render_table(blind, look)})
    if (!part.empty()) text.append(text.empty() ? "" : "\n").append(part);
  return text;
}

std::string render_tools_json(const KernelInventory& inventory, const std::vector<HeardTool>& tools,
                              const std::vector<std::string>& blind_spots) {
  Json json{{"apiVersion", "pratique/v1"}, {"kind", "KernelTools"}, {"node", inventory.node}};
  json["ledger"] = {{"tools", tools.size()}, {"blind_spots", blind_spots.size()}};
  json["blind_spots"] = blind_spots;
  json["items"] = Json::array();
  for (const auto& [tool, voices, events] : tools) {
    Json item{{"name", tool.name}, {"evidence", tool.evidence}, {"pids", tool.pids}, {"objects", tool.objects}};
    item["voices"] = Json::array();
    for (const auto& voice : voices)
      item["voices"].push_back({{"place", voice.place}, {"state", name_of(voice.hearing)}, {"says", voice.says}});
    item["events"] = Json::array();
    for (const auto& event : events) item["events"].push_back(json_of(event, inventory));
    json["items"].push_back(std::move(item));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pratique
