// The readers that read_bill chooses from, one for each format. Private to format/.
// All take a document that has been decoded to UTF-8 without byte-order mark, and answer as read_bill does.
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"

namespace pratique {

Result<Bill> read_cyclonedx_json(Bytes document, const Limits& limits);
Result<Bill> read_cyclonedx_xml(Bytes document, const Limits& limits);  // in any encoding expat reads
Result<Bill> read_cyclonedx_protobuf(Bytes document, const Limits& limits);
Result<Bill> read_spdx_json(Bytes document, const Limits& limits);
Result<Bill> read_spdx_yaml(Bytes document, const Limits& limits);
Result<Bill> read_spdx_tag_value(Bytes document, const Limits& limits);
Result<Bill> read_spdx3_json(Bytes document, const Limits& limits);
Result<Bill> read_syft_json(Bytes document, const Limits& limits);

// What is read of CycloneDX in XML, as the same in JSON. Fault: malformed, limit, unsupported.
Result<std::string> cyclonedx_xml_to_json(std::string_view xml, const Limits& limits);

// Whether the bytes are protobuf fields throughout and the first field is a version of CycloneDX.
bool is_cyclonedx_protobuf(std::string_view bytes);

// CycloneDX and SPDX as JSON, for a document that was written again in this shape: `format` is what it was.
Result<Bill> read_cyclonedx(Bytes json, BillFormat format, const Limits& limits);
Result<Bill> read_spdx(Bytes json, BillFormat format, const Limits& limits);

}  // namespace pratique
