#include "engine/cel/object.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/cel/environment.h"
#include "engine/cel/numbers.h"
#include "engine/cel/times.h"

namespace pratique::cel {
namespace {

Type simple(TypeKind kind) { return Type{kind, {}, {}}; }
Type list_of(Type element) { return Type{TypeKind::list, {}, {std::move(element)}}; }
Type text_map(Type value) { return Type{TypeKind::map, {}, {simple(TypeKind::text), std::move(value)}}; }

ObjectDeclaration wrapper(const std::string& name, TypeKind kind, Width width = Width::whole) {
  return {"google.protobuf." + name, {{"value", simple(kind), width, true, {}}}};
}

// What stands for "not set" in protobuf's own form and needs no `tracked`.
bool is_message(TypeRef type, Width width) {
  return width == Width::any || width == Width::json || type->kind == TypeKind::wrapper ||
         type->kind == TypeKind::named || type->kind == TypeKind::timestamp || type->kind == TypeKind::duration ||
         type->kind == TypeKind::dyn;
}

Value zero_of(TypeRef type) {
  switch (type->kind) {
    case TypeKind::boolean: return Value::from_bool(false);
    case TypeKind::integer: return Value::from_int(0);
    case TypeKind::natural: return Value::from_uint(0);
    case TypeKind::real: return Value::from_double(0);
    case TypeKind::text: return Value::text("");
    case TypeKind::bytes: return Value::bytes("");
    case TypeKind::timestamp: return Value::timestamp(0);
    case TypeKind::duration: return Value::duration(0);
    case TypeKind::list: return Value::list({});
    case TypeKind::map: {
      static constexpr MapTable empty{};
      return Value::map(empty);
    }
    default: return Value::null();
  }
}

bool is_zero(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::natural: return value.as_int() == 0;
    case Kind::real: return value.as_double() == 0 && !std::signbit(value.as_double());
    case Kind::text:
    case Kind::bytes: return value.as_text().empty();
    case Kind::list:
    case Kind::map: return value.size() == 0;
    default: return false;
  }
}

constexpr std::string_view unsupported = "unsupported field type";
constexpr std::string_view out_of_range = "out of the field's range";

Made narrowed(const Value& value, Width width) {
  switch (width) {
    case Width::int32:
    case Width::enumeration:
      if (value.as_int() < std::numeric_limits<std::int32_t>::min() ||
          value.as_int() > std::numeric_limits<std::int32_t>::max())
        return {{}, out_of_range, value};
      return {value, {}, {}};
    case Width::uint32:
      if (value.as_uint() > std::numeric_limits<std::uint32_t>::max()) return {{}, out_of_range, value};
      return {value, {}, {}};
    case Width::float32: {
      const double d = value.as_double();
      constexpr double most = std::numeric_limits<float>::max();
      return {Value::from_double(std::fabs(d) > most ? std::copysign(HUGE_VAL, d)
                                                     : static_cast<double>(static_cast<float>(d))),
              {},
              {}};
    }
    default: return {value, {}, {}};
  }
}

Made convert(const Value& value, TypeRef type, Width width, Arena& arena);

// Nulls are left out where the elements are messages that null leaves unset.
Made convert_list(const Value& value, TypeRef type, Width width, Arena& arena) {
  if (!value.is(Kind::list)) return {{}, unsupported, Value::type(type_name(value))};
  const auto size = value.size();
  auto* items = static_cast<Value*>(arena.allocate(size * sizeof(Value)));
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto made = convert(value.at(i), type->parameters[0], width, arena);
    if (!made.failure.empty()) return made;
    if (!made.value.is(Kind::absent)) items[kept++] = made.value;
  }
  return {Value::list({items, kept}), {}, {}};
}

