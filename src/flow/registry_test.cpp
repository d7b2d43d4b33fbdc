// Against a real registry (Debian's docker-registry) on the loopback interface, started by the test.
#include "flow/registry.h"

#include <gmock/gmock.h>

#include "flow/inspect.h"
#include "flow/locate.h"
#include "flow/survey.h"
#include "flow/test_inventory.h"
#include "flow/test_registry.h"
#include "flow/vulnerability.h"

namespace pratique {
namespace {

using testing::HasSubstr;
using Texts = std::vector<std::string>;

class RegistryIngest : public InventoryTest {
 protected:
  RegistryIngest() : registry_(folder_) {
    ::setenv("DOCKER_CONFIG", folder_.c_str(), 1);
    options_.client.wait = [](std::chrono::milliseconds) {};
    options_.client.tries = 2;
  }
  void SetUp() override {
    if (!TestRegistry::is_installed()) GTEST_SKIP() << "docker-registry is not installed";
  }
  const std::string& host() const { return registry_.host(); }
  RegistryReport list(Time now, const std::string& what = {}) const {
    auto report = ingest_registry(*store_, host() + what, now, options_);
    EXPECT_TRUE(report) << render(report.error());
    return report ? *report : RegistryReport();
  }
  // An image of one layer whose bill lists the component.
  Digest push_image(const std::string& repository, const std::string& tag, const std::string& bytes) const {
    return registry_.push(repository, tag, bytes, "application/vnd.oci.image.layer.v1.tar");
  }
  Digest push_index(const std::string& repository, const std::string& tag, const std::vector<Digest>& parts) const {
    std::string list;
    for (const Digest& part : parts)
      list += (list.empty() ? "" : ",") +
              std::string(R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")") + part.text() +
              R"(","size":)" + std::to_string(size_of(repository, part)) +
              R"(,"platform":{"os":"linux","architecture":")" + (list.empty() ? "amd64" : "arm64") + "\"}}";
    return registry_.push_manifest(
        repository, tag,
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" + list + "]}",
        TestRegistry::oci_index);
  }
  std::size_t size_of(const std::string& repository, const Digest& digest) const {
    HttpCall call;
    call.url = "http://" + host() + "/v2/" + repository + "/manifests/" + digest.text();
    call.headers = {"Accept: " + std::string(TestRegistry::oci_manifest)};
    std::size_t size = 0;
    call.receive = [&](const HttpReply&, std::string_view piece) -> Result<void> {
      size += piece.size();
      return {};
    };
    http_call(call);
    return size;
  }
  static std::string bill_about(const std::string& subject, const std::string& components) {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.5",)" +
           (subject.empty()
                ? std::string()
                : R"("metadata":{"component":{"type":"container","name":"i","version":")" + subject + "\"}},") +
           R"("components":[)" + components + "]}";
  }
  void add_bill(const Digest& subject, const std::string& components, Time now = at(1)) const {
    write("bills/" + subject.text() + ".json", bill_about(subject.text(), components));
    ingest(now);
  }
  void attach(const std::string& repository, const Digest& subject, const std::string& document,
              const std::string& type = "application/vnd.cyclonedx+json") const {
    const std::string tag = "sha256-" + std::string(subject.hex());
    const auto manifest =
        registry_.push(repository, tag + "x", document, type,
                       R"("subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
                           subject.text() + R"(","size":1},)");
    registry_.push_manifest(repository, tag,
                            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{)"
                            R"("mediaType":"application/vnd.oci.image.manifest.v1+json","size":)" +
                                std::to_string(size_of(repository, manifest)) +
                                R"(,"artifactType":"application/vnd.cyclonedx+json","digest":")" + manifest.text() +
                                "\"}]}",
                            TestRegistry::oci_index);
  }
  LocateAnswer where(const std::string& purl, const std::optional<std::string>& place, bool running = false,
                     const Period& when = {}) const {
    LocateQuery query;
    query.purl = parse_purl(purl).value();
    query.registry = place;
    query.running = running;
    query.when = when;
    const auto answer = locate(*store_, query);
    EXPECT_TRUE(answer) << render(answer.error());
    return answer ? *answer : LocateAnswer();
  }
  SurveyAnswer covered(const std::optional<std::string>& place = {}) const {
    QueryScope scope;
    scope.registry = place;
    const auto answer = survey(*store_, scope);
    EXPECT_TRUE(answer) << render(answer.error());
    return answer ? *answer : SurveyAnswer();
  }

  TestRegistry registry_;
  RegistryIngestOptions options_;
};

