#include "app/render/kernel_events.h"

#include <nlohmann/json.hpp>

#include "app/render/table.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string padded(std::string text, std::size_t width) {
  const std::size_t has = display_width(text);
  return has < width ? std::move(text) + std::string(width - has, ' ') : std::move(text);
}

std::string row_of(const std::string& time, const std::string& action, const std::string& object,
                   const std::string& what, const std::string& by) {
  return padded(time, 25) + padded(action, 8) + padded(object, 12) + padded(what, 44) + " " + by;
}

void append(std::string& text, const std::string& more) {
  if (!more.empty()) text.append(text.empty() ? "" : " ").append(more);
}

std::string what_of(const KernelEvent& event) {
  std::string text = event.type;
  append(text, event.name);
  if (!event.hook.empty() || !event.target.empty()) append(text, event.action == KernelAction::pin ? "at" : "on");
  append(text, event.hook);
  append(text, event.target);
  if (event.prog_id != 0) append(text, "prog " + std::to_string(event.prog_id));
  if (!event.failed.empty()) append(text, "failed: " + event.failed);
  if (event.unfinished) append(text, "(asked for by a program)");
  return text;
}

std::string actor_of(const KernelEvent& event) {
  if (event.by.pid == 0) return "-";
  std::string text = event.by.comm + " (" + std::to_string(event.by.pid) + ")";
  append(text, event.by.exe);
  if (!event.by.pod.empty())
    append(text, "pod " + event.by.pod);
  else if (!event.by.container.empty())
    append(text, "container " + event.by.container.substr(0, 12));
  return text;
}

}  // namespace

std::string render_event_json(const KernelEvent& event) {
  Json json{{"at", render_time(event.at)}, {"action", name_of(event.action)}, {"kind", name_of(event.kind)}};
  if (event.id != 0) json["id"] = event.id;
  json["type"] = event.type;
  json["name"] = event.name;
  if (!event.tag.empty()) json["tag"] = event.tag;
  if (event.prog_id != 0) json["prog_id"] = event.prog_id;
  if (!event.hook.empty()) json["hook"] = event.hook;
  if (!event.target.empty()) json["target"] = event.target;
  if (!event.failed.empty()) json["failed"] = event.failed;
  if (event.unfinished) json["unfinished"] = true;
  if (event.by.pid != 0) {
    json["pid"] = event.by.pid;
    if (event.by.tid != 0) json["tid"] = event.by.tid;
    if (event.source != "polling") json["uid"] = event.uid;
    json["comm"] = event.by.comm;
    json["exe"] = event.by.exe;
    if (!event.by.container.empty()) json["container"] = event.by.container;
    if (!event.by.pod.empty()) json["pod"] = event.by.pod;
  }
  json["source"] = event.source;
  return line_of(json);
}

std::string render_watch_json(std::string_view source, const std::vector<std::string>& misses) {
  return line_of({{"apiVersion", "pratique/v1"}, {"kind", "KernelWatch"}, {"source", source}, {"misses", misses}});
}

std::string render_loss_json(std::uint64_t lost) { return line_of({{"kind", "KernelWatchLoss"}, {"lost", lost}}); }

std::string render_event_header() { return row_of("AT", "ACTION", "OBJECT", "WHAT", "BY"); }

std::string render_event_row(const KernelEvent& event) {
  const std::string object(name_of(event.kind));
  return row_of(render_time(event.at), std::string(name_of(event.action)),
                event.id == 0 ? object : object + " " + std::to_string(event.id), printable(what_of(event)),
                printable(actor_of(event)));
}

}  // namespace pratique
