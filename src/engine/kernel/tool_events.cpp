// What tools say of themselves: metrics, and lines of JSON. Each line comes from a file that somebody else writes, so
// what does not fit is counted and left out.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "engine/kernel/tools.h"

namespace pratique {
namespace {

using Json = nlohmann::json;

// The member at the end of a path through objects; null where there is none.
const Json& at(const Json& json, std::initializer_list<const char*> path) {
  static const Json nothing;
  const Json* place = &json;
  for (const auto* name : path) {
    if (!place->is_object()) return nothing;
    const auto member = place->find(name);
    if (member == place->end()) return nothing;
    place = &*member;
  }
  return *place;
}

std::string text_at(const Json& json, std::initializer_list<const char*> path) {
  const Json& value = at(json, path);
  return value.is_string() ? value.get<std::string>() : "";
}

std::uint32_t number_at(const Json& json, std::initializer_list<const char*> path) {
  const Json& value = at(json, path);
  const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() <= 0xffffffffu;
  return fits ? value.get<std::uint32_t>() : 0;
}

std::optional<Time> time_at(const Json& json, std::initializer_list<const char*> path) {
  const auto time = parse_time(text_at(json, path));
  return time ? std::optional(*time) : std::nullopt;
}

// {"process_exec": {"process": {...}}, "node_name": ..., "time": ...} (Tetragon, api/v1/tetragon/events.proto).
std::optional<ToolEvent> read_tetragon(const Json& json) {
  for (const auto& [name, body] : json.items()) {
    if (!name.starts_with("process_") || !body.is_object() || !body.contains("process")) continue;
    return ToolEvent{.at = time_at(json, {"time"}),
                     .tool = "Tetragon",
                     .what = name,
                     .pid = number_at(body, {"process", "pid"}),
                     .exe = text_at(body, {"process", "binary"}),
                     .pod = text_at(body, {"process", "pod", "name"}),
                     .name_space = text_at(body, {"process", "pod", "namespace"}),
                     .container = text_at(body, {"process", "pod", "container", "id"}),
                     .detail = body.contains("function_name") ? text_at(body, {"function_name"})
                                                              : text_at(body, {"process", "arguments"})};
  }
  return {};
}

// {"rule": ..., "output": ..., "output_fields": {"proc.pid": ...}, "time": ...} (Falco, json_output).
std::optional<ToolEvent> read_falco(const Json& json) {
  if (!at(json, {"rule"}).is_string() || !at(json, {"output"}).is_string()) return {};
  return ToolEvent{.at = time_at(json, {"time"}),
                   .tool = "Falco",
                   .what = text_at(json, {"rule"}),
                   .pid = number_at(json, {"output_fields", "proc.pid"}),
                   .exe = text_at(json, {"output_fields", "proc.exepath"}),
                   .pod = text_at(json, {"output_fields", "k8s.pod.name"}),
                   .name_space = text_at(json, {"output_fields", "k8s.ns.name"}),
                   .container = text_at(json, {"output_fields", "container.id"}),
                   .detail = text_at(json, {"output"})};
}

// {"timestamp": nanoseconds, "hostProcessId": ..., "eventName": ...} (Tracee, types/trace/trace.go).
std::optional<ToolEvent> read_tracee(const Json& json) {
  if (!at(json, {"eventName"}).is_string() || !at(json, {"timestamp"}).is_number_integer()) return {};
  const auto nanoseconds = at(json, {"timestamp"}).get<std::int64_t>();
  return ToolEvent{.at = Time(std::chrono::milliseconds(nanoseconds / 1'000'000)),
                   .tool = "Tracee",
                   .what = text_at(json, {"eventName"}),
                   .pid = number_at(json, {"hostProcessId"}),
                   .exe = text_at(json, {"executable", "path"}),
                   .pod = text_at(json, {"kubernetes", "podName"}),
                   .name_space = text_at(json, {"kubernetes", "podNamespace"}),
                   .container = text_at(json, {"container", "id"}),
                   .detail = text_at(json, {"processName"})};
}

std::string endpoint_of(const Json& flow, const char* side, const char* port) {
  std::string text = text_at(flow, {"IP", side});
  for (const auto* protocol : {"TCP", "UDP", "SCTP"})
    if (const auto number = number_at(flow, {"l4", protocol, port}); number != 0) text += ":" + std::to_string(number);
  return text;
}

// {"flow": {"verdict": ..., "IP": {...}, "l4": {...}, "source": {...}}, "time": ...} (Hubble, api/v1/flow/flow.proto).
std::optional<ToolEvent> read_hubble(const Json& json) {
  const Json& flow = at(json, {"flow"});
  if (!flow.is_object() || !at(flow, {"verdict"}).is_string()) return {};
  return ToolEvent{.at = time_at(flow, {"time"}),
                   .tool = "Cilium",
                   .what = text_at(flow, {"verdict"}),
                   .pod = text_at(flow, {"source", "pod_name"}),
                   .name_space = text_at(flow, {"source", "namespace"}),
                   .detail = endpoint_of(flow, "source", "source_port") + " -> " +
                             endpoint_of(flow, "destination", "destination_port")};
}

std::optional<ToolEvent> read_event(std::string_view line, const Limits& limits) {
  bool deep = false;
  const Json json = Json::parse(
      line,
      [&](int depth, Json::parse_event_t, Json&) {
        deep |= static_cast<std::size_t>(depth) > limits.depth;
        return !deep;
      },
      false);
  if (deep || !json.is_object()) return {};
  for (const auto reader : {read_hubble, read_tetragon, read_falco, read_tracee})
    if (auto event = reader(json)) return event;
  return {};
}

template <class Visit>
void for_each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto line = trim(text.substr(0, end)); !line.empty()) visit(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_name_start(char c) { return is_alpha(c) || c == '_' || c == ':'; }

}  // namespace

ToolEvents parse_tool_events(std::string_view lines, const Limits& limits) {
  ToolEvents found;
  for_each_line(lines, [&](std::string_view line) {
    auto event =
        line.size() > limits.text || found.events.size() >= limits.entries ? std::nullopt : read_event(line, limits);
    if (event)
      found.events.push_back(std::move(*event));
    else
      ++found.rejected;
  });
  return found;
}

// name{labels} value [timestamp]: what a summary needs is the name, and that a value stands behind it.
MetricsSummary parse_metrics(std::string_view text) {
  MetricsSummary summary;
  std::set<std::string_view> families;
  for_each_line(text, [&](std::string_view line) {
    if (line.front() == '#') return;
    const auto end = line.find_first_of("{ \t");
    const auto value = end == std::string_view::npos ? end : line.find_last_not_of("0123456789.eE+-NaInf \t");
    const bool good = is_name_start(line.front()) && end != std::string_view::npos &&
                      (line[end] != '{' || (value != std::string_view::npos && line[value] == '}'));
    if (!good) {
      ++summary.rejected;
      return;
    }
    ++summary.samples;
    auto name = line.substr(0, end);
    for (const std::string_view part : {"_bucket", "_sum", "_count", "_total", "_created"})
      if (name.ends_with(part)) {
        name.remove_suffix(part.size());
        break;
      }
    families.insert(name);
  });
  summary.families = families.size();
  return summary;
}

}  // namespace pratique
