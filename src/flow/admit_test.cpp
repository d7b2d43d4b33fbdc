#include "flow/admit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "flow/test_gate.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string criticals = "    - {name: criticals, denyVulnerabilities: {severity: critical}}\n";
const std::string bill_needed = "    - {name: bill, requireSBOM: {}}\n";

class GateTest : public testing::Test {
 protected:
  GateTest() {
    world_.bills[digest_of("clean").text()] = bill_of("left-pad");
    world_.bills[digest_of("dirty").text()] = bill_of("event-stream");
    world_.flaws["event-stream"] = "CVE-2018-16487";
  }
  Gate gate(const std::string& rules = criticals) {
    Gate gate(world_.source(), world_.options());
    gate.use(policies_of(rules));
    gate.use(world_.advisories());
    return gate;
  }
  static std::string said(const Gate::Answer& answer) {
    std::string text(name_of(answer.verdict.decision));
    for (const auto& line : lines_of(answer.verdict, answer.verdict.decision, 10)) text += " | " + line;
    return text;
  }

  FakeWorld world_;
};

TEST_F(GateTest, AdmitsTheCleanAndDeniesTheDirty) {
  const auto gate = this->gate();
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean"), pinned("dirty")}))),
            "deny | c1: event-stream 1.0 has CVE-2018-16487 (critical), no fix is known [policy p, rule criticals]");
  const auto answer = admit(gate, review_of({pinned("clean")}));
  EXPECT_EQ(answer.request.uid, "u");
  EXPECT_EQ(answer.verdict.database, "generation-1");
}

TEST_F(GateTest, NamesWhatItCouldNotLookUp) {
  const auto gate = this->gate();
  EXPECT_THAT(said(admit(gate, review_of({"nginx:1.25"}))),
              HasSubstr("docker.io/library/nginx:1.25 is not pinned by digest"));
  EXPECT_THAT(said(admit(gate, review_of({pinned("stranger")}))), HasSubstr("unknown: no SBOM for sha256:"));
}

TEST_F(GateTest, LooksAnImageUpOnce) {
  const auto gate = this->gate();
  for (int i = 0; i < 3; ++i) admit(gate, review_of({pinned("clean"), pinned("clean")}));
  EXPECT_EQ(world_.asked_for_bills, 1);
  EXPECT_EQ(world_.asked_for_matches, 1);
  EXPECT_EQ(gate.counts().hits, 5u);
  EXPECT_EQ(gate.counts().gathered, 1u);
  EXPECT_EQ(gate.counts().images, 1u);
}

TEST_F(GateTest, ANewGenerationIsMatchedWithoutFetchingTheBillAgain) {
  auto gate = this->gate();
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
  world_.generation = "generation-2";
  world_.flaws["left-pad"] = "CVE-2026-1";
  gate.use(world_.advisories());
  const auto answer = admit(gate, review_of({pinned("clean")}));
  EXPECT_EQ(answer.verdict.decision, Decision::deny);
  EXPECT_EQ(answer.verdict.database, "generation-2");
  EXPECT_EQ(world_.asked_for_bills, 1);
  EXPECT_EQ(world_.asked_for_matches, 2);
}

TEST_F(GateTest, ANewPolicyNeedsNothingNew) {
  auto gate = this->gate(bill_needed);
  EXPECT_EQ(said(admit(gate, review_of({pinned("dirty")}))), "allow");
  EXPECT_EQ(world_.asked_for_matches, 0);
  gate.use(policies_of("    - {name: r, denyPackage: {purl: pkg:npm/event-stream}}\n"));
  EXPECT_EQ(admit(gate, review_of({pinned("dirty")})).verdict.decision, Decision::deny);
  EXPECT_EQ(world_.asked_for_bills, 1);
}

