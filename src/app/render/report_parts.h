// What the writers of reports share. Private to render/.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "app/render/scan.h"

namespace pratique {

// With an indent of -1 on one line.
inline std::string render_report(const nlohmann::ordered_json& json, int indent = 2) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

// A finding and a proof as all of our own JSON has them.
nlohmann::ordered_json json_of(const Finding& finding);
nlohmann::ordered_json json_of(const Proof& proof);
nlohmann::ordered_json json_of(const Suppression& suppression);
nlohmann::ordered_json json_of(const Ledger& ledger);

std::string percent(double share);  // 0.944 -> "94.4%"

// The text where it is an http(s) URL without anything that a format or a browser could take for something else.
std::string_view safe_url(std::string_view text);

// A path as a relative or file URI reference (RFC 3986).
std::string uri_of_path(std::string_view path);

// The finding's purl, or one made up of name and version where the bill gives none.
std::string purl_of(const Finding& finding);

// "log4j-core 2.14.1 is affected by CVE-2021-44228 (critical); fixed in 2.15.0; via a > b". Printable.
std::string sentence_of(const Finding& finding);

// A text inside Markdown: printable, and with character references for what any extension takes for markup, so that no
// link, mention, cell border or HTML comes out of a name.
std::string markdown_of(std::string_view text);

// A UUID (RFC 9562, version 8) that the text decides.
std::string uuid_of(std::string_view text);

}  // namespace pratique
