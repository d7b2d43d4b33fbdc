#include "base/clock.h"

#include <cstdio>
#include <optional>

#include "base/text.h"

namespace pratique {
namespace {

std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  const auto number = parse_unsigned(text.substr(0, count));
  if (!number) return std::nullopt;
  text.remove_prefix(count);
  return static_cast<int>(*number);
}

bool eat(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Result<Time> parse_time(std::string_view text) {
  using namespace std::chrono;
  const Error bad{Fault::malformed,
                  "'" + std::string(text.substr(0, 64)) + "' is not a time",
                  {},
                  "write it as RFC 3339, 2026-03-01T12:00:00Z"};
  const auto year_ = digits(text, 4);
  if (!year_ || !eat(text, "-")) return bad;
  const auto month_ = digits(text, 2);
  if (!month_ || !eat(text, "-")) return bad;
  const auto day_ = digits(text, 2);
  if (!day_) return bad;
  const year_month_day date{year(*year_), month(static_cast<unsigned>(*month_)), day(static_cast<unsigned>(*day_))};
  if (!date.ok()) return bad;
  Time time = sys_days(date);
  if (text.empty()) return time;
  if (!eat(text, "Tt ")) return bad;
  const auto hour_ = digits(text, 2);
  if (!hour_ || !eat(text, ":")) return bad;
  const auto minute_ = digits(text, 2);
  if (!minute_ || !eat(text, ":")) return bad;
  const auto second_ = digits(text, 2);
  if (!second_ || *hour_ > 23 || *minute_ > 59 || *second_ > 60) return bad;
  time += hours(*hour_) + minutes(*minute_) + seconds(*second_);
  if (eat(text, ".,")) {
    int scale = 100;
    bool any = false;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), scale /= 10, any = true)
      time += milliseconds(scale * (text.front() - '0'));
    if (!any) return bad;
  }
  if (text.size() == 1 && eat(text, "Zz")) return time;
  const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
  if (!eat(text, "+-")) return bad;
  const auto offset_hours = digits(text, 2);
  if (!offset_hours || !eat(text, ":")) return bad;
  const auto offset_minutes = digits(text, 2);
  if (!offset_minutes || *offset_hours > 23 || *offset_minutes > 59 || !text.empty()) return bad;
  return time - sign * (hours(*offset_hours) + minutes(*offset_minutes));
}

std::string render_time(Time time) {
  using namespace std::chrono;
  const auto day_start = floor<days>(time);
  const year_month_day date{day_start};
  const hh_mm_ss clock{time - day_start};
  char text[40];
  int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                             static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                             static_cast<int>(clock.seconds().count()));
  const auto milli = static_cast<int>(clock.subseconds().count());
  std::string out(text, static_cast<std::size_t>(length));
  if (milli != 0) {
    length = std::snprintf(text, sizeof text, ".%03d", milli);
    out.append(text, static_cast<std::size_t>(length));
  }
  return out + "Z";
}

}  // namespace pratique
