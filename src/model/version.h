// Version and Vers: a version and a set of versions, each under the scheme that orders it.
// Values only; parsing and ordering live in engine/version. Follows the VERS specification (package-url/vers-spec).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pratique {

// How an ecosystem orders its versions. `generic` is the documented fallback for what has no scheme of its own.
// The numbers are written into databases: add at the end, never reorder.
enum class Scheme : std::uint8_t {
  generic,
  semver,
  npm,
  pypi,
  maven,
  golang,
  deb,
  rpm,
  apk,
  alpm,
  ebuild,
  nuget,
  gem,
  cargo,
  composer,
  hex,
  pub,
  cran,
  hackage,
  swift,
  conan,
  conda,
  bitnami,
  openssl,
  linux,  // the kernel's own: stable branches, -rc
  nginx,
  intdot,         // VERS: integers separated by dots
  lexicographic,  // VERS: bytes
  datetime,       // VERS: RFC 3339
};
inline constexpr std::size_t scheme_count = static_cast<std::size_t>(Scheme::datetime) + 1;

// "npm"; the name in a VERS text. engine/version's scheme_named also takes the other names people use ("alpine", "go").
std::string_view name_of(Scheme scheme);

// The scheme that orders versions of a purl type ("deb" -> deb); generic when the type has no order of its own.
Scheme scheme_of_purl_type(std::string_view type);

struct Version {
  Scheme scheme = Scheme::generic;
  std::string text;
  bool operator==(const Version&) const = default;  // of the text, not of the order
};

enum class Comparator : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };
std::string_view symbol_of(Comparator comparator);  // "=", "!=", "<", "<=", ">", ">="

struct Constraint {
  Comparator comparator = Comparator::equal;
  std::string version;
  bool operator==(const Constraint&) const = default;
};

// "vers:maven/<2.17.1": constraints sorted by version, no version twice, no constraint that another one covers. `any`
// is "vers:maven/*" and has no constraints; neither `any` nor constraints is the empty set, "vers:none/*".
struct Vers {
  Scheme scheme = Scheme::generic;
  bool any = false;
  std::vector<Constraint> constraints;
  bool operator==(const Vers&) const = default;
};

// The same without owning anything: what a memory-mapped database or a table in code holds.
struct ConstraintView {
  Comparator comparator = Comparator::equal;
  std::string_view version;
};
struct VersView {
  Scheme scheme = Scheme::generic;
  bool any = false;
  std::span<const ConstraintView> constraints;
};

}  // namespace pratique