Made convert_map(const Value& value, TypeRef type, Width width, Arena& arena) {
  if (!value.is(Kind::map)) return {{}, unsupported, Value::type(type_name(value))};
  const auto size = value.size();
  auto* entries = static_cast<Entry*>(arena.allocate(size * sizeof(Entry)));
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto key = convert(value.key_at(i), type->parameters[0], Width::whole, arena);
    if (!key.failure.empty()) return key;
    const auto made = convert(value.at(i), type->parameters[1], width, arena);
    if (!made.failure.empty()) return made;
    if (!made.value.is(Kind::absent)) entries[kept++] = {key.value, made.value};
  }
  bool fresh = true;
  return {Value::map(*make_table(arena, {entries, kept}, fresh)), {}, {}};
}

// Absent where null leaves the field unset.
Made convert(const Value& value, TypeRef type, Width width, Arena& arena) {
  if (type->kind == TypeKind::list) return convert_list(value, type, width, arena);
  if (type->kind == TypeKind::map) return convert_map(value, type, width, arena);
  if (width == Width::any) return {value, {}, {}};
  if (width == Width::json) {
    const auto json = to_json_value(value, arena);
    return json.is(Kind::absent) ? Made{{}, unsupported, Value::type(type_name(value))} : Made{json, {}, {}};
  }
  if (value.is(Kind::null)) {
    if (is_message(type, width) && type->kind != TypeKind::dyn) return {};
    return type->kind == TypeKind::null || type->kind == TypeKind::dyn
               ? Made{value, {}, {}}
               : Made{{}, unsupported, Value::type("null_type")};
  }
  const auto* plain = type->kind == TypeKind::wrapper ? type->parameters[0] : type;
  const auto wanted = kind_of(plain);
  const bool fits = wanted != Kind::absent           ? value.is(wanted)
                    : plain->kind == TypeKind::named ? type_name(value) == plain->name
                                                     : true;
  return fits ? narrowed(value, width) : Made{{}, unsupported, Value::type(type_name(value))};
}

Made well_known_value(const ObjectType& type, std::span<const Value> values) {
  const auto at = [&](std::size_t i, Value otherwise) { return values[i].is(Kind::absent) ? otherwise : values[i]; };
  switch (type.well_known) {
    case WellKnown::wrapper: return {at(0, zero_of(type.types[0])), {}, {}};
    case WellKnown::list_value:
    case WellKnown::structure: return {at(0, zero_of(type.types[0])), {}, {}};
    case WellKnown::value: {
      const auto set = std::find_if(values.begin(), values.end(), [](const Value& v) { return !v.is(Kind::absent); });
      const bool null = set == values.end() || set == values.begin();
      return {null ? Value::null() : *set, {}, {}};
    }
    case WellKnown::any: return {{}, "conversion of google.protobuf.Any: its bytes are not read", {}};
    case WellKnown::duration: {
      const auto nanoseconds = static_cast<__int128>(at(0, Value::from_int(0)).as_int()) * 1'000'000'000 +
                               at(1, Value::from_int(0)).as_int();
      if (nanoseconds > INT64_MAX || nanoseconds < INT64_MIN) return {{}, "duration out of range", {}};
      return {Value::duration(static_cast<std::int64_t>(nanoseconds)), {}, {}};
    }
    case WellKnown::timestamp: {
      const auto seconds = at(0, Value::from_int(0)).as_int(), nanoseconds = at(1, Value::from_int(0)).as_int();
      if (seconds < -62'135'596'800 || seconds > 253'402'300'799 || nanoseconds < 0 || nanoseconds > 999'999'999)
        return {{}, "timestamp out of range", {}};
      return {Value::timestamp(seconds, static_cast<std::uint32_t>(nanoseconds)), {}, {}};
    }
    default: return {};
  }
}

}  // namespace

