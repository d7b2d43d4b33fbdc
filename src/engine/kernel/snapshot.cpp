// Reads back what `kernel list -o json` wrote. A member that is missing reads as empty, one of another kind is a
// mistake; members that nobody here knows are of a newer version and do no harm.
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using Json = nlohmann::json;

// The first mistake, with its place.
class Reader {
 public:
  template <class Value>
  void read(const Json& object, const char* name, Value& value) {
    const auto member = object.find(name);
    if (member == object.end() || member->is_null()) return;
    if constexpr (std::is_same_v<Value, std::string>) {
      member->is_string() ? void(value = member->get<std::string>()) : fail(name, "a text");
    } else if constexpr (std::is_same_v<Value, bool>) {
      member->is_boolean() ? void(value = member->get<bool>()) : fail(name, "true or false");
    } else {
      const bool fits =
          member->is_number_integer() &&
          (member->is_number_unsigned() ? member->get<std::uint64_t>() <= std::numeric_limits<Value>::max()
                                        : std::is_signed_v<Value> && member->get<std::int64_t>() >= -1);
      fits ? void(value = member->get<Value>()) : fail(name, "a number");
    }
  }

  // Calls visit(element) for each of a list of objects.
  template <class Visit>
  void each(const Json& object, const char* name, Visit&& visit) {
    const auto member = object.find(name);
    if (member == object.end() || member->is_null()) return;
    if (!member->is_array()) return fail(name, "a list");
    std::size_t index = 0;
    for (const auto& element : *member) {
      const std::string outer = place_;
      place_ += "/" + std::string(name) + "/" + std::to_string(index++);
      element.is_object() ? visit(element) : fail("", "an object");
      place_ = outer;
    }
  }

  void read(const Json& object, const char* name, std::vector<std::string>& texts) {
    const auto member = object.find(name);
    if (member == object.end() || member->is_null()) return;
    if (!member->is_array()) return fail(name, "a list");
    for (const auto& text : *member) text.is_string() ? texts.push_back(text.get<std::string>()) : fail(name, "texts");
  }

  void read(const Json& object, const char* name, std::vector<std::uint32_t>& numbers) {
    const auto member = object.find(name);
    if (member == object.end() || member->is_null()) return;
    if (!member->is_array()) return fail(name, "a list");
    for (const auto& number : *member) {
      const bool fits =
          number.is_number_unsigned() && number.get<std::uint64_t>() <= std::numeric_limits<std::uint32_t>::max();
      fits ? numbers.push_back(number.get<std::uint32_t>()) : fail(name, "numbers");
    }
  }

