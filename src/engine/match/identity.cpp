#include "engine/match/identity.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "engine/version/version.h"
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

// Where distributions put the packages of a language, and how they call their own package of one. Whoever installs by
// the language's own tool writes elsewhere (/usr/local, a virtual environment), so these paths are the distribution's.
struct Place {
  std::string_view type, folder, prefix;
};
constexpr std::array<Place, 5> distribution_places = {{
    {"pypi", "usr/lib/python3/dist-packages/", "python3-"},
    {"npm", "usr/share/nodejs/", "node-"},
    {"gem", "usr/share/rubygems-integration/", "ruby-"},
    {"pypi", "usr/lib/python3", "python3-"},  // rpm: usr/lib/python3.9/site-packages/
    {"pypi", "usr/lib64/python3", "python3-"},
}};

bool is_of_distribution(const Component& component) {
  return !component.purl.empty() && is_distribution_type(type_of(component.purl));
}

}  // namespace

bool names_version(const Identity& identity) {
  constexpr std::size_t longest = 1000;
  return identity.version.size() <= longest && names_version(identity.scheme, identity.version);
}

std::string clipped(std::string_view text) {
  if (text.size() <= longest_label) return std::string(text);
  std::size_t end = longest_label;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

bool is_modular_release(std::string_view version) {
  return version.find(".module+el") != std::string_view::npos || version.find(".module_el") != std::string_view::npos;
}

Identifier::Identifier(const Bill& bill)
    : bill_(bill),
      has_parts_(bill.components.size(), false),
      is_source_(bill.components.size(), false),
      is_owned_(bill.components.size(), false) {
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
  find_owned();
}

// By the document's own word (the distribution's package contains it), or by where it stands and who is installed.
void Identifier::find_owned() {
  const auto& components = bill_.components;
  std::string scratch;
  for (const auto& component : components)
    if (is_of_distribution(component)) installed_.emplace(name_of(component.purl, scratch));
  if (installed_.empty()) return;
  const auto owns = [&](std::uint32_t owner, std::uint32_t part) {
    if (owner >= components.size() || part >= components.size() || components[part].purl.empty()) return;
    if (is_of_distribution(components[owner]) && !is_of_distribution(components[part])) is_owned_[part] = true;
  };
  for (std::uint32_t i = 0; i < components.size(); ++i) {
    owns(components[i].parent, i);
    if (!components[i].purl.empty() && stands_where_distributions_put(i)) is_owned_[i] = true;
  }
  for (const auto& edge : bill_.edges)
    if (edge.kind == EdgeKind::contains) owns(edge.from, edge.to);
}

bool Identifier::stands_where_distributions_put(std::uint32_t index) const {
  const std::string_view purl = bill_.components[index].purl, type = type_of(purl);
  if (type != "pypi" && type != "npm" && type != "gem") return false;
  std::string scratch;
  const std::string_view name = name_of(purl, scratch);
  for (const auto& detail : bill_.details_of(index, DetailKind::location)) {
    const std::string_view path = detail.value.substr(detail.value.starts_with('/') ? 1 : 0);
    for (const auto& place : distribution_places)
      if (place.type == type && path.starts_with(place.folder) &&
          installed_.contains(std::string(place.prefix) + std::string(name)))
        return true;
  }
  return false;
}

std::string_view Identifier::why_not_examined(std::uint32_t index) const {
  const Component& component = bill_.components[index];
  if (index == bill_.subject.listed) return "it is what the bill is about";
  if (component.type == ComponentType::operating_system) return "it is the operating system's own entry";
  if (is_source_[index]) return "it is the source that an installed package was made from";
  if (is_owned_[index]) return "a package of the distribution brought it, and answers for it";
  constexpr std::string_view groups = "it only groups packages";
  if (!component.purl.empty()) return is_image(type_of(component.purl)) && has_parts_[index] ? groups : "";
  switch (component.type) {
    case ComponentType::file:
    case ComponentType::data:
    case ComponentType::device:
    case ComponentType::machine_learning_model:
    case ComponentType::cryptographic_asset: return "it is no package but a file, data or a device";
    default: return has_parts_[index] ? groups : parse_digest(component.name) ? "it is a layer" : "";
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
  if (identity.type == "rpm") read_module(identity, purl);
  const Names names = names_in_advisories(identity.stream);
  if (component.source.empty() || names == Names::installed) return identity;
  const std::size_t blank = component.source.find(' ');
  const std::string_view source = key_of_source(identity.package, component.source.substr(0, blank));
  if (names == Names::either) {
    if (source != identity.package) identity.source = source;
    return identity;
  }
  identity.package = source;
  // The source package of an rpm has the epoch and release of its parts; only the parts tell the epoch.
  if (blank != std::string_view::npos && identity.type != "rpm") identity.version = component.source.substr(blank + 1);
  return identity;
}

// "nodejs:18:8060020220523160029:ad008a3a": name, stream, version, context. The release tells that there is one even
// where the bill does not name it.
void Identifier::read_module(Identity& identity, std::string_view purl) {
  std::string_view label = qualifier_of(purl, "rpmmod", module_);
  if (label.empty()) label = qualifier_of(purl, "modularitylabel", module_);
  const std::size_t name = label.find(':');
  if (name != std::string_view::npos) identity.module = label.substr(0, label.find(':', name + 1));
  identity.is_modular = !identity.module.empty() || is_modular_release(identity.version);
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
