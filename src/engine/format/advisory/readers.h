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
Result<void> read_epss(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_nvd(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_cve(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_csaf(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_oval(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_updateinfo(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_alma_errata(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_rocky_errata(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_arch(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_usn(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_kubernetes(const AdvisoryInput& input, AdvisoryEmitter& emit);
Result<void> read_kev(const AdvisoryInput& input, AdvisoryEmitter& emit);

}  // namespace pratique
