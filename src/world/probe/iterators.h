// Runs our eBPF iterators (bpf/holders.bpf.c): each is loaded, read to its end and gone again. They see what /proc does
// not tell and cost a tenth of walking it. Private to the probe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "world/probe/bpf/shared.h"
#include "world/probe/types.h"

namespace pratique {

class Iterators {
 public:
  // Needs the types of the running kernel, CAP_BPF and CAP_PERFMON.
  explicit Iterators(const KernelTypes& types);
  ~Iterators();
  Iterators(const Iterators&) = delete;
  Iterators& operator=(const Iterators&) = delete;

  // The records of one program, but those about itself. Empty where the kernel refuses it or has not what it reads;
  // errno says why. `message` and `descriptor` are what files_in_flight looks at.
  std::optional<std::vector<Record>> run(std::string_view program, std::uint32_t message = 0,
                                         std::uint32_t descriptor = 0);

 private:
  struct Object;
  const KernelTypes& types_;
  std::vector<std::optional<std::uint32_t>> offsets_;
  std::unique_ptr<Object> object_;
};

}  // namespace pratique
