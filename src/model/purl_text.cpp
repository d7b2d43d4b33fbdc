// What is read from canonical text, and canonical text made from parts.
#include <algorithm>

#include "model/purl.h"
#include "model/purl_code.h"

namespace pratique {
namespace {

void append_encoded(std::string& out, std::string_view text, bool keeps_slashes) {
  const ByteMap& plain = written_plain(Fold::keep);
  const std::size_t size = out.size();
  out.resize(size + 3 * text.size());
  char* at = out.data() + size;
  for (const char raw : text) {
    const auto c = static_cast<unsigned char>(raw);
    if (plain[c] != 0 || (c == '/' && keeps_slashes))
      *at++ = raw;
    else
      at = put_escaped(at, c);
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
}

// Canonical path text to the key's: an escaped slash is a slash, "%40babel%2Fcore" is the name "%40babel/core".
char* put_folded(char* out, std::string_view text, Fold fold) {
  const ByteMap& map = folded(fold);
  const char* const start = out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      const char c = static_cast<char>(map[static_cast<unsigned char>(text[i])]);
      if (fold != Fold::pep503 || c != '-' || out == start || out[-1] != '-') *out++ = c;
      continue;
    }
    const std::string_view escape = text.substr(i, 3);
    out = escape == "%2F" ? (*out = '/', out + 1) : std::copy(escape.begin(), escape.end(), out);
    i += 2;
  }
  return out;
}

std::string_view known_vendor(std::string_view name_space, const PurlType& type) {
  for (const auto& vendor : type.vendors)
    if (vendor.written == name_space) return vendor.known_as;
  return name_space;
}

}  // namespace

std::string render_purl(const Purl& purl) {
  std::string out(purl_scheme);
  out.append(purl.type).append("/");
  if (!purl.name_space.empty()) {
    append_encoded(out, purl.name_space, true);
    out += '/';
  }
  append_encoded(out, purl.name, purl_type(purl.type).name_is_path);
  if (!purl.version.empty()) append_encoded(out += '@', purl.version, false);
  char separator = '?';
  for (const auto& [key, value] : purl.qualifiers) {
    (out += separator).append(key) += '=';
    append_encoded(out, value, false);
    separator = '&';
  }
  if (!purl.subpath.empty()) append_encoded(out += '#', purl.subpath, true);
  return out;
}

std::string_view Purl::qualifier(std::string_view key) const {
  for (const auto& [own, value] : qualifiers)
    if (own == key) return value;
  return {};
}

std::string Purl::package() const {
  std::string scratch;
  return std::string(package_of(
      render_purl(
          {.type = type, .name_space = name_space, .name = name, .version = {}, .qualifiers = {}, .subpath = {}}),
      scratch));
}

bool matches(const Purl& pattern, const Purl& purl) {
  const auto has = [&](const auto& qualifier) { return purl.qualifier(qualifier.first) == qualifier.second; };
  return pattern.type == purl.type && (pattern.version.empty() || pattern.version == purl.version) &&
         (pattern.subpath.empty() || pattern.subpath == purl.subpath) &&
         std::all_of(pattern.qualifiers.begin(), pattern.qualifiers.end(), has) && pattern.package() == purl.package();
}

std::string_view type_of(std::string_view canonical) {
  if (canonical.size() <= purl_scheme.size()) return {};
  canonical.remove_prefix(purl_scheme.size());
  return canonical.substr(0, canonical.find('/'));
}

std::string_view package_of(std::string_view canonical, std::string& scratch) {
  std::size_t end = 0;
  while (end < canonical.size() && canonical[end] != '@' && canonical[end] != '?' && canonical[end] != '#') ++end;
  const std::string_view head = canonical.substr(0, end);
  const PurlType& type = purl_type(type_of(head));
  const bool folds = type.key_fold != Fold::keep || type.key_without_namespace || !type.vendors.empty();
  if (!folds && head.find('%') == std::string_view::npos) return head;
  const PurlParts parts = parts_of(head);
  std::size_t room = head.size();
  for (const auto& vendor : type.vendors) room = std::max(room, head.size() + vendor.known_as.size());
  if (scratch.size() < room) scratch.resize(room);
  char* out = std::copy(head.begin(), head.begin() + purl_scheme.size() + parts.type.size() + 1, scratch.data());
  if (!parts.name_space.empty() && !type.key_without_namespace) {
    out = put_folded(out, known_vendor(parts.name_space, type), type.key_fold);
    *out++ = '/';
  }
  out = put_folded(out, parts.name, type.key_fold);
  const std::string_view key(scratch.data(), static_cast<std::size_t>(out - scratch.data()));
  return key == head ? head : key;
}

std::string_view name_of(std::string_view canonical, std::string& scratch) {
  return decoded(parts_of(canonical).name, scratch);
}

std::string_view version_of(std::string_view canonical, std::string& scratch) {
  return decoded(parts_of(canonical).version, scratch);
}

std::string_view qualifier_of(std::string_view canonical, std::string_view key, std::string& scratch) {
  std::string_view rest = parts_of(canonical).qualifiers;
  while (!rest.empty()) {
    const std::string_view pair = take_field(rest, '&');
    if (pair.size() > key.size() && pair[key.size()] == '=' && pair.starts_with(key))
      return decoded(pair.substr(key.size() + 1), scratch);
  }
  return {};
}

bool is_registered_purl_type(std::string_view type) {
  const PurlType& row = purl_type(type);
  return !row.name.empty() && row.written_as.empty();
}

}  // namespace pratique
