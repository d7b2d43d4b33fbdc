#include "model/ecosystem.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/purl.h"

namespace pratique {
namespace {

// An ecosystem of a language. `separator` divides what its names and purls call namespace and name; 0: there is none.
struct Language {
  std::string_view osv, type;
  char separator;
};

constexpr std::array<Language, 18> languages = {{
    {"Bioconductor", "bioconductor", 0},
    {"Bitnami", "bitnami", 0},
    {"ConanCenter", "conan", 0},
    {"CRAN", "cran", 0},
    {"crates.io", "cargo", 0},
    {"GitHub Actions", "github", '/'},
    {"Go", "golang", '/'},
    {"Hackage", "hackage", 0},
    {"Hex", "hex", '/'},
    {"Maven", "maven", ':'},
    {"npm", "npm", '/'},
    {"NuGet", "nuget", 0},
    {"opam", "opam", 0},
    {"Packagist", "composer", '/'},
    {"Pub", "pub", 0},
    {"PyPI", "pypi", 0},
    {"RubyGems", "gem", 0},
    {"SwiftURL", "swift", '/'},
}};

// How far a distribution's advisories tell its releases apart.
enum class Release { major, minor, v_minor, named, rolling, suse, amazon };

struct Distribution {
  std::string_view vendor, type, osv;  // osv is empty where OSV has no such ecosystem
  Release release;
  Names names;
};

constexpr std::array<Distribution, 21> distributions = {{
    {"almalinux", "rpm", "AlmaLinux", Release::major, Names::installed},
    {"alpaquita", "apk", "Alpaquita", Release::named, Names::source},
    {"alpine", "apk", "Alpine", Release::v_minor, Names::source},
    {"amazon", "rpm", "", Release::amazon, Names::installed},
    {"arch", "alpm", "", Release::rolling, Names::installed},
    {"azurelinux", "rpm", "Azure Linux", Release::minor, Names::either},
    {"centos", "rpm", "", Release::major, Names::installed},
    {"chainguard", "apk", "Chainguard", Release::rolling, Names::source},
    {"debian", "deb", "Debian", Release::major, Names::source},
    {"fedora", "rpm", "Fedora", Release::major, Names::installed},
    {"mageia", "rpm", "Mageia", Release::major, Names::either},
    {"minimos", "apk", "MinimOS", Release::rolling, Names::source},
    {"openeuler", "rpm", "openEuler", Release::named, Names::either},
    {"opensuse", "rpm", "openSUSE", Release::suse, Names::either},
    {"oracle", "rpm", "", Release::major, Names::installed},
    {"photon", "rpm", "Photon OS", Release::minor, Names::either},
    {"redhat", "rpm", "Red Hat", Release::major, Names::installed},
    {"rocky", "rpm", "Rocky Linux", Release::major, Names::installed},
    {"suse", "rpm", "SUSE", Release::suse, Names::either},
    {"ubuntu", "deb", "Ubuntu", Release::minor, Names::source},
    {"wolfi", "apk", "Wolfi", Release::rolling, Names::source},
}};

// Releases that people call by their name.
struct Codename {
  std::string_view vendor, name, release;
};
constexpr std::array<Codename, 29> codenames = {{
    {"debian", "woody", "3.0"},         {"debian", "sarge", "3.1"},      {"debian", "etch", "4"},
    {"debian", "lenny", "5"},           {"debian", "squeeze", "6"},      {"debian", "wheezy", "7"},
    {"debian", "jessie", "8"},          {"debian", "stretch", "9"},      {"debian", "buster", "10"},
    {"debian", "bullseye", "11"},       {"debian", "bookworm", "12"},    {"debian", "trixie", "13"},
    {"debian", "forky", "14"},          {"debian", "duke", "15"},        {"debian", "sid", "unstable"},
    {"debian", "unstable", "unstable"}, {"ubuntu", "precise", "12.04"},  {"ubuntu", "trusty", "14.04"},
    {"ubuntu", "xenial", "16.04"},      {"ubuntu", "bionic", "18.04"},   {"ubuntu", "focal", "20.04"},
    {"ubuntu", "jammy", "22.04"},       {"ubuntu", "kinetic", "22.10"},  {"ubuntu", "lunar", "23.04"},
    {"ubuntu", "mantic", "23.10"},      {"ubuntu", "noble", "24.04"},    {"ubuntu", "oracular", "24.10"},
    {"ubuntu", "plucky", "25.04"},      {"ubuntu", "questing", "25.10"},
}};

// Maven coordinates that moved: both sides are asked for.
struct Moved {
  std::string_view from;
  std::array<std::string_view, 1> to;
};
constexpr std::array<Moved, 14> moved = {{
    {"pkg:maven/mysql/mysql-connector-java", {"pkg:maven/com.mysql/mysql-connector-j"}},
    {"pkg:maven/com.mysql/mysql-connector-j", {"pkg:maven/mysql/mysql-connector-java"}},
    {"pkg:maven/org.apache.commons/commons-io", {"pkg:maven/commons-io/commons-io"}},
    {"pkg:maven/commons-io/commons-io", {"pkg:maven/org.apache.commons/commons-io"}},
    {"pkg:maven/postgresql/postgresql", {"pkg:maven/org.postgresql/postgresql"}},
    {"pkg:maven/org.postgresql/postgresql", {"pkg:maven/postgresql/postgresql"}},
    {"pkg:maven/c3p0/c3p0", {"pkg:maven/com.mchange/c3p0"}},
    {"pkg:maven/com.mchange/c3p0", {"pkg:maven/c3p0/c3p0"}},
    {"pkg:maven/dom4j/dom4j", {"pkg:maven/org.dom4j/dom4j"}},
    {"pkg:maven/org.dom4j/dom4j", {"pkg:maven/dom4j/dom4j"}},
    {"pkg:maven/velocity/velocity", {"pkg:maven/org.apache.velocity/velocity"}},
    {"pkg:maven/org.apache.velocity/velocity", {"pkg:maven/velocity/velocity"}},
    {"pkg:maven/quartz/quartz", {"pkg:maven/org.quartz-scheduler/quartz"}},
    {"pkg:maven/org.quartz-scheduler/quartz", {"pkg:maven/quartz/quartz"}},
}};

const Distribution* distribution_of(std::string_view type, std::string_view vendor) {
  const auto row = std::find_if(distributions.begin(), distributions.end(),
                                [&](const Distribution& d) { return d.vendor == vendor && d.type == type; });
  return row == distributions.end() ? nullptr : &*row;
}

Error unsupported(std::string text) { return Error{Fault::unsupported, std::move(text), {}, {}}; }

Result<std::string> key_of(std::string_view type, std::string_view name_space, std::string_view name) {
  PRATIQUE_TRY(const Purl purl, canonical_purl({.type = std::string(type),
                                                .name_space = std::string(name_space),
                                                .name = std::string(name),
                                                .version = {},
                                                .qualifiers = {},
                                                .subpath = {}}));
  return purl.package();
}

// The first one or two numbers of "12.4", "v3.19.1", "9"; empty when there are not that many.
std::string_view leading_numbers(std::string_view text, int count) {
  std::size_t end = 0;
  for (int i = 0; i < count; ++i) {
    if (i > 0 && (end == text.size() || text[end] != '.')) return {};
    const std::size_t start = i == 0 ? 0 : end + 1;
    end = start;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == start) return {};
  }
  // "3.20_alpha20231219" is what comes before 3.20, not 3.20.
  return end < text.size() && text[end] == '_' ? std::string_view() : text.substr(0, end);
}

// "leap 15.5" -> "leap-15.5".
std::string with_dashes(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

// Amazon's first Linux is called by dates ("2018.03"); what was to be 2022 came out as 2023.
std::string amazon_part(std::string_view release) {
  const std::string_view year = leading_numbers(release, 1);
  if (year.size() == 4 && year < "2022") return "1";
  return year == "2022" ? "2023" : std::string(year);
}

// "15 SP4", "15-SP4", "15.4" -> "15.4"; "15" is its first release, "15.0"; empty when it is none of these.
std::string service_pack(std::string_view text) {
  const std::string_view major = leading_numbers(text, 1);
  if (major.empty()) return {};
  std::string_view rest = text.substr(major.size());
  if (rest.starts_with(' ') || rest.starts_with('-') || rest.starts_with('.')) rest.remove_prefix(1);
  if (rest.starts_with("sp")) rest.remove_prefix(2);
  const std::string_view minor = leading_numbers(rest, 1);
  return std::string(major) + "." + std::string(minor.empty() ? "0" : minor);
}

// SUSE files what is on one system under many products: its server, the modules that all of it comes from, what is kept
// alive for longer. They are one stream by the service pack; products apart (Micro, Manager) keep their names.
// `release` is in lower case.
std::string suse_part(std::string_view release) {
  for (const std::string_view family : {"linux enterprise ", "linux-enterprise-", "suse linux enterprise "})
    if (release.starts_with(family) && release.find("micro") == std::string_view::npos)
      if (const auto digit = release.find_first_of("0123456789"); digit != std::string_view::npos)
        return service_pack(release.substr(digit));
  if (!release.empty() && is_digit(release.front())) return service_pack(release);
  return with_dashes(release);
}

// What follows "vendor:" in the stream; empty when the release cannot be told. `release` is in lower case.
std::string release_part(const Distribution& distribution, std::string_view release) {
  for (const auto& [vendor, name, number] : codenames)
    if (vendor == distribution.vendor && name == release) return std::string(number);
  if (release == "edge" && distribution.release == Release::v_minor) return "edge";
  if (release.starts_with('v')) release.remove_prefix(1);
  switch (distribution.release) {
    case Release::suse: return suse_part(release);
    case Release::amazon: return amazon_part(release);
    case Release::major: return std::string(leading_numbers(release, 1));
    case Release::minor: return std::string(leading_numbers(release, 2));
    case Release::v_minor: {
      const auto numbers = leading_numbers(release, 2);
      return numbers.empty() ? "" : "v" + std::string(numbers);
    }
    case Release::named: return with_dashes(release);
    case Release::rolling: break;
  }
  return {};
}

std::string stream_named(const Distribution& distribution, std::string_view part) {
  return std::string(distribution.vendor) + ":" + std::string(part);
}

// OSV's own spellings. Product streams ("rhel_eus:9.2::appstream", "Pro:18.04:LTS") keep theirs: no plain release is
// one.
Result<std::string> stream_of_osv(const Distribution& distribution, std::string_view written) {
  if (distribution.release == Release::rolling) return std::string(distribution.vendor);
  std::string release = lower(written);
  if (release.empty()) return unsupported("the release of " + std::string(distribution.osv) + " is missing");
  constexpr std::string_view lts = ":lts", product = "enterprise_linux:";
  if (release.ends_with(lts)) release.resize(release.size() - lts.size());
  if (release.starts_with(product)) release.erase(0, product.size());
  const bool plain = is_digit(release.front()) || release.front() == 'v';
  if (distribution.release == Release::suse) return stream_named(distribution, suse_part(release));
  if (!plain || distribution.release == Release::named) return stream_named(distribution, with_dashes(release));
  const std::string part = release_part(distribution, release);
  return stream_named(distribution, part.empty() ? release : part);
}

// "debian-12.4" -> {"debian", "12.4"}, "opensuse-leap-15.5" -> {"opensuse-leap", "15.5"}, "12.4" -> {"", "12.4"},
// "bookworm" -> {"bookworm", ""}.
std::pair<std::string_view, std::string_view> split_release(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return {{}, text};
  for (std::size_t dash = text.find('-'); dash != std::string_view::npos; dash = text.find('-', dash + 1))
    if (dash + 1 < text.size() && is_digit(text[dash + 1])) return {text.substr(0, dash), text.substr(dash + 1)};
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {text, {}};
  return {text.substr(0, dash), text.substr(dash + 1)};
}

// The vendor that a package key of this type would carry: "rhel" is "redhat".
std::string known_vendor(std::string_view type, std::string_view written) {
  const auto key = key_of(type, written, "x");
  if (!key) return {};
  const std::string_view text = key.value();
  const std::size_t start = text.find('/') + 1;
  const std::size_t end = text.rfind('/');
  return end > start ? std::string(text.substr(start, end - start)) : std::string();
}

}  // namespace

Result<PackageName> package_named(std::string_view ecosystem, std::string_view name) {
  const std::string_view family = ecosystem.substr(0, ecosystem.find(':'));
  const std::string_view suffix = family.size() == ecosystem.size() ? "" : ecosystem.substr(family.size() + 1);
  for (const auto& [osv, type, separator] : languages) {
    if (osv != family) continue;
    const std::size_t cut = separator == 0 ? std::string_view::npos : name.rfind(separator);
    const bool whole = cut == std::string_view::npos;
    PRATIQUE_TRY(std::string key, key_of(type, whole ? "" : name.substr(0, cut), whole ? name : name.substr(cut + 1)));
    return PackageName{std::move(key), {}};
  }
  for (const auto& distribution : distributions) {
    if (distribution.osv.empty() || distribution.osv != family) continue;
    PRATIQUE_TRY(std::string stream, stream_of_osv(distribution, suffix));
    PRATIQUE_TRY(std::string key, key_of(distribution.type, distribution.vendor, name));
    return PackageName{std::move(key), std::move(stream)};
  }
  return unsupported("packages of '" + std::string(ecosystem) + "' have no purl type");
}

Result<std::string> package_of_distribution(std::string_view type, std::string_view vendor, std::string_view name) {
  return key_of(type, vendor, name);
}

bool is_distribution_type(std::string_view type) {
  return type == "deb" || type == "rpm" || type == "apk" || type == "alpm";
}

Result<std::string> stream_of_release(std::string_view type, std::string_view vendor, std::string_view release) {
  const Distribution* const own = distribution_of(type, advised_as(vendor));
  if (release.empty() && own != nullptr && own->release == Release::rolling) return std::string(own->vendor);
  if (release.empty()) return unsupported(std::string(release_unknown));
  const std::string text = lower(release);
  auto [id, number] = split_release(text);
  const std::string known = id.empty() ? std::string() : known_vendor(type, id);
  const bool names_vendor = !known.empty() && distribution_of(type, advised_as(known)) != nullptr;
  const std::string_view whose = !vendor.empty() ? vendor : std::string_view(known);
  if (names_vendor && !vendor.empty() && advised_as(known) != advised_as(vendor))
    return unsupported("a package of " + std::string(vendor) + " in " + std::string(release));
  if (whose.empty()) return unsupported("its distribution is not known");
  const Distribution* const distribution = distribution_of(type, advised_as(whose));
  if (distribution == nullptr) return unsupported("no distribution '" + std::string(whose) + "' is known");
  if (distribution->release == Release::rolling) return std::string(distribution->vendor);
  // Not a vendor in front, so all of it is the release: "bookworm", "leap-15.5".
  std::string part = release_part(*distribution, names_vendor ? number : std::string_view(text));
  if (distribution->vendor == "opensuse") {
    if (text.find("tumbleweed") != std::string::npos) part = "tumbleweed";
    if (id.ends_with("leap")) part = "leap-" + std::string(leading_numbers(number, 2));
  }
  if (distribution->vendor == "suse" && id.find("micro") != std::string_view::npos)
    part = "linux-enterprise-micro-" + std::string(number);
  if (part.empty()) return unsupported("the release '" + std::string(release) + "' is not known");
  return stream_named(*distribution, part);
}

std::string_view advised_as(std::string_view vendor) { return vendor == "centos" ? "redhat" : vendor; }

Names names_in_advisories(std::string_view stream) {
  const std::string_view vendor = stream.substr(0, stream.find(':'));
  for (const auto& distribution : distributions)
    if (distribution.vendor == vendor) return distribution.names;
  return Names::installed;
}

std::span<const std::string_view> also_known_as(std::string_view package) {
  for (const auto& [from, to] : moved)
    if (from == package) return to;
  return {};
}

bool has_advisories_by_name(std::string_view type) {
  constexpr std::array<std::string_view, 9> places = {"generic", "github", "bitbucket", "git",        "oci",
                                                      "docker",  "swid",   "mlflow",    "huggingface"};
  return std::find(places.begin(), places.end(), type) == places.end();
}

}  // namespace pratique
