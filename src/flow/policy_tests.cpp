#include "flow/policy_tests.h"

#include <algorithm>
#include <map>
#include <set>

#include "flow/admit.h"
#include "world/file/file.h"

namespace pratique {
namespace {

bool is_test_file(const std::string& path) { return path.ends_with(".test.yaml") || path.ends_with(".test.yml"); }

Result<std::vector<std::string>> test_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    if (!is_folder(path)) {
      files.push_back(path);
      continue;
    }
    PRATIQUE_TRY(const auto inside, list_files(path));
    std::copy_if(inside.begin(), inside.end(), std::back_inserter(files), is_test_file);
  }
  if (files.empty()) return Error{Fault::usage, "there is no test", paths, "name a .test.yaml or a folder of them"};
  return files;
}

std::string beside(const std::string& file, const std::string& name) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos || name.starts_with('/') ? name : file.substr(0, slash + 1) + name;
}

std::string place_of(const std::string& file, int line, int column) {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string naming(const Policy& policy, const Rule& rule) {
  return place_of(policy.file, rule.line, rule.column) + ": rule '" + rule.name + "' of policy '" + policy.name + "'";
}

}  // namespace

std::uint64_t TestReport::failed() const {
  return static_cast<std::uint64_t>(
      std::count_if(cases.begin(), cases.end(), [](const TestedCase& one) { return !one.failures.empty(); }));
}

Result<TestReport> run_policy_tests(const std::vector<std::string>& paths) {
  constexpr std::size_t largest = std::size_t{4} << 20;
  TestReport report;
  std::map<std::string, bool> spoken;  // by naming()
  PRATIQUE_TRY(const auto files, test_files(paths));
  for (const auto& file : files) {
    PRATIQUE_TRY(const auto text, read_file(file, largest));
    PRATIQUE_TRY(const auto cases, read_policy_cases(text.view(), file));
    std::vector<std::string> policy_paths;
    for (const auto& name : cases.policies) policy_paths.push_back(beside(file, name));
    auto policies = load_policies(policy_paths);
    if (!policies) return std::move(policies).error().in(file);
    for (const auto& policy : policies->policies())
      for (const auto& rule : policy.rules) spoken.try_emplace(naming(policy, rule), false);
    for (const auto& one : cases.cases) {
      auto result = run_case(*policies, one);
      for (const auto& said : result.verdict.rules)
        for (const auto& policy : policies->policies())
          for (const auto& rule : policy.rules)
            if (policy.name == said.policy && rule.name == said.rule) spoken[naming(policy, rule)] = true;
      report.cases.push_back({cases.name, one.name, place_of(file, one.line, one.column), std::move(result.failures)});
    }
  }
  report.rules = spoken.size();
  for (const auto& [rule, did] : spoken)
    if (!did) report.never_spoken.push_back(rule);
  return report;
}

}  // namespace pratique
