// What registries hold, as the store keeps it. Part of store.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "model/workload.h"

namespace pratique {

// A manifest that an index names.
struct ManifestPart {
  Digest digest;
  std::string platform;  // "linux/arm64/v8"
  bool operator==(const ManifestPart&) const = default;
};

// What a repository serves under some of its tags.
struct TaggedManifest {
  Digest digest;
  std::vector<std::string> tags;
  std::vector<ManifestPart> parts;  // of an index
};

struct ListedRepository {
  std::string name;                     // with its registry: "registry.example/shop/cart"
  Coverage coverage = Coverage::whole;  // part: what it does not name may still be there
  std::vector<TaggedManifest> manifests;
};

struct ListingCounts {
  std::uint64_t repositories = 0, manifests = 0, tags = 0;  // that the registry holds now
  std::uint64_t opened = 0, closed = 0;                     // holdings; what has other tags than before is both
};

// Under which tags a repository holds an artifact; of a part of an index under those of the index.
struct HeldAs {
  std::uint32_t artifact = 0;
  std::string repository, tag, platform;
  std::string text() const { return repository + ":" + tag; }
};

// What is held, in two: an index of manifests that are held too stands for them, and adds nothing where it has no bill.
struct HeldArtifacts {
  std::vector<std::uint32_t> images, indexes;  // by id
};

}  // namespace pratique
