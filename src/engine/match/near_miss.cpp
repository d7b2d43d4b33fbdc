// Why what an advisory names is no finding. Asks the same questions as match.cpp, in the same order, and keeps the
// answers.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "engine/match/identity.h"
#include "engine/match/match.h"
#include "engine/match/module.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

using Entries = std::vector<const Affected*>;

// "log4j-core" of a package key, "log4j" of "cpe:a:apache:log4j"; in lower case.
std::string name_of_key(const std::string& key) {
  std::string scratch;
  if (key.starts_with("pkg:")) return lower(name_of(key, scratch));
  return lower(std::string_view(key).substr(key.rfind(':') + 1));
}

void add_to_list(std::string& list, std::string_view text) {
  if (!text.empty()) list.append(list.empty() ? "" : ", ").append(text);
}

// An entry as the matcher sees it.
struct EntryView {
  explicit EntryView(const Affected& entry) : versions(entry.versions.begin(), entry.versions.end()) {
    constraints.reserve(entry.ranges.size());
    for (const Vers& range : entry.ranges) {
      auto& views = constraints.emplace_back();
      for (const auto& [comparator, version] : range.constraints) views.push_back({comparator, version});
      ranges.push_back({range.scheme, range.any, views});
    }
    view = {0, 0, entry.state, entry.module, entry.cpe, ranges, versions};
  }
  std::vector<std::vector<ConstraintView>> constraints;
  std::vector<VersView> ranges;
  std::vector<std::string_view> versions;
  AffectedView view;
};

// All ranges of the entries as one; side by side where they have no common order.
std::string united(const Entries& entries) {
  std::vector<Vers> all;
  for (const Affected* const entry : entries)
    for (const Vers& range : entry->ranges) {
      auto both = all.empty() ? Result<Vers>(range) : union_of(all.back(), range);
      if (both && !all.empty()) all.pop_back();
      all.push_back(both ? std::move(*both) : range);
    }
  std::string text;
  for (const Vers& range : all) text.append(text.empty() ? "" : " or ").append(render_vers(range));
  return text;
}

class Search {
 public:
  Search(const Bill& bill, std::span<const Advisory> advisories)
      : bill_(bill), advisories_(advisories), identifier_(bill) {
    for (const Advisory& advisory : advisories)
      for (const Affected& entry : advisory.affected) {
        by_key_[entry.package][&advisory].push_back(&entry);
        by_name_[name_of_key(entry.package)].insert(entry.package);
      }
  }

  NearMisses run() {
    for (std::uint32_t i = 0; i < bill_.components.size(); ++i) look_at(i);
    if (found_.misses.empty()) std::swap(found_.misses, others_);
    if (found_.misses.size() > most_near_misses) {
      found_.more = found_.misses.size() - most_near_misses;
      found_.misses.resize(most_near_misses);
    }
    if (found_.misses.empty()) tell_names();
    return std::move(found_);
  }

 private:
  void look_at(std::uint32_t component) {
    const auto identity = identifier_.identify(component);
    if (identity && look_at(component, *identity)) return;
    const Component& of = bill_.components[component];
    const auto known = find_by_name(of);
    if (known == by_name_.end()) return;
    std::string keys;
    for (const auto& key : known->second) add_to_list(keys, key);
    NearMiss miss = miss_of(component, identity ? MissReason::other_package : MissReason::unidentified,
                            identity ? "the advisory is about " + keys : identity.error().text);
    if (!seen_before("name\n" + std::string(of.purl) + "\n" + miss.name + "\n" + miss.version,
                     identity ? others_ : found_.misses))
      (identity ? others_ : found_.misses).push_back(std::move(miss));
  }

