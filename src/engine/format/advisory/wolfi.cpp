// Wolfi's and Chainguard's own records (chainguard-dev/advisory-schema 2.0): for one package, what was decided about
// each vulnerability, event by event. The last event counts.
//
//   package: {name: age}
//   advisories: [{id: CGA-..., aliases: [CVE-...], events: [{timestamp, type: fixed, data:
//   {fixed-version: 1.2.1-r4}}]}]
#include <algorithm>
#include <array>

#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/yaml.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

struct Event {
  std::optional<Time> time;
  std::string_view type, fixed_version, note, kind;
};

struct State {
  std::string_view event;
  FixState state;
};
constexpr std::array<State, 7> states = {{{"fixed", FixState::fixed},
                                          {"false-positive-determination", FixState::not_affected},
                                          {"true-positive-determination", FixState::none},
                                          {"pending-upstream-fix", FixState::none},
                                          {"analysis-not-planned", FixState::wont_fix},
                                          {"fix-not-planned", FixState::wont_fix},
                                          {"detection", FixState::under_investigation}}};

class WolfiReader {
 public:
  WolfiReader(AdvisoryEmitter& emit, const Limits& limits) : emit_(emit), reader_(pool_, limits) {}

  Result<void> read(const Bytes& json) {
    std::string_view package;
    PRATIQUE_DO(reader_.read(json, [&](JsonValue& root) {
      for (JsonObject top = root.object(); top.next();) {
        if (top.key() == "package")
          for (JsonObject named = top.value().object(); named.next();)
            if (named.key() == "name") package = named.value().text();
        if (top.key() == "advisories")
          for (JsonArray list = top.value().array(); list.next_object();) read_advisory(list.value());
      }
    }));
    PRATIQUE_TRY(const std::string key, package_of_distribution("apk", "wolfi", package));
    for (auto& [advisory, affected] : found_) {
      affected.package = key;
      affected.stream = "wolfi";
      advisory.source = "wolfi";
      advisory.affected.push_back(std::move(affected));
      emit_.advisory(std::move(advisory));
    }
    for (auto& part : reader_.take_rejected()) emit_.set_aside(std::move(part.place), std::move(part.reason));
    return {};
  }

 private:
  void read_advisory(JsonValue& value) {
    Advisory advisory;
    std::vector<Event> events;
    for (JsonObject object = value.object(); object.next();) {
      if (object.key() == "id") advisory.id = object.value().text();
      if (object.key() == "aliases") advisory.aliases = texts_of(object.value());
      if (object.key() == "events")
        for (JsonArray list = object.value().array(); list.next_object();) events.push_back(read_event(list.value()));
    }
    if (advisory.id.empty() || events.empty()) return value.set_aside("an advisory without an id or an event");
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
    advisory.published = events.front().time;
    advisory.modified = events.back().time;
    auto affected = affected_by(events.back());
    if (!affected) return value.set_aside("an event of the unknown type '" + std::string(events.back().type) + "'");
    found_.emplace_back(std::move(advisory), std::move(*affected));
  }

  static Event read_event(JsonValue& value) {
    Event event;
    for (JsonObject object = value.object(); object.next();) {
      if (object.key() == "timestamp") event.time = time_of(object.value());
      if (object.key() == "type") event.type = object.value().text();
      if (object.key() != "data") continue;
      for (JsonObject data = object.value().object(); data.next();) {
        if (data.key() == "fixed-version") event.fixed_version = data.value().text();
        if (data.key() == "note") event.note = data.value().text();
        if (data.key() == "type") event.kind = data.value().text();
      }
    }
    return event;
  }

  static std::optional<Affected> affected_by(const Event& event) {
    const auto row = std::find_if(states.begin(), states.end(), [&](const State& s) { return s.event == event.type; });
    if (row == states.end()) return std::nullopt;
    const bool mended = row->state == FixState::fixed && event.fixed_version != "0";
    if (row->state == FixState::not_affected || (row->state == FixState::fixed && !mended))
      return never_affected({}, {}, std::string(event.note.empty() ? event.kind : event.note));
    Affected affected = affected_below({}, {}, Scheme::apk, event.fixed_version);
    affected.state = row->state;
    affected.note = event.note;
    return affected;
  }

  AdvisoryEmitter& emit_;
  TextPool pool_;
  JsonReader reader_;
  std::vector<std::pair<Advisory, Affected>> found_;
};

}  // namespace

Result<void> read_wolfi(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  PRATIQUE_TRY(const std::string text, json_of_yaml(input.bytes.view(), input.limits));
  const Bytes json = Bytes::copy_of(text);
  return WolfiReader(emit, input.limits).read(json);
}

}  // namespace pratique
