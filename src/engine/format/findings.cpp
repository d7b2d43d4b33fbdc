// Reads back what `scan -o json` wrote (app/render/scan_json.cpp).
#include "engine/format/format.h"
#include "engine/format/json.h"

namespace pratique {
namespace {

// Beyond what any database holds of one vulnerability.
constexpr std::size_t most_in_finding = 10'000;

std::vector<std::string> texts_of(JsonValue& value) {
  std::vector<std::string> texts;
  for (JsonArray list = value.array(); list.next();) {
    if (list.index() >= most_in_finding) {
      list.value().set_aside("more than " + std::to_string(most_in_finding));
      continue;
    }
    texts.emplace_back(list.value().text());
  }
  return texts;
}

std::uint32_t index_of(JsonValue& value) {
  const auto number = value.integer().value_or(0);
  if (number < 0 || number >= no_component) {
    value.set_aside("no number of a component");
    return 0;
  }
  return static_cast<std::uint32_t>(number);
}

Severity severity_of(JsonValue& value) {
  const auto severity = severity_named(value.text());
  if (!severity) value.set_aside("no severity");
  return severity.value_or(Severity::unknown);
}

FixState fix_state_of(JsonValue& value) {
  const std::string_view word = value.text();
  for (int i = 0; i <= static_cast<int>(FixState::not_affected); ++i)
    if (name_of(static_cast<FixState>(i)) == word) return static_cast<FixState>(i);
  value.set_aside("no state of a fix");
  return FixState::unknown;
}

Rating rating_of(JsonValue& value) {
  Rating rating;
  for (JsonObject members = value.object(); members.next();) {
    const std::string_view key = members.key();
    if (key == "source") rating.source = members.value().text();
    if (key == "vector") rating.vector = members.value().text();
    if (key == "score") rating.score = members.value().number().value_or(0);
    if (key == "severity") rating.severity = severity_of(members.value());
  }
  return rating;
}

std::optional<Kev> kev_of(JsonValue& value) {
  if (value.is_null()) return std::nullopt;
  Kev kev;
  for (JsonObject members = value.object(); members.next();) {
    const std::string_view key = members.key();
    if (key == "added") kev.added = members.value().text();
    if (key == "due") kev.due = members.value().text();
    if (key == "ransomware") kev.ransomware = members.value().boolean().value_or(false);
  }
  return kev;
}

std::optional<Epss> epss_of(JsonValue& value) {
  if (value.is_null()) return std::nullopt;
  Epss epss;
  for (JsonObject members = value.object(); members.next();) {
    if (members.key() == "score") epss.score = members.value().number().value_or(0);
    if (members.key() == "percentile") epss.percentile = members.value().number().value_or(0);
  }
  return epss;
}

std::optional<Ssvc> ssvc_of(JsonValue& value) {
  if (value.is_null()) return std::nullopt;
  Ssvc ssvc;
  for (JsonObject members = value.object(); members.next();) {
    const std::string_view key = members.key();
    if (key == "exploitation") ssvc.exploitation = members.value().text();
    if (key == "automatable") ssvc.automatable = members.value().text();
    if (key == "technical_impact") ssvc.technical_impact = members.value().text();
  }
  return ssvc;
}

std::optional<Suppression> suppression_of(JsonValue& value) {
  if (value.kind() == JsonKind::boolean && !value.boolean().value_or(true)) return std::nullopt;
  Suppression said;
  for (JsonObject members = value.object(); members.next();) {
    const std::string_view key = members.key();
    if (key == "by") said.by = members.value().text();
    if (key == "status") said.status = members.value().text();
    if (key == "justification") said.justification = members.value().text();
    if (key == "detail") said.detail = members.value().text();
    if (key == "author") said.author = members.value().text();
    if (key == "time") said.time = members.value().text();
    if (key == "document") said.document = members.value().text();
  }
  return said;
}

Proof proof_of(JsonValue& value) {
  Proof proof;
  for (JsonObject members = value.object(); members.next();) {
    const std::string_view key = members.key();
    if (key == "advisory") proof.advisory = members.value().text();
    if (key == "source") proof.source = members.value().text();
    if (key == "revision") proof.revision = members.value().text();
    if (key == "package") proof.package = members.value().text();
    if (key == "stream") proof.stream = members.value().text();
    if (key == "module") proof.module = members.value().text();
    if (key == "range") proof.range = members.value().text();
    if (key == "comparator") proof.comparator = members.value().text();
    if (key == "installed") proof.installed = members.value().text();
    if (key == "fallback") proof.fallback = members.value().boolean().value_or(false);
    if (key == "doubt") proof.doubt = members.value().text();
  }
  if (proof.advisory.empty() || proof.range.empty() || proof.comparator.empty())
    value.set_aside("a proof needs 'advisory', 'range' and 'comparator'");
  return proof;
}

template <class Element>
std::vector<Element> list_of(JsonValue& value, Element (*element_of)(JsonValue&)) {
  std::vector<Element> all;
  for (JsonArray list = value.array(); list.next();) {
    if (list.index() >= most_in_finding) {
      list.value().set_aside("more than " + std::to_string(most_in_finding));
      continue;
    }
    all.push_back(element_of(list.value()));
  }
  return all;
}

void read_package(JsonValue& value, Finding& finding) {
  for (JsonObject members = value.object(); members.next();) {
    const std::string_view key = members.key();
    if (key == "name") finding.name = members.value().text();
    if (key == "version") finding.version = members.value().text();
    if (key == "purl") finding.purl = members.value().text();
  }
}

// What is known of the vulnerability whoever is affected by it.
void read_vulnerability(std::string_view key, JsonValue& value, Finding& finding) {
  if (key == "id") finding.id = value.text();
  if (key == "aliases") finding.aliases = texts_of(value);
  if (key == "severity") finding.severity = severity_of(value);
  if (key == "score") finding.score = value.number().value_or(0);
  if (key == "severity_source") finding.severity_source = value.text();
  if (key == "ratings") finding.ratings = list_of(value, rating_of);
  if (key == "kev") finding.kev = kev_of(value);
  if (key == "epss") finding.epss = epss_of(value);
  if (key == "ssvc") finding.ssvc = ssvc_of(value);
  if (key == "summary") finding.summary = value.text();
  if (key == "url") finding.url = value.text();
  if (key == "published" && !value.is_null()) {
    const auto time = parse_time(value.text());
    if (!time)
      value.set_aside("no time (RFC 3339)");
    else
      finding.published = *time;
  }
}

ReportedFinding item_of(JsonValue& value) {
  ReportedFinding item;
  Finding& finding = item.finding;
  bool has_proof = false;
  for (JsonObject members = value.object(); members.next();) {
    const std::string_view key = members.key();
    JsonValue& member = members.value();
    if (key == "artifact") item.artifact = member.text();
    if (key == "target") item.target = member.text();
    if (key == "package") read_package(member, finding);
    if (key == "fixed") finding.fixed = texts_of(member);
    if (key == "fix_state") finding.fix_state = fix_state_of(member);
    if (key == "component") finding.component = index_of(member);
    if (key == "elsewhere")
      for (JsonArray list = member.array(); list.next();) finding.elsewhere.push_back(index_of(list.value()));
    if (key == "path") finding.path = texts_of(member);
    if (key == "proof") {
      finding.proof = proof_of(member);
      has_proof = true;
    }
    if (key == "other_proofs") finding.other_proofs = list_of(member, proof_of);
    if (key == "suppressed") finding.suppressed = suppression_of(member);
    read_vulnerability(key, member, finding);
  }
  if (finding.id.empty() || !has_proof) value.set_aside("a finding needs 'id' and 'proof'");
  return item;
}

}  // namespace

Result<FindingReport> read_findings(const Bytes& document, const Limits& limits) {
  TextPool pool;
  JsonReader reader(pool, limits, JsonDuplicates::refuse);
  FindingReport report;
  std::string kind;
  PRATIQUE_DO(reader.read(document, [&](JsonValue& root) {
    if (root.kind() != JsonKind::object) return;
    for (JsonObject top = root.object(); top.next();) {
      if (top.key() == "kind") kind = top.value().text();
      if (top.key() == "database") report.generation = top.value().text();
      if (top.key() != "items" || (!kind.empty() && kind != "ScanReport")) continue;
      for (JsonArray list = top.value().array(); list.next();) {
        if (report.items.size() >= limits.entries)
          return reader.fail({Fault::limit, "more than " + std::to_string(limits.entries) + " findings", {}, {}});
        report.items.push_back(item_of(list.value()));
      }
    }
  }));
  if (kind != "ScanReport")
    return Error{Fault::malformed, "no report of a scan", {}, "write one with 'pratique scan -o json=FILE'"};
  if (auto rejected = reader.take_rejected(); !rejected.empty())
    return Error{Fault::malformed, std::move(rejected[0].reason), {std::move(rejected[0].place)}, {}};
  return report;
}

}  // namespace pratique
