// What untrusted input may cost. Every reader takes one of these; the defaults are the documented ones
// (docs/limits.md).
#pragma once

#include <cstddef>

namespace pratique {

struct Limits {
  std::size_t bytes = std::size_t{256} << 20;  // a document, after decompression
  std::size_t depth = 64;                      // nesting, of what the reader looks into
  std::size_t entries = 2'000'000;             // components, packages, records
  std::size_t text = std::size_t{1} << 20;     // one string, in bytes
};

}  // namespace pratique