const std::vector<std::pair<ObjectDeclaration, WellKnown>>& well_known_objects() {
  static const std::vector<std::pair<ObjectDeclaration, WellKnown>> all = {
      {wrapper("BoolValue", TypeKind::boolean), WellKnown::wrapper},
      {wrapper("BytesValue", TypeKind::bytes), WellKnown::wrapper},
      {wrapper("DoubleValue", TypeKind::real), WellKnown::wrapper},
      {wrapper("FloatValue", TypeKind::real, Width::float32), WellKnown::wrapper},
      {wrapper("Int32Value", TypeKind::integer, Width::int32), WellKnown::wrapper},
      {wrapper("Int64Value", TypeKind::integer), WellKnown::wrapper},
      {wrapper("StringValue", TypeKind::text), WellKnown::wrapper},
      {wrapper("UInt32Value", TypeKind::natural, Width::uint32), WellKnown::wrapper},
      {wrapper("UInt64Value", TypeKind::natural), WellKnown::wrapper},
      {{"google.protobuf.ListValue", {{"values", list_of({}), Width::json, false, {}}}}, WellKnown::list_value},
      {{"google.protobuf.Struct", {{"fields", text_map({}), Width::json, false, {}}}}, WellKnown::structure},
      {{"google.protobuf.Value",
        {{"null_value", {}, Width::whole, true, {}},
         {"number_value", simple(TypeKind::real), Width::whole, true, {}},
         {"string_value", simple(TypeKind::text), Width::whole, true, {}},
         {"bool_value", simple(TypeKind::boolean), Width::whole, true, {}},
         {"struct_value", text_map({}), Width::json, true, {}},
         {"list_value", list_of({}), Width::json, true, {}}}},
       WellKnown::value},
      {{"google.protobuf.Any",
        {{"type_url", simple(TypeKind::text), Width::whole, false, {}},
         {"value", simple(TypeKind::bytes), Width::whole, false, {}}}},
       WellKnown::any},
      {{"google.protobuf.Duration",
        {{"seconds", simple(TypeKind::integer), Width::whole, false, {}},
         {"nanos", simple(TypeKind::integer), Width::int32, false, {}}}},
       WellKnown::duration},
      {{"google.protobuf.Timestamp",
        {{"seconds", simple(TypeKind::integer), Width::whole, false, {}},
         {"nanos", simple(TypeKind::integer), Width::int32, false, {}}}},
       WellKnown::timestamp},
      {{"google.protobuf.FieldMask", {{"paths", list_of(simple(TypeKind::text)), Width::whole, false, {}}}},
       WellKnown::field_mask},
      {{"google.protobuf.Empty", {}}, WellKnown::empty},
  };
  return all;
}

bool equal_objects(const Value& a, const Value& b, std::uint64_t& work) {
  if (a.lazy() || b.lazy()) return a.lazy() && b.lazy() && &a.source() == &b.source() && a.node() == b.node();
  const auto &x = a.as_object(), &y = b.as_object();
  if (x.type->name != y.type->name) return false;
  for (std::size_t i = 0; i < x.type->types.size(); ++i) {
    if (x.fields[i].is(Kind::absent) && y.fields[i].is(Kind::absent)) continue;
    if (!equal(x.fields[i], y.fields[i], work)) return false;
  }
  return true;
}

std::string_view object_type_name(const Value& object) {
  return object.lazy() ? object.source().type_of(object.node()) : object.as_object().type->name;
}

bool is_empty_object(const Value& object) {
  if (object.lazy()) return false;
  const auto& record = object.as_object();
  return std::all_of(record.fields, record.fields + record.type->types.size(),
                     [](const Value& v) { return v.is(Kind::absent); });
}

Value read_field(const ObjectRecord& record, std::uint32_t place, const EnvironmentData& environment, Arena& arena) {
  if (!record.fields[place].is(Kind::absent)) return record.fields[place];
  const auto& field = (*record.type->fields)[place];
  if (!field.initial.is(Kind::absent)) return field.initial;
  const auto* type = record.type->types[place];
  const auto* object = type->kind == TypeKind::named ? environment.find_object(type->name) : nullptr;
  if (object == nullptr) return zero_of(type);
  auto* fields = static_cast<Value*>(arena.allocate(object->types.size() * sizeof(Value)));
  std::fill_n(fields, object->types.size(), Value());
  return Value::object(*arena.make<ObjectRecord>(object, fields));
}

