#include "app/render/bill.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "model/every_path.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string subject_label(const Bill& bill) {
  const Subject& subject = bill.subject;
  std::string label = subject.name.empty() ? "(the document does not say what it is about)" : subject.name;
  if (!subject.version.empty()) label += " " + subject.version;
  if (subject.digest) label += " " + subject.digest->text();
  return label;
}

std::string id_of(const Bill& bill, std::uint32_t index) {
  const Component& component = bill.components[index];
  if (!component.ref.empty()) return std::string(component.ref);
  return component.purl.empty() ? "#" + std::to_string(index) : std::string(component.purl);
}

// Draws depth first without recursion: documents may be nested as deep as they like.
class Tree {
 public:
  Tree(const Bill& bill, std::size_t deepest, const Look& look) : bill_(bill), deepest_(deepest), look_(look) {
    const Paths paths(bill);
    below_.resize(bill.components.size() + 1);
    for (std::uint32_t i = 0; i < bill.components.size(); ++i) {
      if (i == bill.subject.listed) continue;
      std::uint32_t before = paths.before(i);
      if (before == bill.subject.listed) before = no_component;
      below_[before == no_component ? bill.components.size() : before].push_back(i);
    }
  }

  std::string draw() {
    std::string text = printable(subject_label(bill_)) + "\n";
    std::vector<Level> levels = {{bill_.components.size(), 0}};
    while (!levels.empty()) {
      Level& level = levels.back();
      const auto& below = below_[level.of];
      if (level.next == below.size()) {
        levels.pop_back();
        continue;
      }
      const std::uint32_t component = below[level.next++];
      for (std::size_t i = 0; i + 1 < levels.size(); ++i)
        text += levels[i].next == below_[levels[i].of].size() ? "   " : "│  ";
      text += level.next == below.size() ? "└─ " : "├─ ";
      text += line_of(component);
      const bool is_cut = deepest_ != 0 && levels.size() >= deepest_ && !below_[component].empty();
      if (is_cut) text += styled(" (" + with_commas(below_[component].size()) + " below)", Style::dim, look_.color);
      text += "\n";
      if (!is_cut) levels.push_back({component, 0});
    }
    return text;
  }

 private:
  struct Level {
    std::size_t of;
    std::size_t next;
  };

  std::string line_of(std::uint32_t index) const {
    const Component& component = bill_.components[index];
    std::string line = printable(label_of(component));
    if (component.scope == Scope::optional || component.scope == Scope::excluded)
      line += " [" + std::string(name_of(component.scope)) + "]";
    if (!component.purl.empty()) line += styled("  " + printable(component.purl), Style::dim, look_.color);
    return line;
  }

  const Bill& bill_;
  std::size_t deepest_;
  const Look& look_;
  std::vector<std::vector<std::uint32_t>> below_;  // the last one is the subject's
};

Json labels_of(const Bill& bill, const std::vector<std::uint32_t>& path) {
  Json labels = Json::array();
  for (const std::uint32_t step : path) labels.push_back(label_of(bill.components[step]));
  return labels;
}

Json json_of(const Bill& bill, const Paths& paths, std::uint32_t index) {
  const Component& component = bill.components[index];
  const std::string name = component.group.empty() ? std::string(component.name)
                                                   : std::string(component.group) + "/" + std::string(component.name);
  return Json{{"id", id_of(bill, index)},
              {"name", name},
              {"version", component.version},
              {"purl", component.purl},
              {"type", name_of(component.type)},
              {"scope", name_of(component.scope)},
              {"license", component.license},
              {"supplier", component.supplier},
              {"path", labels_of(bill, paths.path(index))}};
}

Json json_of(const std::vector<Rejected>& parts) {
  Json json = Json::array();
  for (const Rejected& part : parts) json.push_back({{"place", part.place}, {"reason", part.reason}});
  return json;
}

}  // namespace

std::string render_bill_tree(const Bill& bill, std::size_t deepest, const Look& look) {
  return Tree(bill, deepest, look).draw();
}

std::string render_bill_table(const Bill& bill, const Look& look) {
  Table table{{"NAME", "VERSION", "TYPE", "SCOPE", "LICENCE", "PURL"}, {}};
  for (const Component& component : bill.components)
    table.rows.push_back({component.name, component.version, name_of(component.type), name_of(component.scope),
                          component.license, Cell(component.purl, Style::dim)});
  return render_table(table, look);
}

