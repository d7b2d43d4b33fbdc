#include "textproto.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "engine/cel/utf8.h"

namespace pratique::cel::spec {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Message> read_message(char end) {
    Message message;
    for (;;) {
      skip();
      while (peek() == ',' || peek() == ';') next();
      if (at_ >= text_.size() || peek() == end) {
        if (end != '\0' && at_ >= text_.size()) return bad("a message does not end");
        next();
        return message;
      }
      PRATIQUE_DO(read_field(message));
    }
  }

 private:
  Error bad(const std::string& why) const {
    const auto line =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size())), '\n') + 1;
    return {Fault::malformed, why, {"line " + std::to_string(line)}, ""};
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void next() {
    ++at_;
    skip();
  }
  void skip() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      if (at_ >= text_.size() || std::string_view(" \t\r\n").find(text_[at_]) == std::string_view::npos) return;
    }
  }
  std::string word() {
    const auto start = at_;
    while (at_ < text_.size() &&
           (is_alpha(peek()) || is_digit(peek()) || std::string_view("_.+-").find(peek()) != std::string_view::npos))
      ++at_;
    auto found = std::string(text_.substr(start, at_ - start));
    skip();
    return found;
  }

  Result<void> read_field(Message& message) {
    std::string name;
    if (peek() == '[') {
      const auto close = text_.find(']', at_);
      if (close == std::string_view::npos) return bad("']' is expected");
      name = text_.substr(at_, close + 1 - at_);
      at_ = close;
      next();
    } else {
      name = word();
    }
    if (name.empty()) return bad("a field's name is expected");
    if (peek() == ':') next();
    if (peek() != '[') return read_value(name, message);
    for (next(); peek() != ']';) {
      PRATIQUE_DO(read_value(name, message));
      if (peek() == ',') next();
    }
    next();
    return {};
  }

  Result<void> read_value(const std::string& name, Message& message) {
    Field field;
    field.name = name;
    if (peek() == '{' || peek() == '<') {
      const char end = peek() == '{' ? '}' : '>';
      next();
      PRATIQUE_TRY(auto child, read_message(end));
      field.message = std::make_unique<Message>(std::move(child));
    } else if (peek() == '"' || peek() == '\'') {
      field.quoted = true;
      while (peek() == '"' || peek() == '\'') PRATIQUE_DO(read_string(field.text));
    } else {
      field.text = word();
      if (field.text.empty()) return bad("a value is expected");
    }
    message.fields.push_back(std::move(field));
    return {};
  }

  Result<void> read_string(std::string& out) {
    const char quote = peek();
    for (++at_; at_ < text_.size() && text_[at_] != quote;) {
      if (text_[at_] != '\\') {
        out += text_[at_++];
        continue;
      }
      PRATIQUE_DO(read_escape(out));
    }
    if (at_ >= text_.size()) return bad("a string does not end");
    next();
    return {};
  }

  Result<void> read_escape(std::string& out) {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    constexpr std::string_view letters = "abfnrtv\\?\"'`", meanings = "\a\b\f\n\r\t\v\\?\"'`";
    if (const auto place = letters.find(c); place != std::string_view::npos && c != '\0') {
      out += meanings[place];
      at_ += 2;
      return {};
    }
    const bool octal = c >= '0' && c <= '7';
    const std::size_t most = octal ? 3 : c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (most == 0) return bad("an unknown escape");
    const char* first = text_.data() + at_ + (octal ? 1 : 2);
    std::uint32_t value = 0;
    const auto read = std::from_chars(first, first + most, value, octal ? 8 : 16);
    at_ = static_cast<std::size_t>(read.ptr - text_.data());
    char bytes[4];
    if (octal || c == 'x')
      out += static_cast<char>(value);
    else
      out.append(bytes, encode_utf8(value, bytes));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string quoted(const std::string& text, bool bytes) {
  return render_literal(bytes ? Value::bytes(text) : Value::text(text));
}

std::string real_as_cel(const std::string& written) {
  const auto text = lower(std::string_view(written));
  if (text == "inf" || text == "infinity") return "double('Infinity')";
  if (text == "-inf" || text == "-infinity") return "double('-Infinity')";
  if (text == "nan") return "double('NaN')";
  std::string digits = text;
  if (digits.ends_with('f')) digits.pop_back();
  return digits.find_first_of(".eE") == std::string::npos ? digits + ".0" : digits;
}

std::string scalar_as_cel(const Type& type, const spec::Field& field, const Protos& protos,
                          const std::string& enum_scope) {
  switch (type.kind) {
    case TypeKind::natural: return field.text + "u";
    case TypeKind::real: return real_as_cel(field.text);
    case TypeKind::text: return quoted(field.text, false);
    case TypeKind::bytes: return quoted(field.text, true);
    case TypeKind::integer: {
      if (field.text.find_first_not_of("0123456789-") == std::string::npos) return field.text;
      for (const auto& constant : protos.constants)
        if (constant.name.ends_with("." + field.text) && constant.name.starts_with(enum_scope))
          return std::to_string(constant.value.as_int());
      return field.text;
    }
    default: return field.text;
  }
}

std::string type_in_brackets(const std::string& name) {
  const auto slash = name.rfind('/');
  return name.substr(slash + 1, name.size() - slash - 2);
}

std::string any_as_cel(const Message& any, const Protos& protos) {
  if (any.fields.empty() || any.fields[0].message == nullptr) return "null";
  return message_as_cel(type_in_brackets(any.fields[0].name), *any.fields[0].message, protos);
}

// A field's value where its type says which message it is.
std::string typed_as_cel(const Type& type, Width width, const spec::Field& field, const Protos& protos,
                         const std::string& scope) {
  if (field.message == nullptr) return scalar_as_cel(type, field, protos, scope);
  if (width == Width::any) return any_as_cel(*field.message, protos);
  switch (type.kind) {
    case TypeKind::wrapper: {
      const auto* value = field.message->find("value");
      const spec::Field zero{"value", type.parameters[0].kind == TypeKind::boolean ? "false" : "0", false, nullptr};
      const spec::Field empty;
      const bool text = type.parameters[0].kind == TypeKind::text || type.parameters[0].kind == TypeKind::bytes;
      return scalar_as_cel(type.parameters[0], value != nullptr ? *value : text ? empty : zero, protos, scope);
    }
    case TypeKind::timestamp: return message_as_cel("google.protobuf.Timestamp", *field.message, protos);
    case TypeKind::duration: return message_as_cel("google.protobuf.Duration", *field.message, protos);
    case TypeKind::dyn: return message_as_cel("google.protobuf.Value", *field.message, protos);
    case TypeKind::list: return message_as_cel("google.protobuf.ListValue", *field.message, protos);
    case TypeKind::map: return message_as_cel("google.protobuf.Struct", *field.message, protos);
    default: return message_as_cel(type.name, *field.message, protos);
  }
}

std::string well_known_as_cel(const std::string& type, const Message& message, const Protos& protos) {
  const auto integer = [&](std::string_view name) { return message.has(name) ? message.text(name) : "0"; };
  if (type == "google.protobuf.Timestamp" || type == "google.protobuf.Duration")
    return type + "{seconds: " + integer("seconds") + ", nanos: " + integer("nanos") + "}";
  if (type == "google.protobuf.Any") return any_as_cel(message, protos);
  std::string parts;
  if (type == "google.protobuf.ListValue") {
    for (const auto& value : message.fields)
      parts.append(parts.empty() ? "" : ", ").append(message_as_cel("google.protobuf.Value", *value.message, protos));
    return "[" + parts + "]";
  }
  if (type == "google.protobuf.Struct") {
    for (const auto& entry : message.fields)
      parts.append(parts.empty() ? "" : ", ")
          .append(quoted(entry.message->text("key"), false))
          .append(": ")
          .append(message_as_cel("google.protobuf.Value", entry.message->child("value"), protos));
    return "{" + parts + "}";
  }
  if (message.fields.empty() || message.fields[0].name == "null_value") return "null";
  const auto& value = message.fields[0];
  if (value.name == "number_value") return real_as_cel(value.text);
  if (value.name == "string_value") return quoted(value.text, false);
  if (value.name == "bool_value") return value.text;
  return message_as_cel(value.name == "list_value" ? "google.protobuf.ListValue" : "google.protobuf.Struct",
                        *value.message, protos);
}

}  // namespace

