// One eBPF object, why it is alive, and facts about the kernel.
#include <nlohmann/json.hpp>

#include "app/render/kernel.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string joined(const std::vector<std::uint32_t>& ids) {
  std::string text;
  for (const auto id : ids) text.append(text.empty() ? "" : ", ").append(std::to_string(id));
  return text;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string text;
  for (const auto& each : texts) text.append(text.empty() ? "" : ", ").append(each);
  return text;
}

std::string words_of(const KernelOwner& owner) {
  std::string text = std::to_string(owner.pid);
  if (owner.tid != 0) text += " thread " + std::to_string(owner.tid);
  if (!owner.comm.empty()) text += " " + owner.comm;
  text += " " + owner.how + (owner.fd >= 0 ? " " + std::to_string(owner.fd) : "");
  if (!owner.exe.empty()) text += " " + owner.exe;
  if (!owner.container.empty()) text += " container " + owner.container;
  if (!owner.pod.empty()) text += " pod " + owner.pod;
  return text;
}

std::string words_of(const KernelAttachment& at) {
  std::string text = at.hook;
  if (!at.target.empty()) text += " " + at.target;
  if (!at.direction.empty()) text += " " + at.direction;
  if (!at.cgroup.empty()) text += " cgroup " + at.cgroup;
  if (at.ifindex != 0) text += " ifindex " + std::to_string(at.ifindex);
  if (at.netns != 0) text += " netns " + std::to_string(at.netns);
  if (!at.detail.empty()) text += " (" + at.detail + ")";
  if (at.link_id != 0) text += " by link " + std::to_string(at.link_id);
  if (at.pid != 0) text += " by process " + std::to_string(at.pid) + " descriptor " + std::to_string(at.fd);
  return text;
}

std::string words_of(const KernelPin& pin) {
  std::string text = pin.path;
  if (pin.mount_ns != 0) text += " in mount namespace " + std::to_string(pin.mount_ns);
  if (!pin.via.empty()) text += " through " + pin.via;
  return text;
}

// Names and values, in two columns without headers; a name once for several values, and none without a value.
class Lines {
 public:
  void add(const std::string& name, const std::string& value) {
    if (!value.empty()) table_.rows.push_back({Cell(name, Style::dim), Cell(value)});
  }
  void add(const std::string& name, std::uint64_t number) {
    if (number != 0) add(name, with_commas(number));
  }
  template <class Value>
  void add(const std::string& name, const std::vector<Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) add(i == 0 ? name : "", words_of(values[i]));
  }
  std::string text(const Look& look) const { return render_table(table_, {.color = look.color, .headers = false}); }

 private:
  Table table_{{"", ""}, {}};
};

void add_program(const KernelObject& prog, Lines& lines) {
  lines.add("tag", prog.tag);
  lines.add("loaded",
            prog.loaded ? render_time(*prog.loaded) + (prog.uid ? " by uid " + std::to_string(*prog.uid) : "") : "");
  lines.add("licence", prog.gpl ? "compatible with the GPL" : "not compatible with the GPL");
  lines.add("instructions", prog.instructions);
  lines.add("verified", prog.verified_instructions);
  lines.add("compiled bytes", prog.jited_bytes);
  lines.add("runs", prog.runs);
  lines.add("run nanoseconds", prog.run_nanoseconds);
  lines.add("recursion misses", prog.recursion_misses);
  lines.add("loaded for", prog.attach_target);
  lines.add("maps", joined(prog.map_ids));
  lines.add("calls", prog.calls ? joined(*prog.calls) : "not readable");
}

void add_map(const KernelObject& map, Lines& lines) {
  lines.add("sizes", "key " + std::to_string(map.key_size) + " bytes, value " + std::to_string(map.value_size) +
                         " bytes, entries " + std::to_string(map.max_entries) + ", flags " + std::to_string(map.flags));
  lines.add("frozen", !map.frozen ? "" : *map.frozen ? "yes: processes can no longer write to it" : "no");
  lines.add("entries", joined(map.entry_ids));
}

Json json_of(const std::vector<Hold>& holds) {
  Json list = Json::array();
  for (const auto& hold : holds)
    list.push_back({{"holder", hold.holder}, {"how", hold.how}, {"end", hold.end}, {"because", json_of(hold.because)}});
  return list;
}

void add_tree(const std::vector<Hold>& holds, const std::string& indent, const Look& look, std::string& text) {
  for (const auto& hold : holds) {
    text += indent + "- " + styled(printable(hold.holder), Style::bold, look.color);
    if (!hold.how.empty()) text += ": " + printable(hold.how);
    if (!hold.end.empty()) text += styled(" [" + printable(hold.end) + "]", Style::dim, look.color);
    text += "\n";
    add_tree(hold.because, indent + "  ", look, text);
  }
}

