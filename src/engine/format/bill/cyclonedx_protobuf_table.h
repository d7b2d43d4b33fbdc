// The fields of CycloneDX's protobuf messages (bom-1.3.proto to bom-1.7.proto) that are read and written, each with the
// member it is in JSON. Private to format/.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace pratique::protobuf {

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

inline constexpr std::array<std::string_view, 14> types = {
    "",          "application", "framework",     "library",  "operating-system",       "device", "file",
    "container", "firmware",    "device-driver", "platform", "machine-learning-model", "data",   "cryptographic-asset"};
inline constexpr std::array<std::string_view, 4> scopes = {"", "required", "optional", "excluded"};
inline constexpr std::array<std::string_view, 15> algorithms = {
    "",         "MD5",         "SHA-1",       "SHA-256",     "SHA-384", "SHA-512",      "SHA3-256",    "SHA3-384",
    "SHA3-512", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3",  "Streebog-256", "Streebog-512"};
inline constexpr std::array<std::string_view, 47> references = {"other",
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
inline constexpr std::array<std::string_view, 10> aggregates = {"not_specified",
                                                                "complete",
                                                                "incomplete",
                                                                "incomplete_first_party_only",
                                                                "incomplete_third_party_only",
                                                                "unknown",
                                                                "incomplete_first_party_proprietary_only",
                                                                "incomplete_first_party_opensource_only",
                                                                "incomplete_third_party_proprietary_only",
                                                                "incomplete_third_party_opensource_only"};
inline constexpr std::array<std::string_view, 3> acknowledgements = {"", "declared", "concluded"};
inline constexpr std::array<std::string_view, 7> phases = {"design",     "pre-build", "build",       "post-build",
                                                           "operations", "discovery", "decommission"};

using M = Message;

// In the order of messages and numbers.
inline constexpr std::array<Known, 92> known = {{
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
    {M::swid, 2, "name", As::text},
}};

}  // namespace pratique::protobuf
