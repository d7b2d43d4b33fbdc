#include "app/render/review.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "model/purl.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Style style_of_score(unsigned score) { return score >= 80 ? Style::green : score >= 50 ? Style::yellow : Style::red; }

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

Json json_of(const QualityCheck& check) {
  return Json{{"id", check.id},
              {"asks", check.asks},
              {"ok", check.ok()},
              {"weight", check.weight},
              {"passed", check.passed},
              {"examined", check.examined},
              {"mend", check.ok() ? std::string_view() : check.mend},
              {"examples", check.examples}};
}

Json json_of(const Told& told) {
  return Json{{"name", told.name},          {"version", told.version},
              {"purl", told.purl},          {"scope", name_of(told.scope)},
              {"type", name_of(told.type)}, {"license", told.license},
              {"supplier", told.supplier},  {"hashes", told.hashes}};
}

// Of two package URLs that differ in their qualifiers alone, those.
std::pair<std::string, std::string> differing(const std::string& before, const std::string& after) {
  auto a = parse_purl(before), b = parse_purl(after);
  if (!a || !b || a->qualifiers == b->qualifiers) return {before, after};
  const auto only_in = [](const Purl& one, const Purl& other) {
    std::string text;
    for (const auto& [key, value] : one.qualifiers)
      if (other.qualifier(key) != value) text += (text.empty() ? "" : " ") + key + "=" + value;
    return text;
  };
  const std::pair texts(only_in(*a, *b), only_in(*b, *a));
  a->qualifiers = b->qualifiers;
  return *a == *b ? texts : std::pair(before, after);
}

// Of what two tools say differently of one package, the first.
std::pair<std::string, std::string> retold(std::string_view what, const Told& before, const Told& after) {
  if (what == "purl") return differing(before.purl, after.purl);
  if (what == "name") return {before.name, after.name};
  if (what == "type") return {std::string(name_of(before.type)), std::string(name_of(after.type))};
  if (what == "license") return {before.license, after.license};
  if (what == "supplier") return {before.supplier, after.supplier};
  return {joined(before.hashes), joined(after.hashes)};
}

// What the two columns of a difference say.
std::pair<std::string, std::string> shown(const Difference& item) {
  switch (item.change) {
    case Change::moved: {  // a scope that is not given is "required"
      const auto scope = [](const Told& side) {
        return side.scope == Scope::unspecified ? std::string("required") : std::string(name_of(side.scope));
      };
      return {scope(item.before), scope(item.after)};
    }
    case Change::retold: return retold(item.what.front(), item.before, item.after);
    default: return {item.before.version, item.after.version};
  }
}

Style style_of(Change change) {
  switch (change) {
    case Change::added: return Style::green;
    case Change::removed: return Style::red;
    case Change::changed: return Style::yellow;
    case Change::moved: return Style::magenta;
    case Change::retold: break;
  }
  return Style::dim;
}

}  // namespace

std::string render_quality_table(const std::vector<Measured>& all, std::string_view profile, bool every,
                                 const Look& look) {
  std::string text;
  for (const Measured& measured : all) {
    Table scores{{"PROFILE", "SCORE", "ASKED BY"}, {}};
    Table checks{{"PROFILE", "CHECK", "PASSED", "ASKS", "MEND"}, {}};
    for (const QualityProfile& each : measured.quality.profiles) {
      if (!profile.empty() && each.id != profile) continue;
      scores.rows.push_back({each.id, Cell(std::to_string(each.score), style_of_score(each.score)), each.title});
      for (const QualityCheck& check : each.checks)
        if (every || !check.ok())
          checks.rows.push_back({each.id, check.id, with_commas(check.passed) + "/" + with_commas(check.examined),
                                 check.asks, check.ok() ? std::string_view() : check.mend});
    }
    text += (text.empty() ? "" : "\n") + printable(measured.target) + ": " + with_commas(measured.quality.components) +
            " components\n" + render_table(scores, look);
    if (!checks.rows.empty()) text += "\n" + render_table(checks, look);
  }
  return text;
}

std::string render_quality_json(const std::vector<Measured>& all, std::string_view profile) {
  Json items = Json::array();
  for (const Measured& measured : all) {
    Json profiles = Json::array();
    for (const QualityProfile& each : measured.quality.profiles) {
      if (!profile.empty() && each.id != profile) continue;
      Json checks = Json::array();
      for (const QualityCheck& check : each.checks) checks.push_back(json_of(check));
      profiles.push_back(
          {{"id", each.id}, {"title", each.title}, {"score", each.score}, {"checks", std::move(checks)}});
    }
    items.push_back({{"target", measured.target},
                     {"score", measured.quality.score},
                     {"components", measured.quality.components},
                     {"profiles", std::move(profiles)}});
  }
  return dump(Json{{"apiVersion", "pratique/v1"},
                   {"kind", "QualityReport"},
                   {"ledger", {{"examined", all.size()}}},
                   {"items", std::move(items)}});
}

std::string summary_of(const BillDifference& difference) {
  std::string text;
  for (const Change change : {Change::added, Change::removed, Change::changed, Change::moved, Change::retold})
    if (const auto count = difference.count(change); count > 0)
      text += with_commas(count) + " " +
              (change == Change::retold ? "told differently" : std::string(name_of(change))) + ", ";
  return text + with_commas(difference.same) + " same";
}

std::string render_difference_table(const BillDifference& difference, const Look& look) {
  Table table{{"CHANGE", "NAME", "BEFORE", "AFTER", "WHAT"}, {}};
  for (const Difference& item : difference.items) {
    const Told& told = item.change == Change::added ? item.after : item.before;
    const auto [before, after] = shown(item);
    table.rows.push_back(
        {Cell(name_of(item.change), style_of(item.change)), told.name, before, after, joined(item.what)});
  }
  return render_table(table, look);
}

std::string render_difference_json(const BillDifference& difference, const std::string& before,
                                   const std::string& after) {
  Json items = Json::array();
  for (const Difference& item : difference.items) {
    Json json{{"change", name_of(item.change)}};
    json["before"] = item.change == Change::added ? Json(nullptr) : json_of(item.before);
    json["after"] = item.change == Change::removed ? Json(nullptr) : json_of(item.after);
    if (!item.what.empty()) json["what"] = item.what;
    items.push_back(std::move(json));
  }
  return dump(Json{{"apiVersion", "pratique/v1"},
                   {"kind", "BillDifference"},
                   {"before", before},
                   {"after", after},
                   {"ledger",
                    {{"added", difference.count(Change::added)},
                     {"removed", difference.count(Change::removed)},
                     {"changed", difference.count(Change::changed)},
                     {"moved", difference.count(Change::moved)},
                     {"retold", difference.count(Change::retold)},
                     {"same", difference.same},
                     {"files_left_out", difference.files}}},
                   {"items", std::move(items)}});
}

}  // namespace pratique
