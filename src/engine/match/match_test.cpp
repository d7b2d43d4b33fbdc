#include "engine/match/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/version/version.h"
#include "model/ecosystem.h"
#include "model/purl.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Advisories in a table, in place of the database.
class Table {
 public:
  Table& add(Advisory advisory) {
    advisories_.push_back(std::move(advisory));
    return *this;
  }
  // "vers:npm/<1.2.3", or "versions:1.0,1.1"; what ends a range is taken for a fix.
  Table& add(std::string id, std::vector<std::string> aliases, std::string package, std::string stream,
             std::string_view range, Severity severity = Severity::high) {
    Advisory advisory;
    advisory.id = std::move(id);
    advisory.aliases = std::move(aliases);
    if (severity != Severity::unknown) advisory.ratings = {{"test", "", 0, severity}};
    advisory.summary = "about " + advisory.id;
    advisory.affected.push_back(entry(std::move(package), std::move(stream), range));
    return add(std::move(advisory));
  }
  static Affected entry(std::string package, std::string stream, std::string_view range) {
    Affected affected;
    affected.package = std::move(package);
    affected.stream = std::move(stream);
    if (range.starts_with("versions:")) {
      range.remove_prefix(9);
      for (std::size_t at = 0; at <= range.size();) {
        const auto comma = std::min(range.find(',', at), range.size());
        affected.versions.emplace_back(range.substr(at, comma - at));
        at = comma + 1;
      }
      return affected;
    }
    affected.ranges.push_back(parse_vers(range).value());
    for (const auto& [comparator, version] : affected.ranges[0].constraints)
      if (comparator == Comparator::less) affected.fixed.push_back(version);
    return affected;
  }

  AdvisoryData data() {
    return {.each =
                [this](std::string_view package, std::string_view stream, const AdvisoryData::Visit& visit) {
                  visit_all(package, stream, visit);
                  return broken ? Result<void>(Error{Fault::unavailable, "the disk is gone", {}, {}}) : Result<void>();
                },
            .advisory = [this](std::uint32_t number) -> Result<Advisory> { return advisories_.at(number); },
            .vulnerability = [this](std::string_view id) -> Result<std::optional<Vulnerability>> {
              const auto note = notes.find(id);
              return note == notes.end() ? std::optional<Vulnerability>() : note->second;
            },
            .covers =
                [this](std::string_view type, std::string_view stream) {
                  for (const auto& advisory : advisories_)
                    for (const auto& affected : advisory.affected)
                      if (type_of(affected.package) == type && affected.stream == stream) return true;
                  return false;
                }};
  }

  bool broken = false;
  std::map<std::string, Vulnerability, std::less<>> notes;

 private:
  void visit_all(std::string_view package, std::string_view stream, const AdvisoryData::Visit& visit) const {
    for (std::uint32_t number = 0; number < advisories_.size(); ++number)
      for (std::uint32_t i = 0; i < advisories_[number].affected.size(); ++i) {
        const Affected& affected = advisories_[number].affected[i];
        if (affected.package != package || affected.stream != stream) continue;
        std::vector<std::vector<ConstraintView>> constraints(affected.ranges.size());
        std::vector<VersView> ranges;
        for (std::size_t r = 0; r < affected.ranges.size(); ++r) {
          for (const auto& [comparator, version] : affected.ranges[r].constraints)
            constraints[r].push_back({comparator, version});
          ranges.push_back({affected.ranges[r].scheme, affected.ranges[r].any, constraints[r]});
        }
        const std::vector<std::string_view> versions(affected.versions.begin(), affected.versions.end());
        visit({number, i, affected.state, affected.module, affected.cpe, ranges, versions});
      }
  }

  std::vector<Advisory> advisories_;
};

Bill bill_of(const std::vector<std::string>& purls) {
  Bill bill;
  for (const auto& purl : purls) {
    const Purl parsed = parse_purl(purl).value();
    Component component;
    component.name = bill.pool->keep(parsed.name);
    component.version = bill.pool->keep(parsed.version);
    component.purl = bill.pool->keep(render_purl(parsed));
    component.source = bill.pool->keep(parsed.qualifier("upstream"));
    bill.components.push_back(component);
  }
  return bill;
}

Match match_of(Table& table, const Bill& bill) {
  auto match = pratique::match(bill, table.data());
  EXPECT_TRUE(match) << render(match.error());
  return match ? std::move(*match) : Match{};
}

Match match_of(Table& table, const std::string& purl) { return match_of(table, bill_of({purl})); }

std::vector<std::string> ids_of(const Match& match) {
  std::vector<std::string> ids;
  for (const auto& finding : match.findings) ids.push_back(finding.id);
  return ids;
}

std::string reason_of(const Match& match) {
  return match.unknown.size() == 1 ? match.unknown.front().reason : "unknown: " + std::to_string(match.unknown.size());
}

