#include "world/advisorydb/codec.h"

#include <bit>

namespace pratique {
namespace {

constexpr std::uint8_t any_version = 0x80;  // in the byte of a range's scheme

void pack_texts(Packer& packer, const std::vector<std::string>& texts) {
  packer.number(texts.size());
  for (const auto& text : texts) packer.text(text);
}

std::vector<std::string> unpack_texts(Unpacker& unpacker) {
  std::vector<std::string> texts(unpacker.count());
  for (auto& text : texts) text = unpacker.text();
  return texts;
}

void pack_range(Packer& packer, const Vers& range) {
  packer.byte(static_cast<std::uint8_t>(range.scheme) | (range.any ? any_version : 0));
  packer.number(range.constraints.size());
  for (const auto& [comparator, version] : range.constraints) {
    packer.byte(static_cast<std::uint8_t>(comparator));
    packer.text(version);
  }
}

Comparator unpack_comparator(Unpacker& unpacker) {
  const std::uint8_t value = unpacker.byte();
  if (value > static_cast<std::uint8_t>(Comparator::greater_equal)) unpacker.spoil();
  return unpacker.ok() ? static_cast<Comparator>(value) : Comparator::equal;
}

// The range's scheme and whether it is `any`; its constraints follow.
VersView unpack_range_head(Unpacker& unpacker) {
  const std::uint8_t value = unpacker.byte();
  const auto scheme = static_cast<std::uint8_t>(value & ~any_version);
  if (scheme >= scheme_count) unpacker.spoil();
  return {.scheme = unpacker.ok() ? static_cast<Scheme>(scheme) : Scheme::generic,
          .any = (value & any_version) != 0,
          .constraints = {}};
}

void pack_affected(Packer& packer, const Affected& affected) {
  packer.text(affected.package);
  packer.text(affected.stream);
  packer.number(affected.ranges.size());
  for (const auto& range : affected.ranges) pack_range(packer, range);
  pack_texts(packer, affected.versions);
  pack_texts(packer, affected.fixed);
  pack_texts(packer, affected.symbols);
  packer.byte(static_cast<std::uint8_t>(affected.severity));
}

Severity unpack_severity(Unpacker& unpacker) {
  const std::uint8_t value = unpacker.byte();
  if (value > static_cast<std::uint8_t>(Severity::critical)) unpacker.spoil();
  return unpacker.ok() ? static_cast<Severity>(value) : Severity::unknown;
}

Affected unpack_affected(Unpacker& unpacker) {
  Affected affected;
  affected.package = unpacker.text();
  affected.stream = unpacker.text();
  affected.ranges.resize(unpacker.count());
  for (auto& range : affected.ranges) {
    const VersView head = unpack_range_head(unpacker);
    range = {head.scheme, head.any, std::vector<Constraint>(unpacker.count())};
    for (auto& constraint : range.constraints) {
      constraint.comparator = unpack_comparator(unpacker);
      constraint.version = unpacker.text();
    }
  }
  affected.versions = unpack_texts(unpacker);
  affected.fixed = unpack_texts(unpacker);
  affected.symbols = unpack_texts(unpacker);
  affected.severity = unpack_severity(unpacker);
  return affected;
}

}  // namespace

void Packer::number(std::uint64_t value) {
  while (value >= 0x80) {
    byte(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  byte(static_cast<std::uint8_t>(value));
}

void Packer::text(std::string_view value) {
  number(value.size());
  out_ += value;
}

std::uint8_t Unpacker::byte() {
  if (rest_.empty()) ok_ = false;
  if (!ok_) return 0;
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::uint64_t Unpacker::number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte();
    value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if (next < 0x80) return ok_ ? value : 0;
  }
  ok_ = false;
  return 0;
}

std::string_view Unpacker::text() {
  const std::uint64_t size = number();
  if (size > rest_.size()) ok_ = false;
  if (!ok_) return {};
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::size_t Unpacker::count() {
  const std::uint64_t value = number();
  if (value > rest_.size()) ok_ = false;
  return ok_ ? value : 0;
}

// Zero for none; else the milliseconds since 1970, their sign folded into the lowest bit, plus one.
void pack_time(Packer& packer, const std::optional<Time>& time) {
  if (!time) return packer.number(0);
  const auto since = static_cast<std::int64_t>(time->time_since_epoch().count());
  packer.number(((static_cast<std::uint64_t>(since) << 1) ^ static_cast<std::uint64_t>(since >> 63)) + 1);
}

std::optional<Time> unpack_time(Unpacker& unpacker) {
  const std::uint64_t value = unpacker.number();
  if (value == 0) return std::nullopt;
  const std::uint64_t folded = value - 1;
  return Time(std::chrono::milliseconds(static_cast<std::int64_t>((folded >> 1) ^ (~(folded & 1) + 1))));
}

std::string pack_advisory(const Advisory& advisory) {
  Packer packer;
  packer.text(advisory.id);
  pack_texts(packer, advisory.aliases);
  pack_texts(packer, advisory.upstream);
  pack_texts(packer, advisory.related);
  packer.text(advisory.summary);
  pack_time(packer, advisory.published);
  pack_time(packer, advisory.modified);
  pack_time(packer, advisory.withdrawn);
  packer.byte(static_cast<std::uint8_t>(advisory.severity));
  packer.text(advisory.cvss);
  packer.number(std::bit_cast<std::uint64_t>(advisory.score));
  packer.text(advisory.url);
  packer.number(advisory.affected.size());
  for (const auto& affected : advisory.affected) pack_affected(packer, affected);
  return packer.take();
}

std::optional<Advisory> unpack_advisory(std::string_view bytes) {
  Unpacker unpacker(bytes);
  Advisory advisory;
  advisory.id = unpacker.text();
  advisory.aliases = unpack_texts(unpacker);
  advisory.upstream = unpack_texts(unpacker);
  advisory.related = unpack_texts(unpacker);
  advisory.summary = unpacker.text();
  advisory.published = unpack_time(unpacker);
  advisory.modified = unpack_time(unpacker);
  advisory.withdrawn = unpack_time(unpacker);
  advisory.severity = unpack_severity(unpacker);
  advisory.cvss = unpacker.text();
  advisory.score = std::bit_cast<double>(unpacker.number());
  advisory.url = unpacker.text();
  advisory.affected.resize(unpacker.count());
  for (auto& affected : advisory.affected) affected = unpack_affected(unpacker);
  if (!unpacker.ok() || !unpacker.done()) return std::nullopt;
  return advisory;
}

void pack_entry(Packer& packer, std::uint32_t advisory, std::uint32_t position, const Affected& affected) {
  packer.number(advisory);
  packer.number(position);
  packer.number(affected.ranges.size());
  for (const auto& range : affected.ranges) pack_range(packer, range);
  pack_texts(packer, affected.versions);
}

AffectedView unpack_entry(Unpacker& unpacker, EntryScratch& scratch) {
  AffectedView view;
  view.advisory = static_cast<std::uint32_t>(unpacker.number());
  view.position = static_cast<std::uint32_t>(unpacker.number());
  scratch.constraints.clear();
  scratch.ranges.clear();
  scratch.starts.clear();
  scratch.versions.clear();
  for (std::size_t left = unpacker.count(); left > 0 && unpacker.ok(); --left) {
    scratch.ranges.push_back(unpack_range_head(unpacker));
    scratch.starts.push_back(scratch.constraints.size());
    for (std::size_t more = unpacker.count(); more > 0 && unpacker.ok(); --more) {
      const Comparator comparator = unpack_comparator(unpacker);
      scratch.constraints.push_back({comparator, unpacker.text()});
    }
  }
  // Only now, when the constraints move no more.
  std::size_t end = scratch.constraints.size();
  for (std::size_t i = scratch.ranges.size(); i-- > 0; end = scratch.starts[i])
    scratch.ranges[i].constraints =
        std::span<const ConstraintView>(scratch.constraints).subspan(scratch.starts[i], end - scratch.starts[i]);
  for (std::size_t left = unpacker.count(); left > 0 && unpacker.ok(); --left)
    scratch.versions.push_back(unpacker.text());
  view.ranges = scratch.ranges;
  view.versions = scratch.versions;
  return view;
}

}  // namespace pratique
