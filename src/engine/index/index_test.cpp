#include "engine/index/index.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <roaring/roaring.h>

#include <map>
#include <numeric>
#include <set>

#include "engine/index/posting.h"

namespace pratique {
namespace {

using Ids = std::vector<std::uint32_t>;

std::string posting_of(std::uint32_t shard, const Ids& ids) { return merge_posting(shard, {}, ids).value(); }

Ids range(std::uint32_t first, std::uint32_t count, std::uint32_t step = 1) {
  Ids ids(count);
  for (std::uint32_t i = 0; i < count; ++i) ids[i] = first + i * step;
  return ids;
}

Ids all_of(const ArtifactSet& set) { return set.page(0, set.size()); }

TEST(Posting, KeepsWhatIsAdded) {
  std::string posting = posting_of(0, {7, 3, 7, 65535});
  posting = merge_posting(0, posting, Ids{5, 3}).value();
  ArtifactSet set;
  ASSERT_TRUE(set.add_posting(0, posting));
  EXPECT_EQ(all_of(set), (Ids{3, 5, 7, 65535}));
  EXPECT_TRUE(set.contains(5));
  EXPECT_FALSE(set.contains(6));
}

TEST(Posting, OfEveryKindOfContainerIsReadBack) {
  const std::uint32_t shard = 15, base = shard << 16;
  const std::map<std::string, Ids> kinds = {{"one", {base}},
                                            {"array", range(base + 1, 4096, 3)},
                                            {"bitset", range(base, 30000, 2)},
                                            {"run", range(base, 65536)}};
  for (const auto& [kind, ids] : kinds) {
    SCOPED_TRACE(kind);
    const std::string posting = posting_of(shard, ids);
    EXPECT_TRUE(is_posting(shard, posting));
    EXPECT_FALSE(is_posting(shard + 1, posting));
    ArtifactSet set;
    ASSERT_TRUE(set.add_posting(shard, posting));
    EXPECT_EQ(all_of(set), ids);
  }
  EXPECT_LT(posting_of(shard, range(base, 65536)).size(), 16u);
}

TEST(Posting, OfEveryKindOfContainerIsUnited) {
  const std::uint32_t shard = 15, base = shard << 16;
  const Ids array = range(base + 1, 4096, 3), bitset = range(base, 30000, 2), run = range(base + 70, 60001);
  Ids most(array);
  most.insert(most.end(), bitset.begin(), bitset.end());
  std::sort(most.begin(), most.end());
  most.erase(std::unique(most.begin(), most.end()), most.end());
  ArtifactSet wanted;
  wanted.add(3);
  for (const std::uint32_t id : range(base + 60, 80)) wanted.add(id);
  PostingUnion some, among(&wanted);
  ASSERT_TRUE(some.add(0, posting_of(0, {3})));
  ASSERT_TRUE(some.add(shard, posting_of(shard, array)));
  ASSERT_TRUE(some.add(shard, posting_of(shard, bitset)));
  EXPECT_FALSE(some.add(shard, posting_of(shard + 1, {(shard + 1) << 16})));
  most.insert(most.begin(), 3);
  EXPECT_EQ(all_of(std::move(some).take()), most);

  ASSERT_TRUE(among.add(0, posting_of(0, {3, 4})));
  EXPECT_FALSE(among.may_grow(0)) << "the one that counts is there";
  EXPECT_TRUE(among.may_grow(shard));
  ASSERT_TRUE(among.add(shard, posting_of(shard, run)));
  EXPECT_TRUE(among.may_grow(shard)) << "ten before the run";
  EXPECT_FALSE(among.may_grow(shard + 1)) << "nothing there counts";
  Ids expected = range(base + 70, 70);
  expected.insert(expected.begin(), 3);
  EXPECT_EQ(all_of(std::move(among).take()), expected);
}

// Anything that passes the check is safe to give to CRoaring: it is what CRoaring itself writes for that content.
TEST(Posting, DamagedAnywhereIsAFaultOrAnotherGoodPosting) {
  for (const auto& ids : {Ids{1}, range(10, 40, 3), range(0, 5000, 13), range(0, 30000, 2), range(5, 60000)}) {
    const std::string good = posting_of(0, ids);
    for (std::size_t at = 0; at < good.size(); at += 1 + at / 64) {
      for (const unsigned char flip : {0x01, 0x80, 0xff}) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ flip);
        ArtifactSet set;
        if (const auto added = set.add_posting(0, bad); !added) {
          EXPECT_EQ(added.error().fault, Fault::malformed);
          EXPECT_EQ(set.size(), 0u);
        } else {
          const Ids read = all_of(set);
          EXPECT_TRUE(std::is_sorted(read.begin(), read.end()));
          EXPECT_EQ(posting_of(0, read).size(), merge_posting(0, bad, {}).value().size());
        }
      }
    }
    for (std::size_t size = 0; size < good.size(); size += 1 + size / 64)
      EXPECT_FALSE(is_posting(0, std::string_view(good).substr(0, size)));
    EXPECT_FALSE(is_posting(0, good + "x"));
  }
}

