#include "model/license.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.h"
#include "model/license_list.h"

namespace pratique {
namespace {

std::string canonical(const std::string& text) {
  const auto expression = parse_license(text);
  return expression ? render_license(*expression) : "refused: " + render(expression.error());
}

TEST(License, HasOneCanonicalText) {
  const std::pair<std::string, std::string> cases[] = {
      {"MIT", "MIT"},
      {"mit", "MIT"},
      {"apache-2.0", "Apache-2.0"},
      {"  (MIT)  ", "MIT"},
      {"GPL-2.0+", "GPL-2.0+"},
      {"gpl-2.0-or-later", "GPL-2.0-or-later"},
      {"Some-Thing-1.0", "Some-Thing-1.0"},
      {"LGPLv2+", "LGPLv2+"},
      {"LicenseRef-my.Own", "LicenseRef-my.Own"},
      {"DocumentRef-a.b:LicenseRef-c", "DocumentRef-a.b:LicenseRef-c"},
      {"MIT or Apache-2.0", "MIT OR Apache-2.0"},
      {"MIT OR Apache-2.0 AND ISC", "MIT OR Apache-2.0 AND ISC"},
      {"MIT OR (Apache-2.0 AND ISC)", "MIT OR Apache-2.0 AND ISC"},
      {"(MIT OR Apache-2.0)AND ISC", "(MIT OR Apache-2.0) AND ISC"},
      {"((MIT AND ISC) AND (Zlib and (X11)))", "MIT AND ISC AND Zlib AND X11"},
      {"MIT OR (ISC OR (Zlib OR X11))", "MIT OR ISC OR Zlib OR X11"},
      {"gpl-2.0-only with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"},
      {"GPL-2.0+ WITH AdditionRef-x", "GPL-2.0+ WITH AdditionRef-x"},
      {"MIT AND NOASSERTION", "MIT AND NOASSERTION"},
      {"NONE", "NONE"},
  };
  for (const auto& [written, expected] : cases) {
    SCOPED_TRACE(written);
    EXPECT_EQ(canonical(written), expected);
    EXPECT_EQ(canonical(expected), expected);
  }
}

TEST(License, RefusesWhatIsNoExpression) {
  for (const auto* text : {"",
                           " ",
                           "()",
                           "(",
                           ")",
                           "MIT)",
                           "(MIT",
                           "MIT ISC",
                           "Public Domain",
                           "MIT, BSD",
                           "MIT AND",
                           "AND MIT",
                           "MIT AND OR ISC",
                           "MIT And ISC",
                           "MIT WITH",
                           "MIT WITH (x)",
                           "MIT WITH AND",
                           "MIT WITH a WITH b",
                           "(MIT OR ISC) WITH x",
                           "MIT +",
                           "+",
                           "MIT++",
                           "LicenseRef-",
                           "LicenseRef-a+",
                           "LicenseRef-a_b",
                           "licenseref-x",
                           "MIT WITH AdditionRef-",
                           "NONE+",
                           "DocumentRef-a",
                           "DocumentRef-a:MIT",
                           "DocumentRef-:LicenseRef-a",
                           "MIT\nAND ISC",
                           "M\xC3\x8FT",
                           "---",
                           "NONE OR MIT",
                           "MIT OR NOASSERTION",
                           "NONE WITH x",
                           "a/b",
                           "MIT AND LicenseRef-"}) {
    SCOPED_TRACE(text);
    const auto expression = parse_license(text);
    ASSERT_FALSE(expression) << render_license(*expression);
    EXPECT_EQ(expression.error().fault, Fault::malformed);
    EXPECT_EQ(expression.error().place.size(), 1u);
  }
  const auto expression = parse_license("MIT AND (ISC Zlib)");
  ASSERT_FALSE(expression);
  EXPECT_EQ(render(expression.error()), "column 14: ')' expected, not 'Zlib'");
}

TEST(License, HasLimits) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "MIT" + std::string(depth, ')'); };
  EXPECT_TRUE(parse_license(nested(LicenseExpression::deepest)));
  for (const auto& text : {nested(LicenseExpression::deepest + 1), nested(100'000), std::string(100'000, 'a')}) {
    const auto expression = parse_license(text);
    ASSERT_FALSE(expression);
    EXPECT_EQ(expression.error().fault, Fault::limit);
  }
  std::string wide = "MIT";
  while (wide.size() + 8 < LicenseExpression::longest) wide += " AND MIT";
  ASSERT_TRUE(parse_license(wide));
  EXPECT_EQ(licenses_of(*parse_license(wide)).size(), 1u);
  // Found by fuzzing: within the limit as it is written, beyond it in canonical text, which could not be read again.
  std::string tight = "(A OR B)";
  while (tight.size() + 11 < LicenseExpression::longest) tight += "AND(A OR B)";
  ASSERT_FALSE(parse_license(tight));
  EXPECT_EQ(parse_license(tight).error().fault, Fault::limit);
}

