// Who a component is to the advisories: the package to look up, in which stream, and the version to compare. Private to
// match/.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/bill.h"
#include "model/version.h"

namespace pratique {

// Views are good until the next component is identified.
struct Identity {
  std::string_view type;     // of the purl
  std::string_view package;  // key: of the source package where the advisories speak of those
  std::string_view source;   // key of the source package, where the advisories name either; else empty
  std::string_view stream;
  std::string_view version;  // empty when the bill gives none
  Scheme scheme = Scheme::generic;
  bool is_modular = false;  // an rpm out of a module stream
  std::string_view module;  // "nodejs:18"; empty where it is not modular, or nobody says
};

// Whether there is a version that can be compared; one above 1,000 bytes is none.
bool names_version(const Identity& identity);

// A bill may hold names of a megabyte and put each into the path of a thousand findings.
constexpr std::size_t longest_label = 128;
std::string clipped(std::string_view text);

// Whether an rpm's version and release are those of a package out of a module: "...-1.module+el8.6.0+15324+1990ed7c".
bool is_modular_release(std::string_view version);

class Identifier {
 public:
  explicit Identifier(const Bill& bill);

  // Not a package: a file, a layer, an operating system, the subject itself, the source that an installed package was
  // made from, what only groups packages; and a language's package that a distribution's package brought, which that
  // one answers for. They are not examined.
  bool is_package(std::uint32_t component) const { return why_not_examined(component).empty(); }
  std::string_view why_not_examined(std::uint32_t component) const;  // in words; empty when it is a package
  // The error's text is the reason why nobody can judge the component.
  Result<Identity> identify(std::uint32_t component);

 private:
  void find_owned();
  bool stands_where_distributions_put(std::uint32_t component) const;
  void read_module(Identity& identity, std::string_view purl);
  Result<std::string_view> stream_of(std::string_view type, std::string_view package, std::string_view purl);
  std::string_view key_of_source(std::string_view package, std::string_view source);
  std::string_view version_of_purl(const Component& component, std::string_view type);

  const Bill& bill_;
  std::vector<bool> has_parts_, is_source_, is_owned_;
  std::set<std::string, std::less<>> installed_;  // names of the distribution's packages
  std::string package_, version_, distro_, source_key_, source_, module_;
  std::map<std::string, Result<std::string>, std::less<>> streams_;  // by type, vendor and release as written
  std::string stream_key_;
};

}  // namespace pratique
