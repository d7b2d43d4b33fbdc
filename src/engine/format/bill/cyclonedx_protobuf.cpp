// CycloneDX protobuf: the wire format (protobuf's encoding guide) walked by a table of the fields that are read, into
// the shape CycloneDX has in JSON. The wire format is five kinds of fields; a library would only bring generated code
// for the messages that are not read. docs/decisions/0003.
#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
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

enum class Message : std::uint8_t {
  none,
  bom,
  metadata,
  tool,
  component,
  service,
  organization,
  contact,
  hash,
  choice,
  expression,
  license,
  body,
  reference,
  property,
  dependency,
  composition,
  evidence,
  occurrence,
  copyright,
  lifecycle,
  swid
};

enum class As : std::uint8_t { text, texts, message, messages, through, time, refs };

using Names = std::span<const std::string_view>;

struct Known {
  Message in;
  std::uint32_t number;
  std::string_view key;
  As as;
  Message of = Message::none;
  Names names = {};  // of an enumeration, by number; an empty name says nothing
};

constexpr std::array<std::string_view, 14> types = {
    "",          "application", "framework",     "library",  "operating-system",       "device", "file",
    "container", "firmware",    "device-driver", "platform", "machine-learning-model", "data",   "cryptographic-asset"};
constexpr std::array<std::string_view, 4> scopes = {"", "required", "optional", "excluded"};
constexpr std::array<std::string_view, 15> algorithms = {
    "",         "MD5",         "SHA-1",       "SHA-256",     "SHA-384", "SHA-512",      "SHA3-256",    "SHA3-384",
    "SHA3-512", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3",  "Streebog-256", "Streebog-512"};
constexpr std::array<std::string_view, 47> references = {"other",
                                                         "vcs",
                                                         "issue-tracker",
                                                         "website",
                                                         "advisories",
                                                         "bom",
                                                         "mailing-list",
                                                         "social",
                                                         "chat",
                                                         "documentation",
                                                         "support",
                                                         "distribution",
                                                         "license",
                                                         "build-meta",
                                                         "build-system",
                                                         "security-contact",
                                                         "attestation",
                                                         "threat-model",
                                                         "adversary-model",
                                                         "risk-assessment",
                                                         "distribution-intake",
                                                         "vulnerability-assertion",
                                                         "exploitability-statement",
                                                         "pentest-report",
                                                         "static-analysis-report",
                                                         "dynamic-analysis-report",
                                                         "runtime-analysis-report",
                                                         "component-analysis-report",
                                                         "maturity-report",
                                                         "certification-report",
                                                         "quality-metrics",
                                                         "codified-infrastructure",
                                                         "model-card",
                                                         "poam",
                                                         "log",
                                                         "configuration",
                                                         "evidence",
                                                         "formulation",
                                                         "source-distribution",
                                                         "electronic-signature",
                                                         "digital-signature",
                                                         "rfc-9116",
                                                         "release-notes",
                                                         "patent",
                                                         "patent-family",
                                                         "patent-assertion",
                                                         "citation"};
constexpr std::array<std::string_view, 10> aggregates = {"not_specified",
                                                         "complete",
                                                         "incomplete",
                                                         "incomplete_first_party_only",
                                                         "incomplete_third_party_only",
                                                         "unknown",
                                                         "incomplete_first_party_proprietary_only",
                                                         "incomplete_first_party_opensource_only",
                                                         "incomplete_third_party_proprietary_only",
                                                         "incomplete_third_party_opensource_only"};
constexpr std::array<std::string_view, 3> acknowledgements = {"", "declared", "concluded"};
constexpr std::array<std::string_view, 7> phases = {"design",     "pre-build", "build",       "post-build",
                                                    "operations", "discovery", "decommission"};

using M = Message;
constexpr std::array<Known, 91> known = {{
    {M::bom, 1, "specVersion", As::text},
    {M::bom, 3, "serialNumber", As::text},
    {M::bom, 4, "metadata", As::message, M::metadata},
    {M::bom, 5, "components", As::messages, M::component},
    {M::bom, 6, "services", As::messages, M::service},
    {M::bom, 7, "externalReferences", As::messages, M::reference},
    {M::bom, 8, "dependencies", As::messages, M::dependency},
    {M::bom, 9, "compositions", As::messages, M::composition},
    {M::bom, 12, "properties", As::messages, M::property},
    {M::metadata, 1, "timestamp", As::time},
    {M::metadata, 2, "tools", As::messages, M::tool},
    {M::metadata, 3, "authors", As::messages, M::contact},
    {M::metadata, 4, "component", As::message, M::component},
    {M::metadata, 5, "manufacture", As::message, M::organization},
    {M::metadata, 6, "supplier", As::message, M::organization},
    {M::metadata, 7, "licenses", As::messages, M::choice},
    {M::metadata, 8, "properties", As::messages, M::property},
    {M::metadata, 9, "lifecycles", As::messages, M::lifecycle},
    {M::metadata, 10, "manufacturer", As::message, M::organization},
    {M::tool, 1, "vendor", As::text},
    {M::tool, 2, "name", As::text},
    {M::tool, 3, "version", As::text},
    {M::tool, 6, "components", As::messages, M::component},
    {M::tool, 7, "services", As::messages, M::service},
    {M::component, 1, "type", As::text, M::none, types},
    {M::component, 2, "mime-type", As::text},
    {M::component, 3, "bom-ref", As::text},
    {M::component, 4, "supplier", As::message, M::organization},
    {M::component, 5, "author", As::text},
    {M::component, 6, "publisher", As::text},
    {M::component, 7, "group", As::text},
    {M::component, 8, "name", As::text},
    {M::component, 9, "version", As::text},
    {M::component, 10, "description", As::text},
    {M::component, 11, "scope", As::text, M::none, scopes},
    {M::component, 12, "hashes", As::messages, M::hash},
    {M::component, 13, "licenses", As::messages, M::choice},
    {M::component, 14, "copyright", As::text},
    {M::component, 15, "cpe", As::text},
    {M::component, 16, "purl", As::text},
    {M::component, 17, "swid", As::message, M::swid},
    {M::component, 20, "externalReferences", As::messages, M::reference},
    {M::component, 21, "components", As::messages, M::component},
    {M::component, 22, "properties", As::messages, M::property},
    {M::component, 23, "evidence", As::message, M::evidence},
    {M::component, 28, "manufacturer", As::message, M::organization},
    {M::component, 29, "authors", As::messages, M::contact},
    {M::component, 31, "omniborId", As::texts},
    {M::component, 32, "swhid", As::texts},
    {M::service, 1, "bom-ref", As::text},
    {M::service, 3, "group", As::text},
    {M::service, 4, "name", As::text},
    {M::service, 5, "version", As::text},
    {M::service, 13, "services", As::messages, M::service},
    {M::organization, 1, "name", As::text},
    {M::organization, 2, "url", As::texts},
    {M::contact, 1, "name", As::text},
    {M::contact, 2, "email", As::text},
    {M::hash, 1, "alg", As::text, M::none, algorithms},
    {M::hash, 2, "content", As::text},
    {M::choice, 1, "license", As::message, M::license},
    {M::choice, 2, "expression", As::text},
    {M::choice, 3, "acknowledgement", As::text, M::none, acknowledgements},
    {M::choice, 5, "", As::through, M::expression},
    {M::expression, 1, "expression", As::text},
    {M::expression, 4, "acknowledgement", As::text, M::none, acknowledgements},
    {M::license, 1, "id", As::text},
    {M::license, 2, "name", As::text},
    {M::license, 3, "text", As::message, M::body},
    {M::license, 4, "url", As::text},
    {M::license, 8, "acknowledgement", As::text, M::none, acknowledgements},
    {M::body, 2, "encoding", As::text},
    {M::body, 3, "content", As::text},
    {M::reference, 1, "type", As::text, M::none, references},
    {M::reference, 2, "url", As::text},
    {M::property, 1, "name", As::text},
    {M::property, 2, "value", As::text},
    {M::dependency, 1, "ref", As::text},
    {M::dependency, 2, "dependsOn", As::refs},
    {M::dependency, 3, "provides", As::texts},
    {M::composition, 1, "aggregate", As::text, M::none, aggregates},
    {M::composition, 2, "assemblies", As::texts},
    {M::composition, 3, "dependencies", As::texts},
    {M::evidence, 1, "licenses", As::messages, M::choice},
    {M::evidence, 2, "copyright", As::messages, M::copyright},
    {M::evidence, 4, "occurrences", As::messages, M::occurrence},
    {M::occurrence, 2, "location", As::text},
    {M::copyright, 1, "text", As::text},
    {M::lifecycle, 1, "phase", As::text, M::none, phases},
    {M::lifecycle, 2, "name", As::text},
    {M::swid, 1, "tagId", As::text},
}};

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
