// PurlType: what package-url's definition of a type demands, a row a type, and what its ecosystem takes for one name.
// Private to purl*.cpp. Follows the definitions of 2026-10 (package-url/purl-spec, types/); docs/identity.md tells why
// each fold beyond them is there.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pratique {

// What happens to the letters of a part. ASCII only.
enum class Fold : std::uint8_t {
  keep,
  lower,
  upper,
  dash,        // '_' becomes '-'
  lower_dash,  // both
  snake,       // lower, and all but letters and digits becomes '_'
  pep503,      // lower, and a run of '-', '_' and '.' becomes one '-'; for keys alone, it may shorten
};

enum class NamespaceRule : std::uint8_t {
  optional,
  required,    // refused without
  expected,    // required by the definition, yet tools leave it out and the package is known all the same: a doubt
  prohibited,  // refused with
  unexpected,  // prohibited by the definition, yet written: a doubt, and no part of the key
};

struct Vendor {
  std::string_view written, known_as;
};

struct PurlType {
  std::string_view name;
  NamespaceRule name_space = NamespaceRule::optional;
  Fold namespace_fold = Fold::keep;
  Fold name_fold = Fold::keep;
  Fold version_fold = Fold::keep;
  Fold subpath_fold = Fold::keep;
  bool name_is_path = false;            // the namespace is the first segment, the name all others
  std::string_view needed_qualifier{};  // refused without
  // Lowers namespace and name where the canonical text answers true.
  bool (*lowers)(std::string_view canonical) = nullptr;
  // Why the decoded name or version cannot be; empty when it can.
  std::string_view (*objects)(std::string_view name, std::string_view version) = nullptr;

  Fold key_fold = Fold::keep;          // on top, for the package key
  bool key_without_namespace = false;  // the name alone says which package it is
  std::span<const Vendor> vendors{};   // namespaces that are one vendor
  bool ascii_names = true;             // the registry has no other names

  // An unregistered type that tools wrote for a registered one: "alpine" is apk with the namespace "alpine".
  std::string_view written_as{}, implied_namespace{};
};

// The row of a type in lower case; for an unregistered one a row without rules and without a name.
const PurlType& purl_type(std::string_view name);

}  // namespace pratique
