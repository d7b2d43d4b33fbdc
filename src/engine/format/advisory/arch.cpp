// Arch Linux' security tracker (security.archlinux.org/all.json): groups of issues of packages that are built together.
//
//   [{"name": "AVG-2", "packages": ["curl"], "status": "Fixed", "severity": "High", "affected": "8.3.0-1", "fixed":
//   "8.4.0-1",
//     "issues": ["CVE-2023-38545"], "advisories": ["ASA-1"]}]
//
// `affected` is the version that was current when the group was opened and says nothing of those before it: all below
// the fix count.
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

struct Group {
  std::string status, fixed;
  std::vector<std::string> packages;
};

void emit_group(Advisory&& advisory, const Group& group, JsonValue& value, AdvisoryEmitter& emit) {
  if (advisory.id.empty()) return value.set_aside("a group without a name");
  for (const auto& package : group.packages) {
    const auto key = package_of_distribution("alpm", "arch", package);
    if (!key) {
      value.set_aside(key.error().text);
      continue;
    }
    Affected affected = affected_below(*key, "arch", Scheme::alpm, group.fixed);
    if (group.status == "Not affected") affected = never_affected(*key, "arch");
    if (group.status == "Unknown") affected.state = FixState::under_investigation;
    advisory.affected.push_back(std::move(affected));
  }
  emit.advisory(std::move(advisory));
}

void read_group(JsonValue& value, AdvisoryEmitter& emit) {
  Advisory advisory;
  advisory.source = "arch";
  Group group;
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "name") advisory.id = object.value().text();
    if (key == "status") group.status = object.value().text();
    if (key == "fixed") group.fixed = object.value().text();
    if (key == "packages") group.packages = texts_of(object.value());
    if (key == "severity") add_word(advisory.ratings, object.value().text());
    if (key == "type") advisory.summary = object.value().text();
    if (key == "issues") advisory.upstream = texts_of(object.value());
    if (key == "advisories") advisory.aliases = texts_of(object.value());
  }
  if (!advisory.id.empty()) advisory.url = "https://security.archlinux.org/" + advisory.id;
  emit_group(std::move(advisory), group, value, emit);
}

}  // namespace

Result<void> read_arch(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  TextPool pool;
  JsonReader reader(pool, input.limits);
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonArray list = root.array(); list.next_object();) read_group(list.value(), emit);
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

}  // namespace pratique