TEST_F(RegistryIngest, AnswersWhichArtifactsARegistryHoldsUnderWhichTags) {
  registry_.start();
  const Digest cart = push_image("shop/cart", "1", "cart");
  push_image("shop/cart", "latest", "cart");
  const Digest mail = push_image("team/mail", "7", "mail");
  const Digest bare = push_image("team/bare", "1", "bare");
  add_bill(cart, npm("x", "1.0.0"));
  add_bill(mail, npm("x", "1.0.0"));
  add_bill(sha256_of("elsewhere"), npm("x", "1.0.0"));
  const auto report = list(at(10));
  EXPECT_TRUE(report.is_whole);
  EXPECT_TRUE(report.failed.empty());
  EXPECT_EQ(report.repositories, 3u);
  EXPECT_EQ(report.counts.tags, 4u);
  EXPECT_EQ(report.counts.manifests, 3u);

  EXPECT_EQ(where("pkg:npm/x", {}).ledger, (Ledger{0, 3, 1, 0})) << "what is stored without a bill is unknown";
  const auto all = where("pkg:npm/x", "");
  EXPECT_EQ(all.ledger, (Ledger{0, 2, 1, 0}));
  ASSERT_EQ(all.artifacts.size(), 2u);
  for (const auto& artifact : all.artifacts)
    EXPECT_EQ(artifact.registry, artifact.digest == cart.text()
                                     ? (Texts{host() + "/shop/cart:1", host() + "/shop/cart:latest"})
                                     : Texts{host() + "/team/mail:7"});
  ASSERT_EQ(all.unknown.size(), 1u);
  EXPECT_EQ(all.unknown[0].digest, bare.text());
  EXPECT_EQ(all.unknown[0].image, host() + "/team/bare:1");
  EXPECT_EQ(all.unknown[0].reason, "is in a registry and has no bill");
  EXPECT_EQ(where("pkg:npm/x", host() + "/shop").ledger, (Ledger{0, 1, 0, 0}));
  EXPECT_EQ(where("pkg:npm/x", host() + "/team").ledger, (Ledger{0, 1, 1, 0}));
  EXPECT_EQ(where("pkg:npm/x", host()).ledger, all.ledger);
  EXPECT_EQ(covered("").ledger.examined(), 3u);
  EXPECT_EQ(covered(host() + "/team/bare").ledger, (Ledger{0, 0, 1, 0}));
  EXPECT_EQ(covered().ledger.examined(), 4u);

  const auto inspected = inspect_artifact(*store_, cart.text(), {});
  ASSERT_TRUE(inspected);
  EXPECT_EQ(inspected->held.size(), 2u);
  QueryScope nowhere;
  nowhere.registry = "another.example";
  EXPECT_EQ(survey(*store_, nowhere).error().fault, Fault::not_found);
}

TEST_F(RegistryIngest, FindsVulnerableArtifactsOfARegistry) {
  registry_.start();
  add_bill(push_image("shop/cart", "1", "cart"), npm("x", "1.0.0"));
  add_bill(sha256_of("elsewhere"), npm("x", "1.0.0"));
  write("osv/one.json", osv("GHSA-1", "x", "2.0.0"));
  const auto db = build();
  match(db, at(2));
  list(at(3));
  QueryScope scope;
  scope.registry = std::string();
  const auto answer = find_vulnerability(*store_, &db, {"GHSA-1", scope});
  ASSERT_TRUE(answer) << render(answer.error());
  EXPECT_EQ(answer->located.ledger, (Ledger{0, 1, 0, 0}));
  EXPECT_EQ(answer->located.artifacts.at(0).registry, Texts{host() + "/shop/cart:1"});
}

