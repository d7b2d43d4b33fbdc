// GitHub's dependency submission API, "Create a snapshot of dependencies for a repository" (REST API 2022-11-28): what
// is in the bills, for Dependabot to judge. Findings have no place in it; `sarif` is GitHub's format for those.
#include <algorithm>
#include <map>

#include "app/render/report_parts.h"
#include "app/render/reports.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

bool is_commit(std::string_view sha) {
  return sha.size() == 40 &&
         std::all_of(sha.begin(), sha.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_listed(const Bill& bill, std::uint32_t component) {
  return component < bill.components.size() && component != bill.subject.listed &&
         !bill.components[component].purl.empty();
}

// By purl: a package that stands in a bill twice is one, with the dependencies of both.
Json resolved_of(const Bill& bill) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> needs;
  for (const auto& edge : bill.edges)
    if (edge.kind == EdgeKind::depends_on && is_listed(bill, edge.from) && is_listed(bill, edge.to))
      needs[edge.from].push_back(edge.to);
  const Paths paths(bill);
  Json resolved = Json::object();
  for (std::uint32_t i = 0; i < bill.components.size(); ++i) {
    if (!is_listed(bill, i)) continue;
    const Component& component = bill.components[i];
    Json& entry = resolved[std::string(component.purl)];
    if (entry.is_null())
      entry = {{"package_url", component.purl},
               {"relationship", paths.is_direct(i) ? "direct" : "indirect"},
               {"scope", component.scope == Scope::excluded ? "development" : "runtime"},
               {"dependencies", Json::array()}};
    if (paths.is_direct(i)) entry["relationship"] = "direct";
    for (const auto need : needs[i]) {
      const Json purl = bill.components[need].purl;
      auto& dependencies = entry["dependencies"];
      if (std::find(dependencies.begin(), dependencies.end(), purl) == dependencies.end()) dependencies.push_back(purl);
    }
  }
  return resolved;
}

}  // namespace

Result<std::string> render_scan_github(const ScanReport& report, const GithubJob& job) {
  if (!is_commit(job.sha))
    return Error{Fault::usage,
                 "a snapshot for GitHub is about a commit of 40 hex digits",
                 {"--commit"},
                 "--commit $GITHUB_SHA --ref $GITHUB_REF"};
  if (!job.ref.starts_with("refs/"))
    return Error{Fault::usage,
                 "a snapshot for GitHub is about a reference like refs/heads/main",
                 {"--ref"},
                 "--commit $GITHUB_SHA --ref $GITHUB_REF"};
  Json manifests = Json::object();
  std::string names;
  for (const auto& artifact : report.artifacts) {
    if (!artifact.bill) continue;  // failed; the exit code and standard error say so
    names.append(names.empty() ? "" : " ").append(artifact.target);
    manifests[artifact.target] = {{"name", artifact.name.empty() ? artifact.target : artifact.name},
                                  {"file", {{"source_location", artifact.target}}},
                                  {"resolved", resolved_of(*artifact.bill)}};
  }
  return render_report(
      Json{{"version", 0},
           {"job", {{"id", uuid_of(job.sha + "\n" + names)}, {"correlator", "pratique " + uuid_of(names)}}},
           {"sha", job.sha},
           {"ref", job.ref},
           {"detector", {{"name", "pratique"}, {"version", report.tool_version}, {"url", "https://pratique.dev"}}},
           {"scanned", render_time(report.time)},
           {"manifests", std::move(manifests)}});
}

}  // namespace pratique
