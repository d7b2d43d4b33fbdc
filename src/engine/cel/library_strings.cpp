// Functions over strings, by code point; size of everything that has one. What grows is measured before it is made.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "engine/cel/run.h"
#include "engine/cel/strings.h"
#include "engine/cel/utf8.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;
constexpr auto npos = std::string_view::npos;

bool texts(Arguments a, std::size_t count) {
  return std::all_of(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const Value& v) { return v.is(Kind::text); });
}

// Reading the first argument costs by its size.
bool reads(Run& run, Arguments a) { return run.charge(text_cost(a[0].as_text().size())); }

Value size(Run& run, Arguments a) {
  switch (a[0].kind()) {
    case Kind::text:
      run.cost += large_cost(a[0].as_text().size());
      return Value::from_int(static_cast<std::int64_t>(count_code_points(a[0].as_text())));
    case Kind::bytes: return Value::from_int(static_cast<std::int64_t>(a[0].as_text().size()));
    case Kind::list:
    case Kind::map: return Value::from_int(a[0].size());
    default: return {};
  }
}

Value starts_with(Run& run, Arguments a) {
  if (!texts(a, 2)) return {};
  run.charge(text_cost(a[1].as_text().size()));
  return Value::from_bool(a[0].as_text().starts_with(a[1].as_text()));
}

Value ends_with(Run& run, Arguments a) {
  if (!texts(a, 2)) return {};
  run.charge(text_cost(a[1].as_text().size()));
  return Value::from_bool(a[0].as_text().ends_with(a[1].as_text()));
}

std::size_t search(std::string_view text, std::string_view part, std::size_t from = 0) {
  if (part.empty()) return from;
  if (from >= text.size()) return npos;
  const auto* found =
      static_cast<const char*>(::memmem(text.data() + from, text.size() - from, part.data(), part.size()));
  return found == nullptr ? npos : static_cast<std::size_t>(found - text.data());
}

Value contains_text(Run& run, Arguments a) {
  if (!texts(a, 2)) return {};
  if (!run.charge(text_cost(a[0].as_text().size()) * text_cost(a[1].as_text().size()))) return run.stopped;
  return Value::from_bool(search(a[0].as_text(), a[1].as_text()) != npos);
}

Value out_of_range(Run& run, const Value& index) { return run.fail("index out of range", index); }

// The byte of the code point that `index` counts; npos outside 0..size.
std::size_t place_of(std::string_view text, const Value& index) {
  if (index.as_int() < 0 || static_cast<std::uint64_t>(index.as_int()) > text.size()) return npos;
  return offset_of_code_point(text, static_cast<std::size_t>(index.as_int()));
}

Value code_points_before(std::string_view text, std::size_t place) {
  return Value::from_int(place == npos ? -1 : static_cast<std::int64_t>(count_code_points(text.substr(0, place))));
}

Value char_at(Run& run, Arguments a) {
  if (!texts(a, 1) || !a[1].is(Kind::integer)) return {};
  if (!reads(run, a)) return run.stopped;
  const auto text = a[0].as_text();
  const auto start = place_of(text, a[1]);
  if (start == npos) return out_of_range(run, a[1]);
  std::size_t end = start;
  if (end < text.size()) decode_utf8(text, end);
  return Value::text(text.substr(start, end - start));
}

Value index_of(Run& run, Arguments a) {
  if (!texts(a, 2) || (a.size() == 3 && !a[2].is(Kind::integer))) return {};
  if (!reads(run, a)) return run.stopped;
  const auto text = a[0].as_text();
  const auto from = a.size() == 3 ? place_of(text, a[2]) : 0;
  if (from == npos) return out_of_range(run, a[2]);
  return code_points_before(text, search(text, a[1].as_text(), from));
}

Value last_index_of(Run& run, Arguments a) {
  if (!texts(a, 2) || (a.size() == 3 && !a[2].is(Kind::integer))) return {};
  const auto text = a[0].as_text(), part = a[1].as_text();
  if (!run.charge(text_cost(text.size()) * std::max<std::uint64_t>(1, text_cost(part.size())))) return run.stopped;
  const auto from = a.size() == 3 ? place_of(text, a[2]) : text.size();
  if (from == npos) return out_of_range(run, a[2]);
  return code_points_before(text, text.rfind(part, from));
}

