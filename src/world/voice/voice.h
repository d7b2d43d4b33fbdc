// Reads what a tool on this node says of itself: metrics over HTTP, events from a file. Both may be hostile, slow or
// without end.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace pratique {

struct VoiceLimits {
  std::chrono::milliseconds time{1000};
  std::size_t bytes = std::size_t{8} << 20;
};

// GET http://127.0.0.1:PORT/PATH (HTTP/1.0, plain) in the network namespace of a process, 0 for our own: the body of an
// answer 200. Blocks for at most the limit of time, in a thread of its own. Fault: unavailable when nobody answers or
// not with 200, timeout, limit, refused when the namespace may not be entered, malformed.
Result<std::string> fetch_metrics(std::uint32_t pid, std::uint16_t port, const std::string& path,
                                  const VoiceLimits& limits = {});

// The end of a file as a process sees it (0: as we do), from the start of a line on: at most `bytes` of it. Read by a
// process of its own, which is given up where its file system does not answer. Fault: not_found, refused, timeout,
// unsupported when it is no regular file.
Result<std::string> read_end_of_file(std::uint32_t pid, const std::string& path, std::size_t bytes,
                                     std::chrono::milliseconds time = std::chrono::milliseconds(1000));

}  // namespace pratique
