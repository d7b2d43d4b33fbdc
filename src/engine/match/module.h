// Whether an advisory's entry and a package are of the same module stream of an rpm distribution. Private to match/.
#pragma once

#include <string_view>

#include "engine/match/identity.h"
#include "model/advisory.h"

namespace pratique {

struct ModuleAnswer {
  bool applies = false;
  std::string_view
      compared;            // the stream that both are of; with a doubt the one that is told; empty: none was compared
  std::string_view doubt;  // why it may be wrong all the same
};

// Streams of a module have versions of their own, so an entry for one says nothing about another, nor about a package
// that is in none.
ModuleAnswer compare_modules(const AffectedView& entry, const Identity& identity);

}  // namespace pratique
