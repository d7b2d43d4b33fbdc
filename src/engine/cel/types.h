// The checker's own form of a type: immutable nodes, so that comparing and passing one costs a pointer. Private.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace pratique::cel {

struct TypeNode {
  TypeKind kind = TypeKind::dyn;
  std::uint32_t variable = 0;  // of a parameter: its number; 0 in a declaration that was not instantiated
  std::uint32_t size = 1;      // how many nodes it has, each as often as it comes up
  std::string_view name;
  std::span<const TypeNode* const> parameters;
};
using TypeRef = const TypeNode*;

namespace types {
inline constexpr TypeNode dyn{TypeKind::dyn, 0, 1, {}, {}};
inline constexpr TypeNode null{TypeKind::null, 0, 1, {}, {}};
inline constexpr TypeNode boolean{TypeKind::boolean, 0, 1, {}, {}};
inline constexpr TypeNode integer{TypeKind::integer, 0, 1, {}, {}};
inline constexpr TypeNode natural{TypeKind::natural, 0, 1, {}, {}};
inline constexpr TypeNode real{TypeKind::real, 0, 1, {}, {}};
inline constexpr TypeNode text{TypeKind::text, 0, 1, {}, {}};
inline constexpr TypeNode bytes{TypeKind::bytes, 0, 1, {}, {}};
inline constexpr TypeNode timestamp{TypeKind::timestamp, 0, 1, {}, {}};
inline constexpr TypeNode duration{TypeKind::duration, 0, 1, {}, {}};
inline constexpr TypeNode type{TypeKind::type, 0, 1, {}, {}};
}  // namespace types

// Nodes made in `arena`, which must outlive them; the name is borrowed. A type of more than 1,000 nodes is dyn: sharing
// makes it small in memory, but not for who walks it.
TypeRef make_type(Arena& arena, TypeKind kind, std::span<const TypeRef> parameters, std::string_view name = {});
inline TypeRef make_list(Arena& arena, TypeRef element) { return make_type(arena, TypeKind::list, {&element, 1}); }
inline TypeRef make_map(Arena& arena, TypeRef key, TypeRef value) {
  const TypeRef parameters[] = {key, value};
  return make_type(arena, TypeKind::map, parameters);
}
// parse_type without the copy; names are copied into the arena.
Result<TypeRef> read_type(std::string_view text, Arena& arena);
TypeRef intern_type(Arena& arena, const Type& type);  // names are copied into the arena
Type extern_type(TypeRef type);

inline constexpr std::string_view optional_name = "optional_type";
inline TypeRef make_optional(Arena& arena, TypeRef held) {
  return make_type(arena, TypeKind::named, {&held, 1}, optional_name);
}
inline bool is_optional(TypeRef type) { return type->kind == TypeKind::named && type->name == optional_name; }

// The kind that a value of this type has where the expression runs; absent where any may come.
Kind kind_of(TypeRef type);

}  // namespace pratique::cel
