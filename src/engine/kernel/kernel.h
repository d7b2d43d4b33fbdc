// What an eBPF object may do, in one plain sentence, from its type, attachment and helpers; never from its name. Pure.
#pragma once

#include <string>
#include <string_view>

#include "model/kernel_object.h"

namespace pratique {

// "socket_filter" for 1; the number as text when it is not known. The kernel's own names (include/uapi/linux/bpf.h).
std::string prog_type_name(std::uint32_t number);
std::string map_type_name(std::uint32_t number);
std::string link_type_name(std::uint32_t number);
std::string attach_type_name(std::uint32_t number);

// One sentence: what it may see, change or drop. "Sees and may drop or rewrite every packet before tcpdump and netfilter."
std::string what_it_may_do(const KernelObject& object);

// One sentence: which ordinary logs no longer tell the truth because of it; empty when none.
std::string what_it_hides(const KernelObject& object);

}  // namespace pratique
