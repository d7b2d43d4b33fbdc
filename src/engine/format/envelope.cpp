#include "engine/format/envelope.h"

#include <array>
#include <cstring>

#include "base/base64.h"
#include "base/text.h"
#include "engine/format/json.h"

namespace pratique {

std::string_view name_of(Wrap wrap) {
  constexpr std::array<std::string_view, 4> names = {"github", "in-toto", "dsse", "sigstore-bundle"};
  return names[static_cast<std::size_t>(wrap)];
}

namespace {

Error nothing_inside(std::string_view what) {
  return {Fault::malformed, std::string(what) + " without a document inside", {}, {}};
}

// The raw JSON of one member, or the text where it is a string: a document either way.
std::string_view document_in(JsonValue& value) { return value.kind() == JsonKind::string ? value.text() : value.raw(); }

// What was inside takes the place of what it came in, so that a large document is never held twice.
Bytes in_place_of(Bytes document, std::string_view inside) {
  if (inside.size() > document.size()) return Bytes::copy_of(inside);
  std::memmove(document.data(), inside.data(), inside.size());
  document.shrink(inside.size());
  return document;
}

// { "payloadType": "application/vnd.in-toto+json", "payload": base64, "signatures": [...] }
std::string_view payload_of_envelope(JsonValue& value) {
  std::string_view payload;
  for (JsonObject object = value.object(); object.next();)
    if (object.key() == "payload") payload = object.value().text();
  return payload;
}

Result<Opened> open_base64(Wrap wrap, Bytes document, std::string_view payload) {
  if (payload.empty()) return nothing_inside(wrap == Wrap::bundle ? "a Sigstore bundle" : "a DSSE envelope");
  // What comes out is never longer than what was read of the text, so it can take the place of the envelope.
  auto size = decode_base64(payload, document.data());
  if (!size) return std::move(size).error().in("payload");
  document.shrink(*size);
  return Opened{std::move(document), {}, {}};
}

// cosign puts some documents into {"Data": ..., "Timestamp": ...}.
std::string_view predicate_of(JsonValue& value) {
  const std::string_view whole = document_in(value);
  if (value.kind() != JsonKind::object) return whole;
  std::string_view data;
  for (JsonObject object = value.object(); object.next();)
    if (object.key() == "Data") data = document_in(object.value());
  return data.empty() ? whole : data;
}

struct Statement {
  std::string_view predicate_type, predicate;
  std::string name;
  std::optional<Digest> digest;
  std::size_t subjects = 0;
};

void read_subject(JsonValue& value, Statement& statement) {
  ++statement.subjects;
  for (JsonObject subject = value.object(); subject.next();) {
    if (subject.key() == "name")
      statement.name = subject.value().text();
    else if (subject.key() == "digest")
      for (JsonObject digest = subject.value().object(); digest.next();)
        if (digest.key() == "sha256")
          if (auto parsed = parse_digest("sha256:" + std::string(digest.value().text()))) statement.digest = *parsed;
  }
}

bool is_read(std::string_view predicate_type) {
  for (const std::string_view known :
       {"cyclonedx", "spdx", "cosign.sigstore.dev/attestation", "syft", "openvex", "csaf"})
    if (lower(predicate_type).find(known) != std::string::npos) return true;
  return false;
}

Result<Opened> open_statement(Bytes document, const Statement& statement) {
  if (!is_read(statement.predicate_type))
    return Error{Fault::unsupported,
                 "an in-toto statement of another kind: '" + printable(statement.predicate_type) + "'",
                 {},
                 {}};
  if (statement.predicate.empty()) return nothing_inside("an in-toto statement");
  Opened opened{in_place_of(std::move(document), statement.predicate), {}, {}};
  if (statement.subjects == 1) {
    opened.name = statement.name;
    opened.digest = statement.digest;
  }
  return opened;
}

}  // namespace

Result<Opened> open(Wrap wrap, Bytes document, const Limits& limits) {
  TextPool pool;
  Limits for_payload = limits;
  for_payload.text = limits.bytes;  // the payload is one string
  JsonReader reader(pool, for_payload);
  std::string_view inside;
  Statement statement;
  PRATIQUE_DO(reader.read(document, [&](JsonValue& root) {
    if (wrap == Wrap::envelope) {
      inside = payload_of_envelope(root);
      return;
    }
    for (JsonObject top = root.object(); top.next();) {
      const std::string_view key = top.key();
      if (wrap == Wrap::github && key == "sbom")
        inside = document_in(top.value());
      else if (wrap == Wrap::bundle && key == "dsseEnvelope")
        inside = payload_of_envelope(top.value());
      else if (wrap == Wrap::statement && key == "predicateType")
        statement.predicate_type = top.value().text();
      else if (wrap == Wrap::statement && key == "predicate")
        statement.predicate = predicate_of(top.value());
      else if (wrap == Wrap::statement && key == "subject")
        for (JsonArray list = top.value().array(); list.next_object();) read_subject(list.value(), statement);
    }
  }));
  if (wrap == Wrap::statement) return open_statement(std::move(document), statement);
  if (wrap != Wrap::github) return open_base64(wrap, std::move(document), inside);
  if (inside.empty()) return nothing_inside("an answer of GitHub's dependency graph");
  return Opened{in_place_of(std::move(document), inside), {}, {}};
}

}  // namespace pratique