TEST(Posting, OfSeveralShardsIsNotOne) {
  roaring_bitmap_t* const two = roaring_bitmap_of(2, 1, 70000);
  std::string bytes(roaring_bitmap_portable_size_in_bytes(two), '\0');
  roaring_bitmap_portable_serialize(two, bytes.data());
  roaring_bitmap_free(two);
  EXPECT_FALSE(is_posting(0, bytes));
}

TEST(ArtifactSet, IsCutIntoPages) {
  ArtifactSet set;
  ASSERT_TRUE(set.add_posting(0, posting_of(0, range(0, 3, 10))));
  ASSERT_TRUE(set.add_posting(2, posting_of(2, range(2 << 16, 3))));
  EXPECT_EQ(set.page(0, 4), (Ids{0, 10, 20, 131072}));
  EXPECT_EQ(set.page(131073, 4), (Ids{131073, 131074}));
  EXPECT_EQ(set.page(131075, 4), Ids{});
  EXPECT_EQ(set.page(0, 0), Ids{});
}

TEST(Choose, AsksOnceForEachVersion) {
  const std::vector<Release> releases = {{1, "2.0"}, {2, "2.1"}, {3, "2.0"}, {4, ""}, {5, "2.1"}};
  std::multiset<std::string> asked;
  const auto chosen = choose(releases, [&](std::string_view version) {
    asked.emplace(version);
    return version == "2.0" || version.empty();
  });
  EXPECT_EQ(chosen, (Ids{1, 3, 4}));
  EXPECT_EQ(asked, (std::multiset<std::string>{"", "2.0", "2.1"}));
}

// The model: a map of sets, filled in batches, asked for unions, intersections and differences.
TEST(IndexModel, AnswersAsSetsWould) {
  using Model = std::map<std::uint32_t, std::set<std::uint32_t>>;
  const auto united = [](const Model& model, const Ids& components) {
    std::set<std::uint32_t> all;
    for (const auto component : components)
      if (const auto found = model.find(component); found != model.end())
        all.insert(found->second.begin(), found->second.end());
    return Ids(all.begin(), all.end());
  };
  const bool holds = rc::check("postings merged in any batches answer as sets do", [&] {
    const auto some_component = rc::gen::inRange<std::uint32_t>(0, 12);
    // Few shards with many ids near each other, so that arrays, runs and bitsets all appear and merge.
    const auto some_artifact =
        rc::gen::map(rc::gen::tuple(rc::gen::inRange<std::uint32_t>(0, 3), rc::gen::inRange<std::uint32_t>(0, 9000)),
                     [](const auto& parts) { return std::get<0>(parts) << 16 | std::get<1>(parts); });
    struct Write {
      std::uint32_t component, first, count, step;
    };
    const auto batches = *rc::gen::resize(
        15,
        rc::gen::container<std::vector<std::vector<Write>>>(rc::gen::container<std::vector<Write>>(
            rc::gen::construct<Write>(some_component, some_artifact,
                                      rc::gen::weightedOneOf<std::uint32_t>({{9, rc::gen::inRange<std::uint32_t>(1, 9)},
                                                                             {1, rc::gen::just<std::uint32_t>(5000)}}),
                                      rc::gen::inRange<std::uint32_t>(1, 4)))));
    Model model;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> rows;  // (component, shard) -> posting
    for (const auto& batch : batches) {
      std::map<std::pair<std::uint32_t, std::uint32_t>, Ids> added;
      for (const auto& write : batch)
        for (const std::uint32_t artifact : range(write.first, write.count, write.step)) {
          model[write.component].insert(artifact);
          added[{write.component, shard_of(artifact)}].push_back(artifact);
        }
      for (const auto& [key, ids] : added) rows[key] = merge_posting(key.second, rows[key], ids).value();
    }
    const auto set_of = [&](const Ids& components) {
      ArtifactSet set;
      for (const auto& [key, posting] : rows)
        if (std::find(components.begin(), components.end(), key.first) != components.end())
          RC_ASSERT(set.add_posting(key.second, posting).has_value());
      return set;
    };
    const auto left = *rc::gen::container<Ids>(some_component);
    const auto right = *rc::gen::container<Ids>(some_component);
    const Ids a = united(model, left), b = united(model, right);
    RC_ASSERT(all_of(set_of(left)) == a);
    Ids both, either, only;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(either));
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
    auto set = set_of(left);
    RC_ASSERT(all_of(set &= set_of(right)) == both);
    set = set_of(left);
    RC_ASSERT(all_of(set |= set_of(right)) == either);
    set = set_of(left);
    RC_ASSERT(all_of(set -= set_of(right)) == only);

    // The same with what is quicker: of all, and among those on the right.
    const ArtifactSet among = set_of(right);
    PostingUnion plain, some(&among);
    std::map<std::uint32_t, std::vector<std::string>> shards;
    for (const auto& [key, posting] : rows)
      if (std::find(left.begin(), left.end(), key.first) != left.end()) shards[key.second].push_back(posting);
    for (const auto& [shard, postings] : shards)
      for (const auto& posting : postings) {
        RC_ASSERT(plain.add(shard, posting).has_value());
        if (some.may_grow(shard)) RC_ASSERT(some.add(shard, posting).has_value());
      }
    RC_ASSERT(all_of(std::move(plain).take()) == a);
    RC_ASSERT(all_of(std::move(some).take()) == both);
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace pratique
