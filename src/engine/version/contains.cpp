// Whether a range holds a version; set operations on ranges.
#include <string>

#include "engine/version/steps.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

bool has_open_end(Comparator c) { return c != Comparator::equal && c != Comparator::not_equal; }
bool is_upper(Comparator c) { return c == Comparator::less || c == Comparator::less_equal; }
bool holds_itself(Comparator c) {
  return c == Comparator::equal || c == Comparator::less_equal || c == Comparator::greater_equal;
}

// Whether a version between the constraints `place - 1` and `place`, equal to neither, is inside.
template <class Constraints>
bool holds_between(const Constraints& constraints, std::size_t place) {
  for (std::size_t i = place; i < constraints.size(); ++i)
    if (has_open_end(constraints[i].comparator)) return is_upper(constraints[i].comparator);
  for (std::size_t i = place; i > 0; --i)
    if (has_open_end(constraints[i - 1].comparator)) return !is_upper(constraints[i - 1].comparator);
  for (const auto& constraint : constraints)
    if (constraint.comparator == Comparator::equal) return false;
  return !constraints.empty();
}

template <class Constraints>
Containment find(Scheme scheme, const Constraints& constraints, std::string_view version) {
  Containment answer;
  std::size_t low = 0;
  std::size_t high = constraints.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const Order order = compare_versions(scheme, version, constraints[middle].version);
    answer.fallback |= order.fallback;
    if (order.order == 0) {
      answer.inside = holds_itself(constraints[middle].comparator);
      return answer;
    }
    (order.order < 0 ? high : low) = order.order < 0 ? middle : middle + 1;
  }
  answer.inside = holds_between(constraints, low);
  return answer;
}

Result<void> reconcile(Steps& a, Steps& b) {
  if (a.steps.empty()) a.scheme = b.scheme;
  if (b.steps.empty()) b.scheme = a.scheme;
  if (a.scheme == b.scheme) return {};
  return Error{Fault::usage,
               "ranges of " + std::string(name_of(a.scheme)) + " and " + std::string(name_of(b.scheme)) +
                   " versions have no common order",
               {},
               {}};
}

Result<Vers> combine(const Vers& a, const Vers& b, SetOperation operation) {
  Steps left = steps_of(a);
  Steps right = steps_of(b);
  PRATIQUE_DO(reconcile(left, right));
  return vers_of(combined(left, right, operation));
}

}  // namespace

Containment contains(const Vers& vers, std::string_view version) {
  if (vers.any) return {true, false};
  return find(vers.scheme, vers.constraints, version);
}

Containment contains(const VersView& vers, std::string_view version) {
  if (vers.any) return {true, false};
  return find(vers.scheme, vers.constraints, version);
}

bool is_empty(const Vers& vers) { return !vers.any && vers.constraints.empty(); }

Vers complement_of(const Vers& vers) {
  Steps steps = steps_of(vers);
  steps.before = !steps.before;
  for (Step& step : steps.steps) {
    step.at = !step.at;
    step.after = !step.after;
  }
  return vers_of(std::move(steps));
}

Result<Vers> union_of(const Vers& a, const Vers& b) { return combine(a, b, SetOperation::unite); }
Result<Vers> intersection_of(const Vers& a, const Vers& b) { return combine(a, b, SetOperation::intersect); }

}  // namespace pratique