TEST(MatchTest, AFindingCarriesEverybodysRatingsAndWhoExploitsIt) {
  Table table;
  table.add("DEBIAN-1", {"CVE-1"}, "pkg:npm/p", "", "vers:npm/<2.0.0", Severity::low);
  Vulnerability& note = table.notes["CVE-1"];
  note.id = "CVE-1";
  note.ratings = {{"nvd", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10, Severity::critical}};
  note.kev = Kev{"2021-12-10", "2021-12-24", true};
  note.epss = Epss{0.97, 0.999};
  const Bill bill = bill_of({"pkg:npm/p@1.0.0"});
  const Match match = match_of(table, bill);
  ASSERT_EQ(match.findings.size(), 1u);
  EXPECT_EQ(match.findings[0].ratings.size(), 2u);
  EXPECT_EQ(match.findings[0].severity, Severity::critical);  // a vector before a word
  EXPECT_EQ(match.findings[0].severity_source, "nvd");
  EXPECT_EQ(match.findings[0].kev, note.kev);
  EXPECT_EQ(match.findings[0].epss, note.epss);
}

// Debian lists packages that it looked at and found without the fault.
TEST(MatchTest, AnEntryThatSaysNotAffectedAffectsNobody) {
  Table table;
  Affected never = Table::entry("pkg:deb/debian/acl", "debian:12", "vers:deb/*");
  for (const auto state : {FixState::not_affected, FixState::under_investigation}) {
    never.state = state;
    Advisory advisory;
    advisory.id = "D-" + std::to_string(static_cast<int>(state));
    advisory.affected = {never};
    table.add(advisory);
  }
  const Match match = match_of(table, bill_of({"pkg:deb/debian/acl@1.0?distro=debian-12"}));
  EXPECT_TRUE(match.findings.empty());
  EXPECT_TRUE(match.unknown.empty());
}

TEST(MatchTest, AFindingProvesItself) {
  Table table;
  Advisory advisory;
  advisory.id = "GHSA-jfh8-c2jp-5v3q";
  advisory.aliases = {"CVE-2021-44228"};
  advisory.modified = parse_time("2024-02-03T04:05:06Z").value();
  advisory.source = "ghsa";
  advisory.ratings = {{"ghsa", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10, Severity::critical}};
  advisory.summary = "Remote code injection";
  advisory.url = "https://example.com";
  advisory.affected = {
      Table::entry("pkg:maven/org.apache.logging.log4j/log4j-core", "", "vers:maven/>=2.0|<2.3.1|>=2.13.0|<2.15.0")};
  table.add(advisory);
  Bill bill = bill_of({"pkg:maven/shop/checkout@1.4.0", "pkg:maven/s/starter@2.6.1",
                       "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar"});
  bill.edges = {
      {Bill::subject_index, 0, EdgeKind::depends_on}, {0, 1, EdgeKind::depends_on}, {1, 2, EdgeKind::depends_on}};
  const Match match = match_of(table, bill);
  ASSERT_EQ(match.findings.size(), 1u);
  const Finding& finding = match.findings[0];
  EXPECT_EQ(finding.id, "CVE-2021-44228");
  EXPECT_THAT(finding.aliases, ElementsAre("GHSA-jfh8-c2jp-5v3q"));
  EXPECT_EQ(finding.severity, Severity::critical);
  EXPECT_EQ(finding.score, 10);
  EXPECT_EQ(finding.component, 2u);
  EXPECT_EQ(finding.name, "log4j-core");
  EXPECT_EQ(finding.version, "2.14.1");
  EXPECT_THAT(finding.fixed, ElementsAre("2.15.0"));  // 2.3.1 would be a step back
  EXPECT_THAT(finding.path, ElementsAre("checkout 1.4.0", "starter 2.6.1", "log4j-core 2.14.1"));
  EXPECT_EQ(finding.proof, (Proof{.advisory = "GHSA-jfh8-c2jp-5v3q",
                                  .source = "ghsa",
                                  .revision = "2024-02-03T04:05:06Z",
                                  .package = "pkg:maven/org.apache.logging.log4j/log4j-core",
                                  .stream = "",
                                  .module = "",
                                  .range = "vers:maven/>=2.0|<2.3.1|>=2.13.0|<2.15.0",
                                  .comparator = "maven",
                                  .installed = "2.14.1",
                                  .fallback = false}));
  EXPECT_TRUE(replay(finding));
  EXPECT_EQ(match.components, 3u);
  EXPECT_EQ(match.health(), Health::affected);
  EXPECT_THAT(match.unknown, IsEmpty());
}

TEST(MatchTest, CleanIsOnlyWhatWasJudged) {
  Table table;
  table.add("A", {}, "pkg:npm/lodash", "", "vers:npm/<4.17.21");
  EXPECT_EQ(match_of(table, "pkg:npm/lodash@4.17.21").health(), Health::clean);
  EXPECT_EQ(match_of(table, "pkg:npm/left-pad@1.0.0").health(), Health::clean);
  EXPECT_EQ(match_of(table, "pkg:npm/lodash@4.17.20").health(), Health::affected);
  EXPECT_EQ(reason_of(match_of(table, "pkg:cran/zoo@1.0")), "no advisories for pkg:cran in the database");
  EXPECT_EQ(reason_of(match_of(table, "pkg:generic/lodash@1.0")), "nobody collects advisories for pkg:generic");
  EXPECT_EQ(match_of(table, Bill{}).health(), Health::unknown);
}