Value substring(Run& run, Arguments a) {
  if (!texts(a, 1) || !a[1].is(Kind::integer) || (a.size() == 3 && !a[2].is(Kind::integer))) return {};
  if (!reads(run, a)) return run.stopped;
  const auto text = a[0].as_text();
  const auto start = place_of(text, a[1]);
  if (start == npos) return out_of_range(run, a[1]);
  const auto end = a.size() == 3 ? place_of(text, a[2]) : text.size();
  if (end == npos) return out_of_range(run, a[2]);
  if (start > end) return run.fail("a substring that ends before it starts", a[2]);
  return Value::text(text.substr(start, end - start));
}

template <class Change>
Value each_byte(Run& run, Arguments a, Change change) {
  if (!texts(a, 1)) return {};
  if (!reads(run, a)) return run.stopped;
  const auto text = a[0].as_text();
  auto* out = run.room_for<char>(text.size());
  if (out == nullptr) return run.stopped;
  std::transform(text.begin(), text.end(), out, change);
  return Value::text({out, text.size()});
}

Value lower_ascii(Run& run, Arguments a) {
  return each_byte(run, a, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}
Value upper_ascii(Run& run, Arguments a) {
  return each_byte(run, a, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
}

// Calls use(start, end) for each place where `part` stands, `limit` of them at most; an empty part stands before each
// code point and at the end.
template <class Use>
void each_place(std::string_view text, std::string_view part, std::int64_t limit, Use use) {
  std::size_t at = 0;
  for (std::int64_t n = 0; limit < 0 || n < limit; ++n) {
    const auto place = search(text, part, at);
    if (place == npos || place > text.size()) return;
    use(place, place + part.size());
    at = place + part.size();
    if (!part.empty()) continue;
    if (at == text.size()) return;
    decode_utf8(text, at);
  }
}

Value replace(Run& run, Arguments a) {
  if (!texts(a, 3) || (a.size() == 4 && !a[3].is(Kind::integer))) return {};
  if (!reads(run, a)) return run.stopped;
  const auto text = a[0].as_text(), part = a[1].as_text(), with = a[2].as_text();
  const auto limit = a.size() == 4 ? a[3].as_int() : -1;
  std::uint64_t count = 0;
  each_place(text, part, limit, [&](std::size_t, std::size_t) { ++count; });
  const auto size = text.size() + count * with.size() - count * part.size();
  if (!run.charge(text_cost(size))) return run.stopped;
  auto* out = run.room_for<char>(size);
  if (out == nullptr) return run.stopped;
  char* end = out;
  std::size_t done = 0;
  const auto put = [&](std::string_view piece) { end = std::copy(piece.begin(), piece.end(), end); };
  each_place(text, part, limit, [&](std::size_t start, std::size_t stop) {
    put(text.substr(done, start - done));
    put(with);
    done = stop;
  });
  put(text.substr(done));
  return Value::text({out, size});
}

// As Go's strings.SplitN: an empty separator splits between code points, a negative limit is none.
Value split(Run& run, Arguments a) {
  if (!texts(a, 2) || (a.size() == 3 && !a[2].is(Kind::integer))) return {};
  if (!reads(run, a)) return run.stopped;
  const auto text = a[0].as_text(), separator = a[1].as_text();
  const auto limit = a.size() == 3 ? a[2].as_int() : -1;
  if (limit == 0) return Value::list({});
  // The place before the first code point counts for the limit of an empty separator but cuts nothing.
  const std::int64_t cuts = limit < 0 ? -1 : separator.empty() ? limit : limit - 1;
  const auto cutting = [&](std::size_t start) { return !separator.empty() || (start != 0 && start != text.size()); };
  std::size_t count = 1;
  each_place(text, separator, cuts, [&](std::size_t start, std::size_t) { count += cutting(start) ? 1 : 0; });
  auto* parts = run.room_for<Value>(count);
  if (parts == nullptr || !run.charge(count / 10)) return run.stopped;
  std::size_t done = 0, size = 0;
  each_place(text, separator, cuts, [&](std::size_t start, std::size_t stop) {
    if (!cutting(start)) return;
    parts[size++] = Value::text(text.substr(done, start - done));
    done = stop;
  });
  if (!separator.empty() || !text.empty()) parts[size++] = Value::text(text.substr(done));
  return Value::list({parts, size});
}

Value join(Run& run, Arguments a) {
  if (!a[0].is(Kind::list) || (a.size() == 2 && !a[1].is(Kind::text))) return {};
  const auto separator = a.size() == 2 ? a[1].as_text() : std::string_view();
  const auto count = a[0].size();
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto part = a[0].at(i);
    if (!part.is(Kind::text)) return {};
    size += part.as_text().size() + (i == 0 ? 0 : separator.size());
  }
  if (!run.charge(text_cost(size) + count / 10)) return run.stopped;
  auto* out = run.room_for<char>(size);
  if (out == nullptr) return run.stopped;
  char* end = out;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) end = std::copy(separator.begin(), separator.end(), end);
    const auto part = a[0].at(i).as_text();
    end = std::copy(part.begin(), part.end(), end);
  }
  return Value::text({out, size});
}

