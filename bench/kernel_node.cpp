// A node to measure on: loads PROGRAMS programs and as many maps, links for every sixth program, and starts PODS
// processes with a dozen open files each; says "ready" and holds them until its input ends. Needs root.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/kernel/maker.h"

int main(int count, char** words) {
  using namespace pratique::maker;
  if (count != 3) {
    std::fputs("usage: bench_kernel_node PROGRAMS PODS\n", stderr);
    return 2;
  }
  const int programs = std::atoi(words[1]), pods = std::atoi(words[2]);
  const rlimit many{100'000, 100'000};
  ::setrlimit(RLIMIT_NOFILE, &many);

  std::vector<Fd> held;
  constexpr std::uint32_t tracepoint = 5, raw_tracepoint = 17, socket_filter = 1, kprobe = 2;
  constexpr std::uint32_t types[] = {kprobe, tracepoint, raw_tracepoint, socket_filter};
  for (int i = 0; i < programs; ++i) {
    held.push_back(make({.type = i % 3 == 0 ? 1u : 2u, .entries = 4, .name = "map_" + std::to_string(i)}));
    Code code = with_map(held.back().get(), i);
    if (i % 2 == 1)  // calls whose functions have to be named
      for (const int helper : {5, 14}) code.insert(code.begin(), calls(helper, 0).front());
    Fd prog = load({.type = types[i % 4], .code = std::move(code), .name = "prog_" + std::to_string(i)});
    if (!prog) {
      std::perror("loading a program");
      return 1;
    }
    if (i % 4 == 2 && i * 3 < programs * 2) held.push_back(open_raw_tracepoint(prog.get(), "sched_process_hang"));
    held.push_back(std::move(prog));
  }
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < pods; ++i)
    children.push_back(std::make_unique<Child>(std::vector<int>{}, [] {
      for (int k = 0; k < 12; ++k)
        if (::open(k % 3 == 0 ? "/etc/passwd" : "/dev/null", O_RDONLY) < 0) return "";
      return "";
    }));
  std::puts("ready");
  std::fflush(stdout);
  for (char byte = 0; ::read(STDIN_FILENO, &byte, 1) > 0;) {
  }
  return 0;
}
