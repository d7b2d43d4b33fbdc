// Bill to bytes in each format, and documents judged: megabytes of document for each second.
#include <benchmark/benchmark.h>

#include "bench/documents.h"
#include "engine/format/format.h"

namespace {

using namespace pratique;
using namespace pratique::bench;

void write_all(benchmark::State& state, BillFormat format) {
  std::vector<Bill> bills;
  for (const std::string& document : documents_below(data + "sboms/containers", ".json"))
    if (auto bill = read_bill(Bytes::copy_of(document))) bills.push_back(std::move(*bill));
  if (bills.empty()) return state.SkipWithError("the documents are absent");
  std::size_t bytes = 0;
  for (auto _ : state)
    for (const Bill& bill : bills) {
      const auto written = write_bill(bill, format);
      if (!written) return state.SkipWithError("not written");
      bytes += written->bytes.size();
    }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void judge_all(benchmark::State& state, const std::string& folder, std::string_view ending) {
  const auto documents = documents_below(data + folder, ending);
  if (documents.empty()) return state.SkipWithError("the documents are absent");
  std::size_t bytes = 0;
  for (auto _ : state)
    for (const std::string& document : documents) {
      benchmark::DoNotOptimize(judge_bill(Bytes::copy_of(document)));
      bytes += document.size();
    }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK_CAPTURE(write_all, cyclonedx_json, BillFormat::cyclonedx_json)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_all, cyclonedx_xml, BillFormat::cyclonedx_xml)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_all, cyclonedx_protobuf, BillFormat::cyclonedx_protobuf)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_all, spdx_json, BillFormat::spdx_json)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_all, spdx_tag_value, BillFormat::spdx_tag_value)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_all, spdx3_json, BillFormat::spdx3_json)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(judge_all, spdx_json, "sboms/containers", ".json")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(judge_all, cyclonedx_json, "sboms/wild/cyclonedx", ".json")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(judge_all, cyclonedx_xml, "cyclonedx-examples", ".xml")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(judge_all, spdx_tag_value, "sboms/wild/spdx", ".spdx")->Unit(benchmark::kMillisecond);

}  // namespace