  // Whether an advisory names the component by its key.
  bool look_at(std::uint32_t component, const Identity& identity) {
    std::map<const Advisory*, std::pair<std::string, Entries>> about;
    const auto take = [&](std::string_view key) {
      const auto known = by_key_.find(key);
      if (known == by_key_.end()) return;
      for (const auto& [advisory, entries] : known->second) {
        auto& [first_key, all] = about[advisory];
        if (first_key.empty()) first_key = key;
        all.insert(all.end(), entries.begin(), entries.end());
      }
    };
    take(identity.package);
    if (!identity.source.empty()) take(identity.source);
    for (const auto key : also_known_as(identity.package)) take(key);
    if (about.empty()) return false;
    const std::string_view excluded = identifier_.why_not_examined(component);
    std::string key(excluded);
    for (const std::string_view part :
         {identity.package, identity.source, identity.stream, identity.version, identity.module})
      key.append("\n").append(part);
    if (seen_before(key, found_.misses)) return true;
    for (const Advisory& advisory : advisories_) {  // in their order, not that of their addresses
      const auto named = about.find(&advisory);
      if (named == about.end()) continue;
      NearMiss miss = miss_of(component, MissReason::not_examined, std::string(excluded));
      miss.proof.advisory = advisory.id;
      miss.proof.source = advisory.source;
      miss.proof.revision = advisory.modified ? render_time(*advisory.modified) : "";
      miss.proof.package = named->second.first;
      miss.proof.stream = identity.stream;
      miss.proof.comparator = name_of(identity.scheme);
      miss.proof.installed = clipped(identity.version);
      if (excluded.empty()) judge(miss, advisory, named->second.second, identity);
      found_.misses.push_back(std::move(miss));
    }
    return true;
  }

  static void judge(NearMiss& miss, const Advisory& advisory, Entries entries, const Identity& identity) {
    if (advisory.withdrawn) return say(miss, MissReason::withdrawn, "on " + render_time(*advisory.withdrawn));
    std::string streams, modules;
    for (const Affected* const entry : entries)
      if (entry->stream != identity.stream && streams.find(entry->stream) == std::string::npos)
        add_to_list(streams, entry->stream);
    std::erase_if(entries, [&](const Affected* entry) { return entry->stream != identity.stream; });
    if (entries.empty()) return say(miss, MissReason::other_stream, streams);
    std::erase_if(entries, [&](const Affected* entry) {
      const auto module = compare_modules(EntryView(*entry).view, identity);
      if (!module.applies) add_to_list(modules, entry->module);
      return !module.applies;
    });
    if (entries.empty())
      return say(miss, MissReason::other_module,
                 (modules.empty() ? "none" : modules) + "; installed from " +
                     (!identity.module.empty() ? std::string(identity.module)
                      : identity.is_modular    ? "one"
                                               : "none"));
    const Affected& first = *entries.front();
    std::erase_if(entries, [](const Affected* entry) {
      return entry->state == FixState::not_affected || entry->state == FixState::under_investigation;
    });
    if (entries.empty())
      return say(miss,
                 first.state == FixState::not_affected ? MissReason::not_affected : MissReason::under_investigation,
                 first.note);
    compare(miss, entries, identity);
  }

  static void compare(NearMiss& miss, const Entries& entries, const Identity& identity) {
    const bool has_version = names_version(identity);
    std::uint64_t listed = 0;
    miss.proof.range = united(entries);
    for (const Affected* const entry : entries) {
      const EntryView all(*entry);
      miss.proof.module = compare_modules(all.view, identity).compared;
      listed += entry->versions.size();
      for (const Vers& range : entry->ranges) {
        if (!range.any && !has_version) continue;
        const Containment held = contains(range, identity.version);
        miss.proof.fallback = miss.proof.fallback || held.fallback;
        if (held.inside) return say(miss, MissReason::affected, render_vers(range));
      }
      for (const auto& version : entry->versions)
        if (has_version && compare_versions(identity.scheme, version, identity.version).order == 0)
          return say(miss, MissReason::affected, "versions: " + version);
    }
    if (!has_version)
      return say(miss, MissReason::no_version,
                 identity.version.empty() ? "the bill gives none" : "'" + miss.proof.installed + "' is none");
    std::string_view mends;
    for (const Affected* const entry : entries)
      for (const auto& fixed : entry->fixed)
        if (compare_versions(identity.scheme, fixed, identity.version).order <= 0 &&
            (mends.empty() || compare_versions(identity.scheme, fixed, mends).order > 0))
          mends = fixed;
    std::string detail = mends.empty() ? "" : std::string(mends) + " mends it";
    if (listed > 0) add_to_list(detail, "it is none of " + with_commas(listed) + " listed versions");
    say(miss, mends.empty() ? MissReason::outside : MissReason::fixed, detail);
  }

