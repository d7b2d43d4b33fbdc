// delta: which versions of which packages a new generation of advisories says something else about. Pure; thread safe.
//
// The surprises: it may name a version whose findings stay the same (an advisory that only got a new summary or fix is
// left out, one that moved to another id is not), but never leaves one out whose findings change, EPSS set aside: those
// scores move every day for every CVE, so whoever shows one asks the database for it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/advisory.h"

namespace pratique {

// What one advisory says of one package in one stream.
struct Statement {
  std::string advisory, source;
  Affected affected;
  std::vector<Rating> ratings;       // of the advisory: they decide about a gate
  std::vector<Vulnerability> notes;  // of what it is about, in any order: ratings, KEV and SSVC decide as well
  bool operator==(const Statement&) const = default;
};

// The versions of one package in one stream that a change touches.
struct Touched {
  std::string package, stream;
  Vers range;
  bool operator==(const Touched&) const = default;
};

// Of two generations' statements about one package in one stream, in any order. Nothing when no version is touched.
std::optional<Vers> touched_between(std::span<const Statement> before, std::span<const Statement> after);

}  // namespace pratique
