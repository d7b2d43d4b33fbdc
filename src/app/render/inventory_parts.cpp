#include "app/render/inventory_parts.h"

#include "base/text.h"

namespace pratique {

using Json = nlohmann::ordered_json;

std::string join_path(const std::vector<std::string>& path) {
  std::string text;
  for (const auto& step : path) text.append(text.empty() ? "" : " > ").append(step);
  return text;
}

Json json_of(const RunningIn& running) {
  Json json{{"cluster", running.cluster},
            {"namespace", running.name_space},
            {"kind", running.kind},
            {"name", running.name},
            {"pods", running.pods},
            {"containers", running.containers},
            {"since", render_time(running.since)}};
  json["serviceAccount"] = running.service_account;
  json["exposure"] = running.exposure;
  json["owner"] = running.owner_labels;
  if (running.until) json["until"] = render_time(*running.until);
  return json;
}

Json json_of(const Running& running) {
  Json workloads = Json::array();
  for (const auto& in : running.in) workloads.push_back(json_of(in));
  return workloads;
}

Json json_of(const std::vector<LocateUnknown>& unknown) {
  Json list = Json::array();
  for (const auto& image : unknown)
    list.push_back({{"image", image.image}, {"digest", image.digest}, {"reason", image.reason}});
  return list;
}

Json json_of(const Period& when, KnownWhen known) {
  Json json = Json::object();
  if (when.from) json["from"] = render_time(*when.from);
  if (when.to) json["to"] = render_time(*when.to);
  if (!when.is_now()) json["known"] = known == KnownWhen::now ? "now" : "then";
  return json;
}

std::vector<std::string> texts_of(const std::vector<AccessScope>& scopes) {
  std::vector<std::string> texts;
  for (const auto& scope : scopes) texts.push_back(render_scope(scope));
  return texts;
}

namespace {

std::vector<std::string> tell_first(const char* what, const std::vector<LocateUnknown>& images, std::uint64_t all) {
  constexpr std::size_t most = 10;
  std::vector<std::string> lines;
  for (const auto& image : images) {
    if (lines.size() == most) break;
    lines.push_back(std::string(what) + ": " + image.image + " (" + image.reason + ")");
  }
  if (all > lines.size())
    lines.push_back(std::string(what) + ": " + with_commas(all - lines.size()) + " more (-o json lists them)");
  return lines;
}

}  // namespace

std::vector<std::string> tell_unknown(const std::vector<LocateUnknown>& unknown, std::uint64_t all) {
  return tell_first("unknown", unknown, all);
}

std::vector<std::string> tell_failed(const std::vector<LocateUnknown>& failed, std::uint64_t all) {
  return tell_first("failed", failed, all);
}

std::string tell_page(std::uint64_t shown, std::uint64_t all, const std::string& next) {
  return with_commas(shown) + " of " + with_commas(all) + " artifacts shown (--cursor " + next + " goes on)";
}

std::string summary_of(const Running& running) {
  constexpr std::size_t most = 2;
  const auto& workloads = running.in;
  std::string text;
  for (std::size_t i = 0; i < workloads.size() && i < most; ++i)
    text.append(i == 0 ? "" : ", ")
        .append((workloads[i].cluster.empty() ? "" : workloads[i].cluster + "/") + workloads[i].name_space + "/" +
                workloads[i].name)
        .append(" (" + with_commas(workloads[i].pods) + (workloads[i].pods == 1 ? " pod)" : " pods)"));
  if (const std::size_t named = std::min(most, workloads.size()); running.workloads > named)
    text.append(" and " + with_commas(running.workloads - named) + " more");
  return text.empty() ? "-" : text;
}

}  // namespace pratique
