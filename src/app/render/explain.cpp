#include "app/render/explain.h"

#include <cstdio>

#include "app/render/report_parts.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string number_of(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", number);
  return text;
}

std::string listed(const std::vector<std::string>& texts, std::size_t most) {
  std::string list;
  for (std::size_t i = 0; i < texts.size() && i < most; ++i) list.append(i == 0 ? "" : ", ").append(texts[i]);
  if (texts.size() > most) list += " and " + with_commas(texts.size() - most) + " more";
  return list;
}

// Rows of a word and what it says; what nobody says has no row.
class Sheet {
 public:
  void say(std::string_view word, std::string_view text, Style style = Style::plain) {
    if (!text.empty()) table_.rows.push_back({Cell(word, Style::dim), Cell(text, style)});
  }
  std::string render(const Look& look) const { return render_table(table_, {.color = look.color, .headers = false}); }

 private:
  Table table_{{"", ""}, {}};
};

std::string rating_text(const Rating& rating) {
  std::string text(name_of(rating.severity));
  if (!rating.vector.empty()) text += " " + number_of(rating.score) + " " + rating.vector;
  return text + " (" + rating.source + ")";
}

std::string upgrade_of(const Finding& finding) {
  if (finding.fixed.empty()) {
    const bool told = finding.fix_state != FixState::unknown && finding.fix_state != FixState::fixed;
    return "none is known" + (told ? " (" + std::string(name_of(finding.fix_state)) + ")" : "");
  }
  const std::vector<std::string> more(finding.fixed.begin() + 1, finding.fixed.end());
  return finding.fixed.front() + (more.empty() ? "" : "; also mended in " + listed(more, 10));
}

void say_exploitation(Sheet& sheet, const Finding& finding) {
  if (const auto& kev = finding.kev)
    sheet.say(
        "exploited",
        "in CISA's catalog since " + kev->added + ", due " + kev->due + (kev->ransomware ? ", used by ransomware" : ""),
        Style::red);
  if (const auto& epss = finding.epss)
    sheet.say("EPSS", percent(epss->score) + " within 30 days, above " + percent(epss->percentile) + " of all");
  if (const auto& ssvc = finding.ssvc)
    sheet.say("SSVC", "exploitation " + ssvc->exploitation + ", automatable " + ssvc->automatable +
                          ", technical impact " + ssvc->technical_impact);
}

std::string counts(const Finding& finding) {
  if (!finding.suppressed) return "yes";
  const Suppression& said = *finding.suppressed;
  std::string text = "no, " + reason_of(said);
  if (!said.detail.empty() && !said.justification.empty()) text += ": " + said.detail;
  if (!said.time.empty()) text += ", " + said.time;
  if (!said.document.empty()) text += ", in " + said.document;
  return text;
}

void say_proof(Sheet& sheet, const Proof& proof, const std::string& title) {
  sheet.say(title,
            proof.advisory + (proof.source.empty() ? "" : " of " + proof.source) +
                (proof.revision.empty() ? ", without a revision" : ", revision " + proof.revision),
            Style::bold);
  sheet.say("  package", proof.package);
  sheet.say("  stream", proof.stream);
  sheet.say("  module", proof.module);
  sheet.say("  range", proof.range);
  sheet.say("  installed", proof.installed.empty() ? "the bill gives no version" : proof.installed);
  sheet.say("  comparator",
            proof.comparator + (proof.fallback ? ", by its fallback: its grammar forbids a version" : ""));
  sheet.say("  doubt", proof.doubt, Style::yellow);
}

std::string text_of(const Explanation& explanation, const Look& look) {
  const Finding& finding = explanation.of.finding;
  std::string severity =
      finding.severity == Severity::unknown ? "of unknown severity" : std::string(name_of(finding.severity));
  if (finding.score > 0) severity += " " + number_of(finding.score);
  std::string text = styled(printable(finding.id), Style::bold, look.color) + ": " +
                     styled(printable(severity), style_of(finding.severity), look.color) + ", in " +
                     printable(finding.name + " " + finding.version) + "\n";
  if (!finding.summary.empty()) text += printable(finding.summary) + "\n";
  Sheet sheet;
  sheet.say("package", finding.purl.empty() ? "the bill gives no package URL" : finding.purl);
  sheet.say("artifact", explanation.of.artifact);
  sheet.say("path", joined_path(finding.path));
  if (!finding.elsewhere.empty()) {
    const std::size_t places = finding.elsewhere.size();
    sheet.say("elsewhere", with_commas(places) + (places == 1 ? " more place" : " more places"));
  }
  sheet.say("upgrade to", upgrade_of(finding), finding.fixed.empty() ? Style::plain : Style::green);
  sheet.say("also called", listed(finding.aliases, 20));
  for (const Rating& rating : finding.ratings)
    sheet.say(&rating == finding.ratings.data() ? "severity" : "", rating_text(rating));
  if (!finding.severity_source.empty() && finding.ratings.size() > 1)
    sheet.say("picked", std::string(name_of(finding.severity)) + " of " + finding.severity_source);
  say_exploitation(sheet, finding);
  if (finding.published) sheet.say("published", render_time(*finding.published));
  sheet.say("reference", finding.url);
  sheet.say("counts", counts(finding), finding.suppressed ? Style::yellow : Style::plain);
  sheet.say("database", explanation.generation);
  const std::size_t proofs = 1 + finding.other_proofs.size();
  const auto title = [&](std::size_t i) {
    return proofs == 1 ? "proof" : "proof " + std::to_string(i) + " of " + std::to_string(proofs);
  };
  say_proof(sheet, finding.proof, title(1));
  for (std::size_t i = 0; i + 1 < proofs; ++i) say_proof(sheet, finding.other_proofs[i], title(i + 2));
  if (explanation.differs.empty())
    sheet.say("replayed", "the comparison gives the same again", Style::green);
  else
    sheet.say("replayed", "DIFFERS: " + explanation.differs, Style::red);
  return text + sheet.render(look);
}

