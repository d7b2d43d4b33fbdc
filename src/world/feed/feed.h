// Advisory sources on disk: one record after another out of files, folders and zip archives (OSV's `all.zip`), in stable order.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

namespace pratique {

// `record` gets the name ("Go.zip/GO-2020-0001.json") and the bytes of each *.json; an error it returns ends the walk.
// Entries are bounded by `limits` (bytes for each record, entries for the archive). Fault: not_found, refused, malformed
// (a truncated archive), limit.
using RecordVisitor = std::function<Result<void>(const std::string& name, const Bytes& record)>;
Result<void> each_record(const std::string& path, const RecordVisitor& record, const Limits& limits = {});

}  // namespace pratique
