#include "model/source.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique {
namespace {

using std::chrono::hours;

constexpr std::string_view osv_archive = "https://storage.googleapis.com/osv-vulnerabilities/{}/all.zip";
constexpr std::string_view alpine_parts =
    "v3.15/main,v3.15/community,v3.16/main,v3.16/community,v3.17/main,v3.17/community,v3.18/main,v3.18/community,"
    "v3.19/main,v3.19/community,v3.20/main,v3.20/community,v3.21/main,v3.21/community,v3.22/main,v3.22/community,"
    "v3.23/main,v3.23/community,edge/main,edge/community";
constexpr std::string_view nvd_years =
    "2002,2003,2004,2005,2006,2007,2008,2009,2010,2011,2012,2013,2014,2015,2016,2017,2018,2019,2020,2021,2022,2023,"
    "2024,2025,2026";

constexpr std::array<Source, 30> table = {{
    // Distributions: what they say of their own packages goes before what anybody else says.
    {"debian", "Debian security tracker", "https://security-tracker.debian.org/tracker/data/json", "", "as published",
     hours(6)},
    {"ubuntu", "Ubuntu security notices and CVE tracker", osv_archive, "Ubuntu", "CC-BY-SA-4.0", hours(24)},
    {"alpine", "Alpine secdb", "https://secdb.alpinelinux.org/{}.json", alpine_parts, "as published", hours(12)},
    {"wolfi", "Wolfi secdb", "https://packages.wolfi.dev/os/security.json", "", "Apache-2.0", hours(6)},
    {"chainguard", "Chainguard secdb", "https://packages.cgr.dev/chainguard/security.json", "", "as published",
     hours(6)},
    {"redhat", "Red Hat CSAF VEX and OVAL", "https://security.access.redhat.com/data/csaf/v2/vex/csaf_vex_{}.tar.zst",
     "latest", "CC-BY-4.0", hours(24), Integrity::signature, "{url}.asc", false},
    {"suse", "SUSE OVAL and CSAF", "https://ftp.suse.com/pub/projects/security/oval/{}.xml.gz",
     "suse.linux.enterprise.server.15-affected,opensuse.leap.15.6-affected,opensuse.tumbleweed-affected", "CC-BY-4.0",
     hours(24), Integrity::tls, "", false},
    {"oracle", "Oracle Linux OVAL", "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2", "",
     "as published", hours(24), Integrity::tls, "", false},
    {"amazon", "Amazon Linux security center", "", "", "as published", hours(24), Integrity::tls, "", false},
    {"rocky", "Rocky Linux errata", osv_archive, "Rocky Linux", "BSD-3-Clause", hours(24)},
    {"almalinux", "AlmaLinux errata", osv_archive, "AlmaLinux", "MIT", hours(24)},
    {"fedora", "Fedora updates", "", "", "as published", hours(24), Integrity::tls, "", false},
    {"arch", "Arch Linux security tracker", "https://security.archlinux.org/all.json", "", "MIT", hours(12)},
    {"azurelinux", "Azure Linux", osv_archive, "Azure Linux", "MIT", hours(24), Integrity::tls, "", false},
    {"mageia", "Mageia advisories", osv_archive, "Mageia", "as published", hours(24), Integrity::tls, "", false},
    {"openeuler", "openEuler advisories", osv_archive, "openEuler", "as published", hours(24), Integrity::tls, "",
     false},
    // Those who know one ecosystem or one project.
    {"go", "Go vulnerability database", osv_archive, "Go", "CC-BY-4.0", hours(6)},
    {"pypa", "PyPA advisory database", osv_archive, "PyPI", "CC-BY-4.0", hours(6)},
    {"rustsec", "RustSec advisory database", osv_archive, "crates.io", "CC0-1.0", hours(6)},
    {"linux", "Linux kernel CVE records", osv_archive, "Linux", "as published", hours(24), Integrity::tls, "", false},
    {"kubernetes", "Kubernetes CVE feed",
     "https://kubernetes.io/docs/reference/issues-security/official-cve-feed/index.json", "", "CC-BY-4.0", hours(24)},
    {"bitnami", "Bitnami vulnerability database", osv_archive, "Bitnami", "Apache-2.0", hours(24)},
    // Those who know many.
    {"ghsa", "GitHub advisory database", osv_archive,
     "npm,Maven,NuGet,RubyGems,Packagist,Hex,Pub,SwiftURL,GitHub Actions", "CC-BY-4.0", hours(6)},
    {"malicious", "OpenSSF malicious packages", "", "", "Apache-2.0", hours(6)},
    {"osv", "Other records in OSV's format", osv_archive, "Hackage,CRAN,opam,ConanCenter,Bioconductor", "as published",
     hours(24)},
    {"nvd", "National Vulnerability Database", "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.json.gz",
     nvd_years, "public domain", hours(24), Integrity::hash,
     "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.meta", false},
    {"cve", "CVE list, with CISA's vulnrichment",
     "https://github.com/cisagov/vulnrichment/archive/refs/heads/develop.tar.gz", "", "CC0-1.0", hours(24),
     Integrity::tls, "", false},
    // Who exploits what.
    {"kev", "CISA known exploited vulnerabilities",
     "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", "", "CC0-1.0", hours(6)},
    {"epss", "FIRST exploit prediction scores", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", "",
     "as published", hours(24)},
    {"pratique", "This project's own facts", "", "", "CC0-1.0", hours(24), Integrity::tls, "", false},
}};

struct Prefix {
  std::string_view text, source;
};
constexpr std::array<Prefix, 57> prefixes = {{
    {"GHSA-", "ghsa"},
    {"GO-", "go"},
    {"PYSEC-", "pypa"},
    {"RUSTSEC-", "rustsec"},
    {"MAL-", "malicious"},
    {"DEBIAN-", "debian"},
    {"DSA-", "debian"},
    {"DLA-", "debian"},
    {"DTSA-", "debian"},
    {"TEMP-", "debian"},
    {"UBUNTU-", "ubuntu"},
    {"USN-", "ubuntu"},
    {"LSN-", "ubuntu"},
    {"ALPINE-", "alpine"},
    {"CGA-", "wolfi"},
    {"WOLFI-", "wolfi"},
    {"CHAINGUARD-", "chainguard"},
    {"RHSA-", "redhat"},
    {"RHBA-", "redhat"},
    {"RHEA-", "redhat"},
    {"REDHAT-", "redhat"},
    {"SUSE-", "suse"},
    {"OPENSUSE-", "suse"},
    {"openSUSE-", "suse"},
    {"ELSA-", "oracle"},
    {"ELBA-", "oracle"},
    {"ORACLE-", "oracle"},
    {"ALAS", "amazon"},
    {"AMAZON-", "amazon"},
    {"RLSA-", "rocky"},
    {"RXSA-", "rocky"},
    {"RLBA-", "rocky"},
    {"RLEA-", "rocky"},
    {"ALSA-", "almalinux"},
    {"ALBA-", "almalinux"},
    {"ALEA-", "almalinux"},
    {"FEDORA-", "fedora"},
    {"AVG-", "arch"},
    {"ASA-", "arch"},
    {"AZL-", "azurelinux"},
    {"MGASA-", "mageia"},
    {"OESA-", "openeuler"},
    {"BIT-", "bitnami"},
    {"KUBERNETES-", "kubernetes"},
    {"LINUX-", "linux"},
    {"NVD-", "nvd"},
    {"PQ-", "pratique"},
    {"HSEC-", "osv"},
    {"RSEC-", "osv"},
    {"OSEC-", "osv"},
    {"OSV-", "osv"},
    {"PSF-", "osv"},
    {"GSD-", "osv"},
    {"UVI-", "osv"},
    {"JLSEC-", "osv"},
    {"DRUPAL-", "osv"},
    {"CVE-", "cve"},
}};

std::string filled(std::string_view text, std::string_view place, std::string_view with) {
  std::string out(text);
  for (std::size_t at = out.find(place); at != std::string::npos; at = out.find(place, at + with.size()))
    out.replace(at, place.size(), with);
  return out;
}

// In a URL: "Rocky Linux" -> "Rocky%20Linux". Parts are ours, so a blank is all that needs it.
std::string url_part(std::string_view part) { return filled(part, " ", "%20"); }

// What a URL ends with behind the part it is kept by: ".zip", ".json.gz".
std::string extension_of(std::string_view url) {
  const std::string_view name = url.substr(url.rfind('/') + 1);
  const auto part = name.find("{}");
  const auto dot = name.find('.', part == std::string_view::npos ? 0 : part);
  return dot == std::string_view::npos ? std::string(".json") : std::string(name.substr(dot));
}

}  // namespace

