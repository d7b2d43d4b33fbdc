// Holds the views of one kernel against each other.
#include <algorithm>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

std::string label_of(const KernelId& id) { return std::string(name_of(id.first)) + " " + std::to_string(id.second); }

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

// Every object that some view shows and a whole view does not.
void compare_objects(const KernelViews& views, std::vector<KernelContradiction>& found) {
  std::set<KernelId> all = views.canary;
  for (const auto& view : views.views)
    for (const auto& [id, how] : view.objects) all.insert(id);
  for (const auto& id : all) {
    std::vector<std::string> missing;
    KernelContradiction contradiction{.object = label_of(id)};
    for (const auto& view : views.views) {
      if (!view.unavailable.empty()) continue;
      const auto shown = view.objects.find(id);
      if (shown != view.objects.end())
        contradiction.evidence.push_back(view.name + " shows it" + (shown->second.empty() ? "" : ": " + shown->second));
      else if (view.whole.contains(id.first))
        missing.push_back(view.name);
    }
    if (missing.empty()) continue;
    contradiction.says = "is missing from " + joined(missing);
    if (views.canary.contains(id))
      contradiction.evidence.insert(contradiction.evidence.begin(), "we made it ourselves");
    if (const auto details = views.details.find(id); details != views.details.end())
      contradiction.evidence.push_back("it is " + details->second);
    found.push_back(std::move(contradiction));
  }
}

void compare_symbols(const KernelViews& views, std::vector<KernelContradiction>& found) {
  if (!views.symbols.unavailable.empty()) return;
  for (const auto& [tag, symbol] : views.symbols.tags)
    if (!views.code.contains(tag))
      found.push_back({.object = "code " + tag,
                       .says = "is missing from listing",
                       .evidence = {views.symbols.name + " shows it: " + symbol}});
  for (const auto& [tag, id] : views.compiled)
    if (!views.symbols.tags.contains(tag))
      found.push_back({.object = "code " + tag,
                       .says = "is missing from " + views.symbols.name,
                       .evidence = {"listing shows it: prog " + std::to_string(id)}});
}

// The tracer tells twice which functions call an eBPF trampoline; whoever hides one may have forgotten the other.
void compare_trampolines(const KernelViews& views, std::vector<KernelContradiction>& found) {
  const bool enabled = views.trampolines_unavailable.empty(), touched = views.touched_unavailable.empty();
  std::set<std::string> all;
  if (enabled) all = views.trampolines;
  if (touched) all.insert(views.touched_trampolines.begin(), views.touched_trampolines.end());
  for (const auto& function : all) {
    KernelContradiction contradiction{.object = "function " + function};
    const bool in_enabled = enabled && views.trampolines.contains(function),
               in_touched = touched && views.touched_trampolines.contains(function);
    if (in_enabled) contradiction.evidence.emplace_back("the tracer shows it in enabled_functions");
    if (in_touched) contradiction.evidence.emplace_back("the tracer shows it in touched_functions");
    if (!views.targets.contains(function))
      contradiction.says = "calls an eBPF trampoline and no listed program is for it";
    else if (enabled && !in_enabled)
      contradiction.says = "calls an eBPF trampoline and is missing from enabled_functions";
    else if (touched && !views.touched.contains(function))
      contradiction.says = "calls an eBPF trampoline and is missing from touched_functions";
    if (!contradiction.says.empty()) found.push_back(std::move(contradiction));
  }
}

}  // namespace

std::vector<KernelContradiction> compare_views(const KernelViews& views) {
  std::vector<KernelContradiction> found;
  compare_objects(views, found);
  compare_symbols(views, found);
  compare_trampolines(views, found);
  return found;
}

std::vector<KernelContradiction> lasting(const std::vector<KernelContradiction>& before,
                                         std::vector<KernelContradiction> after) {
  std::erase_if(after, [&](const KernelContradiction& each) {
    return std::none_of(before.begin(), before.end(), [&](const KernelContradiction& earlier) {
      return earlier.object == each.object && earlier.says == each.says;
    });
  });
  return after;
}

}  // namespace pratique
