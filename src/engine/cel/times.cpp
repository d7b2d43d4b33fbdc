#include "engine/cel/times.h"

#include <chrono>

#include "base/text.h"

namespace pratique::cel {
namespace {

constexpr std::int64_t giga = 1'000'000'000;
constexpr std::int64_t first_second = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;   // 9999-12-31T23:59:59Z

// Reads digits off the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : text_(text) {}
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool number(std::size_t digits, unsigned& out) {
    if (text_.size() < digits) return false;
    out = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(text_[i])) return false;
      out = out * 10 + static_cast<unsigned>(text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return true;
  }
  // ".5" -> 500'000'000; digits beyond nanoseconds are cut.
  bool fraction(std::uint32_t& nanoseconds) {
    nanoseconds = 0;
    if (!take('.')) return true;
    std::uint32_t unit = 100'000'000;
    std::size_t digits = 0;
    for (; !text_.empty() && is_digit(text_.front()); ++digits, unit /= 10) {
      nanoseconds += static_cast<std::uint32_t>(text_.front() - '0') * unit;
      text_.remove_prefix(1);
    }
    return digits > 0;
  }
  // "Z", "+01:00" -> seconds ahead of UTC.
  bool offset(std::int64_t& seconds) {
    seconds = 0;
    if (take('Z')) return true;
    const bool west = take('-');
    unsigned hours = 0, minutes = 0;
    if ((!west && !take('+')) || !number(2, hours) || !take(':') || !number(2, minutes) || hours > 23 || minutes > 59)
      return false;
    seconds = static_cast<std::int64_t>(hours * 60 + minutes) * (west ? -60 : 60);
    return true;
  }
  bool done() const { return text_.empty(); }

 private:
  std::string_view text_;
};

void append_digits(std::string& out, unsigned value, int digits) {
  unsigned unit = 1;
  while (--digits > 0) unit *= 10;
  for (; unit > 0; unit /= 10) out += static_cast<char>('0' + value / unit % 10);
}

void append_fraction(std::string& out, std::uint32_t nanoseconds) {
  if (nanoseconds == 0) return;
  out += '.';
  append_digits(out, nanoseconds, 9);
  while (out.ends_with('0')) out.pop_back();
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr Unit units[] = {{"h", 3600 * giga}, {"ms", 1'000'000},  {"m", 60 * giga},   {"s", giga},
                          {"us", 1'000},      {"\u00b5s", 1'000}, {"\u03bcs", 1'000}, {"ns", 1}};

// One "12.5h" off the front; false where there is none or it does not fit.
bool take_part(std::string_view& text, unsigned __int128& total) {
  unsigned __int128 whole = 0, fraction = 0, scale = 1;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits)
    if ((whole = whole * 10 + static_cast<unsigned>(text.front() - '0')) > UINT64_MAX) return false;
  if (!text.empty() && text.front() == '.') {
    for (text.remove_prefix(1); !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
      if (scale >= static_cast<std::uint64_t>(giga) * giga) continue;
      fraction = fraction * 10 + static_cast<unsigned>(text.front() - '0');
      scale *= 10;
    }
  }
  if (digits == 0) return false;
  for (const auto& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    const auto size = static_cast<unsigned __int128>(unit.nanoseconds);
    total += whole * size + fraction * size / scale;
    return total <= UINT64_MAX;
  }
  return false;
}

}  // namespace

std::optional<Value> parse_timestamp(std::string_view text) {
  Digits digits(text);
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::uint32_t nanoseconds = 0;
  std::int64_t ahead = 0;
  if (!digits.number(4, year) || !digits.take('-') || !digits.number(2, month) || !digits.take('-') ||
      !digits.number(2, day) || !digits.take('T') || !digits.number(2, hour) || !digits.take(':') ||
      !digits.number(2, minute) || !digits.take(':') || !digits.number(2, second) || !digits.fraction(nanoseconds) ||
      !digits.offset(ahead) || !digits.done())
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + hour * 3600 + minute * 60 + second - ahead;
  if (seconds < first_second || seconds > last_second) return std::nullopt;
  return Value::timestamp(seconds, nanoseconds);
}

std::string render_timestamp(const Value& timestamp) {
  const std::chrono::sys_seconds time{std::chrono::seconds(timestamp.as_int())};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  std::string out;
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(out += '-', static_cast<unsigned>(date.month()), 2);
  append_digits(out += '-', static_cast<unsigned>(date.day()), 2);
  append_digits(out += 'T', static_cast<unsigned>(clock.hours().count()), 2);
  append_digits(out += ':', static_cast<unsigned>(clock.minutes().count()), 2);
  append_digits(out += ':', static_cast<unsigned>(clock.seconds().count()), 2);
  append_fraction(out, timestamp.nanoseconds());
  return out += 'Z';
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  unsigned __int128 total = 0;
  do {
    if (!take_part(text, total)) return std::nullopt;
  } while (!text.empty());
  const auto most = static_cast<unsigned __int128>(INT64_MAX) + (negative ? 1 : 0);
  if (total > most) return std::nullopt;
  const auto nanoseconds = static_cast<std::uint64_t>(total);
  return static_cast<std::int64_t>(negative ? 0 - nanoseconds : nanoseconds);
}

std::string render_duration(std::int64_t nanoseconds) {
  const auto magnitude =
      nanoseconds < 0 ? 0 - static_cast<std::uint64_t>(nanoseconds) : static_cast<std::uint64_t>(nanoseconds);
  std::string out = nanoseconds < 0 ? "-" : "";
  out += std::to_string(magnitude / giga);
  append_fraction(out, static_cast<std::uint32_t>(magnitude % giga));
  return out += 's';
}

Value make_timestamp(Run& run, std::int64_t seconds, std::uint32_t nanoseconds) {
  if (seconds < first_second || seconds > last_second) return run.fail("timestamp out of range");
  return Value::timestamp(seconds, nanoseconds);
}

Value add_duration(Run& run, const Value& timestamp, std::int64_t nanoseconds) {
  std::int64_t seconds = timestamp.as_int() + nanoseconds / giga;
  std::int64_t rest = timestamp.nanoseconds() + nanoseconds % giga;
  if (rest < 0) {
    rest += giga;
    --seconds;
  }
  if (rest >= giga) {
    rest -= giga;
    ++seconds;
  }
  return make_timestamp(run, seconds, static_cast<std::uint32_t>(rest));
}

Value time_between(Run& run, const Value& from, const Value& to) {
  const auto nanoseconds =
      static_cast<__int128>(to.as_int() - from.as_int()) * giga + to.nanoseconds() - from.nanoseconds();
  if (nanoseconds > INT64_MAX || nanoseconds < INT64_MIN) return run.fail("duration out of range");
  return Value::duration(static_cast<std::int64_t>(nanoseconds));
}

}  // namespace pratique::cel
