// Which advisories speak of one vulnerability, and what they say together. Private to match/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/advisory.h"
#include "model/finding.h"

namespace pratique {

// One advisory that applies to a package.
struct Hit {
  const Advisory* advisory = nullptr;
  const Affected* affected = nullptr;  // the entry that applied
  Proof proof;
  Scheme scheme = Scheme::generic;  // that ordered the versions
};

// One vulnerability of the package: its name and the advisories about it (indices into the hits, what is sure in front
// of what is doubtful, then the one that says most).
struct Joined {
  std::string id;
  std::vector<std::size_t> hits;
};

// A vulnerability is known by its CVE. An advisory that names several CVEs belongs to those of them that others name
// too, or to the first; a distribution's notice to each CVE it mends (`upstream`). Without a CVE, advisories that name
// each other belong together. Ordered by id.
std::vector<Joined> join(const std::vector<Hit>& hits);

// All but places, path and the component's own names.
// `note` is what is known of the vulnerability whoever is affected by it.
Finding finding_of(const Joined& joined, const std::vector<Hit>& hits, const std::optional<Vulnerability>& note);

}  // namespace pratique
