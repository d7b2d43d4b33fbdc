#include "app/render/kernel.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kinds{KernelKind::prog, KernelKind::map, KernelKind::link, KernelKind::btf, KernelKind::classic};

std::string plural_of(KernelKind kind) {
  switch (kind) {
    case KernelKind::prog: return "programs";
    case KernelKind::map: return "maps";
    case KernelKind::link: return "links";
    case KernelKind::btf: return "type tables";
    case KernelKind::classic: return "classic filters";
  }
  return "";
}

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// An object with room for its members: a node has thousands, and one that grows is copied again and again.
Json with_room(std::size_t members) {
  Json json = Json::object();
  json.get_ref<Json::object_t&>().reserve(members);
  return json;
}

Json json_of(const KernelOwner& owner) {
  Json json = with_room(8);
  json["pid"] = owner.pid;
  json["comm"] = owner.comm;
  json["exe"] = owner.exe;
  json["how"] = owner.how;
  if (owner.tid != 0) json["tid"] = owner.tid;
  if (owner.fd >= 0) json["fd"] = owner.fd;
  if (!owner.container.empty()) json["container"] = owner.container;
  if (!owner.pod.empty()) json["pod"] = owner.pod;
  if (!owner.image.empty()) json["image"] = owner.image;
  return json;
}

Json json_of(const KernelPin& pin) {
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", pin.mode & 07777);
  return {{"path", pin.path}, {"mount_ns", pin.mount_ns}, {"via", pin.via}, {"mode", mode}, {"uid", pin.uid}};
}

Json json_of(const KernelAttachment& at) {
  Json json = with_room(10);
  json["hook"] = at.hook;
  json["target"] = at.target;
  if (at.netns != 0) json["netns"] = at.netns;
  if (!at.cgroup.empty()) json["cgroup"] = at.cgroup;
  if (at.ifindex != 0) json["ifindex"] = at.ifindex;
  if (!at.direction.empty()) json["direction"] = at.direction;
  if (!at.detail.empty()) json["detail"] = at.detail;
  if (at.link_id != 0) json["link_id"] = at.link_id;
  if (at.pid != 0) json["pid"] = at.pid;
  if (at.fd >= 0) json["fd"] = at.fd;
  return json;
}

Json json_of(const KernelObject& object);

template <class Value>
Json array_of(const std::vector<Value>& values) {
  Json json = Json::array();
  for (const auto& value : values) json.push_back(json_of(value));
  return json;
}

void add_program(Json& json, const KernelObject& prog) {
  json["tag"] = prog.tag;
  if (!prog.code.empty()) json["code"] = prog.code;
  if (prog.loaded) json["loaded"] = render_time(*prog.loaded);
  if (prog.uid) json["uid"] = *prog.uid;
  json["gpl"] = prog.gpl;
  json["instructions"] = prog.instructions;
  json["jited_bytes"] = prog.jited_bytes;
  json["verified_instructions"] = prog.verified_instructions;
  if (prog.runs != 0) json["runs"] = prog.runs;
  if (prog.run_nanoseconds != 0) json["run_nanoseconds"] = prog.run_nanoseconds;
  if (prog.recursion_misses != 0) json["recursion_misses"] = prog.recursion_misses;
  json["map_ids"] = prog.map_ids;
  if (!prog.attach_target.empty()) json["attach_target"] = prog.attach_target;
  json["calls"] = prog.calls ? Json(*prog.calls) : Json(nullptr);
}

void add_map(Json& json, const KernelObject& map) {
  json["key_size"] = map.key_size;
  json["value_size"] = map.value_size;
  json["max_entries"] = map.max_entries;
  json["flags"] = map.flags;
  if (map.frozen) json["frozen"] = *map.frozen;
  if (!map.entry_ids.empty()) json["entry_ids"] = map.entry_ids;
}

