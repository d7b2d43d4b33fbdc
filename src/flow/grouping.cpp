#include "flow/grouping.h"

#include <map>
#include <set>
#include <tuple>

namespace pratique {
namespace {

struct Collected {
  PlaceGroup group;
  std::set<std::string> packages, digests;
};

}  // namespace

std::vector<PlaceGroup> group_places(const LocateAnswer& answer, GroupBy by) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, Collected> groups;
  const auto collect = [&](PlaceGroup place, const LocatedArtifact& artifact, std::uint64_t pods) {
    const auto key = by == GroupBy::image ? std::tuple(place.image, place.digest, std::string(), std::string())
                                          : std::tuple(place.cluster, place.name_space, place.kind, place.name);
    Collected& all = groups.try_emplace(key, Collected{std::move(place), {}, {}}).first->second;
    all.digests.insert(artifact.digest);
    all.group.pods += pods;
    for (const LocatedPackage& package : artifact.packages) {
      all.packages.insert(package.path.back());
      if (all.group.path.empty()) all.group.path = package.path;
    }
  };
  for (const LocatedArtifact& artifact : answer.artifacts) {
    if (by == GroupBy::image) {
      PlaceGroup place;
      place.image = artifact.image;
      place.digest = artifact.digest;
      collect(std::move(place), artifact, artifact.running.pods);
      continue;
    }
    for (const RunningIn& in : artifact.running.in) {
      PlaceGroup place;
      place.cluster = in.cluster;
      if (by != GroupBy::cluster) place.name_space = in.name_space;
      if (by == GroupBy::workload) {
        place.kind = in.kind;
        place.name = in.name;
      }
      collect(std::move(place), artifact, in.pods);
    }
  }
  std::vector<PlaceGroup> list;
  for (auto& [key, all] : groups) {
    all.group.packages.assign(all.packages.begin(), all.packages.end());
    all.group.artifacts = all.digests.size();
    list.push_back(std::move(all.group));
  }
  return list;
}

}  // namespace pratique
