#include "engine/version/version.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "engine/version/order.h"

namespace pratique {
namespace {

struct Ordering {
  std::strong_ordering (*compare)(std::string_view, std::string_view);
  bool (*is_valid)(std::string_view);
};

// In the order of the enumeration.
constexpr std::array<Ordering, scheme_count> orderings = {{
    {compare_generic, is_generic},   {compare_semver, is_semver},
    {compare_semver, is_npm},        {compare_pypi, is_pypi},
    {compare_maven, is_maven},       {compare_golang, is_golang},
    {compare_deb, is_deb},           {compare_rpm, is_rpm},
    {compare_apk, is_apk},           {compare_alpm, is_alpm},
    {compare_ebuild, is_ebuild},     {compare_nuget, is_nuget},
    {compare_gem, is_gem},           {compare_semver, is_semver},
    {compare_composer, is_composer}, {compare_semver, is_semver},
    {compare_pub, is_pub},           {compare_cran, is_cran},
    {compare_hackage, is_hackage},   {compare_semver, is_swift},
    {compare_conan, is_conan},       {compare_conda, is_conda},
    {compare_bitnami, is_bitnami},   {compare_openssl, is_openssl},
    {compare_linux, is_linux},       {compare_intdot, is_nginx},
    {compare_intdot, is_intdot},     {compare_bytes, is_lexicographic},
    {compare_datetime, is_datetime},
}};

const Ordering& ordering_of(Scheme scheme) { return orderings[static_cast<std::size_t>(scheme)]; }

// Every name under which people and feeds know a scheme, beside its own, sorted.
constexpr std::pair<std::string_view, Scheme> aliases[] = {
    {"almalinux", Scheme::rpm},
    {"alpaquita", Scheme::apk},
    {"alpine", Scheme::apk},
    {"amazon linux", Scheme::rpm},
    {"arch", Scheme::alpm},
    {"archlinux", Scheme::alpm},
    {"bellsoft hardened containers", Scheme::apk},
    {"bioconductor", Scheme::cran},
    {"chainguard", Scheme::apk},
    {"cocoapods", Scheme::gem},
    {"conancenter", Scheme::conan},
    {"crates.io", Scheme::cargo},
    {"dart", Scheme::pub},
    {"debian", Scheme::deb},
    {"dpkg", Scheme::deb},
    {"ebuild", Scheme::ebuild},
    {"echo", Scheme::deb},
    {"elixir", Scheme::hex},
    {"fedora", Scheme::rpm},
    {"github actions", Scheme::semver},
    {"go", Scheme::golang},
    {"kernel", Scheme::linux},
    {"kubernetes", Scheme::golang},
    {"linux kernel", Scheme::linux},
    {"mageia", Scheme::rpm},
    {"minimos", Scheme::apk},
    {"node", Scheme::npm},
    {"openeuler", Scheme::rpm},
    {"opensuse", Scheme::rpm},
    {"packagist", Scheme::composer},
    {"photon os", Scheme::rpm},
    {"pip", Scheme::pypi},
    {"python", Scheme::pypi},
    {"red hat", Scheme::rpm},
    {"redhat", Scheme::rpm},
    {"rhel", Scheme::rpm},
    {"rocky linux", Scheme::rpm},
    {"ruby", Scheme::gem},
    {"rubygems", Scheme::gem},
    {"rust", Scheme::cargo},
    {"suse", Scheme::rpm},
    {"swifturl", Scheme::swift},
    {"ubuntu", Scheme::deb},
    {"vscode", Scheme::semver},
    {"wolfi", Scheme::apk},
};

}  // namespace

Order compare_versions(Scheme scheme, std::string_view a, std::string_view b) {
  const Ordering& ordering = ordering_of(scheme);
  if (a == b) return {std::strong_ordering::equal, !ordering.is_valid(a)};
  return {ordering.compare(a, b), !ordering.is_valid(a) || !ordering.is_valid(b)};
}

bool is_valid_version(Scheme scheme, std::string_view text) { return ordering_of(scheme).is_valid(text); }

bool names_version(Scheme scheme, std::string_view text) {
  if (scheme == Scheme::composer && starts_folded(text, "dev-")) return false;  // a branch
  return std::any_of(text.begin(), text.end(), digit);
}

Result<Scheme> scheme_named(std::string_view name) {
  const std::string key = lower(name);
  for (std::size_t i = 0; i < scheme_count; ++i)
    if (name_of(static_cast<Scheme>(i)) == key) return static_cast<Scheme>(i);
  for (const auto& [alias, scheme] : aliases)
    if (alias == key) return scheme;
  if (const Scheme scheme = scheme_of_purl_type(key); scheme != Scheme::generic) return scheme;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < scheme_count; ++i) names.push_back(name_of(static_cast<Scheme>(i)));
  const std::string_view meant = nearest(key, names);
  return Error{Fault::usage,
               "no version scheme is called '" + std::string(name) + "'",
               {},
               meant.empty() ? "" : "say '" + std::string(meant) + "'"};
}

}  // namespace pratique
