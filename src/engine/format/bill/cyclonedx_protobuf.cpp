// CycloneDX protobuf: the wire format (protobuf's encoding guide) walked by a table of the fields that are read, into
// the shape CycloneDX has in JSON. The wire format is five kinds of fields; a library would only bring generated code
// for the messages that are not read. docs/decisions/0003.
#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "engine/format/bill/cyclonedx_protobuf_table.h"
#include "engine/format/bill/readers.h"
#include "engine/format/json_writer.h"

namespace pratique {

namespace {

// ---- the wire

struct Field {
  std::uint32_t number = 0;
  std::uint64_t value = 0;     // of a varint
  std::string_view payload{};  // of a text or message
};

class Wire {
 public:
  explicit Wire(std::string_view bytes) : rest_(bytes) {}
  bool next();  // false at the end or when the bytes are no fields
  const Field& field() const { return field_; }
  bool broken() const { return broken_; }

 private:
  std::optional<std::uint64_t> varint();
  bool skip(std::uint64_t size);

  std::string_view rest_;
  Field field_;
  bool broken_ = false;
};

std::optional<std::uint64_t> Wire::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

bool Wire::skip(std::uint64_t size) {
  if (size > rest_.size()) return false;
  field_.payload = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool Wire::next() {
  if (rest_.empty() || broken_) return false;
  const auto tag = varint();
  broken_ = true;
  if (!tag || *tag >> 3 == 0 || *tag >> 3 >= std::uint64_t{1} << 29) return false;
  field_ = {static_cast<std::uint32_t>(*tag >> 3), 0, {}};
  switch (*tag & 7) {
    case 0: {
      const auto value = varint();
      if (!value) return false;
      field_.value = *value;
      break;
    }
    case 1:
      if (!skip(8)) return false;
      break;
    case 2: {
      const auto size = varint();
      if (!size || !skip(*size)) return false;
      break;
    }
    case 5:
      if (!skip(4)) return false;
      break;
    default: return false;
  }
  broken_ = false;
  return true;
}

// ---- the messages

using namespace protobuf;

class Transcoder {
 public:
  explicit Transcoder(const Limits& limits) : limits_(limits) {}

  Result<std::string> bom(std::string_view bytes) {
    out_.begin_object();
    out_.text("bomFormat", "CycloneDX");
    members(Message::bom, bytes, 1);
    out_.end_object();
    if (error_) return std::move(*error_);
    return std::move(out_.out());
  }

 private:
  void fail(Fault fault, std::string text) {
    if (!error_) error_ = Error{fault, std::move(text), {}, {}};
  }

  // The fields of a message that are read, each where it is looked for: a list stands together in JSON, not on the
  // wire.
  void members(Message message, std::string_view bytes, std::size_t depth) {
    if (depth > limits_.depth) return fail(Fault::limit, "nested deeper than the limit");
    std::vector<Field> fields;
    Wire wire(bytes);
    while (wire.next()) fields.push_back(wire.field());
    if (wire.broken()) return fail(Fault::malformed, "not protobuf: a field that is none, or longer than its message");
    std::stable_sort(fields.begin(), fields.end(), [](const Field& a, const Field& b) { return a.number < b.number; });
    const auto first = std::find_if(known.begin(), known.end(), [&](const Known& k) { return k.in == message; });
    for (auto row = first; row != known.end() && row->in == message && !error_; ++row) {
      const auto begin = std::lower_bound(fields.begin(), fields.end(), row->number,
                                          [](const Field& f, std::uint32_t n) { return f.number < n; });
      auto end = begin;
      while (end != fields.end() && end->number == row->number) ++end;
      if (begin != end || !row->names.empty()) member(*row, {begin, end}, depth);
    }
  }

  void member(const Known& row, std::span<const Field> fields, std::size_t depth) {
    switch (row.as) {
      case As::text: return text(row, fields);
      case As::texts:
        out_.key(row.key);
        out_.begin_array();
        for (const Field& field : fields) value(field.payload);
        return out_.end_array();
      case As::message:
        out_.key(row.key);
        out_.begin_object();
        members(row.of, merged(fields), depth + 1);
        return out_.end_object();
      case As::messages:
        out_.key(row.key);
        out_.begin_array();
        for (const Field& field : fields) {
          out_.begin_object();
          members(row.of, field.payload, depth + 1);
          out_.end_object();
        }
        return out_.end_array();
      case As::through: return members(row.of, merged(fields), depth + 1);
      case As::time: return time(row.key, fields.back().payload);
      case As::refs:
        out_.key(row.key);
        out_.begin_array();
        for (const Field& field : fields) ref(field.payload);
        return out_.end_array();
    }
  }

  void text(const Known& row, std::span<const Field> fields) {
    if (row.names.empty()) {
      out_.key(row.key);
      return value(fields.back().payload);
    }
    if (fields.empty() && row.in == Message::lifecycle) return;             // in a oneof even zero is written
    const std::uint64_t number = fields.empty() ? 0 : fields.back().value;  // elsewhere it is not
    const std::string_view name = number < row.names.size() ? row.names[number] : std::string_view("unknown");
    if (!name.empty()) out_.text(row.key, name);
  }

  void value(std::string_view text) {
    if (text.size() > limits_.text)
      fail(Fault::limit, "a text longer than the limit");
    else if (!is_utf8(text))
      fail(Fault::malformed, "a text that is not UTF-8");
    else
      out_.text(text);
  }

  // One message in several fields: protobuf takes them together, which is what their bytes one after another say.
  std::string_view merged(std::span<const Field> fields) {
    if (fields.size() == 1) return fields.front().payload;
    std::string& all = merged_.emplace_back();
    for (const Field& field : fields) all += field.payload;
    return all;
  }

  void ref(std::string_view dependency) {
    Wire wire(dependency);
    std::string_view ref;
    while (wire.next())
      if (wire.field().number == 1) ref = wire.field().payload;
    value(ref);
  }

  void time(std::string_view key, std::string_view timestamp) {
    std::int64_t seconds = 0, nanos = 0;
    for (Wire wire(timestamp); wire.next();) {
      if (wire.field().number == 1) seconds = static_cast<std::int64_t>(wire.field().value);
      if (wire.field().number == 2) nanos = static_cast<std::int64_t>(wire.field().value);
    }
    constexpr std::int64_t year_10000 = 253'402'300'800;
    if (seconds < -62'135'596'800 || seconds >= year_10000 || nanos < 0 || nanos >= 1'000'000'000)
      return out_.text(key, "a time beyond the year 9999");
    out_.text(key, render_time(Time(std::chrono::seconds(seconds) + std::chrono::milliseconds(nanos / 1'000'000))));
  }

  const Limits& limits_;
  JsonWriter out_;
  std::deque<std::string> merged_;
  std::optional<Error> error_;
};

}  // namespace

namespace {

// A type and a name: what no other message has in these places.
bool is_component(std::string_view bytes) {
  bool has_type = false, has_name = false;
  Wire wire(bytes);
  while (wire.next()) {
    const Field& field = wire.field();
    if (field.number == 1) has_type = field.payload.empty() && field.value > 0 && field.value < types.size();
    if (field.number == 8) has_name = !field.payload.empty() && is_utf8(field.payload);
  }
  return has_type && has_name && !wire.broken();
}

}  // namespace

bool is_cyclonedx_protobuf(std::string_view bytes) {
  constexpr std::uint32_t last = 16;  // of Bom's fields, in 1.7
  Wire wire(bytes);
  bool has_version = false, has_component = false;
  while (wire.next()) {
    const Field& field = wire.field();
    if (field.number > last) return false;
    if (field.number == 1) has_version = field.payload.starts_with("1.") && field.payload.size() == 3;
    if (field.number == 5 && !has_component) has_component = is_component(field.payload);
  }
  return !wire.broken() && (has_version || has_component);
}

Result<Bill> read_cyclonedx_protobuf(Bytes document, const Limits& limits) {
  PRATIQUE_TRY(std::string json, Transcoder(limits).bom(document.view()));
  document = Bytes();  // the JSON replaces it
  Limits for_json = limits;
  for_json.bytes = std::max(limits.bytes, json.size());
  return read_cyclonedx(Bytes::copy_of(json), BillFormat::cyclonedx_protobuf, for_json);
}

}  // namespace pratique
