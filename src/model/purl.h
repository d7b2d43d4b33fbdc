// Purl: a package URL, the name under which everything here is known (specification: package-url, ECMA-427).
//
// A Purl holds decoded, canonical parts: type and qualifier keys in lower case, names folded as the type's definition
// demands. The surprise: the text of a purl is its identity. canonical text minus version, qualifiers and subpath is the
// package key that advisories, policies and the inventory share, so every alias of a name must fold to one text here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pratique {

struct Purl {
  std::string type;  // "maven"
  std::string name_space;  // "org.apache.logging.log4j"; segments joined by '/', may be empty
  std::string name;        // never empty
  std::string version;     // may be empty
  std::vector<std::pair<std::string, std::string>> qualifiers;  // sorted by key, keys unique, values not empty
  std::string subpath;

  // The value of a qualifier, empty when absent.
  std::string_view qualifier(std::string_view key) const;
  // Canonical text without version, qualifiers and subpath: "pkg:maven/org.apache.logging.log4j/log4j-core".
  std::string package() const;

  bool operator==(const Purl&) const = default;
};

// Any purl text to its canonical parts, the type's own rules included. At most 4,096 bytes. Fault: malformed, limit;
// the place is the part at fault ("name", "qualifier arch").
Result<Purl> parse_purl(std::string_view text);

// The canonical text; parse_purl(render_purl(p)) == p for every Purl that parse_purl gave.
std::string render_purl(const Purl& purl);

// The package key of a canonical purl text (as Component::purl holds it), without parsing: cut before the version.
std::string_view package_of(std::string_view canonical_purl);

// The type of a canonical purl text: "maven"; empty when the text is empty.
std::string_view type_of(std::string_view canonical_purl);

// What is suspicious about a purl that parses: characters that look like others, controls, over-long parts.
// Empty when nothing is.
std::string doubt_about(const Purl& purl);

}  // namespace pratique
