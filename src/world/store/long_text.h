// Texts that indexes take, however long what they stand for is: PostgreSQL keeps no index row over 2.7 kB. Private to
// the store.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace pratique {

// What a column with an index keeps of a text: all of it up to a thousand bytes, else its beginning and a hash, equal
// for equal texts.
std::string index_text(std::string_view text);

// The column `identity` of a component: SHA-256 of its version, name, purl, source and context, in 32 bytes. In
// PostgreSQL the schema computes the same.
std::string component_identity(const std::array<std::string_view, 5>& texts);

}  // namespace pratique