std::string title_of(const KernelObject& object) {
  return label_of(object) + " " + object.type + (object.name.empty() ? "" : " " + object.name);
}

}  // namespace

std::string render_kernel_details(const KernelObject& object, const Look& look) {
  Lines lines;
  lines.add(std::string(name_of(object.kind)), object.key.empty() ? std::to_string(object.id) : object.key);
  lines.add("type", object.type);
  lines.add("name", object.name);
  lines.add("attach type", object.attach_type ? attach_type_name(*object.attach_type) : "");
  if (object.kind == KernelKind::prog) add_program(object, lines);
  if (object.kind == KernelKind::map) add_map(object, lines);
  if (object.kind == KernelKind::link) lines.add("program", object.prog_id == 0 ? "" : std::to_string(object.prog_id));
  if (object.kind == KernelKind::btf) lines.add("bytes", object.value_size);
  lines.add("types (BTF)", object.btf_id == 0 ? "" : std::to_string(object.btf_id));
  lines.add("attached to", object.attachments);
  lines.add("owners", object.owners);
  lines.add("pins", object.pins);
  lines.add("held by", joined(object.held_by));
  lines.add("may", object.does);
  lines.add("hides", object.kind == KernelKind::prog && object.hides.empty() ? "nothing that ordinary logs would tell"
                                                                             : object.hides);
  return lines.text(look);
}

std::string render_explanation_tree(const KernelObject& object, const std::vector<Hold>& holds, const Look& look) {
  std::string text = styled(printable(title_of(object)), Style::bold, look.color) + "\n";
  if (holds.empty())
    return text +
           "Nothing that keeps it was found: the reference is inside the kernel, or whoever has it could not be "
           "seen.\n";
  text += "is alive because of\n";
  add_tree(holds, "", look, text);
  return text;
}

std::string render_explanation_json(const KernelInventory& inventory, const KernelObject& object,
                                    const std::vector<Hold>& holds) {
  Json json{{"apiVersion", "pratique/v1"}, {"kind", "KernelExplanation"}, {"node", inventory.node}};
  json["object"] = label_of(object);
  json["type"] = object.type;
  json["name"] = object.name;
  json["because"] = json_of(holds);
  json["incomplete"] = inventory.incomplete;
  return dump(json);
}

std::string render_facts_table(const KernelFacts& facts, const Look& look) {
  Table table{{"GROUP", "FACT", "VALUE"}, {}};
  for (const auto& fact : facts.facts) {
    // In one column, as a single long value (the command line) would push the meanings of all others out of sight.
    const std::string meaning = fact.meaning.empty() ? "" : " (" + fact.meaning + ")";
    table.rows.push_back(
        {fact.group, fact.name,
         fact.value ? Cell(*fact.value + meaning) : Cell("unknown: " + fact.unknown + meaning, Style::yellow)});
  }
  return render_table(table, look);
}

std::string render_facts_json(const KernelFacts& facts) {
  Json items = Json::array();
  std::size_t unknown = 0;
  for (const auto& fact : facts.facts) {
    Json item{{"group", fact.group}, {"name", fact.name}, {"value", fact.value ? Json(*fact.value) : Json(nullptr)}};
    if (!fact.value) item["unknown"] = fact.unknown;
    if (!fact.meaning.empty()) item["meaning"] = fact.meaning;
    unknown += fact.value ? 0 : 1;
    items.push_back(std::move(item));
  }
  return dump(Json{{"apiVersion", "pratique/v1"},
                   {"kind", "KernelFacts"},
                   {"node", facts.node},
                   {"ledger", {{"examined", facts.facts.size()}, {"unknown", unknown}}},
                   {"items", std::move(items)}});
}

std::string render_privileges_table(const std::vector<KernelPrivilege>& privileges, const Look& look) {
  Table table{{"NEEDS", "THERE", "SERVES", "WITHOUT"}, {}};
  for (const auto& each : privileges)
    table.rows.push_back({each.name, each.held ? Cell("yes", Style::green) : Cell("no", Style::yellow), each.serves,
                          Cell(each.without, each.held ? Style::dim : Style::plain)});
  return render_table(table, look);
}

std::string render_privileges_json(const std::vector<KernelPrivilege>& privileges) {
  Json items = Json::array();
  std::size_t missing = 0;
  for (const auto& each : privileges) {
    missing += each.held ? 0 : 1;
    items.push_back({{"name", each.name}, {"held", each.held}, {"serves", each.serves}, {"without", each.without}});
  }
  return dump(Json{{"apiVersion", "pratique/v1"},
                   {"kind", "AgentPrivileges"},
                   {"ledger", {{"examined", privileges.size()}, {"missing", missing}}},
                   {"items", items}});
}

}  // namespace pratique
