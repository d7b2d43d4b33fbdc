// .proto files to declarations: messages, enums, maps, oneofs, groups, defaults, extensions.
#include <algorithm>

#include "base/text.h"
#include "textproto.h"

namespace pratique::cel::spec {
namespace {

class ProtoReader {
 public:
  ProtoReader(std::string_view text, Arena& arena, Protos& protos) : text_(text), arena_(arena), protos_(protos) {
    for (advance(); !token_.empty(); advance()) tokens_.emplace_back(token_);
  }

  Result<void> read() {
    for (const auto& enumeration : protos_.enums) known_.push_back(enumeration);
    collect();
    at_ = 0;
    while (at_ < tokens_.size()) PRATIQUE_DO(read_statement(package_, nullptr));
    return {};
  }

 private:
  void advance() {
    for (;;) {
      while (at_text_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_text_]) != std::string_view::npos)
        ++at_text_;
      if (!text_.substr(at_text_).starts_with("//")) break;
      at_text_ = std::min(text_.find('\n', at_text_), text_.size());
    }
    const auto start = at_text_;
    const auto in_word = [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '-'; };
    if (start >= text_.size()) {
      token_ = {};
      return;
    }
    if (text_[start] == '"') {
      at_text_ = text_.find('"', start + 1) + 1;
    } else {
      while (at_text_ < text_.size() && in_word(text_[at_text_])) ++at_text_;
      if (at_text_ == start) ++at_text_;
    }
    token_ = text_.substr(start, at_text_ - start);
  }

  const std::string& peek() const {
    static const std::string none;
    return at_ < tokens_.size() ? tokens_[at_] : none;
  }
  std::string take() { return at_ < tokens_.size() ? tokens_[at_++] : std::string(); }
  void skip_statement() {
    std::size_t depth = 0;
    while (at_ < tokens_.size()) {
      const auto token = take();
      depth += token == "{" ? 1 : 0;
      if (token == "}" && --depth == 0) return;
      if (token == ";" && depth == 0) return;
    }
  }

