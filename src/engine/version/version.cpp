#include "engine/version/version.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "engine/version/order.h"

namespace pratique {
namespace {

struct Ordering {
  Order (*order)(std::string_view, std::string_view);
  bool (*is_valid)(std::string_view);
};

template <auto compare, auto is_valid>
Order ordered(std::string_view a, std::string_view b) {
  return {compare(a, b), !is_valid(a) || !is_valid(b)};
}

// In the order of the enumeration.
constexpr std::array<Ordering, scheme_count> orderings = {{
    {ordered<compare_generic, is_generic>, is_generic},
    {ordered<compare_semver, is_semver>, is_semver},
    {ordered<compare_semver, is_npm>, is_npm},
    {order_pypi, is_pypi},
    {ordered<compare_maven, is_maven>, is_maven},
    {ordered<compare_golang, is_golang>, is_golang},
    {ordered<compare_deb, is_deb>, is_deb},
    {order_rpm, is_rpm},
    {ordered<compare_apk, is_apk>, is_apk},
    {ordered<compare_alpm, is_alpm>, is_alpm},
    {ordered<compare_ebuild, is_ebuild>, is_ebuild},
    {ordered<compare_nuget, is_nuget>, is_nuget},
    {ordered<compare_gem, is_gem>, is_gem},
    {ordered<compare_semver, is_semver>, is_semver},
    {ordered<compare_composer, is_composer>, is_composer},
    {ordered<compare_semver, is_semver>, is_semver},
    {ordered<compare_pub, is_pub>, is_pub},
    {ordered<compare_cran, is_cran>, is_cran},
    {ordered<compare_hackage, is_hackage>, is_hackage},
    {ordered<compare_semver, is_swift>, is_swift},
    {ordered<compare_conan, is_conan>, is_conan},
    {ordered<compare_conda, is_conda>, is_conda},
    {ordered<compare_bitnami, is_bitnami>, is_bitnami},
    {order_openssl, is_openssl},
    {ordered<compare_linux, is_linux>, is_linux},
    {ordered<compare_intdot, is_nginx>, is_nginx},
    {ordered<compare_intdot, is_intdot>, is_intdot},
    {ordered<compare_bytes, is_lexicographic>, is_lexicographic},
    {ordered<compare_datetime, is_datetime>, is_datetime},
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
  return ordering.order(a, b);
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
  std::string all;
  for (const std::string_view each : names) all.append(all.empty() ? "one of " : ", ").append(each);
  return Error{Fault::usage,
               "no version scheme is called '" + std::string(name) + "'",
               {},
               meant.empty() ? all : "say '" + std::string(meant) + "'"};
}

}  // namespace pratique
