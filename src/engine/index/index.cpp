#include "engine/index/index.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <unordered_map>

#include "engine/index/posting.h"

namespace pratique {
namespace {

struct Free {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<roaring_bitmap_t, Free>;

Result<Bitmap> parse_posting(std::uint32_t shard, std::string_view posting) {
  if (!is_posting(shard, posting))
    return Error{Fault::malformed,
                 "a posting of shard " + std::to_string(shard) + " is damaged",
                 {},
                 "move the store away and ingest again"};
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
