#include "engine/match/join.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/version/version.h"

namespace pratique {
namespace {

bool is_cve(std::string_view name) { return name.starts_with("CVE-"); }

std::set<std::string_view> cves_of(const std::vector<std::string>& names) {
  std::set<std::string_view> cves;
  for (const auto& name : names)
    if (is_cve(name)) cves.insert(name);
  return cves;
}

std::vector<std::string_view> names_of(const Advisory& advisory) {
  std::vector<std::string_view> names = {advisory.id};
  names.insert(names.end(), advisory.aliases.begin(), advisory.aliases.end());
  return names;
}

bool name_each_other(const Advisory& a, const Advisory& b) {
  for (const auto name : names_of(a))
    for (const auto other : names_of(b))
      if (name == other) return true;
  return false;
}

Severity severity_of(const Hit& hit) {
  if (hit.affected->severity != Severity::unknown) return hit.affected->severity;
  const Rating* const picked = pick_rating(hit.advisory->ratings);
  return picked == nullptr ? Severity::unknown : picked->severity;
}

// What its source says of this very package goes before what anybody says of the vulnerability.
void settle_severity(Finding& finding, const Hit& first) {
  const Rating own{first.advisory->source, {}, 0, first.affected->severity};
  const Rating* const picked = own.severity != Severity::unknown ? &own : pick_rating(finding.ratings);
  if (picked == nullptr) return;
  finding.severity = picked->severity;
  finding.score = picked->score;
  finding.severity_source = picked->source;
}

void add_ratings(Finding& finding, const std::vector<Rating>& ratings) {
  for (const auto& rating : ratings)
    if (std::find(finding.ratings.begin(), finding.ratings.end(), rating) == finding.ratings.end())
      finding.ratings.push_back(rating);
}

// What is sure, then the most severe, then by id.
bool says_more(const Hit& a, const Hit& b) {
  if (a.proof.doubt.empty() != b.proof.doubt.empty()) return a.proof.doubt.empty();
  if (severity_of(a) != severity_of(b)) return severity_of(a) > severity_of(b);
  return a.advisory->id < b.advisory->id;
}

class Joining {
 public:
  explicit Joining(const std::vector<Hit>& hits) : hits_(hits) {
    for (std::size_t i = 0; i < hits.size(); ++i) take_single(i);
    for (std::size_t i = 0; i < hits.size(); ++i) take_several(i);
    for (std::size_t i = 0; i < hits.size(); ++i) take_unnamed(i);
  }

  std::vector<Joined> take() {
    std::vector<Joined> all;
    for (auto& [id, members] : groups_) {
      std::sort(members.begin(), members.end(),
                [&](std::size_t a, std::size_t b) { return says_more(hits_[a], hits_[b]); });
      all.push_back({id, std::move(members)});
    }
    return all;
  }

 private:
  static std::set<std::string_view> own_cves(const Advisory& advisory) {
    auto cves = cves_of(advisory.aliases);
    if (is_cve(advisory.id)) cves.insert(advisory.id);
    return cves;
  }

  void take_single(std::size_t i) {
    const auto cves = own_cves(*hits_[i].advisory);
    if (cves.size() == 1) groups_[std::string(*cves.begin())].push_back(i);
  }

  void take_several(std::size_t i) {
    const Advisory& advisory = *hits_[i].advisory;
    const auto cves = own_cves(advisory);
    if (cves.size() == 1) return;
    if (cves.empty()) {
      for (const auto cve : cves_of(advisory.upstream)) groups_[std::string(cve)].push_back(i);
      return;
    }
    bool joined = false;
    for (const auto cve : cves)
      if (const auto group = groups_.find(cve); group != groups_.end()) {
        group->second.push_back(i);
        joined = true;
      }
    if (!joined) groups_[std::string(cve_of(advisory))].push_back(i);
  }

