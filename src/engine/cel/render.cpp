// Values as text: CEL source, JSON, and what a failure says.
#include <cmath>

#include "base/text.h"
#include "engine/cel/data.h"
#include "engine/cel/numbers.h"
#include "engine/cel/object.h"
#include "engine/cel/times.h"

namespace pratique::cel {
namespace {

void append_escaped(std::string& out, std::string_view text, bool bytes) {
  constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"", letters = "abfnrtv\\\"", hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const auto place = special.find(c); place != std::string_view::npos)
      out.append(1, '\\').append(1, letters[place]);
    else if (byte < 0x20 || byte == 0x7F || (bytes && byte > 0x7F))
      out.append("\\x").append(1, hex[byte >> 4]).append(1, hex[byte & 15]);
    else
      out += c;
  }
  out += '"';
}

std::string real_literal(double value) {
  if (!std::isfinite(value)) return "double(\"" + render_plain(value) + "\")";
  auto text = render_plain(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

void append_literal(std::string& out, const Value& value);

void append_parts(std::string& out, const Value& value) {
  const bool map = value.is(Kind::map);
  out += map ? '{' : '[';
  for (std::uint32_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ", ";
    if (map) {
      append_literal(out, value.key_at(i));
      out += ": ";
    }
    append_literal(out, value.at(i));
  }
  out += map ? '}' : ']';
}

void append_object(std::string& out, const Value& value) {
  out += object_type_name(value);
  out += '{';
  if (value.lazy()) {
    out += "...";
  } else {
    const auto& record = value.as_object();
    bool first = true;
    for (std::size_t i = 0; i < record.type->types.size(); ++i) {
      if (record.fields[i].is(Kind::absent)) continue;
      out.append(first ? "" : ", ").append((*record.type->fields)[i].name).append(": ");
      append_literal(out, record.fields[i]);
      first = false;
    }
  }
  out += '}';
}

void append_literal(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::absent: out += "absent"; break;
    case Kind::null: out += "null"; break;
    case Kind::boolean: out += value.as_bool() ? "true" : "false"; break;
    case Kind::integer: out += std::to_string(value.as_int()); break;
    case Kind::natural: out += std::to_string(value.as_uint()) + "u"; break;
    case Kind::real: out += real_literal(value.as_double()); break;
    case Kind::text: append_escaped(out, value.as_text(), false); break;
    case Kind::bytes: append_escaped(out += 'b', value.as_text(), true); break;
    case Kind::timestamp: out += "timestamp(\"" + render_timestamp(value) + "\")"; break;
    case Kind::duration: out += "duration(\"" + render_duration(value.as_int()) + "\")"; break;
    case Kind::type: out += value.as_text(); break;
    case Kind::list:
    case Kind::map: append_parts(out, value); break;
    case Kind::object: append_object(out, value); break;
    case Kind::optional:
      out += value.held() == nullptr ? "optional.none()" : "optional.of(";
      if (value.held() == nullptr) break;
      append_literal(out, *value.held());
      out += ')';
      break;
    case Kind::opaque:
      append_escaped(out.append(value.as_opaque().type_name()).append("("), value.as_opaque().text(), false);
      out += ')';
      break;
    case Kind::error: out += "error(" + render(value.failure()) + ")"; break;
  }
}

void append_json(std::string& out, const Value& value);

void append_json_key(std::string& out, const Value& key) {
  if (key.is(Kind::text)) {
    out += json_quoted(key.as_text());
    return;
  }
  std::string text;
  append_json(text, key);
  out += json_quoted(text);
}

void append_json_parts(std::string& out, const Value& value) {
  const bool map = value.is(Kind::map);
  out += map ? '{' : '[';
  for (std::uint32_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ',';
    if (map) {
      append_json_key(out, value.key_at(i));
      out += ':';
    }
    append_json(out, value.at(i));
  }
  out += map ? '}' : ']';
}

void append_json_object(std::string& out, const Value& value) {
  const auto& record = value.as_object();
  out += '{';
  bool first = true;
  for (std::size_t i = 0; i < record.type->types.size(); ++i) {
    if (record.fields[i].is(Kind::absent)) continue;
    out.append(first ? "" : ",").append(json_quoted((*record.type->fields)[i].name)).append(":");
    append_json(out, record.fields[i]);
    first = false;
  }
  out += '}';
}

void append_json(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::null: out += "null"; break;
    case Kind::boolean: out += value.as_bool() ? "true" : "false"; break;
    case Kind::integer: out += std::to_string(value.as_int()); break;
    case Kind::natural: out += std::to_string(value.as_uint()); break;
    case Kind::real:
      out += std::isfinite(value.as_double()) ? real_literal(value.as_double())
                                              : json_quoted(render_plain(value.as_double()));
      break;
    case Kind::text:
    case Kind::type: out += json_quoted(value.as_text()); break;
    case Kind::bytes: out += json_quoted(encode_base64(value.as_text())); break;
    case Kind::timestamp: out += json_quoted(render_timestamp(value)); break;
    case Kind::duration: out += json_quoted(render_duration(value.as_int())); break;
    case Kind::list:
    case Kind::map: append_json_parts(out, value); break;
    case Kind::object:
      if (value.lazy())
        out += json_quoted(render_literal(value));
      else
        append_json_object(out, value);
      break;
    case Kind::optional:
      if (value.held() == nullptr)
        out += "null";
      else
        append_json(out, *value.held());
      break;
    case Kind::opaque: out += json_quoted(value.as_opaque().text()); break;
    case Kind::absent:
    case Kind::error: out += json_quoted(render_literal(value)); break;
  }
}

}  // namespace

std::string render_literal(const Value& value) {
  std::string out;
  append_literal(out, value);
  return out;
}

std::string render_json(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string render(const Failure& failure) {
  constexpr std::size_t most = 200;
  std::string out(failure.text);
  if (failure.about.is(Kind::absent)) return out;
  auto about = render_literal(failure.about);
  if (about.size() > most) about = about.substr(0, most) + "...";
  const bool words = failure.about.is(Kind::type);
  return out.append(words ? " " : ": ").append(about);
}

}  // namespace pratique::cel
