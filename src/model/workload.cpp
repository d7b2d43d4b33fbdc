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

std::optional<ContainerKind> container_kind_named(std::string_view name) {
  for (const auto kind :
       {ContainerKind::container, ContainerKind::init, ContainerKind::ephemeral, ContainerKind::image_volume})
    if (name_of(kind) == name) return kind;
  return {};
}

namespace {

bool is_lower_alphanumeric(char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); }

// path-component := alpha-numeric (separator alpha-numeric)*, separator := "." | "_" | "__" | "-"+
bool is_path_component(std::string_view part) {
  if (part.empty() || !is_lower_alphanumeric(part.front()) || !is_lower_alphanumeric(part.back())) return false;
  for (std::size_t i = 0; i < part.size();) {
    if (is_lower_alphanumeric(part[i])) {
      ++i;
      continue;
    }
    const auto end = std::min(part.find_first_not_of(part[i], i), part.size());
    const std::size_t run = end - i;
    const bool separator = part[i] == '-' || (part[i] == '.' && run == 1) || (part[i] == '_' && run <= 2);
    if (!separator || !is_lower_alphanumeric(part[end])) return false;
    i = end;
  }
  return true;
}

bool is_domain_label(std::string_view label) {
  const auto in_label = [](char c) { return is_digit(c) || is_alpha(c) || c == '-'; };
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), in_label);
}

// domain := host [":" digits], host := label ("." label)* | "[" IPv6 "]"
bool is_domain(std::string_view domain) {
  std::string_view host = domain;
  const auto bracket = domain.find(']');
  const auto colon = domain.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    host = domain.substr(0, colon);
    if (!parse_unsigned(domain.substr(colon + 1))) return false;
  }
  if (host.starts_with('[') && host.ends_with(']'))
    return host.size() > 2 && host.find_first_not_of("0123456789abcdefABCDEF:", 1) == host.size() - 1;
  for (const auto label : split(host, '.'))
    if (!is_domain_label(label)) return false;
  return true;
}

bool is_tag(std::string_view tag) {
  const auto in_tag = [](char c) { return is_digit(c) || is_alpha(c) || c == '_' || c == '.' || c == '-'; };
  return !tag.empty() && tag.size() <= 128 && tag.front() != '.' && tag.front() != '-' &&
         std::all_of(tag.begin(), tag.end(), in_tag);
}

// 64 hexadecimal digits alone are an image identifier, never a name.
bool is_identifier(std::string_view name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "nginx" -> "docker.io/library/nginx"; empty when it is not a name.
std::string full_repository(std::string_view name) {
  constexpr std::size_t longest_name = 255;
  if (name.empty() || name.size() > longest_name || is_identifier(name)) return {};
  const auto slash = name.find('/');
  const std::string_view first = name.substr(0, slash);
  const bool has_domain = slash != std::string_view::npos && (first.find_first_of(".:") != std::string_view::npos ||
                                                              first == "localhost" || first != lower(first));
  std::string domain = has_domain ? lower(first) : "docker.io";
  // A host known as one by its capitals alone keeps them: "U/b" is not the "u/b" of docker.io.
  if (has_domain && domain.find_first_of(".:") == std::string::npos && domain != "localhost") domain = first;
  if (domain == "index.docker.io") domain = "docker.io";
  const std::string_view path = has_domain ? name.substr(slash + 1) : name;
  if (!is_domain(domain)) return {};
  for (const auto part : split(path, '/'))
    if (!is_path_component(part)) return {};
  if (domain == "docker.io" && path.find('/') == std::string_view::npos) domain += "/library";
  return domain.append("/").append(path);
}

}  // namespace

Result<Image> parse_image(std::string_view reference) {
  const auto bad = [&] {
    return Error{Fault::malformed,
                 "'" + std::string(reference.substr(0, 128)) + "' is not an image reference",
                 {},
                 "write it as REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST]"};
  };
  Image image;
  std::string_view rest = reference;
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    auto digest = parse_digest(rest.substr(at + 1));
    if (!digest) return bad();
    image.digest = std::move(*digest);
    rest = rest.substr(0, at);
  }
  if (const auto colon = rest.rfind(':');
      colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
    if (!is_tag(rest.substr(colon + 1))) return bad();
    image.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  image.repository = full_repository(rest);
  if (image.repository.empty()) return bad();
  return image;
}

}  // namespace pratique
