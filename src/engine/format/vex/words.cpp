#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "engine/format/vex/readers.h"
#include "model/cpe.h"
#include "model/purl.h"

namespace pratique {

namespace {

struct StatusWord {
  std::string_view word;
  VexStatus status;
};
constexpr std::array<StatusWord, 16> statuses = {{
    {"not_affected", VexStatus::not_affected},
    {"affected", VexStatus::affected},
    {"fixed", VexStatus::fixed},
    {"under_investigation", VexStatus::under_investigation},
    // CSAF: product_status
    {"known_not_affected", VexStatus::not_affected},
    {"known_affected", VexStatus::affected},
    {"first_affected", VexStatus::affected},
    {"last_affected", VexStatus::affected},
    {"first_fixed", VexStatus::fixed},
    {"unknown", VexStatus::under_investigation},
    // CycloneDX: analysis.state, affects[].versions[].status
    {"resolved", VexStatus::fixed},
    {"resolved_with_pedigree", VexStatus::fixed},
    {"exploitable", VexStatus::affected},
    {"in_triage", VexStatus::under_investigation},
    {"false_positive", VexStatus::not_affected},
    {"unaffected", VexStatus::not_affected},
}};

struct Justification {
  std::string_view word, openvex;
};
constexpr std::array<Justification, 14> justifications = {{
    {"component_not_present", "component_not_present"},
    {"vulnerable_code_not_present", "vulnerable_code_not_present"},
    {"vulnerable_code_not_in_execute_path", "vulnerable_code_not_in_execute_path"},
    {"vulnerable_code_cannot_be_controlled_by_adversary", "vulnerable_code_cannot_be_controlled_by_adversary"},
    {"inline_mitigations_already_exist", "inline_mitigations_already_exist"},
    {"code_not_present", "vulnerable_code_not_present"},
    {"code_not_reachable", "vulnerable_code_not_in_execute_path"},
    {"requires_configuration", "vulnerable_code_cannot_be_controlled_by_adversary"},
    {"requires_dependency", "vulnerable_code_cannot_be_controlled_by_adversary"},
    {"requires_environment", "vulnerable_code_cannot_be_controlled_by_adversary"},
    {"protected_by_compiler", "inline_mitigations_already_exist"},
    {"protected_at_runtime", "inline_mitigations_already_exist"},
    {"protected_at_perimeter", "inline_mitigations_already_exist"},
    {"protected_by_mitigating_control", "inline_mitigations_already_exist"},
}};

}  // namespace

std::string_view name_of(VexFormat format) {
  constexpr std::array<std::string_view, 3> names = {"openvex", "csaf", "cyclonedx"};
  return names[static_cast<std::size_t>(format)];
}

std::optional<VexStatus> vex_status_named(std::string_view word) {
  for (const StatusWord& known : statuses)
    if (!word.empty() && known.word == word) return known.status;
  return std::nullopt;
}

std::string_view vex_justification_named(std::string_view word) {
  for (const Justification& known : justifications)
    if (known.word == word) return known.openvex;
  return {};
}

std::string vex_product(std::string_view text) {
  std::string scratch;
  if (text.starts_with("pkg:")) {
    const auto canonical = canonical_purl(text, scratch);
    return canonical ? std::string(*canonical) : std::string();
  }
  if (text.starts_with("urn:cdx:")) return std::string(text);
  if (text.starts_with("cpe:")) return parse_cpe(text) ? std::string(text) : std::string();
  if (const auto digest = parse_digest(std::string(text))) return digest->text();
  return {};
}

std::optional<Time> vex_time(JsonValue& value) {
  const std::string_view text = value.text();
  if (text.empty()) return std::nullopt;
  const auto time = parse_time(text);
  if (time) return *time;
  value.set_aside("no time (RFC 3339)");
  return std::nullopt;
}

}  // namespace pratique
