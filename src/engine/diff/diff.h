// Two bills, and what tells them apart: two versions of one artifact, or one artifact as two tools describe it. Pure;
// thread safe; O(n log n) in the components.
//
// Packages are paired by their package key and version first; what is left over by the package key alone (a changed
// version), then by name and version whatever the key (the same package told differently: without purl, under another
// namespace), then by name alone where neither side has a purl. Where a package is there in several versions, equal
// ones pair first and the rest in order of their text. The surprise: order, nesting and bom-refs do not count, and
// files and layers count only where asked for, since some tools list each and others none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/bill.h"

namespace pratique {

enum class Change : std::uint8_t { added, removed, changed, moved, retold };
std::string_view name_of(Change change);  // "added"

// One side of a pair.
struct Told {
  std::string name;  // with the group: "org.apache.logging.log4j/log4j-core"
  std::string version, purl, license, supplier;
  Scope scope = Scope::unspecified;
  ComponentType type = ComponentType::library;
  std::vector<std::string> hashes;  // "SHA-256:...", sorted
  bool operator==(const Told&) const = default;
};

struct Difference {
  Change change = Change::added;
  Told before, after;             // empty where it is not there
  std::vector<std::string> what;  // of retold: "purl", "name", "type", "license", "supplier", "hashes"
  bool operator==(const Difference&) const = default;
};

struct BillDifference {
  std::vector<Difference> items;  // by change, then by name and version
  std::uint64_t same = 0;         // pairs without a difference
  std::uint64_t files = 0;        // left out, on both sides together
  // Whether the contents differ: something was added, removed, changed or moved. Told differently is no difference.
  bool differs() const;
  std::uint64_t count(Change change) const;
  bool operator==(const BillDifference&) const = default;
};

enum class Files : std::uint8_t { leave_out, compare };

BillDifference difference_of(const Bill& before, const Bill& after, Files files = Files::leave_out);

}  // namespace pratique
