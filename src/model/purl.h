// Purl: a package URL, the name under which everything here is known. Follows ECMA-427 (Package-URL) and the registered
// type definitions; where real documents stray from them, docs/identity.md says what is done.
//
// There are two texts. The canonical text is what the standard says a purl is written as. The package key is what the
// program compares: the canonical text without version, qualifiers and subpath, with everything folded that the
// ecosystem itself takes for one package (Go and NuGet ignore case, PyPI takes '.', '-' and '_' for one, "rhel" is
// "redhat"). The surprise: the key is not always a prefix of the canonical text, so never cut it out by hand.
//
// Functions that take `scratch` do not allocate once it has grown: they answer with a view into the given text where
// that already says it, else into scratch, whose length means nothing: both must live as long as the view. All are safe
// to call from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pratique {

// Decoded, canonical parts. Only the functions below make one whose parts are canonical.
struct Purl {
  static constexpr std::size_t longest = 4096;  // bytes, of the text as written and of the canonical text

  std::string type;        // "maven"
  std::string name_space;  // "org.apache.logging.log4j"; segments joined by '/', may be empty
  std::string name;        // never empty
  std::string version;     // may be empty
  std::vector<std::pair<std::string, std::string>> qualifiers;  // sorted by key, keys unique, values not empty
  std::string subpath;

  std::string_view qualifier(std::string_view key) const;  // empty when absent
  std::string package() const;                             // the package key

  bool operator==(const Purl&) const = default;
};

// Any purl text to its canonical parts. Fault: malformed, limit; the place is the part at fault ("name", "qualifiers").
Result<Purl> parse_purl(std::string_view text);

// Parts from elsewhere (an ecosystem and a name, a group and a version) made canonical. Faults as parse_purl.
Result<Purl> canonical_purl(const Purl& parts);

// Any purl text to its canonical text, which is `text` itself where that is canonical already. Faults as parse_purl.
Result<std::string_view> canonical_purl(std::string_view text, std::string& scratch);

// The canonical text; parse_purl(render_purl(p)) == p for every Purl that the functions above gave.
std::string render_purl(const Purl& purl);

// The same package, and the version, qualifiers and subpath that the pattern names, if it names any.
bool matches(const Purl& pattern, const Purl& purl);

// Reading canonical text without parsing it. An empty text has empty parts.
std::string_view type_of(std::string_view canonical);                           // "maven"
std::string_view package_of(std::string_view canonical, std::string& scratch);  // the package key
std::string_view name_of(std::string_view canonical, std::string& scratch);     // decoded
std::string_view version_of(std::string_view canonical, std::string& scratch);  // decoded, empty when absent
std::string_view qualifier_of(std::string_view canonical, std::string_view key, std::string& scratch);  // likewise

// What is suspicious about a canonical purl text that parsed: characters that look like others or cannot be seen,
// over-long parts, a namespace against the type's definition. One sentence, empty when nothing is.
std::string doubt_about(std::string_view canonical);

// Whether package-url has registered the type; ECMA-427 asks to warn of any other.
bool is_registered_purl_type(std::string_view type);

}  // namespace pratique
