// The routes of who may what, and of what was done.
#include <nlohmann/json.hpp>

#include "app/render/access.h"
#include "app/server/random.h"
#include "app/server/service.h"
#include "base/text.h"
#include "flow/access.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

// Tokens and the log are of everything: whoever may manage or audit a part of it only, may not here.
std::optional<HttpResponse> objection_to_part(const Asked& asked) {
  if (is_everything(asked.who->scopes(asked.route->permission))) return std::nullopt;
  return problem_response(403, "this is of everything, and " + asked.who->name + " is for a part");
}

Result<TokenRequest> parse_token_request(std::string_view body) {
  bool is_deep = false;
  const auto flat = [&](int depth, Json::parse_event_t, Json&) {
    is_deep |= depth > 1;
    return !is_deep;
  };
  const Json json = Json::parse(body, flat, false);
  if (is_deep || !json.is_object()) return Error{Fault::malformed, "a JSON object of texts is expected", {}, ""};
  TokenRequest request;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) return Error{Fault::malformed, "'" + printable(key) + "' is a text", {}, ""};
    const auto text = value.get<std::string>();
    if (key == "name") {
      request.name = text;
    } else if (key == "role") {
      PRATIQUE_TRY(request.grant.role, parse_role(text));
    } else if (key == "scope") {
      PRATIQUE_TRY(request.grant.scope, parse_scope(text));
    } else if (key == "expires") {
      PRATIQUE_TRY(request.expires, parse_time(text));
    } else {
      return Error{Fault::malformed, "there is no member '" + printable(key) + "'", {}, ""};
    }
  }
  for (const auto* needed : {"name", "role", "expires"})
    if (!json.contains(needed)) return Error{Fault::malformed, "'" + std::string(needed) + "' is missing", {}, ""};
  return request;
}

HttpAnswer post_token(Service& service, const HttpRequest& request, const Asked& asked) {
  if (auto objection = objection_to_part(asked)) return std::move(*objection);
  return [&service, &request, &asked] {
    const auto wanted = parse_token_request(request.body);
    if (!wanted) return problem_of(wanted.error());
    const auto entropy = random_bytes(token_entropy);
    if (!entropy) return problem_of(entropy.error());
    const auto issued = service.scribe.write([&](Store& store, Time now) {
      return issue_token(store, *wanted, *entropy, act_of(request, asked, "", ""), now);
    });
    if (!issued) return problem_of(issued.error());
    HttpResponse response{201, "application/json", render_issued_token_json(issued->kept, issued->text), {}};
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  };
}

HttpAnswer get_tokens(Service& service, const HttpRequest&, const Asked& asked) {
  if (auto objection = objection_to_part(asked)) return std::move(*objection);
  return [&service] {
    const auto tokens = service.stores.with([](const Store& store) { return store.load_tokens(); });
    if (!tokens) return problem_of(tokens.error());
    return HttpResponse{200, "application/json", render_tokens_json(*tokens, service.clock()), {}};
  };
}

HttpAnswer delete_token(Service& service, const HttpRequest& request, const Asked& asked) {
  if (auto objection = objection_to_part(asked)) return std::move(*objection);
  return [&service, &request, &asked] {
    const auto revoked = service.scribe.write([&](Store& store, Time now) {
      return revoke_token(store, asked.names[0], act_of(request, asked, "", ""), now);
    });
    return revoked ? HttpResponse{204, "", "", {}} : problem_of(revoked.error());
  };
}

HttpAnswer get_audit(Service& service, const HttpRequest& request, const Asked& asked) {
  if (auto objection = objection_to_part(asked)) return std::move(*objection);
  return [&service, &request, &asked] {
    constexpr std::uint64_t most = 1'000;
    const auto first = parse_unsigned(request.parameter("first")).value_or(1);
    const auto limit = std::clamp<std::uint64_t>(parse_unsigned(request.parameter("limit")).value_or(most), 1, most);
    std::vector<AuditEntry> entries;
    const auto read = service.stores.with([&](const Store& store) {
      return store.visit_audit(first, limit, [&](const AuditEntry& entry) -> Result<void> {
        entries.push_back(entry);
        return {};
      });
    });
    if (!read) return problem_of(read.error());
    const bool lines = asked.type == "application/x-ndjson";
    return HttpResponse{
        200, std::string(asked.type), lines ? render_audit_jsonl(entries) : render_audit_json(entries), {}};
  };
}

}  // namespace

std::vector<Route> access_routes() {
  using Kind = RouteParameter::Kind;
  const std::vector<std::string_view> json = {"application/json"};
  return {
      {.method = "GET",
       .path = "/api/v1/tokens",
       .permission = Permission::manage,
       .handle = get_tokens,
       .name = "getTokens",
       .summary = "List the API tokens, without their secrets",
       .answers = {{200, "All that were ever made", "TokenList", json}}},
      {.method = "POST",
       .path = "/api/v1/tokens",
       .permission = Permission::manage,
       .handle = post_token,
       .name = "postToken",
       .summary = "Make an API token; it is shown this once",
       .body = RouteBody{json, "TokenRequest"},
       .answers = {{201, "The token", "IssuedToken", json}}},
      {.method = "DELETE",
       .path = "/api/v1/tokens/{id}",
       .permission = Permission::manage,
       .handle = delete_token,
       .name = "deleteToken",
       .summary = "Revoke an API token; every server refuses it within five seconds",
       .path_parameters = {{.name = "id", .help = "the 16 hex digits behind 'prq_'", .example = "0123456789abcdef"}},
       .answers = {{204, "It is revoked", "", {}}}},
      {.method = "GET",
       .path = "/api/v1/audit",
       .permission = Permission::audit,
       .handle = get_audit,
       .name = "getAudit",
       .summary = "Tell what was done and what was refused, oldest first",
       .query = {{.name = "first", .kind = Kind::number, .help = "the number of the first entry wanted"},
                 {.name = "limit", .kind = Kind::number, .help = "at most so many, and at most 1,000"}},
       .answers = {{200, "The entries, each with its hash", "AuditLog", {"application/json", "application/x-ndjson"}}}},
  };
}

}  // namespace pratique