TEST(MatchTest, SaysWhyAPackageCannotBeJudged) {
  Table table;
  table.add("A", {}, "pkg:deb/debian/openssl", "debian:12", "vers:deb/<3.0.11-1");
  EXPECT_EQ(reason_of(match_of(table, "pkg:deb/debian/openssl@3.0.9-1")),
            "the release of its distribution is not known");
  EXPECT_EQ(reason_of(match_of(table, "pkg:deb/debian/openssl@3.0.9-1?distro=debian-11")),
            "no advisories for debian:11 in the database");
  EXPECT_EQ(reason_of(match_of(table, "pkg:deb/kali/openssl@3.0.9-1?distro=kali-2023.1")),
            "no distribution 'kali' is known");
  Bill bill;
  bill.components.resize(1);
  bill.components[0].name = "mystery";
  EXPECT_EQ(reason_of(match_of(table, bill)), "no package URL says what it is");
  EXPECT_EQ(match_of(table, bill).unknown[0].name, "mystery");
}

TEST(MatchTest, ExaminesPackagesAndNothingElse) {
  Table table;
  table.add("A", {}, "pkg:npm/a", "", "vers:npm/*");
  Bill bill = bill_of({"pkg:npm/a@1.0.0", "pkg:oci/shop@sha256:00", "pkg:oci/other@sha256:00"});
  const auto add = [&](ComponentType type) {
    bill.components.emplace_back().type = type;
    return static_cast<std::uint32_t>(bill.components.size() - 1);
  };
  add(ComponentType::file);
  add(ComponentType::operating_system);
  const auto lock_file = add(ComponentType::application);
  bill.subject.listed = add(ComponentType::application);
  const auto source = add(ComponentType::library);
  const auto layer = add(ComponentType::library);
  bill.components[layer].name =
      "sha256:"
      "0000000000000000000000000000000000000000000000000000000000000000";
  bill.edges = {{1, 0, EdgeKind::contains}, {lock_file, 0, EdgeKind::contains}, {0, source, EdgeKind::generated_from}};
  const Match match = match_of(table, bill);
  EXPECT_EQ(match.components, 2u);
  EXPECT_EQ(match.findings.size(), 1u);
  // An image whose content nobody lists is a question of its own.
  ASSERT_EQ(match.unknown.size(), 1u);
  EXPECT_EQ(match.unknown[0].component, 2u);
  EXPECT_EQ(match.unknown[0].reason, "an image: its own bill says what is in it");
}

TEST(MatchTest, ReportsAPackageOnceWithAllItsPlaces) {
  Table table;
  table.add("A", {"CVE-1"}, "pkg:npm/a", "", "vers:npm/<2.0.0");
  const Match match = match_of(table, bill_of({"pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0", "pkg:npm/a@1.0.0?x=y",
                                               "pkg:npm/a@1.1.0", "pkg:npm/a@1.0.0"}));
  ASSERT_EQ(match.findings.size(), 2u);
  EXPECT_EQ(match.findings[0].component, 0u);
  EXPECT_THAT(match.findings[0].elsewhere, ElementsAre(2, 4));
  EXPECT_EQ(match.findings[1].component, 3u);
  EXPECT_THAT(match.findings[1].elsewhere, IsEmpty());
  EXPECT_EQ(match.components, 5u);
}

TEST(MatchTest, JoinsWhatSeveralSourcesSayAboutOneVulnerability) {
  Table table;
  table.add("GO-2023-1571", {"CVE-2022-41723", "GHSA-vvpx-j8f3-3w6h"}, "pkg:golang/golang.org/x/net", "",
            "vers:golang/<0.7.0", Severity::unknown);
  table.add("GHSA-vvpx-j8f3-3w6h", {"CVE-2022-41723"}, "pkg:golang/golang.org/x/net", "", "vers:golang/<0.7.1",
            Severity::high);
  table.add("GHSA-only", {}, "pkg:golang/golang.org/x/net", "", "vers:golang/*", Severity::low);
  table.add("GO-only", {"GHSA-only"}, "pkg:golang/golang.org/x/net", "", "vers:golang/*", Severity::unknown);
  const Match match = match_of(table, "pkg:golang/golang.org/x/net@v0.6.0");
  ASSERT_EQ(match.findings.size(), 2u);
  const Finding& first = match.findings[0];
  EXPECT_EQ(first.id, "CVE-2022-41723");
  EXPECT_THAT(first.aliases, ElementsAre("GHSA-vvpx-j8f3-3w6h", "GO-2023-1571"));
  EXPECT_EQ(first.severity, Severity::high);
  EXPECT_EQ(first.proof.advisory, "GHSA-vvpx-j8f3-3w6h");
  ASSERT_EQ(first.other_proofs.size(), 1u);
  EXPECT_EQ(first.other_proofs[0].advisory, "GO-2023-1571");
  EXPECT_THAT(first.fixed, ElementsAre("0.7.1"));  // 0.7.0 mends it to one source only
  EXPECT_EQ(match.findings[1].id, "GHSA-only");
  EXPECT_THAT(match.findings[1].aliases, ElementsAre("GO-only"));
}

