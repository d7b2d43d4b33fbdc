// Errata in JSON: AlmaLinux' (errata.almalinux.org, errata.json) and Rocky's (Apollo's /v2/advisories, which OSV's
// records are made from too).
#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/advisory/rpm_notice.h"
#include "engine/format/json.h"

namespace pratique {
namespace {

// {"$date": 1622548800000}, a number of milliseconds, or a text.
std::string read_date(JsonValue& value) {
  if (value.kind() == JsonKind::string) return std::string(value.text());
  std::optional<std::int64_t> milliseconds;
  if (value.kind() == JsonKind::number) milliseconds = value.integer();
  if (value.kind() == JsonKind::object)
    for (JsonObject object = value.object(); object.next();)
      if (object.key() == "$date") milliseconds = object.value().integer();
  return milliseconds ? render_time(Time(std::chrono::milliseconds(*milliseconds))) : std::string();
}

RpmPackage read_package(JsonValue& value) {
  RpmPackage package;
  for (JsonObject object = value.object(); object.next();) {
    if (object.key() == "name") package.name = object.value().text();
    if (object.key() == "epoch") package.epoch = object.value().text();
    if (object.key() == "version") package.version = object.value().text();
    if (object.key() == "release") package.release = object.value().text();
  }
  return package;
}

void read_package_list(JsonValue& value, RpmNotice& notice) {
  std::string module;
  const std::size_t first = notice.packages.size();
  for (JsonObject list = value.object(); list.next();) {
    if (list.key() == "packages")
      for (JsonArray packages = list.value().array(); packages.next_object();)
        notice.packages.push_back(read_package(packages.value()));
    if (list.key() != "module") continue;
    std::string name, stream;
    for (JsonObject object = list.value().object(); object.next();) {
      if (object.key() == "name") name = object.value().text();
      if (object.key() == "stream") stream = object.value().text();
    }
    if (!name.empty()) module = name + ":" + stream;
  }
  for (std::size_t i = first; i < notice.packages.size(); ++i) notice.packages[i].module = module;
}

void read_alma(JsonValue& value, AdvisoryEmitter& emit) {
  RpmNotice notice;
  std::string type;
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "updateinfo_id") notice.id = object.value().text();
    if (key == "type") type = object.value().text();
    if (key == "title") notice.title = object.value().text();
    if (key == "severity") notice.severity = object.value().text();
    if (key == "issued_date") notice.issued = read_date(object.value());
    if (key == "updated_date") notice.updated = read_date(object.value());
    if (key == "pkglist") read_package_list(object.value(), notice);
    if (key != "references") continue;
    for (JsonArray references = object.value().array(); references.next_object();)
      for (JsonObject reference = references.value().object(); reference.next();) {
        if (reference.key() == "id" && is_cve(reference.value().text()))
          notice.cves.emplace_back(reference.value().text());
        if (reference.key() == "href" && notice.url.empty()) notice.url = reference.value().text();
      }
  }
  if (type == "security") emit_notice(std::move(notice), emit);
}

// "rpms": {"Rocky Linux 8": {"nvras": ["kernel-0:4.18.0-1.el8.x86_64.rpm"]}}
void read_nevras(JsonValue& value, RpmNotice& notice) {
  for (JsonObject products = value.object(); products.next();) {
    const std::string product(products.key());
    for (JsonObject lists = products.value().object(); lists.next();)
      for (JsonArray list = lists.value().array(); list.next();)
        if (auto package = rpm_package_of(list.value().text())) {
          package->platform = product;
          notice.packages.push_back(std::move(*package));
        }
  }
}

void read_rocky(JsonValue& value, AdvisoryEmitter& emit) {
  RpmNotice notice;
  std::string type;
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "name") notice.id = object.value().text();
    if (key == "type") type = object.value().text();
    if (key == "synopsis") notice.title = object.value().text();
    if (key == "severity") notice.severity = object.value().text();
    if (key == "publishedAt") notice.issued = object.value().text();
    if (key == "rpms") read_nevras(object.value(), notice);
    if (key != "cves") continue;
    for (JsonArray cves = object.value().array(); cves.next_object();)
      for (JsonObject cve = cves.value().object(); cve.next();) {
        if (cve.key() == "name" && is_cve(cve.value().text())) notice.cves.emplace_back(cve.value().text());
        if (cve.key() == "cvss3ScoringVector") add_vector(notice.ratings, cve.value().text());
      }
  }
  // The vector of one of several is not the notice's.
  if (notice.cves.size() > 1) notice.ratings.clear();
  if (lower(type).ends_with("security")) emit_notice(std::move(notice), emit);
}

}  // namespace

Result<void> read_alma_errata(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  TextPool pool;
  JsonReader reader(pool, input.limits);
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonArray list = root.array(); list.next_object();) read_alma(list.value(), emit);
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

Result<void> read_rocky_errata(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  TextPool pool;
  JsonReader reader(pool, input.limits);
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonObject top = root.object(); top.next();)
      if (top.key() == "advisories")
        for (JsonArray list = top.value().array(); list.next_object();) read_rocky(list.value(), emit);
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

}  // namespace pratique
