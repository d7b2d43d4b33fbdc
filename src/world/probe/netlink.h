// Netlink dumps (man 7 netlink): asks for a list, hands out its messages and their attributes. Private to the probe.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "world/probe/descriptor.h"

namespace pratique {

// The attributes of a message or of a nested attribute, by type; the last of a type counts. What is cut off is left
// out.
class Attributes {
 public:
  explicit Attributes(std::string_view bytes);
  bool has(std::uint16_t type) const { return values_.contains(type); }
  std::string_view bytes(std::uint16_t type) const;  // empty where it is missing
  std::string text(std::uint16_t type) const;        // up to its NUL
  std::uint32_t number(
      std::uint16_t type) const;  // of one, two or four bytes in the order of the machine; 0 where missing
  Attributes nested(std::uint16_t type) const { return Attributes(bytes(type)); }
  const std::map<std::uint16_t, std::string_view>& all() const { return values_; }

 private:
  std::map<std::uint16_t, std::string_view> values_;
};

// A socket in the network namespace of the thread that makes it.
class Netlink {
 public:
  explicit Netlink(int protocol);
  explicit operator bool() const { return static_cast<bool>(socket_); }

  // Sends `header` with `attributes` behind it and calls visit() with the payload of each message of the answer. False
  // with errno where the kernel answers with an error.
  bool dump(std::uint16_t type, std::string_view header, std::string_view attributes,
            const std::function<void(std::uint16_t type, std::string_view payload)>& visit);

 private:
  Descriptor socket_;
  std::uint32_t sequence_ = 0;
};

// The front of a payload as the structure that the message type begins with; empty where it is shorter. What follows
// it, aligned, are attributes.
template <class Header>
std::optional<Header> header_of(std::string_view payload) {
  if (payload.size() < sizeof(Header)) return {};
  Header header;
  std::memcpy(&header, payload.data(), sizeof header);
  return header;
}
template <class Header>
Attributes attributes_of(std::string_view payload) {
  return Attributes(payload.substr(std::min(payload.size(), std::size_t{NLMSG_ALIGN(sizeof(Header))})));
}
template <class Header>
std::string_view as_bytes(const Header& header) {
  return {reinterpret_cast<const char*>(&header), sizeof header};
}
// One attribute, padded.
std::string attribute(std::uint16_t type, std::string_view value);

}  // namespace pratique
