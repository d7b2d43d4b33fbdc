#include "flow/rematch.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "engine/match/match.h"
#include "engine/version/version.h"
#include "flow/reason.h"
#include "flow/scan.h"
#include "model/cpe.h"
#include "model/ecosystem.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::size_t at_once = 2048;  // components that are judged and saved together

// A component, and what else it may be known by.
struct Candidate {
  const StoredComponent* stored = nullptr;
  const std::vector<std::string>* cpes = nullptr;
};

// Components as a bill of their own, which must not outlive them.
Bill bill_of(std::span<const Candidate> components, const std::string& release) {
  Bill bill;
  bill.distro = release;
  bill.components.reserve(components.size());
  for (const auto& [stored, cpes] : components) {
    Component component;
    component.name = stored->name;
    component.version = stored->version;
    component.purl = stored->purl;
    component.source = stored->source;
    if (!cpes->empty()) component.cpe = cpes->front();
    for (const std::string& cpe : *cpes)
      bill.details.push_back(
          {static_cast<std::uint32_t>(bill.components.size()), DetailKind::cpe, {}, std::string_view(cpe)});
    bill.components.push_back(component);
  }
  return bill;
}

using Group = std::vector<Candidate>;
using Cpes = std::vector<std::vector<std::string>>;  // of each component

// The store leaves out the wildcards at their ends; a formatted string has all of its attributes.
Result<Cpes> load_cpes(const Store& store, std::span<const ComponentId> ids) {
  PRATIQUE_TRY(Cpes all, store.load_traits(Trait::cpe, ids));
  for (auto& cpes : all)
    for (std::string& cpe : cpes)
      for (int attempt = 0; attempt < static_cast<int>(Cpe::attributes) && !parse_cpe(cpe); ++attempt) cpe += ":*";
  return all;
}

std::map<std::string_view, Group> by_release(const std::vector<StoredComponent>& components, const Cpes& cpes) {
  std::map<std::string_view, Group> groups;
  for (std::size_t i = 0; i < components.size(); ++i)
    groups[components[i].context.release].push_back({&components[i], &cpes[i]});
  return groups;
}

// Known by CPE alone.
bool is_product(const Candidate& one) {
  const std::string& purl = one.stored->purl;
  return !one.cpes->empty() && (purl.empty() || !has_advisories_by_name(type_of(purl)));
}

std::vector<ComponentId> ids_of(const std::vector<StoredComponent>& components) {
  std::vector<ComponentId> ids;
  for (const StoredComponent& component : components) ids.push_back(component.id);
  return ids;
}

// Judges components, some at a time.
class Judge {
 public:
  explicit Judge(const AdvisoryDb& db) : db_(db) {}

  Result<std::vector<Judgement>> judge(const std::vector<StoredComponent>& components, const Cpes& cpes) {
    constexpr std::size_t in_a_bill = 64;
    std::vector<Judgement> judgements;
    auto groups = by_release(components, cpes);
    for (auto& [release, group] : groups) {
      // A product must not be taken for one that another one needs besides.
      const auto products =
          std::partition(group.begin(), group.end(), [](const Candidate& one) { return !is_product(one); });
      const std::span all(group);
      const auto named = static_cast<std::size_t>(products - group.begin());
      for (std::size_t first = 0; first < named; first += in_a_bill)
        PRATIQUE_DO(
            judge_some(all.subspan(first, std::min(in_a_bill, named - first)), std::string(release), judgements));
      for (std::size_t i = named; i < group.size(); ++i)
        PRATIQUE_DO(judge_some(all.subspan(i, 1), std::string(release), judgements));
    }
    return judgements;
  }

