#include "world/probe/tidings.h"

#include <linux/bpf.h>

#include <cstring>

#include "world/probe/procfs.h"

namespace pratique {
namespace {

template <std::size_t size>
std::string text_of(const char (&name)[size]) {
  return std::string(name, ::strnlen(name, size));
}

std::string path_of(const EventPath& path) {
  std::string text;
  std::size_t parts = 0;
  for (const auto& part : path.part) {
    if (part[0] == 0) break;
    text = "/" + text_of(part) + text;
    ++parts;
  }
  return parts == EVENT_PARTS ? "..." + text : text;  // there may be more above it
}

std::uint32_t word_at(const Event& event, std::size_t offset) {
  std::uint32_t word = 0;
  std::memcpy(&word, event.attr + offset, sizeof word);
  return word;
}

std::string name_at(const Event& event, std::size_t offset) {
  const char* text = reinterpret_cast<const char*>(event.attr) + offset;
  return std::string(text, ::strnlen(text, EVENT_NAME));
}

struct Meaning {
  KernelAction action;
  KernelKind kind;
};

std::optional<Meaning> meaning_of(std::uint32_t command) {
  switch (command) {
    case BPF_MAP_CREATE: return Meaning{KernelAction::create, KernelKind::map};
    case BPF_PROG_LOAD: return Meaning{KernelAction::load, KernelKind::prog};
    case BPF_BTF_LOAD: return Meaning{KernelAction::load, KernelKind::btf};
    case BPF_OBJ_PIN: return Meaning{KernelAction::pin, KernelKind::prog};
    case BPF_PROG_ATTACH: return Meaning{KernelAction::attach, KernelKind::prog};
    case BPF_PROG_DETACH: return Meaning{KernelAction::detach, KernelKind::prog};
    case BPF_RAW_TRACEPOINT_OPEN:
    case BPF_LINK_CREATE: return Meaning{KernelAction::attach, KernelKind::link};
    case BPF_MAP_FREEZE: return Meaning{KernelAction::freeze, KernelKind::map};
    case BPF_LINK_UPDATE: return Meaning{KernelAction::update, KernelKind::link};
    case BPF_LINK_DETACH: return Meaning{KernelAction::detach, KernelKind::link};
    case EVENT_FREED: return Meaning{KernelAction::unload, KernelKind::prog};
    default: return {};
  }
}

std::string type_name(KernelKind kind, std::uint32_t type) {
  switch (kind) {
    case KernelKind::prog: return prog_type_name(type);
    case KernelKind::map: return map_type_name(type);
    case KernelKind::link: return link_type_name(type);
    default: return "";
  }
}

void add_object(const Event& event, KernelEvent& told) {
  constexpr KernelKind kinds[] = {KernelKind::prog, KernelKind::prog, KernelKind::map, KernelKind::link,
                                  KernelKind::btf};
  if (event.kind == event_nothing || event.kind >= std::size(kinds)) return;
  told.kind = kinds[event.kind];
  told.id = event.id;
  told.prog_id = event.prog;
  told.type = type_name(told.kind, event.type);
  told.name = text_of(event.name);
  if (told.kind != KernelKind::prog) return;
  for (const auto byte : event.tag) {
    told.tag += "0123456789abcdef"[byte >> 4];
    told.tag += "0123456789abcdef"[byte & 15];
  }
}

// What was asked for (union bpf_attr of include/uapi/linux/bpf.h), where there is no object to tell it.
void add_request(const Event& event, BtfNames& names, KernelEvent& told) {
  if (event.has_attr == 0) return;
  switch (event.command) {
    case BPF_PROG_LOAD:
      if (told.type.empty()) told.type = prog_type_name(word_at(event, 0));
      if (told.name.empty()) told.name = name_at(event, 48);
      if (const auto hook = word_at(event, 108); hook != 0 && word_at(event, 112) == 0)
        told.target = names.hook(0, hook);
      break;
    case BPF_MAP_CREATE:
      if (told.type.empty()) told.type = map_type_name(word_at(event, 0));
      if (told.name.empty()) told.name = name_at(event, 28);
      break;
    case BPF_RAW_TRACEPOINT_OPEN:
      told.hook = "raw_tracepoint";
      told.target = text_of(event.text);
      break;
    case BPF_OBJ_PIN: told.target = text_of(event.text); break;
    case BPF_LINK_CREATE:
    case BPF_PROG_ATTACH:
    case BPF_PROG_DETACH:
      told.hook = attach_type_name(word_at(event, 8));
      if (told.hook.starts_with("cgroup")) told.target = path_of(event.target);
      break;
    default: break;
  }
}

}  // namespace

std::string cgroup_of(const Event& event) {
  const auto path = path_of(event.cgroup);
  return path.empty() ? "" : "0::" + path.substr(path.find('/')) + "\n";
}

std::optional<KernelEvent> parse_event(const Event& event, BtfNames& names) {
  const auto meaning = meaning_of(event.command);
  if (!meaning) return {};
  KernelEvent told{.action = meaning->action, .kind = meaning->kind};
  add_object(event, told);
  add_request(event, names, told);
  told.unfinished = event.unfinished != 0;
  if (event.command != EVENT_FREED && event.result < 0) {
    const char* name = ::strerrorname_np(-event.result);
    told.failed = name != nullptr ? name : "error " + std::to_string(-event.result);
  }
  const CgroupPlace place = parse_cgroup(cgroup_of(event));
  told.by = {.pid = event.pid,
             .tid = event.tid == event.pid ? 0 : event.tid,
             .comm = text_of(event.comm),
             .exe = path_of(event.exe),
             .container = place.container,
             .pod = place.pod};
  told.uid = event.uid;
  return told;
}

}  // namespace pratique
