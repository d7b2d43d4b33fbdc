// locate: which artifacts hold a package, where in their dependency trees, and where they run (flow/holding.h). One
// committed state of the store answers the whole question.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "flow/holding.h"
#include "model/access.h"
#include "model/purl.h"
#include "model/version.h"
#include "world/store/store.h"

namespace pratique {

struct LocateQuery {
  Purl purl;  // its version, where it has one, is a range of that version alone; qualifiers must be equal
  std::optional<Vers> range;  // instead of a version in the purl
  bool running = false;       // these as in QueryScope
  bool direct = false;
  std::size_t limit = 0;
  std::uint64_t first = 0;
  Period when;
  KnownWhen known = KnownWhen::then;
  std::optional<std::vector<AccessScope>> scopes;
  std::optional<std::string> registry{};
};

// Fault: not_found when no bill lists the package in any version (the remedy names similar ones), usage when the range
// is of another scheme than the package's versions, and those of the store.
Result<LocateAnswer> locate(const Store& store, const LocateQuery& query);

// Artifacts with a component of which a bill says so: its licence, CPE, hash or supplier.
struct TraitQuery {
  Trait kind = Trait::license;
  std::string text;
  QueryScope scope;
};
// Fault: not_found when no bill says it of anything; the remedy names what begins so.
Result<LocateAnswer> locate_by_trait(const Store& store, const TraitQuery& query);
std::string_view name_of(Trait kind);  // "license"

}  // namespace pratique
