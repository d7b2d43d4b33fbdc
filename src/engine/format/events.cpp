#include "engine/format/events.h"

#include <algorithm>
#include <optional>

#include "engine/version/version.h"

namespace pratique {
namespace {

bool is_beginning(const RangeEvent& event) { return event.kind == EventKind::introduced && event.version == "0"; }

struct Interval {
  std::optional<std::string_view> lower;  // included; none: from the very beginning
  std::optional<std::string_view> upper;  // none: without end
  bool with_upper = false;
};

// Collects intervals from left to right; two that touch become one.
class Intervals {
 public:
  explicit Intervals(Scheme scheme) : scheme_(scheme) {}

  void open(std::string_view version) {
    if (open_) return;
    open_ = true;
    const bool touches = !all_.empty() && all_.back().upper && equal(*all_.back().upper, version);
    if (touches)
      all_.back().upper.reset();
    else
      all_.push_back(version == "0" ? Interval{} : Interval{.lower = version, .upper = {}});
  }

  void close(std::string_view version, bool included) {
    if (!open_) return;
    open_ = false;
    Interval& last = all_.back();
    last.upper = version;
    last.with_upper = included;
    if (!included && last.lower && equal(*last.lower, version)) all_.pop_back();  // nothing in between
  }

  Vers vers() const {
    Vers vers{scheme_, false, {}};
    const auto add = [&](Comparator comparator, std::string_view version) {
      vers.constraints.push_back({comparator, std::string(version)});
    };
    for (const auto& [lower, upper, with_upper] : all_) {
      if (!lower && !upper) return Vers{scheme_, true, {}};
      if (lower && upper && equal(*lower, *upper)) {
        add(Comparator::equal, *lower);
        continue;
      }
      if (lower) add(Comparator::greater_equal, *lower);
      if (upper) add(with_upper ? Comparator::less_equal : Comparator::less, *upper);
    }
    return vers;
  }

 private:
  bool equal(std::string_view a, std::string_view b) const { return compare_versions(scheme_, a, b).order == 0; }

  Scheme scheme_;
  std::vector<Interval> all_;
  bool open_ = false;  // the last one
};

}  // namespace

Result<Vers> range_of(Scheme scheme, std::vector<RangeEvent> events) {
  if (events.empty()) return Error{Fault::malformed, "a range without events", {}, {}};
  std::erase_if(events, [](const RangeEvent& e) { return e.kind == EventKind::limit && e.version == "*"; });
  std::stable_sort(events.begin(), events.end(), [&](const RangeEvent& a, const RangeEvent& b) {
    if (is_beginning(a) || is_beginning(b)) return is_beginning(a) && !is_beginning(b);
    return compare_versions(scheme, a.version, b.version).order < 0;
  });
  const auto begins = [](const RangeEvent& event) { return event.kind == EventKind::introduced; };
  const auto limits = [](const RangeEvent& event) { return event.kind == EventKind::limit; };
  const bool introduced = std::any_of(events.begin(), events.end(), begins);
  if (introduced && !begins(events.front()))
    return Error{
        Fault::malformed, "the range ends at " + std::string(events.front().version) + ", before it begins", {}, {}};
  // Affected is only what lies before any limit, so the last one counts.
  const auto last_limit = std::find_if(events.rbegin(), events.rend(), limits);
  if (last_limit != events.rend()) events.erase(last_limit.base(), events.end());

  Intervals intervals(scheme);
  if (!introduced) intervals.open("0");
  for (const RangeEvent& event : events) {
    switch (event.kind) {
      case EventKind::introduced: intervals.open(event.version); break;
      case EventKind::fixed: intervals.close(event.version, false); break;
      case EventKind::last_affected: intervals.close(event.version, true); break;
      case EventKind::limit:
        if (&event == &events.back()) intervals.close(event.version, false);
        break;
    }
  }
  return intervals.vers();
}

}  // namespace pratique
