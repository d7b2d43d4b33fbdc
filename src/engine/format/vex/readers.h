// The readers that read_vex chooses from, and the words that they share. Private to format/.
#pragma once

#include <optional>

#include "engine/format/format.h"
#include "engine/format/json.h"

namespace pratique {

// All take a document decoded to UTF-8 and answer as read_vex does; `wrapping` stays empty.
Result<VexList> read_openvex(const Bytes& document, const Limits& limits);
Result<VexList> read_csaf_vex(const Bytes& document, const Limits& limits);
Result<VexList> read_cyclonedx_vex(const Bytes& json, const Limits& limits);

// "not_affected"; also CSAF's "known_not_affected" and CycloneDX's "exploitable". Nothing for an unknown word.
std::optional<VexStatus> vex_status_named(std::string_view word);

// OpenVEX's word for a justification in the words of any of the three. Empty for an unknown one.
std::string_view vex_justification_named(std::string_view word);

// What a product is called in a statement: a canonical purl, a CPE, a digest "sha256:...", a BOM link. Empty for
// anything else ("the shop").
std::string vex_product(std::string_view text);

// A time, or nothing and the value set aside.
std::optional<Time> vex_time(JsonValue& value);

}  // namespace pratique
