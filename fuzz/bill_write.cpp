// Reads the input behind its first byte as a bill, writes it in the format that the first byte chooses, and reads that:
// it must be readable, and nothing may be gone but what the losses name.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "../tests/support/bill_facts.h"
#include "../tests/support/bill_invariants.h"
#include "base/text.h"
#include "engine/format/format.h"

namespace {

using namespace pratique;

struct Target {
  BillFormat format;
  const char* version;
};
constexpr Target targets[] = {
    {BillFormat::cyclonedx_json, "1.6"},
    {BillFormat::cyclonedx_json, "1.7"},
    {BillFormat::cyclonedx_xml, "1.6"},
    {BillFormat::cyclonedx_xml, "1.7"},
    {BillFormat::cyclonedx_protobuf, "1.6"},
    {BillFormat::spdx_json, "2.3"},
    {BillFormat::spdx_tag_value, "2.3"},
    {BillFormat::spdx3_json, "3.0.1"},
    {BillFormat::purls, ""},
    {BillFormat::cyclonedx_protobuf, "1.7"},
};

void fail(const std::string& why, const std::string& document) {
  std::fprintf(stderr, "%s\n%s\n", why.c_str(), document.c_str());
  std::abort();
}

void compare(const Bill& bill, const Written& written) {
  const auto again = read_bill(Bytes::copy_of(written.bytes));
  if (!again) fail("not read: " + render(again.error()), written.bytes);
  if (const std::string broken = broken_promise(*again); !broken.empty()) fail(broken, written.bytes);
  std::set<std::string> kinds = {"created", "serial", "tool"};  // what may be added
  for (const Loss& loss : written.losses) kinds.insert(loss.what);
  if (kinds.contains("text") || (kinds.contains("subject") && bill.components.size() == 1)) return;
  for (const std::string& line : difference(bill, *again, kinds)) fail(line, written.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  limits.entries = 10'000;
  const auto bill = read_bill(Bytes::copy_of({reinterpret_cast<const char*>(data) + 1, size - 1}), limits);
  if (!bill) return 0;
  const Target& target = targets[data[0] % std::size(targets)];
  const auto written = write_bill(*bill, target.format, {.version = target.version, .now = {}, .tool = "fuzz-1"});
  if (!written) fail(render(written.error()), {});
  if (target.format != BillFormat::purls) compare(*bill, *written);
  return 0;
}
