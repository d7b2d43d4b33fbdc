// CycloneDX 1.6 and 1.7 (ECMA-424) written as JSON, its members in the order of the XML schema; the other two syntaxes
// are transcribed from that, as their readers transcribe into it. Private to format/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/format/bill/plan.h"
#include "engine/format/json_writer.h"

namespace pratique {

// `serial`: of a bill whose own one is none for CycloneDX ("urn:uuid:..."); may be empty.
std::string write_cyclonedx_json(const BillPlan& plan, std::string_view version, std::string_view serial,
                                 JsonLayout layout);
bool is_cyclonedx_serial(std::string_view serial);

// For a document that this program has written itself and reads again to transcribe it.
constexpr Limits own_document_limits{.bytes = SIZE_MAX, .depth = 1024, .entries = SIZE_MAX, .text = SIZE_MAX};

// Losses: characters that XML does not have, blanks around a text.
std::string cyclonedx_xml_of(std::string_view json, Losses& losses);
std::string cyclonedx_protobuf_of(std::string_view json);

}  // namespace pratique
