// Advisory sources on disk: one record after another out of a file or a zip archive (OSV's `all.zip`), in the order of
// the archive. One archive entry is in memory at a time.
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

// A zip, told by its content, gives each *.json in it; any other file is one record. An archive is refused when it
// holds more than `limits.entries` entries or unfolds to more than a hundred times its size (plus `limits.bytes`).
// Fault: not_found, refused, usage (a folder), malformed (a truncated archive), limit.
Result<void> each_record(const std::string& file, const RecordVisitor& record, const Limits& limits = {});

}  // namespace pratique
