#include "model/workload.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique {

std::string Image::text() const {
  std::string out = repository;
  if (!tag.empty()) out.append(":").append(tag);
  if (digest) out.append("@").append(digest->text());
  return out;
}

std::string_view name_of(ContainerKind kind) {
  constexpr std::array<std::string_view, 4> names = {"container", "init", "ephemeral", "image-volume"};
  return names[static_cast<std::size_t>(kind)];
}

Result<Image> parse_image(std::string_view reference) {
  const Error bad{Fault::malformed, "'" + std::string(reference.substr(0, 128)) + "' is not an image reference", {},
                  "write it as REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST]"};
  Image image;
  std::string_view rest = reference;
  for (const std::string_view scheme : {"docker-pullable://", "docker://", "oci://"})
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    auto digest = parse_digest(rest.substr(at + 1));
    if (!digest) return bad;
    image.digest = std::move(*digest);
    rest = rest.substr(0, at);
  }
  if (const auto colon = rest.rfind(':'); colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
    image.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    const auto in_tag = [](char c) { return is_digit(c) || is_alpha(c) || c == '_' || c == '.' || c == '-'; };
    if (image.tag.empty() || image.tag.size() > 128 || image.tag[0] == '.' || image.tag[0] == '-' ||
        !std::all_of(image.tag.begin(), image.tag.end(), in_tag))
      return bad;
  }
  if (rest.empty() || rest.size() > 512) return bad;
  const auto slash = rest.find('/');
  const std::string_view first = rest.substr(0, slash);
  const bool has_domain = slash != std::string_view::npos &&
                          (first.find_first_of(".:") != std::string_view::npos || first == "localhost" || first != lower(first));
  const std::string_view path = has_domain ? rest.substr(slash + 1) : rest;
  for (const auto part : split(path, '/')) {
    const auto in_path = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '-'; };
    if (part.empty() || !std::all_of(part.begin(), part.end(), in_path)) return bad;
  }
  if (has_domain) {
    image.repository = lower(first) + "/" + std::string(path);
  } else {
    image.repository = "docker.io/" + std::string(slash == std::string_view::npos ? "library/" : "") + std::string(path);
  }
  if (image.repository.starts_with("index.docker.io/")) image.repository.erase(0, 6);
  return image;
}

}  // namespace pratique
