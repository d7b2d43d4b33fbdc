// Cpe: a Common Platform Enumeration name, as the NVD and distributions call products. Follows NISTIR 7695 (naming 2.3:
// formatted strings and URIs) and NISTIR 7696 (name matching).
//
// The surprise: a value is kept as it stands in a formatted string, escapes and wildcards included, so that "*" is ANY,
// "-" is NA (there is none, never "any"), "a*" is a pattern and "a\*" a literal. plain_value() undoes the escapes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

enum class CpeAttribute : std::uint8_t {
  part,
  vendor,
  product,
  version,
  update,
  edition,
  language,
  sw_edition,
  target_sw,
  target_hw,
  other
};
std::string_view name_of(CpeAttribute attribute);  // "target_sw"

struct Cpe {
  static constexpr std::size_t attributes = 11;
  static constexpr std::size_t longest = 4096;  // bytes of the text
  static constexpr std::string_view any = "*";
  static constexpr std::string_view not_applicable = "-";

  // Lower case; only letters, digits, '_', '.' and '-' unescaped; wildcards at the ends alone.
  std::array<std::string, attributes> values{"*", "*", "*", "*", "*", "*", "*", "*", "*", "*", "*"};

  const std::string& operator[](CpeAttribute attribute) const { return values[static_cast<std::size_t>(attribute)]; }
  std::string& operator[](CpeAttribute attribute) { return values[static_cast<std::size_t>(attribute)]; }

  bool operator==(const Cpe&) const = default;
};

// "cpe:2.3:a:..." or "cpe:/a:...", told apart by their beginning; the part is a, h or o, or it is not told.
// Fault: malformed, limit; the place is the attribute.
Result<Cpe> parse_cpe(std::string_view text);

std::string render_cpe(const Cpe& cpe);      // "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"
std::string render_cpe_uri(const Cpe& cpe);  // "cpe:/a:apache:log4j:2.14.1"; 2.3's own attributes packed into edition

// What a product is kept and looked up under, whatever its version: "cpe:a:apache:log4j".
std::string cpe_package(const Cpe& cpe);

// Version and update in one, as others write it: "1.0-rc1"; "*" and "-" where the version is ANY or NA.
std::string cpe_version(const Cpe& cpe);

// A value without its escapes: "2.14.1", "node.js\@x" -> "node.js@x". Of ANY and NA, "*" and "-".
std::string plain_value(std::string_view value);

// How the set of platforms that the source names stands to the target's. `undefined` where the names overlap, or where
// the target holds wildcards, which the specification leaves open.
enum class CpeRelation : std::uint8_t { equal, superset, subset, disjoint, undefined };

CpeRelation compare_values(std::string_view source, std::string_view target);
CpeRelation compare(const Cpe& source, const Cpe& target);

// Source names all that target names: equal or superset.
bool matches(const Cpe& source, const Cpe& target);

}  // namespace pratique
