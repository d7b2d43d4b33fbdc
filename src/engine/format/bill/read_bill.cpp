// read_bill: chooses the reader by what the document is.
#include <array>

#include "engine/format/bill/readers.h"
#include "engine/format/detect.h"
#include "engine/format/format.h"

namespace pratique {

namespace {

using Read = Result<Bill> (*)(Bytes document, const Limits& limits);

Read reader_of(BillFormat format) {
  switch (format) {
    case BillFormat::cyclonedx_json: return read_cyclonedx_json;
    case BillFormat::cyclonedx_xml: return read_cyclonedx_xml;
    case BillFormat::cyclonedx_protobuf: return read_cyclonedx_protobuf;
    case BillFormat::spdx_json: return read_spdx_json;
    case BillFormat::spdx_yaml: return read_spdx_yaml;
    case BillFormat::spdx_tag_value: return read_spdx_tag_value;
    case BillFormat::spdx3_json: return read_spdx3_json;
    case BillFormat::syft_json: return read_syft_json;
    case BillFormat::purls:  // written, never read
    case BillFormat::unknown: break;
  }
  return nullptr;
}

// The statement tells what the bill leaves open.
void complete_subject(Subject& subject, const Unwrapped& unwrapped) {
  if (subject.digest || !unwrapped.digest) return;
  subject.digest = unwrapped.digest;
  if (!unwrapped.name.empty()) subject.name = unwrapped.name;
  if (subject.type == ComponentType::other) subject.type = ComponentType::container;
}

}  // namespace

Result<Bill> read_bill(Bytes document, const Limits& limits) {
  const auto is_bill = [](const DocumentKind& kind) { return kind.bill != BillFormat::unknown; };
  PRATIQUE_TRY(Unwrapped unwrapped, unwrap(std::move(document), limits, is_bill));
  const Read read = reader_of(unwrapped.kind.bill);
  if (read == nullptr)
    return Error{Fault::malformed,
                 std::string(unwrapped.kind.vex == DocumentKind::Vex::csaf ? "a CSAF" : "an OpenVEX") +
                     " document, but not an SBOM",
                 {},
                 {}};
  auto bill = read(std::move(unwrapped.document), limits);
  if (!bill)
    return unwrapped.wrapping.empty() ? std::move(bill).error()
                                      : std::move(bill).error().in("in the " + unwrapped.wrapping + " document");
  bill->wrapping = std::move(unwrapped.wrapping);
  complete_subject(bill->subject, unwrapped);
  return bill;
}

}  // namespace pratique
