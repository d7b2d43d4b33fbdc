#include "engine/format/advisory/platform.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/cpe.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

struct Family {
  std::string_view name;  // what its releases are called, in lower case
  std::string_view type, vendor;
};
constexpr std::array<Family, 11> families = {{
    {"red hat enterprise linux", "rpm", "redhat"},
    {"rocky linux", "rpm", "rocky"},
    {"almalinux", "rpm", "almalinux"},
    {"oracle linux", "rpm", "oracle"},
    {"amazon linux", "rpm", "amazon"},
    {"fedora", "rpm", "fedora"},
    {"centos", "rpm", "centos"},
    {"suse ", "rpm", "suse"},
    {"opensuse ", "rpm", "opensuse"},
    {"debian", "deb", "debian"},
    {"ubuntu", "deb", "ubuntu"},
}};

// Words of editions that other subscribers do not get.
constexpr std::array<std::string_view, 12> longer_lives = {
    "extended",     "eus", "aus",  "e4s",           "tus", "els",
    "sap solution", "esm", "pro ", "for real time", "nfv", "advanced mission"};

std::optional<Platform> platform_of(std::string_view type, std::string_view vendor, std::string_view release) {
  const auto stream = stream_of_release(type, vendor, release);
  if (!stream) return std::nullopt;
  return Platform{std::string(type), std::string(stream->substr(0, stream->find(':'))), *stream};
}

// "appstream (v. 9)" -> "9"; "22.04 lts" -> "22.04".
std::string_view number_in(std::string_view text) {
  const auto start = text.find_first_of("0123456789");
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return !is_digit(c) && c != '.'; });
  text = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  while (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<Platform> platform_named(std::string_view text) {
  std::string name = lower(trim(text));
  if (const auto end = name.find(" is installed"); end != std::string::npos) name.resize(end);
  if (name.find(" arch is ") != std::string::npos) return std::nullopt;  // Oracle's: the architecture, and no release
  for (const auto& [family, type, vendor] : families) {
    if (!name.starts_with(family)) continue;
    const std::string_view rest = trim(std::string_view(name).substr(family.size()));
    if (vendor == "suse" || vendor == "opensuse") return platform_of(type, vendor, rest);
    const auto has = [&](std::string_view word) { return rest.find(word) != std::string_view::npos; };
    if (std::any_of(longer_lives.begin(), longer_lives.end(), has)) return std::nullopt;
    if (vendor == "amazon" && number_in(rest).empty())
      return platform_of(type, vendor, "2018.03");  // "Amazon Linux AMI"
    return platform_of(type, vendor, number_in(rest));
  }
  return std::nullopt;
}

std::optional<Platform> platform_of_cpe(std::string_view text) {
  const auto cpe = parse_cpe(text);
  if (!cpe) return std::nullopt;
  const std::string vendor = plain_value((*cpe)[CpeAttribute::vendor]);
  const std::string product = plain_value((*cpe)[CpeAttribute::product]);
  const std::string version = plain_value((*cpe)[CpeAttribute::version]);
  const std::string update = plain_value((*cpe)[CpeAttribute::update]);
  if (version == "*" || version == "-") return std::nullopt;
  if (vendor == "redhat" && product == "enterprise_linux") return platform_of("rpm", "redhat", version);
  if (vendor == "oracle" && product == "linux") return platform_of("rpm", "oracle", version);
  if (vendor == "rocky" && product == "rocky") return platform_of("rpm", "rocky", version);
  if (vendor == "almalinux" && product == "almalinux") return platform_of("rpm", "almalinux", version);
  if (vendor == "opensuse" && product == "leap") return platform_of("rpm", "opensuse", "leap " + version);
  if (vendor == "suse" && (product.starts_with("sle") || product.starts_with("suse_sle")))
    return platform_of("rpm", "suse", update.starts_with("sp") ? version + " " + update : version);
  if (vendor == "amazon" && product == "amazon_linux") return platform_of("rpm", "amazon", version);
  if (vendor == "canonical" && product == "ubuntu_linux") return platform_of("deb", "ubuntu", version);
  if (vendor == "debian" && product == "debian_linux") return platform_of("deb", "debian", version);
  return std::nullopt;
}

std::optional<Platform> platform_of_rpm_release(std::string_view vendor, std::string_view release) {
  struct Tag {
    std::string_view mark, vendor;  // an empty vendor: the one that was asked about
  };
  constexpr std::array<Tag, 5> tags = {{{".el", ""}, {"_el", ""}, {"+el", ""}, {".amzn", "amazon"}, {".fc", "fedora"}}};
  for (const auto& [mark, own] : tags) {
    const auto at = release.find(mark);
    if (at == std::string_view::npos) continue;
    const std::string_view number = number_in(release.substr(at + mark.size()));
    const std::string_view whole = number.substr(0, number.find('.'));
    if (whole.empty()) continue;
    // Amazon's first Linux counts its packages by another scheme than its releases.
    return platform_of("rpm", own.empty() ? vendor : own, own == "amazon" && whole == "1" ? "2018.03" : whole);
  }
  return std::nullopt;
}

std::string source_of_vendor(std::string_view vendor) { return vendor == "opensuse" ? "suse" : std::string(vendor); }

}  // namespace pratique
