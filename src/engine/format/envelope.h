// What a bill may come wrapped in: in-toto statements, DSSE envelopes, cosign's attestations, Sigstore bundles and
// GitHub's answer. Opened, never verified: attest/ does that. Private to format/.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/result.h"

namespace pratique {

enum class Wrap : std::uint8_t { github, statement, envelope, bundle };
std::string_view name_of(Wrap wrap);  // "github", "in-toto", "dsse", "sigstore-bundle"

struct Opened {
  Bytes document;  // what was inside
  // What a statement says it is about, where that is one thing.
  std::string name;
  std::optional<Digest> digest;
};

// Fault: malformed (nothing inside, not base64), unsupported (a statement of another kind, named in the text), limit.
Result<Opened> open(Wrap wrap, Bytes document, const Limits& limits);

}  // namespace pratique
