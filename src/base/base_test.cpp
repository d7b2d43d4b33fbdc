#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/text.h"

namespace pratique {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{Fault::malformed, "odd", {"/n"}, "give an even number"};
  return number / 2;
}

Result<int> quarter(int number) {
  PRATIQUE_TRY(const int once, half(number));
  PRATIQUE_TRY(const int twice, half(once));
  return twice;
}

TEST(Result, CarriesTheFirstErrorOut) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().text, "odd");
}

TEST(Error, RendersPlaceTextAndRemedyAsOneSafeLine) {
  auto error = std::move(half(3)).error().in("shop\x1b[2J.json");
  EXPECT_EQ(render(error), "shop\\x1b[2J.json: /n: odd; give an even number");
}

TEST(Printable, ShowsWhatWouldDeceive) {
  EXPECT_EQ(printable("plain \xC3\xA9"), "plain \xC3\xA9");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\u202e");
  EXPECT_EQ(printable("\xC2\x9B"), "\\x9b");
  EXPECT_EQ(printable("\xFF\xC0\x80"), "\\xff\\xc0\\x80");
  EXPECT_EQ(printable("two\nlines"), "two\\nlines");
}

TEST(Utf8, RefusesOverlongSurrogatesAndTruncation) {
  EXPECT_TRUE(is_utf8("\xF0\x9F\x9A\xA2"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xE2\x82"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
}

TEST(Text, EncodesWhatASegmentOfAUrlCannotHold) {
  EXPECT_EQ(percent_encoded("pkg:npm/a b&c~d", url_unreserved), "pkg%3Anpm%2Fa%20b%26c~d");
}

TEST(Text, SplitsTrimsAndCounts) {
  EXPECT_EQ(split("a,,b", ',').size(), 3u);
  EXPECT_EQ(trim(" \tx y\n"), "x y");
  EXPECT_EQ(with_commas(12401), "12,401");
  EXPECT_EQ(with_commas(7), "7");
  EXPECT_EQ(human_bytes(131072000), "125.0 MiB");
  EXPECT_EQ(parse_unsigned("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_unsigned("12a"), std::nullopt);
  EXPECT_EQ(nearest("denyPakage", {"denyPackage", "requireSBOM"}), "denyPackage");
  EXPECT_EQ(nearest("stroe", {"db", "store"}), "store");
  EXPECT_EQ(nearest("zebra", {"denyPackage", "requireSBOM"}), "");
  EXPECT_EQ(json_quoted("a\"\x01\xFF"), "\"a\\\"\\u0001\xEF\xBF\xBD\"");
}

TEST(Clock, ReadsEveryShapeOfRfc3339) {
  EXPECT_EQ(render_time(parse_time("2026-03-01T12:00:00Z").value()), "2026-03-01T12:00:00Z");
  EXPECT_EQ(render_time(parse_time("2026-03-01T12:00:00.123456+02:00").value()), "2026-03-01T10:00:00.123Z");
  EXPECT_EQ(render_time(parse_time("2026-03-01").value()), "2026-03-01T00:00:00Z");
  EXPECT_EQ(render_time(parse_time("0001-01-01T00:00:00Z").value()), "0001-01-01T00:00:00Z");
  for (const auto* bad : {"", "yesterday", "2026-02-30", "2026-03-01T25:00:00Z", "2026-03-01T12:00:00", "2026-3-1"})
    EXPECT_FALSE(parse_time(bad)) << bad;
}

TEST(Digest, IsTheOneOfFips180) {
  EXPECT_EQ(sha256_of("abc").text(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(parse_digest("SHA256:" + std::string(64, 'A')).value().hex(), std::string(64, 'a'));
  for (const std::string& bad : {std::string("sha256:12"), "md5:" + std::string(32, 'a'),
                                 "sha256:" + std::string(64, 'g'), std::string(64, 'a'), std::string()})
    EXPECT_FALSE(parse_digest(bad)) << bad;
}

TEST(Bytes, IsPaddedWithZeros) {
  const Bytes bytes = Bytes::copy_of("{}");
  EXPECT_EQ(bytes.view(), "{}");
  EXPECT_EQ(bytes.view().data()[2], '\0');
  EXPECT_EQ(bytes.view().data()[65], '\0');
}

TEST(Base64, GoesBothWaysAndRefusesWhatIsNone) {
  for (const std::string& bytes :
       {std::string(), std::string("f"), std::string("fo"), std::string("foo"), std::string("\x00\xff\xfe\x3f", 4)})
    EXPECT_EQ(decode_base64(encode_base64(bytes)).value(), bytes);
  EXPECT_EQ(encode_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(decode_base64("Zm9v\nYg").value(), "foob");
  EXPECT_EQ(decode_base64("-_8=").value(), decode_base64("+/8=").value());
  for (const std::string_view bad : {"Z", "Zm9vY", "Zm9vYg=", "Zm==9v", "Zm9v!", "Zm 9"})
    EXPECT_FALSE(decode_base64(bad)) << bad;
}

}  // namespace
}  // namespace pratique