 private:
  Result<void> judge_some(std::span<const Candidate> components, const std::string& release,
                          std::vector<Judgement>& judgements) {
    const Bill bill = bill_of(components, release);
    auto match = scan(bill, db_);
    if (!match && match.error().fault == Fault::limit) {
      if (components.size() == 1) {
        judgements.push_back({components[0].stored->id, {reason_of_unknown(match.error().text)}, {}});
        return {};
      }
      const std::size_t half = components.size() / 2;
      PRATIQUE_DO(judge_some(components.first(half), release, judgements));
      return judge_some(components.subspan(half), release, judgements);
    }
    if (!match) return std::move(match).error();
    const std::size_t before = judgements.size();
    const auto names = looked_up(bill);
    for (std::size_t i = 0; i < components.size(); ++i) {
      judgements.push_back({components[i].stored->id, {}, {}});
      if (!names[i]) continue;
      for (const auto& package : names[i]->packages)
        if (package != components[i].stored->package) judgements.back().also_known.push_back(package);
    }
    const auto add = [&](const Finding& finding, std::uint32_t component) {
      judgements[before + component].reasons.push_back(reason_of(finding, components[component].stored->version));
    };
    for (const Finding& finding : match->findings) {
      add(finding, finding.component);
      for (const std::uint32_t component : finding.elsewhere) add(finding, component);
    }
    for (const Unknown& unknown : match->unknown)
      judgements[before + unknown.component].reasons.push_back(reason_of_unknown(unknown.reason));
    return {};
  }

  const AdvisoryDb& db_;
};

// Why a finding is none any more: what the new generation says of the advisory that proved it.
Result<Closing> closing_of(const StoredFinding& finding, const AdvisoryDb::Reader& reader) {
  if (finding.reason.vulnerability.empty()) return Closing{{}, {}, "can be judged"};
  PRATIQUE_TRY(const ReasonDetail detail, parse_reason(finding.reason.proof, {}));
  Closing closing{detail.proofs.front().advisory, {}, "not in the database any more"};
  PRATIQUE_TRY(const auto advisories, reader.find(closing.advisory));
  for (const Advisory& advisory : advisories) {
    if (advisory.id != closing.advisory || advisory.source != detail.proofs.front().source) continue;
    closing.revision = advisory.modified ? render_time(*advisory.modified) : "";
    closing.why = advisory.withdrawn ? "withdrawn" : "says something else";
  }
  return closing;
}

std::string covers_of(const AdvisoryDb& db) {
  std::string lines;
  for (const auto& [name, count] : db.status().ecosystems) lines.append(name).append("\n");
  return lines;
}

enum class Covering { same, more, other };
Covering compare_covering(std::string_view before, std::string_view after) {
  if (before == after) return Covering::same;
  std::unordered_set<std::string_view> now;
  for (std::size_t at = 0; at < after.size();) {
    const std::size_t end = after.find('\n', at);
    now.insert(after.substr(at, end - at));
    at = end + 1;
  }
  for (std::size_t at = 0; at < before.size();) {
    const std::size_t end = before.find('\n', at);
    if (!now.contains(before.substr(at, end - at))) return Covering::other;
    at = end + 1;
  }
  return Covering::more;
}

Error older_database(const AdvisoryDb& db) {
  return Error{Fault::refused,
               "the advisories are older than those the findings in the store were made with",
               {db.status().path},
               "run 'pratique db update'"};
}

// Brings the store to the database's generation: says so, and which components wait because of it.
Result<RematchReport> begin(Store& store, const AdvisoryDb& db, Time now) {
  const AdvisoryDbStatus& status = db.status();
  const AdvisoryGeneration next{status.generation, status.newest, covers_of(db), now};
  RematchReport report;
  report.after = next.digest;
  PRATIQUE_TRY(const auto current, store.generation());
  if (!current) {
    report.extent = RematchReport::Extent::everything;
    PRATIQUE_DO(store.begin_generation(next, {}));  // whatever is there was never judged and waits
    return report;
  }
  report.before = current->digest;
  if (current->digest == next.digest) return report;
  if (current->newest && next.newest && *next.newest < *current->newest) return older_database(db);
  const auto delta = load_delta(delta_path(status.path));
  const Covering covering = compare_covering(current->covers, next.covers);
  if (!delta || delta->before != current->digest || delta->after != next.digest || covering == Covering::other) {
    report.extent = RematchReport::Extent::everything;
    PRATIQUE_DO(store.begin_generation_anew(next));
    PRATIQUE_TRY(report.touched, store.count_pending());
    return report;
  }
  report.extent = RematchReport::Extent::delta;
  PRATIQUE_TRY(std::vector<ComponentId> touched, find_touched(store, *delta));
  if (covering == Covering::more) {
    // Of what nobody had advisories for there now may be some.
    PRATIQUE_TRY(const auto unjudged, store.find_unjudged());
    touched.insert(touched.end(), unjudged.begin(), unjudged.end());
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  }
  report.touched = touched.size();
  PRATIQUE_DO(store.begin_generation(next, touched));
  return report;
}

}  // namespace

