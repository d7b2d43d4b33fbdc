// A report in the user's own words: a Mustache template (mustache(5)) over the JSON that `-o json` prints. Known are
// {{name}}, {{a.b}} and {{.}}, printable and escaped for HTML; {{{name}}} and {{&name}}, printable alone;
// {{#name}}...{{/name}} for each item of a list, once for what is true, with the value as what names are looked up in
// first; {{^name}}...{{/name}} where it is empty or false; {{! a comment}}. A tag of a section, or a comment, alone on
// its line takes the line with it. No partials, no other delimiters, no code. A name that nothing has is empty, as the
// manual says.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

// `json` is a document of ours. Fault: malformed (the place is the template's line), limit (64 nested sections, 256 MiB
// of output).
Result<std::string> render_template(std::string_view text, std::string_view json);

}  // namespace pratique
