// Base64, as signatures, envelopes and certificates carry bytes (RFC 4648, sections 4 and 5).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

// Standard or URL-safe alphabet, with or without padding; line breaks are skipped. Fault: malformed.
Result<std::string> decode_base64(std::string_view text);
// The same into a buffer of at least three quarters of the text and three bytes; how many bytes came out. `to` may be
// where the text stands or before it, so that a large document is decoded in its own place.
Result<std::size_t> decode_base64(std::string_view text, char* to);

std::string encode_base64(std::string_view bytes);  // standard alphabet, padded

}  // namespace pratique
