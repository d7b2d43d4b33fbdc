#include "flow/registry_manifest.h"

#include "base/text.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

std::string_view text_of(const JsonTree& tree, std::uint32_t map, std::string_view key) {
  const std::uint32_t node = tree.find(map, key);
  return node == 0 ? std::string_view() : tree.nodes[node].text;
}

// Of annotations, the first that is there.
std::string_view annotation_of(const JsonTree& tree, std::uint32_t descriptor,
                               std::initializer_list<std::string_view> names) {
  const std::uint32_t annotations = tree.find(descriptor, "annotations");
  if (annotations == 0) return {};
  for (const auto name : names)
    if (const auto text = text_of(tree, annotations, name); !text.empty()) return text;
  return {};
}

std::string platform_of(const JsonTree& tree, std::uint32_t descriptor) {
  const std::uint32_t platform = tree.find(descriptor, "platform");
  if (platform == 0) return {};
  std::string text;
  for (const auto key : {"os", "architecture", "variant"})
    if (const auto part = text_of(tree, platform, key); !part.empty())
      text.append(text.empty() ? "" : "/").append(part);
  return text;
}

Result<Digest> digest_in(const JsonTree& tree, std::uint32_t descriptor) {
  auto digest = parse_digest(text_of(tree, descriptor, "digest"));
  if (!digest) return std::move(digest).error().in("a descriptor");
  return digest;
}

const std::uint32_t no_list = 0;
std::uint32_t list_in(const JsonTree& tree, std::string_view key) {
  const std::uint32_t node = tree.find(0, key);
  return node != 0 && tree.nodes[node].kind == JsonTree::Kind::list ? node : no_list;
}

Result<void> read_parts(const JsonTree& tree, std::uint32_t list, RegistryManifest& manifest) {
  for (const auto& child : tree.children_of(list)) {
    PRATIQUE_TRY(Digest digest, digest_in(tree, child.node));
    const bool is_attestation =
        annotation_of(tree, child.node, {"vnd.docker.reference.type"}) == "attestation-manifest";
    const bool is_referrer = tree.find(child.node, "artifactType") != 0;
    if (!is_attestation && !is_referrer) {
      manifest.parts.push_back({std::move(digest), platform_of(tree, child.node)});
      continue;
    }
    auto subject = parse_digest(annotation_of(tree, child.node, {"vnd.docker.reference.digest"}));
    manifest.attached.push_back({std::move(digest), subject ? std::optional(std::move(*subject)) : std::nullopt});
  }
  return {};
}

}  // namespace

Result<RegistryManifest> read_registry_manifest(Bytes document) {
  PRATIQUE_TRY(const JsonTree tree, read_json_tree(std::move(document)));
  RegistryManifest manifest;
  if (const std::uint32_t subject = tree.find(0, "subject");
      subject != 0 && tree.nodes[subject].kind == JsonTree::Kind::map) {
    PRATIQUE_TRY(manifest.subject, digest_in(tree, subject));
  }
  if (const std::uint32_t list = list_in(tree, "manifests"); list != no_list) {
    manifest.is_index = true;
    PRATIQUE_DO(read_parts(tree, list, manifest));
    return manifest;
  }
  const std::uint32_t layers = list_in(tree, "layers");
  if (layers == no_list)
    return Error{tree.find(0, "fsLayers") != 0 ? Fault::unsupported : Fault::malformed,
                 tree.find(0, "fsLayers") != 0 ? "is a manifest of Docker's first version" : "is no manifest",
                 {},
                 {}};
  for (const auto& child : tree.children_of(layers)) {
    PRATIQUE_TRY(Digest digest, digest_in(tree, child.node));
    manifest.layers.push_back(
        {std::move(digest), std::string(text_of(tree, child.node, "mediaType")),
         std::string(annotation_of(tree, child.node, {"predicateType", "in-toto.io/predicate-type"}))});
  }
  const auto predicate = annotation_of(tree, 0, {"dev.sigstore.bundle.predicateType"});
  for (ManifestLayer& layer : manifest.layers)
    if (layer.predicate.empty()) layer.predicate = predicate;
  return manifest;
}

Result<std::vector<std::string>> read_registry_names(Bytes document, std::string_view member) {
  PRATIQUE_TRY(const JsonTree tree, read_json_tree(std::move(document)));
  const std::uint32_t node = tree.find(0, member);
  std::vector<std::string> names;
  if (node != 0 && tree.nodes[node].kind == JsonTree::Kind::null) return names;
  if (node == 0 || tree.nodes[node].kind != JsonTree::Kind::list)
    return Error{Fault::malformed, "has no list '" + std::string(member) + "'", {}, {}};
  for (const auto& child : tree.children_of(node)) {
    if (tree.nodes[child.node].kind != JsonTree::Kind::text)
      return Error{Fault::malformed, "names something that is no text", {"/" + std::string(member)}, {}};
    names.emplace_back(tree.nodes[child.node].text);
  }
  return names;
}

std::string next_page(std::string_view link) {
  for (const auto part : split(link, ',')) {
    const auto open = part.find('<'), end = part.find('>');
    if (open == std::string_view::npos || end == std::string_view::npos || end < open) continue;
    const std::string parameters = lower(part.substr(end));
    if (parameters.find("rel=\"next\"") != std::string::npos || parameters.find("rel=next") != std::string::npos)
      return std::string(part.substr(open + 1, end - open - 1));
  }
  return {};
}

}  // namespace pratique
