// OSV records (ossf/osv-schema 1.0 to 1.7). What the schema does not name is passed over; nothing it does not name can
// make a record unreadable.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json.h"
#include "engine/format/yaml.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"
#include "model/purl.h"
#include "model/source.h"

namespace pratique {
namespace {

using Kind = OsvEvent::Kind;

struct OsvRange {
  std::string_view type;
  std::vector<OsvEvent> events;
  std::string place;
};

// affected[]: its members come in any order, so all are gathered before any is judged.
struct OsvAffected {
  bool has_package = false;
  std::string_view ecosystem, name, purl;
  std::vector<OsvRange> ranges;
  std::vector<std::string_view> versions;
  std::vector<std::string> symbols;
  std::vector<Rating> ratings;
  std::string place;
};

void read_severities(JsonValue& value, std::vector<Rating>& ratings) {
  for (JsonArray list = value.array(); list.next();) {
    std::string_view type, score;
    for (JsonObject one = list.value().object(); one.next();) {
      if (one.key() == "type") type = one.value().text();
      if (one.key() == "score") score = one.value().text();
    }
    if (!type.starts_with("CVSS"))
      add_word(ratings, score);
    else if (!add_vector(ratings, score))
      list.value().set_aside("'" + std::string(score) + "' is no CVSS vector");
  }
}

// database_specific and ecosystem_specific: free form, so only what has the expected type is looked at.
void read_rating_word(JsonObject& object, std::vector<Rating>& ratings) {
  if (object.value().kind() != JsonKind::string) return;
  if (object.key() == "severity" || object.key() == "urgency") add_word(ratings, object.value().text());
  if (object.key() == "cvss") add_vector(ratings, object.value().text());
}

// Go: imports [{path, symbols}]. RustSec: affects {functions}.
void read_imports(JsonValue& value, std::vector<std::string>& symbols) {
  for (JsonArray imports = value.array(); imports.next();) {
    std::string_view path;
    std::vector<std::string> names;
    for (JsonObject one = imports.value().object(); one.next();) {
      if (one.key() == "path") path = one.value().text();
      if (one.key() == "symbols") names = texts_of(one.value());
    }
    if (names.empty() && !path.empty()) symbols.emplace_back(path);
    for (const auto& name : names) symbols.push_back(std::string(path) + "." + name);
  }
}

void read_specific(JsonValue& value, OsvAffected& affected) {
  if (value.kind() != JsonKind::object) return;
  for (JsonObject specific = value.object(); specific.next();) {
    if (specific.key() == "imports" && specific.value().kind() == JsonKind::array)
      read_imports(specific.value(), affected.symbols);
    else if (specific.key() == "affects" && specific.value().kind() == JsonKind::object) {
      for (JsonObject affects = specific.value().object(); affects.next();)
        if (affects.key() == "functions" && affects.value().kind() == JsonKind::array)
          affected.symbols = texts_of(affects.value());
    } else
      read_rating_word(specific, affected.ratings);
  }
}

OsvRange read_range(JsonValue& value) {
  constexpr std::array<std::pair<std::string_view, Kind>, 4> kinds = {{{"introduced", Kind::introduced},
                                                                       {"fixed", Kind::fixed},
                                                                       {"last_affected", Kind::last_affected},
                                                                       {"limit", Kind::limit}}};
  OsvRange range;
  range.place = value.place();
  for (JsonObject object = value.object(); object.next();) {
    if (object.key() == "type") range.type = object.value().text();
    if (object.key() != "events") continue;
    for (JsonArray events = object.value().array(); events.next();)
      for (JsonObject event = events.value().object(); event.next();)
        for (const auto& [name, kind] : kinds)
          if (event.key() == name)
            if (const auto version = event.value().text(); !version.empty()) range.events.push_back({kind, version});
  }
  return range;
}

OsvAffected read_affected(JsonValue& value) {
  OsvAffected affected;
  affected.place = value.place();
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "package" && !object.value().is_null()) {
      affected.has_package = true;
      for (JsonObject package = object.value().object(); package.next();) {
        if (package.key() == "ecosystem") affected.ecosystem = package.value().text();
        if (package.key() == "name") affected.name = package.value().text();
        if (package.key() == "purl") affected.purl = package.value().text();
      }
    } else if (key == "ranges") {
      for (JsonArray ranges = object.value().array(); ranges.next();)
        affected.ranges.push_back(read_range(ranges.value()));
    } else if (key == "versions") {
      for (JsonArray versions = object.value().array(); versions.next();)
        if (const auto version = versions.value().text(); !version.empty()) affected.versions.push_back(version);
    } else if (key == "severity") {
      read_severities(object.value(), affected.ratings);
    } else if (key == "ecosystem_specific" || key == "database_specific") {
      read_specific(object.value(), affected);
    }
  }
  return affected;
}

