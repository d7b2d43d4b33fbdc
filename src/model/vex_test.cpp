#include "model/vex.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

VexStatement said(std::string author, VexStatus status, std::string_view time = {}, std::string product = "pkg:npm/a") {
  VexStatement statement;
  statement.vulnerability = "CVE-2024-1";
  statement.product = std::move(product);
  statement.author = std::move(author);
  statement.status = status;
  if (!time.empty()) statement.time = *parse_time(time);
  return statement;
}

std::string statuses(const std::vector<VexStatement>& statements) {
  std::string text;
  for (const VexStatement& statement : statements)
    text += statement.author + ":" + std::string(name_of(statement.status)) + " ";
  return text;
}

TEST(LatestStatements, TheLaterSupersedesWithinOneAuthor) {
  EXPECT_EQ(statuses(latest_statements({said("a", VexStatus::not_affected, "2024-02-01"),
                                        said("a", VexStatus::under_investigation, "2024-01-01"),
                                        said("b", VexStatus::affected, "2023-01-01")})),
            "a:not_affected b:affected ");
}

TEST(LatestStatements, OneWithoutTimeIsOlderThanAny) {
  EXPECT_EQ(statuses(latest_statements({said("a", VexStatus::affected), said("a", VexStatus::fixed, "1999-01-01")})),
            "a:fixed ");
}

TEST(LatestStatements, AtTheSameTimeTheWorseCounts) {
  for (const bool worse_first : {true, false}) {
    const auto worse = said("a", VexStatus::affected, "2024-01-01"),
               better = said("a", VexStatus::not_affected, "2024-01-01");
    EXPECT_EQ(statuses(worse_first ? latest_statements({worse, better}) : latest_statements({better, worse})),
              "a:affected ");
  }
}

TEST(LatestStatements, AnotherProductSubcomponentOrRangeIsAnotherMatter) {
  auto part = said("a", VexStatus::fixed), range = part;
  part.subcomponent = "pkg:npm/b";
  range.range = "vers:npm/<2";
  EXPECT_EQ(
      latest_statements({said("a", VexStatus::affected), said("a", VexStatus::fixed, "", "pkg:npm/c"), part, range})
          .size(),
      4U);
}

}  // namespace
}  // namespace pratique
