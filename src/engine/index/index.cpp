#include "engine/index/index.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "engine/index/posting.h"

namespace pratique {
namespace {

struct Free {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<roaring_bitmap_t, Free>;

Result<void> check_posting(std::uint32_t shard, std::string_view posting) {
  if (is_posting(shard, posting)) return {};
  return Error{Fault::malformed,
               "a posting of shard " + std::to_string(shard) + " is damaged",
               {},
               "move the store away and ingest again"};
}

Result<Bitmap> parse_posting(std::uint32_t shard, std::string_view posting) {
  PRATIQUE_DO(check_posting(shard, posting));
  Bitmap bitmap(roaring_bitmap_portable_deserialize_safe(posting.data(), posting.size()));
  check(bitmap != nullptr, "CRoaring reads what was checked");
  return bitmap;
}

}  // namespace

Result<std::string> merge_posting(std::uint32_t shard, std::string_view posting,
                                  std::span<const std::uint32_t> artifacts) {
  Bitmap bitmap;
  if (posting.empty()) {
    check(!artifacts.empty(), "a posting holds at least one artifact");
    bitmap.reset(roaring_bitmap_create());
  } else {
    PRATIQUE_TRY(bitmap, parse_posting(shard, posting));
  }
  for (const std::uint32_t artifact : artifacts) check(shard_of(artifact) == shard, "an artifact is of its shard");
  roaring_bitmap_add_many(bitmap.get(), artifacts.size(), artifacts.data());
  roaring_bitmap_run_optimize(bitmap.get());  // a component of every artifact takes a few bytes, not 8 KiB
  std::string merged(roaring_bitmap_portable_size_in_bytes(bitmap.get()), '\0');
  roaring_bitmap_portable_serialize(bitmap.get(), merged.data());
  return merged;
}

void ArtifactSet::Free::operator()(roaring_bitmap_s* bitmap) const { roaring_bitmap_free(bitmap); }

ArtifactSet::ArtifactSet() : bitmap_(roaring_bitmap_create()) {}
ArtifactSet::ArtifactSet(ArtifactSet&&) noexcept = default;
ArtifactSet& ArtifactSet::operator=(ArtifactSet&&) noexcept = default;
ArtifactSet::~ArtifactSet() = default;

Result<void> ArtifactSet::add_posting(std::uint32_t shard, std::string_view posting) {
  PRATIQUE_TRY(const Bitmap bitmap, parse_posting(shard, posting));
  roaring_bitmap_or_inplace(bitmap_.get(), bitmap.get());
  return {};
}

void ArtifactSet::add(std::uint32_t artifact) { roaring_bitmap_add(bitmap_.get(), artifact); }

ArtifactSet& ArtifactSet::operator|=(const ArtifactSet& other) {
  roaring_bitmap_or_inplace(bitmap_.get(), other.bitmap_.get());
  return *this;
}

ArtifactSet& ArtifactSet::operator&=(const ArtifactSet& other) {
  roaring_bitmap_and_inplace(bitmap_.get(), other.bitmap_.get());
  return *this;
}

ArtifactSet& ArtifactSet::operator-=(const ArtifactSet& other) {
  roaring_bitmap_andnot_inplace(bitmap_.get(), other.bitmap_.get());
  return *this;
}

std::uint64_t ArtifactSet::size() const { return roaring_bitmap_get_cardinality(bitmap_.get()); }

bool ArtifactSet::contains(std::uint32_t artifact) const { return roaring_bitmap_contains(bitmap_.get(), artifact); }

std::vector<std::uint32_t> ArtifactSet::page(std::uint32_t first, std::size_t count) const {
  std::vector<std::uint32_t> ids;
  roaring_uint32_iterator_t at;
  roaring_init_iterator(bitmap_.get(), &at);
  if (!roaring_move_uint32_iterator_equalorlarger(&at, first)) return ids;
  ids.resize(std::min<std::uint64_t>(count, size()));
  ids.resize(roaring_read_uint32_iterator(&at, ids.data(), static_cast<std::uint32_t>(ids.size())));
  return ids;
}

struct PostingUnion::Shard {
  std::uint32_t number = 0;
  bool is_begun = false, has_any = false, knows_wanted = false;
  ShardBits bits{}, wanted{};  // wanted: of `among`, once it is known
};

PostingUnion::PostingUnion(const ArtifactSet* among) : among_(among), shard_(std::make_unique<Shard>()) {}
PostingUnion::PostingUnion(PostingUnion&&) noexcept = default;
PostingUnion& PostingUnion::operator=(PostingUnion&&) noexcept = default;
PostingUnion::~PostingUnion() = default;

void PostingUnion::begin(std::uint32_t shard) {
  if (shard_->is_begun && shard_->number == shard) return;
  check(!shard_->is_begun || shard_->number < shard, "shards come in ascending order");
  end();
  *shard_ = {};
  shard_->number = shard;
  shard_->is_begun = true;
}

void PostingUnion::end() {
  if (!shard_->is_begun) return;
  std::vector<std::uint32_t> ids;
  for (std::uint32_t word = 0; word < shard_->bits.size(); ++word) {
    for (std::uint64_t bits = shard_->bits[word]; bits != 0; bits &= bits - 1)
      ids.push_back(shard_->number << 16 | word * 64 | static_cast<std::uint32_t>(std::countr_zero(bits)));
  }
  roaring_bitmap_add_many(all_.bitmap_.get(), ids.size(), ids.data());
}

Result<void> PostingUnion::add(std::uint32_t shard, std::string_view posting) {
  PRATIQUE_DO(check_posting(shard, posting));
  begin(shard);
  set_bits(posting, shard_->bits);
  shard_->has_any = true;
  return {};
}

bool PostingUnion::may_grow(std::uint32_t shard) {
  if (among_ == nullptr) return true;
  begin(shard);
  const std::uint64_t first = std::uint64_t{shard} << 16, end = first + 65'536;
  if (!shard_->has_any) return roaring_bitmap_range_cardinality(among_->bitmap_.get(), first, end) > 0;
  // Spelling out the bits of a shard costs as much as many postings: only for who asks a second time.
  if (!shard_->knows_wanted) {
    shard_->knows_wanted = true;
    for (const std::uint32_t id : among_->page(static_cast<std::uint32_t>(first), 65'536))
      if (id < end) shard_->wanted[id % 65'536 / 64] |= std::uint64_t{1} << (id % 64);
  }
  for (std::size_t i = 0; i < shard_->bits.size(); ++i)
    if ((shard_->wanted[i] & ~shard_->bits[i]) != 0) return true;
  return false;
}

ArtifactSet PostingUnion::take() && {
  end();
  if (among_ != nullptr) all_ &= *among_;
  return std::move(all_);
}

std::vector<std::uint32_t> choose(std::span<const Release> releases,
                                  const std::function<bool(std::string_view version)>& wanted) {
  std::unordered_map<std::string_view, bool> asked;
  std::vector<std::uint32_t> components;
  for (const Release& release : releases) {
    const auto [answer, is_new] = asked.try_emplace(release.version, false);
    if (is_new) answer->second = wanted(release.version);
    if (answer->second) components.push_back(release.component);
  }
  return components;
}

}  // namespace pratique
