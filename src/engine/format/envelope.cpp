#include "engine/format/envelope.h"

#include <array>

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
std::string document_in(JsonValue& value) {
  return std::string(value.kind() == JsonKind::string ? value.text() : value.raw());
}

// { "payloadType": "application/vnd.in-toto+json", "payload": base64, "signatures": [...] }
std::string payload_of_envelope(JsonValue& value) {
  std::string payload;
  for (JsonObject object = value.object(); object.next();)
    if (object.key() == "payload") payload = object.value().text();
  return payload;
}

Result<Opened> open_base64(Wrap wrap, std::string_view payload) {
  if (payload.empty()) return nothing_inside(wrap == Wrap::bundle ? "a Sigstore bundle" : "a DSSE envelope");
  auto bytes = decode_base64(payload);
  if (!bytes) return std::move(bytes).error().in("payload");
  return Opened{Bytes::copy_of(*bytes), {}, {}};
}

// cosign puts some documents into {"Data": ..., "Timestamp": ...}.
std::string predicate_of(JsonValue& value) {
  std::string whole = document_in(value);
  if (value.kind() != JsonKind::object) return whole;
  std::string data;
  for (JsonObject object = value.object(); object.next();)
    if (object.key() == "Data") data = document_in(object.value());
  return data.empty() ? whole : data;
}

struct Statement {
  std::string predicate_type, predicate, name;
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

Result<Opened> open_statement(const Statement& statement) {
  if (!is_read(statement.predicate_type))
    return Error{Fault::unsupported,
                 "an in-toto statement of another kind: '" + printable(statement.predicate_type) + "'",
                 {},
                 {}};
  if (statement.predicate.empty()) return nothing_inside("an in-toto statement");
  Opened opened{Bytes::copy_of(statement.predicate), {}, {}};
  if (statement.subjects == 1) {
    opened.name = statement.name;
    opened.digest = statement.digest;
  }
  return opened;
}

}  // namespace

Result<Opened> open(Wrap wrap, const Bytes& document, const Limits& limits) {
  TextPool pool;
  Limits for_payload = limits;
  for_payload.text = limits.bytes;  // the payload is one string
  JsonReader reader(pool, for_payload);
  std::string inside;
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
  if (wrap == Wrap::statement) return open_statement(statement);
  if (wrap != Wrap::github) return open_base64(wrap, inside);
  if (inside.empty()) return nothing_inside("an answer of GitHub's dependency graph");
  return Opened{Bytes::copy_of(inside), {}, {}};
}

}  // namespace pratique
