// What a host adds to the language: variables, functions, objects. Part of cel.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace pratique::cel {

class Call;

// A function of the host. The arguments fit one of its signatures. An absent Value says "no such overload".
using HostFunction = std::function<Value(Call&, std::span<const Value> arguments)>;
// How far local time in the zone ("Europe/Paris") is ahead of UTC at that time, in seconds; empty for an unknown zone.
using ZoneOffset = std::function<std::optional<std::int32_t>(std::string_view zone, std::int64_t unix_seconds)>;

struct Variable {
  std::string name;  // may have dots: "a.b"
  Type type;
};

// Signature: "sbom.has(string, string) -> bool" for a function, "string.shout(int) -> string" for a receiver's. What
// stands in front of the last dot is the receiver's type if it is a type known by name, ends with ')' or its last part
// begins with a capital ("net.IP.family() -> int"), else it belongs to the name.
struct Function {
  std::string signature;
  HostFunction call;
  std::uint64_t cost = 1;  // Call::charge() adds what depends on the arguments
};

// How protobuf would keep a field, where that is narrower than its type.
enum class Width : std::uint8_t { whole, int32, uint32, float32, enumeration, any, json };

struct Field {
  std::string name;
  Type type;
  Width width = Width::whole;
  bool tracked = false;  // has() asks whether it was set; otherwise whether it differs from zero
  Value initial;         // when unset; absent: the zero of the type
};

// An object with declared fields: the checker knows them, `Name{field: value}` makes one.
struct ObjectDeclaration {
  std::string name;
  std::vector<Field> fields;
};

struct Constant {
  std::string name;
  Value value;  // borrowed
};

struct Declarations {
  std::string container;  // "a.b": names are looked up as a.b.x, a.x, x
  std::vector<Variable> variables;
  std::vector<Function> functions;
  std::vector<ObjectDeclaration> objects;
  std::vector<Constant> constants;
  ZoneOffset zones;  // none: only UTC and fixed offsets
};

}  // namespace pratique::cel
