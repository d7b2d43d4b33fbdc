// check(): a broken invariant is a bug and ends the process with its place. Never used on input.
#pragma once

namespace pratique {

[[noreturn]] void check_failed(const char* what, const char* file, int line);

// The compiler's builtins, because clang 14 has no std::source_location.
inline void check(bool holds, const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!holds) [[unlikely]]
    check_failed(what, file, line);
}

}  // namespace pratique