std::string render_bill_json(const Bill& bill, const std::vector<std::uint32_t>* only) {
  const Paths paths(bill);
  Json items = Json::array();
  for (std::uint32_t i = 0; only == nullptr && i < bill.components.size(); ++i)
    items.push_back(json_of(bill, paths, i));
  for (std::size_t i = 0; only != nullptr && i < only->size(); ++i) {
    Json item = json_of(bill, paths, (*only)[i]);
    const EveryPath every = every_path(bill, (*only)[i]);
    Json all = Json::array();
    for (const auto& path : every.paths) all.push_back(labels_of(bill, path));
    item["paths"] = std::move(all);
    item["more_paths"] = every.more;
    items.push_back(std::move(item));
  }
  const Subject& subject = bill.subject;
  return dump(Json{{"apiVersion", "pratique/v1"},
                   {"kind", "Bill"},
                   {"ledger", {{"components", bill.components.size()}, {"rejected", bill.rejected.size()}}},
                   {"format", std::string(name_of(bill.format))},
                   {"spec_version", bill.spec_version},
                   {"wrapping", bill.wrapping},
                   {"serial", bill.serial},
                   {"tool", bill.tool},
                   {"created", bill.created ? Json(render_time(*bill.created)) : Json(nullptr)},
                   {"distro", bill.distro},
                   {"subject",
                    {{"name", subject.name},
                     {"version", subject.version},
                     {"purl", subject.purl},
                     {"digest", subject.digest ? subject.digest->text() : std::string()},
                     {"type", name_of(subject.type)}}},
                   {"items", std::move(items)},
                   {"rejected", json_of(bill.rejected)}});
}

std::string render_bill_paths(const Bill& bill, const std::vector<std::uint32_t>& components, const Look& look) {
  std::string text;
  for (const std::uint32_t component : components) {
    const EveryPath every = every_path(bill, component);
    for (const auto& path : every.paths) {
      text += printable(bill.subject.name.empty() ? "(subject)" : bill.subject.name);
      for (const std::uint32_t step : path) {
        const std::string label = printable(label_of(bill.components[step]));
        text += " > " + (step == component ? styled(label, Style::bold, look.color) : label);
      }
      text += "\n";
    }
    if (every.more) text += "... and more\n";
  }
  return text;
}

namespace {

// "/packages/12/name" -> "/packages/*/name"
std::string without_numbers(std::string_view place) {
  std::string text;
  for (const char c : place)
    if (!is_digit(c))
      text.push_back(c);
    else if (!text.ends_with('*'))
      text.push_back('*');
  return text;
}

void list_complaints(Table& table, const std::string& target, const Cell& kind, const std::vector<Rejected>& complaints,
                     std::size_t alike) {
  std::map<std::pair<std::string, std::string_view>, std::size_t> times, listed;
  for (const Rejected& each : complaints) ++times[{without_numbers(each.place), each.reason}];
  for (const Rejected& each : complaints) {
    const std::pair<std::string, std::string_view> like(without_numbers(each.place), each.reason);
    const std::size_t count = ++listed[like];
    if (alike != 0 && count > alike) continue;
    table.rows.push_back({target, kind, each.place, each.reason});
    if (count == alike && times[like] > alike)
      table.rows.push_back(
          {target, kind, like.first, each.reason + ", " + with_commas(times[like] - alike) + " times more"});
  }
}

}  // namespace

std::string render_judged_table(const std::vector<Judged>& all, std::size_t alike, const Look& look) {
  Table table{{"DOCUMENT", "KIND", "PLACE", "REASON"}, {}};
  for (const Judged& judged : all) {
    const BillJudgement& judgement = judged.judgement;
    if (!judged.failed.empty()) table.rows.push_back({judged.target, Cell("failed", Style::red), "", judged.failed});
    if (judged.valid())
      table.rows.push_back({judged.target, Cell("valid", Style::green), "",
                            std::string(name_of(judgement.format)) + " " + judgement.spec_version});
    list_complaints(table, judged.target, Cell("error", Style::red), judgement.errors, alike);
    list_complaints(table, judged.target, Cell("doubt", Style::yellow), judgement.doubts, alike);
  }
  return render_table(table, look);
}

std::string render_judged_json(const std::vector<Judged>& all) {
  Json items = Json::array();
  std::size_t valid = 0, failed = 0;
  for (const Judged& judged : all) {
    valid += judged.valid() ? 1 : 0;
    failed += judged.failed.empty() ? 0 : 1;
    Json item{{"target", judged.target},
              {"format", std::string(name_of(judged.judgement.format))},
              {"spec_version", judged.judgement.spec_version},
              {"wrapping", judged.judgement.wrapping},
              {"valid", judged.valid()},
              {"errors", json_of(judged.judgement.errors)},
              {"doubts", json_of(judged.judgement.doubts)}};
    if (!judged.failed.empty()) item["failed"] = judged.failed;
    items.push_back(std::move(item));
  }
  return dump(
      Json{{"apiVersion", "pratique/v1"},
           {"kind", "ValidationReport"},
           {"ledger",
            {{"examined", all.size()}, {"valid", valid}, {"invalid", all.size() - valid - failed}, {"failed", failed}}},
           {"items", std::move(items)}});
}

}  // namespace pratique
