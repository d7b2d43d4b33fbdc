// ip, cidr and url, as cel-spec's network extension and Kubernetes have them (Go's net/netip and net/url behind).
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/cel/network.h"
#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

class Ip final : public Opaque {
 public:
  explicit Ip(Address address) : address_(address) {}
  std::string_view type_name() const override { return "net.IP"; }
  bool equals(const Opaque& other) const override {
    return address_.octets == static_cast<const Ip&>(other).address_.octets;
  }
  std::string text() const override { return render_address(address_); }
  const Address& address() const { return address_; }

 private:
  Address address_;
};

class Cidr final : public Opaque {
 public:
  explicit Cidr(Block block) : block_(block) {}
  std::string_view type_name() const override { return "net.CIDR"; }
  bool equals(const Opaque& other) const override { return block_ == static_cast<const Cidr&>(other).block_; }
  std::string text() const override { return render_address(block_.address) + "/" + std::to_string(block_.length); }
  const Block& block() const { return block_; }

 private:
  Block block_;
};

const Address* ip_of(const Value& value) {
  return value.is(Kind::opaque) && value.as_opaque().type_name() == "net.IP"
             ? &static_cast<const Ip&>(value.as_opaque()).address()
             : nullptr;
}
const Block* cidr_of(const Value& value) {
  return value.is(Kind::opaque) && value.as_opaque().type_name() == "net.CIDR"
             ? &static_cast<const Cidr&>(value.as_opaque()).block()
             : nullptr;
}

template <class T, class Data>
Value boxed(Run& run, const Data& data) {
  auto* memory = run.room(sizeof(T));
  return memory == nullptr ? run.stopped : Value::opaque(*new (memory) T(data));
}

bool reads(Run& run, const Value& text) { return text.is(Kind::text) && run.charge(text_cost(text.as_text().size())); }

Value to_ip(Run& run, Arguments a) {
  if (!reads(run, a[0])) return {};
  const auto address = parse_address(a[0].as_text());
  return address ? boxed<Ip>(run, *address) : run.fail("not an IP address", a[0]);
}
Value is_ip(Run& run, Arguments a) {
  return reads(run, a[0]) ? Value::from_bool(parse_address(a[0].as_text()).has_value()) : Value();
}
Value is_canonical(Run& run, Arguments a) {
  if (!reads(run, a[0])) return {};
  const auto address = parse_address(a[0].as_text());
  return address ? Value::from_bool(render_address(*address) == a[0].as_text()) : run.fail("not an IP address", a[0]);
}
Value family(Run&, Arguments a) {
  const auto* ip = ip_of(a[0]);
  return ip == nullptr ? Value() : Value::from_int(ip->v6 ? 6 : 4);
}
template <bool (*test)(const Address&)>
Value tested(Run&, Arguments a) {
  const auto* ip = ip_of(a[0]);
  return ip == nullptr ? Value() : Value::from_bool(test(*ip));
}

Value to_cidr(Run& run, Arguments a) {
  if (!reads(run, a[0])) return {};
  const auto block = parse_block(a[0].as_text());
  return block ? boxed<Cidr>(run, *block) : run.fail("not a network address", a[0]);
}
Value is_cidr(Run& run, Arguments a) {
  return reads(run, a[0]) ? Value::from_bool(parse_block(a[0].as_text()).has_value()) : Value();
}

Value contains_ip(Run& run, Arguments a) {
  const auto* block = cidr_of(a[0]);
  if (block == nullptr) return {};
  if (const auto* ip = ip_of(a[1])) return Value::from_bool(holds(*block, {*ip, ip->v6 ? 128U : 32U}));
  if (!reads(run, a[1])) return {};
  const auto ip = parse_address(a[1].as_text());
  return ip ? Value::from_bool(holds(*block, {*ip, ip->v6 ? 128U : 32U})) : run.fail("not an IP address", a[1]);
}
Value contains_cidr(Run& run, Arguments a) {
  const auto* block = cidr_of(a[0]);
  if (block == nullptr) return {};
  if (const auto* inner = cidr_of(a[1])) return Value::from_bool(holds(*block, *inner));
  if (!reads(run, a[1])) return {};
  const auto inner = parse_block(a[1].as_text());
  return inner ? Value::from_bool(holds(*block, *inner)) : run.fail("not a network address", a[1]);
}
Value cidr_ip(Run& run, Arguments a) {
  const auto* block = cidr_of(a[0]);
  return block == nullptr ? Value() : boxed<Ip>(run, block->address);
}
Value masked(Run& run, Arguments a) {
  const auto* block = cidr_of(a[0]);
  return block == nullptr ? Value() : boxed<Cidr>(run, mask(*block));
}
Value prefix_length(Run&, Arguments a) {
  const auto* block = cidr_of(a[0]);
  return block == nullptr ? Value() : Value::from_int(block->length);
}

