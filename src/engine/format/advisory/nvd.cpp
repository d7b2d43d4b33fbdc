// The National Vulnerability Database: answers of its API 2.0 and the yearly feeds in the same format.
//
// What it rates goes to the vulnerability, whoever is affected; what it calls affected are CPEs, which match names of
// products and not packages, so they are an advisory of their own.
#include "base/text.h"
#include "engine/format/advisory/cpe_configurations.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json.h"

namespace pratique {
namespace {

// [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"vectorString": "..."}}]; a secondary one is by whoever
// gave the CVE out.
void read_metrics(JsonValue& value, std::vector<Rating>& ratings) {
  for (JsonArray list = value.array(); list.next_object();) {
    std::string_view type, vector;
    for (JsonObject metric = list.value().object(); metric.next();) {
      if (metric.key() == "type") type = metric.value().text();
      if (metric.key() == "cvssData")
        for (JsonObject data = metric.value().object(); data.next();)
          if (data.key() == "vectorString") vector = data.value().text();
    }
    std::vector<Rating> one;
    if (!add_vector(one, vector)) {
      list.value().set_aside("'" + std::string(vector) + "' is no CVSS vector");
      continue;
    }
    one.front().source = type == "Secondary" ? "cve" : "nvd";
    ratings.push_back(std::move(one.front()));
  }
}

// In English; the first where none is.
std::string_view read_description(JsonValue& value) {
  std::string_view first, english;
  for (JsonArray list = value.array(); list.next_object();) {
    std::string_view language, text;
    for (JsonObject one = list.value().object(); one.next();) {
      if (one.key() == "lang") language = one.value().text();
      if (one.key() == "value") text = one.value().text();
    }
    if (first.empty()) first = text;
    if (english.empty() && language.starts_with("en")) english = text;
  }
  return english.empty() ? first : english;
}

void read_cve(JsonValue& value, AdvisoryEmitter& emit) {
  Advisory advisory;
  advisory.source = "nvd";
  Vulnerability note;
  std::string_view status;
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "id") advisory.id = object.value().text();
    if (key == "vulnStatus") status = object.value().text();
    if (key == "published") advisory.published = time_of(object.value());
    if (key == "lastModified") advisory.modified = time_of(object.value());
    if (key == "descriptions") note.summary = first_sentence(read_description(object.value()));
    if (key == "configurations") advisory.affected = read_cpe_configurations(object.value());
    if (key != "metrics") continue;
    for (JsonObject metrics = object.value().object(); metrics.next();)
      if (metrics.key().starts_with("cvssMetric")) read_metrics(metrics.value(), note.ratings);
  }
  if (!is_cve(advisory.id)) return value.set_aside("'" + advisory.id + "' is no CVE");
  if (status == "Rejected") advisory.withdrawn = advisory.modified;
  advisory.url = "https://nvd.nist.gov/vuln/detail/" + advisory.id;
  advisory.summary = note.summary;
  note.id = advisory.id;
  note.url = advisory.url;
  if (!advisory.withdrawn) emit.note(std::move(note), "nvd");
  if (!advisory.affected.empty() || advisory.withdrawn) emit.advisory(std::move(advisory));
}

}  // namespace

Result<void> read_nvd(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  TextPool pool;
  JsonReader reader(pool, input.limits);
  emit.document().source = "nvd";
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      if (top.key() == "timestamp") emit.document().revision = top.value().text();
      if (top.key() != "vulnerabilities") continue;
      for (JsonArray list = top.value().array(); list.next_object();)
        for (JsonObject one = list.value().object(); one.next();)
          if (one.key() == "cve") read_cve(one.value(), emit);
    }
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

}  // namespace pratique
