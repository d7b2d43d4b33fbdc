// TLS as the server speaks it: an OpenSSL context with its certificate from PEM files.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "world/http/http.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // and SSL

namespace pratique {

// TLS 1.2 or newer, HTTP/1.1 by ALPN, and the chain and the key, which are checked to belong together. Fault:
// not_found, refused, unavailable, malformed; names the file.
Result<void> configure_tls(ssl_ctx_st* context, const std::string& certificate_file, const std::string& key_file);

// Clients are asked for a certificate that leads to one in `ca_file`. One without, or with another, may connect all the
// same, and is nobody: the API server must reach the gate whatever it offers. Sessions are not resumed, so that a
// certificate counts only as long as it is trusted. Fault: as above.
Result<void> ask_for_certificates(ssl_ctx_st* context, const std::string& ca_file);

// What the client of a finished handshake showed, where it is trusted.
std::optional<ClientCertificate> trusted_certificate(ssl_st* connection);

// When the certificate in use ends.
Time expiry_of(ssl_ctx_st* context);

}  // namespace pratique