// "without merging what differs": an advisory that names two CVEs does not make one of them.
TEST(MatchTest, KeepsCvesApartThatShareAnAdvisory) {
  Table table;
  const std::string package = "pkg:golang/m";
  table.add("GO-1", {"CVE-1", "CVE-2"}, package, "", "vers:golang/*");
  table.add("GHSA-1", {"CVE-1"}, package, "", "vers:golang/*");
  table.add("GHSA-2", {"CVE-2"}, package, "", "vers:golang/*");
  EXPECT_THAT(ids_of(match_of(table, "pkg:golang/m@v1.0.0")), ElementsAre("CVE-1", "CVE-2"));
  Table alone;
  alone.add("GO-1", {"CVE-1", "CVE-2"}, package, "", "vers:golang/*");
  const Match match = match_of(alone, "pkg:golang/m@v1.0.0");
  ASSERT_THAT(ids_of(match), ElementsAre("CVE-1"));
  EXPECT_THAT(match.findings[0].aliases, ElementsAre("CVE-2", "GO-1"));
}

TEST(MatchTest, ADistributionsNoticeStandsForEachCveItMends) {
  Table table;
  Advisory notice;
  notice.id = "DSA-5417-1";
  notice.upstream = {"CVE-2023-0464", "CVE-2023-0465"};
  notice.affected = {Table::entry("pkg:deb/debian/openssl", "debian:11", "vers:deb/<1.1.1n-0+deb11u5")};
  table.add(notice);
  table.add("DEBIAN-CVE-2023-0464", {"CVE-2023-0464"}, "pkg:deb/debian/openssl", "debian:11",
            "vers:deb/<1.1.1n-0+deb11u5");
  const Match match = match_of(table, "pkg:deb/debian/openssl@1.1.1n-0+deb11u4?distro=debian-11.6");
  ASSERT_THAT(ids_of(match), ElementsAre("CVE-2023-0464", "CVE-2023-0465"));
  EXPECT_EQ(match.findings[0].other_proofs.size(), 1u);
  EXPECT_THAT(match.findings[1].aliases, ElementsAre("DSA-5417-1"));
}

TEST(MatchTest, AnAdvisoryWithSeveralEntriesForAPackageCountsOnce) {
  Table table;
  Advisory advisory;
  advisory.id = "CVE-1";
  advisory.affected = {Table::entry("pkg:npm/a", "", "vers:npm/<1.2.0"),
                       Table::entry("pkg:npm/a", "", "vers:npm/<1.3.0"),
                       Table::entry("pkg:npm/b", "", "vers:npm/<9.0.0")};
  table.add(advisory);
  const Match match = match_of(table, "pkg:npm/a@1.0.0");
  ASSERT_EQ(match.findings.size(), 1u);
  EXPECT_THAT(match.findings[0].other_proofs, IsEmpty());
  EXPECT_THAT(match.findings[0].fixed, ElementsAre("1.3.0"));
}

TEST(MatchTest, OrdersFindingsBySeverityThenIdThenPlace) {
  Table table;
  table.add("CVE-3", {}, "pkg:npm/a", "", "vers:npm/*", Severity::low);
  table.add("CVE-2", {}, "pkg:npm/b", "", "vers:npm/*", Severity::critical);
  table.add("CVE-1", {}, "pkg:npm/b", "", "vers:npm/*", Severity::unknown);
  table.add("CVE-0", {}, "pkg:npm/a", "", "vers:npm/*", Severity::critical);
  EXPECT_THAT(ids_of(match_of(table, bill_of({"pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0", "pkg:npm/a@2.0.0"}))),
              ElementsAre("CVE-0", "CVE-0", "CVE-2", "CVE-3", "CVE-3", "CVE-1"));
}

