// The server's certificate: taken from PEM files into an OpenSSL context.
#pragma once

#include <string>

#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace pratique {

// The chain and the key, checked to belong together. Fault: not_found, refused, unavailable, malformed; names the file.
Result<void> use_certificate(ssl_ctx_st* context, const std::string& certificate_file, const std::string& key_file);

}  // namespace pratique