Json json_of(const KernelObject& object) {
  Json json = with_room(28);
  json["kind"] = name_of(object.kind);
  if (object.key.empty())
    json["id"] = object.id;
  else
    json["key"] = object.key;
  json["type"] = object.type;
  json["name"] = object.name;
  if (object.kind == KernelKind::prog) add_program(json, object);
  if (object.kind == KernelKind::map) add_map(json, object);
  if (object.kind == KernelKind::link) json["prog_id"] = object.prog_id;
  if (object.kind == KernelKind::btf) json["bytes"] = object.value_size;
  if (object.attach_type) json["attach_type"] = attach_type_name(*object.attach_type);
  if (object.btf_id != 0) json["btf_id"] = object.btf_id;
  json["owners"] = array_of(object.owners);
  json["pins"] = array_of(object.pins);
  json["attachments"] = array_of(object.attachments);
  json["held_by"] = object.held_by;
  json["does"] = object.does;
  json["hides"] = object.hides;
  return json;
}

struct Count {
  std::size_t total = 0, unheld = 0;
};

Count count_of(const KernelInventory& inventory, KernelKind kind) {
  Count count;
  for (const auto& object : inventory.objects) {
    if (object.kind != kind) continue;
    ++count.total;
    if (!has_known_holder(object)) ++count.unheld;
  }
  return count;
}

std::string and_more(std::string text, std::size_t count) {
  return count < 2 ? text : std::move(text) + " +" + std::to_string(count - 1);
}

using Labels = std::map<std::string, const KernelObject*>;

Labels labels_of(const KernelInventory& inventory) {
  Labels labels;
  for (const auto& object : inventory.objects) labels.emplace(label_of(object), &object);
  return labels;
}

// The process that keeps it; where none does directly, that of what keeps it: "agent (7) by link 3".
std::string owner_cell(const KernelObject& object, const Labels& labels, int depth = 0) {
  std::set<std::uint32_t> pids;
  for (const auto& owner : object.owners) pids.insert(owner.pid);
  if (!pids.empty()) {
    const auto& first = object.owners.front();
    return and_more(first.comm + " (" + std::to_string(first.pid) + ")", pids.size());
  }
  if (!object.pins.empty()) return "pinned";
  if (object.held_by.empty() || depth == 4) return "-";
  const auto holder = labels.find(object.held_by.front());
  const std::string beyond = holder == labels.end() ? "-" : owner_cell(*holder->second, labels, depth + 1);
  return (beyond == "-" ? "" : beyond + " ") + "by " + object.held_by.front();
}

std::string place_of(const KernelAttachment& at) {
  std::string text = at.hook;
  if (!at.target.empty()) text += " " + at.target;
  if (!at.direction.empty() && !at.hook.ends_with(at.direction)) text += " " + at.direction;
  if (!at.cgroup.empty()) text += " " + at.cgroup;
  if (at.target.empty() && at.ifindex != 0) text += " ifindex " + std::to_string(at.ifindex);
  return text;
}

std::string places_cell(const KernelObject& object) {
  if (object.attachments.empty()) return object.attach_target.empty() ? "-" : "(" + object.attach_target + ")";
  return and_more(place_of(object.attachments.front()), object.attachments.size());
}

std::string pins_cell(const KernelObject& object) {
  return object.pins.empty() ? "-" : and_more(object.pins.front().via + object.pins.front().path, object.pins.size());
}

std::string holders_cell(const KernelObject& object) {
  return object.held_by.empty() ? "-" : and_more(object.held_by.front(), object.held_by.size());
}

