// The ready policies in policies/, built into the program so that `policy init` needs no files of its own.
#pragma once

#include <span>
#include <string_view>

namespace pratique {

struct LibraryFile {
  std::string_view name;  // "log4shell.yaml", "log4shell.test.yaml"
  std::string_view text;
};
std::span<const LibraryFile> policy_library();  // sorted by name

}  // namespace pratique
