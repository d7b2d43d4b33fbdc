// The routes of nodes and their kernels, and of what changes.
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/server/ingest.h"
#include "app/server/service.h"
#include "base/text.h"
#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::optional<HttpResponse> objection_to_node(const Asked& asked) {
  const std::string& node = asked.names[0];
  const bool may =
      asked.route->permission == Permission::report ? asked.who->may_report(node) : asked.who->may_see_node(node);
  if (may) return std::nullopt;
  if (asked.route->permission == Permission::report)
    return problem_response(403, asked.who->name + " does not speak for node '" + printable(node) + "'");
  return problem_response(404, "there is no node '" + printable(node) + "' that you may see");
}

HttpAnswer post_kernel(Service& service, const HttpRequest& request, const Asked& asked) {
  if (auto objection = objection_to_node(asked)) return std::move(*objection);
  auto room = service.ingests.take();
  if (!room) return too_much_coming_in();
  return [&service, &request, &asked, room] {
    const auto snapshot = parse_kernel_snapshot(request.body);
    if (!snapshot) return problem_of(snapshot.error());
    const auto act = act_of(request, asked, "kernel.report", asked.names[0], sha256_of(request.body).text());
    const auto is_new = service.scribe.write([&](Store& store, Time now) {
      return store.save_snapshot(asked.names[0], request.body, now, std::span(&act, 1));
    });
    if (!is_new) return problem_of(is_new.error());
    return HttpResponse{*is_new ? 201u : 200u,
                        "application/json",
                        dump({{"node", asked.names[0]},
                              {"digest", sha256_of(request.body).text()},
                              {"new", *is_new},
                              {"objects", snapshot->objects.size()}}),
                        {}};
  };
}

// A line of 'kernel watch -o jsonl': any object that is not too large nor too deep; what it says is the reader's.
Result<std::vector<std::string>> parse_events(std::string_view body) {
  constexpr std::size_t most = 10'000, longest = 64 << 10;
  constexpr int deepest = 8;
  std::vector<std::string> events;
  std::size_t number = 0;
  for (const auto line : split(body, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const std::string place = "line " + std::to_string(number);
    if (events.size() == most || line.size() > longest)
      return Error{Fault::limit, "more than 10,000 lines, or one of more than 64 KiB", {place}, ""};
    bool is_deep = false;
    const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
      is_deep |= depth > deepest;
      return !is_deep;
    };
    if (!is_utf8(line) || !Json::parse(line, shallow, false).is_object() || is_deep)
      return Error{Fault::malformed, "a JSON object is expected", {place}, ""};
    events.emplace_back(trim(line));
  }
  if (events.empty()) return Error{Fault::malformed, "no line holds an event", {}, ""};
  return events;
}

HttpAnswer post_events(Service& service, const HttpRequest& request, const Asked& asked) {
  if (auto objection = objection_to_node(asked)) return std::move(*objection);
  return [&service, &request, &asked] {
    const auto events = parse_events(request.body);
    if (!events) return problem_of(events.error());
    const auto act =
        act_of(request, asked, "events.report", asked.names[0], std::to_string(events->size()) + " kernel events");
    const auto saved = service.scribe.write([&](Store& store, Time now) {
      return store.save_kernel_events(asked.names[0], *events, now, std::span(&act, 1));
    });
    if (!saved) return problem_of(saved.error());
    return HttpResponse{200, "application/json", dump({{"node", asked.names[0]}, {"saved", events->size()}}), {}};
  };
}

HttpAnswer get_nodes(Service& service, const HttpRequest&, const Asked& asked) {
  return [&service, &asked] {
    const auto nodes = service.stores.with([](const Store& store) { return store.load_nodes(); });
    if (!nodes) return problem_of(nodes.error());
    Json items = Json::array();
    for (const auto& node : *nodes) {
      if (!asked.who->may_see_node(node.name)) continue;
      items.push_back({{"name", node.name},
                       {"since", render_time(node.since)},
                       {"seen", render_time(node.seen)},
                       {"snapshot", node.snapshot},
                       {"snapshots", node.snapshots}});
    }
    return HttpResponse{200,
                        "application/json",
                        dump({{"apiVersion", "pratique/v1"}, {"kind", "NodeList"}, {"items", std::move(items)}}),
                        {}};
  };
}

