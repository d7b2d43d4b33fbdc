// What changed between two looks, and what an image loads that it did not load before.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using Object = const KernelObject*;

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    if (!part.empty()) text.append(text.empty() ? "" : " ").append(part);
  return text;
}

std::string words_of(const KernelAttachment& at) {
  return joined({at.hook, at.target, at.direction, at.cgroup.empty() ? "" : "cgroup " + at.cgroup});
}

// Who holds it, in words that are true after a restart and on another node: the executable, never the pid.
std::string words_of(const KernelOwner& owner) {
  return joined({owner.exe.empty() ? owner.comm : owner.exe, owner.container.empty() ? "" : "in a container"});
}

template <class Values, class Words>
std::set<std::string> words_of_all(const Values& values, Words words) {
  std::set<std::string> texts;
  for (const auto& value : values) texts.insert(words(value));
  return texts;
}

// The same thing on any node and after any restart. Programs: by what they are, called and made of; links: by what they
// attach, where.
std::string identity_of(const KernelObject& object, const std::map<std::uint32_t, Object>& progs) {
  switch (object.kind) {
    case KernelKind::prog: return joined({"prog", object.type, object.name, object.tag});
    case KernelKind::map:
      return joined({"map", object.type, object.name, std::to_string(object.key_size),
                     std::to_string(object.value_size), std::to_string(object.max_entries)});
    case KernelKind::link: {
      const auto prog = progs.find(object.prog_id);
      return joined({"link", object.type, object.attachments.empty() ? "" : words_of(object.attachments.front()),
                     prog == progs.end() ? "" : identity_of(*prog->second, progs)});
    }
    case KernelKind::btf: return joined({"btf", object.type, object.name, std::to_string(object.value_size)});
    case KernelKind::classic: break;
  }
  return joined({"classic", object.type, object.owners.empty() ? "" : words_of(object.owners.front())});
}

std::map<std::uint32_t, Object> progs_of(const KernelInventory& inventory) {
  std::map<std::uint32_t, Object> progs;
  for (const auto& object : inventory.objects)
    if (object.kind == KernelKind::prog) progs.emplace(object.id, &object);
  return progs;
}

void add_difference(const char* what, const std::set<std::string>& before, const std::set<std::string>& after,
                    std::vector<std::string>& details) {
  for (const auto& text : after)
    if (!before.contains(text)) details.push_back("+ " + std::string(what) + " " + text);
  for (const auto& text : before)
    if (!after.contains(text)) details.push_back("- " + std::string(what) + " " + text);
}

std::vector<std::string> differences(const KernelObject& before, const KernelObject& after) {
  std::vector<std::string> details;
  if (before.tag != after.tag) details.push_back("code " + before.tag + " became " + after.tag);
  if (before.tag == after.tag && !before.code.empty() && !after.code.empty() && before.code != after.code)
    details.push_back("instructions " + before.code + " became " + after.code + " behind the same tag");
  const auto owners = [](const KernelOwner& owner) { return words_of(owner); };
  const auto places = [](const KernelAttachment& at) { return words_of(at); };
  const auto pins = [](const KernelPin& pin) { return pin.path; };
  add_difference("attached to", words_of_all(before.attachments, places), words_of_all(after.attachments, places),
                 details);
  add_difference("held by", words_of_all(before.owners, owners), words_of_all(after.owners, owners), details);
  add_difference("pinned at", words_of_all(before.pins, pins), words_of_all(after.pins, pins), details);
  if (before.prog_id != 0 && before.id == after.id && before.prog_id != after.prog_id)
    details.push_back("prog " + std::to_string(before.prog_id) + " became prog " + std::to_string(after.prog_id));
  return details;
}

// Ids begin anew with each start. Older snapshots do not tell of it: there the name has to do.
bool have_the_same_ids(const KernelInventory& before, const KernelInventory& after) {
  if (!before.boot.empty() && !after.boot.empty()) return before.boot == after.boot;
  return before.node == after.node;
}

class Comparison {
 public:
  Comparison(const KernelInventory& before, const KernelInventory& after)
      : before_progs_(progs_of(before)), after_progs_(progs_of(after)), same_ids_(have_the_same_ids(before, after)) {
    for (const auto& object : before.objects)
      if (object.kind != KernelKind::btf) before_.push_back(&object);
    for (const auto& object : after.objects)
      if (object.kind != KernelKind::btf) after_.push_back(&object);
  }

