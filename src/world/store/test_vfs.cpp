#include "world/store/test_vfs.h"

#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

namespace pratique {
namespace {

Mishap mishap = Mishap::none;
std::uint64_t fatal_call = 0, calls = 0;
sqlite3_vfs* real = nullptr;
sqlite3_vfs door;

struct File {
  sqlite3_file base;
  sqlite3_file* under() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* under(sqlite3_file* file) { return reinterpret_cast<File*>(file)->under(); }

enum class Call { read, write, other };
// The code that the call answers with instead, or SQLITE_OK.
int meet(Call call) {
  if (mishap == Mishap::none || (call == Call::read && mishap != Mishap::io_error)) return SQLITE_OK;
  ++calls;
  if (mishap == Mishap::disk_full) return call == Call::write && calls >= fatal_call ? SQLITE_FULL : SQLITE_OK;
  if (calls != fatal_call) return SQLITE_OK;
  if (mishap == Mishap::kill) ::kill(::getpid(), SIGKILL);
  return call == Call::read ? SQLITE_IOERR_READ : SQLITE_IOERR_WRITE;
}

const sqlite3_io_methods methods = {
    3,
    [](sqlite3_file* f) { return under(f)->pMethods->xClose(under(f)); },
    [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      if (const int code = meet(Call::read)) return code;
      return under(f)->pMethods->xRead(under(f), to, size, at);
    },
    [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      if (const int code = meet(Call::write)) return code;
      return under(f)->pMethods->xWrite(under(f), from, size, at);
    },
    [](sqlite3_file* f, sqlite3_int64 size) {
      if (const int code = meet(Call::other)) return code;
      return under(f)->pMethods->xTruncate(under(f), size);
    },
    [](sqlite3_file* f, int flags) {
      if (const int code = meet(Call::other)) return code;
      return under(f)->pMethods->xSync(under(f), flags);
    },
    [](sqlite3_file* f, sqlite3_int64* size) { return under(f)->pMethods->xFileSize(under(f), size); },
    [](sqlite3_file* f, int level) { return under(f)->pMethods->xLock(under(f), level); },
    [](sqlite3_file* f, int level) { return under(f)->pMethods->xUnlock(under(f), level); },
    [](sqlite3_file* f, int* out) { return under(f)->pMethods->xCheckReservedLock(under(f), out); },
    [](sqlite3_file* f, int op, void* arg) { return under(f)->pMethods->xFileControl(under(f), op, arg); },
    [](sqlite3_file* f) { return under(f)->pMethods->xSectorSize(under(f)); },
    [](sqlite3_file* f) { return under(f)->pMethods->xDeviceCharacteristics(under(f)); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** to) {
      return under(f)->pMethods->xShmMap(under(f), page, size, extend, to);
    },
    [](sqlite3_file* f, int offset, int n, int flags) {
      return under(f)->pMethods->xShmLock(under(f), offset, n, flags);
    },
    [](sqlite3_file* f) { under(f)->pMethods->xShmBarrier(under(f)); },
    [](sqlite3_file* f, int remove) { return under(f)->pMethods->xShmUnmap(under(f), remove); },
    [](sqlite3_file* f, sqlite3_int64 at, int size, void** to) {
      return under(f)->pMethods->xFetch(under(f), at, size, to);
    },
    [](sqlite3_file* f, sqlite3_int64 at, void* from) { return under(f)->pMethods->xUnfetch(under(f), at, from); },
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  const int code = real->xOpen(real, name, under(file), flags, out);
  file->pMethods = under(file)->pMethods != nullptr ? &methods : nullptr;
  return code;
}

int remove(sqlite3_vfs*, const char* name, int sync) {
  if (const int code = meet(Call::other)) return code;
  return real->xDelete(real, name, sync);
}

void stand_in_the_door() {
  if (real != nullptr) return;
  real = sqlite3_vfs_find(nullptr);
  door = *real;
  door.zName = "mishaps";
  door.szOsFile = real->szOsFile + static_cast<int>(sizeof(File));
  door.xOpen = open;
  door.xDelete = remove;
  sqlite3_vfs_register(&door, 1);
}

}  // namespace

void arrange_mishap(Mishap which, std::uint64_t call) {
  stand_in_the_door();
  mishap = which;
  fatal_call = call;
  calls = 0;
}

std::uint64_t calls_counted() { return calls; }

}  // namespace pratique
