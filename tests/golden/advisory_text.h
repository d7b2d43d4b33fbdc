// What a reader of advisories gave, as text to compare: a line for each thing it says, in its order.
#pragma once

#include <string>
#include <string_view>

#include "engine/format/format.h"
#include "model/advisory.h"

namespace pratique {

std::string text_of(const Advisory& advisory, std::string_view kind);
std::string text_of(const Vulnerability& note, std::string_view source);
std::string text_of(const AdvisoryDocument& document);

}  // namespace pratique