const Field* Message::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

const Message& Message::child(std::string_view name) const {
  static const Message none;
  const auto* field = find(name);
  return field == nullptr || field->message == nullptr ? none : *field->message;
}

std::string Message::text(std::string_view name) const {
  const auto* field = find(name);
  return field == nullptr ? "" : field->text;
}

Result<Message> parse_textproto(std::string_view text) { return Reader(text).read_message('\0'); }

namespace {

std::string map_as_cel(const cel::Field& declared, const std::string& name, const Message& message,
                       const Protos& protos, const std::string& scope) {
  static const spec::Field zero{"", "0", false, nullptr};
  const auto &key_type = declared.type.parameters[0], &value_type = declared.type.parameters[1];
  std::string out;
  for (const auto& entry : message.fields) {
    if (entry.name != name) continue;
    const auto *key = entry.message->find("key"), *value = entry.message->find("value");
    out.append(out.empty() ? "{" : ", ")
        .append(key == nullptr ? "''" : typed_as_cel(key_type, Width::whole, *key, protos, scope))
        .append(": ")
        .append(typed_as_cel(value_type, declared.width, value == nullptr ? zero : *value, protos, scope));
  }
  return out + "}";
}

std::string list_as_cel(const cel::Field& declared, const std::string& name, const Message& message,
                        const Protos& protos, const std::string& scope) {
  std::string out;
  for (const auto& item : message.fields)
    if (item.name == name)
      out.append(out.empty() ? "[" : ", ")
          .append(typed_as_cel(declared.type.parameters[0], declared.width, item, protos, scope));
  return out + "]";
}

// What is declared of a field; for a wrapper's `value` what its name says.
cel::Field declaration_of(const std::string& type, const std::string& name, const spec::Field& field,
                          const Protos& protos) {
  if (const auto* object = protos.find(type))
    for (const auto& declared : object->fields)
      if (declared.name == name) return declared;
  cel::Field guessed{name, field.quoted ? Type{TypeKind::text, {}, {}} : Type{}, Width::whole, false, {}};
  if (type == "google.protobuf.BytesValue") guessed.type.kind = TypeKind::bytes;
  if (type == "google.protobuf.DoubleValue" || type == "google.protobuf.FloatValue") guessed.type.kind = TypeKind::real;
  if (type.starts_with("google.protobuf.UInt")) guessed.type.kind = TypeKind::natural;
  return guessed;
}

}  // namespace