// Class "linear": names, chains and versions that each finding would repeat.
TEST(MatchTest, AHostileBillDoesNotMultiply) {
  Table table;
  for (int i = 0; i < 50; ++i) table.add("CVE-" + std::to_string(i), {}, "pkg:npm/a", "", "vers:npm/*");
  Bill bill;
  const std::string name(1'000'000, 'x');
  for (std::uint32_t i = 0; i < 200; ++i) {
    Component component;
    component.name = name;
    component.version = name;
    component.purl = bill.pool->keep("pkg:npm/a@1.0." + std::to_string(i));
    bill.components.push_back(component);
    if (i > 0) bill.edges.push_back({i - 1, i, EdgeKind::depends_on});
  }
  const auto match = pratique::match(bill, table.data());
  ASSERT_TRUE(match) << render(match.error());
  ASSERT_EQ(match->findings.size(), 10'000u);
  EXPECT_LT(match->findings[0].name.size(), 300u);
  EXPECT_LT(match->findings[0].version.size(), 300u);
  const auto& last = *std::max_element(match->findings.begin(), match->findings.end(),
                                       [](const Finding& a, const Finding& b) { return a.component < b.component; });
  EXPECT_EQ(last.path.size(), 25u);
  EXPECT_EQ(last.path.front(), "...");
  EXPECT_TRUE(last.path.back().starts_with("xxx"));
}

TEST(MatchTest, RefusesMoreFindingsThanAnybodyReads) {
  Table table;
  for (int i = 0; i < 100; ++i) table.add("CVE-" + std::to_string(i), {}, "pkg:npm/a", "", "vers:npm/*");
  Bill bill;
  for (std::uint32_t i = 0; i < most_findings / 100 + 1; ++i)
    bill.components.emplace_back().purl = bill.pool->keep("pkg:npm/a@1.0." + std::to_string(i));
  const auto match = pratique::match(bill, table.data());
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().fault, Fault::limit);
}

TEST(MatchTest, AVersionOfAMegabyteIsNone) {
  Table table;
  table.add("CVE-1", {}, "pkg:npm/a", "", "vers:npm/<2.0.0");
  Bill bill = bill_of({"pkg:npm/a"});
  const std::string version(1'000'000, '1');
  bill.components[0].version = version;
  const Match match = match_of(table, bill);
  EXPECT_THAT(match.findings, IsEmpty());
  EXPECT_LT(reason_of(match).size(), 300u);
}

TEST(MatchTest, AFaultOfTheDataIsAFaultOfTheMatch) {
  Table table;
  table.broken = true;
  const auto match = pratique::match(bill_of({"pkg:npm/a@1.0.0"}), table.data());
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().fault, Fault::unavailable);
}

// --- regressions of others, by the names of docs/matching.md ---

// A pre-release of 0.0.0 sorts below 0 (trivy missed GO-2026-5932 for it).
TEST(MatchRegressionTest, PseudoVersionsAreNotBelowTheBeginning) {
  Table table;
  table.add("GO-2026-5932", {}, "pkg:golang/golang.org/x/crypto", "", "vers:golang/*");
  table.add("GO-2022-0968", {}, "pkg:golang/golang.org/x/crypto", "", "vers:golang/<0.0.0-20211202192323-5770296d904e");
  EXPECT_EQ(match_of(table, "pkg:golang/golang.org/x/crypto@v0.0.0-20210921155107-089bfa567519").findings.size(), 2u);
  EXPECT_EQ(match_of(table, "pkg:golang/golang.org/x/crypto@v0.0.0-20220214200702-86341886e292").findings.size(), 1u);
  EXPECT_EQ(match_of(table, "pkg:golang/golang.org/x/crypto@v0.17.0").findings.size(), 1u);
}

// osv-scanner matched a version that is none (GO-2024-2550, mongo-tools).
TEST(MatchRegressionTest, DevelIsNoVersion) {
  Table table;
  table.add("GO-2024-2550", {}, "pkg:golang/github.com/mongodb/mongo-tools", "",
            "vers:golang/<0.0.0-20240101000000-000000000000");
  const Match match = match_of(table, "pkg:golang/github.com/mongodb/mongo-tools@%28devel%29");
  EXPECT_THAT(match.findings, IsEmpty());
  EXPECT_EQ(reason_of(match), "'(devel)' is no version");
  // Nothing is known about this one, in whatever version.
  EXPECT_EQ(match_of(table, "pkg:golang/example.com/own@%28devel%29").health(), Health::clean);
}

// grype reported 116 advisories for a component without version, the others nothing.
TEST(MatchRegressionTest, AComponentWithoutVersionIsUnknown) {
  Table table;
  table.add("PYSEC-1", {}, "pkg:pypi/django", "", "vers:pypi/<4.2");
  table.add("PYSEC-2", {}, "pkg:pypi/django", "", "vers:pypi/>=4.1|<4.1.9");
  const Match match = match_of(table, "pkg:pypi/django");
  EXPECT_THAT(match.findings, IsEmpty());
  EXPECT_EQ(match.unknown.size(), 1u);
  EXPECT_EQ(match.health(), Health::unknown);
  // What affects every version affects this one too.
  table.add("PYSEC-3", {}, "pkg:pypi/django", "", "vers:pypi/*");
  EXPECT_THAT(ids_of(match_of(table, "pkg:pypi/django")), ElementsAre("PYSEC-3"));
  EXPECT_EQ(match_of(table, "pkg:pypi/django").unknown.size(), 1u);
  // The document's version field counts where the purl has none.
  Bill bill = bill_of({"pkg:pypi/django"});
  bill.components[0].version = "4.1.5";
  EXPECT_EQ(match_of(table, bill).findings.size(), 3u);
}

