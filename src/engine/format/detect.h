// What a document is, told by its content, taken out of whatever it comes in. Private to format/.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"

namespace pratique {

// Exactly one of the two says something.
struct DocumentKind {
  enum class Vex : std::uint8_t { none, openvex, csaf };
  BillFormat bill = BillFormat::unknown;
  Vex vex = Vex::none;
};

struct Unwrapped {
  Bytes document;  // decoded to UTF-8 without byte-order mark
  DocumentKind kind;
  std::string wrapping;  // "sigstore-bundle, dsse, in-toto": outermost first
  // What the innermost statement says it is about, where that is one thing.
  std::string name;
  std::optional<Digest> digest;
};

// Unpacks, decodes and opens until something is there that is no wrapping. Of several envelopes, a line each as cosign
// writes them, the first counts that holds what `wanted` takes. Fault: malformed, unsupported, limit.
Result<Unwrapped> unwrap(Bytes raw, const Limits& limits, const std::function<bool(const DocumentKind&)>& wanted);

}  // namespace pratique
