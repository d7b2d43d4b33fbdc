// Files and folders: read with a limit, found in stable order, replaced atomically. Never follows a link out of a
// folder it walks. All faults name the path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace pratique {

// The whole file, or standard input for "-". Fault: not_found, refused, unavailable, limit (larger than `limit` bytes),
// usage (a folder).
Result<Bytes> read_file(const std::string& path, std::size_t limit);

// Every regular file under a folder, sorted by path; a file's own path for a file. Fault: not_found, refused.
Result<std::vector<std::string>> list_files(const std::string& path);
// Of each in turn; "-" stays as it is, and so does what is no folder. Fault: also not_found, for a folder without files
// where that is refused.
enum class EmptyFolder { allowed, refused };
Result<std::vector<std::string>> list_files(const std::vector<std::string>& paths,
                                            EmptyFolder empty = EmptyFolder::allowed);

bool is_folder(const std::string& path);

// Written beside, synced, renamed: a reader sees the old file or the new one, a crash leaves no torn one.
// What is no file (a device, a pipe) is written into, and a link is followed.
Result<void> replace_file(const std::string& path, std::string_view bytes);

// With all its parents; one that is there already is fine.
Result<void> make_folder(const std::string& path);

}  // namespace pratique
