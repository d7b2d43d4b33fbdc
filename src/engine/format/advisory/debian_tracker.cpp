// The Debian security tracker's JSON (security-tracker.debian.org/tracker/data/json): by source package, vulnerability
// and release.
//
//   {"curl": {"CVE-2023-38545": {"description": "...", "releases": {"bookworm": {"status": "resolved", "fixed_version":
//   "7.88.1-10+deb12u4",
//                                                                                 "urgency": "not yet assigned"}}}}}
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

struct Release {
  std::string_view status, fixed_version, urgency, nodsa, nodsa_reason;
};

Release read_release(JsonValue& value) {
  Release release;
  for (JsonObject object = value.object(); object.next();) {
    if (object.key() == "status") release.status = object.value().text();
    if (object.key() == "fixed_version") release.fixed_version = object.value().text();
    if (object.key() == "urgency") release.urgency = object.value().text();
    if (object.key() == "nodsa") release.nodsa = object.value().text();
    if (object.key() == "nodsa_reason") release.nodsa_reason = object.value().text();
  }
  return release;
}

FixState state_of(const Release& release) {
  if (release.status == "resolved") return release.fixed_version == "0" ? FixState::not_affected : FixState::fixed;
  if (release.status == "undetermined") return FixState::under_investigation;
  if (release.nodsa_reason == "ignored" || release.urgency == "end-of-life") return FixState::wont_fix;
  return release.nodsa.empty() ? FixState::none : FixState::deferred;
}

class TrackerReader {
 public:
  TrackerReader(AdvisoryEmitter& emit, const Limits& limits) : emit_(emit), reader_(pool_, limits) {}

  Result<void> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) {
      for (JsonObject packages = root.object(); packages.next();) {
        const auto package = package_of_distribution("deb", "debian", packages.key());
        if (!package) {
          packages.value().set_aside(package.error().text);
          continue;
        }
        for (JsonObject cves = packages.value().object(); cves.next();) read_cve(*package, cves.key(), cves.value());
      }
    }));
    for (auto& part : reader_.take_rejected()) emit_.set_aside(std::move(part.place), std::move(part.reason));
    return {};
  }

 private:
  void read_cve(const std::string& package, std::string_view id, JsonValue& value) {
    Advisory advisory;
    // As OSV's translation calls it.
    advisory.id = is_cve(id) ? "DEBIAN-" + std::string(id) : std::string(id);
    advisory.source = "debian";
    if (is_cve(id)) advisory.upstream.emplace_back(id);
    for (JsonObject object = value.object(); object.next();) {
      if (object.key() == "description") advisory.summary = first_sentence(object.value().text());
      if (object.key() != "releases") continue;
      for (JsonObject releases = object.value().object(); releases.next();) {
        const auto stream = stream_of_release("deb", "debian", releases.key());
        const Release release = read_release(releases.value());
        if (!stream)
          releases.value().set_aside(stream.error().text);
        else
          advisory.affected.push_back(affected_in(package, *stream, release));
      }
    }
    emit_.part(std::move(advisory));
  }

  static Affected affected_in(const std::string& package, const std::string& stream, const Release& release) {
    const FixState state = state_of(release);
    if (state == FixState::not_affected) return never_affected(package, stream);
    Affected affected =
        affected_below(package, stream, Scheme::deb, state == FixState::fixed ? release.fixed_version : "");
    affected.state = state;
    affected.note = release.nodsa;
    affected.severity = severity_named(release.urgency).value_or(Severity::unknown);
    return affected;
  }

  AdvisoryEmitter& emit_;
  TextPool pool_;
  JsonReader reader_;
};

}  // namespace

Result<void> read_debian_tracker(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  return TrackerReader(emit, input.limits).read(input.bytes);
}

}  // namespace pratique
