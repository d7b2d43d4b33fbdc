// What the kernel says about eBPF on this machine: programs, maps, links, who holds them, where they are pinned and
// attached, and what happens to them. libbpf inside. Reads only: what it loads to look is gone with the look.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/kernel_event.h"
#include "model/kernel_facts.h"
#include "model/kernel_object.h"
#include "model/kernel_views.h"

namespace pratique {

enum class Looking {
  by_iterators,  // our eBPF iterators ask the kernel; where it refuses them, by_proc
  by_proc,       // nothing is loaded: /proc alone, which costs more and does not tell what sockets hold
};

struct ProbeOptions {
  std::string proc = "/proc";  // another root in tests; then nothing is loaded
  std::string sys = "/sys";    // the same, for facts
  std::string boot = "/boot";
  Looking looking = Looking::by_iterators;
};

// A partial answer says so in `incomplete` (not root, a refusal, a kernel that does not tell). Fault: unavailable when
// there is no bpf() or no /proc at all. Starts a short-lived thread to look into other namespaces; may be called from
// any thread.
Result<KernelInventory> probe_kernel(const ProbeOptions& options = {});

// Facts about the kernel. Never fails: what cannot be read is unknown, with the reason.
KernelFacts probe_kernel_facts(const ProbeOptions& options = {});

// What looking takes, and whether this process has it.
std::vector<KernelPrivilege> probe_privileges();

// The same objects asked for in several ways, once. Makes a program, a map and a link of its own for the time of the
// call: a canary. Fault: as KernelWatch::start.
Result<KernelViews> probe_kernel_views();

// Best first: LSM programs; functions behind bpf(), where the kernel calls no LSM programs; tracepoints, where it
// refuses those; asking for all ids alone.
enum class WatchSource { lsm, function, tracepoint, polling };
std::string_view name_of(WatchSource source);
std::optional<WatchSource> watch_source_named(std::string_view name);

struct WatchOptions {
  std::optional<WatchSource> source;  // this one or none; empty: the best that works
};

// Watches eBPF objects come, change and go. The best source that the kernel allows tells what bpf() is asked for;
// asking for all ids now and then finds what that source does not see. Loads programs of our own that end with the
// watch; pins nothing and changes nothing. Not thread safe.
class KernelWatch {
 public:
  // Fault: refused when the kernel lists no objects for us; unavailable when the one source asked for does not work
  // here.
  static Result<KernelWatch> start(const WatchOptions& options, Clock clock);
  KernelWatch(KernelWatch&&) noexcept;
  ~KernelWatch();

  WatchSource source() const;
  // Why each better source was not taken, then what this one does not see, a sentence each.
  std::vector<std::string> misses() const;

  // What happened, in order, told within 100 ms where a call was seen; waits for it, at most `timeout`. What we do
  // ourselves is left out.
  std::vector<KernelEvent> wait(std::chrono::milliseconds timeout);

  // Events that were lost since the start because we did not keep up.
  std::uint64_t lost() const;

 private:
  struct State;
  explicit KernelWatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pratique
