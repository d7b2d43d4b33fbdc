// The advisory database: one LMDB file, memory-mapped, written aside and replaced atomically (docs/matching.md has its
// layout).
//
// Opening checks every byte against the file's checksum, at memory speed, so that nothing behind it can be torn or cut.
// Readers keep the generation they opened until they close it; a swap does not disturb them. The surprise: the bytes
// depend on the records alone. Same records in any order, same file; when it was built is the file's own time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/advisory.h"

namespace pratique {

// What came from one source.
struct SourceStatus {
  std::string revision;        // the source's own word for it, else the time of its newest record; may be empty
  std::optional<Time> newest;  // the latest `modified` of its records
  std::uint64_t advisories = 0;
  std::uint64_t notes = 0;  // what it says of vulnerabilities whoever is affected: exploited, scored
  bool operator==(const SourceStatus&) const = default;
};

struct AdvisoryDbStatus {
  std::string path;
  std::uint32_t schema = 0;
  std::uint32_t number = 0;  // counts the generations in this place, from 1
  std::string generation;    // a digest over the content: equal content, equal generation
  Time built;
  std::optional<Time> newest;    // the latest `modified` of any advisory: how old the knowledge is
  std::uint64_t advisories = 0;  // with those withdrawn
  std::uint64_t withdrawn = 0;
  std::uint64_t packages = 0;
  std::uint64_t vulnerabilities = 0;  // of which more is known than who is affected
  std::uint64_t bytes = 0;
  std::map<std::string, std::uint64_t, std::less<>> ecosystems;  // stream, else purl type -> affected entries
  std::map<std::string, SourceStatus, std::less<>> sources;      // by name, model/source.h
};

// Collects advisories and writes them; nothing exists at `path` (or the old file stays) until finish().
class AdvisoryDbWriter {
 public:
  explicit AdvisoryDbWriter(std::string path);
  ~AdvisoryDbWriter();
  // Of two with the same id and source the newer `modified` wins.
  void add(const Advisory& advisory);
  // One share of an advisory whose parts stand in several documents: all with the same id and source become one.
  void add_part(const Advisory& advisory);
  // What several sources say of one vulnerability is put together; what nobody's advisory names and nobody exploits is
  // left out.
  void add(const Vulnerability& vulnerability, std::string_view source);
  void add_cpe(std::string_view package, std::string_view cpe);
  // Of several revisions of a source the greatest text is kept.
  void add_revision(std::string_view source, std::string_view revision);
  // Once. Fault: unavailable (disk full, folder missing), refused.
  Result<AdvisoryDbStatus> finish(Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Thread safe.
class AdvisoryDb {
 public:
  // Fault: not_found, malformed (cut, damaged, not ours), unsupported (another schema version), refused; all with the
  // remedy.
  static Result<AdvisoryDb> open(const std::string& path);
  // Opens it and reads all of it: the digest over its content, every advisory, every entry and every note. Fault: as
  // open().
  static Result<AdvisoryDb> verify(const std::string& path);
  AdvisoryDb(AdvisoryDb&&) noexcept;
  AdvisoryDb& operator=(AdvisoryDb&&) noexcept;
  ~AdvisoryDb();

  const AdvisoryDbStatus& status() const;
  // Whether anything at all is known for this purl type, or this stream where it has streams.
  bool covers(std::string_view type, std::string_view stream) const;

  // One look into the database: for one thread, and no longer than the AdvisoryDb lives.
  class Reader {
   public:
    Reader(Reader&&) noexcept;
    ~Reader();
    // What may affect one package in one stream ("" outside distributions), in the order of advisory ids; withdrawn
    // advisories are left out. Does not allocate. A package that nothing is known about costs some tens of nanoseconds.
    Result<void> each(std::string_view package, std::string_view stream,
                      const std::function<void(const AffectedView&)>& visit) const;
    Result<Advisory> advisory(std::uint32_t number) const;
    // What is known of a vulnerability whoever is affected; nothing when no source rates it.
    Result<std::optional<Vulnerability>> vulnerability(std::string_view id) const;
    // The CPEs that a distribution gives its package ("pkg:deb/debian/acl").
    Result<std::vector<std::string>> cpes(std::string_view package) const;
    // Every package that is known, in every stream, sorted.
    struct PackageInStream {
      std::string package, stream;
      auto operator<=>(const PackageInStream&) const = default;
    };
    Result<std::vector<PackageInStream>> packages() const;
    // All that have this id, alias or upstream id, by id; none when it is not known. Withdrawn ones too.
    Result<std::vector<Advisory>> find(std::string_view name) const;

   private:
    friend class AdvisoryDb;
    struct State;
    explicit Reader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Result<Reader> reader() const;

 private:
  struct State;
  explicit AdvisoryDb(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What to do with a database whose newest record is older than what is in place.
enum class Older : std::uint8_t { refuse, accept };

// Verifies the database in `file` and puts its content at `path`, atomically, as the next generation there; the old one
// stays where anything fails. Fault: as open(), and refused for one that is older.
Result<AdvisoryDbStatus> install_database(const std::string& file, const std::string& path, Older older);

}  // namespace pratique
