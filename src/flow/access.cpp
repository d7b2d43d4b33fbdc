#include "flow/access.h"

#include <algorithm>

#include "base/base64.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"

namespace pratique {
namespace {

constexpr std::string_view prefix = "prq_";
constexpr std::size_t id_size = 16, secret_size = 43;
constexpr std::chrono::hours longest_life{24 * 366};

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string base64url_of(std::string_view bytes) {
  std::string text = encode_base64(bytes);
  text.resize(text.find('=') == std::string::npos ? text.size() : text.find('='));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

// Takes as long for texts that differ in the first byte as for those that differ in the last.
bool is_same(std::string_view a, std::string_view b) {
  unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

// An id that can be looked up; empty for what has not the form of a token.
std::string_view id_of(std::string_view token) {
  if (token.size() != prefix.size() + id_size + 1 + secret_size || !token.starts_with(prefix)) return {};
  const auto id = token.substr(prefix.size(), id_size);
  const bool is_hex = std::all_of(id.begin(), id.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  return is_hex && token[prefix.size() + id_size] == '_' ? id : std::string_view();
}

}  // namespace

Result<IssuedToken> issue_token(Store& store, const TokenRequest& request, std::string_view entropy,
                                const AuditEntry& by, Time now) {
  check(entropy.size() == token_entropy, "a token takes 40 random bytes");
  if (!is_name(request.name))
    return Error{Fault::usage, "a token's name is 1 to 64 letters, digits, '-', '_' and '.'", {}, ""};
  if (request.expires <= now || request.expires > now + longest_life)
    return Error{Fault::usage, "a token ends within a year from now", {}, "make it good for at most 366 days"};
  if (request.grant.role == Role::agent && request.grant.scope.nodes.size() != 1)
    return Error{Fault::usage, "an agent's token is for one node", {}, "name the node"};
  IssuedToken issued;
  AccessToken& kept = issued.kept;
  kept.id = hex_of(entropy.substr(0, id_size / 2));
  issued.text = std::string(prefix) + kept.id + "_" + base64url_of(entropy.substr(id_size / 2));
  kept.name = request.name;
  kept.secret = sha256_of(issued.text).hex();
  kept.grant = request.grant;
  kept.created = now;
  kept.created_by = by.actor;
  kept.expires = request.expires;
  AuditEntry act = by;
  act.action = "token.create";
  act.object = kept.id;
  act.detail = kept.name + " " + std::string(name_of(kept.grant.role)) + " until " + render_time(kept.expires);
  if (const auto scope = render_scope(kept.grant.scope); !scope.empty()) act.detail += " " + scope;
  PRATIQUE_DO(store.save_token(kept, act));
  return issued;
}

Result<void> revoke_token(Store& store, std::string_view id, const AuditEntry& by, Time now) {
  AuditEntry act = by;
  act.action = "token.revoke";
  act.object = id;
  PRATIQUE_TRY(const bool revoked, store.revoke_token(id, act, now));
  if (revoked) return {};
  return Error{Fault::not_found,
               "there is no token '" + printable(id.substr(0, 64)) + "' that is still good",
               {},
               "see 'pratique auth token list'"};
}

Result<KnownToken> authenticate(const Store& store, std::string_view token, Time now) {
  const Error refusal{Fault::refused, "the token is not known, was revoked or is over", {}, "ask for a new one"};
  const auto id = id_of(token);
  if (id.empty()) return refusal;
  PRATIQUE_TRY(const auto kept, store.find_token(id));
  if (!kept || !is_same(kept->secret, sha256_of(token).hex())) return refusal;
  if (kept->revoked || kept->expires <= now) return refusal;
  return KnownToken{{"token:" + kept->name, {kept->grant}}, kept->expires};
}

}  // namespace pratique