Json item_of(const Explanation& explanation) {
  const Finding& finding = explanation.of.finding;
  Json json{{"artifact", explanation.of.artifact}};
  json.update(json_of(finding));
  json["upgrade"] = nullptr;
  if (!finding.fixed.empty()) json["upgrade"] = finding.fixed.front();
  json["replay"] = {{"same", explanation.differs.empty()}, {"differs", explanation.differs}};
  return json;
}

// "another release: the advisory speaks of debian:11, debian:13"
std::string why_of(const NearMiss& miss) {
  const auto with = [&](std::string_view words) {
    return std::string(words) + (miss.detail.empty() ? "" : ": " + miss.detail);
  };
  switch (miss.reason) {
    case MissReason::affected: return with("affected");
    case MissReason::outside: return with("outside the range");
    case MissReason::fixed: return with("fixed already");
    case MissReason::no_version: return with("no version to compare");
    case MissReason::other_module: return with("the advisory speaks of other module streams");
    case MissReason::other_stream: return with("the advisory speaks of other releases");
    case MissReason::not_affected: return with("its source says it is not affected");
    case MissReason::under_investigation: return with("its source has not judged it yet");
    case MissReason::withdrawn: return with("the advisory was withdrawn");
    case MissReason::not_examined: return with("not examined");
    case MissReason::unidentified: return with("the same name, and nobody can tell");
    case MissReason::other_package: return with("only the name is the same");
  }
  return {};
}

std::string range_of(const NearMiss& miss) { return miss.proof.range.empty() ? "-" : miss.proof.range; }

// "names pkg:npm/lodash, which the bill does not list; nearest there: lodahs"
std::string absence_of(const NearMisses& near) {
  if (near.named.empty()) return "names no package";
  return "is about " + listed(near.named, 5) + ", and the bill lists nothing of that name" +
         (near.nearest.empty() ? "" : "; nearest there: " + listed(near.nearest, 5));
}

}  // namespace

std::string render_explanation_table(const Explanation& explanation, const Look& look) {
  return text_of(explanation, look);
}

std::string render_explanation_json(const Explanation& explanation) {
  return render_report(Json{{"apiVersion", "pratique/v1"},
                            {"kind", "Explanation"},
                            {"database", explanation.generation},
                            {"items", Json::array({item_of(explanation)})}});
}

std::string render_why_not_table(const WhyNotReport& report, const Look& look) {
  const NearMisses& near = report.answer.near;
  std::string text;
  for (const Explanation& finding : report.findings) text += text_of(finding, look) + "\n";
  const std::string id = styled(printable(report.answer.id), Style::bold, look.color);
  if (near.misses.empty()) {
    if (report.findings.empty()) text += id + " " + printable(absence_of(near)) + "\n";
    return text;
  }
  text += id + (report.findings.empty() ? " is no finding:\n" : " is no finding in:\n");
  Table table{{"NAME", "INSTALLED", "WHY", "ADVISORY", "RANGE", "COMPARATOR"}, {}};
  for (const NearMiss& miss : near.misses) {
    const bool compared = !miss.proof.advisory.empty();
    table.rows.push_back({miss.name, miss.version.empty() ? "-" : miss.version, why_of(miss),
                          compared ? miss.proof.advisory : "-", range_of(miss),
                          compared ? miss.proof.comparator : "-"});
  }
  text += render_table(table, look);
  if (near.more > 0) text += "and " + with_commas(near.more) + " more\n";
  return text;
}

std::string render_why_not_json(const WhyNotReport& report) {
  const WhyNot& answer = report.answer;
  Json advisories = Json::array(), findings = Json::array(), items = Json::array();
  for (const Advisory& advisory : answer.advisories) {
    Json json{{"id", advisory.id}, {"source", advisory.source}, {"revision", ""}, {"withdrawn", nullptr}};
    if (advisory.modified) json["revision"] = render_time(*advisory.modified);
    if (advisory.withdrawn) json["withdrawn"] = render_time(*advisory.withdrawn);
    advisories.push_back(std::move(json));
  }
  for (const Explanation& finding : report.findings) findings.push_back(item_of(finding));
  for (const NearMiss& miss : answer.near.misses) {
    Json json{{"package", {{"name", miss.name}, {"version", miss.version}, {"purl", miss.purl}}},
              {"reason", name_of(miss.reason)},
              {"detail", miss.detail},
              {"component", miss.component},
              {"elsewhere", miss.elsewhere},
              {"compared", nullptr}};
    if (!miss.proof.advisory.empty()) json["compared"] = json_of(miss.proof);
    items.push_back(std::move(json));
  }
  return render_report(Json{{"apiVersion", "pratique/v1"},
                            {"kind", "WhyNot"},
                            {"database", report.generation},
                            {"artifact", report.artifact},
                            {"id", answer.id},
                            {"advisories", std::move(advisories)},
                            {"findings", std::move(findings)},
                            {"items", std::move(items)},
                            {"more", answer.near.more},
                            {"named", answer.near.named},
                            {"nearest", answer.near.nearest}});
}

}  // namespace pratique