// osv-scanner read `golang.org/x/crypto` as `crypto` and `cloud.google.com/go` as the standard library: 2,708 false
// findings.
TEST(MatchRegressionTest, PurlsAreNotCutToTheirLastPart) {
  Table table;
  table.add("GO-1", {}, "pkg:golang/stdlib", "", "vers:golang/<1.22.0");
  table.add("GO-2", {}, "pkg:golang/crypto", "", "vers:golang/*");
  table.add("NPM-1", {}, "pkg:npm/traverse", "", "vers:npm/*");
  table.add("MVN-1", {}, "pkg:maven/core", "", "vers:maven/*");
  for (const auto* purl :
       {"pkg:golang/cloud.google.com/go@v0.100.0", "pkg:golang/github.com/json-iterator/go@v1.1.12",
        "pkg:golang/golang.org/x/crypto@v0.1.0", "pkg:npm/%40babel/traverse@7.0.0", "pkg:maven/com.example/core@1.0"})
    EXPECT_THAT(match_of(table, purl).findings, IsEmpty()) << purl;
  for (const auto* purl : {"pkg:golang/stdlib@1.21.0", "pkg:golang/stdlib@go1.21.0", "pkg:golang/std@v1.21.0"})
    EXPECT_EQ(match_of(table, purl).findings.size(), 1u) << purl;
  EXPECT_THAT(match_of(table, "pkg:golang/stdlib@1.22.0").findings, IsEmpty());
}

// The list spells 1.11, the bill 1.11.0 (PYSEC-2020-35); the range holds a post-release that no list spells
// (PYSEC-2022-43012).
TEST(MatchRegressionTest, ListedVersionsAreComparedAndNotSpelled) {
  Table table;
  table.add("PYSEC-2020-35", {}, "pkg:pypi/django", "", "versions:1.11,2.2.9");
  EXPECT_EQ(match_of(table, "pkg:pypi/django@1.11.0").findings.size(), 1u);
  EXPECT_EQ(match_of(table, "pkg:pypi/django@1.11.0").findings[0].proof.range, "versions: 1.11");
  EXPECT_THAT(match_of(table, "pkg:pypi/django@1.11.1").findings, IsEmpty());
  table.add("PYSEC-2022-43012", {}, "pkg:pypi/setuptools", "", "vers:pypi/<65.5.1");
  EXPECT_EQ(match_of(table, "pkg:pypi/setuptools@40.9.0.post20210302").findings.size(), 1u);
}

// trivy missed the second of two windows (PYSEC-2022-166).
TEST(MatchRegressionTest, EveryWindowOfARangeCounts) {
  Table table;
  table.add("PYSEC-2022-166", {}, "pkg:pypi/paramiko", "", "vers:pypi/<2.9.3|>=2.10.0|<2.10.1");
  EXPECT_EQ(match_of(table, "pkg:pypi/paramiko@2.6.0").findings.size(), 1u);
  EXPECT_THAT(match_of(table, "pkg:pypi/paramiko@2.9.3").findings, IsEmpty());
  EXPECT_EQ(match_of(table, "pkg:pypi/paramiko@2.10.0").findings.size(), 1u);
  EXPECT_THAT(match_of(table, "pkg:pypi/paramiko@2.6.0").findings[0].fixed, ElementsAre("2.9.3", "2.10.1"));
}

// Dependency-Track #3808.
TEST(MatchRegressionTest, AlpineRevision18IsAboveRevision2) {
  Table table;
  table.add("CVE-1", {}, "pkg:apk/alpine/busybox", "alpine:v3.16", "vers:apk/<1.35.0-r17");
  EXPECT_THAT(match_of(table, "pkg:apk/alpine/busybox@1.35.0-r18?distro=alpine-3.16.2").findings, IsEmpty());
  EXPECT_EQ(match_of(table, "pkg:apk/alpine/busybox@1.35.0-r2?distro=alpine-3.16.2").findings.size(), 1u);
  EXPECT_EQ(match_of(table, "pkg:apk/alpine/busybox@1.35.0-r2?distro=3.16.2").findings.size(), 1u);
  EXPECT_EQ(match_of(table, "pkg:alpine/busybox@1.35.0-r2?distro=alpine-3.16.2").findings.size(), 1u);
}

// Dependency-Track #4835: patched, and called vulnerable by the version upstream mended it in.
TEST(MatchRegressionTest, DebianBackportsAreFixes) {
  Table table;
  table.add("DEBIAN-CVE-1", {"CVE-1"}, "pkg:deb/debian/curl", "debian:12", "vers:deb/<7.88.1-10+deb12u1");
  table.add("CVE-1", {}, "pkg:generic/curl", "", "vers:generic/<8.4.0");
  EXPECT_THAT(match_of(table, "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u1?distro=debian-12").findings, IsEmpty());
  EXPECT_THAT(match_of(table, "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u4?distro=debian-12").findings, IsEmpty());
  const Match match = match_of(table, "pkg:deb/debian/curl@7.88.1-10?distro=debian-12");
  ASSERT_EQ(match.findings.size(), 1u);
  EXPECT_THAT(match.findings[0].fixed, ElementsAre("7.88.1-10+deb12u1"));
  EXPECT_EQ(match.findings[0].proof.stream, "debian:12");
}

