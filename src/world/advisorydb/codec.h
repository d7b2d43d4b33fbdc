// How advisories are written into the database: numbers in base 128, texts with their length in front. Private to
// advisorydb.
//
// An advisory is written whole, for reading back (pack_advisory). What decides whether it applies is written once more
// for each package, to be read in place (pack_entry): an entry never needs more than the bytes it stands in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/advisory.h"

namespace pratique {

class Packer {
 public:
  void byte(std::uint8_t value) { out_ += static_cast<char>(value); }
  void number(std::uint64_t value);
  void text(std::string_view value);
  std::string take() { return std::move(out_); }
  std::size_t size() const { return out_.size(); }

 private:
  std::string out_;
};

// Reads what a Packer wrote. Past the end, or where the bytes make no sense, everything reads as zero and empty and
// ok() is false for good.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t byte();
  std::uint64_t number();
  std::string_view text();
  // A number of things that take at least a byte each, so that no count reserves more than there is.
  std::size_t count();
  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }
  void spoil() { ok_ = false; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void pack_time(Packer& packer, const std::optional<Time>& time);
std::optional<Time> unpack_time(Unpacker& unpacker);

std::string pack_advisory(const Advisory& advisory);
// Empty when the bytes are not what pack_advisory writes.
std::optional<Advisory> unpack_advisory(std::string_view bytes);

std::string pack_vulnerability(const Vulnerability& vulnerability);
std::optional<Vulnerability> unpack_vulnerability(std::string_view bytes);

void pack_entry(Packer& packer, std::uint32_t advisory, std::uint32_t position, const Affected& affected);

// Where the views of an entry live; reused from entry to entry.
struct EntryScratch {
  std::vector<ConstraintView> constraints;
  std::vector<VersView> ranges;
  std::vector<std::size_t> starts;  // of each range among the constraints
  std::vector<std::string_view> versions;
};
// The view is good until the scratch is used again. Check unpacker.ok() behind it.
AffectedView unpack_entry(Unpacker& unpacker, EntryScratch& scratch);

}  // namespace pratique
