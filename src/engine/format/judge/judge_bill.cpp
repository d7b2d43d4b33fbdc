// judge_bill: chooses the rules by what the document is and which version it claims.
#include "base/text.h"
#include "engine/format/bill/readers.h"
#include "engine/format/detect.h"
#include "engine/format/format.h"
#include "engine/format/json.h"
#include "engine/format/judge/judge.h"
#include "engine/format/yaml.h"

namespace pratique {

namespace {

constexpr std::string_view cyclonedx_name_space = "http://cyclonedx.org/schema/bom/";

// "1.6" -> 16; nothing for versions of another form.
std::optional<unsigned> version_of(std::string_view text) {
  if (text.size() != 3 || !is_digit(text[0]) || text[1] != '.' || !is_digit(text[2])) return std::nullopt;
  return static_cast<unsigned>((text[0] - '0') * 10 + (text[2] - '0'));
}

// A text member of the outermost object.
Result<std::string> member_of(const Bytes& document, std::string_view key, const Limits& limits) {
  std::string found;
  TextPool pool;
  JsonReader reader(pool, limits);
  PRATIQUE_DO(reader.read(document, [&](JsonValue& root) {
    for (JsonObject top = root.object(); top.next();)
      if (top.key() == key && top.value().kind() == JsonKind::string) found = top.value().text();
  }));
  return found;
}

// The version in the namespace of the outermost element.
std::string version_in_xml(std::string_view text) {
  const auto at = text.find(cyclonedx_name_space);
  if (at == std::string_view::npos) return {};
  return std::string(text.substr(at + cyclonedx_name_space.size(), 3));
}

Error unknown_version(std::string_view version) {
  return {Fault::unsupported, "version '" + printable(version) + "' is not known", {}, {}};
}

const Rules& cyclonedx_rules() {
  static const Rules rules(cyclonedx_sheet());
  return rules;
}

Result<void> judge_cyclonedx_json(const Bytes& document, const Limits& limits, BillJudgement& judgement,
                                  Complaints& complaints) {
  PRATIQUE_TRY(judgement.spec_version, member_of(document, "specVersion", limits));
  const auto version = version_of(judgement.spec_version);
  if (!version || *version < 12 || *version > 17) return unknown_version(judgement.spec_version);
  return judge_json(document, cyclonedx_rules().shape("Bom"), *version, limits, complaints);
}

Result<void> judge_cyclonedx_xml(const Bytes& document, const Limits& limits, BillJudgement& judgement,
                                 Complaints& complaints) {
  judgement.spec_version = version_in_xml(document.view());
  const auto version = version_of(judgement.spec_version);
  if (!version || *version < 10 || *version > 17) return unknown_version(judgement.spec_version);
  return judge_xml(document, cyclonedx_rules().shape("Bom"), "bom",
                   std::string(cyclonedx_name_space) + judgement.spec_version, *version, limits, complaints);
}

const Rules& spdx_rules() {
  static const Rules rules(spdx_sheet());
  return rules;
}

// "SPDX-2.3" -> 23; the rules refuse what is neither of the two.
unsigned spdx_version(std::string_view text, BillJudgement& judgement) {
  judgement.spec_version = text.starts_with("SPDX-") ? text.substr(5) : text;
  return judgement.spec_version == "2.2" ? 22 : 23;
}

Result<void> judge_spdx_json(const Bytes& document, const Limits& limits, BillJudgement& judgement,
                             Complaints& complaints) {
  PRATIQUE_TRY(const std::string version, member_of(document, "spdxVersion", limits));
  return judge_json(document, spdx_rules().shape("SpdxDocument"), spdx_version(version, judgement), limits, complaints);
}

Result<void> judge_spdx_yaml(const Bytes& document, const Limits& limits, BillJudgement& judgement,
                             Complaints& complaints) {
  PRATIQUE_TRY(const std::string json, json_of_yaml(document.view(), limits));
  Limits for_json = limits;
  for_json.bytes = std::max(limits.bytes, json.size());
  return judge_spdx_json(Bytes::copy_of(json), for_json, judgement, complaints);
}

void judge_spdx_tag_value(const Bytes& document, BillJudgement& judgement, Complaints& complaints) {
  constexpr std::string_view tag = "SPDXVersion:";
  const std::string_view text = document.view();
  const auto at = text.find(tag) + tag.size();
  const std::string_view version = trim(text.substr(at, text.find_first_of("\r\n", at) - at));
  judge_tag_value(text, spdx_rules(), spdx_version(version, judgement), complaints);
}

Result<void> judge_spdx3(const Bytes& document, const Limits& limits, BillJudgement& judgement,
                         Complaints& complaints) {
  static const Rules rules(spdx3_sheet());
  constexpr std::string_view place = "https://spdx.org/rdf/";  // "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
  PRATIQUE_TRY(const std::string context, member_of(document, "@context", limits));
  const std::string_view version = context.starts_with(place) ? std::string_view(context).substr(place.size()) : "";
  judgement.spec_version = version.starts_with("3.0.") ? version.substr(0, version.find('/')) : "3.0";
  return judge_json_by_type(document, rules, rules.shape("Spdx3"), 30, limits, complaints);
}

// What the reader set aside: for the syntaxes that have no rules of their own here.
Result<void> judge_by_reading(Result<Bill> bill, BillJudgement& judgement, Complaints& complaints) {
  if (!bill) return std::move(bill).error();
  judgement.spec_version = bill->spec_version;
  for (const Rejected& rejected : bill->rejected) complaints.add(rejected.place, rejected.reason);
  return {};
}

}  // namespace

Result<BillJudgement> judge_bill(Bytes raw, const Limits& limits) {
  const auto is_bill = [](const DocumentKind& kind) { return kind.bill != BillFormat::unknown; };
  PRATIQUE_TRY(Unwrapped unwrapped, unwrap(std::move(raw), limits, is_bill));
  Bytes& document = unwrapped.document;
  BillJudgement judgement{unwrapped.kind.bill, {}, std::move(unwrapped.wrapping), {}, {}};
  Complaints complaints;
  switch (judgement.format) {
    case BillFormat::cyclonedx_json: PRATIQUE_DO(judge_cyclonedx_json(document, limits, judgement, complaints)); break;
    case BillFormat::cyclonedx_xml: PRATIQUE_DO(judge_cyclonedx_xml(document, limits, judgement, complaints)); break;
    case BillFormat::cyclonedx_protobuf:
      PRATIQUE_DO(judge_by_reading(read_cyclonedx_protobuf(std::move(document), limits), judgement, complaints));
      break;
    case BillFormat::spdx_json: PRATIQUE_DO(judge_spdx_json(document, limits, judgement, complaints)); break;
    case BillFormat::spdx_yaml: PRATIQUE_DO(judge_spdx_yaml(document, limits, judgement, complaints)); break;
    case BillFormat::spdx_tag_value: judge_spdx_tag_value(document, judgement, complaints); break;
    case BillFormat::spdx3_json: PRATIQUE_DO(judge_spdx3(document, limits, judgement, complaints)); break;
    case BillFormat::syft_json:
      PRATIQUE_DO(judge_by_reading(read_syft_json(std::move(document), limits), judgement, complaints));
      break;
    case BillFormat::purls:  // never read
    case BillFormat::unknown: return Error{Fault::malformed, "a VEX document, but not an SBOM", {}, {}};
  }
  judgement.errors = complaints.take_errors();
  judgement.doubts = complaints.take_doubts();
  return judgement;
}

}  // namespace pratique