// The advisory speaks of the source package; binaries are called otherwise and may carry another version.
TEST(MatchRegressionTest, DistributionsAreMatchedBySourcePackage) {
  Table table;
  table.add("CVE-1", {}, "pkg:deb/debian/openssl", "debian:12", "vers:deb/<3.0.11-1~deb12u2");
  table.add("CVE-2", {}, "pkg:deb/debian/python3-defaults", "debian:12", "vers:deb/<3.12");
  table.add("CVE-3", {}, "pkg:deb/debian/libssl3", "debian:12", "vers:deb/*");  // nothing that Debian would write
  table.add("CVE-4", {}, "pkg:deb/debian/gcc-12", "debian:12", "vers:deb/*");
  table.add("CVE-5", {}, "pkg:rpm/redhat/openssl-libs", "redhat:9", "vers:rpm/<1:3.0.7-27.el9");
  Bill bill = bill_of({"pkg:deb/debian/libssl3@3.0.11-1~deb12u1?distro=debian-12",
                       "pkg:deb/debian/python3@3.11.2-1?distro=debian-12",
                       "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?distro=debian-12",
                       "pkg:rpm/redhat/openssl-libs@3.0.7-16.el9?distro=rhel-9.2&epoch=1"});
  bill.components[0].source = "openssl";
  bill.components[1].source = "python3-defaults 3.11.2-1+b1";
  bill.components[2].source = "gcc-12";
  bill.components[3].source = "openssl 3.0.7-16.el9";
  const Match match = match_of(table, bill);
  ASSERT_THAT(ids_of(match), ElementsAre("CVE-1", "CVE-2", "CVE-4", "CVE-5"));
  EXPECT_EQ(match.findings[0].name, "libssl3");
  EXPECT_EQ(match.findings[0].proof.package, "pkg:deb/debian/openssl");
  EXPECT_EQ(match.findings[1].proof.installed, "3.11.2-1+b1");
  EXPECT_EQ(match.findings[3].proof.installed, "1:3.0.7-16.el9");
}

// Dependency-Track #6156: the epoch of a Satellite package made every el9 package look old.
TEST(MatchRegressionTest, AProductStreamDoesNotReachThePlainRelease) {
  Table table;
  table.add("CVE-1", {}, "pkg:rpm/redhat/rubygem-rack", "redhat:satellite:6.11::el8", "vers:rpm/<1:2.2.4-1.el8sat");
  table.add("CVE-1", {}, "pkg:rpm/redhat/rubygem-rack", "redhat:9", "vers:rpm/<2.2.4-1.el9");
  EXPECT_THAT(match_of(table, "pkg:rpm/redhat/rubygem-rack@2.2.7-1.el9?distro=rhel-9.2").findings, IsEmpty());
  EXPECT_EQ(match_of(table, "pkg:rpm/redhat/rubygem-rack@2.2.3-1.el9?distro=rhel-9.2").findings.size(), 1u);
  // A missing epoch is zero.
  EXPECT_THAT(match_of(table, "pkg:rpm/redhat/rubygem-rack@2.2.3-1.el9?distro=rhel-9.2&epoch=1").findings, IsEmpty());
}

// Dependency-Track #4725 and #4445: another distribution's advisories.
TEST(MatchRegressionTest, OnlyTheOwnDistributionCounts) {
  Table table;
  table.add("UBUNTU-1", {}, "pkg:deb/ubuntu/sudo", "ubuntu:22.04", "vers:deb/<1.9.9-1ubuntu2.4");
  table.add("DEBIAN-1", {}, "pkg:deb/debian/sudo", "debian:12", "vers:deb/<1.9.13p3-1+deb12u1");
  EXPECT_THAT(ids_of(match_of(table, "pkg:deb/ubuntu/sudo@1.9.9-1ubuntu2.1?distro=ubuntu-22.04")),
              ElementsAre("UBUNTU-1"));
  EXPECT_EQ(reason_of(match_of(table, "pkg:deb/ubuntu/sudo@1.9.9-1ubuntu2.1?distro=debian-12")),
            "a package of ubuntu in debian-12");
  EXPECT_EQ(match_of(table, "pkg:deb/ubuntu/sudo@1.9.9-1ubuntu2.1?distro=ubuntu-20.04").health(), Health::unknown);
  // The bill's own distribution, where the purl names none.
  Bill bill = bill_of({"pkg:deb/debian/sudo@1.9.13p3-1"});
  bill.distro = "debian-12.4";
  EXPECT_THAT(ids_of(match_of(table, bill)), ElementsAre("DEBIAN-1"));
}

// --- modules, owners, names ---

