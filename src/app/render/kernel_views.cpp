// Whether several ways of asking the kernel agree.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/render/kernel.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

struct ViewLine {
  std::string name, shows, says;
};

std::string count_of(const KernelView& view, KernelKind kind) {
  const auto count = std::count_if(view.objects.begin(), view.objects.end(),
                                   [&](const auto& each) { return each.first.first == kind; });
  return with_commas(static_cast<std::uint64_t>(count)) + " " + std::string(name_of(kind)) + (count == 1 ? "" : "s");
}

// Every view, with what it shows or why it does not.
std::vector<ViewLine> lines_of(const KernelViews& views) {
  std::vector<ViewLine> lines;
  for (const auto& view : views.views) {
    std::string shows = count_of(view, KernelKind::prog);
    for (const auto kind : {KernelKind::map, KernelKind::link}) shows += ", " + count_of(view, kind);
    lines.push_back({view.name, shows, view.unavailable});
  }
  lines.push_back(
      {views.symbols.name,
       with_commas(views.symbols.tags.size()) + (views.symbols.tags.size() == 1 ? " piece of code" : " pieces of code"),
       views.symbols.unavailable});
  lines.push_back(
      {"enabled_functions",
       with_commas(views.trampolines.size()) +
           (views.trampolines.size() == 1 ? " function with an eBPF trampoline" : " functions with eBPF trampolines"),
       views.trampolines_unavailable});
  lines.push_back({"touched_functions", with_commas(views.touched.size()) + " functions that were ever traced",
                   views.touched_unavailable});
  return lines;
}

}  // namespace

std::string render_verification_table(const KernelViews& views, const std::vector<KernelContradiction>& found,
                                      const Look& look) {
  Table asked{{"VIEW", "SHOWS"}, {}};
  for (const auto& line : lines_of(views))
    asked.rows.push_back(
        {Cell(line.name), line.says.empty() ? Cell(line.shows) : Cell("not read: " + line.says, Style::yellow)});
  std::string text = render_table(asked, look);
  if (found.empty()) return text;
  Table table{{"CONTRADICTION", "EVIDENCE"}, {}};
  for (const auto& each : found)
    for (std::size_t i = 0; i < std::max<std::size_t>(each.evidence.size(), 1); ++i)
      table.rows.push_back({i == 0 ? Cell(each.object + " " + each.says, Style::red) : Cell(""),
                            Cell(i < each.evidence.size() ? each.evidence[i] : "")});
  return text + "\n" + render_table(table, look);
}

std::string render_verification_json(const KernelViews& views, const std::vector<KernelContradiction>& found) {
  Json json{{"apiVersion", "pratique/v1"}, {"kind", "KernelVerification"}, {"node", views.node}};
  json["ledger"] = {{"views", lines_of(views).size()}, {"contradictions", found.size()}};
  for (const auto& line : lines_of(views)) {
    Json view{{"name", line.name}};
    view[line.says.empty() ? "shows" : "unavailable"] = line.says.empty() ? line.shows : line.says;
    json["views"].push_back(std::move(view));
  }
  json["items"] = Json::array();
  for (const auto& each : found)
    json["items"].push_back(
        {{"object", each.object}, {"severity", "critical"}, {"says", each.says}, {"evidence", each.evidence}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pratique
