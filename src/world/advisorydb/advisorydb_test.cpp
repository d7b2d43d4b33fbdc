#include "world/advisorydb/advisorydb.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "world/advisorydb/codec.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

const Time noon = parse_time("2026-03-01T12:00:00Z").value();
const Time later = parse_time("2026-03-02T12:00:00Z").value();

Affected affected_by(std::string package, std::string stream, std::string fixed) {
  Affected affected;
  affected.package = std::move(package);
  affected.stream = std::move(stream);
  affected.ranges = {Vers{Scheme::golang, false, {{Comparator::less, fixed}}}};
  affected.fixed = {std::move(fixed)};
  return affected;
}

Advisory advisory_named(std::string id, std::vector<Affected> affected) {
  Advisory advisory;
  advisory.id = std::move(id);
  advisory.aliases = {"CVE-" + advisory.id};
  advisory.summary = "What goes wrong in " + advisory.id;
  advisory.modified = noon;
  advisory.source = "go";
  advisory.ratings = {{"go", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5, Severity::high}};
  advisory.affected = std::move(affected);
  return advisory;
}

std::vector<Advisory> some_advisories(int count) {
  std::vector<Advisory> all;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    all.push_back(advisory_named(
        "GO-" + number, {affected_by("pkg:golang/example.com/p" + std::to_string(i % 37), "", "1." + number)}));
  }
  return all;
}

std::string bytes_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

class AdvisoryDbTest : public testing::Test {
 protected:
  AdvisoryDbTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_advisorydb_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~AdvisoryDbTest() override { fs::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }

  AdvisoryDbStatus build(const std::string& name, const std::vector<Advisory>& advisories, Time now = noon) const {
    AdvisoryDbWriter writer(path(name));
    for (const auto& advisory : advisories) writer.add(advisory);
    auto status = writer.finish(now);
    EXPECT_TRUE(status) << render(status.error());
    return status.value();
  }

  std::string root_;
};

