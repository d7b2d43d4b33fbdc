#include "flow/preview.h"

#include <algorithm>
#include <tuple>

namespace pratique {
namespace {

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

std::optional<Time> earlier(std::optional<Time> a, std::optional<Time> b) {
  return a && b ? std::min(a, b) : a ? a : b;
}

// When a vulnerability was published; none for what is none.
std::optional<Time> publication(const Gate::Answer& answer, const Evidence& evidence) {
  if (evidence.finding.empty()) return {};
  for (const auto& image : answer.images) {
    if (!image.match || image.container.name != evidence.container) continue;
    for (const auto& finding : image.match->findings)
      if (finding.id == evidence.finding && finding.published) return finding.published;
  }
  return {};
}

std::optional<Time> beginning(const Gate::Answer& answer, const RuleResult& result, std::optional<Time> start) {
  std::optional<Time> first;
  for (const auto& evidence : result.evidence) {
    const auto published = publication(answer, evidence);
    first = earlier(first, start && published ? std::max(*start, *published) : published ? published : start);
  }
  return first;
}

void add(const RuleResult& result, std::optional<Time> since, Previewed& workload) {
  const std::string name = result.policy + "/" + result.rule;
  auto at = std::lower_bound(workload.objections.begin(), workload.objections.end(), name,
                             [](const PreviewedRule& known, const std::string& wanted) { return known.rule < wanted; });
  if (at == workload.objections.end() || at->rule != name)
    at = workload.objections.insert(
        at, {name, line_of(result, result.evidence.front()), result.evidence.size() - 1 + result.more, {}});
  at->since = earlier(at->since, since);
}

void add(const Gate::Answer& answer, std::optional<Time> start, Previewed& workload) {
  const Verdict& verdict = answer.verdict;
  if (verdict.decision < workload.decision) return;
  if (verdict.decision > workload.decision) workload.objections.clear();
  workload.decision = verdict.decision;
  if (verdict.decision == Decision::allow) return;
  // What is certain is told before what is unknown.
  for (const bool certain : {true, false})
    for (const auto& result : verdict.rules)
      if (result.decision == verdict.decision && (result.gap == Gap::none) == certain)
        add(result, beginning(answer, result, start), workload);
}

}  // namespace

std::vector<std::string> Previewed::rules() const {
  std::vector<std::string> names;
  for (const auto& objection : objections) names.push_back(objection.rule);
  return names;
}

std::vector<Previewed> preview(const Gate& gate, const std::vector<Workload>& pods,
                               const std::function<void(std::size_t done)>& progress) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, Previewed> workloads;
  std::size_t done = 0;
  for (const auto& pod : pods) {
    Previewed& workload = workloads[{pod.cluster, pod.name_space, pod.kind, pod.name}];
    workload.cluster = pod.cluster;
    workload.name_space = pod.name_space;
    workload.kind = pod.kind;
    workload.name = pod.name;
    workload.since = earlier(workload.since, pod.since);
    ++workload.pods;
    add(gate.close(gate.open(request_of(pod)), Deadline::max()), pod.since, workload);
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
      for (const auto& objection : workload.objections) ++counts[objection.rule];
  return counts;
}

}  // namespace pratique
