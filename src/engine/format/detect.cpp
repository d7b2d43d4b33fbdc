// unwrap: unpacks, decodes and opens what a document comes in, and tells what it is by the content.
#include "engine/format/detect.h"

#include "base/text.h"
#include "engine/format/bill/readers.h"
#include "engine/format/decode.h"
#include "engine/format/envelope.h"
#include "engine/format/inflate.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

struct Kind {
  DocumentKind document;
  std::optional<Wrap> wrap;
};

Kind bill(BillFormat format) { return {{format, DocumentKind::Vex::none}, {}}; }
Kind vex(DocumentKind::Vex which) { return {{BillFormat::unknown, which}, {}}; }
Kind wrapping(Wrap wrap) { return {{}, wrap}; }

// Of syft-json, which says what it is by two members.
struct JsonSigns {
  bool artifacts = false, descriptor = false;
};

bool is_csaf(JsonValue& document) {
  for (JsonObject members = document.object(); members.next();)
    if (members.key() == "csaf_version") return true;
  return false;
}

std::optional<Kind> kind_by(std::string_view key, JsonValue& value, JsonSigns& signs) {
  const std::string_view text = value.kind() == JsonKind::string ? value.text() : std::string_view();
  const bool is_object = value.kind() == JsonKind::object;
  if (key == "bomFormat" && text == "CycloneDX") return bill(BillFormat::cyclonedx_json);
  if (key == "spdxVersion" && !text.empty()) return bill(BillFormat::spdx_json);
  if (key == "_type" && text.starts_with("https://in-toto.io/Statement")) return wrapping(Wrap::statement);
  if (key == "payloadType" && !text.empty()) return wrapping(Wrap::envelope);
  if (key == "mediaType" && text.starts_with("application/vnd.dev.sigstore.bundle")) return wrapping(Wrap::bundle);
  if (key == "dsseEnvelope") return wrapping(Wrap::bundle);
  if (key == "sbom" && is_object) return wrapping(Wrap::github);
  if (key == "@context" && text.find("spdx.org/rdf/3.") != std::string_view::npos) return bill(BillFormat::spdx3_json);
  if (key == "@context" && text.find("openvex") != std::string_view::npos) return vex(DocumentKind::Vex::openvex);
  if (key == "document" && is_object && is_csaf(value)) return vex(DocumentKind::Vex::csaf);
  if (key == "artifacts" && value.kind() == JsonKind::array) signs.artifacts = true;
  if (key == "descriptor" || key == "schema") signs.descriptor = true;
  if (signs.artifacts && signs.descriptor) return bill(BillFormat::syft_json);
  return std::nullopt;
}

Result<Kind> kind_of_json(const Bytes& document, const Limits& limits) {
  std::optional<Kind> kind;
  JsonSigns signs;
  TextPool pool;
  Limits for_payload = limits;
  for_payload.text = limits.bytes;
  JsonReader reader(pool, for_payload);
  PRATIQUE_DO(reader.read(document, [&](JsonValue& root) {
    if (root.kind() != JsonKind::object) return;
    for (JsonObject top = root.object(); !kind && top.next();) kind = kind_by(top.key(), top.value(), signs);
  }));
  if (kind) return *kind;
  return Error{
      Fault::malformed, "JSON, but not an SBOM: no member says that it is CycloneDX, SPDX or an envelope", {}, {}};
}

char first_character(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? '\0' : text[at];
}

bool has_line(std::string_view text, std::string_view start) {
  for (auto at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1))
    if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r') return true;
  return false;
}

Error refused(std::string what) {
  return {Fault::unsupported, std::move(what), {}, "convert it to SPDX JSON or tag-value"};
}