std::string numbers_of(const std::vector<std::uint32_t>& ids) {
  std::string text;
  for (const auto id : ids) text.append(text.empty() ? "" : ",").append(std::to_string(id));
  return text.empty() ? "-" : text;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

struct Layout {
  std::vector<std::string> columns;
  std::function<std::vector<Cell>(const KernelObject&, const Labels&)> row;
};

Layout program_layout(bool wide) {
  if (!wide)
    return {{"PROG", "TYPE", "NAME", "ATTACHED TO", "OWNER", "MAY"},
            [](const KernelObject& o, const Labels& labels) -> std::vector<Cell> {
              return {std::to_string(o.id), o.type, or_dash(o.name), places_cell(o), owner_cell(o, labels), o.does};
            }};
  return {{"PROG", "TYPE", "NAME", "TAG", "LOADED", "UID", "INSNS", "MAPS", "ATTACHED TO", "OWNER", "PINNED", "HELD BY",
           "MAY", "HIDES"},
          [](const KernelObject& o, const Labels& labels) -> std::vector<Cell> {
            return {std::to_string(o.id),
                    o.type,
                    or_dash(o.name),
                    o.tag,
                    o.loaded ? render_time(*o.loaded) : "-",
                    o.uid ? std::to_string(*o.uid) : "-",
                    std::to_string(o.instructions),
                    numbers_of(o.map_ids),
                    places_cell(o),
                    owner_cell(o, labels),
                    pins_cell(o),
                    holders_cell(o),
                    o.does,
                    or_dash(o.hides)};
          }};
}

Layout map_layout(bool wide) {
  Layout layout{{"MAP", "TYPE", "NAME", "KEY", "VALUE", "ENTRIES", "OWNER", "HELD BY"},
                [](const KernelObject& o, const Labels& labels) -> std::vector<Cell> {
                  return {std::to_string(o.id),
                          o.type,
                          or_dash(o.name),
                          std::to_string(o.key_size) + "B",
                          std::to_string(o.value_size) + "B",
                          std::to_string(o.max_entries),
                          owner_cell(o, labels),
                          holders_cell(o)};
                }};
  if (!wide) return layout;
  layout.columns.insert(layout.columns.end(), {"PINNED", "MAY"});
  layout.row = [narrow = layout.row](const KernelObject& o, const Labels& labels) {
    auto row = narrow(o, labels);
    row.insert(row.end(), {Cell(pins_cell(o)), Cell(o.does)});
    return row;
  };
  return layout;
}

Layout link_layout() {
  return {{"LINK", "TYPE", "PROG", "ATTACHED TO", "OWNER", "PINNED"},
          [](const KernelObject& o, const Labels& labels) -> std::vector<Cell> {
            return {
                std::to_string(o.id),  o.type,      o.prog_id == 0 ? "-" : std::to_string(o.prog_id), places_cell(o),
                owner_cell(o, labels), pins_cell(o)};
          }};
}

Layout btf_layout() {
  return {{"BTF", "TYPE", "NAME", "BYTES", "HELD BY"}, [](const KernelObject& o, const Labels&) -> std::vector<Cell> {
            return {std::to_string(o.id), o.type, or_dash(o.name), with_commas(o.value_size), holders_cell(o)};
          }};
}

Layout classic_layout() {
  return {{"CLASSIC", "TYPE", "ATTACHED TO", "OWNER", "MAY"},
          [](const KernelObject& o, const Labels& labels) -> std::vector<Cell> {
            return {o.key, o.type, places_cell(o), owner_cell(o, labels), o.does};
          }};
}

Layout layout_of(KernelKind kind, bool wide) {
  switch (kind) {
    case KernelKind::prog: return program_layout(wide);
    case KernelKind::map: return map_layout(wide);
    case KernelKind::link: return link_layout();
    case KernelKind::btf: return btf_layout();
    case KernelKind::classic: break;
  }
  return classic_layout();
}

std::string joined(const std::vector<std::string>& texts) {
  std::string text;
  for (const auto& each : texts) text.append(text.empty() ? "" : "; ").append(each);
  return text;
}

std::string moved_table(const KernelInventory& inventory, const Look& look) {
  Table table{{"MOVED INTO THE KERNEL", "PROGS", "BY", "NOT SEEN ANY MORE"}, {}};
  for (const auto& moved : what_has_moved(inventory)) {
    const std::string by = moved.holders.empty() ? "-" : moved.holders.front();
    table.rows.push_back({moved.operation, std::to_string(moved.progs.size()), and_more(by, moved.holders.size()),
                          or_dash(joined(moved.hides))});
  }
  return render_table(table, look);
}

Json moved_json(const KernelInventory& inventory) {
  Json list = Json::array();
  for (const auto& moved : what_has_moved(inventory))
    list.push_back({{"operation", moved.operation},
                    {"prog_ids", moved.progs},
                    {"holders", moved.holders},
                    {"hides", moved.hides}});
  return list;
}

}  // namespace

