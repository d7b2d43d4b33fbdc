// What the store answers of findings: rows to values.
#include "world/store/read_findings.h"

#include <algorithm>

#include "world/store/long_text.h"

namespace pratique {
namespace {

std::optional<Time> time_or_none(const Rows& rows, int column) {
  return rows.is_null(column) ? std::nullopt : std::optional(time_of(rows.integer(column)));
}

}  // namespace

const char* const findings_of_component =
    "SELECT component, vulnerabilities.name, severity, fixed, proof, reasons.digest, findings.since, opened_at, "
    "opening.digest, closed_at, closing.digest, closed_advisory, closed_revision, closed_why, findings.id "
    "FROM findings JOIN reasons ON reasons.id = reason "
    "LEFT JOIN vulnerabilities ON vulnerabilities.id = reasons.vulnerability "
    "JOIN generations AS opening ON opening.id = opened_by "
    "LEFT JOIN generations AS closing ON closing.id = closed_by "
    "WHERE component = $1 AND opened_at <= $2 AND (closed_at IS NULL OR closed_at > $3) ORDER BY findings.id";

StoredFinding finding_of(const Rows& rows) {
  StoredFinding finding;
  finding.component = static_cast<ComponentId>(rows.integer(0));
  finding.reason.vulnerability = rows.text(1);
  finding.reason.severity = static_cast<Severity>(rows.integer(2));
  finding.reason.fixed = rows.text(3);
  finding.reason.proof = rows.text(4);
  finding.reason.digest = rows.text(5);
  finding.since = time_of(rows.integer(6));
  finding.opened_at = time_of(rows.integer(7));
  finding.opened_by = rows.text(8);
  finding.closed_at = time_or_none(rows, 9);
  finding.closed_by = rows.text(10);
  finding.closing = {std::string(rows.text(11)), std::string(rows.text(12)), std::string(rows.text(13))};
  return finding;
}

std::int64_t row_of_finding(const Rows& rows) { return rows.integer(14); }

Result<std::optional<AdvisoryGeneration>> Store::generation() const {
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT digest, newest, covers, since FROM generations "
                                                 "ORDER BY id DESC LIMIT 1"));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<AdvisoryGeneration>();
  return std::optional(AdvisoryGeneration{std::string(rows.text(0)), time_or_none(rows, 1), std::string(rows.text(2)),
                                          time_of(rows.integer(3))});
}

Result<std::vector<ComponentId>> Store::find_pending(std::size_t most) const {
  return ids_of(state_->database.query("SELECT component FROM pending ORDER BY component LIMIT $1",
                                       static_cast<std::int64_t>(most)));
}

Result<std::uint64_t> Store::count_pending() const {
  PRATIQUE_TRY(const auto count, state_->database.number("SELECT COUNT(*) FROM pending"));
  return static_cast<std::uint64_t>(count.value_or(0));
}

Result<std::vector<StoredFinding>> Store::find_findings(std::span<const ComponentId> components,
                                                        const Period& when) const {
  const Bounds bounds = bounds_of(when);
  ValueRows asked;
  for (const ComponentId component : components) asked.add(std::int64_t{component}, bounds.to, bounds.from);
  std::vector<StoredFinding> findings;
  PRATIQUE_DO(state_->database.each(findings_of_component, asked, [&](std::size_t, const Rows& row) -> Result<void> {
    findings.push_back(finding_of(row));
    return {};
  }));
  return findings;
}

Result<std::vector<StoredFinding>> Store::find_findings(std::string_view vulnerability, const Period& when) const {
  const Bounds bounds = bounds_of(when);
  std::vector<StoredFinding> findings;
  PRATIQUE_TRY(
      Rows rows,
      state_->database.query(
          "SELECT component, vulnerabilities.name, severity, fixed, proof, reasons.digest, findings.since, opened_at, "
          "opening.digest, closed_at, closing.digest, closed_advisory, closed_revision, closed_why, findings.id "
          "FROM aliases JOIN vulnerabilities ON vulnerabilities.id = aliases.vulnerability "
          "JOIN reasons ON reasons.vulnerability = vulnerabilities.id JOIN findings ON findings.reason = reasons.id "
          "JOIN generations AS opening ON opening.id = opened_by "
          "LEFT JOIN generations AS closing ON closing.id = closed_by "
          "WHERE aliases.name = $1 AND opened_at <= $2 AND (closed_at IS NULL OR closed_at > $3) "
          "ORDER BY component, findings.id",
          vulnerability, bounds.to, bounds.from));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    findings.push_back(finding_of(row));
    return {};
  }));
  return findings;
}

