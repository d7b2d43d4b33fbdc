// A bounded queue of records in a folder, for what cannot be sent now. A record that was taken in survives the end of
// the process and of the machine; when the folder would grow beyond its limit, or the disk is full, the oldest are
// dropped and counted, and the count survives as well. The surprise: a file that was damaged meanwhile is counted as
// dropped and never given out.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

struct SpoolOptions {
  std::string folder;                                  // made where it is not there, for its owner only
  std::uint64_t byte_limit = std::uint64_t{64} << 20;  // of all records
};

// Not thread safe. One process at a time has it.
class Spool {
 public:
  // What a process before this one left is there again. Fault: refused or unavailable (the folder), usage (another
  // process has it).
  static Result<Spool> open(const SpoolOptions& options);
  Spool(Spool&& other) noexcept;
  Spool& operator=(Spool&&) = delete;
  ~Spool();

  // On disk when it returns. `things` is how many the record stands for, when it comes to counting what was lost; at
  // least 1. Drops the oldest where there is no room. Fault: limit (larger than the whole spool), unavailable (the disk
  // takes nothing even with the spool empty); the record counts as dropped then.
  Result<void> append(std::string_view record, std::uint64_t things);

  struct Record {
    std::uint64_t number = 0;
    std::uint64_t things = 0;
    std::string bytes;
  };
  // The oldest; it stays until it is removed. Empty: there is none.
  std::optional<Record> oldest();
  void remove(std::uint64_t number);

  std::uint64_t records() const { return entries_.size(); }
  std::uint64_t bytes() const { return bytes_; }

  // Things dropped since they were last forgotten; told by whoever could.
  std::uint64_t dropped() const { return dropped_; }
  void add_dropped(std::uint64_t things);     // lost before they came here, to be told with the rest
  void forget_dropped(std::uint64_t things);  // they were told

  // Things that are on their way through this process, in its memory alone. Where it ends without a word (SIGKILL) they
  // count as dropped from the next start on; a machine that stops as well may forget of it. Both may be called from any
  // thread. At worst a thing that did arrive is counted too.
  void add_held(std::uint64_t things);
  void remove_held(std::uint64_t things);

 private:
  struct Entry {
    std::uint64_t things = 0, bytes = 0;
  };
  Spool(std::string folder, int folder_fd, std::uint64_t limit);
  std::optional<std::string> write(const std::string& name, std::string_view bytes);
  void drop_oldest();
  void save_dropped();
  void open_held();

  std::string folder_;
  int fd_ = -1;
  std::uint64_t limit_ = 0, bytes_ = 0, next_ = 1, dropped_ = 0;
  std::map<std::uint64_t, Entry> entries_;      // by number
  std::atomic<std::uint64_t>* held_ = nullptr;  // in a page of a file, which outlives the process
};

}  // namespace pratique