TEST(License, TreeFollowsPrecedence) {
  using Kind = LicenseExpression::Kind;
  const auto tree = parse_license("LGPL-2.1-only OR BSD-3-Clause AND MIT");
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->kind, Kind::any_of);
  ASSERT_EQ(tree->operands.size(), 2u);
  EXPECT_EQ(tree->operands[0].id, "LGPL-2.1-only");
  EXPECT_EQ(tree->operands[1].kind, Kind::all_of);
  const auto licenses = licenses_of(*parse_license("(GPL-2.0+ WITH GCC-exception-2.0 OR mit) AND (MIT OR NONE1)"));
  EXPECT_EQ(licenses, (std::vector<std::string>{"GPL-2.0+ WITH GCC-exception-2.0", "MIT", "NONE1"}));
}

TEST(License, SatisfiedByWhatIsAccepted) {
  const auto accepted = parse_license_set({"mit", "Apache-2.0", "GPL-2.0", "LGPL-2.1-or-later",
                                           "GPL-2.0-only WITH Classpath-exception-2.0", "LicenseRef-Own"});
  ASSERT_TRUE(accepted) << render(accepted.error());
  const std::pair<std::string, bool> cases[] = {
      {"MIT", true},
      {"ISC", false},
      {"MIT AND ISC", false},
      {"MIT OR ISC", true},
      {"(MIT OR ISC) AND Apache-2.0", true},
      {"(MIT AND ISC) OR (Zlib AND X11)", false},
      {"GPL-2.0-only", true},
      {"GPL-2.0", true},
      {"GPL-2.0+", true},
      {"GPL-2.0-or-later", true},
      {"GPL-3.0-or-later", false},
      {"LGPL-2.1+", true},
      {"LGPL-2.1-only", false},
      {"GPL-2.0 WITH classpath-exception-2.0", true},
      {"GPL-2.0-or-later WITH Classpath-exception-2.0", true},
      {"GPL-2.0-with-classpath-exception", true},
      {"GPL-2.0-only WITH GCC-exception-2.0", false},
      {"MIT WITH LLVM-exception", false},
      {"LicenseRef-own", true},
      {"DocumentRef-x:LicenseRef-Own", false},
      {"NOASSERTION", false},
      {"NONE", false},
      {"MIT AND NOASSERTION", false},
  };
  for (const auto& [text, answer] : cases) {
    const auto expression = parse_license(text);
    ASSERT_TRUE(expression) << text;
    EXPECT_EQ(satisfies(*expression, *accepted), answer) << text;
  }
  EXPECT_FALSE(parse_license_set({"MIT OR ISC"}));
  EXPECT_FALSE(parse_license_set({"MIT", "GPL v2"}));
  EXPECT_FALSE(satisfies(*parse_license("MIT"), *parse_license_set({})));
}

TEST(License, CanonicalTextMeansTheSame) {
  const auto words =
      std::vector<std::string>{"MIT", "isc", "GPL-2.0+", "LicenseRef-a", "AND", "OR", "with", "(", ")", " ", "x"};
  EXPECT_TRUE(rc::check("parse(render(e)) == e", [&] {
    std::string text;
    for (const auto& word : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(words)))
      text += word + " ";
    const auto expression = parse_license(text);
    if (!expression) return;
    const auto again = parse_license(render_license(*expression));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *expression);
  }));
}

TEST(LicenseList, AnswersInItsOwnCase) {
  for (const std::string_view id :
       {"0BSD", "MIT", "GPL-2.0-with-classpath-exception", "ZPL-2.1", "zlib-acknowledgement"})
    EXPECT_EQ(listed_license(lower(id)), id);
  for (const std::string_view id : {"389-exception", "x11vnc-openssl-exception"}) EXPECT_EQ(listed_exception(id), id);
  for (const std::string_view id : {"", "BSD", "MI", "MITT", "LicenseRef-MIT", "389-exception"})
    EXPECT_EQ(listed_license(id), "") << id;
  EXPECT_EQ(listed_exception("MIT"), "");
  EXPECT_TRUE(is_on_license_list("MIT"));
  EXPECT_TRUE(is_on_license_list("389-exception"));
  for (const std::string_view id : {"", "mit", "BSD"}) EXPECT_FALSE(is_on_license_list(id)) << id;
}

}  // namespace
}  // namespace pratique