  // The names of messages and enums, so that a field may name one that comes later.
  void collect() {
    std::vector<std::string> scopes;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i] == "package" && scopes.empty()) package_ = tokens_[i + 1];

      const bool message = tokens_[i] == "message" || tokens_[i] == "group";
      if ((message || tokens_[i] == "enum") && i + 1 < tokens_.size() && i > 0 && tokens_[i - 1] != "=") {
        const auto parent = scopes.empty() ? package_ : scopes.back();
        pending_ = parent + "." + tokens_[i + 1];
        (message ? messages_ : known_).push_back(pending_);
        if (!message) protos_.enums.push_back(pending_);
      }
      if (tokens_[i] == "{") {
        scopes.push_back(pending_.empty() ? (scopes.empty() ? package_ : scopes.back()) : pending_);
        pending_.clear();
      }
      if (tokens_[i] == "}") scopes.pop_back();
    }
  }

  Result<void> read_statement(const std::string& scope, ObjectDeclaration* object) {
    const auto token = peek();
    if (token == "message") return read_message(scope);
    if (token == "enum") return read_enum(scope);
    if (token == "extend") return read_extend(scope);
    if (token == "oneof") {
      at_ += 3;
      while (peek() != "}") PRATIQUE_DO(read_field(scope, scope, *object, true));
      take();
      return {};
    }
    constexpr std::string_view skipped[] = {"syntax", "package", "import", "option", "reserved", "extensions", ";"};
    if (object == nullptr || std::find(std::begin(skipped), std::end(skipped), token) != std::end(skipped)) {
      skip_statement();
      return {};
    }
    return read_field(scope, scope, *object, false);
  }

  Result<void> read_message(const std::string& scope) {
    take();
    const auto name = scope + "." + take();
    take();
    ObjectDeclaration object{name, {}};
    while (at_ < tokens_.size() && peek() != "}") PRATIQUE_DO(read_statement(name, &object));
    take();
    protos_.objects.push_back(std::move(object));
    return {};
  }

  Result<void> read_enum(const std::string& scope) {
    take();
    const auto name = scope + "." + take();
    take();
    while (at_ < tokens_.size() && peek() != "}") {
      const auto value = take();
      take();
      protos_.constants.push_back({name + "." + value, Value::from_int(std::stoll(take()))});
      while (take() != ";") {
      }
    }
    take();
    return {};
  }

  Result<void> read_extend(const std::string& scope) {
    take();
    const auto target = package_ + "." + take();
    take();
    auto found =
        std::find_if(protos_.objects.begin(), protos_.objects.end(), [&](const auto& o) { return o.name == target; });
    if (found == protos_.objects.end())
      return Error{Fault::malformed, "an extension of an unknown message " + target, {}, ""};
    const auto place = static_cast<std::size_t>(found - protos_.objects.begin());
    while (at_ < tokens_.size() && peek() != "}") {
      ObjectDeclaration extension;
      PRATIQUE_DO(read_field(scope, scope, extension, false));
      for (auto& field : extension.fields) {
        field.name = scope + "." + field.name;
        protos_.objects[place].fields.push_back(field);
      }
    }
    take();
    return {};
  }

  bool knows(const std::vector<std::string>& names, const std::string& name) const {
    return std::find(names.begin(), names.end(), name) != names.end() ||
           std::any_of(protos_.objects.begin(), protos_.objects.end(),
                       [&](const auto& o) { return &names == &messages_ && o.name == name; });
  }

  Result<cel::Field> field_of_type(const std::string& scope, const std::string& type) {
    cel::Field field;
    struct Scalar {
      std::string_view name, type;
      Width width;
    };
    constexpr Scalar scalars[] = {
        {"int32", "int", Width::int32},    {"sint32", "int", Width::int32},     {"sfixed32", "int", Width::int32},
        {"int64", "int", Width::whole},    {"sint64", "int", Width::whole},     {"sfixed64", "int", Width::whole},
        {"uint32", "uint", Width::uint32}, {"fixed32", "uint", Width::uint32},  {"uint64", "uint", Width::whole},
        {"fixed64", "uint", Width::whole}, {"float", "double", Width::float32}, {"double", "double", Width::whole},
        {"bool", "bool", Width::whole},    {"string", "string", Width::whole},  {"bytes", "bytes", Width::whole}};
    for (const auto& scalar : scalars)
      if (scalar.name == type) {
        PRATIQUE_TRY(field.type, parse_type(scalar.type));
        field.width = scalar.width;
        return field;
      }
    if (type.starts_with("google.protobuf.")) {
      const auto name = type.substr(16);
      PRATIQUE_TRY(field.type, parse_type(type));
      if (name == "Any") field.width = Width::any;
      if (name == "Value" || name == "Struct" || name == "ListValue") field.width = Width::json;
      if (name == "Int32Value") field.width = Width::int32;
      if (name == "UInt32Value") field.width = Width::uint32;
      if (name == "FloatValue") field.width = Width::float32;
      return field;
    }
    for (auto at = scope;;) {
      const auto full = at.empty() ? type : at + "." + type;
      if (knows(known_, full)) {
        field.type.kind = TypeKind::integer;
        field.width = Width::enumeration;
        return field;
      }
      if (knows(messages_, full)) {
        field.type = Type{TypeKind::named, full, {}};
        return field;
      }
      if (at.empty()) return Error{Fault::malformed, "an unknown type " + type, {}, ""};
      const auto dot = at.rfind('.');
      at = dot == std::string::npos ? "" : at.substr(0, dot);
    }
  }

  Value default_of(const cel::Field& field, const std::string& text, const std::string& scope) {
    switch (field.type.kind) {
      case TypeKind::boolean: return Value::from_bool(text == "true");
      case TypeKind::natural: return Value::from_uint(std::stoull(text));
      case TypeKind::real: return Value::from_double(std::stod(text));
      case TypeKind::text: return arena_.text(text.substr(1, text.size() - 2));
      case TypeKind::bytes: return arena_.bytes(text.substr(1, text.size() - 2));
      default: break;
    }
    if (text.find_first_not_of("-0123456789") == std::string::npos) return Value::from_int(std::stoll(text));
    for (const auto& constant : protos_.constants)
      if (constant.name.ends_with("." + text) && constant.name.starts_with(scope)) return constant.value;
    return {};
  }

  Result<void> read_field(const std::string& scope, const std::string& owner, ObjectDeclaration& object, bool oneof) {
    bool repeated = false, optional = false;
    if (peek() == "repeated" || peek() == "optional" || peek() == "required") {
      repeated = peek() == "repeated";
      optional = !repeated;
      take();
    }
    if (peek() == "group") return read_group(owner, object);
    cel::Field field;
    if (peek() == "map") {
      at_ += 2;
      PRATIQUE_TRY(const auto key, field_of_type(scope, take()));
      take();
      PRATIQUE_TRY(field, field_of_type(scope, take()));
      take();
      field.type = Type{TypeKind::map, {}, {key.type, field.type}};
    } else {
      PRATIQUE_TRY(field, field_of_type(scope, take()));
      field.tracked = oneof || optional;
      if (repeated) field.type = Type{TypeKind::list, {}, {field.type}};
    }
    field.name = take();
    while (peek() != ";") {
      if (take() == "default" && peek() == "=") {
        take();
        field.initial = default_of(field, take(), scope);
      }
    }
    take();
    object.fields.push_back(std::move(field));
    return {};
  }

  Result<void> read_group(const std::string& owner, ObjectDeclaration& object) {
    take();
    const auto name = take();
    at_ += 3;
    ObjectDeclaration group{owner + "." + name, {}};
    while (peek() != "}") PRATIQUE_DO(read_statement(group.name, &group));
    take();
    object.fields.push_back(
        {lower(std::string_view(name)), Type{TypeKind::named, group.name, {}}, Width::whole, true, {}});
    protos_.objects.push_back(std::move(group));
    return {};
  }

  std::string_view text_, token_;
  std::size_t at_text_ = 0;
  Arena& arena_;
  Protos& protos_;
  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
  std::string package_, pending_;
  std::vector<std::string> messages_, known_;  // of this file; enums of all
};

}  // namespace

const ObjectDeclaration* Protos::find(std::string_view name) const {
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const auto& o) { return o.name == name; });
  return found == objects.end() ? nullptr : &*found;
}

Result<void> add_proto(std::string_view text, Arena& arena, Protos& protos) {
  return ProtoReader(text, arena, protos).read();
}

}  // namespace pratique::cel::spec
