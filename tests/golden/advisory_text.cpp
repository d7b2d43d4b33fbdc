#include "advisory_text.h"

#include <cstdio>

#include "engine/version/version.h"

namespace pratique {
namespace {

std::string number(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

void add(std::string& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out.append("  ").append(name).append(" ").append(value).append("\n");
}

void add(std::string& out, std::string_view name, const std::vector<std::string>& values) {
  std::string line;
  for (const auto& value : values) line += (line.empty() ? "" : " ") + value;
  add(out, name, line);
}

void add(std::string& out, std::string_view name, const std::optional<Time>& time) {
  if (time) add(out, name, render_time(*time));
}

void add(std::string& out, const std::vector<Rating>& ratings) {
  for (const auto& rating : ratings)
    add(out, "rating",
        rating.source + " " + std::string(name_of(rating.severity)) + " " + number(rating.score, 1) + " " +
            rating.vector);
}

std::string text_of(const Affected& affected) {
  std::string out = "  affected " + affected.package;
  if (!affected.stream.empty()) out += " in " + affected.stream;
  if (!affected.module.empty()) out += " module " + affected.module;
  if (!affected.cpe.empty()) out += " as " + affected.cpe;
  out += ": " + std::string(name_of(affected.state));
  if (affected.severity != Severity::unknown) out += ", " + std::string(name_of(affected.severity));
  out += "\n";
  for (const auto& range : affected.ranges) add(out, "  range", render_vers(range));
  add(out, "  versions", affected.versions);
  add(out, "  fixed", affected.fixed);
  add(out, "  symbols", affected.symbols);
  add(out, "  note", affected.note);
  for (const auto& any : affected.companions) {
    std::string line;
    for (const auto& [cpe, range] : any) line += (line.empty() ? "" : " or ") + cpe + " " + render_vers(range);
    add(out, "  together with", line);
  }
  return out;
}

}  // namespace

std::string text_of(const Advisory& advisory, std::string_view kind) {
  std::string out = std::string(kind) + " " + advisory.id + " of " + advisory.source + "\n";
  add(out, "aliases", advisory.aliases);
  add(out, "upstream", advisory.upstream);
  add(out, "related", advisory.related);
  add(out, "summary", advisory.summary);
  add(out, "published", advisory.published);
  add(out, "modified", advisory.modified);
  add(out, "withdrawn", advisory.withdrawn);
  add(out, advisory.ratings);
  add(out, "url", advisory.url);
  for (const auto& affected : advisory.affected) out += text_of(affected);
  return out;
}

std::string text_of(const Vulnerability& note, std::string_view source) {
  std::string out = "note on " + note.id + " of " + std::string(source) + "\n";
  add(out, "summary", note.summary);
  add(out, "url", note.url);
  add(out, note.ratings);
  if (note.kev)
    add(out, "kev", "added " + note.kev->added + " due " + note.kev->due + (note.kev->ransomware ? " ransomware" : ""));
  if (note.epss) add(out, "epss", number(note.epss->score, 5) + " percentile " + number(note.epss->percentile, 5));
  if (note.ssvc)
    add(out, "ssvc",
        note.ssvc->exploitation + " automatable " + note.ssvc->automatable + " impact " + note.ssvc->technical_impact);
  return out;
}

std::string text_of(const AdvisoryDocument& document) {
  std::string out =
      "document " + (document.format.empty() ? std::string("of no format that is read") : document.format);
  if (!document.source.empty()) out += " of " + document.source;
  if (!document.revision.empty()) out += " revision " + document.revision;
  out += ": " + std::to_string(document.records) + " records";
  if (document.git_ranges > 0) out += ", " + std::to_string(document.git_ranges) + " ranges of commits";
  out += "\n";
  for (const auto& part : document.rejected) out += "  set aside " + part.place + ": " + part.reason + "\n";
  return out;
}

}  // namespace pratique