Value trim_blanks(Run& run, Arguments a) {
  if (!texts(a, 1)) return {};
  if (!reads(run, a)) return run.stopped;
  const auto text = a[0].as_text();
  std::size_t start = text.size(), end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    if (is_blank(decode_utf8(text, at))) continue;
    start = std::min(start, begin);
    end = at;
  }
  return Value::text(start < end ? text.substr(start, end - start) : text.substr(0, 0));
}

Value reverse(Run& run, Arguments a) {
  if (!texts(a, 1)) return {};
  const auto text = a[0].as_text();
  if (!run.charge(text_cost(text.size()))) return run.stopped;
  auto* out = run.room_for<char>(text.size());
  if (out == nullptr) return run.stopped;
  char* front = out + text.size();
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    decode_utf8(text, at);
    front -= at - start;
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(start), text.begin() + static_cast<std::ptrdiff_t>(at), front);
  }
  return Value::text({out, text.size()});
}

Value quote(Run& run, Arguments a) {
  if (!texts(a, 1)) return {};
  if (!reads(run, a)) return run.stopped;
  constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"", letters = "abfnrtv\\\"";
  const auto text = a[0].as_text();
  const auto escapes = std::count_if(text.begin(), text.end(), [&](char c) { return special.find(c) != npos; });
  const auto size = text.size() + static_cast<std::size_t>(escapes) + 2;
  auto* out = run.room_for<char>(size);
  if (out == nullptr) return run.stopped;
  char* end = out;
  *end++ = '"';
  for (const char c : text) {
    const auto place = special.find(c);
    if (place != npos) *end++ = '\\';
    *end++ = place == npos ? c : letters[place];
  }
  *end = '"';
  return Value::text({out, size});
}

constexpr std::array<Definition, 30> definitions = {{
    {"size(string) -> int", size},
    {"size(bytes) -> int", size},
    {"size(list(A)) -> int", size},
    {"size(map(A, B)) -> int", size},
    {"string.size() -> int", size},
    {"bytes.size() -> int", size},
    {"list(A).size() -> int", size},
    {"map(A, B).size() -> int", size},
    {"string.contains(string) -> bool", contains_text, 0},
    {"string.endsWith(string) -> bool", ends_with, 0},
    {"string.startsWith(string) -> bool", starts_with, 0},
    {"string.charAt(int) -> string", char_at, 0},
    {"string.indexOf(string) -> int", index_of, 0},
    {"string.indexOf(string, int) -> int", index_of, 0},
    {"string.lastIndexOf(string) -> int", last_index_of, 0},
    {"string.lastIndexOf(string, int) -> int", last_index_of, 0},
    {"string.lowerAscii() -> string", lower_ascii, 0},
    {"string.upperAscii() -> string", upper_ascii, 0},
    {"string.replace(string, string) -> string", replace, 0},
    {"string.replace(string, string, int) -> string", replace, 0},
    {"string.split(string) -> list(string)", split, 0},
    {"string.split(string, int) -> list(string)", split, 0},
    {"string.substring(int) -> string", substring, 0},
    {"string.substring(int, int) -> string", substring, 0},
    {"string.trim() -> string", trim_blanks, 0},
    {"string.reverse() -> string", reverse, 0},
    {"list(string).join() -> string", join, 0},
    {"list(string).join(string) -> string", join, 0},
    {"strings.quote(string) -> string", quote, 0},
    {"string.format(list(dyn)) -> string", format_text, 0},
}};

}  // namespace

std::span<const Definition> string_definitions() { return definitions; }

}  // namespace pratique::cel