TEST_F(RegistryIngest, IsTheIntersectionWithWhatRuns) {
  registry_.start();
  const Digest cart = push_image("shop/cart", "1", "cart");
  add_bill(cart, npm("x", "1.0.0"));
  add_bill(push_image("shop/idle", "1", "idle"), npm("x", "1.0.0"));
  const Digest bare = push_image("shop/bare", "1", "bare");
  std::vector<Workload> pods(1);
  pods[0].name = pods[0].pod = "p";
  pods[0].kind = "Pod";
  const auto run = [&](Image image) {
    pods[0].containers.push_back({"c" + std::to_string(pods[0].containers.size()), ContainerKind::container, image});
  };
  run({host() + "/shop/cart", "1", cart});
  run({host() + "/shop/bare", "1", bare});
  run({"another.example/cart", "1", sha256_of("foreign")});
  run({host() + "/shop/cart", "2", {}});
  run({"another.example/cart", "2", {}});
  ASSERT_TRUE(store_->save_workloads("north", pods, Coverage::whole, merge_posting, at(2)));
  list(at(3));
  const auto both = where("pkg:npm/x", "", true);
  EXPECT_EQ(both.ledger, (Ledger{0, 1, 2, 0})) << "one without a bill, one that is not pinned";
  EXPECT_EQ(both.artifacts.at(0).digest, cart.text());
  EXPECT_EQ(where("pkg:npm/x", {}, true).ledger, (Ledger{0, 1, 4, 0}));
  EXPECT_EQ(where("pkg:npm/x", "").ledger, (Ledger{0, 2, 1, 0}));
}

TEST_F(RegistryIngest, FindsAPlatformUnderItsIndexAndLetsTheIndexStandForIt) {
  registry_.start();
  const Digest amd = push_image("cart", "amd", "amd"), arm = push_image("cart", "arm", "arm");
  const Digest index = push_index("cart", "1", {amd, arm});
  add_bill(arm, npm("x", "1.0.0"));
  const auto report = list(at(10));
  EXPECT_EQ(report.counts.manifests, 3u);
  const auto answer = where("pkg:npm/x", "");
  EXPECT_EQ(answer.ledger, (Ledger{0, 1, 1, 0})) << "arm has a bill, amd has none, the index adds nothing";
  EXPECT_EQ(answer.artifacts.at(0).registry, (Texts{host() + "/cart:1", host() + "/cart:arm"}));
  add_bill(index, npm("x", "1.0.0"), at(11));
  EXPECT_EQ(where("pkg:npm/x", "").ledger, (Ledger{0, 2, 1, 0}));
  list(at(12));  // from what the store knows of the digests
  EXPECT_EQ(where("pkg:npm/x", "").ledger, (Ledger{0, 2, 1, 0}));
}

TEST_F(RegistryIngest, ClosesWhatIsGoneAndKnowsItOfThePast) {
  registry_.start();
  const Digest one = push_image("cart", "1", "one"), two = push_image("cart", "2", "two");
  add_bill(one, npm("x", "1.0.0"));
  add_bill(two, npm("x", "1.0.0"));
  list(at(10));
  EXPECT_EQ(registry_.call("DELETE", "/v2/cart/manifests/" + one.text(), {}, {}).status, 202);
  EXPECT_EQ(list(at(20)).counts.closed, 1u);
  EXPECT_EQ(where("pkg:npm/x", "").artifacts.at(0).digest, two.text());
  EXPECT_EQ(where("pkg:npm/x", "", false, as_of(15)).ledger, (Ledger{0, 2, 0, 0}));
  EXPECT_EQ(where("pkg:npm/x", "", false, as_of(25)).ledger, (Ledger{0, 1, 0, 0}));
  EXPECT_EQ(where("pkg:npm/x", "", false, as_of(5)).ledger, (Ledger{0, 0, 0, 0}));
  registry_.call("DELETE", "/v2/cart/manifests/" + two.text(), {}, {});
  list(at(30));
  EXPECT_EQ(where("pkg:npm/x", "").ledger, (Ledger{0, 0, 0, 0}));
}