TEST(MatchTest, ModuleStreamsAreKeptApart) {
  Table table;
  const auto add = [&](const std::string& id, const std::string& module, const std::string& range) {
    Advisory advisory;
    advisory.id = id;
    advisory.affected = {Table::entry("pkg:rpm/redhat/nodejs", "redhat:8", range)};
    advisory.affected[0].module = module;
    table.add(advisory);
  };
  add("CVE-14", "nodejs:14", "vers:rpm/<1:14.21.3-1.module%2Bel8.7.0%2B18531%2B81d21ca6");
  add("CVE-18", "nodejs:18", "vers:rpm/<1:18.14.2-2.module%2Bel8.7.0%2B18445%2B9493b6ea");
  add("CVE-none", "", "vers:rpm/<1:20.0.0-1.el8");
  add("CVE-some", "", "vers:rpm/<1:18.14.2-2.module_el8.7.0%2B3494%2Ba58d8c79");  // a source that names no module
  add("CVE-all", "", "vers:rpm/*");
  const std::string purl =
      "pkg:rpm/redhat/nodejs@14.21.1-2.module%2Bel8.7.0%2B17528%2Ba329cd47?distro=rhel-8.7&epoch=1";
  for (const auto* label :
       {"&rpmmod=nodejs:14:8070020221213:bd1311ed", "&modularitylabel=nodejs:14:8070020221213:bd1311ed"}) {
    const Match match = match_of(table, purl + label);
    EXPECT_THAT(ids_of(match), ElementsAre("CVE-14", "CVE-all", "CVE-some")) << label;
    EXPECT_FALSE(match.findings[0].is_doubtful());
    EXPECT_EQ(match.findings[0].proof.module, "nodejs:14");
    EXPECT_EQ(match.findings[1].proof.module, "");  // none was compared
    EXPECT_TRUE(match.findings[2].is_doubtful());
    EXPECT_EQ(match.findings[2].proof.module, "nodejs:14");
  }
  // Modular by its release, and nobody says which stream.
  const Match untold = match_of(table, purl);
  EXPECT_THAT(ids_of(untold), ElementsAre("CVE-14", "CVE-18", "CVE-all", "CVE-some"));
  EXPECT_EQ(untold.findings[0].proof.doubt, "the bill does not tell its module stream");
  // Not modular at all.
  EXPECT_THAT(ids_of(match_of(table, "pkg:rpm/redhat/nodejs@14.21.1-2.el8?distro=rhel-8.7&epoch=1")),
              ElementsAre("CVE-all", "CVE-none"));
}

TEST(MatchTest, WhatADistributionsPackageBroughtIsNotReportedTwice) {
  Table table;
  table.add("CVE-1", {}, "pkg:pypi/requests", "", "vers:pypi/*");
  table.add("CVE-1", {}, "pkg:deb/debian/requests", "debian:12", "vers:deb/*");
  Bill bill = bill_of({"pkg:deb/debian/python3-requests@2.28.1-1?distro=debian-12", "pkg:pypi/requests@2.28.1"});
  bill.components[0].source = "requests";
  EXPECT_EQ(match_of(table, bill).findings.size(), 2u);  // nothing says that they are one
  Bill contained = bill, nested = bill, placed = bill, elsewhere = bill, other = bill;
  contained.edges.push_back({0, 1, EdgeKind::contains});
  nested.components[1].parent = 0;
  placed.details.push_back(
      {1, DetailKind::location, "", "/usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO"});
  elsewhere.details.push_back(
      {1, DetailKind::location, "", "/usr/local/lib/python3.11/dist-packages/requests-2.28.1.dist-info/METADATA"});
  other.edges.push_back({0, 1, EdgeKind::depends_on});
  for (const auto& [owned, count] : std::vector<std::pair<Bill, std::size_t>>{
           {contained, 1}, {nested, 1}, {placed, 1}, {elsewhere, 2}, {other, 2}}) {
    const Match match = match_of(table, owned);
    EXPECT_EQ(match.findings.size(), count);
    EXPECT_EQ(match.components, count);
  }
  // A language's package inside another one counts: jars in jars (osv-scanner #1717 dropped nested components).
  table.add("CVE-2", {}, "pkg:maven/g/inner", "", "vers:maven/*");
  Bill jars = bill_of({"pkg:maven/g/outer@1.0", "pkg:maven/g/inner@1.0"});
  jars.components[1].parent = 0;
  EXPECT_THAT(ids_of(match_of(table, jars)), ElementsAre("CVE-2"));
}

TEST(MatchTest, APackageThatMovedIsFoundUnderItsFormerName) {
  const std::string package = "pkg:maven/com.mysql/mysql-connector-j";
  ASSERT_FALSE(also_known_as(package).empty());
  for (const auto name : also_known_as(package)) {
    Table table;
    table.add("CVE-1", {}, std::string(name), "", "vers:maven/<9");
    const Match match = match_of(table, package + "@8.0.31");
    ASSERT_EQ(match.findings.size(), 1u);
    EXPECT_EQ(match.findings[0].proof.package, name);
  }
}

}  // namespace
}  // namespace pratique
