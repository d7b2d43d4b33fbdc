#include "model/audit.h"

#include "base/digest.h"

namespace pratique {

std::string audit_hash(std::string_view before, const AuditEntry& entry) {
  std::string all;
  const auto add = [&](std::string_view text) {
    all.append(std::to_string(text.size())).append(":").append(text).append("\n");
  };
  add(before);
  add(std::to_string(entry.sequence));
  add(std::to_string(entry.at.time_since_epoch().count()));
  for (const auto* text : {&entry.actor, &entry.from, &entry.action, &entry.object, &entry.detail}) add(*text);
  return std::string(sha256_of(all).hex());
}

Result<void> AuditChain::follow(const AuditEntry& entry) {
  const std::string number = std::to_string(entry.sequence);
  if (entry.sequence != entries_ + 1)
    return Error{
        Fault::malformed,
        "the audit log is broken: entry " + number + " stands where " + std::to_string(entries_ + 1) + " is expected",
        {},
        "believe nothing behind it; compare with a copy of the store"};
  if (entry.hash != audit_hash(head_, entry))
    return Error{
        Fault::malformed,
        "the audit log is broken: entry " + number + " is not what was written, or does not follow the one before",
        {},
        "believe nothing from it on; compare with a copy of the store"};
  ++entries_;
  head_ = entry.hash;
  return {};
}

}  // namespace pratique