TEST_F(GateTest, ANewerBillCountsAfterAMinuteAndAnAbsentOneAtOnce) {
  const auto gate = this->gate();
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
  world_.now += std::chrono::seconds(61);
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
  EXPECT_EQ(world_.asked_for_bills, 2);
  EXPECT_EQ(world_.asked_for_matches, 1);  // the bill was the same
  world_.bills[digest_of("clean").text()] = bill_of("event-stream");
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
  world_.now += std::chrono::seconds(61);
  EXPECT_EQ(admit(gate, review_of({pinned("clean")})).verdict.decision, Decision::deny);

  EXPECT_EQ(admit(gate, review_of({pinned("late")})).verdict.decision, Decision::deny);
  world_.bills[digest_of("late").text()] = bill_of("left-pad");
  EXPECT_EQ(said(admit(gate, review_of({pinned("late")}))), "allow");
  world_.bills.clear();
  world_.now += std::chrono::seconds(61);
  EXPECT_THAT(said(admit(gate, review_of({pinned("late")}))), HasSubstr("no SBOM for"));
}

TEST_F(GateTest, BelievesABillForAnHourWhileTheStoreIsAway) {
  const auto gate = this->gate();
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
  world_.bill_fails = true;
  world_.now += std::chrono::minutes(59);
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
  EXPECT_EQ(gate.counts().believed, 1u);
  world_.now += std::chrono::minutes(2);
  EXPECT_THAT(said(admit(gate, review_of({pinned("clean")}))), HasSubstr("the store gave no answer"));
  world_.bill_fails = false;
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
}

TEST_F(GateTest, ManyWhoAskForOneImageWaitForOneLookup) {
  world_.run_at_once = false;
  const auto gate = this->gate();
  std::vector<Gate::Case> cases;
  for (int i = 0; i < 10; ++i) cases.push_back(gate.open(review_of({pinned("dirty")})).value());
  ASSERT_EQ(world_.jobs.size(), 1u);
  for (const auto& question : cases) EXPECT_FALSE(question.ready());
  world_.jobs.front()();
  for (auto& question : cases) {
    EXPECT_TRUE(question.ready());
    EXPECT_EQ(gate.close(std::move(question), Deadline::min()).verdict.decision, Decision::deny);
  }
  EXPECT_EQ(world_.asked_for_bills, 1);
  EXPECT_EQ(gate.counts().waited, 9u);
}

TEST_F(GateTest, AnswersAtTheDeadlineAndKnowsBetterTheNextTime) {
  world_.run_at_once = false;
  const auto gate = this->gate();
  auto question = gate.open(review_of({pinned("clean")})).value();
  EXPECT_THAT(said(gate.close(std::move(question), std::chrono::steady_clock::now())),
              HasSubstr("did not arrive in time"));
  world_.jobs.front()();
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
}

TEST_F(GateTest, SaysSoWhenThereIsNoRoomForALookup) {
  world_.has_room = false;
  const auto gate = this->gate();
  EXPECT_THAT(said(admit(gate, review_of({pinned("clean")}))), HasSubstr("as much as it can"));
  world_.has_room = true;
  EXPECT_EQ(said(admit(gate, review_of({pinned("clean")}))), "allow");
}

TEST_F(GateTest, KeepsWithinItsMemory) {
  for (int i = 0; i < 100; ++i)
    world_.bills[digest_of("i" + std::to_string(i)).text()] = bill_of("p" + std::to_string(i));
  GateOptions options = world_.options();
  options.cache_bytes = 10'000;
  Gate gate(world_.source(), options);
  gate.use(policies_of(bill_needed));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(said(admit(gate, review_of({pinned("i" + std::to_string(i))}))), "allow");
    EXPECT_LE(gate.counts().bytes, 10'000u);
  }
  EXPECT_GE(gate.counts().images, 2u);
  const int asked = world_.asked_for_bills;
  admit(gate, review_of({pinned("i99")}));
  EXPECT_EQ(world_.asked_for_bills, asked);  // the last one is still there
  admit(gate, review_of({pinned("i0")}));
  EXPECT_EQ(world_.asked_for_bills, asked + 1);  // the first one is not
}

TEST_F(GateTest, AsksNobodyAboutWhatNoPolicyApplies) {
  const auto gate = this->gate();
  auto text = std::string(review_of({pinned("dirty")}).view());
  text.replace(text.find("CREATE"), 6, "DELETE");
  EXPECT_EQ(said(admit(gate, Bytes::copy_of(text))), "allow");
  EXPECT_EQ(world_.asked_for_bills, 0);
  EXPECT_FALSE(gate.open(Bytes::copy_of("{}")));
}

