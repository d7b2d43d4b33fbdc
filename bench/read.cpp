// Bytes to Bill: megabytes a second over real documents and generated ones, and the peak of memory for a large one.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/documents.h"
#include "engine/format/format.h"

namespace {

using namespace pratique::bench;
using pratique::Bytes;

void read_all(benchmark::State& state, const std::vector<std::string>& documents) {
  if (documents.empty()) return state.SkipWithError("the documents are absent");
  std::size_t bytes = 0, components = 0;
  for (auto _ : state) {
    for (const std::string& document : documents) {
      const auto bill = pratique::read_bill(Bytes::copy_of(document));
      if (!bill) continue;
      bytes += document.size();
      components += bill->components.size();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["components/s"] = benchmark::Counter(static_cast<double>(components), benchmark::Counter::kIsRate);
}

void SpdxJsonContainers(benchmark::State& state) {
  read_all(state, documents_below(data + "sboms/containers", ".json"));
}
void CycloneDxJsonSyft(benchmark::State& state) {
  read_all(state, documents_below(data + "sboms/guac-data/docs/cyclonedx", ".json"));
}
void CycloneDxJsonWild(benchmark::State& state) {
  read_all(state, documents_below(data + "sboms/wild/cyclonedx", ".json"));
}

void CycloneDxJsonGenerated(benchmark::State& state) {
  read_all(state, {generated(static_cast<std::size_t>(state.range(0)))});
}

// The documents of a kind are few and small: each is read often enough to measure.
void CycloneDxXml(benchmark::State& state) {
  auto documents = documents_below(data + "cyclonedx-examples", ".xml");
  for (auto& document : documents_below(data + "sboms/wild/cyclonedx", ".xml"))
    documents.push_back(std::move(document));
  read_all(state, documents);
}
void SpdxTagValue(benchmark::State& state) { read_all(state, documents_below(data + "sboms/wild/spdx", ".spdx")); }
void Spdx3Json(benchmark::State& state) { read_all(state, documents_below(data + "spdx-examples", "spdx3.json")); }

double resident_mb() {
  std::ifstream in("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  in >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// The document is written to a file, so that this process holds it only once: peak_to_document is what reading costs.
void peak_memory(benchmark::State& state, const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("pratique-bench-" + std::to_string(getpid()) + ".json");
  std::ofstream(path) << text;
  const auto size = std::filesystem::file_size(path);
  for (auto _ : state) {
    malloc_trim(0);                                 // what making the document left free would hide what reading takes
    std::ofstream("/proc/self/clear_refs") << "5";  // the peak starts anew
    const double before = resident_mb();
    Bytes document(size);
    std::ifstream(path).read(document.data(), static_cast<std::streamsize>(size));
    const auto bill = pratique::read_bill(std::move(document));
    if (!bill) return state.SkipWithError("not read");
    const double after = resident_mb();
    std::ifstream status("/proc/self/status");
    double peak = 0;
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmHWM:")) peak = std::stod(line.substr(6)) * 1024 / 1e6;
    state.counters["document_MB"] = static_cast<double>(size) / 1e6;
    state.counters["kept_to_document"] = (after - before) * 1e6 / static_cast<double>(size);
    state.counters["peak_to_document"] = (peak - before) * 1e6 / static_cast<double>(size);
  }
  std::filesystem::remove(path);
}

void PeakMemory500k(benchmark::State& state) { peak_memory(state, generated(500'000)); }
void PeakMemoryInToto(benchmark::State& state) { peak_memory(state, in_toto(generated(100'000))); }
void PeakMemoryDsse(benchmark::State& state) { peak_memory(state, dsse(in_toto(generated(100'000)))); }
void PeakMemoryBundle(benchmark::State& state) {
  peak_memory(state, R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},)"
                     R"("dsseEnvelope":)" +
                         dsse(in_toto(generated(100'000))) + "}");
}

BENCHMARK(PeakMemoryInToto)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(PeakMemoryDsse)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(PeakMemoryBundle)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(PeakMemory500k)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(SpdxJsonContainers)->Unit(benchmark::kMillisecond);
BENCHMARK(CycloneDxJsonSyft)->Unit(benchmark::kMillisecond);
BENCHMARK(CycloneDxJsonWild)->Unit(benchmark::kMillisecond);
BENCHMARK(CycloneDxXml)->Unit(benchmark::kMillisecond);
BENCHMARK(SpdxTagValue)->Unit(benchmark::kMillisecond);
BENCHMARK(Spdx3Json)->Unit(benchmark::kMillisecond);
BENCHMARK(CycloneDxJsonGenerated)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
