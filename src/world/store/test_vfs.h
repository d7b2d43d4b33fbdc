// SQLite's door to the disk, made to fail or to kill the process at the n-th call that matters. For tests.
#pragma once

#include <cstdint>

namespace pratique {

enum class Mishap { none, io_error, disk_full, kill };

// From now on every file SQLite opens counts its reads (not for `kill`), writes, truncations, syncs and deletions; call
// number `call` (from 1) meets the mishap, and with `disk_full` every write after it too.
void arrange_mishap(Mishap mishap, std::uint64_t call);
std::uint64_t calls_counted();  // since arrange_mishap

}  // namespace pratique
