// Objects with declared fields: making, reading and comparing them as protobuf would, and the messages of
// google.protobuf that CEL turns into its own values. Private.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/cel/cel.h"
#include "engine/cel/data.h"
#include "engine/cel/types.h"

namespace pratique::cel {

// What an object literal of this type becomes when it is complete.
enum class WellKnown : std::uint8_t {
  none,
  wrapper,
  list_value,
  structure,
  value,
  any,
  duration,
  timestamp,
  field_mask,
  empty
};

struct ObjectType {
  std::string_view name;
  const std::vector<Field>* fields = nullptr;
  std::vector<TypeRef> types;  // of the fields
  std::unordered_map<std::string_view, std::uint32_t> places;
  WellKnown well_known = WellKnown::none;
  TypeRef type = nullptr;  // of the finished literal

  std::int64_t find(std::string_view field) const {
    const auto found = places.find(field);
    return found == places.end() ? -1 : static_cast<std::int64_t>(found->second);
  }
};

struct EnvironmentData;

// The declarations of google.protobuf.*, as an environment starts with them.
const std::vector<std::pair<ObjectDeclaration, WellKnown>>& well_known_objects();

bool equal_objects(const Value& a, const Value& b, std::uint64_t& work);
std::string_view object_type_name(const Value& object);

// A field of an object that is not lazy: what is set, or what an unset field reads as.
Value read_field(const ObjectRecord& record, std::uint32_t place, const EnvironmentData& environment, Arena& arena);
bool has_field(const ObjectRecord& record, std::uint32_t place);
bool is_empty_object(const Value& object);  // nothing is set; a lazy one never is

// `values` are the fields in order, absent where not set, and live in `arena`. A failure is told by its text.
struct Made {
  Value value;
  std::string_view failure;  // empty: it worked
  Value about;
};
Made make_object(const ObjectType& type, std::span<Value> values, Arena& arena);

// The value as google.protobuf.Value holds it (JSON): numbers become doubles, bytes base64, times text. Absent where
// there is none.
Value to_json_value(const Value& value, Arena& arena);

}  // namespace pratique::cel
