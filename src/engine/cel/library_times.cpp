// The parts of timestamps and durations.
#include <array>
#include <chrono>

#include "base/text.h"
#include "engine/cel/run.h"
#include "engine/cel/times.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

// "+HH:MM", "-HH:MM" or "HH:MM" in seconds.
std::optional<std::int32_t> fixed_offset(std::string_view zone) {
  const bool west = zone.starts_with('-');
  if (west || zone.starts_with('+')) zone.remove_prefix(1);
  if (zone.size() != 5 || zone[2] != ':') return std::nullopt;
  const auto hours = parse_unsigned(zone.substr(0, 2)), minutes = parse_unsigned(zone.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return static_cast<std::int32_t>(*hours * 60 + *minutes) * (west ? -60 : 60);
}

std::optional<std::int32_t> zone_offset(Run& run, std::string_view zone, std::int64_t seconds) {
  if (zone.empty() || zone == "UTC" || zone == "Z") return 0;
  if (const auto fixed = fixed_offset(zone)) return fixed;
  const auto& zones = run.environment->declarations.zones;
  constexpr std::size_t longest_name = 100;
  constexpr std::uint64_t lookup_cost = 20;
  return run.charge(lookup_cost) && zones && zone.size() <= longest_name ? zones(zone, seconds) : std::nullopt;
}

struct Local {
  std::chrono::sys_days days;
  std::chrono::year_month_day date;
  std::int64_t second_of_day;
};

Local local_time(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  return {days, std::chrono::year_month_day(days), (time - days).count()};
}

// The part that `read` takes out of local time: UTC, or that of the zone named by the second argument.
template <class Read>
Value part_of(Run& run, Arguments a, Read read) {
  if (!a[0].is(Kind::timestamp) || (a.size() == 2 && !a[1].is(Kind::text))) return {};
  const auto offset = a.size() == 2 ? zone_offset(run, a[1].as_text(), a[0].as_int()) : 0;
  if (!offset) return run.fail("unknown time zone", a[1]);
  return Value::from_int(read(local_time(a[0].as_int() + *offset)));
}

Value get_full_year(Run& run, Arguments a) {
  return part_of(run, a, [](const Local& t) { return static_cast<int>(t.date.year()); });
}
Value get_month(Run& run, Arguments a) {
  return part_of(run, a, [](const Local& t) { return static_cast<int>(static_cast<unsigned>(t.date.month())) - 1; });
}
Value get_date(Run& run, Arguments a) {
  return part_of(run, a, [](const Local& t) { return static_cast<int>(static_cast<unsigned>(t.date.day())); });
}
Value get_day_of_month(Run& run, Arguments a) {
  return part_of(run, a, [](const Local& t) { return static_cast<int>(static_cast<unsigned>(t.date.day())) - 1; });
}
Value get_day_of_week(Run& run, Arguments a) {
  return part_of(run, a, [](const Local& t) { return static_cast<int>(std::chrono::weekday(t.days).c_encoding()); });
}
Value get_day_of_year(Run& run, Arguments a) {
  return part_of(run, a, [](const Local& t) {
    return static_cast<int>((t.days - std::chrono::sys_days(t.date.year() / std::chrono::January / 1)).count());
  });
}

constexpr std::int64_t second = 1'000'000'000;

Value get_hours(Run& run, Arguments a) {
  if (a.size() == 1 && a[0].is(Kind::duration)) return Value::from_int(a[0].as_int() / (3600 * second));
  return part_of(run, a, [](const Local& t) { return t.second_of_day / 3600; });
}
Value get_minutes(Run& run, Arguments a) {
  if (a.size() == 1 && a[0].is(Kind::duration)) return Value::from_int(a[0].as_int() / (60 * second));
  return part_of(run, a, [](const Local& t) { return t.second_of_day / 60 % 60; });
}
Value get_seconds(Run& run, Arguments a) {
  if (a.size() == 1 && a[0].is(Kind::duration)) return Value::from_int(a[0].as_int() / second);
  return part_of(run, a, [](const Local& t) { return t.second_of_day % 60; });
}
Value get_milliseconds(Run& run, Arguments a) {
  constexpr std::int64_t milli = 1'000'000;
  if (a.size() == 1 && a[0].is(Kind::duration)) return Value::from_int(a[0].as_int() % second / milli);
  const auto nanoseconds = a[0].is(Kind::timestamp) ? a[0].nanoseconds() : 0;
  return part_of(run, a, [&](const Local&) { return nanoseconds / milli; });
}

constexpr std::array<Definition, 24> definitions = {{
    {"timestamp.getDate() -> int", get_date},
    {"timestamp.getDate(string) -> int", get_date},
    {"timestamp.getDayOfMonth() -> int", get_day_of_month},
    {"timestamp.getDayOfMonth(string) -> int", get_day_of_month},
    {"timestamp.getDayOfWeek() -> int", get_day_of_week},
    {"timestamp.getDayOfWeek(string) -> int", get_day_of_week},
    {"timestamp.getDayOfYear() -> int", get_day_of_year},
    {"timestamp.getDayOfYear(string) -> int", get_day_of_year},
    {"timestamp.getFullYear() -> int", get_full_year},
    {"timestamp.getFullYear(string) -> int", get_full_year},
    {"timestamp.getHours() -> int", get_hours},
    {"timestamp.getHours(string) -> int", get_hours},
    {"timestamp.getMilliseconds() -> int", get_milliseconds},
    {"timestamp.getMilliseconds(string) -> int", get_milliseconds},
    {"timestamp.getMinutes() -> int", get_minutes},
    {"timestamp.getMinutes(string) -> int", get_minutes},
    {"timestamp.getMonth() -> int", get_month},
    {"timestamp.getMonth(string) -> int", get_month},
    {"timestamp.getSeconds() -> int", get_seconds},
    {"timestamp.getSeconds(string) -> int", get_seconds},
    {"duration.getHours() -> int", get_hours},
    {"duration.getMilliseconds() -> int", get_milliseconds},
    {"duration.getMinutes() -> int", get_minutes},
    {"duration.getSeconds() -> int", get_seconds},
}};

}  // namespace

std::span<const Definition> time_definitions() { return definitions; }

}  // namespace pratique::cel
