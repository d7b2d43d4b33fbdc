// read_vex: chooses the reader by what the document is.
#include <algorithm>

#include "engine/format/bill/readers.h"
#include "engine/format/detect.h"
#include "engine/format/vex/readers.h"

namespace pratique {

namespace {

Result<VexList> read(const Unwrapped& unwrapped, const Limits& limits) {
  if (unwrapped.kind.vex == DocumentKind::Vex::openvex) return read_openvex(unwrapped.document, limits);
  if (unwrapped.kind.vex == DocumentKind::Vex::csaf) return read_csaf_vex(unwrapped.document, limits);
  switch (unwrapped.kind.bill) {
    case BillFormat::cyclonedx_json: return read_cyclonedx_vex(unwrapped.document, limits);
    case BillFormat::cyclonedx_xml: {
      PRATIQUE_TRY(const std::string json, cyclonedx_xml_to_json(unwrapped.document.view(), limits));
      Limits for_json = limits;
      for_json.bytes = std::max(limits.bytes, json.size());
      return read_cyclonedx_vex(Bytes::copy_of(json), for_json);
    }
    case BillFormat::cyclonedx_protobuf:
      return Error{Fault::unsupported, "vulnerabilities in CycloneDX protobuf are not read", {}, "convert it to JSON"};
    default:
      return Error{Fault::malformed,
                   "an SBOM (" + std::string(name_of(unwrapped.kind.bill)) + ") that cannot hold VEX statements",
                   {},
                   {}};
  }
}

}  // namespace

Result<VexList> read_vex(Bytes document, const Limits& limits) {
  const auto may_state = [](const DocumentKind& kind) {
    return kind.vex != DocumentKind::Vex::none || kind.bill != BillFormat::unknown;
  };
  PRATIQUE_TRY(Unwrapped unwrapped, unwrap(std::move(document), limits, may_state));
  auto list = read(unwrapped, limits);
  if (!list)
    return unwrapped.wrapping.empty() ? std::move(list).error()
                                      : std::move(list).error().in("in the " + unwrapped.wrapping + " document");
  list->wrapping = std::move(unwrapped.wrapping);
  return list;
}

}  // namespace pratique
