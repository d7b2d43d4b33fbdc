#include "app/render/table.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

TEST(Table, AlignsAndLeavesNoBlanksAtTheEnd) {
  const Table table{{"NAME", "V"}, {{"lodash", "4.17.20"}, {"q", ""}}};
  EXPECT_EQ(render_table(table, {}), "NAME    V\nlodash  4.17.20\nq\n");
  EXPECT_EQ(render_table(table, {.headers = false}), "lodash  4.17.20\nq\n");
  EXPECT_EQ(render_table(Table{{"NAME"}, {}}, {}), "");
}

TEST(Table, CountsColumnsNotBytesAndEscapesControls) {
  const Table table{{"A", "B"}, {{"\xC3\xA9", "x"}, {"\xE6\xB8\xAF", "y"}, {"\x1b[2J", "z"}}};
  EXPECT_EQ(render_table(table, {.headers = false}), "\xC3\xA9        x\n\xE6\xB8\xAF       y\n\\x1b[2J  z\n");
}

TEST(Table, ColoursOnlyWhenAsked) {
  const Table table{{"S"}, {{Cell("critical", Style::red)}}};
  EXPECT_EQ(render_table(table, {.color = true, .headers = false}), "\x1b[31mcritical\x1b[0m\n");
}

}  // namespace
}  // namespace pratique
