// A set of versions as steps: whether it holds what is below all steps, each step's version, and what follows it. Set
// operations are the logical ones, step by step; the comparator of a constraint is how a step changes the answer.
#pragma once

#include <string>
#include <vector>

#include "model/version.h"

namespace pratique {

struct Step {
  std::string version;
  bool at = false;
  bool after = false;
};

struct Steps {
  Scheme scheme = Scheme::generic;
  bool before = false;
  std::vector<Step> steps;  // sorted by version, none twice
};

Steps steps_of(const Vers& vers);

// Steps that change nothing go.
Vers vers_of(Steps steps);

enum class SetOperation { unite, intersect };
Steps combined(const Steps& a, const Steps& b, SetOperation operation);

// All of them, in n log n comparisons. Nothing united is nothing, nothing intersected is everything.
Steps combined(Scheme scheme, std::vector<Steps> sets, SetOperation operation);

// One constraint; everything; nothing.
Steps steps_where(Scheme scheme, Comparator comparator, std::string version);
Steps all_steps(Scheme scheme);
Steps no_steps(Scheme scheme);

}  // namespace pratique
