#include "model/cpe.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace pratique {
namespace {

std::string formatted(const std::string& text) {
  const auto cpe = parse_cpe(text);
  return cpe ? render_cpe(*cpe) : "refused: " + render(cpe.error());
}

std::string uri(const std::string& text) {
  const auto cpe = parse_cpe(text);
  return cpe ? render_cpe_uri(*cpe) : "refused: " + render(cpe.error());
}

// The examples of NISTIR 7695, 6.1.2 to 6.2.3, and what documents write.
TEST(Cpe, IsBoundToBothForms) {
  struct Case {
    std::string written, formatted, uri;
  };
  const Case cases[] = {
      {"cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*",
       "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*",
       "cpe:/a:microsoft:internet_explorer:8.0.6001:beta"},
      {"cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*",
       "cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*", "cpe:/a:microsoft:internet_explorer:8.%02:sp%01"},
      {"cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*",
       "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*",
       "cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~"},
      {"cpe:2.3:a:hp:openview_network_manager:7.51:*:*:*:*:linux:*:*",
       "cpe:2.3:a:hp:openview_network_manager:7.51:*:*:*:*:linux:*:*",
       "cpe:/a:hp:openview_network_manager:7.51::~~~linux~~"},
      {R"(cpe:2.3:a:foo\\bar:big\$money_manager_2010:*:*:*:*:special:ipod_touch:80gb:*)",
       R"(cpe:2.3:a:foo\\bar:big\$money_manager_2010:*:*:*:*:special:ipod_touch:80gb:*)",
       "cpe:/a:foo%5cbar:big%24money_manager_2010:::~~special~ipod_touch~80gb~"},
      {"cpe:/a:foo~bar:big%7emoney_2010", R"(cpe:2.3:a:foo\~bar:big\~money_2010:*:*:*:*:*:*:*:*)",
       "cpe:/a:foo%7ebar:big%7emoney_2010"},
      {"cpe:/a:foo:bar:12.%02%01", "refused", "refused"},
      {"cpe:/a:foo:bar:%01%01%01%01", "cpe:2.3:a:foo:bar:????:*:*:*:*:*:*:*", "cpe:/a:foo:bar:%01%01%01%01"},
      {"cpe:/o:redhat:rhel_eus:8.6::baseos", "cpe:2.3:o:redhat:rhel_eus:8.6:*:baseos:*:*:*:*:*",
       "cpe:/o:redhat:rhel_eus:8.6::baseos"},
      {"cpe:/a:b:-", "cpe:2.3:a:b:-:*:*:*:*:*:*:*:*", "cpe:/a:b:-"},
      {R"(cpe:2.3:a:b:\-:*:*:*:*:*:*:*:*)", R"(cpe:2.3:a:b:\-:*:*:*:*:*:*:*:*)", "cpe:/a:b:%2d"},
      {R"(CPE:2.3:A:B:C\.D\-E:1+2:*:*:*:*:*:*:*)", R"(cpe:2.3:a:b:c.d-e:1\+2:*:*:*:*:*:*:*)", "cpe:/a:b:c.d-e:1%2b2"},
      {R"(cpe:2.3:a:wikimedia\/common:x\:y:v0.3.0:*:*:*:*:*:*:*)",
       R"(cpe:2.3:a:wikimedia\/common:x\:y:v0.3.0:*:*:*:*:*:*:*)", "cpe:/a:wikimedia%2fcommon:x%3ay:v0.3.0"},
      {"cpe:/", "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "cpe:/"},
  };
  for (const auto& [written, as_formatted, as_uri] : cases) {
    SCOPED_TRACE(written);
    if (as_formatted == "refused") {
      EXPECT_TRUE(formatted(written).starts_with("refused")) << formatted(written);
      continue;
    }
    EXPECT_EQ(formatted(written), as_formatted);
    EXPECT_EQ(uri(written), as_uri);
    EXPECT_EQ(formatted(as_uri), as_formatted);
    EXPECT_EQ(formatted(as_formatted), as_formatted);
  }
}

TEST(Cpe, RefusesWhatIsNoName) {
  const std::string rest = ":*:*:*:*:*:*:*:*:*";  // nine values
  const std::vector<std::string> texts = {"",
                                          "cpe",
                                          "cpe:2.3",
                                          "cpe:2.3:a",
                                          "cpe:2.3:a:b:c" + rest,
                                          "cpe:2.3:x:b" + rest,
                                          "cpe:2.3:a:" + rest,
                                          "cpe:2.3:a:b*c" + rest,
                                          "cpe:2.3:a:b?c" + rest,
                                          "cpe:2.3:a:**" + rest,
                                          "cpe:2.3:a:?*" + rest,
                                          "cpe:2.3:a:b c" + rest,
                                          "cpe:2.3:a:b\xC3\xA9" + rest,
                                          "cpe:2.3:a:b\n" + rest,
                                          "cpe:2.3:a:b:*:*:*:*:*:*:*:*:c\\",
                                          "cpe:/a:b%",
                                          "cpe:/a:b%zz",
                                          "cpe:/a:b%00",
                                          "cpe:/a:b:c:d:e:f:g:h",
                                          "cpe:/a:b:c:d:e:~1~2~3",
                                          "cpe:2.3:a:" + std::string(1 << 20, 'x') + rest};
  for (const auto& text : texts) {
    SCOPED_TRACE(text.substr(0, 80));
    EXPECT_FALSE(parse_cpe(text));
  }
  EXPECT_TRUE(parse_cpe("cpe:2.3:a:b" + rest));
}

// NISTIR 7696, table 6-2.
TEST(Cpe, ValuesCompareAsTheTableSays) {
  struct Row {
    std::string source, target;
    CpeRelation relation;
  };
  using enum CpeRelation;
  const Row rows[] = {
      {"*", "*", equal},          {"*", "-", superset},        {"*", "x", superset},
      {"*", "x*", undefined},     {"-", "*", subset},          {"-", "-", equal},
      {"-", "x", disjoint},       {"-", "x*", undefined},      {"x", "x", equal},
      {"x", "y", disjoint},       {"x", "y*", undefined},      {"x", "-", disjoint},
      {"x", "*", subset},         {"x*", "xy", superset},      {"x*", "yx", disjoint},
      {"x*", "-", disjoint},      {"x*", "*", subset},         {"x*", "x*", undefined},
      {"*x", "yx", superset},     {"*x", "xy", disjoint},      {"*x*", "yxy", superset},
      {"?x", "x", superset},      {"?x", "yx", superset},      {"?x", "yyx", disjoint},
      {"x??", "xyz", superset},   {"x??", "xyzz", disjoint},   {"?x*", "zxxx", superset},
      {"*8.?", "v8.1", superset}, {"???", "ab", superset},     {"???", "abcd", disjoint},
      {R"(x\*)", "xy", disjoint}, {R"(x\*)", R"(x\*)", equal}, {"x*", R"(x\*)", superset},
      {R"(\-)", "-", disjoint},   {"-", R"(\-)", disjoint},    {R"(1\+*)", R"(1\+2)", superset},
  };
  for (const auto& [source, target, relation] : rows)
    EXPECT_EQ(compare_values(source, target), relation) << source << " against " << target;
}

CpeRelation relation(const std::string& source, const std::string& target) {
  const auto a = parse_cpe(source), b = parse_cpe(target);
  EXPECT_TRUE(a) << source;
  EXPECT_TRUE(b) << target;
  return a && b ? compare(*a, *b) : CpeRelation::undefined;
}

// NISTIR 7696, table 6-4.
TEST(Cpe, NamesCompareByAllValues) {
  using enum CpeRelation;
  EXPECT_EQ(relation("cpe:/a:b:c:1", "cpe:/a:b:c:1"), equal);
  EXPECT_EQ(relation("cpe:/a:b:c", "cpe:/a:b:c:1"), superset);
  EXPECT_EQ(relation("cpe:/a:b:c:1", "cpe:/a:b:c"), subset);
  EXPECT_EQ(relation("cpe:/a:b:c:1", "cpe:/a:b:d:1"), disjoint);
  EXPECT_EQ(relation("cpe:/a:b:c", "cpe:/a:b::1"), undefined);
  EXPECT_EQ(relation("cpe:/a:b:c:1", "cpe:/a:b:c:%02.0"), undefined);
  EXPECT_EQ(relation("cpe:/a:b:d:1", "cpe:/a:b:c:%02.0"), disjoint);
  // "no version" is no wildcard, on either side.
  EXPECT_EQ(relation("cpe:/a:b:c:-", "cpe:/a:b:c:1"), disjoint);
  EXPECT_EQ(relation("cpe:/a:b:c:1", "cpe:/a:b:c:-"), disjoint);
  EXPECT_TRUE(matches(*parse_cpe("cpe:/a:b:c"), *parse_cpe("cpe:/a:B:c:1")));
  EXPECT_FALSE(matches(*parse_cpe("cpe:/a:b:c:1"), *parse_cpe("cpe:/a:b:c")));
}

TEST(Cpe, ValuesArePlainOnRequest) {
  EXPECT_EQ(plain_value(R"(1\+2\\\:)"), R"(1+2\:)");
  EXPECT_EQ(plain_value("8.0"), "8.0");
  EXPECT_EQ(plain_value("x\\"), "x\\");
  EXPECT_EQ((*parse_cpe("cpe:/a:b:c:1"))[CpeAttribute::version], "1");
  EXPECT_EQ(name_of(CpeAttribute::target_sw), "target_sw");
}

TEST(Cpe, BothFormsCarryTheSameName) {
  EXPECT_TRUE(rc::check("parse(render(c)) == c, in both forms", [] {
    const auto value = rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::elementOf(std::string("abZ019_.-")), rc::gen::elementOf(std::string("\\:*?~%+/ -"))));
    std::string text = "cpe:2.3:a";
    for (int i = 0; i < 10; ++i)
      text += ":" + *rc::gen::weightedOneOf<std::string>({{3, rc::gen::just<std::string>("*")}, {1, value}});
    const auto cpe = parse_cpe(text);
    if (!cpe) return;
    const auto again = parse_cpe(render_cpe(*cpe));
    const auto from_uri = parse_cpe(render_cpe_uri(*cpe));
    RC_ASSERT(again.has_value());
    RC_ASSERT(from_uri.has_value());
    RC_ASSERT(*again == *cpe);
    RC_ASSERT(*from_uri == *cpe);
  }));
}

}  // namespace
}  // namespace pratique
