// What names mean: functions with their overloads, variables, constants, object types. Private.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/cel/cel.h"
#include "engine/cel/object.h"
#include "engine/cel/types.h"

namespace pratique::cel {

// A function of the library. An absent Value says that no overload takes these arguments.
using Implementation = Value (*)(Run& run, std::span<const Value> arguments);

// One line of a library's table.
struct Definition {
  std::string_view signature;
  Implementation implementation;
  std::uint8_t cost = 1;  // 0: the implementation charges by size
  bool literal = false;   // constant arguments that it refuses are refused when the expression is compiled
  bool pattern = false;   // the second argument is a pattern: a constant one is compiled with the expression
};

struct Overload {
  bool receiver = false;
  bool literal = false;
  bool pattern = false;
  std::uint32_t cost = 1;
  std::uint32_t variables = 0;          // type parameters, numbered from 1
  std::span<const TypeRef> parameters;  // the receiver first
  TypeRef result = &types::dyn;
  Implementation implementation = nullptr;
  const HostFunction* host = nullptr;
  std::string_view signature;
};

struct FunctionEntry {
  std::string_view name;
  std::vector<Overload> overloads;
};

// Names with a dot begin with one of `roots`, so that most names need no search for dotted ones.
struct Library {
  Arena arena;
  std::unordered_map<std::string_view, FunctionEntry> functions;
  std::unordered_set<std::string_view> roots;

  // The texts of the definition must outlive the library.
  Result<void> add(const Definition& definition, const HostFunction* host);
};

const Library& standard_library();

struct EnvironmentData {
  Declarations declarations;
  Library own;  // functions of the host, with the standard overloads of the same name
  std::vector<TypeRef> variable_types;
  std::unordered_map<std::string_view, std::uint32_t> variables;
  std::unordered_map<std::string_view, Value> constants;     // the host's
  std::unordered_map<std::string_view, ObjectType> objects;  // the host's
  std::unordered_set<std::string_view> roots;                // of dotted variables, constants and object types
  std::vector<std::string> scopes;                           // "a.b.", "a.", ""

  const FunctionEntry* find_function(std::string_view name) const;
  const ObjectType* find_object(std::string_view name) const;  // no scopes
  Value find_constant(std::string_view name) const;            // absent where there is none
};

// The tables of the library's files.
std::span<const Definition> operator_definitions();
std::span<const Definition> conversion_definitions();
std::span<const Definition> string_definitions();
std::span<const Definition> time_definitions();
std::span<const Definition> regex_definitions();
std::span<const Definition> list_definitions();
std::span<const Definition> math_definitions();
std::span<const Definition> optional_definitions();
std::span<const Definition> network_definitions();
std::span<const Definition> quantity_definitions();
std::span<const Definition> semver_definitions();
std::span<const Definition> name_format_definitions();

}  // namespace pratique::cel
