// judge_bill: chooses the rules by what the document is and which version it claims.
#include "base/text.h"
#include "engine/format/bill/readers.h"
#include "engine/format/detect.h"
#include "engine/format/format.h"
#include "engine/format/json.h"
#include "engine/format/judge/judge.h"

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
    case BillFormat::syft_json:
      PRATIQUE_DO(judge_by_reading(read_syft_json(std::move(document), limits), judgement, complaints));
      break;
    case BillFormat::unknown: return Error{Fault::malformed, "a VEX document, but not an SBOM", {}, {}};
    default: return Error{Fault::unsupported, "not judged", {}, {}};
  }
  judgement.errors = complaints.take_errors();
  judgement.doubts = complaints.take_doubts();
  return judgement;
}

}  // namespace pratique
