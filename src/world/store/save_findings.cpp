// Generations of advisories, and what they say of components: opened, closed, left as it is.
#include <algorithm>
#include <deque>

#include "world/store/changes.h"
#include "world/store/long_text.h"
#include "world/store/read_findings.h"
#include "world/store/state.h"

namespace pratique {
namespace {

Result<std::int64_t> add_generation(const Database& database, const AdvisoryGeneration& generation) {
  const auto newest = generation.newest ? std::optional(milliseconds_of(*generation.newest)) : std::nullopt;
  PRATIQUE_TRY(
      const auto id,
      database.number("INSERT INTO generations (digest, newest, covers, since) VALUES ($1, $2, $3, $4) RETURNING id",
                      generation.digest, newest, generation.covers, milliseconds_of(generation.since)));
  return *id;
}

// One batch of judgements on its way into the store.
class Judging {
 public:
  Judging(const Database& database, IdCache<std::int64_t>& reasons, std::int64_t generation, Time now)
      : database_(database), reasons_(reasons), generation_(generation), now_(now) {}

  Result<void> read_open(std::span<const Judgement> judgements);
  Result<void> compare(std::span<const Judgement> judgements, const ExplainClosing& explain);
  Result<JudgedCounts> write(std::span<const Judgement> judgements);

 private:
  struct Open {
    std::int64_t row = 0;
    StoredFinding finding;
    bool is_said = false;  // still
  };
  Result<std::int64_t> vulnerability_id(const Reason& reason);
  Result<std::int64_t> reason_id(const Reason& reason);
  Result<void> open(std::uint32_t component, const Reason& reason, const std::vector<Open>& before);

  const Database& database_;
  IdCache<std::int64_t>& reasons_;  // by digest
  std::int64_t generation_;
  Time now_;
  std::vector<std::vector<Open>> open_;  // of each judgement
  std::vector<std::pair<std::int64_t, Closing>> closed_;
  ValueRows opened_;
  JudgedCounts counts_;
};

Result<void> Judging::read_open(std::span<const Judgement> judgements) {
  open_.resize(judgements.size());
  ValueRows asked;
  for (const Judgement& judgement : judgements) {
    const Bounds now = bounds_of({});
    asked.add(std::int64_t{judgement.component}, now.to, now.from);
  }
  return database_.each(findings_of_component, asked, [&](std::size_t i, const Rows& row) -> Result<void> {
    open_[i].push_back({row_of_finding(row), finding_of(row), false});
    return {};
  });
}

Result<std::int64_t> Judging::vulnerability_id(const Reason& reason) {
  PRATIQUE_TRY(auto id, database_.number("SELECT id FROM vulnerabilities WHERE name = $1", reason.vulnerability));
  if (!id) {
    PRATIQUE_TRY(id,
                 database_.number("INSERT INTO vulnerabilities (name) VALUES ($1) RETURNING id", reason.vulnerability));
  }
  ValueRows names;
  names.add(reason.vulnerability, *id);
  for (const auto& alias : reason.aliases) names.add(alias, *id);
  PRATIQUE_DO(database_.each(
      "INSERT INTO aliases (name, vulnerability) VALUES ($1, $2) ON CONFLICT (name, vulnerability) DO NOTHING", names));
  return *id;
}

Result<std::int64_t> Judging::reason_id(const Reason& reason) {
  if (const auto* const known = reasons_.find(reason.digest)) return *known;
  PRATIQUE_TRY(auto id, database_.number("SELECT id FROM reasons WHERE digest = $1", Blob{reason.digest}));
  if (!id) {
    std::optional<std::int64_t> vulnerability;
    if (!reason.vulnerability.empty()) {
      PRATIQUE_TRY(vulnerability, vulnerability_id(reason));
    }
    PRATIQUE_TRY(id, database_.number("INSERT INTO reasons (digest, vulnerability, severity, fixed, proof) "
                                      "VALUES ($1, $2, $3, $4, $5) RETURNING id",
                                      Blob{reason.digest}, vulnerability, static_cast<std::int64_t>(reason.severity),
                                      reason.fixed, reason.proof));
  }
  reasons_.keep(reason.digest, *id);
  return *id;
}

Result<void> Judging::open(std::uint32_t component, const Reason& reason, const std::vector<Open>& before) {
  Time since = now_;
  for (const Open& old : before)
    if (!reason.vulnerability.empty() && old.finding.reason.vulnerability == reason.vulnerability)
      since = std::min(since, old.finding.since);
  PRATIQUE_TRY(const std::int64_t id, reason_id(reason));
  opened_.add(std::int64_t{component}, id, milliseconds_of(since), milliseconds_of(now_), generation_);
  return {};
}

Result<void> Judging::compare(std::span<const Judgement> judgements, const ExplainClosing& explain) {
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    auto& open = open_[i];
    for (const Reason& reason : judgements[i].reasons) {
      const auto same = std::find_if(open.begin(), open.end(),
                                     [&](const Open& old) { return old.finding.reason.digest == reason.digest; });
      if (same != open.end())
        same->is_said = true;
      else
        PRATIQUE_DO(this->open(judgements[i].component, reason, open));
    }
    for (const Open& old : open) {
      if (old.is_said)
        ++counts_.kept;
      else
        closed_.emplace_back(old.row, explain(old.finding));
    }
  }
  return {};
}

Result<JudgedCounts> Judging::write(std::span<const Judgement> judgements) {
  ValueRows closings, judged, names;
  std::deque<std::string> keys;
  const std::int64_t now = milliseconds_of(now_);
  for (const auto& [row, closing] : closed_)
    closings.add(now, generation_, closing.advisory, closing.revision, closing.why, row);
  for (const Judgement& judgement : judgements) {
    judged.add(std::int64_t{judgement.component});
    for (const auto& name : judgement.also_known)
      names.add(keys.emplace_back(index_text(name)), std::int64_t{judgement.component});
  }
  PRATIQUE_DO(
      database_.each("UPDATE findings SET closed_at = $1, closed_by = $2, closed_advisory = $3, closed_revision = $4, "
                     "closed_why = $5 WHERE id = $6",
                     closings));
  PRATIQUE_DO(
      database_.load("INSERT INTO findings (component, reason, since, opened_at, opened_by) "
                     "VALUES ($1, $2, $3, $4, $5)",
                     opened_));
  PRATIQUE_DO(database_.each(
      "INSERT INTO also_known (key, component) VALUES ($1, $2) ON CONFLICT (key, component) DO NOTHING", names));
  PRATIQUE_DO(database_.each("DELETE FROM pending WHERE component = $1", judged));
  counts_.components = judgements.size();
  counts_.opened = opened_.size();
  counts_.closed = closed_.size();
  return counts_;
}

struct Current {
  std::int64_t id = 0;
  std::string digest;
  Time since;
};
Result<Current> current_generation(const Database& database) {
  PRATIQUE_TRY(Rows rows, database.query("SELECT id, digest, since FROM generations ORDER BY id DESC LIMIT 1"));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return Current{};
  return Current{rows.integer(0), std::string(rows.text(1)), time_of(rows.integer(2))};
}

}  // namespace

