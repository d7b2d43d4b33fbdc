#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <string>
#include <vector>

#include "engine/version/version.h"

namespace pratique {
namespace {

std::string reread(std::string_view text) {
  const Result<Vers> vers = parse_vers(text);
  return vers ? render_vers(*vers) : "! " + render(vers.error());
}

bool holds(std::string_view vers, std::string_view version) {
  return contains(parse_vers(vers).value(), version).inside;
}

TEST(Vers, IsReadInAnyOrderAndSimplified) {
  EXPECT_EQ(reread("vers:npm/>=1.0.0|<2.0.0"), "vers:npm/>=1.0.0|<2.0.0");
  EXPECT_EQ(reread(" vers:NPM/<2.0.0 | >= 1.0.0 "), "vers:npm/>=1.0.0|<2.0.0");
  EXPECT_EQ(reread("vers:alpine/=1.2-r3"), "vers:apk/1.2-r3");
  EXPECT_EQ(reread("vers:npm/>1.0.0|>2.0.0|3.0.0|<4.0.0|<5.0.0"), "vers:npm/>1.0.0|<5.0.0");
  EXPECT_EQ(reread("vers:npm/1.0.0|<2.0.0|!=1.5.0|>=3.0.0"), "vers:npm/!=1.5.0|<2.0.0|>=3.0.0");
  EXPECT_EQ(reread("vers:pypi/1.0|1.0.0"), "vers:pypi/1.0");
  EXPECT_EQ(reread("vers:datetime/2024-01-01t00:00:00z"), "vers:datetime/2024-01-01T00:00:00Z");
  EXPECT_EQ(reread("vers:deb/*"), "vers:deb/*");
  EXPECT_EQ(reread("vers:all/*"), "vers:generic/*");
  EXPECT_EQ(reread("vers:none/*"), "vers:none/*");
}

TEST(Vers, EncodesWhatItUsesItself) {
  EXPECT_EQ(reread("vers:generic/1.0%3E|2%7C%2A%3d"), "vers:generic/1.0%3E|2%7C%2A%3D");
  EXPECT_EQ(reread("vers:generic/<2/|3"), "vers:generic/<2/|3");  // the slash is not the one behind the type
  EXPECT_EQ(parse_vers("vers:generic/1%252F").value().constraints.at(0).version, "1%2F");
  EXPECT_EQ(render_vers({Scheme::generic, false, {{Comparator::less, "1 2"}}}), "vers:generic/<1%202");
  EXPECT_EQ(render_vers({Scheme::deb, false, {{Comparator::less, "1:2.0~rc1+x-1"}}}), "vers:deb/<1:2.0~rc1+x-1");
  EXPECT_EQ(render_vers({Scheme::generic, false, {{Comparator::less, "1\xc3\xa9"}}}), "vers:generic/<1%C3%A9");
}

TEST(Vers, ErrorsNameTheConstraint) {
  const auto place_of = [](std::string_view text) { return parse_vers(text).error().place.at(0); };
  EXPECT_EQ(place_of("vers:npm/>=1.0.0||<2.0.0"), "");
  EXPECT_EQ(place_of("vers:npm/1.0.0|<%2G"), "<%2G");
  EXPECT_EQ(place_of("vers:npm/1.0.0|>*"), ">*");
  EXPECT_EQ(place_of("vers:npm/<1.0.0|>=1.0"), ">=1.0");
  EXPECT_EQ(parse_vers("vers:npm/").error().fault, Fault::malformed);
  EXPECT_EQ(parse_vers("npm/1.0").error().fault, Fault::malformed);
  EXPECT_EQ(parse_vers("vers:npm").error().fault, Fault::malformed);
  EXPECT_EQ(parse_vers("vers:nmp/1.0").error().fault, Fault::usage);
  EXPECT_EQ(parse_vers("vers:npm/" + std::string(70'000, '1')).error().fault, Fault::limit);
  std::string many = "vers:npm/1";
  for (int i = 0; i < 10'000; ++i) many += "|1";
  EXPECT_EQ(parse_vers(many).error().fault, Fault::limit);
}

TEST(Vers, ValidityIsThatOfTheSpecification) {
  for (const std::string valid : {"vers:npm/1.0.0|>=2.0.0|!=3.0.0|<4.0.0|5.0.0", "vers:npm/!=1.0.0|!=2.0.0",
                                  "vers:deb/*", "vers:none/*", "vers:generic/1%2A", "vers:npm/<1.0.0|2.0.0|>3.0.0"}) {
    const Result<void> checked = validate_vers(valid);
    EXPECT_TRUE(checked) << valid << ": " << (checked ? "" : render(checked.error()));
    EXPECT_EQ(reread(valid), valid);
  }
  for (const std::string invalid :
       {"vers:npm/<2.0.0|>=1.0.0", "vers:npm/=1.0.0", "vers:npm/1.0.0|1.0.0", "vers:npm/>1.0.0|2.0.0|<3.0.0",
        "vers:npm/1.0.0|<2.0.0", "vers:npm/<1.0.0|!=1.5.0|<2.0.0", "vers:npm/>1.0.0|>2.0.0", "vers:npm/ 1.0.0",
        "vers:NPM/1.0.0", "vers:generic/1%2a", "vers:generic/1%2E0", "vers:npm/*|1.0.0", "vers:npm/|1.0.0",
        "vers:npm/1.0.0|", "VERS:npm/1.0.0"})
    EXPECT_FALSE(validate_vers(invalid)) << invalid;
}

TEST(Vers, HoldsVersions) {
  EXPECT_TRUE(holds("vers:maven/>=2.0-beta9|<2.17.1", "2.14.1"));
  EXPECT_FALSE(holds("vers:maven/>=2.0-beta9|<2.17.1", "2.17.1"));
  EXPECT_TRUE(holds("vers:maven/>=2.0-beta9|<2.17.1", "2.0-rc1"));
  EXPECT_TRUE(holds("vers:npm/>=1.0.0|<2.0.0", "2.0.0-rc.1"));  // no rule for pre-releases
  EXPECT_TRUE(holds("vers:pypi/1.11", "1.11.0"));
  EXPECT_TRUE(holds("vers:deb/<1.2-3+deb12u1", "1.2-3"));
  EXPECT_FALSE(holds("vers:deb/<1.2-3+deb12u1", "1.2-3+deb12u2"));
  EXPECT_TRUE(holds("vers:npm/!=1.0.0", "2.0.0"));
  EXPECT_FALSE(holds("vers:npm/!=1.0.0", "1.0.0"));
  EXPECT_FALSE(holds("vers:npm/!=1.0.0|>=3.0.0", "2.0.0"));
  EXPECT_FALSE(holds("vers:npm/1.0.0|!=2.0.0", "3.0.0"));
  EXPECT_TRUE(holds("vers:npm/<1.0.0|2.0.0|>3.0.0", "2.0.0"));
  EXPECT_TRUE(holds("vers:npm/<1.0.0|2.0.0|>3.0.0", "0.1.0"));
  EXPECT_FALSE(holds("vers:npm/<1.0.0|2.0.0|>3.0.0", "2.5.0"));
  EXPECT_FALSE(holds("vers:none/*", "1.0"));
  EXPECT_TRUE(holds("vers:all/*", "(devel)"));
}

TEST(Vers, SaysWhenAComparisonWasAFallback) {
  const Vers vers = parse_vers("vers:golang/<v1.0.0").value();
  EXPECT_FALSE(contains(vers, "v0.1.0").fallback);
  EXPECT_TRUE(contains(vers, "(devel)").fallback);
}

TEST(Vers, ViewsAnswerAsTheirOwners) {
  constexpr std::array<ConstraintView, 3> constraints = {
      {{Comparator::greater_equal, "1.0"}, {Comparator::less, "2.0"}, {Comparator::equal, "3.0"}}};
  const VersView view{Scheme::pypi, false, constraints};
  EXPECT_TRUE(contains(view, "1.5").inside);
  EXPECT_FALSE(contains(view, "2.5").inside);
  EXPECT_TRUE(contains(view, "3.0.0").inside);
  EXPECT_TRUE(contains(VersView{Scheme::pypi, true, {}}, "1").inside);
  EXPECT_FALSE(contains(VersView{Scheme::pypi, false, {}}, "1").inside);
}

TEST(Vers, SetsCombine) {
  const auto vers = [](std::string_view text) { return parse_vers(text).value(); };
  const auto united = [&](std::string_view a, std::string_view b) {
    return render_vers(union_of(vers(a), vers(b)).value());
  };
  const auto common = [&](std::string_view a, std::string_view b) {
    return render_vers(intersection_of(vers(a), vers(b)).value());
  };
  EXPECT_EQ(united("vers:npm/<1.0.0", "vers:npm/>=1.0.0"), "vers:npm/*");
  EXPECT_EQ(united("vers:npm/<1.0.0", "vers:npm/>1.0.0"), "vers:npm/!=1.0.0");
  EXPECT_EQ(united("vers:npm/>=1.0.0|<2.0.0", "vers:npm/2.0.0|>=3.0.0"), "vers:npm/>=1.0.0|<=2.0.0|>=3.0.0");
  EXPECT_EQ(common("vers:npm/>=1.0.0|<3.0.0", "vers:npm/!=2.0.0"), "vers:npm/>=1.0.0|!=2.0.0|<3.0.0");
  EXPECT_EQ(common("vers:npm/<1.0.0", "vers:npm/>=1.0.0"), "vers:none/*");
  EXPECT_EQ(common("vers:all/*", "vers:npm/1.0.0"), "vers:npm/1.0.0");
  EXPECT_EQ(render_vers(complement_of(vers("vers:npm/>=1.0.0|<2.0.0|3.0.0"))), "vers:npm/<1.0.0|>=2.0.0|!=3.0.0");
  EXPECT_EQ(render_vers(complement_of(vers("vers:npm/*"))), "vers:none/*");
  EXPECT_EQ(union_of(vers("vers:npm/1.0.0"), vers("vers:pypi/1.0")).error().fault, Fault::usage);
  EXPECT_TRUE(is_empty(vers("vers:none/*")));
  EXPECT_FALSE(is_empty(vers("vers:npm/!=1.0.0")));
}

// A comparator or nothing for each of a few versions, so that constraints of two ranges meet; written from high to low.
rc::Gen<std::string> a_vers_text() {
  const auto choices = rc::gen::container<std::vector<int>>(7, rc::gen::inRange(0, 8));
  return rc::gen::map(choices, [](const std::vector<int>& drawn) {
    constexpr std::array<std::string_view, 7> versions = {"10", "2.0.1", "2", "1.1", "1.1-rc1", "1.0", "0"};
    std::string text = "vers:maven/";
    for (std::size_t i = 0; i < versions.size(); ++i)
      if (drawn[i] < 6)
        text += std::string(symbol_of(static_cast<Comparator>(drawn[i]))) + std::string(versions[i]) + "|";
    if (text.back() == '|') text.pop_back();
    return text.back() == '/' ? "vers:none/*" : text;
  });
}

Vers some_vers() { return parse_vers(*a_vers_text()).value(); }

TEST(VersProperties, RenderedAndReadIsTheSame) {
  EXPECT_TRUE(rc::check("text to range to text", [] {
    const Vers vers = some_vers();
    const std::string text = render_vers(vers);
    RC_ASSERT(parse_vers(text).value() == vers);
    RC_ASSERT(validate_vers(text).has_value());
  }));
  EXPECT_TRUE(rc::check("any bytes in a version", [](const std::string& version) {
    const Vers vers{Scheme::lexicographic, false, {{Comparator::less_equal, version + "x"}}};
    const std::string text = render_vers(vers);
    RC_ASSERT(parse_vers(text).value() == vers);
    RC_ASSERT(validate_vers(text).has_value());
  }));
}

TEST(VersProperties, SetOperationsAreThoseOfLogic) {
  EXPECT_TRUE(rc::check("version by version", [] {
    const Vers a = some_vers();
    const Vers b = some_vers();
    const Vers united = union_of(a, b).value();
    const Vers common = intersection_of(a, b).value();
    const Vers complement = complement_of(a);
    for (const std::string_view version :
         {"", "0", "0.5", "1", "1.1-rc1", "1.1", "1.5", "2", "2.0.1", "3", "10.0", "11"}) {
      const bool in_a = contains(a, version).inside;
      const bool in_b = contains(b, version).inside;
      RC_ASSERT(contains(united, version).inside == (in_a || in_b));
      RC_ASSERT(contains(common, version).inside == (in_a && in_b));
      RC_ASSERT(contains(complement, version).inside == !in_a);
    }
    for (const Vers& made : {united, common, complement}) RC_ASSERT(validate_vers(render_vers(made)).has_value());
  }));
}

}  // namespace
}  // namespace pratique
