// The inventory at size: facts of generated artifacts go in, questions come out. PRATIQUE_BENCH_ARTIFACTS sets how many
// there are (20,000); PRATIQUE_BENCH_FOLDER where the store is made, and kept when it is set (else a temporary folder).
// Times are CPU time. docs/inventory.md has the figures.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "bench/inventory_world.h"
#include "engine/index/index.h"
#include "engine/version/version.h"
#include "flow/build.h"
#include "flow/holding_sets.h"
#include "flow/locate.h"
#include "flow/rematch.h"
#include "flow/survey.h"
#include "flow/vulnerability.h"

namespace {

using namespace pratique;
using bench::World;
namespace fs = std::filesystem;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double rss_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::cerr << render(result.error()) << '\n';
    std::exit(1);
  }
  return std::move(*result);
}

const Time now = Time(std::chrono::seconds(1'770'000'000));

// The store that all benchmarks share; the first to need it makes it.
struct Inventory {
  World world{static_cast<std::uint32_t>(std::getenv("PRATIQUE_BENCH_ARTIFACTS") != nullptr
                                             ? std::strtoul(std::getenv("PRATIQUE_BENCH_ARTIFACTS"), nullptr, 10)
                                             : 20'000)};
  std::string kept = std::getenv("PRATIQUE_BENCH_FOLDER") != nullptr ? std::getenv("PRATIQUE_BENCH_FOLDER") : "";
  std::string folder = kept.empty() ? (fs::temp_directory_path() / "pratique_bench_inventory").string() : kept;
  std::string path = folder + "/store";
  double seconds_for_bills = 0, seconds_for_pods = 0;  // of CPU

  Inventory() {
    if (!kept.empty() && fs::exists(path)) return;
    fs::remove_all(folder);
    fs::create_directories(folder);
    Store store = must(Store::open(path, Store::Mode::create));
    add_bills(store);
    add_pods(store);
  }
  ~Inventory() {
    if (kept.empty()) fs::remove_all(folder);
  }

  void add_bills(Store& store) {
    constexpr std::uint32_t batch_size = 2000;
    for (std::uint32_t done = 0; done < world.artifacts();) {
      std::vector<StoredBill> batch;
      for (; batch.size() < batch_size && done < world.artifacts(); ++done) batch.push_back(world.next());
      const double start = cpu_seconds();
      must(store.save_bills(batch, merge_posting, now));
      seconds_for_bills += cpu_seconds() - start;
    }
  }

  // A fifth as many pods as artifacts; each runs two images, favourites more often. A favourite is old or new alike.
  void add_pods(Store& store) {
    const std::uint32_t count = world.artifacts() / 5;
    const bench::Zipf popular(world.artifacts(), 0.9, 10);
    std::mt19937_64 random(3);
    std::vector<Workload> pods;
    for (std::uint32_t i = 0; i < count; ++i) {
      Workload pod;
      pod.name_space = "team-" + std::to_string(i % 100);
      pod.kind = "Deployment";
      pod.name = "app-" + std::to_string(i / 3);
      pod.pod = "app-" + std::to_string(i);
      pod.uid = std::to_string(i);
      pod.node = "node-" + std::to_string(i % 500);
      for (const char* name : {"main", "side"}) {
        const auto image = static_cast<std::uint32_t>(std::uint64_t{popular.draw(random)} * 7919 % world.artifacts());
        pod.containers.push_back(
            {name, ContainerKind::container, Image{World::image(image), "1", World::digest(image)}});
      }
      pods.push_back(std::move(pod));
    }
    const double start = cpu_seconds();
    const auto saved = store.save_workloads("north", pods, Coverage::whole, merge_posting, now);
    if (!saved) must(Result<int>(saved.error()));
    seconds_for_pods = cpu_seconds() - start;
  }
};

Inventory& inventory() {
  static Inventory all;
  return all;
}

void ingest(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(&inventory());
  const auto& all = inventory();
  const Store store = must(Store::open(all.path, Store::Mode::read));
  const StoreCounts counts = must(store.counts());
  const double artifacts = static_cast<double>(counts.artifacts);
  state.counters["artifacts"] = artifacts;
  state.counters["components"] = static_cast<double>(counts.components);
  state.counters["pods"] = static_cast<double>(counts.pods);
  if (all.seconds_for_bills > 0) {
    state.counters["bills_per_s"] = artifacts / all.seconds_for_bills;
    state.counters["pods_per_s"] = static_cast<double>(counts.pods) / all.seconds_for_pods;
  }
  state.counters["bytes_per_artifact"] = static_cast<double>(fs::file_size(all.path)) / artifacts;
  state.counters["rss_MiB"] = rss_mib();
}

LocateQuery some_query(const World& world, std::mt19937_64& random) {
  const std::uint32_t package = world.some_package(random);
  LocateQuery query;
  query.purl = must(parse_purl(World::package_key(package)));
  query.range = must(parse_vers("vers:" + World::scheme(package) + "/<" +
                                World::version(package, 1 + static_cast<std::uint32_t>(random() % 9))));
  query.running = random() % 2 == 0;
  query.limit = 100;
  return query;
}

// How times spread, in milliseconds: the middle one, the 99th of a hundred, and the longest.
void tell(benchmark::State& state, const std::string& what, std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  state.counters["p50_" + what + "ms"] = seconds[seconds.size() / 2] * 1000;
  state.counters["p99_" + what + "ms"] = seconds[seconds.size() * 99 / 100] * 1000;
  state.counters["max_" + what + "ms"] = seconds.back() * 1000;
}

// Each iteration is one question.
template <class Ask>
void where(benchmark::State& state, Ask ask) {
  auto& all = inventory();
  std::mt19937_64 random(4);
  std::vector<double> times, by_clock;
  double found = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const LocateQuery query = some_query(all.world, random);
    state.ResumeTiming();
    const double start = cpu_seconds();
    const auto started = std::chrono::steady_clock::now();
    const LocateAnswer answer = ask(query);
    times.push_back(cpu_seconds() - start);
    by_clock.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    found += static_cast<double>(answer.ledger.affected);
  }
  state.counters["artifacts_found"] = found / static_cast<double>(times.size());
  tell(state, "", std::move(times));
  tell(state, "clock_", std::move(by_clock));
  state.counters["rss_MiB"] = rss_mib();
}

void where_warm(benchmark::State& state) {
  const Store store = must(Store::open(inventory().path, Store::Mode::read));
  where(state, [&](const LocateQuery& query) { return must(locate(store, query)); });
}

void where_after_open(benchmark::State& state) {
  where(state, [&](const LocateQuery& query) {
    const Store store = must(Store::open(inventory().path, Store::Mode::read));
    return must(locate(store, query));
  });
}

// As behind a start of the machine: nothing of the file is in memory. What the disk's own host keeps is beyond us.
void where_cold(benchmark::State& state) {
  const int file = ::open(inventory().path.c_str(), O_RDONLY);
  ::fsync(file);
  where(state, [&](const LocateQuery& query) {
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    const Store store = must(Store::open(inventory().path, Store::Mode::read));
    return must(locate(store, query));
  });
  ::close(file);
}

// An advisory database with a record for each of these packages, that mends them in version 1.`fixed`.0.
AdvisoryDb advisories(const std::set<std::uint32_t>& packages, int fixed, Time modified) {
  const auto& all = inventory();
  const std::string folder = all.folder + "/osv";
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const std::uint32_t package : packages) {
    const std::string key = World::package_key(package), number = std::to_string(package);
    const bool is_npm = package % 4 == 1, is_maven = package % 4 == 2;
    std::string name = key.substr(key.find('/') + 1);
    if (is_maven) name[name.find('/')] = ':';
    std::ofstream(folder + "/" + number + ".json")
        << R"({"id":"BENCH-)" << number << R"(","modified":")" << render_time(modified)
        << R"(","database_specific":{"severity":"HIGH"},"affected":[{"package":{"ecosystem":")"
        << (is_npm     ? "npm"
            : is_maven ? "Maven"
                       : "Go")
        << R"(","name":")" << name << R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.)"
        << fixed << R"(.0"}]}]}]})";
  }
  must(build_database({folder}, all.folder + "/db", now, {}));
  return must(AdvisoryDb::open(all.folder + "/db"));
}

