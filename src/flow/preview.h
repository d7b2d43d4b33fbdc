// preview: what policies would say of what runs now, before they are enforced.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/admit.h"
#include "model/workload.h"

namespace pratique {

struct Previewed {
  std::string name_space, kind, name;  // of the workload
  std::uint64_t pods = 0;
  Decision decision = Decision::allow;  // the strictest of its pods
  std::vector<std::string> rules;       // "policy/rule" of those that lead to it, sorted
  std::vector<std::string> lines;       // the first few
};

// Each workload once, sorted by namespace, kind and name. A pod is asked about as if it were created anew; labels and
// the object itself are not known, so that expressions about them are unknown.
std::vector<Previewed> preview(const Gate& gate, const std::vector<Workload>& pods,
                               const std::function<void(std::size_t done)>& progress = {});

// By "policy/rule": how many workloads it would keep out.
std::map<std::string, std::uint64_t> denials_by_rule(const std::vector<Previewed>& workloads);

}  // namespace pratique
