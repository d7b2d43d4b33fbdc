// Vex: what somebody states about a vulnerability in a product: affected, not affected, fixed, or still being looked
// at. One model for OpenVEX, CSAF's VEX profile and CycloneDX's vulnerabilities. Values only; applying them is
// engine/match's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace pratique {

enum class VexStatus : std::uint8_t { under_investigation, affected, not_affected, fixed };
std::string_view name_of(VexStatus status);  // "not_affected", OpenVEX's words

// About one product, or one component inside it. A document that speaks of several becomes several.
struct VexStatement {
  std::string vulnerability;         // "CVE-2021-44228"
  std::vector<std::string> aliases;  // its other names

  // A purl (one without version means every version), a CPE, a digest ("sha256:..."), a BOM link
  // ("urn:cdx:SERIAL/VERSION#REF"), or "#REF": a component of the document that the statement stands in.
  std::string product;
  std::string subcomponent;  // likewise; empty where the product itself is meant
  // VERS text: the statement is about these versions of what is named last (the subcomponent, else the product) alone.
  // Empty: about what the purl says. Whoever applies a statement must look at it, or claims too much.
  std::string range;

  VexStatus status = VexStatus::under_investigation;
  std::string justification;  // OpenVEX's words: "vulnerable_code_not_present"; may be empty
  std::string detail;         // impact, action or analysis, in the author's words
  std::string author;
  std::string document;      // its id
  std::optional<Time> time;  // when this was last said

  bool operator==(const VexStatement&) const = default;
};

// What still holds: of statements by one author about one vulnerability in one product, subcomponent and range the last
// one, by time; a statement without time is older than any with one. Said at the same time, the worse counts: affected,
// under_investigation, fixed, not_affected. Order stays. O(n log n).
std::vector<VexStatement> latest_statements(std::vector<VexStatement> statements);

}  // namespace pratique
