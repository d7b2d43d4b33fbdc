// SPDX 2.3 written as JSON, and as tag-value transcribed from that. Private to format/.
#pragma once

#include <string>
#include <string_view>

#include "engine/format/bill/plan.h"
#include "engine/format/json_writer.h"

namespace pratique {

// `serial`: the namespace of a bill whose own serial number is none that SPDX can say; may be empty.
std::string write_spdx_json(const BillPlan& plan, std::string_view serial, JsonLayout layout);
std::string write_spdx3_json(const BillPlan& plan, std::string_view serial, JsonLayout layout);

// Losses: texts that a line of tag-value cannot hold.
std::string spdx_tag_value_of(std::string_view json, Losses& losses);

// "2026-03-01T12:00:00Z": SPDX has no fractions of a second.
std::string spdx_time(const BillPlan& plan);
// "syft-1.2.0" of each tool, the options' where the bill names nobody.
std::vector<std::string> spdx_tools(const BillPlan& plan);
// "built package from: zstd 1.4.4", which readers take for the source package; empty where the purl tells it.
std::string spdx_source_info(const BillPlan& plan, const Node& node);
// Properties, layers and locations as annotations "Key: value"; what a key cannot be is a loss.
std::vector<std::string> spdx_annotations(const BillPlan& plan, std::uint32_t of, std::span<const Detail> details);
// The name of the document: the subject's, or what must stand for one.
std::string spdx_document_name(const BillPlan& plan);
// An absolute URI without '#', as namespaces are.
bool is_spdx_namespace(std::string_view serial);
// Whether a free text stays one when it is read as an annotation or attribution: it begins with no "Key: ".
bool is_free_text(std::string_view text);
// Text that SPDX takes for "nothing is said".
bool is_unsayable_in_spdx(std::string_view text);

}  // namespace pratique