Result<Kind> kind_of(const Bytes& document, const Limits& limits) {
  const std::string_view text = document.view();
  if (is_cyclonedx_protobuf(text)) return bill(BillFormat::cyclonedx_protobuf);
  const char first = first_character(text);
  if (first == '\0') return Error{Fault::malformed, "the document is empty", {}, {}};
  if (first == '{' || first == '[') return kind_of_json(document, limits);
  if (first == '<') return bill(BillFormat::cyclonedx_xml);
  if (has_line(text, "SPDXVersion:")) return bill(BillFormat::spdx_tag_value);
  for (const std::string_view key : {"spdxVersion:", "\"spdxVersion\":", "'spdxVersion':"})
    if (has_line(text, key)) return bill(BillFormat::spdx_yaml);
  if (text.starts_with("PK\x03\x04") && text.find("xl/") != std::string_view::npos)
    return refused("a spreadsheet (.xlsx) is not read");
  if (text.starts_with("\xd0\xcf\x11\xe0")) return refused("a spreadsheet (.xls) is not read");
  if (text.find("spdx.org/rdf/terms#") != std::string_view::npos) return refused("SPDX in RDF is not read");
  return Error{Fault::malformed, "not an SBOM: neither JSON, XML, YAML, protobuf nor tag-value", {}, {}};
}

Result<Unwrapped> unwrap(Bytes raw, const Limits& limits, const std::function<bool(const DocumentKind&)>& wanted,
                         std::size_t wrappings_left);

bool has_many_lines(std::string_view text) { return text.find("}\n{") != std::string_view::npos; }

Result<Unwrapped> unwrap_lines(std::string_view text, const Limits& limits,
                               const std::function<bool(const DocumentKind&)>& wanted, std::size_t wrappings_left) {
  std::optional<Error> first;
  for (const std::string_view line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    auto unwrapped = unwrap(Bytes::copy_of(line), limits, wanted, wrappings_left);
    if (unwrapped && wanted(unwrapped->kind)) return unwrapped;
    if (!first && !unwrapped) first = std::move(unwrapped).error();
  }
  if (first) return std::move(*first);
  return Error{Fault::malformed, "no line of it holds what was asked for", {}, {}};
}

Result<Unwrapped> unwrap(Bytes raw, const Limits& limits, const std::function<bool(const DocumentKind&)>& wanted,
                         std::size_t wrappings_left) {
  if (raw.size() > limits.bytes) return Error{Fault::limit, "larger than " + human_bytes(limits.bytes), {}, {}};
  if (wrappings_left == 0) return Error{Fault::limit, "wrapped more often than the limit", {}, {}};
  if (is_packed(raw.view())) {
    PRATIQUE_TRY(Bytes unpacked, inflate(raw, limits));
    raw = Bytes();
    return unwrap(std::move(unpacked), limits, wanted, wrappings_left - 1);
  }
  PRATIQUE_TRY(Bytes document, decode(std::move(raw), limits));
  PRATIQUE_TRY(const Kind kind, kind_of(document, limits));
  if (!kind.wrap) return Unwrapped{std::move(document), kind.document, {}, {}, {}};
  if (kind.wrap == Wrap::envelope && has_many_lines(document.view()))
    return unwrap_lines(document.view(), limits, wanted, wrappings_left - 1);
  PRATIQUE_TRY(Opened opened, open(*kind.wrap, std::move(document), limits));
  const std::string name(name_of(*kind.wrap));
  auto inside = unwrap(std::move(opened.document), limits, wanted, wrappings_left - 1);
  if (!inside) return std::move(inside).error().in("in the " + name + " document");
  inside->wrapping = name + (inside->wrapping.empty() ? "" : ", ") + inside->wrapping;
  if (!inside->digest && opened.digest) {
    inside->digest = opened.digest;
    inside->name = opened.name;
  }
  return inside;
}

}  // namespace

Result<Unwrapped> unwrap(Bytes raw, const Limits& limits, const std::function<bool(const DocumentKind&)>& wanted) {
  constexpr std::size_t most_wrappings = 8;
  return unwrap(std::move(raw), limits, wanted, most_wrappings);
}

}  // namespace pratique
