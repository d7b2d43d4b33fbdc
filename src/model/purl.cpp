// One writer makes every canonical text: it reads the raw parts of a purl and writes them decoded, folded and encoded
// again, in one pass into one buffer. Parsing decodes what the writer wrote; building encodes parts for it to read.
#include "model/purl.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/text.h"
#include "model/purl_code.h"

namespace pratique {
namespace {

constexpr std::size_t most_qualifiers = 64;

Error malformed(std::string_view place, std::string text) {
  return Error{Fault::malformed, std::move(text), {std::string(place)}, {}};
}

// The version stands behind the last '@' that does not open a segment: "pkg:npm/@babel/core" has none, and
// "pkg:npm/foo/@1.0" has no name. Cuts the version off the path.
Result<std::string_view> cut_version(std::string_view& path) {
  for (std::size_t at = find_last(path, '@'); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : path.rfind('@', at - 1)) {
    const bool opens_segment = at == 0 || path[at - 1] == '/';
    if (opens_segment && path.find('/', at) == std::string_view::npos) return malformed("name", "a name is missing");
    if (opens_segment) continue;
    const std::string_view version = path.substr(at + 1);
    path = path.substr(0, at);
    return version;
  }
  return std::string_view{};
}

// Starts with a letter; letters, digits, '.', '-' and '_'.
bool is_key(std::string_view text) {
  if (text.empty() || !is_alpha(text.front())) return false;
  const ByteMap& plain = written_plain(Fold::keep);
  unsigned char all = 1;
  for (const char c : text) all &= plain[static_cast<unsigned char>(c)] != 0 && c != '~' && c != ':';
  return all != 0;
}

bool is_type(std::string_view text) { return is_key(text) && text.find('_') == std::string_view::npos; }

// From right to left, before anything is decoded, as the standard's "How to parse".
Result<PurlParts> split_purl(std::string_view text) {
  if (text.size() > Purl::longest)
    return Error{Fault::limit, "longer than " + std::to_string(Purl::longest) + " bytes", {}, {}};
  PurlParts raw;
  std::string_view rest = text;
  const auto cut_behind = [&rest](char separator) {
    const auto at = find_last(rest, separator);
    if (at == std::string_view::npos) return std::string_view{};
    const std::string_view behind = rest.substr(at + 1);
    rest = rest.substr(0, at);
    return behind;
  };
  raw.subpath = cut_behind('#');
  raw.qualifiers = cut_behind('?');
  if (rest.size() < purl_scheme.size() || !equal_ignoring_case(rest.substr(0, purl_scheme.size()), purl_scheme))
    return malformed("scheme", "a package URL starts with 'pkg:'");
  rest.remove_prefix(purl_scheme.size());
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  const auto slash = rest.find('/');
  raw.type = rest.substr(0, slash);
  if (!is_type(raw.type))
    return malformed("type", "a type starts with a letter and holds letters, digits, '.' and '-' only");
  std::string_view path = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  PRATIQUE_TRY(raw.version, cut_version(path));
  path = path.substr(0, path.find_last_not_of('/') + 1);
  const auto last = path.rfind('/');
  raw.name = last == std::string_view::npos ? path : path.substr(last + 1);
  raw.name_space = last == std::string_view::npos ? std::string_view{} : path.substr(0, last);
  if (raw.name.empty()) return malformed("name", "a name is missing");
  return raw;
}

// Where a pair lies in the qualifiers' text. Of plain numbers, so that room for the most costs nothing.
struct RawQualifier {
  std::uint16_t key, equal, end;
  std::string_view key_in(std::string_view text) const { return text.substr(key, std::size_t{equal} - key); }
  std::string_view value_in(std::string_view text) const { return text.substr(equal + 1u, end - equal - 1u); }
};

int compare_keys(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i)
    if (const int difference = lower(a[i]) - lower(b[i]); difference != 0) return difference;
  return static_cast<int>(a.size()) - static_cast<int>(b.size());
}

// Sorted by key; pairs without a value are as if not there.
Result<std::span<RawQualifier>> split_qualifiers(std::string_view text, std::span<RawQualifier> room) {
  std::size_t count = 0;
  for (std::size_t start = 0, end = 0; start < text.size(); start = end + 1) {
    end = std::min(text.find('&', start), text.size());
    const std::string_view pair = text.substr(start, end - start);
    const auto equal = pair.find('=');
    if (equal == std::string_view::npos || equal + 1 == pair.size()) continue;
    const std::string_view key = pair.substr(0, equal);
    if (!is_key(key))
      return malformed("qualifiers", "a key starts with a letter and holds letters, digits, '.', '-' and '_' only");
    if (count == room.size())
      return Error{Fault::limit, "more than " + std::to_string(room.size()) + " of them", {"qualifiers"}, {}};
    std::size_t place = count++;
    int order = 1;
    for (; place > 0 && (order = compare_keys(key, room[place - 1].key_in(text))) < 0; --place)
      room[place] = room[place - 1];
    if (place > 0 && order == 0) return malformed("qualifiers", "the key '" + lower(key) + "' is there twice");
    room[place] = {static_cast<std::uint16_t>(start), static_cast<std::uint16_t>(start + equal),
                   static_cast<std::uint16_t>(end)};
  }
  return room.first(count);
}

// ---- the writer

// Each byte grows to three at most; the longest implied type and namespace fit into the rest.
constexpr std::size_t room_for(std::size_t text_size) { return 3 * text_size + 64; }

class Writer {
 public:
  // Room for room_for(the text's size) bytes.
  explicit Writer(char* room) : begin_(room), out_(room) {}

