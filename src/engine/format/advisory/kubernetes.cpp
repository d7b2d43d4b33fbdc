// Kubernetes' own CVE feed (kubernetes.io, official-cve-feed/index.json, a JSON Feed 1.1). Which versions are affected
// stands in the prose of each item alone, under headings that its template gives:
//
//   #### Affected Versions
//   - kube-apiserver: v1.29.0 - v1.29.3
//   - kubelet <= v1.27.12
//   #### Fixed Versions
//   - kubelet v1.27.13
//
// Components are built from one module, so that is the package; the note names them.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::string_view kubernetes_package = "pkg:golang/k8s.io/kubernetes";

bool is_version_part(char c) { return is_digit(c) || is_alpha(c) || c == '.' || c == '-' || c == '+'; }

// The next "1.29.3" of the line, without its "v"; the line is cut behind it.
std::string take_version(std::string_view& line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (!is_digit(line[at]) || (at > 0 && (is_digit(line[at - 1]) || line[at - 1] == '.'))) continue;
    std::size_t end = at;
    while (end < line.size() && is_version_part(line[end])) ++end;
    std::string_view version = line.substr(at, end - at);
    while (!version.empty() && (version.back() == '.' || version.back() == '-')) version.remove_suffix(1);
    if (version.find('.') == std::string_view::npos) {
      at = end;
      continue;
    }
    // "v1.20.0-v1.20.4" is two.
    if (const auto dash = version.find("-v"); dash != std::string_view::npos) version = version.substr(0, dash);
    line.remove_prefix(at + version.size());
    return std::string(version);
  }
  return {};
}

// "<= v1.24.14", "< 1.21.0", "v1.29.0 - v1.29.3", "v1.28.1"; nothing when no version is there.
std::optional<Vers> range_in(std::string_view line) {
  Vers range{Scheme::golang, false, {}};
  std::string_view rest = line;
  const std::string first = take_version(rest);
  if (first.empty()) {
    const std::string words = lower(line);
    if (words.find("all versions") == std::string::npos) return std::nullopt;
    return Vers{Scheme::golang, true, {}};
  }
  const std::string_view before = trim(line.substr(0, line.find(first)));
  const std::string_view sign = before.ends_with('v') ? trim(before.substr(0, before.size() - 1)) : before;
  const std::string second = take_version(rest);
  if (!second.empty() && compare_versions(Scheme::golang, first, second).order < 0)
    range.constraints = {{Comparator::greater_equal, first}, {Comparator::less_equal, second}};
  else if (sign.ends_with("<=") || sign.ends_with("\xe2\x89\xa4") ||
           lower(line).find("and earlier") != std::string::npos)
    range.constraints = {{Comparator::less_equal, first}};
  else if (sign.ends_with('<') || lower(sign).ends_with("prior to"))
    range.constraints = {{Comparator::less, first}};
  else if (sign.ends_with(">=") || lower(line).find("and later") != std::string::npos)
    range.constraints = {{Comparator::greater_equal, first}};
  else
    range.constraints = {{Comparator::equal, first}};
  return range;
}

// "- kube-apiserver: v1.29.0" -> "kube-apiserver".
std::string component_in(std::string_view line) {
  while (!line.empty() && !is_alpha(line.front())) line.remove_prefix(1);
  const auto end = std::find_if(line.begin(), line.end(), [](char c) { return !is_alpha(c) && c != '-'; });
  const std::string name(line.substr(0, static_cast<std::size_t>(end - line.begin())));
  return name.starts_with("kube") || name.starts_with("cloud-") ? name : std::string();
}

struct Prose {
  Affected affected;
  std::vector<Rating> ratings;
};

void take_vector(std::string_view line, Prose& prose) {
  const auto start = line.find("CVSS:");
  if (start == std::string_view::npos) return;
  std::string_view vector = line.substr(start);
  vector = vector.substr(0, vector.find_first_of(" )](`*\r"));
  add_vector(prose.ratings, vector);
}

Prose read_prose(std::string_view text) {
  Prose prose;
  prose.affected.package = kubernetes_package;
  enum class In { elsewhere, affected, fixed } in = In::elsewhere;
  Vers all{Scheme::golang, false, {}};
  std::set<std::string> components;
  for (const auto raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    take_vector(line, prose);
    const std::string words = lower(line);
    const bool is_heading = line.starts_with('#') || line.starts_with("**");
    if (words.find("affected versions") != std::string::npos && line.size() < 40)
      in = In::affected;
    else if (words.find("fixed versions") != std::string::npos && line.size() < 40)
      in = In::fixed;
    else if (is_heading)
      in = In::elsewhere;
    else if (in == In::affected) {
      const auto range = range_in(line);
      if (!range) continue;
      if (auto both = union_of(all, *range)) all = std::move(*both);
      if (auto component = component_in(line); !component.empty()) components.insert(std::move(component));
    } else if (in == In::fixed) {
      std::string_view rest = line;
      if (auto version = take_version(rest); !version.empty()) prose.affected.fixed.push_back(std::move(version));
    }
  }
  if (!is_empty(all)) prose.affected.ranges = {std::move(all)};
  for (const auto& component : components) prose.affected.note += (prose.affected.note.empty() ? "" : ", ") + component;
  prose.affected.state = prose.affected.fixed.empty() ? FixState::none : FixState::fixed;
  return prose;
}

void read_item(JsonValue& value, AdvisoryEmitter& emit) {
  Advisory advisory;
  advisory.source = "kubernetes";
  std::string_view text, cve;
  for (JsonObject item = value.object(); item.next();) {
    const std::string_view key = item.key();
    if (key == "id") cve = item.value().text();
    if (key == "summary") advisory.summary = first_sentence(item.value().text());
    if (key == "content_text") text = item.value().text();
    if (key == "date_published") advisory.published = time_of(item.value());
    if (key == "url") advisory.url = item.value().text();
  }
  // Several share an item: "CVE-2020-10749, CVE-2020-1".
  for (const auto word : split(cve, ','))
    if (is_cve(trim(word))) advisory.upstream.emplace_back(trim(word));
  if (advisory.upstream.empty()) return value.set_aside("'" + std::string(cve) + "' is no CVE");
  advisory.id = "KUBERNETES-" + advisory.upstream.front();
  advisory.modified = advisory.published;
  Prose prose = read_prose(text);
  advisory.ratings = std::move(prose.ratings);
  if (!prose.affected.ranges.empty())
    advisory.affected.push_back(std::move(prose.affected));
  else
    value.set_aside("tells no affected versions");
  emit.advisory(std::move(advisory));
}

}  // namespace

Result<void> read_kubernetes(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  TextPool pool;
  JsonReader reader(pool, input.limits);
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      if (top.key() == "_kubernetes_io")
        for (JsonObject own = top.value().object(); own.next();)
          if (own.key() == "updated_at") emit.document().revision = own.value().text();
      if (top.key() == "items")
        for (JsonArray list = top.value().array(); list.next_object();) read_item(list.value(), emit);
    }
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

}  // namespace pratique
