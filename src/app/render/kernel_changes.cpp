// What changed between two looks at a kernel, and what is not as usual.
#include <nlohmann/json.hpp>

#include "app/render/kernel.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

const char* word_of(KernelChange::How how) {
  switch (how) {
    case KernelChange::How::added: return "added";
    case KernelChange::How::gone: return "gone";
    case KernelChange::How::changed: break;
  }
  return "changed";
}

const char* word_of(KernelDeviation::How how) {
  switch (how) {
    case KernelDeviation::How::unknown_loader: return "unknown loader";
    case KernelDeviation::How::unusual: return "unusual";
    case KernelDeviation::How::missing: break;
  }
  return "missing";
}

Style style_of(KernelChange::How how) {
  return how == KernelChange::How::added ? Style::green : how == KernelChange::How::gone ? Style::red : Style::yellow;
}

std::string owner_of(const KernelObject& object) {
  if (object.owners.empty()) return object.held_by.empty() ? "-" : "by " + object.held_by.front();
  const auto& owner = object.owners.front();
  return owner.exe.empty() ? owner.comm : owner.exe;
}

Json json_of(const KernelObject& object) {
  Json json{{"kind", name_of(object.kind)}};
  if (object.key.empty())
    json["id"] = object.id;
  else
    json["key"] = object.key;
  json["type"] = object.type;
  json["name"] = object.name;
  if (!object.tag.empty()) json["tag"] = object.tag;
  if (!object.code.empty()) json["code"] = object.code;
  return json;
}

}  // namespace

std::string render_changes_table(const std::vector<KernelChange>& changes, const Look& look) {
  Table table{{"CHANGE", "OBJECT", "TYPE", "NAME", "OWNER", "DETAILS"}, {}};
  for (const auto& change : changes) {
    const auto& object = change.object;
    for (std::size_t i = 0; i < std::max<std::size_t>(change.details.size(), 1); ++i) {
      const Cell details(i < change.details.size() ? change.details[i] : "");
      if (i == 0)
        table.rows.push_back({Cell(word_of(change.how), style_of(change.how)), label_of(object), object.type,
                              object.name.empty() ? "-" : object.name, owner_of(object), details});
      else
        table.rows.push_back({"", "", "", "", "", details});
    }
  }
  return render_table(table, look);
}

std::string render_changes_json(const KernelInventory& before, const KernelInventory& after,
                                const std::vector<KernelChange>& changes) {
  Json json{{"apiVersion", "pratique/v1"}, {"kind", "KernelDiff"}};
  json["before"] = {{"node", before.node}, {"release", before.release}, {"objects", before.objects.size()}};
  json["after"] = {{"node", after.node}, {"release", after.release}, {"objects", after.objects.size()}};
  json["ledger"] = {{"changes", changes.size()}};
  json["items"] = Json::array();
  for (const auto& change : changes) {
    Json item{{"change", word_of(change.how)}};
    item.update(json_of(change.object));
    item["owner"] = owner_of(change.object);
    item["details"] = change.details;
    json["items"].push_back(std::move(item));
  }
  return dump(json);
}

std::string render_deviations_table(const std::vector<KernelDeviation>& deviations, const Look& look) {
  Table table{{"DEVIATION", "LOADER", "PROG", "TYPE", "NAME", "TAG", "MAY"}, {}};
  for (const auto& each : deviations) {
    const bool missing = each.how == KernelDeviation::How::missing;
    table.rows.push_back({Cell(word_of(each.how), missing ? Style::yellow : Style::red), each.loader,
                          missing ? "-" : std::to_string(each.prog.id), each.prog.type,
                          each.prog.name.empty() ? "-" : each.prog.name, each.prog.tag, each.prog.does});
  }
  return render_table(table, look);
}

std::string render_deviations_json(const KernelInventory& now, const std::vector<KernelDeviation>& deviations) {
  Json json{{"apiVersion", "pratique/v1"}, {"kind", "KernelDeviations"}, {"node", now.node}};
  json["ledger"] = {{"deviations", deviations.size()}};
  json["items"] = Json::array();
  for (const auto& each : deviations) {
    Json item{{"deviation", word_of(each.how)}, {"loader", each.loader}};
    item.update(json_of(each.prog));
    json["items"].push_back(std::move(item));
  }
  return dump(json);
}

}  // namespace pratique
