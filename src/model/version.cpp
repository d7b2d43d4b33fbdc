#include "model/version.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pratique {
namespace {

constexpr std::array<std::string_view, scheme_count> scheme_names = {
    "generic", "semver", "npm",     "pypi",    "maven",    "golang", "deb",    "rpm",           "apk",     "alpm",
    "gentoo",  "nuget",  "gem",     "cargo",   "composer", "hex",    "pub",    "cran",          "hackage", "swift",
    "conan",   "conda",  "bitnami", "openssl", "linux",    "nginx",  "intdot", "lexicographic", "datetime"};

// Purl types, sorted. Types absent here name things without an order of their own (docker, github, oci, swid ...).
constexpr std::pair<std::string_view, Scheme> scheme_of_type[] = {
    {"alpm", Scheme::alpm},
    {"apk", Scheme::apk},
    {"bazel", Scheme::semver},
    {"bitnami", Scheme::bitnami},
    {"cargo", Scheme::cargo},
    {"chrome-extension", Scheme::intdot},
    {"cocoapods", Scheme::gem},  // CocoaPods compares with RubyGems' own class
    {"composer", Scheme::composer},
    {"conan", Scheme::conan},
    {"conda", Scheme::conda},
    {"cran", Scheme::cran},
    {"deb", Scheme::deb},
    {"ebuild", Scheme::ebuild},
    {"elm", Scheme::semver},
    {"gem", Scheme::gem},
    {"golang", Scheme::golang},
    {"hackage", Scheme::hackage},
    {"hex", Scheme::hex},
    {"julia", Scheme::semver},
    {"maven", Scheme::maven},
    {"npm", Scheme::npm},
    {"nuget", Scheme::nuget},
    {"opam", Scheme::deb},  // opam took Debian's order, tilde included
    {"pub", Scheme::pub},
    {"pypi", Scheme::pypi},
    {"rpm", Scheme::rpm},
    {"swift", Scheme::swift},
    {"vscode-extension", Scheme::semver},
};

}  // namespace

std::string_view name_of(Scheme scheme) { return scheme_names[static_cast<std::size_t>(scheme)]; }

Scheme scheme_of_purl_type(std::string_view type) {
  const auto* found = std::lower_bound(std::begin(scheme_of_type), std::end(scheme_of_type), type,
                                       [](const auto& entry, std::string_view name) { return entry.first < name; });
  return found != std::end(scheme_of_type) && found->first == type ? found->second : Scheme::generic;
}

std::string_view symbol_of(Comparator comparator) {
  constexpr std::array<std::string_view, 6> symbols = {"=", "!=", "<", "<=", ">", ">="};
  return symbols[static_cast<std::size_t>(comparator)];
}

}  // namespace pratique
