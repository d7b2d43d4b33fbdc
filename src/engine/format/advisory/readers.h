// The readers that read.cpp chooses from, one for each format. Private to advisory/.
// All take a document in UTF-8 without byte-order mark and give what they find to the emitter. Fault: malformed, limit,
// unsupported.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "engine/format/advisory/emit.h"

namespace pratique {

// A document with what a reader may need besides.
struct AdvisoryInput {
  const Bytes& bytes;
  std::string_view name;  // of the file, with its folder
  const Limits& limits;
};

Result<void> read_osv(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_osv_yaml(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_rustsec(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_secdb(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_secdb_yaml(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_wolfi(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_debian_notices(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_debian_cpes(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_debian_tracker(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_kev(const AdvisoryInput& input, AdvisoryEmitter& emit);

// YAML as the JSON of the same shape, every scalar a text and an empty one null. Keys given twice stay twice: the
// reader of the JSON sets the second aside. Fault: malformed, limit; the place is the line and column.
Result<Bytes> json_of_yaml(std::string_view yaml, const Limits& limits);

}  // namespace pratique
