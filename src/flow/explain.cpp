#include "flow/explain.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace pratique {
namespace {

bool is_in(const Finding& finding, const std::string& package) {
  if (package.empty() || package == finding.purl || package == finding.name) return true;
  if (package == finding.name + "@" + finding.version) return true;
  const auto pattern = parse_purl(package);
  const auto purl = parse_purl(finding.purl);
  return pattern && purl && matches(*pattern, *purl);
}

bool is_of(const ReportedFinding& finding, const std::string& artifact) {
  return artifact.empty() || artifact == finding.artifact || artifact == finding.target;
}

// "a, b and 3 more"
std::string some_of(const std::set<std::string>& texts) {
  constexpr std::size_t most = 10;
  std::string list;
  std::size_t shown = 0;
  for (const auto& text : texts) {
    if (shown++ == most) break;
    list.append(list.empty() ? "" : ", ").append(text);
  }
  return texts.size() > most ? list + " and " + with_commas(texts.size() - most) + " more" : list;
}

Error ambiguous(std::span<const ReportedFinding> findings, const std::vector<std::size_t>& meant,
                const FindingQuery& query) {
  std::set<std::string> references, artifacts;
  for (const std::size_t i : meant) {
    references.insert(reference_of(findings[i].finding));
    artifacts.insert(findings[i].artifact.empty() ? findings[i].target : findings[i].artifact);
  }
  if (references.size() > 1)
    return Error{Fault::usage,
                 "means " + with_commas(references.size()) + " findings: " + some_of(references),
                 {query.id},
                 "name the one, or its package as ID@PACKAGE or --package PURL"};
  return Error{Fault::usage,
               "is found in " + with_commas(meant.size()) + " artifacts: " + some_of(artifacts),
               {*references.begin()},
               "name the one with --artifact"};
}

// All that speak of it: by its id, and by the other names of those that have it as a name of their own. What only
// stands upstream of a notice is one of many, so a notice's other vulnerabilities are not followed.
Result<std::vector<Advisory>> find_all(const AdvisoryDb::Reader& reader, const std::string& id) {
  constexpr std::size_t most_names = 100;
  PRATIQUE_TRY(std::vector<Advisory> first, reader.find(id));
  std::set<std::string> names;
  for (const Advisory& one : first) {
    const auto& aliases = one.aliases;
    if (one.id != id && std::find(aliases.begin(), aliases.end(), id) == aliases.end()) continue;
    names.insert(one.id);
    names.insert(aliases.begin(), aliases.end());
  }
  names.erase(id);
  std::map<std::pair<std::string, std::string>, Advisory> all;
  for (Advisory& one : first) all.emplace(std::pair(one.id, one.source), std::move(one));
  std::size_t looked_up = 0;
  for (const std::string& name : names) {
    if (++looked_up > most_names) break;
    PRATIQUE_TRY(std::vector<Advisory> more, reader.find(name));
    for (Advisory& one : more) all.emplace(std::pair(one.id, one.source), std::move(one));
  }
  std::vector<Advisory> sorted;
  for (auto& [key, one] : all) sorted.push_back(std::move(one));
  return sorted;
}

Result<std::vector<Advisory>> find_advisories(const AdvisoryDb& db, std::string& id) {
  PRATIQUE_TRY(const AdvisoryDb::Reader reader, db.reader());
  PRATIQUE_TRY(std::vector<Advisory> found, find_all(reader, id));
  if (!found.empty()) return found;
  std::string upper = id;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  PRATIQUE_TRY(found, find_all(reader, upper));
  PRATIQUE_TRY(const auto note, reader.vulnerability(upper));
  if (found.empty())
    return Error{Fault::not_found,
                 note ? "is rated in the database, and no advisory there says what has it"
                      : "no advisory of this name is in the database",
                 {db.status().path, id},
                 "run 'pratique db update', or 'pratique db search WORD' for what there is"};
  id = upper;
  return found;
}

}  // namespace

bool is_called(const Finding& finding, std::string_view id) {
  const auto is_it = [&](const std::string& name) { return equal_ignoring_case(name, id); };
  return is_it(finding.id) || std::any_of(finding.aliases.begin(), finding.aliases.end(), is_it);
}

FindingQuery finding_query_of(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("/@"), text.size());
  return {std::string(text.substr(0, end)), std::string(text.substr(std::min(end + 1, text.size()))), {}};
}

Result<std::size_t> find_finding(std::span<const ReportedFinding> findings, const FindingQuery& query) {
  if (query.package.starts_with("pkg:"))
    if (auto purl = parse_purl(query.package); !purl) {
      Error error = std::move(purl).error();
      error.fault = Fault::usage;
      return std::move(error).in(query.package);
    }
  std::vector<std::size_t> meant;
  std::set<std::string> packages;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (!is_called(findings[i].finding, query.id)) continue;
    packages.insert(reference_of(findings[i].finding));
    if (is_in(findings[i].finding, query.package) && is_of(findings[i], query.artifact)) meant.push_back(i);
  }
  if (meant.size() == 1) return meant.front();
  if (meant.size() > 1) return ambiguous(findings, meant, query);
  if (packages.empty())
    return Error{Fault::not_found, "is no finding here", {query.id}, "ask why with --why-not and --sbom"};
  return Error{Fault::not_found, "is no finding in that package, but is " + some_of(packages), {query.id}, {}};
}

Result<WhyNot> why_not(const Bill& bill, const Match& match, const AdvisoryDb& db, const std::string& id) {
  WhyNot answer;
  answer.id = id;
  PRATIQUE_TRY(answer.advisories, find_advisories(db, answer.id));
  std::set<std::string_view> names = {answer.id};
  for (const Advisory& advisory : answer.advisories) {
    const auto& aliases = advisory.aliases;
    if (advisory.id == answer.id || std::find(aliases.begin(), aliases.end(), answer.id) != aliases.end()) {
      names.insert(advisory.id);
      names.insert(aliases.begin(), aliases.end());
    }
  }
  std::set<std::uint32_t> affected;
  for (std::size_t i = 0; i < match.findings.size(); ++i) {
    const Finding& finding = match.findings[i];
    if (std::none_of(names.begin(), names.end(), [&](std::string_view name) { return is_called(finding, name); }))
      continue;
    answer.findings.push_back(i);
    affected.insert(finding.component);
    affected.insert(finding.elsewhere.begin(), finding.elsewhere.end());
  }
  answer.near = find_near_misses(bill, answer.advisories);
  std::erase_if(answer.near.misses, [&](const NearMiss& miss) { return affected.contains(miss.component); });
  for (const NearMiss& miss : answer.near.misses)
    if (miss.reason == MissReason::affected)
      return Error{Fault::internal,
                   miss.name + " " + miss.version + " is in " + miss.detail + " of " + miss.proof.advisory +
                       ", and the scan does not say so",
                   {answer.id},
                   "please report it"};
  return answer;
}

}  // namespace pratique
