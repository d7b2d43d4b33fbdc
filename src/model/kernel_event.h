// KernelEvent: something that happened to an eBPF object while somebody watched. Every text in it may be hostile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/kernel_object.h"

namespace pratique {

enum class KernelAction : std::uint8_t { load, create, attach, update, detach, pin, freeze, unload };
std::string_view name_of(KernelAction action);

struct KernelEvent {
  Time at;
  KernelAction action = KernelAction::load;
  KernelKind kind = KernelKind::prog;
  std::uint32_t id = 0;  // 0 where the object is not known: what failed never had one
  std::string type, name, tag;
  std::uint32_t prog_id = 0;  // of a link: its program
  std::string hook, target;   // of an attachment, as KernelAttachment has them; of a pin, `target` is its path
  std::string failed;         // the error of an attempt that failed: "EPERM"; empty when it did not
  bool unfinished = false;    // seen on its way in; whether it succeeded is not known
  // Who did it; pid 0 where that is not known, and for what nobody did by a call: an end follows from the last
  // holder's. For polling, who holds the object. `uid` counts with a pid only.
  KernelOwner by;
  std::uint32_t uid = 0;
  std::string source;  // "lsm", "function", "tracepoint", "polling"
  bool operator==(const KernelEvent&) const = default;
};

}  // namespace pratique