  void take_unnamed(std::size_t i) {
    const Advisory& advisory = *hits_[i].advisory;
    if (!own_cves(advisory).empty() || !cves_of(advisory.upstream).empty()) return;
    for (auto& [id, members] : groups_)
      for (const std::size_t other : members)
        if (name_each_other(advisory, *hits_[other].advisory)) return members.push_back(i);
    groups_[advisory.id].push_back(i);
  }

  const std::vector<Hit>& hits_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> groups_;
};

bool affects(const Affected& affected, Scheme scheme, std::string_view version) {
  const auto holds = [&](const Vers& range) { return contains(range, version).inside; };
  const auto equals = [&](const std::string& listed) { return compare_versions(scheme, listed, version).order == 0; };
  return std::any_of(affected.ranges.begin(), affected.ranges.end(), holds) ||
         std::any_of(affected.versions.begin(), affected.versions.end(), equals);
}

// Fixed versions above the installed one that none of the advisories calls affected, smallest first. Of advisories that
// order versions as the first one does: a package and a product by CPE are counted differently.
std::vector<std::string> fixes(const std::vector<const Hit*>& members) {
  const Scheme scheme = members.front()->scheme;
  const std::string_view installed = members.front()->proof.installed;
  std::vector<const Affected*> about;  // the same package in the same stream
  std::vector<std::string> fixed;
  for (const Hit* const member : members) {
    if (member->scheme != scheme || member->proof.installed != installed) continue;
    for (const auto& affected : member->advisory->affected)
      if (affected.package == member->affected->package && affected.stream == member->affected->stream)
        about.push_back(&affected);
  }
  const auto is_no_way_out = [&](const std::string& version) {
    return compare_versions(scheme, version, installed).order <= 0 ||
           std::any_of(about.begin(), about.end(), [&](const Affected* a) { return affects(*a, scheme, version); });
  };
  for (const Affected* const affected : about)
    fixed.insert(fixed.end(), affected->fixed.begin(), affected->fixed.end());
  std::sort(fixed.begin(), fixed.end(), [&](const std::string& a, const std::string& b) {
    const auto order = compare_versions(scheme, a, b).order;
    return order != 0 ? order < 0 : a < b;
  });
  fixed.erase(std::unique(fixed.begin(), fixed.end()), fixed.end());
  std::erase_if(fixed, is_no_way_out);
  return fixed;
}

void add_note(Finding& finding, const Vulnerability& note) {
  add_ratings(finding, note.ratings);
  finding.kev = note.kev;
  finding.epss = note.epss;
  finding.ssvc = note.ssvc;
  if (finding.summary.empty()) finding.summary = note.summary;
  if (finding.url.empty()) finding.url = note.url;
}

}  // namespace

std::vector<Joined> join(const std::vector<Hit>& hits) { return Joining(hits).take(); }

Finding finding_of(const Joined& joined, const std::vector<Hit>& hits, const std::optional<Vulnerability>& note) {
  std::vector<const Hit*> members;
  for (const std::size_t i : joined.hits) members.push_back(&hits[i]);
  const Hit& first = *members.front();
  Finding finding;
  finding.id = joined.id;
  finding.fix_state = first.affected->state;
  finding.proof = first.proof;
  std::set<std::string> names;
  for (const Hit* const member : members) {
    for (const auto name : names_of(*member->advisory)) names.emplace(name);
    if (finding.summary.empty()) finding.summary = member->advisory->summary;
    if (const auto& published = member->advisory->published;
        published && (!finding.published || *published < *finding.published))
      finding.published = published;
    if (finding.url.empty()) finding.url = member->advisory->url;
    add_ratings(finding, member->advisory->ratings);
    if (member != &first) finding.other_proofs.push_back(member->proof);
  }
  names.erase(finding.id);
  finding.aliases.assign(names.begin(), names.end());
  finding.fixed = fixes(members);
  if (note) add_note(finding, *note);
  settle_severity(finding, first);
  return finding;
}

}  // namespace pratique
