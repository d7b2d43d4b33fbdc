// read_bill: unpacks, decodes and opens what a bill comes in, tells the format by the content, and calls its reader.
#include <optional>

#include "base/text.h"
#include "engine/format/bill/readers.h"
#include "engine/format/decode.h"
#include "engine/format/envelope.h"
#include "engine/format/format.h"
#include "engine/format/inflate.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

using Read = Result<Bill> (*)(Bytes document, const Limits& limits);

// What a document is: a bill and who reads it, or a wrapping.
struct Kind {
  Read read = nullptr;
  std::optional<Wrap> wrap;
};

// What the outermost members of a JSON document say, as far as they have been seen.
struct JsonSigns {
  bool artifacts = false, descriptor = false;
  std::string refused;  // a format that is known and not read as a bill
};

std::optional<Kind> kind_by(std::string_view key, JsonValue& value, JsonSigns& signs) {
  const std::string_view text = value.kind() == JsonKind::string ? value.text() : std::string_view();
  if (key == "bomFormat" && text == "CycloneDX") return Kind{read_cyclonedx_json, {}};
  if (key == "spdxVersion" && !text.empty()) return Kind{read_spdx_json, {}};
  if (key == "_type" && text.starts_with("https://in-toto.io/Statement")) return Kind{nullptr, Wrap::statement};
  if (key == "payloadType" && !text.empty()) return Kind{nullptr, Wrap::envelope};
  if (key == "mediaType" && text.starts_with("application/vnd.dev.sigstore.bundle")) return Kind{nullptr, Wrap::bundle};
  if (key == "dsseEnvelope") return Kind{nullptr, Wrap::bundle};
  if (key == "sbom" && value.kind() == JsonKind::object) return Kind{nullptr, Wrap::github};
  if (key == "@context" && text.find("spdx.org/rdf/3.") != std::string_view::npos) return Kind{read_spdx3_json, {}};
  if (key == "@context" && text.find("spdx.org/rdf/3.") != std::string_view::npos) return Kind{read_spdx3_json, {}};
  if (key == "@context" && text.find("openvex") != std::string_view::npos) signs.refused = "an OpenVEX document";
  if (key == "artifacts" && value.kind() == JsonKind::array) signs.artifacts = true;
  if (key == "descriptor" || key == "schema") signs.descriptor = true;
  if (signs.artifacts && signs.descriptor) return Kind{read_syft_json, {}};
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
  const std::string what = signs.refused.empty() ? "JSON" : signs.refused;
  return Error{
      Fault::malformed, what + ", but not an SBOM: no member says that it is CycloneDX, SPDX or an envelope", {}, {}};
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
  if (is_cyclonedx_protobuf(text)) return Kind{read_cyclonedx_protobuf, {}};
  const char first = first_character(text);
  if (first == '\0') return Error{Fault::malformed, "the document is empty", {}, {}};
  if (first == '{' || first == '[') return kind_of_json(document, limits);
  if (first == '<') return Kind{read_cyclonedx_xml, {}};
  if (has_line(text, "SPDXVersion:")) return Kind{read_spdx_tag_value, {}};
  for (const std::string_view key : {"spdxVersion:", "\"spdxVersion\":", "'spdxVersion':"})
    if (has_line(text, key)) return Kind{read_spdx_yaml, {}};
  if (text.starts_with("PK\x03\x04") && text.find("xl/") != std::string_view::npos)
    return refused("a spreadsheet (.xlsx) is not read");
  if (text.starts_with("\xd0\xcf\x11\xe0")) return refused("a spreadsheet (.xls) is not read");
  if (text.find("spdx.org/rdf/terms#") != std::string_view::npos) return refused("SPDX in RDF is not read");
  return Error{Fault::malformed, "not an SBOM: neither JSON, XML, YAML, protobuf nor tag-value", {}, {}};
}

// The statement tells what the bill leaves open.
void complete_subject(Subject& subject, const Opened& opened) {
  if (subject.digest || !opened.digest) return;
  subject.digest = opened.digest;
  if (!opened.name.empty()) subject.name = opened.name;
  if (subject.type == ComponentType::other) subject.type = ComponentType::container;
}

Result<Bill> read_wrapped(Bytes raw, const Limits& limits, std::size_t wrappings_left);

// cosign downloads attestations as lines, an envelope each: the first that holds a bill counts.
bool has_many_lines(std::string_view text) { return text.find("}\n{") != std::string_view::npos; }

Result<Bill> read_first_line(std::string_view text, const Limits& limits, std::size_t wrappings_left) {
  std::optional<Error> first;
  for (const std::string_view line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    auto bill = read_wrapped(Bytes::copy_of(line), limits, wrappings_left);
    if (bill) return bill;
    if (!first) first = std::move(bill).error();
  }
  return std::move(*first);
}

Result<Bill> read_wrapped(Bytes raw, const Limits& limits, std::size_t wrappings_left) {
  if (raw.size() > limits.bytes) return Error{Fault::limit, "larger than " + human_bytes(limits.bytes), {}, {}};
  if (wrappings_left == 0) return Error{Fault::limit, "wrapped more often than the limit", {}, {}};
  if (is_packed(raw.view())) {
    PRATIQUE_TRY(Bytes unpacked, inflate(raw, limits));
    raw = Bytes();
    return read_wrapped(std::move(unpacked), limits, wrappings_left - 1);
  }
  PRATIQUE_TRY(Bytes document, decode(std::move(raw), limits));
  PRATIQUE_TRY(const Kind kind, kind_of(document, limits));
  if (!kind.wrap) return kind.read(std::move(document), limits);
  if (kind.wrap == Wrap::envelope && has_many_lines(document.view()))
    return read_first_line(document.view(), limits, wrappings_left - 1);
  PRATIQUE_TRY(Opened opened, open(*kind.wrap, document, limits));
  document = Bytes();
  auto bill = read_wrapped(std::move(opened.document), limits, wrappings_left - 1);
  if (!bill) return std::move(bill).error().in("in the " + std::string(name_of(*kind.wrap)) + " document");
  bill->wrapping = std::string(name_of(*kind.wrap)) + (bill->wrapping.empty() ? "" : ", ") + bill->wrapping;
  complete_subject(bill->subject, opened);
  return bill;
}

}  // namespace

Result<Bill> read_bill(Bytes document, const Limits& limits) {
  constexpr std::size_t most_wrappings = 8;
  return read_wrapped(std::move(document), limits, most_wrappings);
}

}  // namespace pratique
