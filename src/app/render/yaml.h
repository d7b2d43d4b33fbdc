// YAML 1.2 of what is printed as JSON: the same values, in blocks.
#pragma once

#include <string>

namespace pratique {

// `json` is a document of our own. Texts that a reader of YAML could take for a number, a truth or a mark are quoted;
// reading it back gives the same values.
std::string render_yaml(const std::string& json);

}  // namespace pratique
