// Base64, as signatures, envelopes and certificates carry bytes (RFC 4648, sections 4 and 5).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

// Standard or URL-safe alphabet, with or without padding; line breaks are skipped. Fault: malformed.
Result<std::string> decode_base64(std::string_view text);

std::string encode_base64(std::string_view bytes);  // standard alphabet, padded

}  // namespace pratique