HttpAnswer get_kernel(Service& service, const HttpRequest& request, const Asked& asked) {
  if (auto objection = objection_to_node(asked)) return std::move(*objection);
  return [&service, &request, &asked] {
    const auto wanted = request.parameter("as_of");
    const Time as_of = wanted.empty() ? Time::max() : parse_time(wanted).value();
    const auto snapshot =
        service.stores.with([&](const Store& store) { return store.load_snapshot(asked.names[0], as_of); });
    if (!snapshot) return problem_of(snapshot.error());
    if (!*snapshot)
      return problem_response(404, "nothing is known of the kernel of '" + printable(asked.names[0]) + "' then");
    HttpResponse response{200, "application/json", std::string((*snapshot)->json.view()), {}};
    response.headers.emplace_back("Pratique-Since", render_time((*snapshot)->since));
    response.headers.emplace_back("Pratique-Seen", render_time((*snapshot)->seen));
    return response;
  };
}

HttpAnswer get_kernel_events(Service& service, const HttpRequest& request, const Asked& asked) {
  if (auto objection = objection_to_node(asked)) return std::move(*objection);
  return [&service, &request, &asked] {
    constexpr std::size_t most = 10'000;
    const auto after = parse_unsigned(request.parameter("after")).value_or(0);
    const auto limit = std::clamp<std::size_t>(parse_unsigned(request.parameter("limit")).value_or(most), 1, most);
    const auto events =
        service.stores.with([&](const Store& store) { return store.load_kernel_events(asked.names[0], after, limit); });
    if (!events) return problem_of(events.error());
    std::string lines;
    for (const auto& event : *events)
      lines += "{\"id\":" + std::to_string(event.id) + ",\"saved\":" + json_quoted(render_time(event.saved)) +
               ",\"event\":" + event.json + "}\n";
    return HttpResponse{200, "application/x-ndjson", std::move(lines), {}};
  };
}

// Where a listener stands; the identity is as it was when it came.
struct Listener {
  std::shared_ptr<const Principal> who;
  std::uint64_t heard = 0;
  std::chrono::steady_clock::time_point spoken = std::chrono::steady_clock::now();
  // What findings mean to it is looked up elsewhere: the store may take its time.
  bool is_looking_up = false;
  std::mutex mutex;  // of what follows
  std::optional<std::string> found;
};

// Whoever misses something because the store fails is told that something is missing.
std::string told(const ToldChanges& changes, const Principal& who, const Store& store) {
  std::string text;
  for (const auto& change : changes) text += render_change(*change, who, store).value_or(std::string(gap_event));
  return text;
}

// What is new, as far as it is at hand; a lookup thread goes for the rest.
std::string news(Service& service, const std::shared_ptr<Listener>& listener) {
  {
    const std::lock_guard lock(listener->mutex);
    if (listener->found) {
      listener->is_looking_up = false;
      return *std::exchange(listener->found, std::nullopt);
    }
    if (listener->is_looking_up) return {};
  }
  auto changes = service.changes.after(listener->heard).changes;
  if (changes.empty()) return {};
  const std::uint64_t last = changes.back()->change.id;
  if (std::none_of(changes.begin(), changes.end(), [](const auto& change) { return tells_findings(*change); })) {
    listener->heard = last;
    std::string text;
    for (const auto& change : changes)
      if (may_hear(*listener->who, change->change)) text += render_change(change->change);
    return text;
  }
  listener->is_looking_up = true;  // nobody else looks at it yet
  const bool is_taken = service.lookups.run([&service, listener, changes = std::move(changes)] {
    auto text = service.stores.with(
        [&](const Store& store) -> Result<std::string> { return told(changes, *listener->who, store); });
    const std::lock_guard lock(listener->mutex);
    listener->found = std::move(text).value_or(std::string(gap_event));
  });
  if (is_taken)
    listener->heard = last;
  else
    listener->is_looking_up = false;  // and again at the next time
  return {};
}

// What came between the event a listener heard last and what is in memory is read from the store; what is gone there
// too is said to be gone.
Result<std::string> missed(Service& service, Listener& listener) {
  constexpr std::size_t most = 10'000;
  if (!service.changes.after(listener.heard).has_gap) return std::string();
  return service.stores.with([&](const Store& store) -> Result<std::string> {
    PRATIQUE_TRY(const auto changes, load_changes(store, listener.heard, most));
    if (changes.empty()) return std::string();
    const bool is_gone = changes.front()->change.id != listener.heard + 1;
    listener.heard = changes.back()->change.id;
    return (is_gone ? std::string(gap_event) : std::string()) + told(changes, *listener.who, store);
  });
}

