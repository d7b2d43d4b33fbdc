#include "flow/signatures.h"

#include <algorithm>

#include "base/text.h"
#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

bool is_key_file(const std::string& path) { return path.ends_with(".pem") || path.ends_with(".pub"); }

std::string name_of_key(const std::string& path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

// What a statement calls its content must be what was read: another reader would go by the name.
bool is_called_right(const SignedStatement& statement, const Bill& bill) {
  const auto format = name_of(bill.format);
  const auto& type = statement.predicate_type;
  return (format.starts_with("cyclonedx") && type.find("cyclonedx") != std::string::npos) ||
         (format.starts_with("spdx") && type.find("spdx") != std::string::npos) ||
         (format.starts_with("syft") && type.find("syft") != std::string::npos);
}

Result<std::vector<Attestation>> verify(const Bytes& document, const Bill& bill, const Digest& image,
                                        const TrustedKeys& keys) {
  const auto refused = [](std::string text) { return Error{Fault::refused, std::move(text), {}, {}}; };
  // What is verified must be what was read of it, and nothing around or between.
  if (bill.wrapping != "dsse, in-toto" && bill.wrapping != "sigstore-bundle, in-toto")
    return refused("it came without an envelope that somebody could have signed");
  PRATIQUE_TRY(const auto envelope, read_signed_envelope(document));
  PRATIQUE_TRY(const auto names, verify_envelope(envelope, keys));
  PRATIQUE_TRY(const auto statement, read_statement(Bytes::copy_of(envelope.payload)));
  if (!is_about(statement, image)) return refused("what is signed is about another image");
  if (!carries_bill(statement) || !is_called_right(statement, bill))
    return refused("what is signed calls itself '" + printable(statement.predicate_type.substr(0, 80)) + "' and is " +
                   std::string(name_of(bill.format)));
  std::vector<Attestation> verified;
  for (const auto& name : names) {
    Attestation& one = verified.emplace_back();
    one.type = statement.predicate_type;
    one.key = name;
    one.bill = sha256_of(document.view());
  }
  return verified;
}

}  // namespace

Result<TrustedKeys> load_keys(const std::vector<std::string>& paths) {
  constexpr std::size_t largest = std::size_t{64} << 10;
  TrustedKeys keys;
  PRATIQUE_TRY(const auto files, list_files(paths));
  for (const auto& file : files) {
    const bool named = std::find(paths.begin(), paths.end(), file) != paths.end();
    if (!named && !is_key_file(file)) continue;
    PRATIQUE_TRY(const auto pem, read_file(file, largest));
    if (auto added = keys.add(name_of_key(file), pem.view()); !added) return std::move(added).error().in(file);
  }
  if (keys.empty() && !paths.empty())
    return Error{Fault::malformed, "there is no key", paths, "name a .pem or .pub file, or a folder of them"};
  return keys;
}

Attestations attestations_of_nothing(const TrustedKeys& keys) {
  Attestations found;
  found.of_images = false;
  found.keys = keys.names();
  found.generation = keys.generation();
  return found;
}

Attestations attestations_of(const Bytes& document, const Bill& bill, const Digest& image, const TrustedKeys& keys) {
  Attestations found = attestations_of_nothing(keys);
  auto verified = verify(document, bill, image, keys);
  if (verified)
    found.verified = std::move(*verified);
  else if (verified.error().fault == Fault::unsupported)
    found.undecided = "whether its SBOM is signed by the right one is open: " + render(verified.error());
  else
    found.refused.push_back(render(verified.error()));
  return found;
}

}  // namespace pratique
