#include "model/version.h"

#include <array>
#include <utility>

namespace pratique {
namespace {

constexpr std::array<std::string_view, 9> scheme_names = {"generic", "semver", "npm", "pypi", "maven",
                                                          "golang",  "deb",    "rpm", "apk"};

// purl types whose versions another type's scheme orders.
constexpr std::array<std::pair<std::string_view, Scheme>, 9> scheme_of_type = {{
    {"npm", Scheme::npm},
    {"pypi", Scheme::pypi},
    {"maven", Scheme::maven},
    {"golang", Scheme::golang},
    {"deb", Scheme::deb},
    {"rpm", Scheme::rpm},
    {"apk", Scheme::apk},
    {"cargo", Scheme::semver},
    {"hex", Scheme::semver},
}};

}  // namespace

std::string_view name_of(Scheme scheme) { return scheme_names[static_cast<std::size_t>(scheme)]; }

Scheme scheme_of_purl_type(std::string_view type) {
  for (const auto& [name, scheme] : scheme_of_type)
    if (name == type) return scheme;
  return Scheme::generic;
}

std::string_view symbol_of(Comparator comparator) {
  constexpr std::array<std::string_view, 6> symbols = {"=", "!=", "<", "<=", ">", ">="};
  return symbols[static_cast<std::size_t>(comparator)];
}

}  // namespace pratique
