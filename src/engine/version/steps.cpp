#include "engine/version/steps.h"

#include <utility>

#include "engine/version/order.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

bool has_ends(Comparator comparator) { return comparator != Comparator::equal && comparator != Comparator::not_equal; }
bool ends(Comparator comparator) { return comparator == Comparator::less || comparator == Comparator::less_equal; }
bool holds_itself(Comparator comparator) {
  return comparator == Comparator::equal || comparator == Comparator::less_equal ||
         comparator == Comparator::greater_equal;
}

bool applied(SetOperation operation, bool a, bool b) { return operation == SetOperation::unite ? a || b : a && b; }

// What the first constraint with an open end says of the versions below all.
bool holds_lowest(const Vers& vers) {
  bool all_unequal = !vers.constraints.empty();
  for (const Constraint& constraint : vers.constraints) {
    if (has_ends(constraint.comparator)) return ends(constraint.comparator);
    all_unequal = all_unequal && constraint.comparator == Comparator::not_equal;
  }
  return vers.any || all_unequal;
}

std::string canonical(Scheme scheme, std::string version) {
  return scheme == Scheme::datetime ? canonical_datetime(std::move(version)) : version;
}

Comparator comparator_of(bool before, const Step& step) {
  if (before == step.after) return step.at ? Comparator::equal : Comparator::not_equal;
  if (before) return step.at ? Comparator::less_equal : Comparator::less;
  return step.at ? Comparator::greater_equal : Comparator::greater;
}

}  // namespace

Steps steps_of(const Vers& vers) {
  Steps result{vers.scheme, holds_lowest(vers), {}};
  bool inside = result.before;
  for (const Constraint& constraint : vers.constraints) {
    if (has_ends(constraint.comparator)) inside = !ends(constraint.comparator);
    result.steps.push_back({constraint.version, holds_itself(constraint.comparator), inside});
  }
  return result;
}

Vers vers_of(Steps steps) {
  Vers vers{steps.scheme, false, {}};
  bool before = steps.before;
  for (Step& step : steps.steps) {
    const bool changes = before != step.at || before != step.after;
    if (changes)
      vers.constraints.push_back({comparator_of(before, step), canonical(steps.scheme, std::move(step.version))});
    before = step.after;
  }
  vers.any = vers.constraints.empty() && before;
  return vers;
}

Steps combined(const Steps& a, const Steps& b, SetOperation operation) {
  Steps result{a.scheme, applied(operation, a.before, b.before), {}};
  bool in_a = a.before;
  bool in_b = b.before;
  auto left = a.steps.begin();
  auto right = b.steps.begin();
  while (left != a.steps.end() || right != b.steps.end()) {
    const auto order = left == a.steps.end()    ? std::strong_ordering::greater
                       : right == b.steps.end() ? std::strong_ordering::less
                                                : compare_versions(a.scheme, left->version, right->version).order;
    Step step{order <= 0 ? left->version : right->version, false, false};
    const bool a_at = order <= 0 ? left->at : in_a;
    const bool b_at = order >= 0 ? right->at : in_b;
    if (order <= 0) in_a = (left++)->after;
    if (order >= 0) in_b = (right++)->after;
    step.at = applied(operation, a_at, b_at);
    step.after = applied(operation, in_a, in_b);
    result.steps.push_back(std::move(step));
  }
  return result;
}

Steps combined(Scheme scheme, std::vector<Steps> sets, SetOperation operation) {
  if (sets.empty()) return operation == SetOperation::unite ? no_steps(scheme) : all_steps(scheme);
  for (; sets.size() > 1; sets.resize((sets.size() + 1) / 2))
    for (std::size_t i = 0; i < sets.size(); i += 2) {
      Steps pair = i + 1 < sets.size() ? combined(sets[i], sets[i + 1], operation) : std::move(sets[i]);
      sets[i / 2] = std::move(pair);
    }
  return std::move(sets.front());
}

Steps steps_where(Scheme scheme, Comparator comparator, std::string version) {
  return steps_of(Vers{scheme, false, {{comparator, std::move(version)}}});
}

Steps all_steps(Scheme scheme) { return {scheme, true, {}}; }
Steps no_steps(Scheme scheme) { return {scheme, false, {}}; }

}  // namespace pratique