Result<void> Store::begin_generation(const AdvisoryGeneration& generation, std::span<const ComponentId> touched) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY([[maybe_unused]] const auto id, add_generation(database, generation));
  ValueRows rows;
  for (const ComponentId component : touched) rows.add(std::int64_t{component}, std::int64_t{0});
  PRATIQUE_DO(database.each(
      "INSERT INTO pending (component, is_new) VALUES ($1, $2) ON CONFLICT (component) DO NOTHING", rows));
  return transaction.commit();
}

Result<void> Store::begin_generation_anew(const AdvisoryGeneration& generation) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY([[maybe_unused]] const auto id, add_generation(database, generation));
  PRATIQUE_DO(
      database.run("INSERT INTO pending (component, is_new) SELECT id, 0 FROM components WHERE context <> '-' "
                   "ON CONFLICT (component) DO NOTHING"));
  return transaction.commit();
}

Result<JudgedCounts> Store::save_judgements(std::span<const Judgement> judgements, std::string_view generation,
                                            const ExplainClosing& explain, Time now) {
  const auto save_all = [&]() -> Result<JudgedCounts> {
    const Database& database = state_->database;
    PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
    PRATIQUE_TRY(const Current current, current_generation(database));
    if (current.digest != generation)
      return Error{Fault::unavailable,
                   "another process brought the findings to another generation of advisories",
                   {state_->path},
                   "run it again"};
    Judging judging(database, state_->reasons, current.id, std::max(now, current.since));
    PRATIQUE_DO(judging.read_open(judgements));
    PRATIQUE_DO(judging.compare(judgements, explain));
    PRATIQUE_TRY(const JudgedCounts counts, judging.write(judgements));
    if (counts.opened + counts.closed > 0) {
      const auto [first, last] =
          std::minmax_element(judgements.begin(), judgements.end(),
                              [](const Judgement& a, const Judgement& b) { return a.component < b.component; });
      const StoredChange change{0, std::max(now, current.since), "findings", std::string(generation),
                                std::to_string(first->component) + "-" + std::to_string(last->component)};
      PRATIQUE_DO(save_changes(database, std::span(&change, 1)));
    }
    PRATIQUE_DO(transaction.commit());
    return counts;
  };
  auto saved = save_all();
  if (!saved) state_->reasons.clear();
  return saved;
}

}  // namespace pratique
