// gzip and zstd, as bodies are packed on their way (RFC 9110, sections 8.4 and 12.5.3; RFC 8878). Private to http.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

enum class Coding { identity, gzip, zstd };
std::string_view name_of(Coding coding);

// The better one of those that an Accept-Encoding allows; zstd before gzip where it does not care.
Coding choose_coding(std::string_view accept_encoding);

// What a Content-Encoding names. Fault: unsupported, for anything but one of ours alone.
Result<Coding> parse_coding(std::string_view content_encoding);

// Fault: malformed, limit (more than `most` bytes come out; it stops there).
Result<std::string> unpack(Coding coding, std::string_view body, std::size_t most);

std::string pack(Coding coding, std::string_view body);  // thread safe

}  // namespace pratique
