#include "world/http/coding.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

TEST(Coding, UnpacksWhatItPacked) {
  std::string noise;
  for (unsigned i = 0, x = 7; i < 300'000; ++i) noise.push_back(static_cast<char>((x = x * 1103515245 + 12345) >> 16));
  for (const auto coding : {Coding::identity, Coding::gzip, Coding::zstd})
    for (const auto& text : {std::string(), std::string("a"), std::string(1 << 20, 'x'), noise}) {
      const auto back = unpack(coding, pack(coding, text), std::size_t{1} << 20);
      ASSERT_TRUE(back) << name_of(coding) << " " << text.size();
      EXPECT_EQ(*back == text, true);
    }
}

TEST(Coding, StopsABombAtTheLimit) {
  for (const auto coding : {Coding::gzip, Coding::zstd}) {
    const auto bomb = pack(coding, std::string(std::size_t{64} << 20, '\0'));
    EXPECT_LT(bomb.size(), std::size_t{1} << 20);
    const auto out = unpack(coding, bomb, 1'000'000);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().fault, Fault::limit);
    EXPECT_TRUE(unpack(coding, pack(coding, std::string(1000, 'x')), 1000));
    EXPECT_FALSE(unpack(coding, pack(coding, std::string(1001, 'x')), 1000));
  }
}

TEST(Coding, RefusesWhatIsNotWhole) {
  for (const auto coding : {Coding::gzip, Coding::zstd}) {
    const auto good = pack(coding, "a bill of health, clean as far as anybody knows");
    for (std::size_t cut = 0; cut < good.size(); ++cut)
      EXPECT_EQ(unpack(coding, good.substr(0, cut), 1000).error().fault, Fault::malformed) << cut;
    EXPECT_FALSE(unpack(coding, good + "more", 1000));
    EXPECT_FALSE(unpack(coding, "plain text", 1000));
  }
}

TEST(Coding, ChoosesWhatTheClientPrefers) {
  const std::pair<const char*, Coding> cases[] = {{"", Coding::identity},
                                                  {"br", Coding::identity},
                                                  {"gzip, deflate, br", Coding::gzip},
                                                  {"gzip, zstd", Coding::zstd},
                                                  {"zstd;q=0.5, GZIP;q=0.8", Coding::gzip},
                                                  {"gzip;q=0", Coding::identity},
                                                  {"*", Coding::zstd},
                                                  {"*;q=0.5, zstd;q=0", Coding::gzip},
                                                  {"gzip;q=2", Coding::identity},
                                                  {"gzip;level=9", Coding::identity},
                                                  {" gzip ; q=0.001 ", Coding::gzip}};
  for (const auto& [header, coding] : cases) EXPECT_EQ(choose_coding(header), coding) << header;
  EXPECT_EQ(parse_coding("GZip").value(), Coding::gzip);
  EXPECT_EQ(parse_coding("gzip, gzip").error().fault, Fault::unsupported);
  EXPECT_EQ(parse_coding("br").error().fault, Fault::unsupported);
}

}  // namespace
}  // namespace pratique
