#include "flow/preview.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace pratique {
namespace {

constexpr std::size_t lines_kept = 3;  // of one workload

AdmissionRequest request_of(const Workload& pod) {
  AdmissionRequest request;
  request.uid = pod.uid;
  request.operation = "CREATE";
  request.version = "v1";
  request.kind = "Pod";
  request.resource = "pods";
  request.name_space = pod.name_space;
  request.name = pod.pod;
  request.containers = pod.containers;
  return request;
}

void add(const Verdict& verdict, Previewed& workload) {
  if (verdict.decision < workload.decision) return;
  std::set<std::string> rules(workload.rules.begin(), workload.rules.end());
  if (verdict.decision > workload.decision) {
    rules.clear();
    workload.lines.clear();
  }
  workload.decision = verdict.decision;
  if (verdict.decision == Decision::allow) return;
  for (const auto& result : verdict.rules)
    if (result.decision == verdict.decision) rules.insert(result.policy + "/" + result.rule);
  workload.rules.assign(rules.begin(), rules.end());
  if (workload.lines.empty()) workload.lines = lines_of(verdict, verdict.decision, lines_kept);
}

}  // namespace

std::vector<Previewed> preview(const Gate& gate, const std::vector<Workload>& pods,
                               const std::function<void(std::size_t done)>& progress) {
  std::map<std::tuple<std::string, std::string, std::string>, Previewed> workloads;
  std::size_t done = 0;
  for (const auto& pod : pods) {
    Previewed& workload = workloads[{pod.name_space, pod.kind, pod.name}];
    workload.name_space = pod.name_space;
    workload.kind = pod.kind;
    workload.name = pod.name;
    ++workload.pods;
    add(gate.close(gate.open(request_of(pod)), Deadline::max()).verdict, workload);
    if (progress) progress(++done);
  }
  std::vector<Previewed> list;
  for (auto& [key, workload] : workloads) list.push_back(std::move(workload));
  return list;
}

std::map<std::string, std::uint64_t> denials_by_rule(const std::vector<Previewed>& workloads) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& workload : workloads)
    if (workload.decision == Decision::deny)
      for (const auto& rule : workload.rules) ++counts[rule];
  return counts;
}

}  // namespace pratique
