#include "engine/format/advisory/rpm_notice.h"

#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "engine/format/advisory/platform.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"
#include "model/source.h"

namespace pratique {
namespace {

std::string evr_of(const RpmPackage& package) {
  const bool has_epoch = !package.epoch.empty() && package.epoch != "0";
  return (has_epoch ? package.epoch + ":" : "") + package.version + "-" + package.release;
}

}  // namespace

void emit_notice(RpmNotice&& notice, AdvisoryEmitter& emit) {
  if (notice.id.empty()) return emit.set_aside("update", "a notice without an id: " + notice.title);
  Advisory advisory;
  advisory.id = notice.id;
  advisory.source = source_of_id(notice.id);
  advisory.summary = first_sentence(notice.title);
  advisory.published = time_of(notice.issued);
  advisory.modified = time_of(notice.updated.empty() ? notice.issued : notice.updated);
  advisory.url = notice.url;
  advisory.ratings = std::move(notice.ratings);
  add_word(advisory.ratings, notice.severity);
  const std::set<std::string> cves(notice.cves.begin(), notice.cves.end());
  advisory.upstream.assign(cves.begin(), cves.end());
  using Key = std::tuple<std::string, std::string, std::string>;  // package, stream, module
  std::map<Key, std::string> mended;
  std::set<std::string> unplaced;
  for (const auto& package : notice.packages) {
    auto platform = platform_named(package.platform);
    if (!platform) platform = platform_of_rpm_release(advisory.source, package.release);
    const auto key = platform ? package_of_distribution("rpm", platform->vendor, package.name)
                              : Result<std::string>(Error{Fault::unsupported, "no release is known", {}, {}});
    if (!key) {
      unplaced.insert(package.platform + " " + package.release);
      continue;
    }
    std::string& lowest = mended[{*key, platform->stream, package.module}];
    const std::string evr = evr_of(package);
    if (lowest.empty() || compare_versions(Scheme::rpm, evr, lowest).order < 0) lowest = evr;
  }
  for (const auto& text : unplaced) emit.set_aside(notice.id, "packages of no known release: " + text);
  for (const auto& [key, evr] : mended) {
    Affected affected = affected_below(std::get<0>(key), std::get<1>(key), Scheme::rpm, evr);
    affected.module = std::get<2>(key);
    advisory.affected.push_back(std::move(affected));
  }
  // One notice stands in the lists of several repositories.
  emit.part(std::move(advisory));
}

std::optional<RpmPackage> rpm_package_of(std::string_view nevra) {
  if (nevra.ends_with(".rpm")) nevra.remove_suffix(4);
  const auto arch = nevra.rfind('.');
  if (arch == std::string_view::npos || nevra.substr(arch + 1) == "src") return std::nullopt;
  nevra = nevra.substr(0, arch);
  const auto release = nevra.rfind('-');
  if (release == std::string_view::npos || release == 0) return std::nullopt;
  const auto version = nevra.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0) return std::nullopt;
  RpmPackage package;
  package.name = nevra.substr(0, version);
  package.release = nevra.substr(release + 1);
  std::string_view middle = nevra.substr(version + 1, release - version - 1);
  if (const auto colon = middle.find(':'); colon != std::string_view::npos) {
    package.epoch = middle.substr(0, colon);
    middle.remove_prefix(colon + 1);
  }
  package.version = middle;
  return package;
}

}  // namespace pratique