  std::vector<KernelChange> compare() {
    const auto by_id = [](Object o) {
      return joined({std::string(name_of(o->kind)), o->key, std::to_string(o->id), o->type, o->name, o->tag});
    };
    if (same_ids_) pair_by(by_id, by_id);
    pair_by([&](Object o) { return identity_of(*o, before_progs_); },
            [&](Object o) { return identity_of(*o, after_progs_); });
    const auto by_name = [](Object o) {
      return o->kind == KernelKind::prog && !o->name.empty() ? o->type + " " + o->name : "";
    };
    pair_by(by_name, by_name);  // the same program with other code
    for (const auto* object : before_) changes_.push_back({.how = KernelChange::How::gone, .object = *object});
    for (const auto* object : after_) changes_.push_back({.how = KernelChange::How::added, .object = *object});
    std::stable_sort(changes_.begin(), changes_.end(), [](const KernelChange& a, const KernelChange& b) {
      return std::tuple(a.object.kind, a.object.id) < std::tuple(b.object.kind, b.object.id);
    });
    return std::move(changes_);
  }

 private:
  // Takes pairs with the same key out of what is left; an empty key pairs with nothing.
  template <class KeyBefore, class KeyAfter>
  void pair_by(KeyBefore key_before, KeyAfter key_after) {
    std::multimap<std::string, Object> candidates;
    for (const auto* object : before_) candidates.emplace(key_before(object), object);
    std::set<Object> paired;
    std::erase_if(after_, [&](Object object) {
      const std::string key = key_after(object);
      const auto found = key.empty() ? candidates.end() : candidates.find(key);
      if (found == candidates.end()) return false;
      if (auto details = differences(*found->second, *object); !details.empty())
        changes_.push_back({KernelChange::How::changed, *object, std::move(details)});
      paired.insert(found->second);
      candidates.erase(found);
      return true;
    });
    std::erase_if(before_, [&](Object object) { return paired.contains(object); });
  }

  std::map<std::uint32_t, Object> before_progs_, after_progs_;
  bool same_ids_;
  std::vector<Object> before_, after_;
  std::vector<KernelChange> changes_;
};

// Who is answerable for a program: its image where that is known, else its executable. A program that only a pin or a
// link keeps is nobody's.
std::set<std::string> loaders_of(const KernelObject& prog) {
  std::set<std::string> loaders;
  for (const auto& owner : prog.owners) {
    if (!owner.image.empty())
      loaders.insert("image " + owner.image);
    else if (!owner.exe.empty())
      loaders.insert(owner.exe + (owner.container.empty() ? "" : " in a container"));
  }
  return loaders;
}

using Programs = std::map<std::string, Object>;  // by identity
std::map<std::string, Programs> programs_by_loader(const std::vector<KernelInventory>& inventories) {
  std::map<std::string, Programs> found;
  for (const auto& inventory : inventories)
    for (const auto& object : inventory.objects) {
      if (object.kind != KernelKind::prog) continue;
      for (const auto& loader : loaders_of(object)) found[loader].emplace(identity_of(object, {}), &object);
    }
  return found;
}

}  // namespace

std::vector<KernelChange> compare_inventories(const KernelInventory& before, const KernelInventory& after) {
  return Comparison(before, after).compare();
}

std::vector<KernelDeviation> compare_with_baseline(const std::vector<KernelInventory>& baseline,
                                                   const KernelInventory& now) {
  const auto usual = programs_by_loader(baseline);
  const std::vector<KernelInventory> one{now};
  std::vector<KernelDeviation> found;
  for (const auto& [loader, programs] : programs_by_loader(one)) {
    const auto known = usual.find(loader);
    if (known == usual.end()) {
      for (const auto& [identity, prog] : programs)
        found.push_back({loader, KernelDeviation::How::unknown_loader, *prog});
      continue;
    }
    for (const auto& [identity, prog] : programs)
      if (!known->second.contains(identity)) found.push_back({loader, KernelDeviation::How::unusual, *prog});
    for (const auto& [identity, prog] : known->second)
      if (!programs.contains(identity)) found.push_back({loader, KernelDeviation::How::missing, *prog});
  }
  return found;
}

}  // namespace pratique