std::set<std::uint32_t> packages_with_advisories() {
  std::mt19937_64 random(5);
  std::set<std::uint32_t> packages;
  while (packages.size() < 1000)
    if (const std::uint32_t package = inventory().world.some_package(random); package % 4 != 0)
      packages.insert(package);
  return packages;
}

// A thousand advisories move: all is matched, then they change, which components and artifacts that touches is asked,
// and it is matched again.
void rematch_1000(benchmark::State& state) {
  auto& all = inventory();
  Store store = must(Store::open(all.path, Store::Mode::create));
  const auto packages = packages_with_advisories();
  // A kept store has been here before.
  const auto before = must(store.generation());
  const Time modified = (before && before->newest ? *before->newest : now) + std::chrono::hours(1);
  for (auto _ : state) {
    double start = cpu_seconds();
    const auto first = must(rematch(store, advisories(packages, 4, modified), now));
    state.counters["first_components_per_s"] = static_cast<double>(first.counts.components) / (cpu_seconds() - start);
    state.counters["first_findings"] = static_cast<double>(first.counts.opened);
    const AdvisoryDb changed = advisories(packages, 6, modified + std::chrono::hours(1));
    const Delta delta = must(load_delta(delta_path(all.folder + "/db")));
    start = cpu_seconds();
    const auto touched = must(find_touched(store, delta));
    state.counters["touched_ms"] = (cpu_seconds() - start) * 1000;
    state.counters["touched_components"] = static_cast<double>(touched.size());
    const ArtifactSet billed = must(holders_of(store, std::vector{any_component}));
    const ArtifactSet artifacts = must(holders_of(store, touched, &billed));
    state.counters["affected_set_ms"] = (cpu_seconds() - start) * 1000;
    state.counters["artifacts"] = static_cast<double>(artifacts.size());
    start = cpu_seconds();
    const auto again = must(rematch(store, changed, now));
    const double rows = static_cast<double>(again.counts.opened + again.counts.closed);
    state.counters["rows"] = rows;
    state.counters["rows_per_s"] = rows / (cpu_seconds() - start);
    state.counters["rss_MiB"] = rss_mib();
  }
}