TEST_F(GateTest, ServesManyThreadsAtOnce) {
  for (int i = 0; i < 20; ++i)
    world_.bills[digest_of("i" + std::to_string(i)).text()] = bill_of(i % 2 == 0 ? "left-pad" : "event-stream");
  GateOptions options;
  options.cache_bytes = 20'000;
  Gate gate(world_.source(), options);
  gate.use(policies_of(criticals));
  gate.use(world_.advisories());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const int image = (i * 7 + t) % 20;
        const auto decision = admit(gate, review_of({pinned("i" + std::to_string(image))})).verdict.decision;
        wrong += decision != (image % 2 == 0 ? Decision::allow : Decision::deny);
        if (t == 0 && i % 50 == 0) gate.use(policies_of(criticals));
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

class LoadPolicies : public testing::Test {
 protected:
  LoadPolicies() {
    std::string pattern = (fs::temp_directory_path() / "pratique_gate_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LoadPolicies() override { fs::remove_all(folder_); }
  std::string write(const std::string& file, const std::string& name) const {
    std::ofstream(folder_ + "/" + file) << "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: " << name
                                        << "}\nspec: {rules: [{name: r, requireSBOM: {}}]}\n";
    return folder_ + "/" + file;
  }
  std::string folder_;
};

TEST_F(LoadPolicies, ReadsFilesAndFolders) {
  write("a.yaml", "a");
  write("b.yml", "b");
  std::ofstream(folder_ + "/notes.txt") << "not a policy";
  EXPECT_EQ(load_policies({folder_})->policies().size(), 2u);
  EXPECT_EQ(load_policies({folder_ + "/b.yml"})->policies().size(), 1u);
}

TEST_F(LoadPolicies, BillsInFilesAreEvidenceToo) {
  const auto bill_about = [&](const std::string& file, const std::string& component, const std::string& image) {
    std::string bill = bill_of(component);
    if (!image.empty())
      bill.insert(1, R"("metadata":{"component":{"type":"container","name":"x","version":")" + digest_of(image).text() +
                         R"(","purl":"pkg:oci/x@)" + digest_of(image).text() + R"("}},)");
    std::ofstream(folder_ + "/" + file) << bill;
    return folder_ + "/" + file;
  };
  const auto of_one = bill_about("one.json", "one", "image");
  const auto of_all = bill_about("all.json", "all", "");
  const auto source = evidence_of_files({of_one, of_all});
  ASSERT_TRUE(source) << render(source.error());
  EXPECT_THAT(std::string(source->bill(digest_of("image")).value()->view()), HasSubstr("pkg:npm/one"));
  EXPECT_THAT(std::string(source->bill(digest_of("other")).value()->view()), HasSubstr("pkg:npm/all"));
  EXPECT_FALSE(evidence_of_files({of_one})->bill(digest_of("other")).value());
  const auto second = evidence_of_files({of_all, bill_about("more.json", "more", "")});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, Fault::usage);
  std::ofstream(folder_ + "/bad.json") << "{";
  EXPECT_EQ(evidence_of_files({folder_ + "/bad.json"}).error().place.front(), folder_ + "/bad.json");
}

TEST_F(LoadPolicies, SaysWhatIsWrong) {
  EXPECT_EQ(load_policies({folder_}).error().fault, Fault::malformed);
  EXPECT_EQ(load_policies({folder_ + "/absent"}).error().fault, Fault::not_found);
  write("a.yaml", "same");
  write("b.yaml", "same");
  EXPECT_EQ(render(load_policies({folder_}).error()), folder_ + "/b.yaml:1:1: a policy named 'same' stands in " +
                                                          folder_ + "/a.yaml:1:1 already; name them apart");
  std::ofstream(folder_ + "/b.yaml") << std::string(5 << 20, '#');
  EXPECT_EQ(load_policies({folder_}).error().fault, Fault::limit);
  std::ofstream(folder_ + "/b.yaml") << "a: [";
  EXPECT_TRUE(load_policies({folder_}).error().place.front().starts_with(folder_ + "/b.yaml:1:"));
}

}  // namespace
}  // namespace pratique
