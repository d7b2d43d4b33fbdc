#include "model/purl_type.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/purl.h"

namespace pratique {
namespace {

// A host path ("github.com/a/b") names the same repository in any case on these; other hosts may tell them apart.
bool is_on_caseless_host(std::string_view canonical) {
  const std::string_view path = canonical.substr(sizeof("pkg:git/") - 1);
  const std::string_view host = path.substr(0, path.find('/'));
  for (const std::string_view caseless : {"github.com", "github", "bitbucket.org"})
    if (equal_ignoring_case(host, caseless)) return true;
  return false;
}

// "Case sensitivity depends on the server": Azure ML keeps case, Databricks ignores it.
bool is_on_databricks(std::string_view canonical) {
  std::string scratch;
  return lower(qualifier_of(canonical, "repository_url", scratch)).find("databricks") != std::string::npos;
}

std::string_view objects_to_distribution(std::string_view name, std::string_view) {
  return name.find("::") != std::string_view::npos ? "a module's name, not a distribution's" : "";
}

std::string_view objects_to_pod(std::string_view name, std::string_view) {
  return name.front() == '.' || name.find_first_of(" \t\n\r\f\v+") != std::string_view::npos
             ? "a pod's name starts with no period and holds neither blank nor plus"
             : "";
}

// Name ^[a-p]{32}$, version ^\d+(\.\d+){0,3}$.
std::string_view objects_to_extension(std::string_view name, std::string_view version) {
  const auto is_id_letter = [](char c) { return c >= 'a' && c <= 'p'; };
  if (name.size() != 32 || !std::all_of(name.begin(), name.end(), is_id_letter))
    return "an extension's id is 32 letters from a to p";
  if (version.empty()) return "";
  const auto numbers = split(version, '.');
  const auto is_number = [](std::string_view n) { return !n.empty() && std::all_of(n.begin(), n.end(), is_digit); };
  return numbers.size() <= 4 && std::all_of(numbers.begin(), numbers.end(), is_number)
             ? ""
             : "an extension's version is one to four numbers";
}

constexpr Vendor rpm_vendors[] = {
    {"alma", "almalinux"},
    {"amzn", "amazon"},
    {"ol", "oracle"},
    {"opensuse-leap", "opensuse"},
    {"opensuse-tumbleweed", "opensuse"},
    {"opensuse.leap", "opensuse"},
    {"opensuse.tumbleweed", "opensuse"},
    {"oraclelinux", "oracle"},
    {"rhel", "redhat"},
    {"rocky-linux", "rocky"},
    {"sles", "suse"},
};

using enum NamespaceRule;
using F = Fold;

// Columns that a row leaves out have the default: optional namespace, every letter kept, the key as the canonical text.
constexpr PurlType types[] = {
    {.name = "alpine", .written_as = "apk", .implied_namespace = "alpine"},
    {.name = "alpm", .name_space = expected, .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "apk", .name_space = expected, .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "bazel", .name_space = prohibited},
    {.name = "bitbucket", .name_space = required, .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "bitnami", .name_space = prohibited, .name_fold = F::lower},
    {.name = "brew", .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "cargo", .name_space = prohibited, .key_fold = F::lower_dash},
    {.name = "chrome-extension", .name_space = prohibited, .name_fold = F::lower, .objects = objects_to_extension},
    {.name = "cocoapods", .name_space = prohibited, .objects = objects_to_pod},
    {.name = "composer", .name_space = expected, .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "conan"},
    {.name = "conda", .name_space = prohibited, .key_fold = F::lower},
    {.name = "cpan", .namespace_fold = F::upper, .objects = objects_to_distribution, .key_without_namespace = true},
    {.name = "cran", .name_space = prohibited, .key_fold = F::lower},
    {.name = "deb", .name_space = expected, .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "docker"},
    {.name = "gem", .name_space = prohibited},
    {.name = "generic", .ascii_names = false},
    {.name = "git", .name_space = required, .name_is_path = true, .lowers = is_on_caseless_host, .key_fold = F::lower},
    {.name = "github", .name_space = required, .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "golang", .key_fold = F::lower},
    {.name = "hackage", .name_space = prohibited, .name_fold = F::dash},
    {.name = "hex", .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "huggingface", .name_space = expected, .version_fold = F::lower, .key_fold = F::lower},
    {.name = "julia", .name_space = prohibited, .needed_qualifier = "uuid", .ascii_names = false},
    {.name = "luarocks", .namespace_fold = F::lower, .name_fold = F::lower},
    {.name = "maven", .name_space = expected},
    {.name = "mlflow", .name_space = prohibited, .lowers = is_on_databricks, .ascii_names = false},
    {.name = "npm"},
    {.name = "nuget", .name_space = prohibited, .key_fold = F::lower, .ascii_names = false},
    {.name = "oci",
     .name_space = unexpected,
     .name_fold = F::lower,
     .version_fold = F::lower,
     .key_without_namespace = true},
    {.name = "opam", .name_space = prohibited},
    {.name = "otp", .name_space = prohibited, .name_fold = F::lower, .subpath_fold = F::lower},
    {.name = "pub", .name_space = prohibited, .name_fold = F::snake},
    {.name = "pypi",
     .name_space = prohibited,
     .name_fold = F::lower_dash,
     .version_fold = F::lower,
     .key_fold = F::pep503},
    {.name = "qpkg", .name_space = required, .namespace_fold = F::lower},
    {.name = "rpm", .name_space = expected, .namespace_fold = F::lower, .vendors = rpm_vendors},
    {.name = "swid", .needed_qualifier = "tag_id", .ascii_names = false},
    {.name = "swift", .name_space = required, .key_fold = F::lower},
    {.name = "vcpkg", .name_space = prohibited},
    {.name = "vscode-extension",
     .name_space = required,
     .namespace_fold = F::lower,
     .name_fold = F::lower,
     .version_fold = F::lower},
    {.name = "yocto", .namespace_fold = F::lower},
};
constexpr PurlType unregistered = {.ascii_names = false};

// An open-addressed index: one probe for nearly every type, where a search would compare six texts.
constexpr std::size_t slots = 128;
constexpr std::size_t slot_of(std::string_view name) {
  std::size_t hash = name.size();
  for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash % slots;
}

constexpr auto index = [] {
  std::array<const PurlType*, slots> made{};
  for (const auto& type : types) {
    std::size_t slot = slot_of(type.name);
    while (made[slot] != nullptr) slot = (slot + 1) % slots;
    made[slot] = &type;
  }
  return made;
}();

}  // namespace

const PurlType& purl_type(std::string_view name) {
  std::size_t slot = slot_of(name);
  for (; index[slot] != nullptr; slot = (slot + 1) % slots)
    if (index[slot]->name == name) return *index[slot];
  return unregistered;
}

}  // namespace pratique
