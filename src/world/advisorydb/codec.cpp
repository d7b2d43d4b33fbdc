#include "world/advisorydb/codec.h"

namespace pratique {
namespace {

// Scores have one decimal.
std::uint64_t tenths_of(double score) { return static_cast<std::uint64_t>(score * 10 + 0.5); }

constexpr double epss_unit = 100'000;  // published with five decimals

constexpr std::uint8_t any_version = 0x80;                                    // in the byte of a range's scheme
constexpr std::uint8_t state_mask = 0x07, has_module = 0x08, has_cpe = 0x10;  // in the byte of an entry's state
constexpr std::uint8_t has_kev = 1, has_epss = 2, has_ssvc = 4;               // in the byte of what a vulnerability has

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

FixState unpack_state(std::uint8_t value, Unpacker& unpacker) {
  if (value > static_cast<std::uint8_t>(FixState::not_affected)) unpacker.spoil();
  return unpacker.ok() ? static_cast<FixState>(value) : FixState::unknown;
}

void pack_affected(Packer& packer, const Affected& affected) {
  packer.text(affected.package);
  packer.text(affected.stream);
  packer.text(affected.module);
  packer.text(affected.cpe);
  packer.number(affected.ranges.size());
  for (const auto& range : affected.ranges) pack_range(packer, range);
  pack_texts(packer, affected.versions);
  pack_texts(packer, affected.fixed);
  pack_texts(packer, affected.symbols);
  packer.byte(static_cast<std::uint8_t>(affected.severity));
  packer.byte(static_cast<std::uint8_t>(affected.state));
  packer.text(affected.note);
  packer.number(affected.companions.size());
  for (const auto& any : affected.companions) {
    packer.number(any.size());
    for (const auto& companion : any) {
      packer.text(companion.cpe);
      pack_range(packer, companion.range);
    }
  }
}

Severity unpack_severity(Unpacker& unpacker) {
  const std::uint8_t value = unpacker.byte();
  if (value > static_cast<std::uint8_t>(Severity::critical)) unpacker.spoil();
  return unpacker.ok() ? static_cast<Severity>(value) : Severity::unknown;
}

Vers unpack_range(Unpacker& unpacker) {
  const VersView head = unpack_range_head(unpacker);
  Vers range{head.scheme, head.any, std::vector<Constraint>(unpacker.count())};
  for (auto& constraint : range.constraints) {
    constraint.comparator = unpack_comparator(unpacker);
    constraint.version = unpacker.text();
  }
  return range;
}

Affected unpack_affected(Unpacker& unpacker) {
  Affected affected;
  affected.package = unpacker.text();
  affected.stream = unpacker.text();
  affected.module = unpacker.text();
  affected.cpe = unpacker.text();
  affected.ranges.resize(unpacker.count());
  for (auto& range : affected.ranges) range = unpack_range(unpacker);
  affected.versions = unpack_texts(unpacker);
  affected.fixed = unpack_texts(unpacker);
  affected.symbols = unpack_texts(unpacker);
  affected.severity = unpack_severity(unpacker);
  affected.state = unpack_state(unpacker.byte(), unpacker);
  affected.note = unpacker.text();
  affected.companions.resize(unpacker.count());
  for (auto& any : affected.companions) {
    any.resize(unpacker.count());
    for (auto& companion : any) {
      companion.cpe = unpacker.text();
      companion.range = unpack_range(unpacker);
    }
  }
  return affected;
}

void pack_ratings(Packer& packer, const std::vector<Rating>& ratings) {
  packer.number(ratings.size());
  for (const auto& rating : ratings) {
    packer.text(rating.source);
    packer.text(rating.vector);
    packer.number(tenths_of(rating.score));
    packer.byte(static_cast<std::uint8_t>(rating.severity));
  }
}

std::vector<Rating> unpack_ratings(Unpacker& unpacker) {
  std::vector<Rating> ratings(unpacker.count());
  for (auto& rating : ratings) {
    rating.source = unpacker.text();
    rating.vector = unpacker.text();
    rating.score = static_cast<double>(unpacker.number()) / 10;
    rating.severity = unpack_severity(unpacker);
  }
  return ratings;
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
  packer.text(advisory.source);
  pack_texts(packer, advisory.aliases);
  pack_texts(packer, advisory.upstream);
  pack_texts(packer, advisory.related);
  packer.text(advisory.summary);
  pack_time(packer, advisory.published);
  pack_time(packer, advisory.modified);
  pack_time(packer, advisory.withdrawn);
  pack_ratings(packer, advisory.ratings);
  packer.text(advisory.url);
  packer.number(advisory.affected.size());
  for (const auto& affected : advisory.affected) pack_affected(packer, affected);
  return packer.take();
}

std::optional<Advisory> unpack_advisory(std::string_view bytes) {
  Unpacker unpacker(bytes);
  Advisory advisory;
  advisory.id = unpacker.text();
  advisory.source = unpacker.text();
  advisory.aliases = unpack_texts(unpacker);
  advisory.upstream = unpack_texts(unpacker);
  advisory.related = unpack_texts(unpacker);
  advisory.summary = unpacker.text();
  advisory.published = unpack_time(unpacker);
  advisory.modified = unpack_time(unpacker);
  advisory.withdrawn = unpack_time(unpacker);
  advisory.ratings = unpack_ratings(unpacker);
  advisory.url = unpacker.text();
  advisory.affected.resize(unpacker.count());
  for (auto& affected : advisory.affected) affected = unpack_affected(unpacker);
  if (!unpacker.ok() || !unpacker.done()) return std::nullopt;
  return advisory;
}

std::string pack_vulnerability(const Vulnerability& vulnerability) {
  Packer packer;
  packer.text(vulnerability.id);
  packer.text(vulnerability.summary);
  packer.text(vulnerability.url);
  pack_ratings(packer, vulnerability.ratings);
  packer.byte(static_cast<std::uint8_t>((vulnerability.kev ? has_kev : 0) | (vulnerability.epss ? has_epss : 0) |
                                        (vulnerability.ssvc ? has_ssvc : 0)));
  if (const auto& kev = vulnerability.kev) {
    packer.text(kev->added);
    packer.text(kev->due);
    packer.byte(kev->ransomware ? 1 : 0);
  }
  if (const auto& epss = vulnerability.epss) {
    packer.number(static_cast<std::uint64_t>(epss->score * epss_unit + 0.5));
    packer.number(static_cast<std::uint64_t>(epss->percentile * epss_unit + 0.5));
  }
  if (const auto& ssvc = vulnerability.ssvc)
    for (const std::string* const text : {&ssvc->exploitation, &ssvc->automatable, &ssvc->technical_impact})
      packer.text(*text);
  return packer.take();
}

std::optional<Vulnerability> unpack_vulnerability(std::string_view bytes) {
  Unpacker unpacker(bytes);
  Vulnerability vulnerability;
  vulnerability.id = unpacker.text();
  vulnerability.summary = unpacker.text();
  vulnerability.url = unpacker.text();
  vulnerability.ratings = unpack_ratings(unpacker);
  const std::uint8_t has = unpacker.byte();
  if ((has & has_kev) != 0) {
    Kev& kev = vulnerability.kev.emplace();
    kev.added = unpacker.text();
    kev.due = unpacker.text();
    kev.ransomware = unpacker.byte() != 0;
  }
  if ((has & has_epss) != 0) {
    Epss& epss = vulnerability.epss.emplace();
    epss.score = static_cast<double>(unpacker.number()) / epss_unit;
    epss.percentile = static_cast<double>(unpacker.number()) / epss_unit;
  }
  if ((has & has_ssvc) != 0) {
    Ssvc& ssvc = vulnerability.ssvc.emplace();
    for (std::string* const text : {&ssvc.exploitation, &ssvc.automatable, &ssvc.technical_impact})
      *text = unpacker.text();
  }
  if (!unpacker.ok() || !unpacker.done()) return std::nullopt;
  return vulnerability;
}

void pack_entry(Packer& packer, std::uint32_t advisory, std::uint32_t position, const Affected& affected) {
  packer.number(advisory);
  packer.number(position);
  packer.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(affected.state) |
                                        (affected.module.empty() ? 0 : has_module) |
                                        (affected.cpe.empty() ? 0 : has_cpe)));
  if (!affected.module.empty()) packer.text(affected.module);
  if (!affected.cpe.empty()) packer.text(affected.cpe);
  packer.number(affected.ranges.size());
  for (const auto& range : affected.ranges) pack_range(packer, range);
  pack_texts(packer, affected.versions);
}

AffectedView unpack_entry(Unpacker& unpacker, EntryScratch& scratch) {
  AffectedView view;
  view.advisory = static_cast<std::uint32_t>(unpacker.number());
  view.position = static_cast<std::uint32_t>(unpacker.number());
  const std::uint8_t flags = unpacker.byte();
  view.state = unpack_state(flags & state_mask, unpacker);
  if ((flags & has_module) != 0) view.module = unpacker.text();
  if ((flags & has_cpe) != 0) view.cpe = unpacker.text();
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
