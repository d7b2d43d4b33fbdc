// The inverted index: component -> artifacts, as sets of artifact ids. Pure; one ArtifactSet belongs to one thread.
//
// A posting is a blob that says which artifacts of one shard hold one component. It is a roaring bitmap in the portable
// format (RoaringFormatSpec) with exactly one container, whose key is the shard; values are whole artifact ids. The
// surprise: a posting is checked in full before it is used, so a damaged or hostile store is a fault and never a crash.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct roaring_bitmap_s;

namespace pratique {

constexpr std::uint32_t shard_of(std::uint32_t artifact) { return artifact >> 16; }

// The posting with these artifacts added; an empty one stands for none. `artifacts` are of this shard, in any order.
// Merging is commutative, associative and idempotent: no order of writers loses a bit. Fault: malformed.
Result<std::string> merge_posting(std::uint32_t shard, std::string_view posting,
                                  std::span<const std::uint32_t> artifacts);

class ArtifactSet {
 public:
  ArtifactSet();
  ArtifactSet(ArtifactSet&&) noexcept;
  ArtifactSet& operator=(ArtifactSet&&) noexcept;
  ~ArtifactSet();

  // Unites with a posting of this shard. Fault: malformed; the set is then as it was.
  Result<void> add_posting(std::uint32_t shard, std::string_view posting);

  void add(std::uint32_t artifact);
  ArtifactSet& operator|=(const ArtifactSet& other);
  ArtifactSet& operator&=(const ArtifactSet& other);
  ArtifactSet& operator-=(const ArtifactSet& other);

  std::uint64_t size() const;
  bool contains(std::uint32_t artifact) const;
  // Ids from `first` on, ascending, at most `count`: a page, whose last id + 1 is where the next one begins.
  std::vector<std::uint32_t> page(std::uint32_t first, std::size_t count) const;

 private:
  friend class PostingUnion;
  struct Free {
    void operator()(roaring_bitmap_s* bitmap) const;
  };
  std::unique_ptr<roaring_bitmap_s, Free> bitmap_;
};

// What many postings hold together. Quicker than an ArtifactSet that each is added to: a shard is bits until the next
// one begins. Shards come in ascending order.
class PostingUnion {
 public:
  // `among`: what else they hold does not count. Must outlive this; nothing: all counts.
  explicit PostingUnion(const ArtifactSet* among = nullptr);
  PostingUnion(PostingUnion&&) noexcept;
  PostingUnion& operator=(PostingUnion&&) noexcept;
  ~PostingUnion();

  Result<void> add(std::uint32_t shard, std::string_view posting);  // Fault: malformed
  // Whether a posting of this shard may add anything.
  bool may_grow(std::uint32_t shard);
  ArtifactSet take() &&;

 private:
  struct Shard;
  void begin(std::uint32_t shard);
  void end();
  const ArtifactSet* among_;
  std::unique_ptr<Shard> shard_;
  ArtifactSet all_;
};

// One component of a package: what `where` chooses from.
struct Release {
  std::uint32_t component = 0;
  std::string_view version;
};
// Components whose version `wanted` says yes to, in the order given. `wanted` is asked once for each distinct version.
std::vector<std::uint32_t> choose(std::span<const Release> releases,
                                  const std::function<bool(std::string_view version)>& wanted);

}  // namespace pratique
