#include "app/render/access.h"

#include <nlohmann/json.hpp>

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string_view state_of(const AccessToken& token, Time now) {
  return token.revoked ? "revoked" : token.expires <= now ? "expired" : "good";
}

Json json_of(const AccessToken& token) {
  Json json{{"id", token.id},
            {"name", token.name},
            {"role", name_of(token.grant.role)},
            {"scope", render_scope(token.grant.scope)},
            {"created", render_time(token.created)},
            {"createdBy", token.created_by},
            {"expires", render_time(token.expires)}};
  if (token.revoked) json["revoked"] = render_time(*token.revoked);
  return json;
}

Json json_of(const AuditEntry& entry) {
  return {{"sequence", entry.sequence}, {"at", render_time(entry.at)}, {"actor", entry.actor},   {"from", entry.from},
          {"action", entry.action},     {"object", entry.object},      {"detail", entry.detail}, {"hash", entry.hash}};
}

}  // namespace

std::string render_tokens_table(const std::vector<AccessToken>& tokens, Time now, const Look& look) {
  Table table{{"ID", "NAME", "ROLE", "SCOPE", "EXPIRES", "STATE"}, {}};
  for (const auto& token : tokens) {
    const auto scope = render_scope(token.grant.scope);
    table.rows.push_back({Cell(token.id), Cell(token.name), Cell(name_of(token.grant.role)),
                          Cell(scope.empty() ? "everything" : scope), Cell(render_time(token.expires)),
                          Cell(state_of(token, now))});
  }
  return render_table(table, look);
}

std::string render_tokens_json(const std::vector<AccessToken>& tokens, Time now) {
  Json items = Json::array();
  for (const auto& token : tokens) {
    items.push_back(json_of(token));
    items.back()["state"] = state_of(token, now);
  }
  return dump({{"apiVersion", "pratique/v1"}, {"kind", "TokenList"}, {"items", std::move(items)}}, 2);
}

std::string render_issued_token_json(const AccessToken& token, const std::string& text) {
  Json json = json_of(token);
  json["token"] = text;
  return dump(json, 2);
}

std::string render_audit_table(const std::vector<AuditEntry>& entries, const Look& look) {
  Table table{{"NUMBER", "AT", "WHO", "FROM", "ACTION", "OBJECT", "DETAIL"}, {}};
  for (const auto& entry : entries)
    table.rows.push_back({Cell(std::to_string(entry.sequence)), Cell(render_time(entry.at)),
                          Cell(entry.actor.empty() ? "-" : entry.actor), Cell(entry.from), Cell(entry.action),
                          Cell(entry.object), Cell(entry.detail)});
  return render_table(table, look);
}

std::string render_audit_json(const std::vector<AuditEntry>& entries) {
  Json items = Json::array();
  for (const auto& entry : entries) items.push_back(json_of(entry));
  return dump({{"apiVersion", "pratique/v1"}, {"kind", "AuditLog"}, {"items", std::move(items)}}, 2);
}

std::string render_audit_jsonl(const std::vector<AuditEntry>& entries) {
  std::string lines;
  for (const auto& entry : entries) lines += dump(json_of(entry), -1);
  return lines;
}

}  // namespace pratique
