// TLS as the server speaks it: an OpenSSL context with its certificate from PEM files.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace pratique {

// TLS 1.2 or newer, HTTP/1.1 by ALPN, and the chain and the key, which are checked to belong together. Fault:
// not_found, refused, unavailable, malformed; names the file.
Result<void> configure_tls(ssl_ctx_st* context, const std::string& certificate_file, const std::string& key_file);

// When the certificate in use ends.
Time expiry_of(ssl_ctx_st* context);

}  // namespace pratique
