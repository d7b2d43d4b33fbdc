// The policy commands as a user types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/command.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

const std::string demo = PRATIQUE_SOURCE_DIR "/demo/";

class PolicyCommands : public testing::Test {
 protected:
  PolicyCommands() {
    std::string pattern = (fs::temp_directory_path() / "pratique_policy_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~PolicyCommands() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
  };
  Ran run(std::vector<std::string> words) const {
    words.insert(words.end(),
                 {"--store", folder_ + "/store.sqlite", "--db", folder_ + "/advisories.mdb", "--no-progress"});
    std::istringstream in;
    std::ostringstream out, err;
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-06-01T00:00:00Z").value(); }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  std::string folder_;
};

// The way of a new user, from nothing to a denial that is understood and replayed.
TEST_F(PolicyCommands, FromInitToReplay) {
  EXPECT_EQ(run({"policy", "init", folder_ + "/p"}).code, exit_code::ok);
  EXPECT_EQ(run({"policy", "init", folder_ + "/p"}).code, exit_code::usage);  // nothing is overwritten
  const auto checked = run({"policy", "check", folder_ + "/p", "--strict"});
  EXPECT_EQ(checked.code, exit_code::ok) << checked.out << checked.err;
  EXPECT_THAT(checked.err, HasSubstr("1 policy, 3 rules, 0 exceptions, 0 doubts"));
  const auto tested = run({"policy", "test", folder_ + "/p", "--require-coverage"});
  EXPECT_EQ(tested.code, exit_code::ok) << tested.out << tested.err;
  EXPECT_THAT(tested.out, HasSubstr("ok    starter: log4j-core 2.14.1 is denied"));

  ASSERT_EQ(run({"db", "build", "--from", PRATIQUE_SOURCE_DIR "/facts"}).code, exit_code::ok);
  const auto previewed =
      run({"policy", "preview", "--policy", folder_ + "/p", "--against", demo + "pods.json", "--sbom", demo + "bills"});
  EXPECT_EQ(previewed.code, exit_code::ok) << previewed.err;
  EXPECT_THAT(previewed.out, HasSubstr("starter/no-log4shell"));
  EXPECT_THAT(previewed.err, HasSubstr("would be denied"));

  const std::vector<std::string> admit = {"admit",
                                          "--policy",
                                          folder_ + "/p",
                                          "--review",
                                          demo + "reviews/checkout.json",
                                          "--sbom",
                                          demo + "bills",
                                          "-o",
                                          "record=" + folder_ + "/record.json"};
  EXPECT_EQ(run(admit).code, exit_code::gate);
  const auto explained = run({"policy", "explain", folder_ + "/record.json"});
  EXPECT_EQ(explained.code, exit_code::ok);
  EXPECT_THAT(explained.out, StartsWith("deny: 3 rules asked about 1 image, 2 results"));
  EXPECT_THAT(explained.out, HasSubstr("do: upgrade log4j-core 2.14.1 to 2.15.0"));
  const auto replayed =
      run({"policy", "replay", folder_ + "/record.json", "--policy", folder_ + "/p", "--sbom", demo + "bills"});
  EXPECT_EQ(replayed.code, exit_code::ok) << replayed.out << replayed.err;
  EXPECT_EQ(replayed.out, "the same, byte for byte\n");
  const auto other =
      run({"policy", "replay", folder_ + "/record.json", "--policy", demo + "policies", "--sbom", demo + "bills"});
  EXPECT_EQ(other.code, exit_code::not_found);
  EXPECT_THAT(other.out, StartsWith("missing: the policies of generation sha256:"));
}

TEST_F(PolicyCommands, CheckSaysWhatIsWrongAndWhatIsDoubtful) {
  const auto wrong = run({"policy", "check", write("w.yaml", "apiVersion: pratique.dev/v1alpha1\nkind: Polcy\n")});
  EXPECT_EQ(wrong.code, exit_code::malformed);
  EXPECT_THAT(wrong.err, HasSubstr("w.yaml:2:7: 'kind' cannot be 'Polcy'; did you mean 'Policy'?"));
  const auto path = write("d.yaml",
                          "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
                          "    - {name: a, requireSBOM: {}}\n    - {name: b, requireSBOM: {}}\n");
  const auto doubtful = run({"policy", "check", path});
  EXPECT_EQ(doubtful.code, exit_code::ok);
  EXPECT_THAT(doubtful.out, HasSubstr("d.yaml:7:7: rule 'b' says nothing that 'a' does not say already; delete it"));
  EXPECT_EQ(run({"policy", "check", path, "--strict"}).code, exit_code::gate);
  EXPECT_THAT(run({"policy", "check", path, "-o", "json"}).out, HasSubstr("\"kind\": \"PolicyCheck\""));
}

TEST_F(PolicyCommands, TestTellsWhatFailedInJUnitToo) {
  write("p.yaml",
        "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
        "    - {name: a, requireSBOM: {}}\n    - {name: never, requireDigest: {}}\n");
  const auto test =
      write("p.test.yaml",
            "apiVersion: pratique.dev/v1alpha1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n  policies: [p.yaml]\n"
            "  cases:\n    - {name: '<wrong> & \"so\"', given: {}, expect: {decision: allow}}\n");
  const auto ran = run({"policy", "test", test});
  EXPECT_EQ(ran.code, exit_code::gate);
  EXPECT_THAT(ran.out, HasSubstr("FAIL  t: <wrong> & \"so\""));
  EXPECT_THAT(ran.out, HasSubstr("p.test.yaml:7:7: expected allow, got deny:"));
  EXPECT_THAT(ran.err, HasSubstr("p.yaml:7:7: rule 'never' of policy 'p' never spoke"));
  const auto junit = run({"policy", "test", test, "-o", "junit"}).out;
  EXPECT_THAT(junit, HasSubstr("<testsuite name=\"t\" tests=\"1\" failures=\"1\">"));
  EXPECT_THAT(junit, HasSubstr("name=\"&lt;wrong&gt; &amp; &quot;so&quot;\""));
  EXPECT_THAT(junit, HasSubstr("<failure message=\"expected allow, got deny:\">"));
}

TEST_F(PolicyCommands, DiffSaysWhoseAnswerChanges) {
  const auto policy = [&](const std::string& name, const std::string& rule) {
    return write(
        name, "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec: {rules: [" + rule + "]}\n");
  };
  const auto before = policy("a.yaml", "{name: r, requireSBOM: {}, effect: audit}");
  const auto after = policy("b.yaml", "{name: r, requireSBOM: {}}");
  const auto diff = [&](const std::string& a, const std::string& b) {
    return run({"policy", "diff", a, b, "--against", demo + "pods.json", "--sbom", demo + "bills"});
  };
  const auto same = diff(before, before);
  EXPECT_EQ(same.code, exit_code::ok) << same.err;
  const auto changed = diff(before, after);
  EXPECT_EQ(changed.code, exit_code::gate) << changed.out << changed.err;
  EXPECT_THAT(changed.out, HasSubstr("p/r"));
}

TEST_F(PolicyCommands, ImportSaysWhatDoesNotMap) {
  const auto path = write("cip.yaml",
                          "apiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy\nmetadata: {name: a}\n"
                          "spec: {images: [{glob: '**'}], authorities: [{key: {data: x}}]}\n");
  const auto ran = run({"policy", "import", path});
  EXPECT_EQ(ran.code, exit_code::partial);
  EXPECT_THAT(ran.out, HasSubstr("requireSignature: {signers: [{key: a-key-1}]}"));
  EXPECT_THAT(ran.err, HasSubstr("fetch the public key and save it as a-key-1.pub"));
  EXPECT_EQ(run({"policy", "check", write("made.yaml", ran.out)}).code, exit_code::ok);
}

TEST_F(PolicyCommands, InitKnowsItsLibrary) {
  const auto list = run({"policy", "init", "--list"});
  EXPECT_THAT(list.out, HasSubstr("log4shell             log4j-core below 2.17.1"));
  EXPECT_THAT(run({"policy", "init", folder_, "--from", "log4shel"}).err, HasSubstr("did you mean 'log4shell'?"));
  EXPECT_EQ(run({"policy", "init", folder_ + "/all", "--from", "all"}).code, exit_code::ok);
  EXPECT_EQ(run({"policy", "test", folder_ + "/all"}).code, exit_code::ok);
}

}  // namespace
}  // namespace pratique