// A purl says more exactly which package is meant; a distribution's release only the ecosystem says.
Result<PackageName> name_of(const OsvAffected& affected) {
  auto named = package_named(affected.ecosystem, affected.name);
  if (affected.purl.empty()) return named;
  const auto purl = parse_purl(affected.purl);
  if (!purl) return named ? named : Result<PackageName>(purl.error());
  if (is_distribution_type(purl->type) && (!named || named->stream.empty())) return named;
  return PackageName{purl->package(), named ? named->stream : std::string()};
}

// Events without an introduction begin at the very beginning; an end in front of every beginning is a record turned
// round.
Result<Vers> range_of(Scheme scheme, std::vector<OsvEvent> events) {
  if (events.empty()) return Error{Fault::malformed, "a range without events", {}, {}};
  const auto begins = [](const OsvEvent& event) { return event.kind == Kind::introduced; };
  const auto before = [&](const OsvEvent& a, const OsvEvent& b) {
    const bool since_ever = begins(a) && a.version == "0";
    const bool other = begins(b) && b.version == "0";
    return since_ever != other ? since_ever : !other && compare_versions(scheme, a.version, b.version).order < 0;
  };
  if (std::none_of(events.begin(), events.end(), begins)) events.push_back({Kind::introduced, "0"});
  std::stable_sort(events.begin(), events.end(), before);
  if (!begins(events.front()) && events.front().version != "*")
    return Error{Fault::malformed, "ends at " + std::string(events.front().version) + ", before it begins", {}, {}};
  return vers_from_osv(scheme, events);
}

bool holds(const std::vector<Vers>& ranges, std::string_view version) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const Vers& r) { return contains(r, version).inside; });
}

// In their order, each once, of those that `keep` says yes to.
template <class Keep>
std::vector<std::string> distinct(const std::vector<std::string_view>& texts, Keep keep) {
  std::vector<std::string> kept;
  std::unordered_set<std::string_view> seen;
  for (const auto text : texts)
    if (seen.insert(text).second && keep(text)) kept.emplace_back(text);
  return kept;
}

// More than any source writes about one package; a record that has more was made to keep its reader busy.
constexpr std::size_t most_ranges = 200, most_events = 2'000, most_versions = 100'000;

bool is_overlong(const OsvAffected& affected) {
  const auto overlong = [](const OsvRange& range) { return range.events.size() > most_events; };
  return affected.ranges.size() > most_ranges || affected.versions.size() > most_versions ||
         std::any_of(affected.ranges.begin(), affected.ranges.end(), overlong);
}

class RecordReader {
 public:
  RecordReader(AdvisoryEmitter& emit, const Limits& limits) : emit_(emit), reader_(pool_, limits) {}

