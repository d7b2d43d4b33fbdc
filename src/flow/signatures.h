// Who signed a bill: the envelope that it came in, verified by keys from files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/attest/attest.h"
#include "engine/policy/policy.h"

namespace pratique {

// Files, and of folders every .pem and .pub in them; a key is called as its file without the ending. Fault: as
// read_file, and of TrustedKeys::add; the place is the file.
Result<TrustedKeys> load_keys(const std::vector<std::string>& paths);

// What of the document's own envelope verifies: a DSSE envelope or Sigstore bundle of an in-toto statement that is
// about this very image and carries the very bill that was read of it. Anything else is refused, with the reason.
Attestations attestations_of_nothing(const TrustedKeys& keys);  // where there is no document
Attestations attestations_of(const Bytes& document, const Bill& bill, const Digest& image, const TrustedKeys& keys);

}  // namespace pratique
