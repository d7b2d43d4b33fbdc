// The routes of what is brought into the inventory. question_routes.cpp has those that ask.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/server/ingest.h"
#include "app/server/service.h"
#include "base/base64.h"
#include "base/text.h"
#include "flow/ingest.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

// Whoever may bring bills of some repositories only must not rename, nor add to, what is of another.
Result<void> check_may_save(Service& service, const StoredBill& bill, const Principal& who) {
  const auto refuse = [&](std::string_view repository) {
    return Error{
        Fault::refused, who.name + " may not bring a bill of '" + printable(repository.substr(0, 256)) + "'", {}, ""};
  };
  const auto name = display_name(bill);
  if (!who.may_save_bill(repository_of(name))) return refuse(repository_of(name));
  if (who.may_save_bill("*")) return {};  // of any repository: no name is one
  const Digest& digest = bill.bill.subject.digest ? *bill.bill.subject.digest : bill.digest;
  PRATIQUE_TRY(const auto known, service.stores.with([&](const Store& store) { return store.find_artifact(digest); }));
  if (known && !who.may_save_bill(repository_of(known->name))) return refuse(repository_of(name));
  return {};
}

Json json_of(const TakenBill& taken) {
  Json set_aside = Json::array();
  for (const auto& part : taken.set_aside) set_aside.push_back({{"place", part.place}, {"reason", part.reason}});
  return {{"digest", taken.digest}, {"artifact", taken.artifact},     {"name", taken.name},
          {"new", taken.is_new},    {"components", taken.components}, {"setAside", std::move(set_aside)}};
}

HttpAnswer post_bill(Service& service, const HttpRequest& request, const Asked& asked) {
  auto place = service.ingests.take();
  if (!place) return too_much_coming_in();
  return [&service, &request, &asked, place] {
    const auto taken = take_bill(service, request, asked, Bytes::copy_of(request.body), "http");
    if (!taken) return problem_of(taken.error());
    return answer_of(*taken);
  };
}

struct BatchLine {
  std::string place;
  Bytes bytes;
};

// A line is {"place": "file", "document": "..."}, or with "base64" in place of "document".
Result<BatchLine> parse_line(std::string_view line) {
  bool is_deep = false;
  const auto flat = [&](int depth, Json::parse_event_t, Json&) {
    is_deep |= depth > 1;
    return !is_deep;
  };
  const Json json = Json::parse(line, flat, false);
  const auto text = [&](const char* name) {
    return json.contains(name) && json[name].is_string() ? std::optional(json[name].get<std::string>()) : std::nullopt;
  };
  const Error malformed{Fault::malformed, "an object with 'document' or 'base64' is expected", {}, ""};
  if (is_deep || !json.is_object()) return malformed;
  const auto document = text("document"), packed = text("base64");
  if (document.has_value() == packed.has_value()) return malformed;
  BatchLine read{text("place").value_or("http"), Bytes()};
  if (document) {
    read.bytes = Bytes::copy_of(*document);
    return read;
  }
  PRATIQUE_TRY(const std::string bytes, decode_base64(*packed));
  read.bytes = Bytes::copy_of(bytes);
  return read;
}

Json take_line(Service& service, const HttpRequest& request, const Asked& asked, std::string_view line) {
  auto read = parse_line(line);
  auto taken =
      read ? take_bill(service, request, asked, std::move(read->bytes), read->place) : Result<TakenBill>(read.error());
  Json json = taken ? json_of(*taken) : Json{{"fault", name_of(taken.error().fault)}, {"error", render(taken.error())}};
  if (read) json["place"] = read->place;
  return json;
}

HttpAnswer post_bills(Service& service, const HttpRequest& request, const Asked& asked) {
  auto room = service.ingests.take();
  if (!room) return too_much_coming_in();
  return [&service, &request, &asked, room] {
    constexpr std::size_t most_lines = 10'000;
    Json items = Json::array();
    std::uint64_t added = 0, present = 0, failed = 0;
    for (auto line : split(request.body, '\n')) {
      if (trim(line).empty()) continue;
      if (items.size() == most_lines)
        return problem_response(413, "more than " + with_commas(most_lines) + " lines; those before are taken");
      Json item = take_line(service, request, asked, line);
      ++(item.contains("error") ? failed : item["new"] == true ? added : present);
      items.push_back(std::move(item));
    }
    if (items.empty()) return problem_response(400, "no line holds a bill");
    return HttpResponse{200,
                        "application/json",
                        dump({{"apiVersion", "pratique/v1"},
                              {"kind", "IngestReport"},
                              {"added", added},
                              {"present", present},
                              {"failed", failed},
                              {"items", std::move(items)}}),
                        {}};
  };
}