// Questions about everything at once, behind rematch_1000.
template <class Ask>
void all_at_once(benchmark::State& state, Ask ask) {
  const Store store = must(Store::open(inventory().path, Store::Mode::read));
  std::vector<double> times;
  for (auto _ : state) {
    const double start = cpu_seconds();
    benchmark::DoNotOptimize(ask(store));
    times.push_back(cpu_seconds() - start);
  }
  tell(state, "", std::move(times));
  state.counters["rss_MiB"] = rss_mib();
}

// Every artifact has a bill here, and is affected, clean or unknown.
void coverage(benchmark::State& state) {
  all_at_once(state, [](const Store& store) {
    const Ledger ledger = must(survey(store, {})).ledger;
    if (ledger.affected + ledger.clean + ledger.unknown != must(store.counts()).artifacts) {
      std::cerr << "the ledger does not add up\n";
      std::exit(1);
    }
    return ledger;
  });
}
void coverage_running(benchmark::State& state) {
  all_at_once(state, [](const Store& store) { return must(survey(store, {.running = true})).ledger; });
}
void top(benchmark::State& state) {
  all_at_once(state, [](const Store& store) { return must(find_top(store, {}, 10)).all_packages; });
}
void vulnerability(benchmark::State& state) {
  const std::string id = "BENCH-" + std::to_string(*packages_with_advisories().begin());
  all_at_once(state, [&](const Store& store) {
    return must(find_vulnerability(store, nullptr, {id, {.limit = 100}})).located.ledger;
  });
}

BENCHMARK(ingest)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK(where_warm)->Iterations(2000)->Unit(benchmark::kMillisecond);
BENCHMARK(where_after_open)->Iterations(500)->Unit(benchmark::kMillisecond);
BENCHMARK(where_cold)->Iterations(100)->Unit(benchmark::kMillisecond);
BENCHMARK(rematch_1000)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(coverage)->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK(coverage_running)->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK(top)->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK(vulnerability)->Iterations(20)->Unit(benchmark::kMillisecond);

}  // namespace
