// access: API tokens, made and recognised. A token is "prq_", 16 hex digits to find it by, "_" and 43 characters of
// base64url: 256 random bits. The store keeps what it hashes to and nothing else, so that nobody can read it there;
// being random, it needs no salt and no slow hash.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/access.h"
#include "model/audit.h"
#include "world/store/store.h"

namespace pratique {

constexpr std::size_t token_entropy = 40;  // bytes: 8 for the name, 32 for the secret

struct TokenRequest {
  std::string name;
  Grant grant;
  Time expires{};
};

struct IssuedToken {
  std::string text;  // to be shown once
  AccessToken kept;
};

// `entropy` is token_entropy bytes from a generator fit for secrets. `by` is who asks and from where. Fault: usage for
// a name or time that cannot be, and those of the store.
Result<IssuedToken> issue_token(Store& store, const TokenRequest& request, std::string_view entropy,
                                const AuditEntry& by, Time now);
// Fault: not_found, also when it was revoked before.
Result<void> revoke_token(Store& store, std::string_view id, const AuditEntry& by, Time now);

struct KnownToken {
  Principal identity;
  Time expires{};
};
// Fault: refused, with one sentence for every reason, so that it tells nothing; and those of the store.
Result<KnownToken> authenticate(const Store& store, std::string_view token, Time now);

}  // namespace pratique