std::string_view name_of(Integrity integrity) {
  constexpr std::array<std::string_view, 3> names = {"tls", "hash", "signature"};
  return names[static_cast<std::size_t>(integrity)];
}

std::span<const Source> sources() { return table; }

const Source* source_named(std::string_view name) {
  const auto row = std::find_if(table.begin(), table.end(), [&](const Source& source) { return source.name == name; });
  return row == table.end() ? nullptr : &*row;
}

std::size_t rank_of_source(std::string_view name) {
  const Source* const row = source_named(name);
  return row == nullptr ? table.size() : static_cast<std::size_t>(row - table.data());
}

std::string_view source_of_id(std::string_view id) {
  for (const auto& [text, source] : prefixes)
    if (id.starts_with(text)) return source;
  return "osv";
}

std::vector<SourceFile> files_of(const Source& source) {
  std::vector<SourceFile> files;
  if (source.url.empty()) return files;
  const auto add = [&](std::string_view part) {
    SourceFile file;
    file.url = filled(source.url, "{}", url_part(part));
    file.name = std::string(source.name) + (part.empty() ? "" : "-") + filled(filled(part, "/", "-"), " ", "-") +
                extension_of(source.url);
    file.check = filled(filled(source.check, "{}", url_part(part)), "{url}", file.url);
    files.push_back(std::move(file));
  };
  if (source.parts.empty())
    add("");
  else
    for (const auto part : split(source.parts, ',')) add(part);
  return files;
}

}  // namespace pratique
