#include "engine/cel/network.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace pratique::cel {
namespace {

constexpr std::size_t v4_start = 12;  // of an IPv4 address in the octets

// "192.168.0.1"; no leading zeros.
bool parse_v4(std::string_view text, std::uint8_t* out) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return false;
  for (const auto part : parts) {
    const auto number = part.size() > 3 ? std::nullopt : parse_unsigned(part);
    if (!number || *number > 255 || (part.size() > 1 && part.front() == '0')) return false;
    *out++ = static_cast<std::uint8_t>(*number);
  }
  return true;
}

bool parse_group(std::string_view text, std::uint8_t* out) {
  std::uint16_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || text.size() > 4 || read.ec != std::errc() || read.ptr != text.data() + text.size()) return false;
  out[0] = static_cast<std::uint8_t>(value >> 8);
  out[1] = static_cast<std::uint8_t>(value);
  return true;
}

// Groups between colons; how many octets they took in `size`.
bool parse_groups(std::string_view text, std::uint8_t* out, std::size_t& size) {
  size = 0;
  if (text.empty()) return true;
  const auto groups = split(text, ':');
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool v4 = i + 1 == groups.size() && groups[i].find('.') != std::string_view::npos;
    if (size + (v4 ? 4 : 2) > 16) return false;
    if (v4 ? !parse_v4(groups[i], out + size) : !parse_group(groups[i], out + size)) return false;
    size += v4 ? 4 : 2;
  }
  return true;
}

bool is_mapped(const Address& address) {
  return std::all_of(address.octets.begin(), address.octets.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
         address.octets[10] == 0xFF && address.octets[11] == 0xFF;
}

std::optional<Address> parse_v6(std::string_view text) {
  Address address;
  address.v6 = true;
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    std::size_t size = 0;
    if (!parse_groups(text, address.octets.data(), size) || size != 16) return std::nullopt;
    return address;
  }
  std::array<std::uint8_t, 16> tail{};
  std::size_t before = 0, behind = 0;
  if (!parse_groups(text.substr(0, gap), address.octets.data(), before) ||
      !parse_groups(text.substr(gap + 2), tail.data(), behind) || before + behind > 14)
    return std::nullopt;
  std::copy_n(tail.begin(), behind, address.octets.end() - static_cast<std::ptrdiff_t>(behind));
  return address;
}

std::string render_v4(const std::uint8_t* octets) {
  std::string out;
  for (int i = 0; i < 4; ++i) out.append(i == 0 ? "" : ".").append(std::to_string(octets[i]));
  return out;
}

std::uint32_t bits_of(const Address& address) { return address.v6 ? 128 : 32; }

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  constexpr std::size_t longest = 64;
  if (text.size() > longest) return std::nullopt;
  Address address;
  if (text.find(':') == std::string_view::npos) {
    address.octets[10] = address.octets[11] = 0xFF;
    if (!parse_v4(text, address.octets.data() + v4_start)) return std::nullopt;
    return address;
  }
  const auto v6 = parse_v6(text);
  if (!v6 || (text.find('.') != std::string_view::npos && is_mapped(*v6))) return std::nullopt;
  return v6;
}

std::string render_address(const Address& address) {
  if (!address.v6) return render_v4(address.octets.data() + v4_start);
  if (is_mapped(address)) return "::ffff:" + render_v4(address.octets.data() + v4_start);
  const auto group = [&](std::size_t i) { return address.octets[2 * i] << 8 | address.octets[2 * i + 1]; };
  std::size_t gap = 8, gap_size = 1;  // the longest row of zeros, two at least
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && group(end) == 0) ++end;
    if (end - i > gap_size) {
      gap = i;
      gap_size = end - i;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_size - 1;
      continue;
    }
    if (!out.empty() && !out.ends_with(':')) out += ':';
    std::array<char, 4> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + 4, group(i), 16).ptr);
  }
  return out;
}

