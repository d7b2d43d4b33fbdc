// The advisory database built from 4,291 Go records; looking packages up and matching bills, warm and cold.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <map>
#include <string>

#include "engine/format/format.h"
#include "flow/build.h"
#include "flow/scan.h"
#include "world/file/file.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

const std::string shared = PRATIQUE_SOURCE_DIR "/../shared/data";
const std::string database = (fs::temp_directory_path() / "pratique_bench_match.db").string();

Result<BuildReport> build_go() { return build_database({shared + "/advisories/osv/Go.zip"}, database, Time{}, {}); }

const AdvisoryDb* open_go() {
  static const auto db = [] {
    (void)build_go();
    return AdvisoryDb::open(database);
  }();
  return db ? &*db : nullptr;
}

// `count` packages, of which one in `every` is a Go module with advisories in an old version.
Bill bill_of(std::size_t count, std::size_t every) {
  Bill bill;
  bill.components.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    Component& component = bill.components[i];
    const std::string number = std::to_string(i);
    component.name = bill.pool->keep("package-" + number);
    component.version = "v0.1.0";
    component.purl = i % every == 0
                         ? bill.pool->keep("pkg:golang/golang.org/x/crypto@v0." + std::to_string(i / every % 30) + ".0")
                         : bill.pool->keep("pkg:golang/github.com/example/package-" + number + "@v0.1.0");
  }
  return bill;
}

void build(benchmark::State& state) {
  for (auto _ : state) {
    const auto report = build_go();
    if (!report) return state.SkipWithError(render(report.error()).c_str());
    state.counters["bytes"] = static_cast<double>(report->status.bytes);
    state.counters["records"] = static_cast<double>(report->records);
  }
}
BENCHMARK(build)->Unit(benchmark::kMillisecond);

// Every source there is.
void build_all(benchmark::State& state) {
  const std::string path = database + ".all";
  for (auto _ : state) {
    const auto report = build_database({shared + "/advisories"}, path, Time{}, {});
    if (!report) return state.SkipWithError(render(report.error()).c_str());
    state.counters["bytes"] = static_cast<double>(report->status.bytes);
    state.counters["records"] = static_cast<double>(report->records);
  }
  fs::remove(path);
}
BENCHMARK(build_all)->Unit(benchmark::kMillisecond);

void open(benchmark::State& state) {
  if (open_go() == nullptr) return state.SkipWithError("no database");
  for (auto _ : state) benchmark::DoNotOptimize(AdvisoryDb::open(database)->status().advisories);
}
BENCHMARK(open)->Unit(benchmark::kMicrosecond);

void look_up(benchmark::State& state, const std::vector<std::string>& packages) {
  const AdvisoryDb* const db = open_go();
  if (db == nullptr) return state.SkipWithError("no database");
  const auto reader = db->reader();
  std::size_t entries = 0;
  const std::function<void(const AffectedView&)> visit = [&](const AffectedView&) { ++entries; };
  for (auto _ : state)
    for (const auto& package : packages) (void)reader->each(package, "", visit);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * packages.size()));
  state.counters["entries"] = static_cast<double>(entries) / static_cast<double>(state.iterations());
}
void look_up_unknown(benchmark::State& state) {
  std::vector<std::string> packages;
  for (int i = 0; i < 1000; ++i) packages.push_back("pkg:golang/github.com/example/package-" + std::to_string(i));
  look_up(state, packages);
}
BENCHMARK(look_up_unknown);
void look_up_known(benchmark::State& state) {
  look_up(state, {"pkg:golang/golang.org/x/crypto", "pkg:golang/golang.org/x/net", "pkg:golang/k8s.io/kubernetes",
                  "pkg:golang/github.com/docker/docker", "pkg:golang/github.com/containerd/containerd"});
}
BENCHMARK(look_up_known);

// Arguments: packages, and one in how many is affected.
void match_warm(benchmark::State& state) {
  const AdvisoryDb* const db = open_go();
  if (db == nullptr) return state.SkipWithError("no database");
  const Bill bill = bill_of(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    const auto match = scan(bill, *db);
    if (!match) return state.SkipWithError("no match");
    state.counters["findings"] = static_cast<double>(match->findings.size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(match_warm)
    ->Args({1000, 1'000'000})
    ->Args({1000, 20})
    ->Args({1000, 5})
    ->Args({10'000, 20})
    ->Args({500'000, 20})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pratique