struct Seen {
  std::string id;
  std::vector<std::string> constraints;
  std::vector<std::string> versions;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> all_about(const AdvisoryDb& db, std::string_view package, std::string_view stream = "") {
  const auto reader = db.reader();
  std::vector<Seen> seen;
  std::vector<std::uint32_t> numbers;
  const auto told = reader->each(package, stream, [&](const AffectedView& view) {
    Seen one;
    for (const auto& range : view.ranges) {
      if (range.any) one.constraints.push_back("*");
      for (const auto& [comparator, version] : range.constraints)
        one.constraints.push_back(std::string(symbol_of(comparator)) + std::string(version));
    }
    for (const auto version : view.versions) one.versions.emplace_back(version);
    seen.push_back(std::move(one));
    numbers.push_back(view.advisory);
  });
  EXPECT_TRUE(told) << render(told.error());
  for (std::size_t i = 0; i < seen.size(); ++i) seen[i].id = reader->advisory(numbers[i]).value().id;
  return seen;
}

TEST_F(AdvisoryDbTest, AnswersByPackageAndStream) {
  Affected two = affected_by("pkg:deb/debian/openssl", "debian:12", "3.0.11-1~deb12u2");
  two.ranges.push_back(Vers{Scheme::deb, false, {{Comparator::greater_equal, "3.1"}, {Comparator::less_equal, "3.2"}}});
  two.versions = {"2.9", "2.9.1"};
  const Affected other = affected_by("pkg:deb/debian/openssl", "debian:11", "1.1.1n-0+deb11u5");
  Affected every = affected_by("pkg:npm/left-pad", "", "");
  every.ranges = {Vers{Scheme::npm, true, {}}};
  build("db", {advisory_named("B", {two, other}), advisory_named("A", {two}), advisory_named("C", {every})});

  const auto db = AdvisoryDb::open(path("db"));
  ASSERT_TRUE(db) << render(db.error());
  const std::vector<std::string> ranges = {"<3.0.11-1~deb12u2", ">=3.1", "<=3.2"}, versions = {"2.9", "2.9.1"};
  EXPECT_EQ(all_about(*db, "pkg:deb/debian/openssl", "debian:12"),
            (std::vector<Seen>{{"A", ranges, versions}, {"B", ranges, versions}}));
  EXPECT_EQ(all_about(*db, "pkg:deb/debian/openssl", "debian:11"),
            (std::vector<Seen>{{"B", {"<1.1.1n-0+deb11u5"}, {}}}));
  EXPECT_EQ(all_about(*db, "pkg:npm/left-pad"), (std::vector<Seen>{{"C", {"*"}, {}}}));
  EXPECT_TRUE(all_about(*db, "pkg:deb/debian/openssl").empty());
  EXPECT_TRUE(all_about(*db, "pkg:deb/debian/openssl", "debian:10").empty());
  EXPECT_TRUE(all_about(*db, "pkg:npm/left").empty());

  EXPECT_TRUE(db->covers("deb", "debian:12"));
  EXPECT_FALSE(db->covers("deb", "debian:10"));
  EXPECT_FALSE(db->covers("deb", ""));
  EXPECT_TRUE(db->covers("npm", ""));
  EXPECT_FALSE(db->covers("pypi", ""));
}

TEST_F(AdvisoryDbTest, GivesBackWhatItWasGiven) {
  Advisory whole =
      advisory_named("GHSA-1", {affected_by("pkg:npm/a", "", "2.0.0"), affected_by("pkg:npm/b", "", "3.0.0")});
  whole.upstream = {"CVE-1", "CVE-2"};
  whole.related = {"GHSA-2"};
  whole.published = parse_time("0001-01-01T00:00:00Z").value();
  whole.url = "https://example.com/GHSA-1";
  whole.affected[1].symbols = {"a.B", "a.C"};
  whole.affected[1].severity = Severity::low;
  whole.affected[1].versions = {"", "\xff"};
  whole.affected[1].module = "nodejs:18";
  whole.affected[1].cpe = "cpe:2.3:a:b:c:*:*:*:*:*:*:*:*";
  whole.affected[1].state = FixState::wont_fix;
  whole.affected[1].note = "out of support";
  whole.affected[1].companions = {
      {{"cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", whole.affected[0].ranges[0]}, {"cpe:2.3:a:v:q:*:*:*:*:*:*:*:*", {}}}, {}};
  build("db", {whole});
  const auto db = AdvisoryDb::open(path("db"));
  const auto reader = db->reader();
  EXPECT_EQ(reader->find("GHSA-1").value(), std::vector<Advisory>{whole});
  EXPECT_EQ(reader->find("CVE-GHSA-1").value(), std::vector<Advisory>{whole});
  EXPECT_EQ(reader->find("CVE-2").value(), std::vector<Advisory>{whole});  // what a notice mends
  EXPECT_TRUE(reader->find("GHSA-2").value().empty());                     // only related
  EXPECT_EQ(reader->advisory(0).value(), whole);
  EXPECT_FALSE(reader->advisory(1));
}

TEST_F(AdvisoryDbTest, KeepsWithdrawnAdvisoriesButDoesNotMatchThem) {
  auto all = some_advisories(3);
  all[1].withdrawn = noon;
  const auto status = build("db", all);
  EXPECT_EQ(status.advisories, 3u);
  EXPECT_EQ(status.withdrawn, 1u);
  EXPECT_EQ(status.packages, 2u);
  const auto db = AdvisoryDb::open(path("db"));
  EXPECT_TRUE(all_about(*db, "pkg:golang/example.com/p1").empty());
  EXPECT_EQ(db->reader()->find("GO-1")->front().withdrawn, noon);
}

TEST_F(AdvisoryDbTest, SameRecordsInAnyOrderGiveTheSameBytes) {
  auto all = some_advisories(500);
  const auto first = build("first", all, noon);
  std::reverse(all.begin(), all.end());
  std::rotate(all.begin(), all.begin() + 123, all.end());
  const auto second = build("second", all, later);
  EXPECT_EQ(bytes_of(path("first")), bytes_of(path("second")));
  EXPECT_EQ(first.generation, second.generation);
  EXPECT_EQ(first.generation.size(), 64u);
  EXPECT_EQ(first.built, noon);
  EXPECT_EQ(second.built, later);
  all.front().summary += ".";
  EXPECT_NE(build("third", all).generation, first.generation);
}

TEST_F(AdvisoryDbTest, OfTwoWithOneIdTheNewerCounts) {
  Advisory old = advisory_named("X", {affected_by("pkg:npm/a", "", "1.0.0")});
  Advisory fresh = advisory_named("X", {affected_by("pkg:npm/a", "", "1.0.1")});
  fresh.modified = later;
  const auto one = build("one", {old, fresh});
  const auto two = build("two", {fresh, old, fresh});
  EXPECT_EQ(bytes_of(path("one")), bytes_of(path("two")));
  EXPECT_EQ(one.advisories, 1u);
  EXPECT_EQ(one.newest, later);
  EXPECT_EQ(all_about(*AdvisoryDb::open(path("one")), "pkg:npm/a"), (std::vector<Seen>{{"X", {"<1.0.1"}, {}}}));
  // Equal times: the same one, whichever came first.
  fresh.modified = old.modified;
  build("three", {old, fresh});
  build("four", {fresh, old});
  EXPECT_EQ(bytes_of(path("three")), bytes_of(path("four")));
}

TEST_F(AdvisoryDbTest, CountsWhatItHolds) {
  const auto status = build("db", some_advisories(100));
  EXPECT_EQ(status.path, path("db"));
  EXPECT_EQ(status.schema, 3u);
  EXPECT_EQ(status.number, 1u);
  EXPECT_EQ(status.sources.at("go").advisories, 100u);
  EXPECT_EQ(status.sources.at("go").revision, "2026-03-01T12:00:00Z");
  EXPECT_EQ(status.advisories, 100u);
  EXPECT_EQ(status.packages, 37u);
  EXPECT_EQ(status.bytes, fs::file_size(path("db")));
  EXPECT_EQ(status.ecosystems.at("golang"), 100u);
  EXPECT_EQ(status.ecosystems.size(), 1u);
  EXPECT_EQ(fs::directory_iterator(root_)->path().filename(), "db");  // no lock file, nothing left beside it
}

TEST_F(AdvisoryDbTest, KeepsWhatIsKnownOfAVulnerabilityBesideTheAdvisories) {
  AdvisoryDbWriter writer(path("db"));
  Advisory rated = advisory_named("GHSA-1", {affected_by("pkg:npm/a", "", "2.0.0")});
  rated.aliases = {"CVE-2021-1"};
  rated.ratings.front().source = rated.source = "ghsa";
  Advisory notice = advisory_named("DSA-1", {affected_by("pkg:deb/debian/a", "debian:12", "1")});
  notice.aliases.clear();
  notice.ratings.clear();
  notice.summary.clear();
  notice.upstream = {"CVE-2021-1"};
  writer.add(rated);
  writer.add(notice);
  const Rating nvd{"nvd", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, Severity::critical};
  writer.add({.id = "CVE-2021-1", .ratings = {nvd}, .epss = Epss{0.97, 0.9995}}, "epss");
  writer.add({.id = "CVE-2021-1", .kev = Kev{"2021-12-10", "2021-12-24", true}}, "kev");
  writer.add({.id = "CVE-2021-1", .ssvc = Ssvc{"active", "yes", "total"}}, "cve");
  writer.add({.id = "CVE-1999-1", .epss = Epss{0.1, 0.2}}, "epss");                        // nobody's advisory names it
  writer.add({.id = "CVE-1999-2", .kev = Kev{"2022-01-01", "2022-02-01", false}}, "kev");  // exploited all the same
  writer.add_cpe("pkg:deb/debian/a", "cpe:2.3:a:a:a:*:*:*:*:*:*:*:*");
  writer.add_revision("kev", "2025.08.01");
  const auto status = writer.finish(noon).value();
  EXPECT_EQ(status.vulnerabilities, 2u);
  EXPECT_EQ(status.sources.at("epss").notes, 2u);
  EXPECT_EQ(status.sources.at("kev").revision, "2025.08.01");
  const auto db = AdvisoryDb::open(path("db"));
  const auto reader = db->reader();
  const auto note = reader->vulnerability("CVE-2021-1").value();
  ASSERT_TRUE(note);
  EXPECT_EQ(note->ratings, (std::vector<Rating>{rated.ratings.front(), nvd}));
  EXPECT_EQ(note->summary, rated.summary);  // words for the notice, which has none
  EXPECT_EQ(note->kev, (Kev{"2021-12-10", "2021-12-24", true}));
  EXPECT_EQ(note->epss, (Epss{0.97, 0.9995}));
  EXPECT_EQ(note->ssvc, (Ssvc{"active", "yes", "total"}));
  EXPECT_FALSE(reader->vulnerability("CVE-1999-1").value());
  EXPECT_TRUE(reader->vulnerability("CVE-1999-2").value());
  EXPECT_EQ(reader->cpes("pkg:deb/debian/a").value(), std::vector<std::string>{"cpe:2.3:a:a:a:*:*:*:*:*:*:*:*"});
  EXPECT_TRUE(reader->cpes("pkg:deb/debian/b").value().empty());
}

TEST_F(AdvisoryDbTest, NotesInAnyOrderGiveTheSameBytes) {
  const Advisory named = advisory_named("GHSA-1", {affected_by("pkg:npm/a", "", "2.0.0")});
  std::vector<Vulnerability> notes = {
      {.id = "CVE-GHSA-1", .summary = "Some words", .url = "a", .epss = Epss{0.5, 0.9}},
      {.id = "CVE-GHSA-1",
       .summary = "Other words",
       .url = "b",
       .epss = Epss{0.6, 0.8},
       .ssvc = Ssvc{"poc", "no", "total"}},
      {.id = "CVE-GHSA-1", .ratings = {{"nvd", "", 0, Severity::low}}, .ssvc = Ssvc{"none", "yes", "total"}}};
  const auto build_notes = [&](const std::string& name) {
    AdvisoryDbWriter writer(path(name));
    writer.add(named);
    for (const auto& note : notes) writer.add(note, "test");
    return writer.finish(noon).value().generation;
  };
  const auto first = build_notes("one");
  std::rotate(notes.begin(), notes.begin() + 1, notes.end());
  EXPECT_EQ(build_notes("two"), first);
  std::reverse(notes.begin(), notes.end());
  EXPECT_EQ(build_notes("three"), first);
}

TEST_F(AdvisoryDbTest, PartsOfOneAdvisoryAreOneInWhateverOrderTheyCome) {
  std::vector<Advisory> parts;
  for (const auto release : {"alpine:v3.18", "alpine:v3.19", "alpine:v3.20"}) {
    Advisory part;
    part.id = "ALPINE-CVE-2021-1";
    part.source = "alpine";
    part.upstream = {"CVE-2021-1"};
    part.affected = {affected_by("pkg:apk/alpine/curl", release, "8.5.0-r0")};
    parts.push_back(part);
  }
  const auto build_parts = [&](const std::string& name) {
    AdvisoryDbWriter writer(path(name));
    for (const auto& part : parts) writer.add_part(part);
    return writer.finish(noon).value();
  };
  EXPECT_EQ(build_parts("one").advisories, 1u);
  std::reverse(parts.begin(), parts.end());
  parts.push_back(parts.front());  // twice the same is once
  build_parts("two");
  EXPECT_EQ(bytes_of(path("one")), bytes_of(path("two")));
  const auto db = AdvisoryDb::open(path("one"));
  EXPECT_EQ(db->reader()->advisory(0)->affected.size(), 3u);
  EXPECT_EQ(all_about(*db, "pkg:apk/alpine/curl", "alpine:v3.19").size(), 1u);
}

TEST_F(AdvisoryDbTest, CountsTheGenerationsOfItsPlace) {
  EXPECT_EQ(build("db", some_advisories(3)).number, 1u);
  EXPECT_EQ(build("db", some_advisories(3)).number, 1u);  // the same content is the same generation
  EXPECT_EQ(build("db", some_advisories(4)).number, 2u);
  EXPECT_EQ(build("db", some_advisories(3)).number, 3u);
}

TEST_F(AdvisoryDbTest, NamesEveryPackageInItsStream) {
  build("db",
        {advisory_named("A", {affected_by("pkg:npm/b", "", "1"), affected_by("pkg:deb/debian/a", "debian:12", "1")}),
         advisory_named("B", {affected_by("pkg:deb/debian/a", "debian:11", "1"), affected_by("pkg:npm/b", "", "2")})});
  const auto db = AdvisoryDb::verify(path("db"));
  ASSERT_TRUE(db) << render(db.error());
  const auto packages = db->reader()->packages();
  ASSERT_TRUE(packages);
  std::vector<std::string> names;
  for (const auto& [package, stream] : *packages) names.push_back(package + " " + stream);
  EXPECT_EQ(names,
            (std::vector<std::string>{"pkg:deb/debian/a debian:11", "pkg:deb/debian/a debian:12", "pkg:npm/b "}));
}

TEST_F(AdvisoryDbTest, InstallsAnotherAndRefusesWhatIsOlderOrBroken) {
  auto newer = some_advisories(5);
  newer[0].modified = later;
  build("new", newer, later);
  build("old", some_advisories(3));
  const auto installed = install_database(path("new"), path("db"), Older::refuse);
  ASSERT_TRUE(installed) << render(installed.error());
  EXPECT_EQ(installed->number, 1u);
  EXPECT_EQ(installed->built, later);
  EXPECT_EQ(installed->generation, AdvisoryDb::open(path("new"))->status().generation);
  const auto before = bytes_of(path("db"));
  EXPECT_EQ(install_database(path("old"), path("db"), Older::refuse).error().fault, Fault::refused);
  std::ofstream(path("broken")) << bytes_of(path("new")).substr(0, 5000);
  EXPECT_EQ(install_database(path("broken"), path("db"), Older::accept).error().fault, Fault::malformed);
  EXPECT_EQ(install_database(path("absent"), path("db"), Older::accept).error().fault, Fault::not_found);
  EXPECT_EQ(bytes_of(path("db")), before);
  EXPECT_EQ(install_database(path("old"), path("db"), Older::accept)->number, 2u);
}

TEST_F(AdvisoryDbTest, HoldsNothingAsWell) {
  const auto status = build("db", {});
  EXPECT_EQ(status.advisories, 0u);
  const auto db = AdvisoryDb::open(path("db"));
  EXPECT_TRUE(all_about(*db, "pkg:npm/a").empty());
  EXPECT_TRUE(db->reader()->find("CVE-1").value().empty());
  EXPECT_FALSE(db->covers("npm", ""));
}

TEST_F(AdvisoryDbTest, RefusesWhatIsNotADatabase) {
  const auto fault_of = [&](const std::string& name) {
    const auto opened = AdvisoryDb::open(path(name));
    EXPECT_FALSE(opened) << name;
    EXPECT_NE(opened.error().remedy, "") << name;
    EXPECT_EQ(opened.error().place.front(), path(name));
    return opened.error().fault;
  };
  EXPECT_EQ(fault_of("absent"), Fault::not_found);
  std::ofstream(path("empty")).flush();
  EXPECT_EQ(fault_of("empty"), Fault::malformed);
  std::ofstream(path("text")) << std::string(5000, 'x');
  EXPECT_EQ(fault_of("text"), Fault::malformed);
  fs::create_directory(path("folder"));
  EXPECT_EQ(fault_of("folder"), Fault::malformed);
}

TEST_F(AdvisoryDbTest, RefusesEveryCutAndEveryFlippedBit) {
  build("db", some_advisories(200));
  const std::string whole = bytes_of(path("db"));
  const auto open_fails = [&](const std::string& bytes) {
    std::ofstream(path("bad"), std::ios::binary | std::ios::trunc) << bytes;
    const auto opened = AdvisoryDb::open(path("bad"));
    return !opened && (opened.error().fault == Fault::malformed || opened.error().fault == Fault::unsupported) &&
           !opened.error().remedy.empty();
  };
  for (std::size_t size = 0; size < whole.size(); size += 1009) EXPECT_TRUE(open_fails(whole.substr(0, size))) << size;
  EXPECT_TRUE(open_fails(whole.substr(0, whole.size() - 1)));
  EXPECT_TRUE(open_fails(whole + " "));
  for (std::size_t at = 0; at < whole.size(); at += (at + 80 < whole.size() ? 997 : 1)) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    EXPECT_TRUE(open_fails(bytes)) << "byte " << at;
  }
  EXPECT_FALSE(open_fails(whole));
}

