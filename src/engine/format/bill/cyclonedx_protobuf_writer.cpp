// CycloneDX protobuf, transcribed from its JSON by the table that its reader uses: each member becomes the field that
// it is read from.
#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/clock.h"
#include "engine/format/bill/cyclonedx_protobuf_table.h"
#include "engine/format/bill/cyclonedx_writer.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

using namespace protobuf;

const Known* row_of(Message in, std::string_view key) {
  const auto row = std::find_if(known.begin(), known.end(), [&](const Known& k) { return k.in == in && k.key == key; });
  return row == known.end() ? nullptr : &*row;
}

// Messages are made inside out, as their sizes stand before them.
class Wire {
 public:
  void varint(std::uint32_t number, std::uint64_t value) {
    raw_varint(std::uint64_t{number} << 3);
    raw_varint(value);
  }
  void text(std::uint32_t number, std::string_view text) {
    raw_varint(std::uint64_t{number} << 3 | 2);
    raw_varint(text.size());
    bytes_ += text;
  }
  std::string& bytes() { return bytes_; }

 private:
  void raw_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }

  std::string bytes_;
};

std::string message(Message type, JsonValue& value);

// A time that this program has written itself.
std::string timestamp(std::string_view text) {
  const auto time = parse_time(text);
  check(time.has_value(), "a time that was rendered parses");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time);
  const auto nanos = std::chrono::nanoseconds(*time - seconds).count();
  Wire wire;
  wire.varint(1, static_cast<std::uint64_t>(seconds.time_since_epoch().count()));
  if (nanos != 0) wire.varint(2, static_cast<std::uint64_t>(nanos));
  return std::move(wire.bytes());
}

void element(Wire& wire, const Known& row, JsonValue& value) {
  switch (row.as) {
    case As::message:
    case As::messages: return wire.text(row.number, message(row.of, value));
    case As::time: return wire.text(row.number, timestamp(value.text()));
    case As::refs: {
      Wire dependency;
      dependency.text(1, value.text());
      return wire.text(row.number, dependency.bytes());
    }
    case As::text:
    case As::texts:
    case As::through: break;
  }
  if (row.names.empty()) return wire.text(row.number, value.text());
  const auto name = std::find(row.names.begin(), row.names.end(), value.text());
  check(name != row.names.end(), "every word that is written has its number");
  wire.varint(row.number, static_cast<std::uint64_t>(name - row.names.begin()));
}

std::string message(Message type, JsonValue& value) {
  Wire wire;
  for (JsonObject object = value.object(); object.next();) {
    const Known* row = row_of(type, object.key());
    if (row == nullptr) continue;  // "bomFormat", "version": not in the message, or its default
    if (object.value().kind() != JsonKind::array) {
      element(wire, *row, object.value());
      continue;
    }
    for (JsonArray list = object.value().array(); list.next();) element(wire, *row, list.value());
  }
  if (type == Message::bom) wire.varint(2, 1);  // the document's version
  return std::move(wire.bytes());
}

}  // namespace

std::string cyclonedx_protobuf_of(std::string_view json) {
  std::string bytes;
  TextPool pool;
  const Bytes document = Bytes::copy_of(json);
  JsonReader reader(pool, own_document_limits);
  const auto read = reader.read(document, [&](JsonValue& root) { bytes = message(Message::bom, root); });
  check(read.has_value(), "what the JSON writer wrote is JSON");
  return bytes;
}

}  // namespace pratique
