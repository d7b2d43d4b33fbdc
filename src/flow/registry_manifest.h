// What a registry answers, read: lists of names, manifests and indexes. Private to flow/registry.
//
// Follows the OCI image specification 1.1 (manifest, image index) and Docker's image manifest 2.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"
#include "world/store/store.h"

namespace pratique {

// Bytes that a manifest names, in a repository of their own digest.
struct ManifestLayer {
  Digest digest;
  std::string media_type;
  std::string predicate;  // of an attestation, where an annotation says it: "https://spdx.dev/Document"
};

// A manifest that is about another one.
struct AttachedManifest {
  Digest digest;
  std::optional<Digest> subject;  // where it says so itself
};

struct RegistryManifest {
  bool is_index = false;
  std::vector<ManifestPart> parts;         // of an index
  std::vector<AttachedManifest> attached;  // of an index: what the builder attests of its parts; in a list of referrers
                                           // all of it
  std::optional<Digest> subject;           // it is attached to that one, and is no image
  std::vector<ManifestLayer> layers;
};

// Fault: malformed, unsupported (Docker's first version), limit.
Result<RegistryManifest> read_registry_manifest(Bytes document);
// The texts of a list that is a member of the document: "repositories", "tags". A null is an empty list. Fault:
// malformed, limit.
Result<std::vector<std::string>> read_registry_names(Bytes document, std::string_view member);
// Where the next page is: the target of `<...>; rel="next"` (RFC 8288); empty where there is none.
std::string next_page(std::string_view link);

}  // namespace pratique
