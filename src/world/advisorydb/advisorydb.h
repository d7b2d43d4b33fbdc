// The advisory database: one LMDB file, memory-mapped, written aside and replaced atomically. Opens in microseconds.
//
// Readers hold the generation they opened until they close it; a swap does not disturb them. Same records in any order,
// same bytes. AdvisoryDb is thread safe for reading.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/advisory.h"

namespace pratique {

struct AdvisoryDbStatus {
  std::string path;
  std::uint32_t schema = 0;
  std::string generation;  // a digest over the content: equal content, equal generation
  Time built;
  std::uint64_t advisories = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t packages = 0;
  std::uint64_t bytes = 0;
  std::map<std::string, std::uint64_t> ecosystems;  // purl type or stream -> affected entries
};

// Collects advisories and writes them; nothing exists at `path` (or the old file stays) until finish().
class AdvisoryDbWriter {
 public:
  explicit AdvisoryDbWriter(std::string path);
  ~AdvisoryDbWriter();
  Result<void> add(const Advisory& advisory);  // a second one with the same id: the newer `modified` wins
  Result<AdvisoryDbStatus> finish(Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class AdvisoryDb {
 public:
  // Fault: not_found (remedy: db build), malformed (corrupt, not ours), unsupported (another schema version).
  static Result<AdvisoryDb> open(const std::string& path);
  AdvisoryDb(AdvisoryDb&&) noexcept;
  AdvisoryDb& operator=(AdvisoryDb&&) noexcept;
  ~AdvisoryDb();

  struct Entry {
    std::string advisory;
    Affected affected;
  };
  Result<std::vector<Entry>> candidates(std::string_view package, std::string_view stream) const;
  Result<Advisory> advisory(std::string_view id) const;
  bool covers(std::string_view type, std::string_view stream) const;
  const AdvisoryDbStatus& status() const;

 private:
  struct State;
  explicit AdvisoryDb(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pratique
