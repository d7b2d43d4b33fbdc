// DSSE envelopes, Sigstore bundles and in-toto statements for those who verify them: whatever two readers could take
// for two different things is refused.
#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "engine/format/json.h"

namespace pratique {
namespace {

// What one envelope may bring: more are for nobody to check.
constexpr std::size_t most_signatures = 32;
constexpr std::size_t most_subjects = 10'000;

constexpr std::array bundle_types = {std::string_view("application/vnd.dev.sigstore.bundle+json;version=0.1"),
                                     std::string_view("application/vnd.dev.sigstore.bundle+json;version=0.2"),
                                     std::string_view("application/vnd.dev.sigstore.bundle+json;version=0.3"),
                                     std::string_view("application/vnd.dev.sigstore.bundle.v0.3+json")};

class EnvelopeReader {
 public:
  explicit EnvelopeReader(JsonReader& reader) : reader_(reader) {}

  void read(JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      const auto key = top.key();
      if (key == "dsseEnvelope") {
        read_envelope(top.value());
      } else if (key == "mediaType") {
        media_type_ = top.value().text();
        made_.is_bundle = true;
      } else if (key == "verificationMaterial") {
        read_material(top.value());
      } else if (key == "messageSignature") {
        made_.is_bundle = true;
      } else {
        read_member(key, top.value(), outer_);
      }
    }
  }

  Result<SignedEnvelope> take() && {
    if (made_.is_bundle) {
      if (outer_.any()) return Error{Fault::malformed, "an envelope and a bundle at once", {}, {}};
      if (std::find(bundle_types.begin(), bundle_types.end(), media_type_) == bundle_types.end())
        return Error{Fault::unsupported,
                     "a Sigstore bundle of another version: '" + printable(media_type_.substr(0, 80)) + "'",
                     {},
                     {}};
    }
    Parts& parts = made_.is_bundle ? inner_ : outer_;
    if (!parts.any()) return Error{Fault::malformed, "no signed envelope", {}, "DSSE or a Sigstore bundle of one"};
    made_.payload_type = parts.type;
    auto payload = decode_base64(parts.payload);
    if (!payload) return std::move(payload).error().in("payload");
    made_.payload = std::move(*payload);
    made_.signatures = std::move(parts.signatures);
    return std::move(made_);
  }

 private:
  struct Parts {
    std::string_view type, payload;
    std::vector<std::string> signatures;
    bool has_type = false, has_payload = false, has_signatures = false;
    bool any() const { return has_type || has_payload || has_signatures; }
  };

  void read_envelope(JsonValue& value) {
    made_.is_bundle = true;
    for (JsonObject envelope = value.object(); envelope.next();) read_member(envelope.key(), envelope.value(), inner_);
  }

  void read_member(std::string_view key, JsonValue& value, Parts& parts) {
    if (key == "payloadType") {
      parts.has_type = true;
      parts.type = value.text();
    } else if (key == "payload") {
      parts.has_payload = true;
      parts.payload = value.text();
    } else if (key == "signatures") {
      parts.has_signatures = true;
      for (JsonArray list = value.array(); list.next();) {
        if (parts.signatures.size() == most_signatures)
          return reader_.fail({Fault::limit, "more than " + std::to_string(most_signatures) + " signatures", {}, {}});
        std::string& signature = parts.signatures.emplace_back();
        // `keyid` is the uploader's claim and decides nothing.
        for (JsonObject one = list.value().object(); one.next();)
          if (one.key() == "sig") signature = decode_base64(one.value().text()).value_or("");
      }
    }
  }

  void read_material(JsonValue& value) {
    made_.is_bundle = true;
    for (JsonObject material = value.object(); material.next();)
      if (material.key() == "certificate" || material.key() == "x509CertificateChain") made_.has_certificate = true;
  }

  JsonReader& reader_;
  SignedEnvelope made_;
  std::string_view media_type_;
  Parts outer_, inner_;
};

// Looks into everything, so that depth and keys given twice are checked where nobody else reads.
void walk(JsonValue& value) {
  if (value.kind() == JsonKind::array) {
    for (JsonArray list = value.array(); list.next();) walk(list.value());
  } else if (value.kind() == JsonKind::object) {
    for (JsonObject object = value.object(); object.next();) walk(object.value());
  }
}

void read_subjects(JsonValue& value, JsonReader& reader, SignedStatement& statement) {
  for (JsonArray list = value.array(); list.next();) {
    if (statement.sha256.size() == most_subjects)
      return reader.fail({Fault::limit, "more than " + with_commas(most_subjects) + " subjects", {}, {}});
    for (JsonObject subject = list.value().object(); subject.next();) {
      if (subject.key() != "digest") continue;
      for (JsonObject digest = subject.value().object(); digest.next();)
        if (digest.key() == "sha256") statement.sha256.emplace_back(digest.value().text());
    }
  }
}

Limits for_one_text(Limits limits) {
  limits.text = limits.bytes;  // the payload is one string
  return limits;
}

Result<void> nothing_set_aside(JsonReader& reader) {
  if (const auto rejected = reader.take_rejected(); !rejected.empty())
    return Error{Fault::malformed, rejected.front().reason, {rejected.front().place}, {}};
  return {};
}

}  // namespace

Result<SignedEnvelope> read_signed_envelope(const Bytes& document, const Limits& limits) {
  TextPool pool;
  JsonReader reader(pool, for_one_text(limits), JsonDuplicates::refuse);
  EnvelopeReader envelope(reader);
  PRATIQUE_DO(reader.read(document, [&](JsonValue& root) { envelope.read(root); }));
  PRATIQUE_DO(nothing_set_aside(reader));
  return std::move(envelope).take();
}

Result<SignedStatement> read_statement(const Bytes& payload, const Limits& limits) {
  TextPool pool;
  JsonReader reader(pool, limits, JsonDuplicates::refuse);
  SignedStatement statement;
  std::string type;
  PRATIQUE_DO(reader.read(payload, [&](JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      if (top.key() == "_type")
        type = top.value().text();
      else if (top.key() == "predicateType")
        statement.predicate_type = top.value().text();
      else if (top.key() == "subject")
        read_subjects(top.value(), reader, statement);
      else
        walk(top.value());
    }
  }));
  PRATIQUE_DO(nothing_set_aside(reader));
  if (type != "https://in-toto.io/Statement/v0.1" && type != "https://in-toto.io/Statement/v1")
    return Error{Fault::malformed, "no in-toto statement", {"_type"}, {}};
  if (statement.predicate_type.empty()) return Error{Fault::malformed, "says no type", {"predicateType"}, {}};
  return statement;
}

}  // namespace pratique
