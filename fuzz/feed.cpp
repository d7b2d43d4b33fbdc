// Archives: bounded in memory and time, whatever they declare.
#include "world/feed/feed.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const int fd = ::memfd_create("feed", MFD_CLOEXEC);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
  Limits limits;
  limits.bytes = 1 << 16;
  limits.entries = 100;
  std::size_t total = 0;
  (void)each_record(
      "/proc/self/fd/" + std::to_string(fd),
      [&](const std::string&, Result<Bytes> record) -> Result<void> {
        if (record) total += record->size();
        if (record && record->size() > limits.bytes) std::abort();
        return {};
      },
      limits);
  if (total > limits.bytes + 100 * size) std::abort();
  ::close(fd);
  return 0;
}