  static void say(NearMiss& miss, MissReason reason, std::string detail) {
    miss.reason = reason;
    miss.detail = std::move(detail);
  }

  NearMiss miss_of(std::uint32_t component, MissReason reason, std::string detail) const {
    const Component& of = bill_.components[component];
    NearMiss miss;
    miss.component = component;
    miss.name = clipped(of.name);
    miss.version = clipped(of.version);
    miss.purl = of.purl;
    say(miss, reason, std::move(detail));
    return miss;
  }

  // Counts the component with the one before that is the same package in the same version.
  bool seen_before(const std::string& key, std::vector<NearMiss>& misses) {
    const auto [known, is_new] = first_.emplace(key, misses.size());
    if (is_new) return false;
    const std::uint32_t component = misses[known->second].component;
    for (std::size_t i = known->second; i < misses.size() && misses[i].component == component; ++i)
      ++misses[i].elsewhere;
    return true;
  }

  std::map<std::string, std::set<std::string>>::const_iterator find_by_name(const Component& of) const {
    std::string scratch;
    const std::string_view source = of.source.substr(0, of.source.find(' '));
    for (const std::string_view name : {name_of(of.purl, scratch), of.name, source})
      if (!name.empty() && name.size() <= Purl::longest)
        if (const auto known = by_name_.find(lower(name)); known != by_name_.end()) return known;
    return by_name_.end();
  }

  // Names in the bill that hold one of those looked for, or are written nearly like it.
  void tell_names() {
    constexpr std::size_t most = 5, most_compared = 20'000;
    for (const auto& [key, entries] : by_key_) found_.named.push_back(key);
    std::set<std::string, std::less<>> names;
    for (const Component& component : bill_.components)
      if (names.size() < most_compared && component.name.size() <= longest_label) names.emplace(component.name);
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    std::set<std::string_view> near;
    for (const auto& [name, keys] : by_name_) {
      if (near.size() >= most) break;
      if (const auto one = nearest(name, candidates); !one.empty()) near.insert(one);
      for (const auto candidate : candidates)
        if (near.size() < most && name.size() > 3 && lower(candidate).find(name) != std::string::npos)
          near.insert(candidate);
    }
    found_.nearest.assign(near.begin(), near.end());
  }

  const Bill& bill_;
  std::span<const Advisory> advisories_;
  Identifier identifier_;
  std::map<std::string, std::map<const Advisory*, Entries>, std::less<>> by_key_;
  std::map<std::string, std::set<std::string>> by_name_;
  std::map<std::string, std::size_t> first_;  // of the misses of a package in a version
  NearMisses found_;
  std::vector<NearMiss> others_;  // that only have the name
};

}  // namespace

std::string_view name_of(MissReason reason) {
  constexpr std::array<std::string_view, 12> names = {
      "affected",     "outside",      "fixed",        "no-version",
      "other-module", "other-stream", "not-affected", "under-investigation",
      "withdrawn",    "not-examined", "unidentified", "other-package"};
  return names[static_cast<std::size_t>(reason)];
}

NearMisses find_near_misses(const Bill& bill, std::span<const Advisory> advisories) {
  return Search(bill, advisories).run();
}

}  // namespace pratique
