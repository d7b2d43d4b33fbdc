// IP addresses, blocks of them, and URLs, as Go's net/netip and net/url read them. Private.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pratique::cel {

// Four octets of an IPv4 address stand behind the prefix ::ffff:0:0, so that both families compare.
struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> octets{};
  bool operator==(const Address&) const = default;
};
// No zone; not an IPv4 address written within IPv6 (::ffff:1.2.3.4).
std::optional<Address> parse_address(std::string_view text);
std::string render_address(const Address& address);  // RFC 5952

bool is_unspecified(const Address& address);
bool is_loopback(const Address& address);
bool is_global_unicast(const Address& address);
bool is_link_local_multicast(const Address& address);
bool is_link_local_unicast(const Address& address);

struct Block {
  Address address;
  std::uint32_t length = 0;  // of the prefix, in bits of the address's own family
  bool operator==(const Block&) const = default;
};
std::optional<Block> parse_block(std::string_view text);
Block mask(const Block& block);  // the bits behind the prefix cleared
bool holds(const Block& outer, const Block& inner);

// Views into the text it was read from.
struct Url {
  std::string_view text, scheme, host, hostname, port, path, query;
};
// An absolute URI or an absolute path (RFC 3986), at most 64 KiB.
std::optional<Url> parse_url(std::string_view text);
std::string escape_path(std::string_view path);                         // what may not stand in a path, as %XX
std::optional<std::string> unescape_query(std::string_view component);  // '+' is a blank

}  // namespace pratique::cel
