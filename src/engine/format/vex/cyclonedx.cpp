// CycloneDX: vulnerabilities[] of a bill, 1.4 and later, about components of the same bill ("#REF") or, by BOM-Link, of
// others. XML comes here written again as JSON.
#include "base/text.h"
#include "engine/format/vex/readers.h"
#include "engine/version/version.h"

namespace pratique {

namespace {

struct Affected {
  std::string ref, place;
  struct Version {
    std::string version, range;
    std::optional<VexStatus> status;
  };
  std::vector<Version> versions;
};

class CycloneDxVex {
 public:
  explicit CycloneDxVex(const Limits& limits) : limits_(limits), reader_(pool_, limits) {}

  Result<VexList> read(const Bytes& document) {
    bool has_any = false;
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) {
      for (JsonObject top = root.object(); top.next();) {
        JsonValue& value = top.value();
        if (top.key() == "serialNumber") serial_ = value.text();
        if (top.key() == "metadata") read_metadata(value);
        if (top.key() != "vulnerabilities") continue;
        has_any = true;
        for (JsonArray list = value.array(); list.next_object();) read_vulnerability(list.value());
      }
    }));
    if (!has_any) return Error{Fault::malformed, "a bill without vulnerabilities: it states nothing about any", {}, {}};
    for (VexStatement& statement : list_.statements) {
      statement.author = author_;
      statement.document = serial_;
      if (!statement.time) statement.time = time_;
    }
    list_.format = VexFormat::cyclonedx;
    list_.rejected = reader_.take_rejected();
    return std::move(list_);
  }

 private:
  // Who says it: an author, else who supplies or makes the product.
  void read_metadata(JsonValue& value) {
    std::string supplier;
    for (JsonObject members = value.object(); members.next();) {
      const std::string_view key = members.key();
      if (key == "timestamp") time_ = vex_time(members.value());
      if (key == "authors")
        for (JsonArray list = members.value().array(); list.next_object();) take_name(list.value(), author_);
      if (key == "supplier" || key == "manufacturer" || key == "manufacture") take_name(members.value(), supplier);
    }
    if (author_.empty()) author_ = supplier;
  }

  static void take_name(JsonValue& value, std::string& into) {
    for (JsonObject members = value.object(); members.next();)
      if (members.key() == "name" && into.empty()) into = members.value().text();
  }

  void read_vulnerability(JsonValue& value) {
    VexStatement said;
    said.status = VexStatus::affected;
    std::vector<Affected> affected;
    std::optional<Time> updated;
    std::string recommendation, workaround;
    bool is_known = true;
    for (JsonObject members = value.object(); members.next();) {
      const std::string_view key = members.key();
      JsonValue& member = members.value();
      if (key == "id") said.vulnerability = member.text();
      if (key == "references")
        for (JsonArray list = member.array(); list.next_object();)
          for (JsonObject reference = list.value().object(); reference.next();)
            if (reference.key() == "id") said.aliases.emplace_back(reference.value().text());
      if (key == "updated") updated = vex_time(member);
      if (key == "published" && !updated) updated = vex_time(member);
      if (key == "recommendation") recommendation = member.text();
      if (key == "workaround") workaround = member.text();
      if (key == "analysis") is_known = read_analysis(member, said);
      if (key == "affects")
        for (JsonArray list = member.array(); list.next_object();) affected.push_back(read_affected(list.value()));
    }
    if (said.vulnerability.empty()) return value.set_aside("a vulnerability without id");
    if (!is_known) return value.set_aside("an analysis whose state nobody knows");
    if (affected.empty()) return value.set_aside("affects nothing: which component is meant is not said");
    if (!said.time) said.time = updated;
    if (said.status == VexStatus::affected)
      for (const std::string& text : {recommendation, workaround})
        if (!text.empty()) said.detail += (said.detail.empty() ? "" : "\n") + text;
    for (const Affected& each : affected) add(said, each);
  }

  // Whether the state is known, or not given at all.
  bool read_analysis(JsonValue& value, VexStatement& said) {
    bool is_known = true;
    for (JsonObject members = value.object(); members.next();) {
      JsonValue& member = members.value();
      if (members.key() == "state") {
        const auto status = vex_status_named(member.text());
        is_known = status.has_value();
        if (status) said.status = *status;
      }
      if (members.key() == "justification") {
        said.justification = vex_justification_named(member.text());
        if (said.justification.empty()) member.set_aside("no justification of CycloneDX");
      }
      if (members.key() == "detail") said.detail = member.text();
      if (members.key() == "firstIssued" && !said.time) said.time = vex_time(member);
      if (members.key() == "lastUpdated") said.time = vex_time(member);
    }
    return is_known;
  }

  static Affected read_affected(JsonValue& value) {
    Affected affected;
    affected.place = value.place();
    for (JsonObject members = value.object(); members.next();) {
      if (members.key() == "ref") affected.ref = members.value().text();
      if (members.key() != "versions") continue;
      for (JsonArray list = members.value().array(); list.next_object();) {
        Affected::Version version;
        for (JsonObject parts = list.value().object(); parts.next();) {
          if (parts.key() == "version") version.version = parts.value().text();
          if (parts.key() == "range") version.range = parts.value().text();
          if (parts.key() == "status") version.status = vex_status_named(parts.value().text());
        }
        affected.versions.push_back(std::move(version));
      }
    }
    return affected;
  }

  void add(const VexStatement& said, const Affected& affected) {
    if (affected.ref.empty()) return reader_.set_aside(affected.place, "affects nothing: 'ref' is missing");
    VexStatement statement = said;
    statement.product = affected.ref.starts_with("urn:cdx:") ? affected.ref : "#" + affected.ref;
    if (affected.versions.empty()) return keep(std::move(statement));
    for (const Affected::Version& version : affected.versions) {
      VexStatement each = statement;
      // Versions that are not affected are so whatever the analysis says of the others.
      if (version.status == VexStatus::not_affected) each.status = VexStatus::not_affected;
      if (version.status == VexStatus::under_investigation) each.status = VexStatus::under_investigation;
      const auto range = range_of(version);
      if (!range) {
        reader_.set_aside(affected.place, range.error().text);
        continue;
      }
      each.range = *range;
      keep(std::move(each));
    }
  }

  // A single version says nothing about how versions order, so its set has the one.
  static Result<std::string> range_of(const Affected::Version& version) {
    Vers vers;
    if (version.range.empty() && version.version.empty())
      return Error{Fault::malformed, "names neither a version nor a range", {}, {}};
    if (version.range.empty()) {
      vers.constraints.push_back({Comparator::equal, version.version});
    } else {
      PRATIQUE_TRY(vers, parse_vers(version.range));
    }
    return render_vers(vers);
  }

  void keep(VexStatement statement) {
    if (list_.statements.size() >= limits_.entries)
      return reader_.fail({Fault::limit, "more statements than the limit", {}, {}});
    list_.statements.push_back(std::move(statement));
  }

  Limits limits_;
  TextPool pool_;
  JsonReader reader_;
  VexList list_;
  std::string author_, serial_;
  std::optional<Time> time_;
};

}  // namespace

Result<VexList> read_cyclonedx_vex(const Bytes& json, const Limits& limits) { return CycloneDxVex(limits).read(json); }

}  // namespace pratique
