// Comparing usual versions of each ecosystem, and asking ranges as advisories have them.
#include "engine/version/version.h"

#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

namespace {

using namespace pratique;

struct Versions {
  Scheme scheme;
  std::vector<std::string_view> texts;
};

// As SBOMs name them: neighbours differ early, late and not at all.
const std::vector<Versions>& usual_versions() {
  static const std::vector<Versions> all = {
      {Scheme::deb,
       {"3.7.1-5+deb11u3", "3.7.1-5", "1:1.2.11.dfsg-2+deb11u2", "2.36-9+deb12u4", "10.2.1-6", "10.2.1-6"}},
      {Scheme::rpm,
       {"4.14.2-37.el8", "4.14.3-31.el8_10", "1:1.12.8-18.el8", "0.17-9.module+el8", "2.28-251.el8_10.2",
        "2.28-251.el8"}},
      {Scheme::apk, {"1.35.0-r13", "1.35.0-r17", "1.1.1q-r0", "3.0.8_git20230101-r2", "2.12.1-r2", "2.12.1-r18"}},
      {Scheme::alpm, {"2.38-5", "2.38-7", "1:1.3.1-1", "6.6.10.arch1-1", "3.2.0-1", "3.2.0-1"}},
      {Scheme::ebuild, {"2.38-r9", "2.38-r10", "1.1.1w", "3.0.9_rc1", "13.2.1_p20240113-r1", "13.2.1"}},
      {Scheme::npm, {"4.17.20", "4.17.21", "1.0.0-rc.1", "18.2.0", "7.0.0-beta.44", "7.0.0-beta.44"}},
      {Scheme::cargo, {"1.0.197", "1.0.198", "0.2.153", "0.10.64", "1.0.0-alpha.3", "1.0.0"}},
      {Scheme::golang,
       {"v0.0.0-20220722155217-630584e8d5aa", "v0.17.0", "v20.10.12+incompatible", "v1.2.3-rc1", "v1.58.3", "v1.58.3"}},
      {Scheme::pypi, {"3.2.1", "3.2.19", "2024.2.2", "1.0.0rc1", "40.9.0.post20210101", "5.4.1"}},
      {Scheme::maven, {"2.14.1", "2.17.1", "5.3.17.RELEASE", "4.1.77.Final", "31.1-jre", "1.0-alpha-3"}},
      {Scheme::nuget, {"13.0.1", "13.0.3", "4.7.0-preview.1", "6.0.0", "2.0.0.1", "2.0.0"}},
      {Scheme::gem, {"7.0.4.3", "7.0.8", "1.13.10", "3.0.0.rc1", "1.16.0", "1.16.0"}},
      {Scheme::composer, {"v6.4.1", "v6.4.2", "2.0.0-beta1", "101.2.4-p1", "1.12.0", "1.12.0"}},
      {Scheme::conda, {"3.11.5", "3.11.7", "1.1.1w", "2.0.0rc1", "2023.12.2", "2023.12.2"}},
      {Scheme::openssl, {"1.0.2k", "1.1.1w", "3.0.13", "3.0.0-beta2", "3.2.1", "3.2.1"}},
      {Scheme::linux, {"5.10.220", "6.1.90", "6.7-rc3", "5.15.150", "2.6.32.71", "6.6"}},
      {Scheme::generic, {"1.2.3", "1.2.4", "2021a", "7.88.1", "9.6p1", "9.6p1"}},
  };
  return all;
}

void compare(benchmark::State& state, const Versions& versions) {
  const std::size_t count = versions.texts.size();
  for (auto _ : state)
    for (std::size_t i = 0; i < count; ++i)
      benchmark::DoNotOptimize(compare_versions(versions.scheme, versions.texts[i], versions.texts[(i + 1) % count]));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}

struct Asked {
  const char* name;
  std::string_view vers;
  std::string_view version;
};

constexpr std::array<Asked, 6> ranges = {
    {{"contains/deb", "vers:deb/<3.7.1-5+deb11u3", "3.7.1-5"},
     {"contains/golang", "vers:golang/<0.17.0", "v0.0.0-20220722155217-630584e8d5aa"},
     {"contains/npm", "vers:npm/>=1.0.0|<2.15.1|>=3.0.0|<3.8.3", "3.4.1"},
     {"contains/maven", "vers:maven/>=2.0-beta9|<2.3.1|>=2.4|<2.12.2|>=2.13.0|<2.15.0", "2.14.1"},
     {"contains/pypi", "vers:pypi/>=3.2|<3.2.19|>=4.0|<4.2.11|>=5.0|<5.0.3", "4.2.10"},
     {"contains/rpm", "vers:rpm/<0:4.14.3-31.el8_10", "4.14.2-37.el8"}}};

void ask(benchmark::State& state, const Asked& asked) {
  const Vers vers = parse_vers(asked.vers).value();
  for (auto _ : state) benchmark::DoNotOptimize(contains(vers, asked.version));
  state.SetItemsProcessed(state.iterations());
}

void parse(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_vers(ranges[3].vers));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(parse)->Name("parse_vers/maven");

const int registered = [] {
  for (const Versions& versions : usual_versions())
    benchmark::RegisterBenchmark(("compare/" + std::string(name_of(versions.scheme))).c_str(), compare, versions);
  for (const Asked& asked : ranges) benchmark::RegisterBenchmark(asked.name, ask, asked);
  return 0;
}();

}  // namespace