HttpAnswer listen(Service& service, const HttpRequest& request, const Asked& asked) {
  return [&service, &request, &asked] {
    const auto listener = std::make_shared<Listener>();  // shared: std::function copies
    listener->who = asked.who;
    const auto last = request.header("last-event-id");
    const auto heard = last.empty() ? service.changes.last() : parse_unsigned(last);
    if (!heard || last.size() > 15) return problem_response(400, "'Last-Event-ID' is a number that was told as an id");
    listener->heard = *heard;
    auto begin = missed(service, *listener);
    if (!begin) return problem_of(begin.error());
    HttpResponse response{200, "text/event-stream", "retry: 1000\n\n" + *begin, {}};
    response.headers.emplace_back("Cache-Control", "no-store");
    response.stream = [&service, listener]() -> std::optional<std::string> {
      constexpr std::chrono::seconds silence{15};
      if (service.draining) return std::nullopt;
      auto text = news(service, listener);
      const auto now = std::chrono::steady_clock::now();
      if (text.empty() && now - listener->spoken >= silence) text = ": still here\n\n";
      if (!text.empty()) listener->spoken = now;
      return text;
    };
    return response;
  };
}

}  // namespace

std::vector<Route> node_routes() {
  using Kind = RouteParameter::Kind;
  const std::vector<std::string_view> json = {"application/json"}, lines = {"application/x-ndjson"};
  const RouteParameter name{.name = "name", .help = "of the node", .example = "node-1"};
  return {
      {.method = "GET",
       .path = "/api/v1/nodes",
       .permission = Permission::read,
       .handle = get_nodes,
       .name = "getNodes",
       .summary = "List the nodes whose kernels are known",
       .answers = {{200, "By name", "NodeList", json}}},
      {.method = "POST",
       .path = "/api/v1/nodes/{name}/kernel",
       .permission = Permission::report,
       .handle = post_kernel,
       .name = "postNodeKernel",
       .summary = "Say what runs in a node's kernel now, as 'kernel list -o json' does",
       .path_parameters = {name},
       .body = RouteBody{json, "KernelInventory"},
       .answers = {{201, "It is another than the last", "TakenSnapshot", json},
                   {200, "It is as it was", "TakenSnapshot", json}}},
      {.method = "GET",
       .path = "/api/v1/nodes/{name}/kernel",
       .permission = Permission::read,
       .handle = get_kernel,
       .name = "getNodeKernel",
       .summary = "Tell what ran in a node's kernel, as it was sent",
       .path_parameters = {name},
       .query = {{.name = "as_of", .kind = Kind::time, .help = "when; now where it is left out"}},
       .answers = {{200, "The headers Pratique-Since and Pratique-Seen say from when to when", "KernelInventory",
                    json}}},
      {.method = "POST",
       .path = "/api/v1/nodes/{name}/events",
       .permission = Permission::report,
       .handle = post_events,
       .name = "postNodeEvents",
       .summary = "Say what happened in a node's kernel, as 'kernel watch -o jsonl' does",
       .path_parameters = {name},
       .body = RouteBody{{"application/x-ndjson", "text/plain"}, ""},
       .answers = {{200, "How many were saved", "TakenEvents", json}}},
      {.method = "GET",
       .path = "/api/v1/nodes/{name}/events",
       .permission = Permission::read,
       .handle = get_kernel_events,
       .name = "getNodeEvents",
       .summary = "Tell what happened in a node's kernel, oldest first",
       .path_parameters = {name},
       .query = {{.name = "after", .kind = Kind::number, .help = "the id of the last event that is known already"},
                 {.name = "limit", .kind = Kind::number, .help = "at most so many, and at most 10,000"}},
       .answers = {{200, "An event a line, with its id", "", lines}}},
      {.method = "GET",
       .path = "/api/v1/events",
       .permission = Permission::read,
       .handle = listen,
       .name = "getEvents",
       .summary = "Tell what is new as it comes, as server-sent events; Last-Event-ID says where to go on",
       .answers = {{200,
                    "Events bill, workloads, snapshot, event, finding, and gap where some are gone",
                    "",
                    {"text/event-stream"}}}},
  };
}

}  // namespace pratique
