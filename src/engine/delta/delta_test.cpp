#include "engine/delta/delta.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "engine/version/version.h"

namespace pratique {
namespace {

Statement says(std::string advisory, std::string_view range, Severity severity = Severity::unknown) {
  Statement statement;
  statement.advisory = std::move(advisory);
  statement.source = "test";
  statement.affected.package = "pkg:npm/p";
  statement.affected.ranges = {parse_vers(range).value()};
  if (severity != Severity::unknown) statement.ratings = {{"test", "", 0, severity}};
  return statement;
}

std::string touched(const std::vector<Statement>& before, const std::vector<Statement>& after) {
  const auto range = touched_between(before, after);
  return range ? render_vers(*range) : "nothing";
}

TEST(DeltaTest, NamesTheVersionsThatChange) {
  const Statement one = says("A", "vers:npm/<2.0.0");
  EXPECT_EQ(touched({one}, {one}), "nothing");
  EXPECT_EQ(touched({}, {one}), "vers:npm/<2.0.0");
  EXPECT_EQ(touched({one}, {}), "vers:npm/<2.0.0");
  EXPECT_EQ(touched({one}, {says("A", "vers:npm/<2.0.1")}), "vers:npm/>=2.0.0|<2.0.1");
  EXPECT_EQ(touched({says("A", "vers:npm/>=1.0.0|<2.0.0")}, {one}), "vers:npm/<1.0.0");
  EXPECT_EQ(touched({one, says("B", "vers:npm/<3.0.0")}, {says("B", "vers:npm/<3.0.0"), one}), "nothing");
  // Another advisory about the same versions: they have another finding.
  EXPECT_EQ(touched({one}, {says("B", "vers:npm/<2.0.0")}), "vers:npm/<2.0.0");
  // Another severity decides about a gate.
  EXPECT_EQ(touched({one}, {says("A", "vers:npm/<2.0.0", Severity::high)}), "vers:npm/<2.0.0");
}

TEST(DeltaTest, WhatIsKnownOfTheVulnerabilityCounts) {
  const auto noted = [](const auto& change) {
    Statement statement = says("A", "vers:npm/<2.0.0");
    statement.notes = {{.id = "CVE-1"}, {.id = "CVE-2"}};
    change(statement.notes[0]);
    return statement;
  };
  const Statement known = noted([](Vulnerability&) {});
  EXPECT_EQ(touched({known}, {noted([](Vulnerability& note) { note.kev = Kev{}; })}), "vers:npm/<2.0.0");
  EXPECT_EQ(touched({known}, {noted([](Vulnerability& note) { note.ssvc = Ssvc{}; })}), "vers:npm/<2.0.0");
  EXPECT_EQ(touched({known}, {noted([](Vulnerability& note) {
                      note.ratings = {{"nvd", "", 9.8, Severity::critical}};
                    })}),
            "vers:npm/<2.0.0");
  // Words and the score that moves every day decide nothing; nor does the order, nor a note that says nothing.
  EXPECT_EQ(touched({known}, {noted([](Vulnerability& note) {
                      note.summary = "new words";
                      note.epss = Epss{};
                    })}),
            "nothing");
  Statement turned = known;
  turned.notes = {{.id = "CVE-2"}};
  EXPECT_EQ(touched({known}, {turned}), "nothing");
}

TEST(DeltaTest, TakesListedVersionsAndStatesIn) {
  Statement listed = says("A", "vers:npm/<2.0.0");
  listed.affected.versions = {"3.0.0"};
  EXPECT_EQ(touched({says("A", "vers:npm/<2.0.0")}, {listed}), "vers:npm/3.0.0");
  Statement spelled = listed;  // the same set, written otherwise
  spelled.affected.versions.clear();
  spelled.affected.ranges.push_back(parse_vers("vers:npm/3.0.0").value());
  EXPECT_EQ(touched({listed}, {spelled}), "nothing");
  Statement given_up = listed;
  given_up.affected.state = FixState::wont_fix;
  EXPECT_EQ(touched({listed}, {given_up}), "vers:npm/<2.0.0|3.0.0");
  Statement any = says("A", "vers:npm/*");
  EXPECT_EQ(touched({says("A", "vers:npm/<2.0.0")}, {any}), "vers:npm/>=2.0.0");
}

TEST(DeltaTest, KeepsModulesApart) {
  Statement eighteen = says("A", "vers:rpm/<2"), twenty = says("A", "vers:rpm/<3");
  eighteen.affected.module = "nodejs:18";
  twenty.affected.module = "nodejs:20";
  EXPECT_EQ(touched({eighteen}, {eighteen, twenty}), "vers:rpm/<3");
}

// Whoever's findings change is named: the promise that lets others be left alone.
RC_GTEST_PROP(DeltaProperty, LeavesNobodyOut, ()) {
  const auto statements = [] {
    std::vector<Statement> all;
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i) {
      const int low = *rc::gen::inRange(0, 6), high = *rc::gen::inRange(low + 1, 8);
      all.push_back(says(std::string(1, static_cast<char>('A' + *rc::gen::inRange(0, 3))),
                         "vers:npm/>=" + std::to_string(low) + ".0.0|<" + std::to_string(high) + ".0.0"));
    }
    return all;
  };
  const auto before = statements(), after = statements();
  const auto range = touched_between(before, after);
  for (int version = 0; version < 9; ++version) {
    const std::string text = std::to_string(version) + ".0.0";
    const auto findings = [&](const std::vector<Statement>& all) {
      std::vector<std::string> ids;
      for (const auto& statement : all)
        if (contains(statement.affected.ranges[0], text).inside) ids.push_back(statement.advisory);
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
      return ids;
    };
    if (findings(before) != findings(after)) RC_ASSERT(range && contains(*range, text).inside);
  }
}

}  // namespace
}  // namespace pratique
