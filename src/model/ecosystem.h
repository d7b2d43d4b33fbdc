// Ecosystem: which package, in which release of which distribution, a name stands for, whoever wrote it.
//
// Advisories say "openssl" in "Debian:12"; bills say pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12.4. Both become a
// package key (model/purl.h) and a stream: one release of one distribution, as far as its advisories tell releases
// apart ("debian:12", "ubuntu:22.04", "alpine:v3.19", "redhat:8", "wolfi"). The surprise: packages of a distribution
// are never looked up without their stream, so what has none is unknown and not clean.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

struct PackageName {
  std::string package;  // package key
  std::string stream;   // empty outside distributions
  bool operator==(const PackageName&) const = default;
};

// A package as an OSV record names it (ossf/osv-schema, affected[].package). Fault: unsupported (an ecosystem without a
// purl type, a distribution without its release), malformed (a name that no purl can have).
Result<PackageName> package_named(std::string_view ecosystem, std::string_view name);

// The package key of a distribution's package: ("deb", "debian", "openssl"). Fault: malformed.
Result<std::string> package_of_distribution(std::string_view type, std::string_view vendor, std::string_view name);

// Whether packages of this purl type belong to an operating system.
bool is_distribution_type(std::string_view type);

// The stream of a release as bills write it: "debian-12.4", "12.4", "bookworm" or "debian" with `vendor` "debian" (the
// namespace of a package key; may be empty where `release` names it). Fault: unsupported; the text says why nobody can
// tell.
constexpr std::string_view release_unknown = "the release of its distribution is not known";  // where there is none
Result<std::string> stream_of_release(std::string_view type, std::string_view vendor, std::string_view release);

// The distribution whose advisories speak of this one's packages: "centos" is mended where "redhat" is. Itself for
// most.
std::string_view advised_as(std::string_view vendor);

// What the names in a distribution's advisories are: of the packages installed, of the sources they were made from, or
// of either. Of rpm distributions that name what is installed, those that leave something unmended name its source.
enum class Names : unsigned char { installed, source, either };
Names names_in_advisories(std::string_view stream);

// Other names under which advisories may speak of the same package: coordinates it had before it moved. Empty for most.
std::span<const std::string_view> also_known_as(std::string_view package);

// Whether anybody collects advisories by the names of this type: a name that none speaks of is then a name without a
// known vulnerability. Not so for "generic", "github" and what else is only a place or a file.
bool has_advisories_by_name(std::string_view type);

}  // namespace pratique
