// Advisory sources: fetched into a folder, and read from there one document after another, out of a file or an archive
// (OSV's `all.zip`, a repository as tar.gz), in the order of the archive. One archive entry is in memory at a time.
//
// The surprise: the folder is all there is. It can be copied to a machine without a network, put on a web server and
// named as --mirror, or given to `db build --from`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

namespace pratique {

// Gets the name ("Go.zip/GO-2020-0001.json") and the bytes, or why the entry could not be read (larger than
// `limits.bytes`, encrypted, damaged): the others still come. An error it returns ends the walk.
using RecordVisitor = std::function<Result<void>(const std::string& name, Result<Bytes> record)>;

// A zip or tar, told by its content, gives each file in it; any other file is one record. What is packed (gzip, bzip2,
// xz, zstd) is unpacked first. An archive is refused when it holds more than `limits.entries` entries or unfolds to
// more than a hundred times its size (plus `limits.bytes`). Fault: not_found, refused, usage (a folder), malformed (a
// truncated archive), limit.
Result<void> each_record(const std::string& file, const RecordVisitor& record, const Limits& limits = {});

// --- fetching ---

struct FetchOptions {
  std::string folder;  // where files are kept, each with a NAME.state beside it; must exist
  std::string proxy;   // empty: as the environment has it (https_proxy, no_proxy)
  std::string user_agent = "pratique";
  std::vector<std::string> headers;  // further ones of every request: "Authorization: Bearer ..."
  unsigned tries = 4;
  std::chrono::milliseconds first_wait{1000};  // before the second try; doubled for each further one, up to a minute
  std::chrono::milliseconds silence{30'000};   // no byte for so long: the try has failed
  std::uint64_t most_bytes = std::uint64_t{4} << 30;
  std::function<void(std::chrono::milliseconds)> wait;  // how to wait; never empty
  std::function<bool()> interrupted;                    // may be empty
};

struct Fetched {
  std::string path;  // of the file in the folder
  enum class State : std::uint8_t {
    fresh,      // new bytes
    unchanged,  // the server says that they are what is there
  } state = State::fresh;
  bool operator==(const Fetched&) const = default;
};

// Fetches a URL (http, https, file, or a path) into the folder under `name`. What is there is asked for only if it
// changed (ETag, Last-Modified); what an earlier try got of it is not asked for again (Range with If-Range). Waits as
// long as a server's Retry-After says, up to a minute. The file is replaced when the new one is whole; one that is
// older than what is there, by its server's own word, is refused and the last good one stays. Fault: not_found, refused
// (not allowed; older; a certificate nobody trusts), unavailable, timeout, limit, usage, interrupted.
Result<Fetched> fetch_file(const std::string& url, const std::string& name, const FetchOptions& options);

// Whether the file is what its source says beside it: the NVD's ".meta" (the digest of what is unpacked) or a line in
// sha256sum's form. One that is not is removed. Fault: malformed, and those of fetch_file.
Result<void> check_fetched(const Fetched& fetched, const std::string& check_url, const FetchOptions& options);

}  // namespace pratique