Result<RematchReport> rematch(Store& store, const AdvisoryDb& db, Time now, const RematchOptions& options) {
  PRATIQUE_TRY(RematchReport report, begin(store, db, now));
  PRATIQUE_TRY(const AdvisoryDb::Reader reader, db.reader());
  PRATIQUE_TRY(const std::uint64_t total, store.count_pending());
  std::optional<Error> failed;
  const auto explain = [&](const StoredFinding& finding) {
    auto closing = closing_of(finding, reader);
    if (closing) return std::move(*closing);
    failed = std::move(closing).error();
    return Closing{};
  };
  Judge judge(db);
  while (true) {
    PRATIQUE_TRY(const auto waiting, store.find_pending(at_once));
    if (waiting.empty()) return report;
    if (options.interrupted && options.interrupted())
      return Error{Fault::interrupted, "interrupted", {}, "run it again: it goes on where it was stopped"};
    PRATIQUE_TRY(const auto components, store.load_components(waiting));
    PRATIQUE_TRY(const auto cpes, load_cpes(store, waiting));
    PRATIQUE_TRY(const auto judgements, judge.judge(components, cpes));
    PRATIQUE_TRY(const auto counts, store.save_judgements(judgements, report.after, explain, now));
    if (failed) return *failed;
    report.counts.components += counts.components;
    report.counts.opened += counts.opened;
    report.counts.closed += counts.closed;
    report.counts.kept += counts.kept;
    if (options.progress) options.progress(report.counts.components, std::max(total, report.counts.components));
  }
}

Result<std::vector<ComponentId>> find_touched(const Store& store, const Delta& delta) {
  std::vector<std::string> packages;
  std::unordered_map<std::string_view, std::vector<const Touched*>> by_package;
  for (const Touched& touched : delta.touched) {
    if (packages.empty() || packages.back() != touched.package) packages.push_back(touched.package);
    by_package[touched.package].push_back(&touched);
  }
  PRATIQUE_TRY(const auto components, store.find_known_as(packages));
  const auto is_touched_by = [](const LookedUp& component, const Touched& touched) {
    if (touched.package.starts_with("cpe:")) return true;  // a product's version is its CPE's
    return touched.stream == component.stream &&
           (!names_version(component.scheme, component.version) || contains(touched.range, component.version).inside);
  };
  const auto is_touched = [&](const LookedUp& component) {
    for (const auto& package : component.packages)
      if (const auto found = by_package.find(package); found != by_package.end())
        for (const Touched* const touched : found->second)
          if (is_touched_by(component, *touched)) return true;
    return false;
  };
  std::vector<ComponentId> ids;
  // By CPE nothing is touched unless the delta names a product.
  const bool has_products = std::any_of(packages.begin(), packages.end(),
                                        [](const std::string& package) { return package.starts_with("cpe:"); });
  Cpes cpes(components.size());
  if (has_products) {
    PRATIQUE_TRY(cpes, load_cpes(store, ids_of(components)));
  }
  for (const auto& [release, group] : by_release(components, cpes)) {
    const auto names = looked_up(bill_of(group, std::string(release)));
    for (std::size_t i = 0; i < group.size(); ++i)
      if (names[i] && is_touched(*names[i])) ids.push_back(group[i].stored->id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace pratique
