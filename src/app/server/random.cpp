#include "app/server/random.h"

#include <sys/random.h>

namespace pratique {

// The kernel's generator gives up to 256 bytes in one piece, and waits until it was seeded.
Result<std::string> random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (size > 256 || ::getrandom(bytes.data(), size, 0) != static_cast<ssize_t>(size))
    return Error{Fault::unavailable, "the kernel gives no random bytes", {}, ""};
  return bytes;
}

}  // namespace pratique