TEST_F(RegistryIngest, ClosesNothingWhereAPartOrNothingCouldBeListed) {
  registry_.start();
  const Digest cart = push_image("cart", "1", "cart");
  push_image("mail", "1", "mail");
  list(at(10));
  EXPECT_TRUE(list(at(11), "/mail").is_whole);
  EXPECT_EQ(covered("").ledger.unknown, 2u) << "one repository says nothing of the others";
  EXPECT_EQ(ingest_registry(*store_, host() + "/absent", at(12), options_).error().fault, Fault::not_found);
  // A manifest whose bytes are damaged: the repository closes nothing, the other one does.
  push_image("cart", "2", "two");
  registry_.call("DELETE", "/v2/cart/manifests/" + cart.text(), {}, {});
  const Digest damaged = push_image("cart", "3", "three");
  const std::string hex(damaged.hex());
  std::ofstream(path("registry/docker/registry/v2/blobs/sha256/" + hex.substr(0, 2) + "/" + hex + "/data")) << "{";
  const auto report = list(at(13));
  EXPECT_FALSE(report.is_whole);
  ASSERT_EQ(report.failed.size(), 1u);
  EXPECT_THAT(report.failed[0].place, HasSubstr("cart:3"));
  EXPECT_EQ(report.counts.closed, 0u);
  EXPECT_EQ(report.counts.opened, 1u);
  EXPECT_EQ(covered("").ledger.unknown, 3u);
  registry_.stop();
  const auto away = ingest_registry(*store_, host(), at(14), options_);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().fault, Fault::unavailable);
  EXPECT_EQ(covered("").ledger.unknown, 3u);
}

TEST_F(RegistryIngest, TakesTheBillsThatAreAttachedAndTellsOneThatIsOfAnother) {
  registry_.start();
  const Digest good = push_image("cart", "1", "one"), liar = push_image("cart", "2", "two"),
               broken = push_image("cart", "3", "three");
  attach("cart", good, bill_about("", npm("x", "1.0.0")));
  attach("cart", liar, bill_about(good.text(), npm("harmless", "1.0.0")));
  attach("cart", broken, "{\"bomFormat\":\"CycloneDX\"");
  const auto report = list(at(10));
  EXPECT_EQ(report.attached, 1u);
  EXPECT_EQ(report.added, 1u);
  ASSERT_EQ(report.failed.size(), 2u);
  EXPECT_EQ(report.counts.manifests, 3u) << "attachments are no images";
  EXPECT_TRUE(report.is_whole);
  const auto answer = where("pkg:npm/x", "");
  EXPECT_EQ(answer.ledger, (Ledger{0, 1, 0, 2}));
  EXPECT_EQ(answer.artifacts.at(0).digest, good.text());
  std::string reasons;
  for (const auto& one : answer.failed) reasons += one.digest + " " + one.reason + "\n";
  EXPECT_THAT(reasons, HasSubstr(liar.text()));
  EXPECT_THAT(reasons, HasSubstr("says that it is about " + good.text()));
  EXPECT_THAT(reasons, HasSubstr(broken.text()));
  EXPECT_EQ(covered("").ledger.failed, 2u);
  EXPECT_EQ(inspect_artifact(*store_, liar.text(), {})->health, Health::failed);
  EXPECT_EQ(list(at(11)).added, 0u);
  add_bill(broken, npm("x", "1.0.0"), at(12));
  EXPECT_EQ(where("pkg:npm/x", "").ledger, (Ledger{0, 2, 0, 1})) << "a good bill mends it";
}

TEST_F(RegistryIngest, LogsInAsDockerDid) {
  registry_.start(true);
  push_image("cart", "1", "one");
  const auto refused = ingest_registry(*store_, host(), at(1), options_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::refused);
  EXPECT_THAT(refused.error().remedy, HasSubstr("docker login " + host()));
  write("config.json", registry_.log_in_text());
  EXPECT_EQ(list(at(2)).counts.manifests, 1u);
}

TEST_F(RegistryIngest, FollowsEveryPage) {
  registry_.start();
  constexpr std::uint64_t many = 1001;  // a page has a thousand
  const Digest image = push_image("r0", "1", "one");
  const std::string layout = path("registry/docker/registry/v2/repositories/");
  for (std::uint64_t i = 1; i < many; ++i)
    std::filesystem::copy(layout + "r0", layout + "r" + std::to_string(i), std::filesystem::copy_options::recursive);
  const auto report = list(at(1));
  EXPECT_EQ(report.repositories, many);
  EXPECT_EQ(report.counts.manifests, 1u);
  EXPECT_EQ(inspect_artifact(*store_, image.text(), {})->held.size(), many);
}

TEST_F(RegistryIngest, NamesWhatIsNoRegistry) {
  for (const std::string target : {"", "nginx", "registry.example/cart:1", "registry.example/", "r.example/a@sha256:1",
                                   "http://registry.example", "registry.example/UPPER"})
    EXPECT_EQ(ingest_registry(*store_, target, at(1), options_).error().fault, Fault::usage) << target;
}

}  // namespace
}  // namespace pratique
