// Ranges that sources write as records: OSV's events, NVD's CPE bounds, the kernel's fixes for each branch.
#include <algorithm>
#include <optional>

#include "engine/version/native.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

Error no_version(std::string place) { return Error{Fault::malformed, "a version expected", {std::move(place)}, {}}; }

// Below the highest limit; "*" is none.
Steps before_limits(Scheme scheme, std::span<const OsvEvent> events) {
  std::vector<Steps> limits;
  for (const OsvEvent& event : events) {
    if (event.kind != OsvEvent::Kind::limit) continue;
    limits.push_back(event.version == "*" ? all_steps(scheme)
                                          : steps_where(scheme, Comparator::less, std::string(event.version)));
  }
  return limits.empty() ? all_steps(scheme) : combined(scheme, std::move(limits), SetOperation::unite);
}

Result<void> check_events(std::span<const OsvEvent> events) {
  bool introduced = false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].version.empty()) return no_version("events/" + std::to_string(i));
    introduced = introduced || events[i].kind == OsvEvent::Kind::introduced;
  }
  if (introduced) return {};
  return Error{Fault::malformed, "no event says when it was introduced", {"events"}, {}};
}

// The version that the branch of a stable release goes up to: 6.1.90 -> 6.2-rc1, 2.6.32.5 -> 2.6.33-rc1. Nothing for a
// release of the mainline.
std::optional<std::string> end_of_branch(const Numbers& version) {
  const bool old = version.numbers.size() > 1 && version.numbers[0] == "2" && version.numbers[1] == "6";
  const std::size_t branch = old ? 3 : 2;
  if (version.numbers.size() <= branch) return std::nullopt;
  return raised(version.numbers, branch) + "-rc1";
}

}  // namespace

Result<Vers> vers_from_osv(Scheme scheme, std::span<const OsvEvent> events) {
  PRATIQUE_DO(check_events(events));
  std::vector<OsvEvent> sorted;
  Steps steps = no_steps(scheme);
  for (const OsvEvent& event : events) {
    if (event.kind == OsvEvent::Kind::limit) continue;
    const bool since_ever = event.kind == OsvEvent::Kind::introduced && event.version == "0";
    steps.before = steps.before || since_ever;
    if (!since_ever) sorted.push_back(event);
  }
  // Events at one version stay in the order of the record: "fixed" behind "introduced" mends it.
  std::stable_sort(sorted.begin(), sorted.end(), [&](const OsvEvent& a, const OsvEvent& b) {
    return compare_versions(scheme, a.version, b.version).order < 0;
  });
  bool inside = steps.before;
  for (const OsvEvent& event : sorted) {
    const bool same =
        !steps.steps.empty() && compare_versions(scheme, steps.steps.back().version, event.version).order == 0;
    if (!same) steps.steps.push_back({std::string(event.version), inside, inside});
    Step& step = steps.steps.back();
    if (event.kind == OsvEvent::Kind::introduced) step.at = true;
    if (event.kind == OsvEvent::Kind::fixed) step.at = false;
    step.after = event.kind == OsvEvent::Kind::introduced;
    inside = step.after;
  }
  return vers_of(combined(steps, before_limits(scheme, events), SetOperation::intersect));
}

Result<Vers> vers_from_cpe(Scheme scheme, const CpeRange& range) {
  const auto bound = [&](Comparator comparator, std::string_view version) {
    return version.empty() ? all_steps(scheme) : steps_where(scheme, comparator, std::string(version));
  };
  const bool has_bounds = !range.start_including.empty() || !range.start_excluding.empty() ||
                          !range.end_including.empty() || !range.end_excluding.empty();
  if (range.version == "-") return Vers{scheme, false, {}};
  const bool has_version = !range.version.empty() && range.version != "*";
  if (!has_bounds && range.version.empty())
    return Error{Fault::malformed, "neither a version nor a bound is given", {"cpeMatch"}, {}};
  return vers_of(combined(
      scheme,
      {bound(Comparator::equal, has_version ? range.version : std::string_view{}),
       bound(Comparator::greater_equal, range.start_including), bound(Comparator::greater, range.start_excluding),
       bound(Comparator::less_equal, range.end_including), bound(Comparator::less, range.end_excluding)},
      SetOperation::intersect));
}

Result<Vers> vers_from_linux(std::string_view introduced, std::span<const std::string_view> fixed) {
  constexpr Scheme scheme = Scheme::linux;
  const auto plain = [](std::string_view version) {
    if (version.starts_with('v')) version.remove_prefix(1);
    return version;
  };
  std::vector<Steps> mended;
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    const std::string_view version = plain(fixed[i]);
    const Numbers parts = read_numbers(version);
    if (parts.numbers.size() < 2)
      return Error{
          Fault::malformed, "'" + std::string(version) + "' is no kernel release", {"fixed/" + std::to_string(i)}, {}};
    const std::optional<std::string> end = end_of_branch(parts);
    mended.push_back(end ? steps_between(scheme, std::string(version), *end)
                         : steps_where(scheme, Comparator::greater_equal, std::string(version)));
  }
  introduced = plain(introduced);
  const bool since_ever = introduced.empty() || introduced == "0";
  if (!since_ever && read_numbers(introduced).numbers.empty())
    return Error{Fault::malformed, "'" + std::string(introduced) + "' is no kernel release", {"introduced"}, {}};
  Vers sound = vers_of(combined(scheme, std::move(mended), SetOperation::unite));
  Steps steps =
      since_ever ? all_steps(scheme) : steps_where(scheme, Comparator::greater_equal, std::string(introduced));
  return vers_of(combined(steps, steps_of(complement_of(sound)), SetOperation::intersect));
}

}  // namespace pratique
