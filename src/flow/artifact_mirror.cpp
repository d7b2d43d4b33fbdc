#include "flow/artifact_mirror.h"

#include <cstdlib>
#include <filesystem>

#include "base/base64.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "world/file/file.h"
#include "world/http/http.h"

namespace pratique {
namespace {

constexpr std::size_t most_answer = std::size_t{4} << 20;  // of a manifest and of a token's answer

bool is_loopback(std::string_view registry) {
  const std::string_view host = registry.substr(0, registry.find(':'));
  return host == "localhost" || host.starts_with("127.");
}

std::string_view text_of(const JsonTree& tree, std::uint32_t map, std::string_view key) {
  const std::uint32_t node = tree.find(map, key);
  return node == 0 ? std::string_view() : tree.nodes[node].text;
}

// What `docker login` left for a registry: base64 of "user:password"; empty when there is none.
Result<std::string> credentials_for(const std::string& registry) {
  const char* folder = std::getenv("DOCKER_CONFIG");
  const char* home = std::getenv("HOME");
  if (folder == nullptr && home == nullptr) return std::string();
  const std::string path = (folder != nullptr ? std::string(folder) : std::string(home) + "/.docker") + "/config.json";
  auto bytes = read_file(path, most_answer);
  if (!bytes && bytes.error().fault == Fault::not_found) return std::string();
  if (!bytes) return std::move(bytes).error();
  auto tree = read_json_tree(std::move(*bytes));
  if (!tree) return std::move(tree).error().in(path);
  const std::uint32_t registries = tree->find(0, "auths");
  if (registries == 0) return std::string();
  const bool is_docker = registry == "docker.io";
  const std::uint32_t entry = tree->find(registries, is_docker ? "https://index.docker.io/v1/" : registry);
  return entry == 0 ? std::string() : std::string(text_of(*tree, entry, "auth"));
}

// One value of `Bearer realm="https://...",service="x"` (RFC 9110, 11.6.1).
std::string challenge_value(std::string_view challenge, std::string_view name) {
  const std::string sought = std::string(name) + "=\"";
  for (auto at = challenge.find(sought); at != std::string_view::npos; at = challenge.find(sought, at + 1)) {
    if (at > 0 && challenge[at - 1] != ' ' && challenge[at - 1] != ',') continue;
    const auto start = at + sought.size();
    return std::string(challenge.substr(start, challenge.find('"', start) - start));
  }
  return {};
}

struct Got {
  HttpReply reply;
  std::string body;
};

Result<Got> ask(const std::string& url, std::vector<std::string> headers, const FetchOptions& options) {
  std::string body;
  HttpCall call;
  call.url = url;
  call.headers = std::move(headers);
  call.proxy = options.proxy;
  call.user_agent = options.user_agent;
  call.silence = options.silence;
  call.interrupted = options.interrupted;
  call.receive = [&](const HttpReply&, std::string_view piece) -> Result<void> {
    if (body.size() + piece.size() > most_answer)
      return Error{Fault::limit, "answers more than " + human_bytes(most_answer), {url}, {}};
    body.append(piece);
    return {};
  };
  HttpOutcome outcome = http_call(call);
  if (auto* const failure = std::get_if<HttpFailure>(&outcome)) return std::move(failure->error);
  return Got{std::get<HttpReply>(std::move(outcome)), std::move(body)};
}

Error refused(const std::string& registry, std::string text) {
  return {Fault::refused, std::move(text), {registry}, "log in with 'docker login " + registry + "' or the like"};
}

}  // namespace

Result<ArtifactMirror> ArtifactMirror::open(std::string_view url, const FetchOptions& options) {
  auto image = parse_image(url.substr(artifact_scheme.size()));
  if (!image)
    return Error{Fault::usage, "'" + std::string(url) + "' names no artifact", {}, "oci://REGISTRY/REPOSITORY[:TAG]"};
  const auto slash = image->repository.find('/');
  const std::string registry = image->repository.substr(0, slash);
  ArtifactMirror mirror(std::move(*image));
  mirror.registry_ = registry;
  mirror.repository_ = mirror.image_.repository.substr(slash + 1);
  mirror.base_ = (is_loopback(registry) ? "http://" : "https://") +
                 (registry == "docker.io" ? std::string("registry-1.docker.io") : registry) + "/v2/";
  PRATIQUE_DO(mirror.authorise(options));
  PRATIQUE_DO(mirror.read_manifest(options));
  return mirror;
}

// A registry tells how it wants to be asked when it is asked for nothing.
Result<void> ArtifactMirror::authorise(const FetchOptions& options) {
  authorisation_.clear();
  PRATIQUE_TRY(const Got ping, ask(base_, {}, options));
  if (ping.reply.status != 401) return {};
  PRATIQUE_TRY(const std::string credentials, credentials_for(registry_));
  const std::string basic = credentials.empty() ? std::string() : "Authorization: Basic " + credentials;
  const auto header = ping.reply.headers.find("www-authenticate");
  const std::string challenge = header == ping.reply.headers.end() ? std::string() : header->second;
  if (lower(challenge).starts_with("basic")) {
    if (basic.empty()) return refused(registry_, "wants a user and a password");
    authorisation_ = basic;
    return {};
  }
  const std::string realm = challenge_value(challenge, "realm");
  if (realm.empty()) return refused(registry_, "does not say how it wants to be asked");
  if (!realm.starts_with("https://") && base_.starts_with("https://"))
    return refused(registry_, "gives tokens without TLS, at " + realm);
  const std::string url = realm + (realm.find('?') == std::string::npos ? "?" : "&") +
                          "service=" + percent_encoded(challenge_value(challenge, "service"), url_unreserved) +
                          "&scope=" + percent_encoded("repository:" + repository_ + ":pull", url_unreserved);
  std::vector<std::string> headers;
  if (!basic.empty()) headers.push_back(basic);
  PRATIQUE_TRY(Got answer, ask(url, std::move(headers), options));
  if (answer.reply.status != 200)
    return refused(realm, "gives no token: answers " + std::to_string(answer.reply.status));
  auto tree = read_json_tree(Bytes::copy_of(answer.body));
  if (!tree) return std::move(tree).error().in(realm);
  std::string_view token = text_of(*tree, 0, "token");
  if (token.empty()) token = text_of(*tree, 0, "access_token");
  if (token.empty() || token.find_first_of("\r\n") != std::string_view::npos) return refused(realm, "gives no token");
  authorisation_ = "Authorization: Bearer " + std::string(token);
  return {};
}

Result<Fetched> ArtifactMirror::get(const std::string& url, const std::string& name, const FetchOptions& options) {
  const auto once = [&] {
    FetchOptions asked = options;
    asked.headers = {"Accept: application/vnd.oci.image.manifest.v1+json, application/octet-stream"};
    if (!authorisation_.empty()) asked.headers.push_back(authorisation_);
    return fetch_file(url, name, asked);
  };
  auto fetched = once();
  if (fetched || fetched.error().fault != Fault::refused || authorisation_.empty()) return fetched;
  PRATIQUE_DO(authorise(options));  // tokens last for minutes, large files longer
  return once();
}

Result<void> ArtifactMirror::read_manifest(const FetchOptions& options) {
  const std::string reference = image_.digest ? image_.digest->text() : image_.tag.empty() ? "latest" : image_.tag;
  const std::string url = base_ + repository_ + "/manifests/" + reference;
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
  const std::string url = base_ + repository_ + "/blobs/" + layer->second.text();
  PRATIQUE_TRY(const Fetched fetched, get(url, name, options));
  PRATIQUE_TRY(const bool whole, is_there());
  if (whole) return fetched;
  std::error_code code;
  for (const std::string& file : {path, path + ".state"}) std::filesystem::remove(file, code);
  return Error{Fault::malformed, "is not what its digest names", {url}, "try again, or ask who runs the registry"};
}

}  // namespace pratique
