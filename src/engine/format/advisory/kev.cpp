// CISA's catalog of known exploited vulnerabilities (its JSON schema of 2024).
#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"

namespace pratique {
namespace {

Vulnerability read_entry(JsonValue& value) {
  Vulnerability note;
  Kev kev;
  for (JsonObject entry = value.object(); entry.next();) {
    const std::string_view key = entry.key();
    if (key == "cveID") note.id = entry.value().text();
    if (key == "dateAdded") kev.added = entry.value().text();
    if (key == "dueDate") kev.due = entry.value().text();
    if (key == "knownRansomwareCampaignUse") kev.ransomware = equal_ignoring_case(entry.value().text(), "known");
  }
  note.kev = std::move(kev);
  return note;
}

}  // namespace

Result<void> read_kev(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  TextPool pool;
  JsonReader reader(pool, input.limits);
  emit.document().source = "kev";
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      if (top.key() == "catalogVersion") emit.document().revision = top.value().text();
      if (top.key() != "vulnerabilities") continue;
      for (JsonArray list = top.value().array(); list.next_object();) {
        Vulnerability note = read_entry(list.value());
        if (!is_cve(note.id))
          list.value().set_aside("'" + note.id + "' is no CVE");
        else
          emit.note(std::move(note), "kev");
      }
    }
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

}  // namespace pratique
