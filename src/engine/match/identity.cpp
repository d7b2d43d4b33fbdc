#include "engine/match/identity.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "model/ecosystem.h"
#include "model/purl.h"

namespace pratique {
namespace {

Error unknown(std::string reason) { return Error{Fault::unsupported, std::move(reason), {}, {}}; }

bool is_image(std::string_view type) { return type == "oci" || type == "docker"; }

// "pkg:deb/debian/libssl3" -> "debian".
std::string_view vendor_of(std::string_view package) {
  const std::size_t start = package.find('/') + 1;
  const std::size_t end = package.rfind('/');
  return end > start ? package.substr(start, end - start) : std::string_view();
}

// Written the same way in a purl and in plain text, whatever the type.
bool is_plain(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_'; });
}

}  // namespace

Identifier::Identifier(const Bill& bill)
    : bill_(bill), has_parts_(bill.components.size(), false), is_source_(bill.components.size(), false) {
  const auto mark = [](std::vector<bool>& marks, std::uint32_t index) {
    if (index < marks.size()) marks[index] = true;
  };
  for (const auto& component : bill.components) mark(has_parts_, component.parent);
  for (const auto& edge : bill.edges) {
    if (edge.from == edge.to) continue;
    if (edge.kind == EdgeKind::generated_from)
      mark(is_source_, edge.to);
    else
      mark(has_parts_, edge.from);
  }
}

bool Identifier::is_package(std::uint32_t index) const {
  const Component& component = bill_.components[index];
  if (index == bill_.subject.listed || component.type == ComponentType::operating_system || is_source_[index])
    return false;
  if (!component.purl.empty()) return !is_image(type_of(component.purl)) || !has_parts_[index];
  switch (component.type) {
    case ComponentType::file:
    case ComponentType::data:
    case ComponentType::device:
    case ComponentType::machine_learning_model:
    case ComponentType::cryptographic_asset: return false;
    default: return !has_parts_[index] && !parse_digest(component.name);
  }
}

Result<Identity> Identifier::identify(std::uint32_t index) {
  const Component& component = bill_.components[index];
  const std::string_view purl = component.purl;
  if (purl.empty()) return unknown("no package URL says what it is");
  Identity identity;
  identity.type = type_of(purl);
  if (is_image(identity.type)) return unknown("an image: its own bill says what is in it");
  identity.package = package_of(purl, package_);
  // Some write Go's standard library so.
  if (identity.package == "pkg:golang/std") identity.package = "pkg:golang/stdlib";
  identity.type = type_of(identity.package);
  identity.scheme = scheme_of_purl_type(identity.type);
  identity.version = version_of_purl(component, identity.type);
  if (!is_distribution_type(identity.type)) return identity;
  PRATIQUE_TRY(identity.stream, stream_of(identity.type, identity.package, purl));
  if (component.source.empty() || names_in_advisories(identity.stream) == Names::installed) return identity;
  const std::size_t blank = component.source.find(' ');
  identity.package = key_of_source(identity.package, component.source.substr(0, blank));
  // The source package of an rpm has the epoch and release of its parts; only the parts tell the epoch.
  if (blank != std::string_view::npos && identity.type != "rpm") identity.version = component.source.substr(blank + 1);
  return identity;
}

std::string_view Identifier::version_of_purl(const Component& component, std::string_view type) {
  std::string_view version = version_of(component.purl, version_);
  if (version.empty()) version = component.version;
  if (type != "rpm" || version.find(':') != std::string_view::npos) return version;
  const std::string_view epoch = qualifier_of(component.purl, "epoch", distro_);
  if (epoch.empty()) return version;
  version_ = std::string(epoch) + ":" + std::string(version);
  return version_;
}

// Bills have few streams and many packages: each is made out once.
Result<std::string_view> Identifier::stream_of(std::string_view type, std::string_view package, std::string_view purl) {
  std::string_view release = qualifier_of(purl, "distro", distro_);
  if (release.empty()) release = bill_.distro;
  const std::string_view vendor = vendor_of(package);
  stream_key_.assign(type).append("/").append(vendor).append("/").append(release);
  auto known = streams_.find(stream_key_);
  if (known == streams_.end()) known = streams_.emplace(stream_key_, stream_of_release(type, vendor, release)).first;
  if (!known->second) return known->second.error();
  return std::string_view(*known->second);
}

std::string_view Identifier::key_of_source(std::string_view package, std::string_view source) {
  const std::size_t name = package.rfind('/') + 1;
  if (package.substr(name) == source) return package;
  if (is_plain(source)) {
    source_key_.assign(package.substr(0, name)).append(source);
    return source_key_;
  }
  const auto purl = canonical_purl({.type = std::string(type_of(package)),
                                    .name_space = std::string(vendor_of(package)),
                                    .name = std::string(source),
                                    .version = {},
                                    .qualifiers = {},
                                    .subpath = {}});
  if (!purl) return package;
  source_key_ = purl->package();
  return source_key_;
}

}  // namespace pratique
