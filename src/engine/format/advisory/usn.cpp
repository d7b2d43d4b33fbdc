// Ubuntu's security notices as one database (usn.ubuntu.com, usn-db/database.json): by number, for each release the
// source packages that mend it.
//
//   {"6429-1": {"id": "6429-1", "title": "curl vulnerabilities", "timestamp": 1697000000.0, "cves": ["CVE-2023-38545"],
//               "releases": {"jammy": {"sources": {"curl": {"version": "7.81.0-1ubuntu1.14"}}}}}}
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

void read_release(const std::string& stream, JsonValue& value, Advisory& advisory) {
  for (JsonObject release = value.object(); release.next();) {
    if (release.key() != "sources") continue;
    for (JsonObject sources = release.value().object(); sources.next();) {
      const auto key = package_of_distribution("deb", "ubuntu", sources.key());
      if (!key) {
        sources.value().set_aside(key.error().text);
        continue;
      }
      for (JsonObject source = sources.value().object(); source.next();)
        if (source.key() == "version")
          if (const auto version = source.value().text(); !version.empty())
            advisory.affected.push_back(affected_below(*key, stream, Scheme::deb, version));
    }
  }
}

void read_notice(JsonValue& value, AdvisoryEmitter& emit) {
  Advisory advisory;
  advisory.source = "ubuntu";
  for (JsonObject notice = value.object(); notice.next();) {
    const std::string_view key = notice.key();
    if (key == "id") advisory.id = "USN-" + std::string(notice.value().text());
    if (key == "title") advisory.summary = notice.value().text();
    if (key == "timestamp")
      if (const auto seconds = notice.value().number(); seconds && *seconds > 0 && *seconds < 1e11)
        advisory.published = Time(std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000)));
    if (key == "cves")
      for (auto& cve : texts_of(notice.value()))
        if (is_cve(cve)) advisory.upstream.push_back(std::move(cve));
    if (key != "releases") continue;
    for (JsonObject releases = notice.value().object(); releases.next();) {
      const auto stream = stream_of_release("deb", "ubuntu", releases.key());
      if (!stream)
        releases.value().set_aside(stream.error().text);
      else
        read_release(*stream, releases.value(), advisory);
    }
  }
  advisory.modified = advisory.published;
  if (advisory.id.empty()) return value.set_aside("a notice without an id");
  advisory.url = "https://ubuntu.com/security/notices/" + advisory.id;
  emit.advisory(std::move(advisory));
}

}  // namespace

Result<void> read_usn(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  TextPool pool;
  JsonReader reader(pool, input.limits);
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonObject notices = root.object(); notices.next();) read_notice(notices.value(), emit);
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

}  // namespace pratique
