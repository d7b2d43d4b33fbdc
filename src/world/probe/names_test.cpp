#include "world/probe/names.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

const std::string symbols =
    "0000000000000000 A fixed_percpu_data\n"
    "ffffffff81000000 T _stext\n"
    "ffffffff81400000 T bpf_send_signal\n"
    "ffffffff81500000 T __bpf_call_base\n"
    "ffffffff81500040 t array_map_lookup_elem\n"
    "ffffffff81500040 t the_same_place\n"
    "ffffffff81900000 T bpf_skb_store_bytes\n"
    "ffffffffc0000000 t nft_do\t[nf_tables]\n";

std::map<std::int32_t, std::string> call_symbols_in(std::string_view text, const std::set<std::int32_t>& distances,
                                                    std::size_t piece = 1000) {
  CallSymbols found(distances);
  while (!text.empty() && found.add(text.substr(0, piece))) text.remove_prefix(std::min(piece, text.size()));
  return found.names();
}

TEST(CallSymbolsTest, AreCountedFromTheCallBase) {
  const std::map<std::int32_t, std::string> expected{{-0x100000, "bpf_send_signal"},
                                                     {0x40, "array_map_lookup_elem"},
                                                     {0x400000, "bpf_skb_store_bytes"},
                                                     {0x3eb00000, "nft_do"}};
  for (const std::size_t piece : {1u, 7u, 40u, 1000u})
    EXPECT_EQ(call_symbols_in(symbols, {-0x100000, 0x40, 0x400000, 0x3eb00000, 0x41}, piece), expected) << piece;
}

TEST(CallSymbolsTest, ReadsNoFurtherThanNeeded) {
  const std::set<std::int32_t> wanted{0x40};
  CallSymbols found(wanted);
  EXPECT_FALSE(found.add(symbols));
  EXPECT_EQ(found.names().size(), 1u);
}

TEST(CallSymbolsTest, NothingWhereAddressesAreHiddenOrTheTextIsNotKallsyms) {
  for (const std::string text :
       {"", "\n", "0000000000000000 T __bpf_call_base\n0000000000000000 T bpf_send_signal\n",
        "ffffffff81500000 T __bpf_call_base", "zz T __bpf_call_base\n", " __bpf_call_base\n"}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(call_symbols_in(text, {0, 64}).empty());
  }
}

}  // namespace
}  // namespace pratique