class Link final : public Opaque {
 public:
  explicit Link(const Url& url) : url_(url) {}
  std::string_view type_name() const override { return "kubernetes.URL"; }
  bool equals(const Opaque& other) const override { return url_.text == static_cast<const Link&>(other).url_.text; }
  std::string text() const override { return std::string(url_.text); }
  const Url& url() const { return url_; }

 private:
  Url url_;  // views into the text it was read from
};

const Url* url_of(const Value& value) {
  return value.is(Kind::opaque) && value.as_opaque().type_name() == "kubernetes.URL"
             ? &static_cast<const Link&>(value.as_opaque()).url()
             : nullptr;
}

Value to_url(Run& run, Arguments a) {
  if (!reads(run, a[0])) return {};
  const auto url = parse_url(a[0].as_text());
  return url ? boxed<Link>(run, *url) : run.fail("not a URL", a[0]);
}
Value is_url(Run& run, Arguments a) {
  return reads(run, a[0]) ? Value::from_bool(parse_url(a[0].as_text()).has_value()) : Value();
}
template <std::string_view Url::*part>
Value url_part(Run&, Arguments a) {
  const auto* url = url_of(a[0]);
  return url == nullptr ? Value() : Value::text(url->*part);
}
Value escaped_path(Run& run, Arguments a) {
  const auto* url = url_of(a[0]);
  return url == nullptr ? Value() : run.make_text(escape_path(url->path));
}

// name -> [values]; a part that is not well escaped is left out.
Value query(Run& run, Arguments a) {
  const auto* url = url_of(a[0]);
  if (url == nullptr) return {};
  std::vector<std::pair<std::string, std::vector<Value>>> values;
  if (!run.charge(text_cost(url->query.size()))) return run.stopped;
  for (const auto part : split(url->query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const auto name = unescape_query(part.substr(0, equals));
    const auto value = unescape_query(equals == std::string_view::npos ? "" : part.substr(equals + 1));
    if (!name || !value) continue;
    auto known = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == *name; });
    if (!run.charge(values.size())) return run.stopped;
    if (known == values.end()) known = values.insert(known, {*name, {}});
    known->second.push_back(run.make_text(*value));
  }
  auto* entries = run.room_for<Entry>(values.size());
  if (entries == nullptr) return run.stopped;
  for (std::size_t i = 0; i < values.size(); ++i)
    entries[i] = {run.make_text(values[i].first), run.make_list(values[i].second)};
  return run.make_map({entries, values.size()});
}

constexpr std::array<Definition, 26> definitions = {{
    {"ip(string) -> net.IP", to_ip, 0},
    {"isIP(string) -> bool", is_ip, 0},
    {"ip.isCanonical(string) -> bool", is_canonical, 0},
    {"net.IP.family() -> int", family},
    {"net.IP.isUnspecified() -> bool", tested<is_unspecified>},
    {"net.IP.isLoopback() -> bool", tested<is_loopback>},
    {"net.IP.isGlobalUnicast() -> bool", tested<is_global_unicast>},
    {"net.IP.isLinkLocalMulticast() -> bool", tested<is_link_local_multicast>},
    {"net.IP.isLinkLocalUnicast() -> bool", tested<is_link_local_unicast>},
    {"cidr(string) -> net.CIDR", to_cidr, 0},
    {"isCIDR(string) -> bool", is_cidr, 0},
    {"net.CIDR.containsIP(net.IP) -> bool", contains_ip},
    {"net.CIDR.containsIP(string) -> bool", contains_ip},
    {"net.CIDR.containsCIDR(net.CIDR) -> bool", contains_cidr},
    {"net.CIDR.containsCIDR(string) -> bool", contains_cidr},
    {"net.CIDR.ip() -> net.IP", cidr_ip},
    {"net.CIDR.masked() -> net.CIDR", masked},
    {"net.CIDR.prefixLength() -> int", prefix_length},
    {"url(string) -> kubernetes.URL", to_url, 0},
    {"isURL(string) -> bool", is_url, 0},
    {"kubernetes.URL.getScheme() -> string", url_part<&Url::scheme>},
    {"kubernetes.URL.getHost() -> string", url_part<&Url::host>},
    {"kubernetes.URL.getHostname() -> string", url_part<&Url::hostname>},
    {"kubernetes.URL.getPort() -> string", url_part<&Url::port>},
    {"kubernetes.URL.getEscapedPath() -> string", escaped_path},
    {"kubernetes.URL.getQuery() -> map(string, list(string))", query},
}};

}  // namespace

std::span<const Definition> network_definitions() { return definitions; }

}  // namespace pratique::cel