TEST_F(AdvisoryDbTest, SaysThatAnotherSchemaNeedsAnotherBuild) {
  build("db", some_advisories(1));
  std::string bytes = bytes_of(path("db"));
  ++bytes[bytes.size() - 64 + 8];
  std::ofstream(path("newer"), std::ios::binary) << bytes;
  const auto opened = AdvisoryDb::open(path("newer"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::unsupported);
  EXPECT_EQ(opened.error().remedy, "run 'pratique db build --from PATH'");
}

TEST_F(AdvisoryDbTest, AFailedBuildLeavesTheOldFile) {
  const auto old = build("db", some_advisories(10));
  {
    AdvisoryDbWriter abandoned(path("db"));
    abandoned.add(some_advisories(1).front());
  }
  EXPECT_EQ(AdvisoryDb::open(path("db"))->status().generation, old.generation);
  AdvisoryDbWriter nowhere(path("no/such/folder/db"));
  EXPECT_EQ(nowhere.finish(noon).error().fault, Fault::not_found);
}

TEST_F(AdvisoryDbTest, AReplacedFileKeepsItsRights) {
  build("db", some_advisories(1));
  ::chmod(path("db").c_str(), 0640);
  build("db", some_advisories(2));
  struct stat info {};
  ::stat(path("db").c_str(), &info);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
}

TEST_F(AdvisoryDbTest, ReadersKeepTheirGenerationWhileTheFileIsSwapped) {
  const std::vector<Advisory> few = {advisory_named("A", {affected_by("pkg:npm/a", "", "1")})};
  const std::vector<Advisory> many = {few[0], advisory_named("B", {affected_by("pkg:npm/a", "", "2")})};
  build("db", few);
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0, read = 0;
  const auto reads = [&] {
    while (!stop) {
      const auto db = AdvisoryDb::open(path("db"));
      if (!db) {
        ++wrong;
        continue;
      }
      const auto expected = db->status().advisories;
      std::size_t seen = 0;
      const auto reader = db->reader();
      for (int i = 0; i < 10; ++i)
        if (!reader->each("pkg:npm/a", "", [&](const AffectedView&) { ++seen; })) ++wrong;
      if (seen != 10 * expected) ++wrong;
      ++read;
    }
  };
  std::thread first(reads), second(reads);
  for (int i = 0; i < 60; ++i) build("db", i % 2 == 0 ? many : few);
  stop = true;
  first.join();
  second.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(read, 0);
}

TEST_F(AdvisoryDbTest, OneDatabaseServesSeveralThreads) {
  build("db", some_advisories(300));
  const auto db = AdvisoryDb::open(path("db"));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      const auto reader = db->reader();
      for (int i = 0; i < 37; ++i) {
        std::vector<std::uint32_t> numbers;
        if (!reader->each("pkg:golang/example.com/p" + std::to_string(i), "",
                          [&](const AffectedView& view) { numbers.push_back(view.advisory); }))
          ++wrong;
        for (const auto number : numbers)
          if (!reader->advisory(number)) ++wrong;
        if (numbers.size() < 8) ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(AdvisoryCodecTest, NeverReadsPastTheEnd) {
  Advisory advisory = advisory_named("GHSA-1", {affected_by("pkg:npm/a", "", "2.0.0")});
  advisory.affected[0].versions = {"1.0.0"};
  const std::string whole = pack_advisory(advisory);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(unpack_advisory(whole.substr(0, size))) << size;
  EXPECT_FALSE(unpack_advisory(whole + "x"));
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int flip : {1, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      (void)unpack_advisory(bytes);  // any answer, but within the bytes
    }
  Packer packer;
  pack_entry(packer, 7, 1, advisory.affected[0]);
  const std::string entry = packer.take();
  for (std::size_t size = 0; size < entry.size(); ++size) {
    Unpacker unpacker(std::string_view(entry).substr(0, size));
    EntryScratch scratch;
    (void)unpack_entry(unpacker, scratch);
    EXPECT_FALSE(unpacker.ok());
  }
}

}  // namespace
}  // namespace pratique