bool has_known_holder(const KernelObject& object) {
  return !object.owners.empty() || !object.pins.empty() || !object.attachments.empty() || !object.held_by.empty() ||
         (object.kind == KernelKind::btf && object.type == "kernel");
}

std::string render_kernel_table(const KernelInventory& inventory, bool wide, const Look& look) {
  std::string text;
  const Labels labels = labels_of(inventory);
  const auto only_btf = [](const KernelObject& object) { return object.kind == KernelKind::btf; };
  const bool show_btf = wide || std::all_of(inventory.objects.begin(), inventory.objects.end(), only_btf);
  for (const auto kind : kinds) {
    if (kind == KernelKind::btf && !show_btf) continue;
    Layout layout = layout_of(kind, wide);
    Table table{std::move(layout.columns), {}};
    for (const auto& object : inventory.objects)
      if (object.kind == kind) table.rows.push_back(layout.row(object, labels));
    const std::string part = render_table(table, look);
    if (!part.empty()) text.append(text.empty() ? "" : "\n").append(part);
  }
  const std::string moved = moved_table(inventory, look);
  if (!moved.empty()) text += "\n" + moved;
  return text;
}

std::string render_kernel_json(const KernelInventory& inventory) {
  Json ledger{{"examined", inventory.objects.size()}};
  std::size_t unheld = 0;
  for (const auto kind : kinds) {
    const Count count = count_of(inventory, kind);
    ledger[std::string(name_of(kind))] = count.total;
    unheld += count.unheld;
  }
  ledger["without_known_holder"] = unheld;
  ledger["incomplete"] = inventory.incomplete.size();
  // An object a line, each made and forgotten: the tree of a whole node would be ten times its text.
  std::string text = "{\n";
  const auto put = [&](std::string_view name, const Json& value) {
    text += "  " + json_quoted(name) + ": " + line_of(value) + ",\n";
  };
  put("apiVersion", "pratique/v1");
  put("kind", "KernelInventory");
  put("node", inventory.node);
  put("release", inventory.release);
  put("boot", inventory.boot);
  put("ledger", ledger);
  put("incomplete", inventory.incomplete);
  put("moved", moved_json(inventory));
  text += "  \"items\": [";
  const char* joint = "\n    ";
  for (const auto& object : inventory.objects) {
    text += joint + line_of(json_of(object));
    joint = ",\n    ";
  }
  return text + "\n  ]\n}\n";
}

std::string render_kernel_jsonl(const KernelInventory& inventory) {
  std::string lines;
  for (const auto& object : inventory.objects) lines += line_of(json_of(object)) + "\n";
  return lines;
}

std::string render_kernel_names(const KernelInventory& inventory) {
  std::string lines;
  for (const auto& object : inventory.objects) lines += printable(label_of(object)) + "\n";
  return lines;
}

std::string render_kernel_ledger(const KernelInventory& inventory) {
  std::string parts;
  std::size_t unheld = 0;
  for (const auto kind : kinds) {
    const Count count = count_of(inventory, kind);
    unheld += count.unheld;
    std::string noun = plural_of(kind);
    if (count.total == 1) noun.pop_back();
    if (count.total > 0) parts.append(parts.empty() ? ": " : ", ").append(with_commas(count.total) + " " + noun);
  }
  std::string text =
      with_commas(inventory.objects.size()) + (inventory.objects.size() == 1 ? " object" : " objects") + parts;
  if (unheld > 0) text += "; " + with_commas(unheld) + " without a known holder";
  if (const auto gaps = inventory.incomplete.size(); gaps > 0)
    text += "; " + std::to_string(gaps) + (gaps == 1 ? " thing" : " things") + " could not be read";
  return text;
}

}  // namespace pratique
