#include "model/audit.h"

#include <gtest/gtest.h>

#include <functional>

namespace pratique {
namespace {

std::vector<AuditEntry> chain_of(std::size_t entries) {
  std::vector<AuditEntry> chain;
  std::string head;
  for (std::size_t i = 0; i < entries; ++i) {
    AuditEntry entry{"token:ci", "127.0.0.1:1", "bill.ingest", "sha256:" + std::to_string(i), "", i + 1, Time(), ""};
    head = entry.hash = audit_hash(head, entry);
    chain.push_back(std::move(entry));
  }
  return chain;
}

Result<void> follow(const std::vector<AuditEntry>& entries) {
  AuditChain chain;
  for (const auto& entry : entries) PRATIQUE_DO(chain.follow(entry));
  return {};
}

TEST(AuditChain, FollowsWhatWasWritten) {
  EXPECT_TRUE(follow({}));
  EXPECT_TRUE(follow(chain_of(5)));
}

TEST(AuditChain, FindsWhateverWasChanged) {
  const std::function<void(AuditEntry&)> changes[] = {
      [](AuditEntry& e) { e.actor += "x"; },
      [](AuditEntry& e) { e.from.clear(); },
      [](AuditEntry& e) { e.action[0] = 'B'; },
      [](AuditEntry& e) { e.object.back() = '9'; },
      [](AuditEntry& e) { e.detail = "x"; },
      [](AuditEntry& e) { ++e.sequence; },
      [](AuditEntry& e) { e.at += std::chrono::milliseconds(1); },
      [](AuditEntry& e) { e.hash[63] ^= 1; },
      // Moved from one text to the next, all of them together are the same.
      [](AuditEntry& e) { e.from = e.actor.back() + e.from, e.actor.pop_back(); },
  };
  for (std::size_t at = 0; at < 4; ++at)
    for (std::size_t change = 0; change < std::size(changes); ++change) {
      auto chain = chain_of(4);
      changes[change](chain[at]);
      EXPECT_FALSE(follow(chain)) << at << " " << change;
    }
}

TEST(AuditChain, FindsWhatWasTakenOutOrMoved) {
  for (std::size_t at = 0; at + 1 < 5; ++at) {
    auto without = chain_of(5);
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_FALSE(follow(without)) << at;
    auto swapped = chain_of(5);
    std::swap(swapped[at], swapped[at + 1]);
    EXPECT_FALSE(follow(swapped)) << at;
    std::swap(swapped[at].sequence, swapped[at + 1].sequence);
    EXPECT_FALSE(follow(swapped)) << at;
  }
}

}  // namespace
}  // namespace pratique
