// The routes of bills too large for one request: begun, sent piece by piece, taken when whole.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/server/ingest.h"
#include "app/server/random.h"
#include "app/server/service.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t id_bytes = 16;

std::string hex_of(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += digits;
  }
  return text;
}

HttpResponse tell(unsigned status, const StoredUpload& upload) {
  const Json json{{"id", upload.id}, {"size", upload.size}, {"offset", upload.received}};
  HttpResponse response{status, "application/json", json.dump(2) + "\n", {}};
  response.headers.emplace_back("Upload-Offset", std::to_string(upload.received));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

HttpAnswer post_upload(Service& service, const HttpRequest& request, const Asked& asked) {
  return [&service, &request, &asked] {
    const Limits limits;
    const auto size = parse_unsigned(request.parameter("size")).value_or(0);
    if (size == 0) return problem_response(400, "an upload holds a byte at least");
    if (size > limits.bytes) return problem_response(413, "a bill is at most " + with_commas(limits.bytes) + " bytes");
    const auto random = random_bytes(id_bytes);
    if (!random) return problem_of(random.error());
    const auto place = request.parameter("place");
    const StoredUpload upload{hex_of(*random), asked.who->name, std::string(place.empty() ? "http" : place), size, 0};
    const auto act =
        act_of(request, asked, "upload.begin", upload.id, upload.place + ", " + std::to_string(size) + " bytes");
    const auto begun = service.scribe.write(
        [&](Store& store, Time now) { return store.begin_upload(upload, now, std::span(&act, 1)); });
    if (!begun && begun.error().fault == Fault::limit) return problem_response(429, begun.error().text);
    if (!begun) return problem_of(begun.error());
    auto response = tell(201, upload);
    response.headers.emplace_back("Location", "/api/v1/uploads/" + upload.id);
    return response;
  };
}

// Only whoever began it knows of it.
Result<StoredUpload> find_own(Service& service, const Asked& asked) {
  PRATIQUE_TRY(auto upload, service.stores.with([&](const Store& store) { return store.find_upload(asked.names[0]); }));
  if (upload && upload->owner == asked.who->name) return std::move(*upload);
  return Error{
      Fault::not_found, "there is no upload '" + printable(asked.names[0].substr(0, 64)) + "' of yours", {}, ""};
}

HttpAnswer get_upload(Service& service, const HttpRequest&, const Asked& asked) {
  return [&service, &asked] {
    const auto upload = find_own(service, asked);
    return upload ? tell(200, *upload) : problem_of(upload.error());
  };
}

// The last piece makes it whole. Were the bytes no bill they would be none the next time either: the upload is dropped
// whatever comes of it, but for a store that failed.
HttpResponse finish(Service& service, const HttpRequest& request, const Asked& asked, const StoredUpload& upload) {
  auto bytes = service.stores.with([&](const Store& store) { return store.load_upload(upload.id); });
  if (!bytes) return problem_of(bytes.error());
  const auto taken = take_bill(service, request, asked, std::move(*bytes), upload.place);
  if (!taken && (taken.error().fault == Fault::unavailable || taken.error().fault == Fault::timeout))
    return problem_of(taken.error());
  const auto dropped = service.scribe.write([&](Store& store, Time) { return store.drop_upload(upload.id); });
  if (!taken) return problem_of(taken.error());
  return dropped ? answer_of(*taken) : problem_of(dropped.error());
}

HttpAnswer patch_upload(Service& service, const HttpRequest& request, const Asked& asked) {
  auto room = service.ingests.take();
  if (!room) return too_much_coming_in();
  return [&service, &request, &asked, room] {
    auto upload = find_own(service, asked);
    if (!upload) return problem_of(upload.error());
    const auto offset = parse_unsigned(request.parameter("offset")).value_or(0);
    const bool is_sent_again = upload->received == upload->size && offset == upload->size && request.body.empty();
    if (!is_sent_again) {
      const auto received = service.scribe.write(
          [&](Store& store, Time) { return store.append_upload(upload->id, offset, request.body); });
      if (!received && received.error().fault == Fault::usage) {
        auto response = problem_response(409, render(received.error()));
        response.headers.emplace_back("Upload-Offset", std::to_string(upload->received));
        return response;
      }
      if (!received) return problem_of(received.error());
      upload->received = *received;
    }
    if (upload->received < upload->size) return tell(202, *upload);
    const std::lock_guard one_at_a_time(service.large_bills);
    return finish(service, request, asked, *upload);
  };
}

HttpAnswer delete_upload(Service& service, const HttpRequest&, const Asked& asked) {
  return [&service, &asked] {
    const auto upload = find_own(service, asked);
    if (!upload) return problem_of(upload.error());
    const auto dropped = service.scribe.write([&](Store& store, Time) { return store.drop_upload(upload->id); });
    return dropped ? HttpResponse{204, "", "", {}} : problem_of(dropped.error());
  };
}

}  // namespace

std::vector<Route> upload_routes() {
  using Kind = RouteParameter::Kind;
  const std::vector<std::string_view> json = {"application/json"};
  const RouteParameter id{
      .name = "id", .help = "that the upload was begun with", .example = "0123456789abcdef0123456789abcdef"};
  return {
      {.method = "POST",
       .path = "/api/v1/uploads",
       .permission = Permission::ingest,
       .handle = post_upload,
       .name = "postUpload",
       .summary = "Begin to send a bill piece by piece; it has a day",
       .query = {{.name = "size",
                  .kind = Kind::number,
                  .help = "of the whole, in bytes",
                  .example = "20000000",
                  .is_needed = true},
                 {.name = "place", .help = "a name for people"}},
       .answers = {{201, "Location says where the pieces go", "Upload", json}},
       .problems = {413}},
      {.method = "GET",
       .path = "/api/v1/uploads/{id}",
       .permission = Permission::ingest,
       .handle = get_upload,
       .name = "getUpload",
       .summary = "Tell how much of an upload has come",
       .path_parameters = {id},
       .answers = {{200, "Also in the header Upload-Offset", "Upload", json}}},
      {.method = "PATCH",
       .path = "/api/v1/uploads/{id}",
       .permission = Permission::ingest,
       .handle = patch_upload,
       .name = "patchUpload",
       .summary = "Send the next piece; the last one puts the bill into the inventory",
       .path_parameters = {id},
       .query = {{.name = "offset",
                  .kind = Kind::number,
                  .help = "where in the whole the piece begins",
                  .example = "0",
                  .is_needed = true}},
       .body = RouteBody{{"application/octet-stream"}, ""},
       .answers = {{202, "More is wanted", "Upload", json},
                   {201, "The bill is new, and on the disk", "TakenBill", json},
                   {200, "The bill was there already", "TakenBill", json}},
       .problems = {409}},
      {.method = "DELETE",
       .path = "/api/v1/uploads/{id}",
       .permission = Permission::ingest,
       .handle = delete_upload,
       .name = "deleteUpload",
       .summary = "Forget an upload",
       .path_parameters = {id},
       .answers = {{204, "It is gone", "", {}}}},
  };
}

}  // namespace pratique
