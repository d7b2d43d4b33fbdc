// What happens to eBPF objects, told as it happens: a line for each event (docs/kernel.md, "kernel watch").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/kernel_event.h"

namespace pratique {

// One JSON object without a line end.
std::string render_event_json(const KernelEvent& event);
// The first line of a stream: where its events come from and what that does not see.
std::string render_watch_json(std::string_view source, const std::vector<std::string>& misses);
// What follows when events were lost: how many since the start.
std::string render_loss_json(std::uint64_t lost);

// A line of columns of fixed width, as the widths of later events are not known; made printable.
std::string render_event_header();
std::string render_event_row(const KernelEvent& event);

}  // namespace pratique
