// Records replay to the byte, and say what they miss.
#include "flow/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/format/format.h"
#include "flow/preview.h"
#include "flow/test_gate.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string rules =
    "    - {name: bill, requireSBOM: {}}\n"
    "    - {name: criticals, denyVulnerabilities: {severity: critical}}\n"
    "    - {name: log4j, denyPackage: {purl: pkg:npm/log4j}}\n"
    "    - {name: few, cel: 'object.spec.containers.size() < 2'}\n"
    "    - {name: fresh, requireFresh: {maxAge: 30d}, onUnknown: warn}\n";

struct Recorded : testing::Test {
  Recorded() {
    world.bills[digest_of("one").text()] = bill_of("log4j");
    world.bills[digest_of("two").text()] = bill_of("curl");
    world.flaws["log4j"] = "CVE-2021-44228";
    auto options = world.options();
    options.clock = [] { return parse_time("2026-06-01T12:00:00Z").value(); };
    Gate gate(world.source(), options);
    gate.use(policies_of(rules));
    gate.use(world.advisories());
    const auto review = review_of({pinned("one"), pinned("two"), "nginx:1", pinned("three")});
    answer = admit(gate, review);
    record = render_record(review, answer);
  }
  Result<Replay> again(const std::string& with = rules) {
    return replay(Bytes::copy_of(record), policies_of(with), world.source(), world.advisories());
  }
  FakeWorld world;
  Gate::Answer answer;
  std::string record;
};

TEST_F(Recorded, ReplaysToTheByte) {
  const auto replayed = again();
  ASSERT_TRUE(replayed) << render(replayed.error());
  EXPECT_TRUE(replayed->missing.empty());
  EXPECT_EQ(replayed->recorded, replayed->replayed);
  EXPECT_EQ(read_verdict(Bytes::copy_of(record)).value(), answer.verdict);
  EXPECT_EQ(read_verdict(Bytes::copy_of(render_verdict(answer.verdict))).value(), answer.verdict);
}

TEST_F(Recorded, SaysWhatIsNotAtHand) {
  EXPECT_THAT(again("    - {name: bill, requireSBOM: {}}\n")->missing,
              ElementsAre(HasSubstr("the policies of generation sha256:")));
  world.generation = "generation-2";
  EXPECT_THAT(again()->missing,
              ElementsAre("the advisory database of generation generation-1; at hand is generation-2"));
  world.generation = "generation-1";
  world.bills[digest_of("one").text()] = bill_of("log4j") + " ";
  EXPECT_THAT(again()->missing, ElementsAre(HasSubstr("the bill sha256:")));
  world.bills.erase(digest_of("one").text());
  EXPECT_THAT(again()->missing, ElementsAre(HasSubstr("the bill sha256:")));
}

TEST_F(Recorded, ShowsWhatAChangedFindingChanges) {
  world.flaws["curl"] = "CVE-2023-38545";  // the same generation says something else: it was tampered with
  const auto replayed = again();
  ASSERT_TRUE(replayed);
  EXPECT_NE(replayed->recorded, replayed->replayed);
}

TEST_F(Recorded, IsOneErrorWhenItIsNone) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"verdict":{"decision":"maybe"}})",
                           R"({"verdict":{"decision":"deny","images":"x"}})"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(read_verdict(Bytes::copy_of(text)));
    EXPECT_FALSE(replay(Bytes::copy_of(text), policies_of(rules), world.source(), world.advisories()));
  }
  for (std::size_t i = 0; i < record.size(); i += 97) {
    auto cut = record;
    cut.erase(i, 1);
    (void)replay(Bytes::copy_of(cut), policies_of(rules), world.source(), world.advisories());
  }
}

TEST_F(Recorded, PreviewGroupsPodsByWorkload) {
  Gate gate(world.source(), world.options());
  gate.use(policies_of("    - {name: log4j, denyPackage: {purl: pkg:npm/log4j}, onUnknown: warn}\n"));
  const auto day = [](int number) { return parse_time("2026-05-0" + std::to_string(number)).value(); };
  const auto pod = [&](const std::string& owner, const std::string& name, const std::string& image, int started = 9) {
    Workload workload;
    workload.since = day(started);
    workload.name_space = "shop";
    workload.kind = "Deployment";
    workload.name = owner;
    workload.pod = name;
    workload.containers = {{"c", ContainerKind::container, parse_image(image).value()}};
    return workload;
  };
  const auto workloads = preview(gate, {pod("web", "web-1", pinned("two"), 1), pod("web", "web-2", pinned("one"), 3),
                                        pod("api", "api-1", pinned("two")), pod("old", "old-1", "nginx:1")});
  ASSERT_EQ(workloads.size(), 3u);
  EXPECT_EQ(workloads[0].name + std::string(name_of(workloads[0].decision)), "apiallow");
  EXPECT_EQ(workloads[1].name + std::string(name_of(workloads[1].decision)), "oldwarn");
  EXPECT_EQ(workloads[2].name + std::string(name_of(workloads[2].decision)), "webdeny");
  EXPECT_EQ(workloads[2].pods, 2u);
  EXPECT_THAT(workloads[2].rules(), ElementsAre("p/log4j"));
  EXPECT_EQ(workloads[2].since, day(1));                // the first pod,
  EXPECT_EQ(workloads[2].objections[0].since, day(3));  // and the first that the rule objects to
  EXPECT_EQ(denials_by_rule(workloads).at("p/log4j"), 1u);
}

}  // namespace
}  // namespace pratique
