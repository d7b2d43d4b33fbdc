#include "engine/version/version.h"

#include <array>

#include "engine/version/order.h"

namespace pratique {
namespace {

struct Ordering {
  Scheme scheme;
  std::strong_ordering (*compare)(std::string_view, std::string_view);
  bool (*is_valid)(std::string_view);
};

constexpr Ordering ordering_of(Scheme scheme) { return {scheme, compare_generic, is_generic}; }

// Every name under which people and feeds know a scheme, beside its own.
constexpr std::array<std::pair<std::string_view, Scheme>, 12> aliases = {{
    {"go", Scheme::golang},
    {"alpine", Scheme::apk},
    {"debian", Scheme::deb},
    {"ubuntu", Scheme::deb},
    {"cargo", Scheme::semver},
    {"crates.io", Scheme::semver},
    {"hex", Scheme::semver},
    {"redhat", Scheme::rpm},
    {"wolfi", Scheme::apk},
    {"chainguard", Scheme::apk},
    {"pip", Scheme::pypi},
    {"python", Scheme::pypi},
}};

constexpr std::array<Scheme, 9> schemes = {Scheme::generic, Scheme::semver, Scheme::npm, Scheme::pypi, Scheme::maven,
                                           Scheme::golang,  Scheme::deb,    Scheme::rpm, Scheme::apk};

}  // namespace

Order compare_versions(Scheme scheme, std::string_view a, std::string_view b) {
  const Ordering ordering = ordering_of(scheme);
  return {ordering.compare(a, b), !ordering.is_valid(a) || !ordering.is_valid(b)};
}

bool is_valid_version(Scheme scheme, std::string_view text) { return ordering_of(scheme).is_valid(text); }

Result<Scheme> scheme_named(std::string_view name) {
  for (const Scheme scheme : schemes)
    if (name_of(scheme) == name) return scheme;
  for (const auto& [alias, scheme] : aliases)
    if (alias == name) return scheme;
  return Error{Fault::usage, "no version scheme is called '" + std::string(name) + "'", {}, {}};
}

}  // namespace pratique
