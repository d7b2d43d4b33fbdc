#include "world/store/facts.h"

#include <optional>

#include "model/bill.h"

namespace pratique {
namespace {

constexpr char form = 1;

std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

void put(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

// Differences of 32-bit numbers need 34 bits; five bytes hold 35.
std::optional<std::uint64_t> take(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 5 && i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte >= 0x80) continue;
    bytes.remove_prefix(i + 1);
    return value;
  }
  return {};
}

}  // namespace

std::string pack_facts(std::span<const std::uint32_t> components, std::span<const std::uint32_t> before) {
  check(components.size() == before.size(), "every position has a component and what comes before it");
  std::string out(1, form);
  out.reserve(components.size() * 3 + 8);
  put(out, components.size());
  std::int64_t last = 0;
  for (std::size_t i = 0; i < components.size(); ++i) {
    put(out, zigzag(components[i] - last));
    last = components[i];
    put(out, before[i] == no_component ? 0 : zigzag(static_cast<std::int64_t>(i) - before[i]));
  }
  return out;
}

Result<PackedFacts> unpack_facts(std::string_view facts) {
  const Error damaged{Fault::malformed, "the facts of a bill are damaged", {}, "move the store away and ingest again"};
  if (facts.empty() || facts.front() != form) return damaged;
  facts.remove_prefix(1);
  const auto count = take(facts);
  if (!count || *count > facts.size() / 2) return damaged;
  PackedFacts out;
  out.components.reserve(*count);
  out.before.reserve(*count);
  std::int64_t last = 0;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(*count); ++i) {
    const auto component = take(facts);
    if (!component) return damaged;
    const auto step = take(facts);
    if (!step) return damaged;
    last += unzigzag(*component);
    const std::int64_t position = i - unzigzag(*step);
    if (last < 0 || last >= no_component || position < 0 || position >= static_cast<std::int64_t>(*count))
      return damaged;
    out.components.push_back(static_cast<std::uint32_t>(last));
    out.before.push_back(*step == 0 ? no_component : static_cast<std::uint32_t>(position));
  }
  if (!facts.empty()) return damaged;
  return out;
}

}  // namespace pratique
