// Advisory sources on disk: one document after another out of a file or an archive (OSV's `all.zip`, a repository as
// tar.gz), in the order of the archive. One archive entry is in memory at a time.
#pragma once

#include <functional>
#include <string>

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

}  // namespace pratique
