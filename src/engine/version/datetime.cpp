// VERS' datetime: RFC 3339 (section 5.6) instants, whatever their offset; fractions of a second of any length.
//
// Fallback: texts that are no instant come before all instants, as bytes.
#include <cstdint>

#include "engine/version/order.h"

namespace pratique {
namespace {

struct Instant {
  std::int64_t seconds = 0;   // since 0000-03-01, which only serves to compare
  std::string_view fraction;  // without zeros at its end
};

// Exactly `count` digits off the front.
bool take_number(std::string_view& text, std::size_t count, int low, int high, int& number) {
  if (text.size() < count || !all_digits(text.substr(0, count))) return false;
  number = 0;
  for (const char c : text.substr(0, count)) number = number * 10 + (c - '0');
  text.remove_prefix(count);
  return number >= low && number <= high;
}

int days_in(int year, int month) {
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2) return leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days since 0000-03-01 of the proleptic Gregorian calendar: years that start in March put the leap day at their end.
std::int64_t days_of(int year, int month, int day) {
  const std::int64_t y = year - (month < 3);
  const std::int64_t m = (month + 9) % 12;
  return y * 365 + (y + 400) / 4 - (y + 400) / 100 + (y + 400) / 400 + (153 * m + 2) / 5 + day - 1;
}

bool take_offset(std::string_view& text, std::int64_t& seconds) {
  if (take(text, 'Z') || take(text, 'z')) return true;
  const bool east = take(text, '+');
  if (!east && !take(text, '-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, 0, 23, hours) || !take(text, ':') || !take_number(text, 2, 0, 59, minutes)) return false;
  seconds = (east ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

bool read_instant(std::string_view text, Instant& instant) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_number(text, 4, 0, 9999, year) || !take(text, '-') || !take_number(text, 2, 1, 12, month) ||
      !take(text, '-') || !take_number(text, 2, 1, days_in(year, month), day))
    return false;
  if (!take(text, 'T') && !take(text, 't')) return false;
  if (!take_number(text, 2, 0, 23, hour) || !take(text, ':') || !take_number(text, 2, 0, 59, minute) ||
      !take(text, ':') || !take_number(text, 2, 0, 60, second))
    return false;
  if (take(text, '.')) {
    instant.fraction = take_digits(text);
    if (instant.fraction.empty()) return false;
    instant.fraction = instant.fraction.substr(0, instant.fraction.find_last_not_of('0') + 1);
  }
  std::int64_t offset = 0;
  if (!take_offset(text, offset) || !text.empty()) return false;
  instant.seconds = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second + offset;
  return true;
}

}  // namespace

std::strong_ordering compare_datetime(std::string_view a, std::string_view b) {
  Instant left;
  Instant right;
  const bool left_is_valid = read_instant(a, left);
  const bool right_is_valid = read_instant(b, right);
  if (left_is_valid != right_is_valid) return left_is_valid <=> right_is_valid;
  if (!left_is_valid) return compare_bytes(a, b);
  if (left.seconds != right.seconds) return left.seconds <=> right.seconds;
  return compare_bytes(left.fraction, right.fraction);
}

bool is_datetime(std::string_view text) {
  Instant instant;
  return read_instant(text, instant);
}

std::string canonical_datetime(std::string text) {
  if (is_datetime(text))
    for (char& c : text)
      if (c == 't' || c == 'z') c = static_cast<char>(c - ('a' - 'A'));
  return text;
}

}  // namespace pratique
