#include "engine/cel/type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "engine/cel/types.h"

namespace pratique::cel {
namespace {

struct Name {
  std::string_view name;
  TypeKind kind;
  TypeRef wrapped = nullptr;  // of a wrapper
};

// Every name that is not "named", the preferred spelling of a kind first.
constexpr std::array<Name, 34> names = {{
    {"dyn", TypeKind::dyn},
    {"null_type", TypeKind::null},
    {"bool", TypeKind::boolean},
    {"int", TypeKind::integer},
    {"uint", TypeKind::natural},
    {"double", TypeKind::real},
    {"string", TypeKind::text},
    {"bytes", TypeKind::bytes},
    {"google.protobuf.Timestamp", TypeKind::timestamp},
    {"google.protobuf.Duration", TypeKind::duration},
    {"type", TypeKind::type},
    {"list", TypeKind::list},
    {"map", TypeKind::map},
    {"wrapper", TypeKind::wrapper},
    {"timestamp", TypeKind::timestamp},
    {"duration", TypeKind::duration},
    {"null", TypeKind::null},
    {"any", TypeKind::dyn},
    {"google.protobuf.Any", TypeKind::dyn},
    {"google.protobuf.Value", TypeKind::dyn},
    {"google.protobuf.NullValue", TypeKind::null},
    {"google.protobuf.ListValue", TypeKind::list},
    {"google.protobuf.Struct", TypeKind::map},
    {"google.protobuf.BoolValue", TypeKind::wrapper, &types::boolean},
    {"google.protobuf.BytesValue", TypeKind::wrapper, &types::bytes},
    {"google.protobuf.DoubleValue", TypeKind::wrapper, &types::real},
    {"google.protobuf.FloatValue", TypeKind::wrapper, &types::real},
    {"google.protobuf.Int32Value", TypeKind::wrapper, &types::integer},
    {"google.protobuf.Int64Value", TypeKind::wrapper, &types::integer},
    {"google.protobuf.StringValue", TypeKind::wrapper, &types::text},
    {"google.protobuf.UInt32Value", TypeKind::wrapper, &types::natural},
    {"google.protobuf.UInt64Value", TypeKind::wrapper, &types::natural},
    {"google.protobuf.Uint32Value", TypeKind::wrapper, &types::natural},
    {"google.protobuf.Uint64Value", TypeKind::wrapper, &types::natural},
}};

std::string_view name_of(TypeKind kind) {
  const auto* found = std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.kind == kind; });
  return found == names.end() ? "dyn" : found->name;
}

class TypeReader {
 public:
  TypeReader(std::string_view text, Arena& arena) : text_(text), arena_(arena) {}

  Result<TypeRef> read_all() {
    PRATIQUE_TRY(const auto* type, read(0));
    skip_blanks();
    if (at_ != text_.size()) return bad("something follows it");
    return type;
  }

 private:
  static constexpr std::size_t deepest = 32;
  using Parameters = std::array<TypeRef, 8>;