std::string message_as_cel(const std::string& type, const Message& message, const Protos& protos) {
  constexpr std::string_view known[] = {"google.protobuf.Timestamp", "google.protobuf.Duration",
                                        "google.protobuf.Any",       "google.protobuf.ListValue",
                                        "google.protobuf.Struct",    "google.protobuf.Value"};
  if (std::find(std::begin(known), std::end(known), type) != std::end(known))
    return well_known_as_cel(type, message, protos);
  std::string parts;
  std::vector<std::string> done;
  for (const auto& field : message.fields) {
    if (std::find(done.begin(), done.end(), field.name) != done.end()) continue;
    done.push_back(field.name);
    const auto name = field.name.starts_with('[') ? field.name.substr(1, field.name.size() - 2) : field.name;
    const auto declared = declaration_of(type, name, field, protos);
    const auto scope = type.substr(0, type.rfind('.'));
    const bool own_form = declared.width == Width::json;
    const auto value = declared.type.kind == TypeKind::map && !own_form
                           ? map_as_cel(declared, field.name, message, protos, scope)
                       : declared.type.kind == TypeKind::list && !own_form
                           ? list_as_cel(declared, field.name, message, protos, scope)
                           : typed_as_cel(declared.type, declared.width, field, protos, scope);
    parts.append(parts.empty() ? "`" : ", `").append(name).append("`: ").append(value);
  }
  return type + "{" + parts + "}";
}

std::string value_as_cel(const Message& value, const Protos& protos) {
  if (value.fields.empty()) return "null";
  const auto& field = value.fields[0];
  if (field.name == "null_value") return "null";
  if (field.name == "bool_value" || field.name == "int64_value") return field.text;
  if (field.name == "uint64_value") return field.text + "u";
  if (field.name == "double_value") return real_as_cel(field.text);
  if (field.name == "string_value") return quoted(field.text, false);
  if (field.name == "bytes_value") return quoted(field.text, true);
  if (field.name == "type_value") return field.text;
  if (field.name == "enum_value") return field.message->text("value");
  if (field.name == "object_value") return any_as_cel(*field.message, protos);
  std::string parts;
  for (const auto& part : field.message->fields) {
    parts.append(parts.empty() ? "" : ", ");
    if (field.name == "map_value")
      parts.append(value_as_cel(part.message->child("key"), protos))
          .append(": ")
          .append(value_as_cel(part.message->child("value"), protos));
    else
      parts.append(value_as_cel(*part.message, protos));
  }
  return field.name == "map_value" ? "{" + parts + "}" : "[" + parts + "]";
}

}  // namespace pratique::cel::spec