  Result<void> write(const PurlParts& raw);
  std::string_view text() const { return since(begin_); }
  const PurlParts& parts() const { return parts_; }  // of the text, encoded

 private:
  std::string_view since(const char* start) const { return {start, static_cast<std::size_t>(out_ - start)}; }
  void put(std::string_view text) {
    std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
  }
  std::string_view put_part(std::string_view raw, Fold fold, bool slash_fits);
  Result<void> put_segments(std::string_view place, std::string_view raw, Fold fold, bool drops_dots);
  Result<void> put_path(const PurlParts& raw, const PurlType& type);
  Result<void> put_version(std::string_view raw, Fold fold);
  Result<void> put_qualifiers(std::string_view raw);
  Result<void> put_subpath(std::string_view raw, Fold fold);
  Result<void> check_type(const PurlType& type) const;

  char* begin_;
  char* out_;
  PurlParts parts_;
};

// Why the part cannot be, or empty.
std::string_view Writer::put_part(std::string_view raw, Fold fold, bool slash_fits) {
  const ByteMap& plain = written_plain(fold);
  char* const start = out_;
  char* out = out_;
  unsigned char all = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    auto c = static_cast<unsigned char>(raw[i]);
    if (plain[c] != 0) {
      *out++ = static_cast<char>(plain[c]);
      continue;
    }
    if (c == '%') {
      const int high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_value(raw[i + 2]);
      if (low < 0) return "a '%' without two hexadecimal digits";
      c = static_cast<unsigned char>(high * 16 + low);
      if (c == '/' && !slash_fits) return "a segment holds an encoded '/'";
      i += 2;
    } else if (c < 0x20 || c == 0x7F) {
      return "a control character that is not encoded";
    }
    all |= c;
    c = folded(fold)[c];
    if (written_plain(Fold::keep)[c] != 0)
      *out++ = static_cast<char>(c);
    else
      out = put_escaped(out, c);
  }
  out_ = out;
  if (all >= 0x80) {
    std::string scratch;
    if (!is_utf8(decoded(since(start), scratch))) return "not UTF-8";
  }
  return {};
}

// Segments joined by '/', empty ones left out.
Result<void> Writer::put_segments(std::string_view place, std::string_view raw, Fold fold, bool drops_dots) {
  char* const start = out_;
  while (!raw.empty()) {
    const std::string_view segment = take_field(raw, '/');
    if (segment.empty()) continue;
    char* const before = out_;
    if (out_ != start) *out_++ = '/';
    char* const written = out_;
    if (const auto reason = put_part(segment, fold, false); !reason.empty())
      return malformed(place, std::string(reason));
    if (drops_dots && (since(written) == "." || since(written) == "..")) out_ = before;
  }
  return {};
}

Result<void> Writer::put_path(const PurlParts& raw, const PurlType& type) {
  std::string_view name_space = raw.name_space;
  std::string_view name = raw.name;
  if (type.name_is_path && !name_space.empty()) {
    name_space.remove_prefix(std::min(name_space.find_first_not_of('/'), name_space.size()));
    const std::string_view path(name_space.data(), static_cast<std::size_t>(name.end() - name_space.begin()));
    const auto slash = path.find('/');
    name_space = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  }
  char* const start = out_;
  PRATIQUE_DO(put_segments("namespace", name_space, type.namespace_fold, false));
  parts_.name_space = since(start);
  if (out_ != start) *out_++ = '/';
  const char* const name_start = out_;
  if (type.name_is_path)
    PRATIQUE_DO(put_segments("name", name, type.name_fold, false));
  else if (const auto reason = put_part(name, type.name_fold, true); !reason.empty())
    return malformed("name", std::string(reason));
  parts_.name = since(name_start);
  return {};
}

Result<void> Writer::put_version(std::string_view raw, Fold fold) {
  if (raw.empty()) return {};
  *out_++ = '@';
  const char* const start = out_;
  if (const auto reason = put_part(raw, fold, true); !reason.empty()) return malformed("version", std::string(reason));
  parts_.version = since(start);
  return {};
}

