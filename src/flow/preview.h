// preview: what policies would say of what runs now, before they are enforced.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/admit.h"
#include "model/workload.h"

namespace pratique {

// What one rule has against a workload.
struct PreviewedRule {
  std::string rule;           // "policy/rule"
  std::string line;           // the first thing it says
  std::uint64_t more = 0;     // things it says besides, of one pod
  std::optional<Time> since;  // when that began: the pod, or the publication of the vulnerability, whichever came later
};

struct Previewed {
  std::string cluster, name_space, kind, name;  // of the workload
  std::uint64_t pods = 0;
  std::optional<Time> since;              // the first of these pods
  Decision decision = Decision::allow;    // the strictest of its pods
  std::vector<PreviewedRule> objections;  // of the rules that lead to it, by name
  std::vector<std::string> rules() const;
};

// Each workload once, sorted by cluster, namespace, kind and name. A pod is asked about as if it were created anew;
// its labels and the object itself are not known, so that expressions about them are unknown.
std::vector<Previewed> preview(const Gate& gate, const std::vector<Workload>& pods,
                               const std::function<void(std::size_t done)>& progress = {});

// By "policy/rule": how many workloads it would keep out.
std::map<std::string, std::uint64_t> denials_by_rule(const std::vector<Previewed>& workloads);

}  // namespace pratique
