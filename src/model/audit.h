// AuditEntry: one thing that somebody did or was refused, in a chain that cannot be mended unnoticed: the hash of each
// entry covers its content and the hash of the one before.
//
// The surprise: the chain proves that nothing in it was changed, taken out or put in; that its end was not cut off is
// proven only by a hash that somebody noted elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace pratique {

struct AuditEntry {
  std::string actor;   // "token:ci"; "" for somebody unknown
  std::string from;    // address and port, or "command line"
  std::string action;  // "bill.ingest", "token.create", "access.refused"
  std::string object;  // "sha256:...", "harbour"
  std::string detail;  // what else there is to know; never a secret
  // Given by the store:
  std::uint64_t sequence = 0;  // from 1, without a gap
  Time at{};
  std::string hash;  // 64 hex digits
  bool operator==(const AuditEntry&) const = default;
};

// The hash of an entry behind one whose hash is `before` (empty for the first): SHA-256 over the sequence number, the
// time and each text, every one with its length before it.
std::string audit_hash(std::string_view before, const AuditEntry& entry);

// Follows a chain entry by entry, in the order of their numbers.
class AuditChain {
 public:
  // Fault: malformed, naming the first entry that does not follow; nothing behind it is to be believed.
  Result<void> follow(const AuditEntry& entry);
  std::uint64_t entries() const { return entries_; }
  const std::string& head() const { return head_; }

 private:
  std::uint64_t entries_ = 0;
  std::string head_;
};

}  // namespace pratique
