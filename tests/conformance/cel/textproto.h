// Protobuf's text format and the declarations of .proto files, as much as the test data of cel-spec uses.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/cel/cel.h"

namespace pratique::cel::spec {

struct Field;

// A message of the text format: its fields in order, repeated ones as often as they come.
struct Message {
  std::vector<Field> fields;

  const Field* find(std::string_view name) const;
  const Message& child(std::string_view name) const;  // an empty one where there is none
  std::string text(std::string_view name) const;      // "" where there is none
  bool has(std::string_view name) const { return find(name) != nullptr; }
};

struct Field {
  std::string name;     // "[type.googleapis.com/a.b.C]" for an expanded Any
  std::string text;     // of a scalar; a string's bytes, unescaped
  bool quoted = false;  // it was a string
  std::unique_ptr<Message> message;
};

Result<Message> parse_textproto(std::string_view text);

// The message types, enums and extensions of .proto files.
struct Protos {
  std::vector<ObjectDeclaration> objects;
  std::vector<Constant> constants;  // "a.b.Enum.NAME" -> its number
  std::vector<std::string> enums;   // full names

  const ObjectDeclaration* find(std::string_view name) const;
};
// `arena` keeps the texts of defaults. Files are added in the order of their imports.
Result<void> add_proto(std::string_view text, Arena& arena, Protos& protos);

// A message as CEL source: "a.b.C{field: value}".
std::string message_as_cel(const std::string& type, const Message& message, const Protos& protos);
// A cel.expr.Value as CEL source.
std::string value_as_cel(const Message& value, const Protos& protos);

}  // namespace pratique::cel::spec
