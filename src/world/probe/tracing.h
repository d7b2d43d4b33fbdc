// Our programs that watch bpf() (bpf/events.bpf.c): loaded, attached, read, and gone with this object. Private to the
// probe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "model/kernel_object.h"
#include "world/probe/bpf/event.h"
#include "world/probe/types.h"

namespace pratique {

// Where bpf() is watched, best first: LSM programs and functions are given the kernel's copy of what was asked for and
// see callers inside the kernel; tracepoints are allowed where both are refused.
enum class TracingPoint { lsm, function, tracepoint };
const char* name_of(TracingPoint point);

class Tracing {
 public:
  // Proves itself by a call of our own that must arrive. Empty where it is refused or hears nothing; `why` says it.
  static std::optional<Tracing> start(TracingPoint point, const KernelTypes& types, std::string& why);
  Tracing(Tracing&&) noexcept;
  Tracing& operator=(Tracing&&) noexcept;
  ~Tracing();

  // Waits until there are events, at most `timeout`; visits all there are, oldest first. False when interrupted.
  bool wait(std::chrono::milliseconds timeout, const std::function<void(const Event&)>& visit);
  // Events that were dropped because nobody read the earlier ones fast enough, since the start.
  std::uint64_t lost() const;
  // Whether the end of objects of this kind is an event.
  bool sees_end_of(KernelKind kind) const;

 private:
  struct State;
  explicit Tracing(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pratique
