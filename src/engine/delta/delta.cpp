#include "engine/delta/delta.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/version/version.h"
#include "model/purl.h"

namespace pratique {
namespace {

// All versions that a statement holds for, as one set.
Vers extent_of(const Affected& affected, Scheme scheme) {
  Vers all{scheme, false, {}};
  const auto add = [&](const Vers& more) {
    auto both = union_of(all, more);
    // Of ranges in several orders nobody knows what they hold together.
    all = both ? std::move(*both) : Vers{scheme, true, {}};
  };
  for (const auto& range : affected.ranges) add(range);
  for (const auto& version : affected.versions) add(Vers{scheme, false, {{Comparator::equal, version}}});
  return all;
}

// What it means for a version to be held: not which ones are, and not how to get out.
Statement judgement_of(Statement statement) {
  Affected& affected = statement.affected;
  for (auto* const list : {&affected.versions, &affected.fixed, &affected.symbols}) list->clear();
  affected.ranges.clear();
  affected.note.clear();
  for (Vulnerability& note : statement.notes) {
    note.summary.clear();
    note.url.clear();
    note.epss.reset();
  }
  std::erase_if(statement.notes, [](const Vulnerability& note) { return note == Vulnerability{.id = note.id}; });
  std::sort(statement.notes.begin(), statement.notes.end(),
            [](const Vulnerability& a, const Vulnerability& b) { return a.id < b.id; });
  return statement;
}

Vers difference_of(const Vers& a, const Vers& b) {
  auto rest = intersection_of(a, complement_of(b));
  return rest ? std::move(*rest) : a;
}

Scheme scheme_of(std::span<const Statement> before, std::span<const Statement> after) {
  for (const auto statements : {before, after})
    for (const auto& statement : statements) {
      for (const auto& range : statement.affected.ranges)
        if (!range.any) return range.scheme;
      if (statement.affected.package.starts_with("pkg:"))
        return scheme_of_purl_type(type_of(statement.affected.package));
    }
  return Scheme::generic;
}

using Key = std::tuple<std::string, std::string, std::string, std::string>;  // advisory, source, module, CPE
struct Side {
  Vers extent;
  std::vector<Statement> judgements;
};
using Sides = std::map<Key, Side>;

Sides sides_of(std::span<const Statement> statements, Scheme scheme) {
  Sides sides;
  for (const auto& statement : statements) {
    Side& side =
        sides
            .try_emplace({statement.advisory, statement.source, statement.affected.module, statement.affected.cpe},
                         Side{Vers{scheme, false, {}}, {}})
            .first->second;
    const auto both = union_of(side.extent, extent_of(statement.affected, scheme));
    side.extent = both ? *both : Vers{scheme, true, {}};
    side.judgements.push_back(judgement_of(statement));
  }
  return sides;
}

}  // namespace

std::optional<Vers> touched_between(std::span<const Statement> before, std::span<const Statement> after) {
  const Scheme scheme = scheme_of(before, after);
  const Sides old = sides_of(before, scheme), fresh = sides_of(after, scheme);
  Vers all{scheme, false, {}};
  const auto add = [&](const Vers& more) {
    const auto both = union_of(all, more);
    all = both ? *both : Vers{scheme, true, {}};
  };
  for (const auto& [key, side] : old) {
    const auto other = fresh.find(key);
    if (other == fresh.end()) {
      add(side.extent);
      continue;
    }
    if (side.judgements == other->second.judgements) {
      add(difference_of(side.extent, other->second.extent));
      add(difference_of(other->second.extent, side.extent));
    } else {
      add(side.extent);
      add(other->second.extent);
    }
  }
  for (const auto& [key, side] : fresh)
    if (!old.contains(key)) add(side.extent);
  if (is_empty(all)) return std::nullopt;
  return all;
}

}  // namespace pratique