bool has_field(const ObjectRecord& record, std::uint32_t place) {
  const auto& value = record.fields[place];
  if (value.is(Kind::list) || value.is(Kind::map))
    return value.size() > 0 || record.type->types[place]->kind == TypeKind::dyn;
  return !value.is(Kind::absent);
}

Made make_object(const ObjectType& type, std::span<Value> values, Arena& arena) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].is(Kind::absent)) continue;
    const auto& field = (*type.fields)[i];
    const auto made = convert(values[i], type.types[i], field.width, arena);
    if (!made.failure.empty()) return made;
    const bool implied = !field.tracked && !is_message(type.types[i], field.width) && is_zero(made.value);
    values[i] = implied ? Value() : made.value;
  }
  if (type.well_known != WellKnown::none && type.well_known != WellKnown::field_mask &&
      type.well_known != WellKnown::empty)
    return well_known_value(type, values);
  return {Value::object(*arena.make<ObjectRecord>(&type, values.data())), {}, {}};
}

namespace {

Value json_integer(bool small, const std::string& digits, double value, Arena& arena) {
  return small ? Value::from_double(value) : arena.text(digits);
}

Value json_object(const Value& object, Arena& arena) {
  const auto& record = object.as_object();
  if (record.type->well_known == WellKnown::field_mask) {
    std::string paths;
    const auto& list = record.fields[0];
    for (std::uint32_t i = 0; !list.is(Kind::absent) && i < list.size(); ++i)
      paths.append(i == 0 ? "" : ",").append(list.at(i).as_text());
    return arena.text(paths);
  }
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < record.type->types.size(); ++i) {
    if (record.fields[i].is(Kind::absent)) continue;
    const auto value = to_json_value(record.fields[i], arena);
    if (value.is(Kind::absent)) return {};
    entries.push_back({Value::text((*record.type->fields)[i].name), value});
  }
  return arena.map(entries);
}

}  // namespace

Value to_json_value(const Value& value, Arena& arena) {
  constexpr std::int64_t interoperable = (std::int64_t{1} << 53) - 1;
  switch (value.kind()) {
    case Kind::null:
    case Kind::boolean:
    case Kind::real:
    case Kind::text: return value;
    case Kind::integer:
      return json_integer(value.as_int() <= interoperable && value.as_int() >= -interoperable,
                          std::to_string(value.as_int()), static_cast<double>(value.as_int()), arena);
    case Kind::natural:
      return json_integer(value.as_uint() <= interoperable, std::to_string(value.as_uint()),
                          static_cast<double>(value.as_uint()), arena);
    case Kind::bytes: return arena.text(encode_base64(value.as_text()));
    case Kind::timestamp: return arena.text(render_timestamp(value));
    case Kind::duration: return arena.text(render_duration(value.as_int()));
    case Kind::list: {
      std::vector<Value> items;
      for (std::uint32_t i = 0; i < value.size(); ++i)
        if (items.push_back(to_json_value(value.at(i), arena)); items.back().is(Kind::absent)) return {};
      return arena.list(items);
    }
    case Kind::map: {
      std::vector<Entry> entries;
      for (std::uint32_t i = 0; i < value.size(); ++i) {
        entries.push_back({value.key_at(i), to_json_value(value.at(i), arena)});
        if (!entries.back().key.is(Kind::text) || entries.back().value.is(Kind::absent)) return {};
      }
      return arena.map(entries);
    }
    case Kind::object: return value.lazy() ? Value() : json_object(value, arena);
    default: return {};
  }
}

}  // namespace pratique::cel