HttpAnswer get_bill(Service& service, const HttpRequest& request, const Asked& asked) {
  return [&service, &request, &asked] {
    const auto scopes = asked.who->scopes(Permission::read);
    const auto digest = parse_digest(asked.names[0]);
    auto bill = service.stores.with([&](const Store& store) -> Result<std::optional<OriginalBill>> {
      PRATIQUE_TRY(auto found, store.load_original(*digest));
      if (!found || is_everything(scopes)) return found;
      PRATIQUE_TRY(const auto visible, store.find_visible(scopes));
      if (!std::binary_search(visible.begin(), visible.end(), found->of.id)) found.reset();
      return found;
    });
    if (!bill) return problem_of(bill.error());
    if (!*bill) return problem_response(404, "there is no bill " + digest->text() + " that you may see");
    return tagged(request, {200, "application/octet-stream", std::string((*bill)->bytes.view()), {}});
  };
}

HttpAnswer post_workloads(Service& service, const HttpRequest& request, const Asked& asked) {
  if (!asked.who->may_save_workloads(asked.names[0]))
    return problem_response(403, asked.who->name + " may not say what runs in '" + printable(asked.names[0]) + "'");
  auto room = service.ingests.take();
  if (!room) return too_much_coming_in();
  return [&service, &request, &asked, room] {
    const auto act = act_of(request, asked, "workloads.ingest", asked.names[0]);
    const auto bytes = Bytes::copy_of(request.body);
    const auto report = service.scribe.write([&](Store& store, Time now) {
      return receive_workloads(store, bytes, asked.names[0], std::span(&act, 1), now);
    });
    if (!report) return problem_of(report.error());
    Json set_aside = Json::array();
    for (const auto& part : report->rejected) set_aside.push_back({{"place", part.place}, {"reason", part.reason}});
    return HttpResponse{200,
                        "application/json",
                        dump({{"apiVersion", "pratique/v1"},
                              {"kind", "WorkloadReport"},
                              {"cluster", asked.names[0]},
                              {"whole", report->coverage == Coverage::whole},
                              {"pods", report->pods},
                              {"containers", report->containers},
                              {"finished", report->finished},
                              {"withoutDigest", report->without_digest},
                              {"setAside", std::move(set_aside)}}),
                        {}};
  };
}

}  // namespace

HttpResponse too_much_coming_in() {
  auto response = problem_response(503, "as much is being taken in as there is room for");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

Result<TakenBill> take_bill(Service& service, const HttpRequest& request, const Asked& asked, Bytes bytes,
                            std::string place) {
  PRATIQUE_TRY(auto bill, receive_bill(std::move(bytes), std::move(place)));
  PRATIQUE_DO(check_may_save(service, bill, *asked.who));
  TakenBill taken{
      bill.digest.text(),          (bill.bill.subject.digest ? *bill.bill.subject.digest : bill.digest).text(),
      display_name(bill),          false,
      bill.bill.components.size(), std::move(bill.bill.rejected)};
  PRATIQUE_TRY(taken.is_new, service.scribe.save_bill(std::move(bill),
                                                      act_of(request, asked, "bill.ingest", taken.digest, taken.name)));
  return taken;
}

HttpResponse answer_of(const TakenBill& taken) {
  HttpResponse response{taken.is_new ? 201u : 200u, "application/json", dump(json_of(taken)), {}};
  response.headers.emplace_back("Location", "/api/v1/bills/" + taken.digest);
  return response;
}

std::vector<Route> inventory_routes() {
  using Kind = RouteParameter::Kind;
  const std::vector<std::string_view> json = {"application/json"};
  return {
      {.method = "POST",
       .path = "/api/v1/bills",
       .permission = Permission::ingest,
       .handle = post_bill,
       .name = "postBill",
       .summary = "Put a bill of any format that is read into the inventory; the same bytes twice are one bill",
       .body = RouteBody{{"application/json", "application/octet-stream", "application/xml", "text/plain"}, ""},
       .answers = {{201, "It is new, and on the disk", "TakenBill", json},
                   {200, "It was there already", "TakenBill", json}}},
      {.method = "POST",
       .path = "/api/v1/bills/batch",
       .permission = Permission::ingest,
       .handle = post_bills,
       .name = "postBills",
       .summary = "Put many bills into the inventory: a JSON object a line with 'document' or 'base64', and 'place'",
       .body = RouteBody{{"application/x-ndjson", "text/plain"}, ""},
       .answers = {{200, "What became of each", "IngestReport", json}}},
      {.method = "GET",
       .path = "/api/v1/bills/{digest}",
       .permission = Permission::read,
       .handle = get_bill,
       .name = "getBill",
       .summary = "Give a bill back as it came, byte by byte",
       .path_parameters = {{.name = "digest", .kind = Kind::digest, .help = "of the bill's bytes"}},
       .answers = {{200, "The bill", "", {"application/octet-stream"}}, {304, "It is as it was", "", {}}}},
      {.method = "POST",
       .path = "/api/v1/clusters/{name}/workloads",
       .permission = Permission::ingest,
       .handle = post_workloads,
       .name = "postWorkloads",
       .summary = "Say what runs in a cluster now, as 'kubectl get pods -A -o json' does; what is not named is gone",
       .path_parameters = {{.name = "name", .help = "of the cluster"}},
       .body = RouteBody{{"application/json", "application/octet-stream"}, ""},
       .answers = {{200, "What was taken", "WorkloadReport", json}}},
  };
}

}  // namespace pratique