bool is_unspecified(const Address& a) {
  return std::all_of(a.octets.begin() + (a.v6 ? 0 : v4_start), a.octets.end(), [](std::uint8_t b) { return b == 0; });
}
bool is_loopback(const Address& a) {
  if (!a.v6) return a.octets[v4_start] == 127;
  return a.octets[15] == 1 && std::all_of(a.octets.begin(), a.octets.end() - 1, [](std::uint8_t b) { return b == 0; });
}
bool is_link_local_multicast(const Address& a) {
  if (a.v6) return a.octets[0] == 0xFF && (a.octets[1] & 0x0F) == 0x02;
  return a.octets[12] == 224 && a.octets[13] == 0 && a.octets[14] == 0;
}
bool is_link_local_unicast(const Address& a) {
  if (a.v6) return a.octets[0] == 0xFE && (a.octets[1] & 0xC0) == 0x80;
  return a.octets[12] == 169 && a.octets[13] == 254;
}
bool is_global_unicast(const Address& a) {
  const bool multicast = a.v6 ? a.octets[0] == 0xFF : (a.octets[12] & 0xF0) == 0xE0;
  const bool broadcast =
      !a.v6 && std::all_of(a.octets.begin() + v4_start, a.octets.end(), [](std::uint8_t b) { return b == 255; });
  return !is_unspecified(a) && !is_loopback(a) && !is_link_local_unicast(a) && !multicast && !broadcast;
}

std::optional<Block> parse_block(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_address(text.substr(0, slash));
  const auto digits = text.substr(slash + 1);
  const auto length =
      digits.size() > 3 || (digits.size() > 1 && digits.front() == '0') ? std::nullopt : parse_unsigned(digits);
  if (!address || !length || *length > bits_of(*address)) return std::nullopt;
  return Block{*address, static_cast<std::uint32_t>(*length)};
}

Block mask(const Block& block) {
  Block out = block;
  const auto first = block.length + 128 - bits_of(block.address);
  for (std::uint32_t bit = first; bit < 128; ++bit)
    out.address.octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> bit % 8));
  return out;
}

bool holds(const Block& outer, const Block& inner) {
  if (outer.address.v6 != inner.address.v6 || outer.length > inner.length) return false;
  return mask({inner.address, outer.length}).address == mask(outer).address;
}

namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool escapes_are_good(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0))
      return false;
  return true;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// host, "[v6]", either with ":port".
bool split_host(Url& url) {
  const auto bracket = url.host.starts_with('[') ? url.host.find(']') : std::string_view::npos;
  if (url.host.starts_with('[') && bracket == std::string_view::npos) return false;
  const auto colon = url.host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.hostname = url.host.substr(0, colon);
  if (colon != std::string_view::npos) url.port = url.host.substr(colon + 1);
  if (bracket != std::string_view::npos) {
    if (url.hostname.size() != bracket + 1) return false;
    url.hostname = url.hostname.substr(1, bracket - 1);
  }
  constexpr std::string_view forbidden = " <>\"\\^`{|}/?#@";
  return url.hostname.find_first_of(forbidden) == std::string_view::npos &&
         std::all_of(url.port.begin(), url.port.end(), is_digit);
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  constexpr std::size_t longest = 64 << 10;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (text.empty() || text.size() > longest || std::any_of(text.begin(), text.end(), control)) return std::nullopt;
  Url url;
  url.text = text;
  auto rest = text;
  if (const auto colon = text.find(':'); colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
    url.scheme = text.substr(0, colon);
    rest = text.substr(colon + 1);
  }
  const auto question = rest.find('?');
  if (question != std::string_view::npos) url.query = rest.substr(question + 1);
  rest = rest.substr(0, question);
  if (!rest.starts_with('/') && url.scheme.empty()) return std::nullopt;
  if (!url.scheme.empty() && rest.starts_with("//")) {
    const auto slash = std::min(rest.find('/', 2), rest.size());
    url.host = rest.substr(2, slash - 2);
    if (const auto at = url.host.rfind('@'); at != std::string_view::npos) url.host = url.host.substr(at + 1);
    rest = rest.substr(slash);
    if (!split_host(url)) return std::nullopt;
  }
  url.path = rest.starts_with('/') ? rest : std::string_view();
  if (!escapes_are_good(url.path) || !escapes_are_good(url.host)) return std::nullopt;
  return url;
}

std::string escape_path(std::string_view path) { return percent_encoded(path, "-_.~$&+,/:;=@!'()*[]%"); }

std::optional<std::string> unescape_query(std::string_view component) {
  if (!escapes_are_good(component)) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < component.size(); ++i) {
    if (component[i] == '%') {
      out += static_cast<char>(hex_digit(component[i + 1]) * 16 + hex_digit(component[i + 2]));
      i += 2;
    } else {
      out += component[i] == '+' ? ' ' : component[i];
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace pratique::cel
