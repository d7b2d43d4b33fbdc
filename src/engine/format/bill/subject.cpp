#include "engine/format/bill/subject.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "model/purl.h"

namespace pratique {

namespace {

constexpr std::size_t sha256_digits = 64;

bool is_sha256_hex(std::string_view text) {
  return text.size() == sha256_digits && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<Digest> digest_in(std::string_view text) {
  auto digest = parse_digest(text);
  if (digest) return *digest;
  // "sha256__09c4..." (Xray), "sha256-09c4..." (where ':' is no character of a name)
  for (const std::string_view start : {"sha256__", "sha256-", "sha256_"})
    if (text.starts_with(start) && is_sha256_hex(text.substr(start.size(), sha256_digits)))
      return *parse_digest("sha256:" + std::string(text.substr(start.size(), sha256_digits)));
  return std::nullopt;
}

void take_digest(Subject& subject, std::string_view text) {
  if (!subject.digest) subject.digest = digest_in(text);
}

// "name@sha256:..." or a purl of an image.
void take_reference(Subject& subject, std::string_view text) {
  const ImageName image = image_name(text);
  if (!image.digest.empty()) take_digest(subject, image.digest);
}

void take_purl(Subject& subject) {
  const std::string_view type = type_of(subject.purl);
  if (type != "oci" && type != "docker") return;
  std::string scratch;
  take_digest(subject, version_of(subject.purl, scratch));
  if (subject.version.empty()) subject.version = qualifier_of(subject.purl, "tag", scratch);
  // A name that is only a digest (bom) or missing: the repository tells it.
  if (!subject.name.empty() && !digest_in(subject.name)) return;
  const std::string name(name_of(subject.purl, scratch));
  std::string repository(qualifier_of(subject.purl, "repository_url", scratch));
  if (repository.empty())
    repository = name;
  else if (repository != name && !repository.ends_with("/" + name))
    repository += "/" + name;
  constexpr std::string_view index = "index.";  // "index.docker.io" is how registries see docker.io
  subject.name = repository.starts_with("index.docker.io/") ? repository.substr(index.size()) : repository;
}

// "aquasecurity:trivy:RepoDigest", "oci:image:RepoDigests", "syft:image:labels" ...
void take_properties(Subject& subject, std::span<const Detail> properties) {
  for (const Detail& property : properties) {
    const auto is = [&](std::string_view ending) { return property.name.ends_with(ending); };
    if (is("RepoDigest") || is("RepoDigests") || is("repoDigest")) take_reference(subject, property.value);
    if (is("manifest:digest") || is("ManifestDigest") || is("manifestDigest")) take_digest(subject, property.value);
    if (subject.name.empty() && (is("RepoTag") || is("RepoTags"))) subject.name = property.value;
  }
}

// tern: "SPDXRef-bitnami-nginx-<hex>" of "bitnami/nginx".
void take_ref(Subject& subject) {
  std::string start = "SPDXRef-" + subject.name + "-";
  std::replace(start.begin(), start.end(), '/', '-');
  if (!subject.ref.starts_with(start)) return;
  const std::string_view hex = std::string_view(subject.ref).substr(start.size());
  if (is_sha256_hex(hex)) take_digest(subject, "sha256:" + std::string(hex));
}

bool may_be_image(const Subject& subject) {
  return subject.type == ComponentType::container || subject.type == ComponentType::other;
}

}  // namespace

ImageName image_name(std::string_view text) {
  ImageName image{text, {}, {}};
  if (const auto at = text.rfind('@'); at != std::string_view::npos && digest_in(text.substr(at + 1))) {
    image.digest = text.substr(at + 1);
    image.name = text.substr(0, at);
  }
  const auto colon = image.name.rfind(':');
  if (colon != std::string_view::npos && colon > 0 && image.name.find('/', colon) == std::string_view::npos &&
      !digest_in(image.name)) {
    image.tag = image.name.substr(colon + 1);
    image.name = image.name.substr(0, colon);
  }
  return image;
}

void identify_subject(Bill& bill, std::span<const std::string_view> hints) {
  Subject& subject = bill.subject;
  if (!may_be_image(subject)) return;
  const auto of = subject.listed == no_component ? Bill::subject_index : subject.listed;
  take_purl(subject);
  take_reference(subject, subject.name);
  take_digest(subject, subject.version);
  take_digest(subject, subject.name);
  take_properties(subject, bill.details_of(of, DetailKind::property));
  take_properties(subject, bill.details_of(Bill::document_index, DetailKind::property));
  for (const std::string_view hint : hints) take_reference(subject, hint);
  const bool is_container = subject.type == ComponentType::container || subject.digest;
  if (is_container)
    for (const Detail& hash : bill.details_of(of, DetailKind::hash))
      if (hash.name == "SHA-256") take_digest(subject, "sha256:" + std::string(hash.value));
  if (subject.name.empty() && !hints.empty()) subject.name = hints.front();
  take_ref(subject);
  if (!subject.digest && subject.type != ComponentType::container) return;
  subject.type = ComponentType::container;
  if (digest_in(subject.version)) subject.version.clear();
  const ImageName image = image_name(subject.name);
  if (subject.version.empty()) subject.version = image.tag;
  if (!image.name.empty()) subject.name = std::string(image.name);
}

}  // namespace pratique
