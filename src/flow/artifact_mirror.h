// ArtifactMirror: the files of advisory sources, kept in a registry as one OCI artifact: a layer for each, named by the
// annotation "org.opencontainers.image.title", as `oras push` writes them. Private to flow/update.
//
// Pulls manifests and blobs (flow/registry_client.h).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "flow/registry_client.h"
#include "model/workload.h"
#include "world/feed/feed.h"

namespace pratique {

constexpr std::string_view artifact_scheme = "oci://";

class ArtifactMirror {
 public:
  // "oci://REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST]", the tag being "latest" where none is given. Plain HTTP on the
  // loopback interface alone. Fault: usage (no such reference), malformed (no artifact of files), unsupported (an
  // index), refused, not_found, and those of fetch_file.
  static Result<ArtifactMirror> open(std::string_view url, const FetchOptions& options);

  // The layer of this name, kept under it in the folder; a file there that has the layer's digest is not asked for
  // again. Fault: not_found where the artifact has none, malformed where the bytes are not those that the manifest
  // names, and those of fetch_file.
  Result<Fetched> fetch(const std::string& name, const FetchOptions& options);

 private:
  ArtifactMirror(Image image, RegistryClient client) : client_(std::move(client)), image_(std::move(image)) {}
  Result<void> read_manifest(const FetchOptions& options);
  Result<Fetched> get(const std::string& url, const std::string& name, const FetchOptions& options);

  RegistryClient client_;
  std::string repository_;  // "team/advisories"
  Image image_;
  std::map<std::string, Digest> layers_;
};

}  // namespace pratique
