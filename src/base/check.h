// check(): a broken invariant is a bug and ends the process with its place. Never used on input.
#pragma once

#include <source_location>

namespace pratique {

[[noreturn]] void check_failed(const char* what, std::source_location where);

inline void check(bool holds, const char* what, std::source_location where = std::source_location::current()) {
  if (!holds) [[unlikely]]
    check_failed(what, where);
}

}  // namespace pratique
