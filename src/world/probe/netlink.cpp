#include "world/probe/netlink.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace pratique {

Attributes::Attributes(std::string_view bytes) {
  while (bytes.size() >= sizeof(nlattr)) {
    nlattr head;
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.nla_len < sizeof head || head.nla_len > bytes.size()) return;
    values_[head.nla_type & NLA_TYPE_MASK] = bytes.substr(sizeof head, head.nla_len - sizeof head);
    bytes.remove_prefix(std::min(bytes.size(), static_cast<std::size_t>(NLA_ALIGN(head.nla_len))));
  }
}

std::string_view Attributes::bytes(std::uint16_t type) const {
  const auto found = values_.find(type);
  return found == values_.end() ? std::string_view() : found->second;
}

std::string Attributes::text(std::uint16_t type) const {
  const std::string_view value = bytes(type);
  return std::string(value.substr(0, value.find('\0')));
}

std::uint32_t Attributes::number(std::uint16_t type) const {
  const std::string_view value = bytes(type);
  std::uint32_t number = 0;
  if (!value.empty() && value.size() <= sizeof number) std::memcpy(&number, value.data(), value.size());
  return number;
}

Netlink::Netlink(int protocol) : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)) {
  if (!socket_) return;
  const timeval patience{5, 0};  // a dump comes at once or never
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

bool Netlink::dump(std::uint16_t type, std::string_view header, std::string_view attributes,
                   const std::function<void(std::uint16_t, std::string_view)>& visit) {
  nlmsghdr head{.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = ++sequence_};
  std::string request(as_bytes(head));
  request.append(header);
  request.resize(NLMSG_ALIGN(request.size()));
  request.append(attributes);
  head.nlmsg_len = static_cast<std::uint32_t>(request.size());
  std::memcpy(request.data(), &head, sizeof head);
  if (::send(socket_.get(), request.data(), request.size(), 0) < 0) return false;

  std::vector<char> block(1 << 15);
  for (;;) {
    const ssize_t got = ::recv(socket_.get(), block.data(), block.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    std::string_view rest(block.data(), static_cast<std::size_t>(got));
    while (const auto message = header_of<nlmsghdr>(rest)) {
      if (message->nlmsg_len < sizeof head || message->nlmsg_len > rest.size()) break;
      const std::string_view payload = rest.substr(sizeof head, message->nlmsg_len - sizeof head);
      rest.remove_prefix(std::min(rest.size(), std::size_t{NLMSG_ALIGN(message->nlmsg_len)}));
      if (message->nlmsg_seq != sequence_) continue;
      if (message->nlmsg_type == NLMSG_DONE) return true;
      if (message->nlmsg_type == NLMSG_ERROR) {
        const auto code = header_of<std::int32_t>(payload);
        errno = code ? -*code : EIO;
        return errno == 0;
      }
      visit(message->nlmsg_type, payload);
    }
  }
}

std::string attribute(std::uint16_t type, std::string_view value) {
  const nlattr head{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + value.size()), .nla_type = type};
  std::string bytes(as_bytes(head));
  bytes.append(value);
  bytes.resize(NLA_ALIGN(bytes.size()));
  return bytes;
}

}  // namespace pratique