  void fail(const std::string& name, const std::string& wanted) {
    if (!error_)
      error_ = Error{Fault::malformed, wanted + " expected", {place_ + (name.empty() ? "" : "/" + name)}, ""};
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::string place_;
  std::optional<Error> error_;
};

KernelOwner read_owner(Reader& reader, const Json& json) {
  KernelOwner owner;
  reader.read(json, "pid", owner.pid);
  reader.read(json, "tid", owner.tid);
  reader.read(json, "comm", owner.comm);
  reader.read(json, "exe", owner.exe);
  reader.read(json, "fd", owner.fd);
  reader.read(json, "how", owner.how);
  reader.read(json, "container", owner.container);
  reader.read(json, "pod", owner.pod);
  reader.read(json, "image", owner.image);
  return owner;
}

KernelPin read_pin(Reader& reader, const Json& json) {
  KernelPin pin;
  reader.read(json, "path", pin.path);
  reader.read(json, "mount_ns", pin.mount_ns);
  reader.read(json, "via", pin.via);
  return pin;
}

KernelAttachment read_attachment(Reader& reader, const Json& json) {
  KernelAttachment at;
  reader.read(json, "hook", at.hook);
  reader.read(json, "target", at.target);
  reader.read(json, "netns", at.netns);
  reader.read(json, "cgroup", at.cgroup);
  reader.read(json, "ifindex", at.ifindex);
  reader.read(json, "direction", at.direction);
  reader.read(json, "detail", at.detail);
  reader.read(json, "link_id", at.link_id);
  reader.read(json, "pid", at.pid);
  reader.read(json, "fd", at.fd);
  return at;
}

// The number behind a name; empty where none of those that are known has it.
template <class NameOf>
std::optional<std::uint32_t> number_of(const std::string& name, NameOf&& name_of_number) {
  constexpr std::uint32_t most = 128;  // the kernel has some sixty
  for (std::uint32_t number = 0; number < most; ++number)
    if (name_of_number(number) == name) return number;
  return {};
}

KernelObject read_object(Reader& reader, const Json& json) {
  KernelObject object;
  std::string kind, loaded;
  reader.read(json, "kind", kind);
  if (const auto known = kernel_kind_named(kind))
    object.kind = *known;
  else
    reader.fail("kind", "prog, map, link, btf or classic");
  reader.read(json, "id", object.id);
  reader.read(json, "key", object.key);
  reader.read(json, "type", object.type);
  if (object.kind == KernelKind::prog) object.type_number = number_of(object.type, prog_type_name).value_or(0);
  if (object.kind == KernelKind::map) object.type_number = number_of(object.type, map_type_name).value_or(0);
  if (object.kind == KernelKind::link) object.type_number = number_of(object.type, link_type_name).value_or(0);
  std::string attach_type;
  reader.read(json, "attach_type", attach_type);
  object.attach_type = number_of(attach_type, attach_type_name);
  reader.read(json, "name", object.name);
  reader.read(json, "tag", object.tag);
  reader.read(json, "code", object.code);
  reader.read(json, "loaded", loaded);
  if (const auto time = parse_time(loaded)) object.loaded = *time;
  std::uint32_t uid = 0;
  reader.read(json, "uid", uid);
  if (json.contains("uid")) object.uid = uid;
  reader.read(json, "attach_target", object.attach_target);
  reader.read(json, "prog_id", object.prog_id);
  reader.read(json, "key_size", object.key_size);
  reader.read(json, "value_size", object.value_size);
  reader.read(json, "max_entries", object.max_entries);
  reader.read(json, "map_ids", object.map_ids);
  reader.read(json, "instructions", object.instructions);
  if (json.contains("calls") && !json["calls"].is_null()) reader.read(json, "calls", object.calls.emplace());
  reader.each(json, "owners", [&](const Json& each) { object.owners.push_back(read_owner(reader, each)); });
  reader.each(json, "pins", [&](const Json& each) { object.pins.push_back(read_pin(reader, each)); });
  reader.each(json, "attachments",
              [&](const Json& each) { object.attachments.push_back(read_attachment(reader, each)); });
  reader.read(json, "held_by", object.held_by);
  reader.read(json, "does", object.does);
  reader.read(json, "hides", object.hides);
  return object;
}

// A document of ours, of that kind, with its items counted.
Result<Json> parse_document(std::string_view bytes, std::string_view kind, const Limits& limits, const Error& other) {
  if (bytes.size() > limits.bytes)
    return Error{Fault::limit, "larger than " + std::to_string(limits.bytes) + " bytes", {}, ""};
  bool deep = false;
  const auto check_depth = [&](int depth, Json::parse_event_t, Json&) {
    deep |= static_cast<std::size_t>(depth) > limits.depth;
    return !deep;
  };
  Json json = Json::parse(bytes, check_depth, false);
  if (deep) return Error{Fault::limit, "nested deeper than " + std::to_string(limits.depth), {}, ""};
  if (!json.is_object() || !json.contains("kind") || json["kind"] != kind) return other;
  if (json.contains("items") && json["items"].is_array() && json["items"].size() > limits.entries)
    return Error{Fault::limit, "more than " + std::to_string(limits.entries) + " objects", {"/items"}, ""};
  return json;
}

Time read_time(Reader& reader, const Json& json, const char* name) {
  std::string text;
  reader.read(json, name, text);
  const auto time = parse_time(text);
  if (!time) reader.fail(name, "a time");
  return time ? *time : Time{};
}

}  // namespace

Result<std::vector<KernelNode>> parse_kernel_nodes(std::string_view bytes, const Limits& limits) {
  PRATIQUE_TRY(const Json json, parse_document(bytes, "NodeList", limits,
                                               {Fault::malformed, "no list of nodes", {}, "is it a server of ours?"}));
  Reader reader;
  std::vector<KernelNode> nodes;
  if (!json.contains("items")) reader.fail("items", "a list");
  reader.each(json, "items", [&](const Json& each) {
    KernelNode node;
    reader.read(each, "name", node.name);
    node.since = read_time(reader, each, "since");
    node.seen = read_time(reader, each, "seen");
    reader.read(each, "snapshots", node.snapshots);
    nodes.push_back(std::move(node));
  });
  if (reader.error()) return *reader.error();
  return nodes;
}

std::vector<const KernelObject*> find_programs(const KernelInventory& inventory, std::string_view hash) {
  std::vector<const KernelObject*> found;
  for (const auto& object : inventory.objects)
    if (object.kind == KernelKind::prog && !hash.empty() && (object.tag == hash || object.code == hash))
      found.push_back(&object);
  return found;
}

Result<KernelInventory> parse_kernel_snapshot(std::string_view bytes, const Limits& limits) {
  PRATIQUE_TRY(
      const Json json,
      parse_document(
          bytes, "KernelInventory", limits,
          {Fault::malformed, "no snapshot of a kernel", {}, "write one with 'pratique kernel list -o json=FILE'"}));
  Reader reader;
  KernelInventory inventory;
  reader.read(json, "node", inventory.node);
  reader.read(json, "release", inventory.release);
  reader.read(json, "boot", inventory.boot);
  reader.read(json, "incomplete", inventory.incomplete);
  // Nothing said of the objects is not that there are none.
  if (!json.contains("items") || !json["items"].is_array()) reader.fail("items", "a list");
  if (json.contains("items") && json["items"].is_array() && json["items"].size() > limits.entries)
    return Error{Fault::limit, "more than " + std::to_string(limits.entries) + " objects", {"/items"}, ""};
  reader.each(json, "items", [&](const Json& each) { inventory.objects.push_back(read_object(reader, each)); });
  if (reader.error()) return *reader.error();
  return inventory;
}

}  // namespace pratique
