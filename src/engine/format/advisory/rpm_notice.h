// A notice of an rpm distribution, from whichever of its formats: what it mends and the packages that do. Private to
// advisory/.
#pragma once

#include <string>
#include <vector>

#include "engine/format/advisory/emit.h"

namespace pratique {

struct RpmPackage {
  std::string name, epoch, version, release;
  std::string module;    // "nodejs:18"; empty for most
  std::string platform;  // as the notice calls it; where it is no name of a release, the package's own release tells it
};

struct RpmNotice {
  std::string id, title, severity, url, issued, updated;
  std::vector<std::string> cves;
  std::vector<Rating> ratings;
  std::vector<RpmPackage> packages;  // of every architecture; sources are left out
};

// Of a package that stands in several architectures once; several builds in one notice: the lowest mends it.
void emit_notice(RpmNotice&& notice, AdvisoryEmitter& emit);

// "kernel-0:4.18.0-553.el8.x86_64.rpm"; nothing when it is none, or a source.
std::optional<RpmPackage> rpm_package_of(std::string_view nevra);

}  // namespace pratique