  Error bad(const std::string& why) const {
    return {Fault::malformed, "'" + std::string(text_.substr(0, 100)) + "' is not a type: " + why, {}, ""};
  }
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<TypeRef> read(std::size_t depth) {
    if (depth > deepest) return Error{Fault::limit, "a type is nested deeper than 32", {}, ""};
    skip_blanks();
    const auto start = at_;
    while (at_ < text_.size() &&
           (is_alpha(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '_' || text_[at_] == '.'))
      ++at_;
    const auto name = text_.substr(start, at_ - start);
    if (name.empty()) return bad("a name is expected");
    Parameters parameters{};
    std::size_t count = 0;
    if (take('(')) {
      do {
        if (count == parameters.size()) return bad("too many parameters");
        PRATIQUE_TRY(parameters[count++], read(depth + 1));
      } while (take(','));
      if (!take(')')) return bad("')' is expected");
    }
    return named(name, {parameters.data(), count});
  }

  Result<TypeRef> named(std::string_view name, std::span<const TypeRef> parameters) {
    const auto* known = std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.name == name; });
    if (known == names.end()) {
      const bool parameter = name.front() >= 'A' && name.front() <= 'Z' &&
                             std::all_of(name.begin() + 1, name.end(), is_digit) && parameters.empty();
      return make_type(arena_, parameter ? TypeKind::parameter : TypeKind::named, parameters,
                       arena_.text(name).as_text());
    }
    const std::array<TypeRef, 2> dyns = {&types::dyn, &types::dyn};
    const std::size_t most =
        known->kind == TypeKind::map                                                                         ? 2
        : known->kind == TypeKind::list || known->kind == TypeKind::type || known->kind == TypeKind::wrapper ? 1
                                                                                                             : 0;
    if (parameters.size() > most || (!parameters.empty() && parameters.size() != most))
      return bad("'" + std::string(name) + "' takes " + std::to_string(most) + " parameters");
    if (name == "google.protobuf.Struct")
      return make_type(arena_, TypeKind::map, std::array<TypeRef, 2>{&types::text, &types::dyn});
    if (known->wrapped != nullptr) return make_type(arena_, TypeKind::wrapper, std::array{known->wrapped});
    if (known->kind == TypeKind::wrapper && parameters.empty()) return bad("'wrapper' takes 1 parameter");
    if (parameters.empty() && (known->kind == TypeKind::list || known->kind == TypeKind::map))
      return make_type(arena_, known->kind, std::span(dyns).first(most));
    return make_type(arena_, known->kind, parameters);
  }

  std::string_view text_;
  Arena& arena_;
  std::size_t at_ = 0;
};

}  // namespace

Result<TypeRef> read_type(std::string_view text, Arena& arena) { return TypeReader(text, arena).read_all(); }

Result<Type> parse_type(std::string_view text) {
  Arena arena;
  PRATIQUE_TRY(const auto* type, read_type(text, arena));
  return extern_type(type);
}

std::string render(const Type& type) {
  std::string out =
      type.kind == TypeKind::named || type.kind == TypeKind::parameter ? type.name : std::string(name_of(type.kind));
  for (std::size_t i = 0; i < type.parameters.size(); ++i)
    out.append(i == 0 ? "(" : ", ").append(render(type.parameters[i]));
  if (!type.parameters.empty()) out += ')';
  return out;
}

TypeRef make_type(Arena& arena, TypeKind kind, std::span<const TypeRef> parameters, std::string_view name) {
  constexpr std::uint32_t largest = 1000;
  std::uint32_t size = 1;
  for (const auto* parameter : parameters) size += parameter->size;
  if (size > largest) return &types::dyn;
  auto* copies = static_cast<TypeRef*>(arena.allocate(parameters.size_bytes(), alignof(TypeRef)));
  std::copy(parameters.begin(), parameters.end(), copies);
  return arena.make<TypeNode>(kind, 0U, size, name, std::span<const TypeRef>{copies, parameters.size()});
}

TypeRef intern_type(Arena& arena, const Type& type) {
  std::vector<TypeRef> parameters;
  parameters.reserve(type.parameters.size());
  for (const auto& parameter : type.parameters) parameters.push_back(intern_type(arena, parameter));
  return make_type(arena, type.kind, parameters, arena.text(type.name).as_text());
}

Type extern_type(TypeRef type) {
  Type out{type->kind, std::string(type->name), {}};
  if (!type->parameters.empty()) out.parameters.reserve(type->parameters.size());
  for (const auto* parameter : type->parameters) out.parameters.push_back(extern_type(parameter));
  return out;
}

Kind kind_of(TypeRef type) {
  switch (type->kind) {
    case TypeKind::null: return Kind::null;
    case TypeKind::boolean: return Kind::boolean;
    case TypeKind::integer: return Kind::integer;
    case TypeKind::natural: return Kind::natural;
    case TypeKind::real: return Kind::real;
    case TypeKind::text: return Kind::text;
    case TypeKind::bytes: return Kind::bytes;
    case TypeKind::timestamp: return Kind::timestamp;
    case TypeKind::duration: return Kind::duration;
    case TypeKind::type: return Kind::type;
    case TypeKind::list: return Kind::list;
    case TypeKind::map: return Kind::map;
    case TypeKind::named: return is_optional(type) ? Kind::optional : Kind::absent;
    case TypeKind::dyn:
    case TypeKind::wrapper:
    case TypeKind::parameter: return Kind::absent;
  }
  return Kind::absent;
}

}  // namespace pratique::cel