  Result<void> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) { read_record(root); }));
    if (advisory_.id.empty()) return Error{Fault::malformed, "is no OSV record: it has no 'id'", {}, {}};
    if (!schema_.empty() && !schema_.starts_with("1."))
      return Error{Fault::unsupported, "OSV schema " + std::string(schema_) + " is not read, only 1.x", {}, {}};
    advisory_.source = source_of_id(advisory_.id);
    for (OsvAffected& affected : affected_) add(affected);
    finish();
    for (auto& part : reader_.take_rejected()) emit_.set_aside(std::move(part.place), std::move(part.reason));
    emit_.advisory(std::move(advisory_));
    return {};
  }

 private:
  void read_record(JsonValue& root) {
    Advisory& advisory = advisory_;
    for (JsonObject record = root.object(); record.next();) {
      const std::string_view key = record.key();
      JsonValue& value = record.value();
      if (key == "schema_version")
        schema_ = value.text();
      else if (key == "id")
        advisory.id = value.text();
      else if (key == "aliases")
        advisory.aliases = texts_of(value);
      else if (key == "upstream")
        advisory.upstream = texts_of(value);
      else if (key == "related")
        advisory.related = texts_of(value);
      else if (key == "summary")
        advisory.summary = value.text();
      else if (key == "details")
        details_ = value.text();
      else if (key == "published")
        advisory.published = time_of(value);
      else if (key == "modified")
        advisory.modified = time_of(value);
      else if (key == "withdrawn")
        advisory.withdrawn = time_of(value);
      else if (key == "severity")
        read_severities(value, advisory.ratings);
      else if (key == "references")
        read_references(value);
      else if (key == "database_specific")
        read_database_specific(value);
      else if (key == "affected") {
        for (JsonArray list = value.array(); list.next();) {
          OsvAffected one = read_affected(list.value());
          if (list.value().kind() == JsonKind::object) affected_.push_back(std::move(one));
        }
      }
    }
  }

  void read_references(JsonValue& value) {
    for (JsonArray list = value.array(); list.next();) {
      std::string_view type, url;
      for (JsonObject one = list.value().object(); one.next();) {
        if (one.key() == "type") type = one.value().text();
        if (one.key() == "url") url = one.value().text();
      }
      if (first_url_.empty()) first_url_ = url;
      if (type == "ADVISORY" && advisory_.url.empty()) advisory_.url = url;
    }
  }

  void read_database_specific(JsonValue& value) {
    if (value.kind() != JsonKind::object) return;
    for (JsonObject specific = value.object(); specific.next();) {
      if (specific.key() == "url" && specific.value().kind() == JsonKind::string)
        own_url_ = specific.value().text();
      else
        read_rating_word(specific, words_);
    }
  }

  void add(OsvAffected& from) {
    const auto commits = std::erase_if(from.ranges, [](const OsvRange& range) { return range.type == "GIT"; });
    emit_.document().git_ranges += commits;
    if (from.ranges.empty() && from.versions.empty()) {
      if (commits == 0) reader_.set_aside(from.place, "names neither a range nor a version");
      return;
    }
    if (!from.has_package) return reader_.set_aside(from.place, "names no package");
    if (is_overlong(from)) return reader_.set_aside(from.place, "more ranges, events or versions than are read");
    auto name = name_of(from);
    if (!name) return reader_.set_aside(from.place + "/package", name.error().text);
    Affected affected;
    const Scheme scheme = scheme_of_purl_type(type_of(name->package));
    std::vector<std::string_view> fixed;
    for (OsvRange& range : from.ranges) {
      for (const auto& event : range.events)
        if (event.kind == Kind::fixed) fixed.push_back(event.version);
      auto vers = range_of(scheme, range.events);
      if (!vers)
        reader_.set_aside(range.place, vers.error().text);
      else
        affected.ranges.push_back(std::move(*vers));
    }
    affected.fixed = distinct(fixed, [](std::string_view) { return true; });
    // Most lists only spell out what the ranges say.
    affected.versions =
        distinct(from.versions, [&](std::string_view version) { return !holds(affected.ranges, version); });
    if (affected.ranges.empty() && affected.versions.empty()) return;
    affected.package = std::move(name->package);
    affected.stream = std::move(name->stream);
    affected.symbols = std::move(from.symbols);
    if (const Rating* const own = pick_rating(from.ratings)) {
      affected.severity = own->severity;
      if (!own->vector.empty()) add_vector(advisory_.ratings, own->vector);
    }
    advisory_.affected.push_back(std::move(affected));
  }

  void finish() {
    advisory_.ratings.insert(advisory_.ratings.end(), words_.begin(), words_.end());
    if (advisory_.url.empty()) advisory_.url = own_url_.empty() ? first_url_ : own_url_;
    if (advisory_.summary.empty()) advisory_.summary = first_sentence(details_);
  }

  AdvisoryEmitter& emit_;
  TextPool pool_;
  JsonReader reader_;
  Advisory advisory_;
  std::string_view schema_, details_, first_url_, own_url_;
  std::vector<Rating> words_;
  std::vector<OsvAffected> affected_;
};

}  // namespace

Result<void> read_osv(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  return RecordReader(emit, input.limits).read(input.bytes);
}

Result<void> read_osv_yaml(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  PRATIQUE_TRY(const std::string text, json_of_yaml(input.bytes.view(), input.limits));
  const Bytes json = Bytes::copy_of(text);
  return read_osv({json, input.name, input.limits}, emit);
}

}  // namespace pratique
