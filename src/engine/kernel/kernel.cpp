#include "engine/kernel/kernel.h"

#include <algorithm>

#include "engine/kernel/effects.h"

namespace pratique {
namespace {

// What the calls of a program add, gravest first, each clause once.
std::vector<const HelperEffect*> effects_of(const KernelObject& prog) {
  std::vector<const HelperEffect*> found;
  for (const auto& function : prog.calls.value_or(std::vector<std::string>{}))
    if (const auto* effect = find_helper_effect(helper_behind(function))) found.push_back(effect);
  std::sort(found.begin(), found.end());  // they are rows of one table
  return found;
}

void append(std::string& sentence, std::string_view clause, std::string_view joint) {
  if (clause.empty() || sentence.find(clause) != std::string::npos) return;
  sentence.append(sentence.empty() ? "" : joint).append(clause);
}

std::string finished(std::string sentence) {
  if (sentence.empty()) return sentence;
  if (sentence.front() >= 'a' && sentence.front() <= 'z' && !sentence.starts_with("tcpdump") &&
      !sentence.starts_with("auditd"))
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  return sentence + ".";
}

std::string program_sentence(const KernelObject& prog) {
  const auto* effect = find_program_effect(prog.type_number, prog.attach_type);
  std::string sentence(effect != nullptr ? effect->does
                                         : "Does what this version does not know: a program type of a newer kernel");
  std::string more;
  for (const auto* helper : effects_of(prog)) append(more, helper->does, "; ");
  append(sentence, more, "; ");
  if (!prog.calls) append(sentence, "the kernel functions it calls could not be read", "; ");
  return finished(std::move(sentence));
}

std::string link_sentence(const KernelObject& link) {
  std::string sentence = "Keeps prog " + std::to_string(link.prog_id) + " attached";
  if (!link.attachments.empty()) {
    const auto& at = link.attachments.front();
    append(sentence, at.hook, " at ");
    if (!at.target.empty()) sentence += " " + at.target;
    if (!at.cgroup.empty()) sentence += " of cgroup " + at.cgroup;
  }
  return sentence + ".";
}

}  // namespace

std::string what_it_may_do(const KernelObject& object) {
  switch (object.kind) {
    case KernelKind::prog: return program_sentence(object);
    case KernelKind::link: return link_sentence(object);
    case KernelKind::btf: return "Describes the types of programs and maps.";
    case KernelKind::classic:
      return object.type == "seccomp"
                 ? "Decides which system calls the process may make."
                 : "Sees the packets of one socket and may cut or drop them before the process reads them.";
    case KernelKind::map: break;
  }
  const auto* effect = find_map_effect(object.type_number);
  return finished(std::string(effect != nullptr ? effect->does : "Stores data that programs and its holders share"));
}

std::string what_it_hides(const KernelObject& object) {
  if (object.kind != KernelKind::prog) return "";
  std::string sentence;
  for (const auto* helper : effects_of(object)) append(sentence, helper->hides, "; ");
  if (const auto* effect = find_program_effect(object.type_number, object.attach_type))
    append(sentence, effect->hides, "; ");
  return finished(std::move(sentence));
}

}  // namespace pratique
