// What an eBPF object may do, in one plain sentence, from its type, attachment and helpers; never from its name. Pure.
#pragma once

#include <string>
#include <string_view>

#include "model/kernel_object.h"

namespace pratique {

// One sentence: what it may see, change or drop. "Sees and may drop or rewrite every packet before tcpdump and netfilter."
std::string what_it_may_do(const KernelObject& object);

// One sentence: which ordinary logs no longer tell the truth because of it; empty when none.
std::string what_it_hides(const KernelObject& object);

}  // namespace pratique
