// Rows of the kernel commands that have files of their own, and what they share.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/cli/command.h"
#include "base/result.h"
#include "model/kernel_object.h"
#include "world/probe/probe.h"

namespace pratique {

Command kernel_watch_command();
Command kernel_diff_command();
Command kernel_nodes_command();

// "500ms", "10s", "5m", "1h"; empty text is for ever.
Result<std::optional<std::chrono::milliseconds>> parse_span(const std::string& text);

Option no_load_option();
Option workloads_option();
ProbeOptions kernel_probe_options(const Invocation& invocation);

// Images by the pods that --workloads names; nothing without it.
Result<void> add_images(const Invocation& invocation, KernelInventory& inventory);

}  // namespace pratique
