#include "app/server/access.h"

#include <algorithm>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"

namespace pratique {
namespace {

using std::chrono::steady_clock;

// A token that was revoked is refused after this time at the latest.
constexpr std::chrono::seconds believed_for{5};
constexpr std::size_t most_known = 10'000;

std::string_view bearer_of(const HttpRequest& request) {
  const auto header = request.header("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (header.size() <= scheme.size() || !equal_ignoring_case(header.substr(0, scheme.size()), scheme)) return {};
  return trim(header.substr(scheme.size()));
}

Principal all_roles_of_everything() {
  Principal everybody{"anybody", {}};
  for (const Role role : all_roles) everybody.grants.push_back({role, {}});
  return everybody;
}

// What '*' stands for where `pattern` fits; the text itself where it has none.
std::optional<std::string> fitting(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text ? std::optional(std::string(text)) : std::nullopt;
  const auto before = pattern.substr(0, star), behind = pattern.substr(star + 1);
  if (text.size() <= before.size() + behind.size() || !text.starts_with(before) || !text.ends_with(behind)) return {};
  return std::string(text.substr(before.size(), text.size() - before.size() - behind.size()));
}

std::optional<std::string> fitting(const CertificateGrant& row, const ClientCertificate& certificate) {
  if (!row.subject.empty()) return fitting(row.subject, certificate.subject);
  for (const auto& name : certificate.names)
    if (auto found = fitting(row.name, name)) return found;
  return std::nullopt;
}

}  // namespace

Principal identity_of(const OidcClaims& claims, const std::vector<OidcGrant>& table) {
  Principal identity{"oidc:" + (claims.email.empty() ? claims.subject : claims.email), {}};
  for (const auto& row : table) {
    const bool is_in = std::find(claims.groups.begin(), claims.groups.end(), row.group) != claims.groups.end();
    const bool is_named = !row.user.empty() && (row.user == claims.subject || row.user == claims.email);
    if (row.group.empty() ? is_named : is_in) identity.grants.push_back(row.grant);
  }
  return identity;
}

Principal identity_of(const ClientCertificate& certificate, const std::vector<CertificateGrant>& table) {
  Principal identity{"certificate:" + certificate.subject, {}};
  for (const auto& row : table) {
    const auto found = fitting(row, certificate);
    if (!found) continue;
    Grant grant = row.grant;
    if (grant.role == Role::agent) grant.scope.nodes = {*found};  // an agent speaks for its own node
    identity.grants.push_back(std::move(grant));
  }
  return identity;
}

Access::Access(const ServerConfig& config, StoreReaders& stores, const Clock& clock)
    : config_(config),
      stores_(stores),
      clock_(clock),
      nobody_(std::make_shared<const Principal>()),
      everybody_(std::make_shared<const Principal>(all_roles_of_everything())) {
  if (!config.oidc.url.empty()) oidc_.emplace(config.oidc);
}

std::optional<std::shared_ptr<const Principal>> Access::recognise(const HttpRequest& request) {
  if (config_.no_auth) return everybody_;
  const auto bearer = bearer_of(request);
  if (bearer.empty() && !request.header("authorization").empty()) return nobody_;
  if (bearer.empty() && request.certificate == nullptr) return nobody_;
  if (bearer.empty()) return std::make_shared<const Principal>(identity_of(*request.certificate, config_.certificates));
  const std::string hash(sha256_of(bearer).hex());
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(hash);
  if (found == known_.end()) return std::nullopt;
  const bool is_fresh = steady_clock::now() - found->second.asked < believed_for && clock_() < found->second.expires;
  if (is_fresh) return found->second.identity;
  known_.erase(found);
  return std::nullopt;
}

// A token of ours begins with "prq_"; what else there is can only be the identity provider's.
Result<KnownToken> Access::known_by(std::string_view bearer) {
  if (!oidc_ || bearer.starts_with("prq_"))
    return stores_.with([&](const Store& store) { return authenticate(store, bearer, clock_()); });
  auto claims = oidc_->verify(bearer, clock_());
  if (claims) return KnownToken{identity_of(*claims, config_.oidc_grants), claims->expires};
  log(LogLevel::info, "a token was refused", {{"reason", render(claims.error())}});
  return std::move(claims).error();
}

Result<std::shared_ptr<const Principal>> Access::identify(const HttpRequest& request) {
  const auto bearer = bearer_of(request);
  PRATIQUE_TRY(auto known, known_by(bearer));
  const auto identity = std::make_shared<const Principal>(std::move(known.identity));
  const std::lock_guard lock(mutex_);
  if (known_.size() >= most_known) known_.clear();
  known_[std::string(sha256_of(bearer).hex())] = {identity, known.expires, steady_clock::now()};
  return identity;
}

}  // namespace pratique
