#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "engine/cel/numbers.h"
#include "engine/cel/strings.h"
#include "engine/cel/times.h"
#include "engine/cel/utf8.h"

namespace pratique::cel {
namespace {

class Formatter {
 public:
  Formatter(Run& run, const Value& arguments) : run_(run), arguments_(arguments) {}

  Value format(std::string_view text) {
    for (std::size_t at = 0; at < text.size() && failure_.is(Kind::absent);) {
      const auto percent = std::min(text.find('%', at), text.size());
      put(text.substr(at, percent - at));
      at = percent + 1;
      if (percent < text.size()) read_clause(text, at);
    }
    return failure_.is(Kind::absent) ? run_.make_text(out_) : failure_;
  }

 private:
  // What is written counts against cost and memory before it is there.
  void put(std::string_view text) {
    constexpr std::uint64_t bytes_for_one = 10;
    uncharged_ += text.size();
    if (out_.size() + text.size() > run_.byte_limit) run_.stop(Fault::limit, "over the limit on memory");
    if (run_.charge(uncharged_ / bytes_for_one) && !run_.stopped.is(Kind::error))
      out_ += text;
    else
      failure_ = run_.stopped;
    uncharged_ %= bytes_for_one;
  }
  void refuse(std::string_view what, const Value& value) {
    if (failure_.is(Kind::absent)) failure_ = run_.fail(what, Value::type(type_name(value)));
  }

  void read_clause(std::string_view text, std::size_t& at) {
    if (at < text.size() && text[at] == '%') {
      ++at;
      return put("%");
    }
    int precision = 6;
    if (at < text.size() && text[at] == '.') {
      const auto read = std::from_chars(text.data() + at + 1, text.data() + text.size(), precision);
      if (read.ec != std::errc() || precision > 1000 || precision < 0) {
        failure_ = run_.fail("a format with a precision that is no number up to 1000");
        return;
      }
      at = static_cast<std::size_t>(read.ptr - text.data());
    }
    constexpr std::string_view clauses = "sdfexXob";
    if (at >= text.size() || clauses.find(text[at]) == std::string_view::npos) {
      std::size_t end = at;
      if (at < text.size()) decode_utf8(text, end);
      failure_ =
          run_.fail("an unknown formatting clause", Value::text(text.substr(std::min(at, text.size()), end - at)));
      return;
    }
    if (next_ >= arguments_.size()) {
      failure_ = run_.fail("a format with more clauses than arguments; none at index", Value::from_int(next_));
      return;
    }
    write(text[at++], precision, arguments_.at(next_++));
  }

  void write(char clause, int precision, const Value& value) {
    switch (clause) {
      case 's': return write_text(value);
      case 'd': return write_decimal(value);
      case 'f':
      case 'e':
        return write_real(value, clause == 'f' ? std::chars_format::fixed : std::chars_format::scientific, precision);
      case 'x':
      case 'X': return write_hexadecimal(value, clause == 'X');
      default: return write_base(value, clause == 'o' ? 8 : 2);
    }
  }

  void write_text(const Value& value) {
    switch (value.kind()) {
      case Kind::text:
      case Kind::type: return put(value.as_text());
      case Kind::bytes: return write_lossy(value.as_text());
      case Kind::null: return put("null");
      case Kind::boolean: return put(value.as_bool() ? "true" : "false");
      case Kind::integer: return put(std::to_string(value.as_int()));
      case Kind::natural: return put(std::to_string(value.as_uint()));
      case Kind::real: return put(render_fixed(value.as_double()));
      case Kind::timestamp: return put(render_timestamp(value));
      case Kind::duration: return put(render_duration(value.as_int()));
      case Kind::list: return write_list(value);
      case Kind::map: return write_map(value);
      case Kind::opaque: return put(value.as_opaque().text());
      default: refuse("%s cannot show a value of type", value);
    }
  }

