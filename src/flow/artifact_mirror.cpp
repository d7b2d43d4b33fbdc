#include "flow/artifact_mirror.h"

#include <filesystem>

#include "base/text.h"
#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t most_answer = std::size_t{4} << 20;  // of a manifest and of a token's answer

std::string_view text_of(const JsonTree& tree, std::uint32_t map, std::string_view key) {
  const std::uint32_t node = tree.find(map, key);
  return node == 0 ? std::string_view() : tree.nodes[node].text;
}

}  // namespace

Result<ArtifactMirror> ArtifactMirror::open(std::string_view url, const FetchOptions& options) {
  auto image = parse_image(url.substr(artifact_scheme.size()));
  if (!image)
    return Error{Fault::usage, "'" + std::string(url) + "' names no artifact", {}, "oci://REGISTRY/REPOSITORY[:TAG]"};
  const auto slash = image->repository.find('/');
  const std::string registry = image->repository.substr(0, slash);
  ArtifactMirror mirror(std::move(*image), RegistryClient(registry, {.proxy = options.proxy,
                                                                     .user_agent = options.user_agent,
                                                                     .silence = options.silence,
                                                                     .interrupted = options.interrupted,
                                                                     .tries = options.tries,
                                                                     .first_wait = options.first_wait,
                                                                     .wait = options.wait}));
  mirror.repository_ = mirror.image_.repository.substr(slash + 1);
  PRATIQUE_DO(mirror.read_manifest(options));
  return mirror;
}

Result<Fetched> ArtifactMirror::get(const std::string& url, const std::string& name, const FetchOptions& options) {
  const std::string scope = "repository:" + repository_ + ":pull";
  const auto once = [&](bool again) -> Result<Fetched> {
    PRATIQUE_TRY(const std::string header, client_.authorisation(scope, again));
    FetchOptions asked = options;
    asked.headers = {"Accept: application/vnd.oci.image.manifest.v1+json, application/octet-stream"};
    if (!header.empty()) asked.headers.push_back(header);
    return fetch_file(url, name, asked);
  };
  auto fetched = once(false);
  if (fetched || fetched.error().fault != Fault::refused) return fetched;
  PRATIQUE_TRY(const std::string header, client_.authorisation(scope, false));
  return header.empty() ? std::move(fetched) : once(true);  // tokens last for minutes, large files longer
}

Result<void> ArtifactMirror::read_manifest(const FetchOptions& options) {
  const std::string reference = image_.digest ? image_.digest->text() : image_.tag.empty() ? "latest" : image_.tag;
  const std::string url = client_.base() + repository_ + "/manifests/" + reference;
  PRATIQUE_TRY(const Fetched fetched, get(url, "mirror.manifest", options));
  PRATIQUE_TRY(Bytes bytes, read_file(fetched.path, most_answer));
  if (image_.digest && sha256_of(bytes.view()) != *image_.digest)
    return Error{Fault::malformed, "is not what its digest names", {url}, "try again, or ask who runs the registry"};
  auto tree = read_json_tree(std::move(bytes));
  if (!tree) return std::move(tree).error().in(url);
  if (tree->find(0, "manifests") != 0)
    return Error{Fault::unsupported, "is an index of several artifacts", {url}, "name one of them by its digest"};
  const std::uint32_t layers = tree->find(0, "layers");
  if (layers == 0 || tree->nodes[layers].kind != JsonTree::Kind::list)
    return Error{Fault::malformed, "is no manifest of an OCI artifact", {url}, {}};
  for (const auto& layer : tree->children_of(layers)) {
    const std::uint32_t annotations = tree->find(layer.node, "annotations");
    if (annotations == 0) continue;
    const auto title = text_of(*tree, annotations, "org.opencontainers.image.title");
    auto digest = parse_digest(text_of(*tree, layer.node, "digest"));
    if (title.empty()) continue;
    if (!digest || digest->algorithm() != "sha256")
      return Error{Fault::unsupported, "has no SHA-256 digest", {url, std::string(title)}, {}};
    layers_.insert_or_assign(std::string(title), std::move(*digest));
  }
  if (layers_.empty())
    return Error{Fault::malformed,
                 "holds no files: none of its layers has a title",
                 {url},
                 "push the folder's files with 'oras push' or the like"};
  return {};
}

Result<Fetched> ArtifactMirror::fetch(const std::string& name, const FetchOptions& options) {
  const auto layer = layers_.find(name);
  if (layer == layers_.end())
    return Error{Fault::not_found, "the artifact has no file of this name", {image_.text(), name}, {}};
  const std::string path = options.folder + "/" + name;
  const auto is_there = [&]() -> Result<bool> {
    PRATIQUE_TRY(const Bytes bytes, read_file(path, options.most_bytes));
    return sha256_of(bytes.view()) == layer->second;
  };
  if (const auto there = is_there(); there && *there) return Fetched{path, Fetched::State::unchanged};
  const std::string url = client_.base() + repository_ + "/blobs/" + layer->second.text();
  PRATIQUE_TRY(const Fetched fetched, get(url, name, options));
  PRATIQUE_TRY(const bool whole, is_there());
  if (whole) return fetched;
  std::error_code code;
  for (const std::string& file : {path, path + ".state"}) std::filesystem::remove(file, code);
  return Error{Fault::malformed, "is not what its digest names", {url}, "try again, or ask who runs the registry"};
}

}  // namespace pratique