Result<void> Writer::put_qualifiers(std::string_view raw) {
  if (raw.empty()) return {};
  std::array<RawQualifier, most_qualifiers> room;
  PRATIQUE_TRY(const auto qualifiers, split_qualifiers(raw, room));
  const char* const start = out_ + 1;
  char separator = '?';
  for (const auto& qualifier : qualifiers) {
    *out_++ = separator;
    separator = '&';
    const std::string_view key = qualifier.key_in(raw);
    for (const char c : key) *out_++ = lower(c);
    *out_++ = '=';
    if (const auto reason = put_part(qualifier.value_in(raw), Fold::keep, true); !reason.empty())
      return malformed("qualifiers", lower(key) + ": " + std::string(reason));
  }
  if (out_ > start) parts_.qualifiers = since(start);
  return {};
}

Result<void> Writer::put_subpath(std::string_view raw, Fold fold) {
  if (raw.empty()) return {};
  char* const start = out_;
  *out_++ = '#';
  PRATIQUE_DO(put_segments("subpath", raw, fold, true));
  if (out_ == start + 1)
    out_ = start;
  else
    parts_.subpath = since(start + 1);
  return {};
}

// What the type's definition demands of the whole.
Result<void> Writer::check_type(const PurlType& type) const {
  if (type.name_space == NamespaceRule::required && parts_.name_space.empty())
    return malformed("namespace", "the type " + std::string(type.name) + " requires one");
  if (type.name_space == NamespaceRule::prohibited && !parts_.name_space.empty())
    return malformed("namespace", "the type " + std::string(type.name) + " has none");
  std::string scratch;
  if (!type.needed_qualifier.empty() && qualifier_of(text(), type.needed_qualifier, scratch).empty())
    return malformed("qualifiers", "the type " + std::string(type.name) + " requires the qualifier '" +
                                       std::string(type.needed_qualifier) + "'");
  if (type.objects == nullptr) return {};
  std::string version_scratch;
  const auto reason = type.objects(decoded(parts_.name, scratch), decoded(parts_.version, version_scratch));
  return reason.empty() ? Result<void>{} : malformed("name", std::string(reason));
}

Result<void> Writer::write(const PurlParts& raw) {
  put(purl_scheme);
  char* const type_text = out_;
  for (const char c : raw.type) *out_++ = lower(c);
  const PurlType* type = &purl_type(since(type_text));
  PurlParts meant = raw;
  if (!type->written_as.empty()) {
    meant.name_space = type->implied_namespace;
    out_ = type_text;
    put(type->written_as);
    type = &purl_type(type->written_as);
  }
  parts_.type = since(type_text);
  *out_++ = '/';
  char* const path = out_;
  PRATIQUE_DO(put_path(meant, *type));
  char* const path_end = out_;
  PRATIQUE_DO(put_version(meant.version, type->version_fold));
  PRATIQUE_DO(put_qualifiers(meant.qualifiers));
  PRATIQUE_DO(put_subpath(meant.subpath, type->subpath_fold));
  PRATIQUE_DO(check_type(*type));
  if (type->lowers != nullptr && type->lowers(text())) lower_unescaped(path, path_end);
  if (text().size() > Purl::longest)
    return Error{Fault::limit, "longer than " + std::to_string(Purl::longest) + " bytes when encoded", {}, {}};
  return {};
}

Purl decoded_purl(PurlParts parts) {
  std::string scratch;
  Purl purl{.type = std::string(parts.type),
            .name_space = std::string(decoded(parts.name_space, scratch)),
            .name = std::string(decoded(parts.name, scratch)),
            .version = std::string(decoded(parts.version, scratch)),
            .qualifiers = {},
            .subpath = std::string(decoded(parts.subpath, scratch))};
  purl.qualifiers.reserve(static_cast<std::size_t>(std::count(parts.qualifiers.begin(), parts.qualifiers.end(), '=')));
  while (!parts.qualifiers.empty()) {
    std::string_view value = take_field(parts.qualifiers, '&');
    const std::string_view key = take_field(value, '=');
    purl.qualifiers.emplace_back(key, decoded(value, scratch));
  }
  return purl;
}

}  // namespace

Result<std::string_view> canonical_purl(std::string_view text, std::string& scratch) {
  PRATIQUE_TRY(const PurlParts raw, split_purl(text));
  if (scratch.size() < room_for(text.size())) scratch.resize(room_for(text.size()));
  Writer writer(scratch.data());
  PRATIQUE_DO(writer.write(raw));
  return writer.text() == text ? text : writer.text();
}

Result<Purl> parse_purl(std::string_view text) {
  PRATIQUE_TRY(const PurlParts raw, split_purl(text));
  char room[room_for(Purl::longest)];
  Writer writer(room);
  PRATIQUE_DO(writer.write(raw));
  return decoded_purl(writer.parts());
}

Result<Purl> canonical_purl(const Purl& parts) {
  if (!is_type(parts.type))
    return malformed("type", "a type starts with a letter and holds letters, digits, '.' and '-' only");
  if (parts.name.empty()) return malformed("name", "a name is missing");
  for (const auto& [key, value] : parts.qualifiers)
    if (!is_key(key))
      return malformed("qualifiers", "a key starts with a letter and holds letters, digits, '.', '-' and '_' only");
  return parse_purl(render_purl(parts));
}

}  // namespace pratique
