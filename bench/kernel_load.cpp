// What a node does while it is watched: `calls N` makes N system calls of several kinds and says how many nanoseconds
// of processor time they took; `loads RATE SECONDS` loads and drops RATE programs a second and says how many it was.
// Needs root.
#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/kernel/maker.h"

namespace {

long long nanoseconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

int make_calls(long count) {
  const int null = ::open("/dev/null", O_WRONLY), zero = ::open("/dev/zero", O_RDONLY);
  char bytes[64] = {};
  const long long before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
  for (long i = 0; i < count; i += 4) {
    ::syscall(SYS_getppid);
    if (::write(null, bytes, sizeof bytes) < 0 || ::read(zero, bytes, sizeof bytes) < 0) return 1;
    ::close(::dup(null));
  }
  std::printf("%lld\n", nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before);
  return 0;
}

int make_loads(long rate, long seconds) {
  using namespace pratique::maker;
  const long long start = nanoseconds(CLOCK_MONOTONIC), step = 1'000'000'000LL / rate;
  const long count = rate * seconds;
  for (long i = 0; i < count; ++i) {
    if (!load({.type = 1, .code = returns(0), .name = "bench_load"})) return 1;
    const long long due = start + (i + 1) * step;
    const timespec until{.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  }
  std::printf("%ld\n", count);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count == 3 && words[1] == std::string_view("calls")) return make_calls(std::atol(words[2]));
  if (count == 4 && words[1] == std::string_view("loads")) return make_loads(std::atol(words[2]), std::atol(words[3]));
  std::fputs("usage: bench_kernel_load calls N | loads RATE SECONDS\n", stderr);
  return 2;
}