  // Each run of bytes that are not UTF-8 becomes one U+FFFD.
  void write_lossy(std::string_view bytes) {
    bool bad = false;
    for (std::size_t at = 0; at < bytes.size();) {
      const auto start = at;
      const bool good = decode_utf8(bytes, at) != 0xFFFFFFFF;
      if (good) put(bytes.substr(start, at - start));
      if (!good && !bad) put("\uFFFD");
      bad = !good;
    }
  }

  void write_list(const Value& list) {
    put("[");
    for (std::uint32_t i = 0; i < list.size() && failure_.is(Kind::absent); ++i) {
      if (i > 0) put(", ");
      write_text(list.at(i));
    }
    put("]");
  }

  void write_map(const Value& map) {
    std::vector<std::pair<std::string, std::uint32_t>> keys;
    for (std::uint32_t i = 0; i < map.size() && failure_.is(Kind::absent); ++i) {
      std::string rest;
      rest.swap(out_);
      write_text(map.key_at(i));
      keys.emplace_back(std::move(out_), i);
      out_ = std::move(rest);
    }
    std::sort(keys.begin(), keys.end());
    put("{");
    for (const auto& [key, place] : keys) {
      if (!failure_.is(Kind::absent)) return;
      if (out_.back() != '{') put(", ");
      put(key);
      put(": ");
      write_text(map.at(place));
    }
    put("}");
  }

  void write_decimal(const Value& value) {
    if (value.is(Kind::integer)) return put(std::to_string(value.as_int()));
    if (value.is(Kind::natural)) return put(std::to_string(value.as_uint()));
    if (value.is(Kind::real)) return put(render_fixed(value.as_double()));
    refuse("%d needs a number, not", value);
  }

  void write_real(const Value& value, std::chars_format style, int precision) {
    if (!value.is_number())
      return refuse(style == std::chars_format::fixed ? "%f needs a number, not" : "%e needs a number, not", value);
    const double number = value.is(Kind::real)      ? value.as_double()
                          : value.is(Kind::integer) ? static_cast<double>(value.as_int())
                                                    : static_cast<double>(value.as_uint());
    if (!std::isfinite(number)) return put(render_fixed(number));
    std::array<char, 1500> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, style, precision).ptr;
    put({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
  }

  void write_magnitude(std::uint64_t magnitude, bool negative, int base, bool upper) {
    std::array<char, 72> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, base).ptr;
    std::string text(negative ? "-" : "");
    text.append(buffer.data(), end);
    if (upper)
      std::transform(text.begin(), text.end(), text.begin(),
                     [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
    put(text);
  }

  bool write_integer(const Value& value, int base, bool upper) {
    if (value.is(Kind::natural)) {
      write_magnitude(value.as_uint(), false, base, upper);
      return true;
    }
    if (!value.is(Kind::integer)) return false;
    const bool negative = value.as_int() < 0;
    write_magnitude(negative ? 0 - value.as_uint() : value.as_uint(), negative, base, upper);
    return true;
  }

  void write_hexadecimal(const Value& value, bool upper) {
    if (write_integer(value, 16, upper)) return;
    if (!value.is(Kind::text) && !value.is(Kind::bytes))
      return refuse("%x needs an integer, a string or bytes, not", value);
    const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (const char c : value.as_text()) {
      const auto byte = static_cast<unsigned char>(c);
      const char pair[] = {digits[byte >> 4], digits[byte & 15]};
      put({pair, 2});
    }
  }

  void write_base(const Value& value, int base) {
    if (write_integer(value, base, false)) return;
    if (base == 2 && value.is(Kind::boolean)) return put(value.as_bool() ? "1" : "0");
    refuse(base == 2 ? "%b needs an integer or a bool, not" : "%o needs an integer, not", value);
  }

  Run& run_;
  const Value& arguments_;
  std::string out_;
  std::uint64_t uncharged_ = 9;  // so that a text costs 1 at least
  std::uint32_t next_ = 0;
  Value failure_;
};

}  // namespace

Value format_text(Run& run, std::span<const Value> arguments) {
  if (!arguments[0].is(Kind::text) || !arguments[1].is(Kind::list)) return {};
  return Formatter(run, arguments[1]).format(arguments[0].as_text());
}

}  // namespace pratique::cel
