// Rows of the kernel commands that have files of their own, and what they share.
#pragma once

#include "app/cli/command.h"
#include "base/result.h"
#include "model/kernel_object.h"
#include "world/probe/probe.h"

namespace pratique {

Command kernel_watch_command();
Command kernel_diff_command();

Option no_load_option();
Option workloads_option();
ProbeOptions kernel_probe_options(const Invocation& invocation);

// Images by the pods that --workloads names; nothing without it.
Result<void> add_images(const Invocation& invocation, KernelInventory& inventory);

}  // namespace pratique