Result<std::vector<StoredComponent>> Store::find_known_as(std::span<const std::string> packages) const {
  ValueRows asked;
  std::vector<std::string> keys;
  for (const auto& package : packages) keys.push_back(index_text(package));
  for (const auto& key : keys) asked.add(key);
  std::vector<StoredComponent> components;
  const auto keep = [&](std::size_t, const Rows& row) -> Result<void> {
    components.push_back(component_of(row));
    return {};
  };
  PRATIQUE_DO(
      state_->database.each("SELECT components.id, key, version, components.name, purl, source, context FROM packages "
                            "JOIN components ON components.package = packages.id WHERE key = $1 AND context <> '-'",
                            asked, keep));
  PRATIQUE_DO(state_->database.each(
      "SELECT components.id, packages.key, version, components.name, purl, source, context FROM also_known "
      "JOIN components ON components.id = component JOIN packages ON packages.id = components.package "
      "WHERE also_known.key = $1",
      asked, keep));
  const auto by_id = [](const StoredComponent& a, const StoredComponent& b) { return a.id < b.id; };
  const auto same = [](const StoredComponent& a, const StoredComponent& b) { return a.id == b.id; };
  std::sort(components.begin(), components.end(), by_id);
  components.erase(std::unique(components.begin(), components.end(), same), components.end());
  return components;
}

Result<std::vector<ComponentId>> Store::find_unjudged() const {
  return ids_of(
      state_->database.query("SELECT component FROM reasons JOIN findings ON findings.reason = reasons.id "
                             "WHERE vulnerability IS NULL AND closed_at IS NULL "
                             "UNION SELECT component FROM pending WHERE is_new = 1 ORDER BY component"));
}

Result<std::vector<ComponentId>> Store::find_never_judged() const {
  return ids_of(state_->database.query("SELECT component FROM pending WHERE is_new = 1 ORDER BY component"));
}

Result<std::vector<std::string>> Store::names_of_vulnerability(std::string_view name) const {
  std::vector<std::string> names;
  PRATIQUE_TRY(Rows rows, state_->database.query(
                              "SELECT vulnerabilities.name, other.name FROM aliases "
                              "JOIN vulnerabilities ON vulnerabilities.id = aliases.vulnerability "
                              "JOIN aliases AS other ON other.vulnerability = aliases.vulnerability "
                              "WHERE aliases.name = $1 ORDER BY vulnerabilities.name = $1 DESC, vulnerabilities.id, "
                              "other.name",
                              name));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    for (const int column : {0, 1})
      if (std::find(names.begin(), names.end(), row.text(column)) == names.end()) names.emplace_back(row.text(column));
    return {};
  }));
  return names;
}

Result<void> Store::visit_findings(const Period& when, const std::function<void(const FindingRow&)>& visit) const {
  const Bounds bounds = bounds_of(when);
  PRATIQUE_TRY(Rows rows, state_->database.query(
                              "SELECT component, vulnerability, severity, fixed FROM findings "
                              "JOIN reasons ON reasons.id = reason "
                              "WHERE opened_at <= $1 AND (closed_at IS NULL OR closed_at > $2) ORDER BY component",
                              bounds.to, bounds.from));
  return for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    visit({static_cast<ComponentId>(row.integer(0)), row.is_null(1) ? 0 : static_cast<std::uint32_t>(row.integer(1)),
           static_cast<Severity>(row.integer(2)), std::string(row.text(3))});
    return {};
  });
}

Result<std::vector<StoredFinding>> Store::find_changed(Time from, Time to) const {
  std::vector<StoredFinding> findings;
  PRATIQUE_TRY(
      Rows rows,
      state_->database.query(
          "SELECT component, vulnerabilities.name, severity, fixed, proof, reasons.digest, findings.since, opened_at, "
          "opening.digest, closed_at, closing.digest, closed_advisory, closed_revision, closed_why, findings.id "
          "FROM findings JOIN reasons ON reasons.id = reason "
          "JOIN vulnerabilities ON vulnerabilities.id = reasons.vulnerability "
          "JOIN generations AS opening ON opening.id = opened_by "
          "LEFT JOIN generations AS closing ON closing.id = closed_by "
          "WHERE (opened_at > $1 AND opened_at <= $2) OR (closed_at > $1 AND closed_at <= $2) ORDER BY findings.id",
          milliseconds_of(from), milliseconds_of(to)));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    findings.push_back(finding_of(row));
    return {};
  }));
  return findings;
}

}  // namespace pratique
