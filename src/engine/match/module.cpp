#include "engine/match/module.h"

#include <algorithm>

namespace pratique {
namespace {

// Some sources name no module and leave it to the versions, which then tell only that there is one.
std::string_view module_of(const AffectedView& entry) {
  if (!entry.module.empty()) return entry.module;
  for (const auto& range : entry.ranges)
    for (const auto& constraint : range.constraints)
      if (is_modular_release(constraint.version)) return "*";
  return {};
}

bool names_no_version(const AffectedView& entry) {
  return entry.versions.empty() && std::all_of(entry.ranges.begin(), entry.ranges.end(),
                                               [](const VersView& range) { return range.constraints.empty(); });
}

}  // namespace

ModuleAnswer compare_modules(const AffectedView& entry, const Identity& identity) {
  const std::string_view module = module_of(entry);
  if (module.empty() && names_no_version(entry)) return {true, {}, {}};
  if (module.empty() != !identity.is_modular) return {};
  if (module.empty()) return {true, {}, {}};
  if (module == identity.module) return {true, module, {}};
  if (module == "*") return {true, identity.module, "the advisory does not tell its module stream"};
  if (identity.module.empty()) return {true, module, "the bill does not tell its module stream"};
  return {};
}

}  // namespace pratique
