#include "app/render/policy.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Style style_of(Decision decision) {
  switch (decision) {
    case Decision::deny: return Style::red;
    case Decision::warn: return Style::yellow;
    case Decision::audit: return Style::magenta;
    case Decision::allow: break;
  }
  return Style::green;
}

std::string xml_of(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  return out;
}

std::string joined(const std::vector<std::string>& list, std::string_view separator) {
  std::string text;
  for (const auto& one : list) text.append(text.empty() ? "" : separator).append(one);
  return text;
}

std::string counted(std::uint64_t number, std::string_view what) {
  return with_commas(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

std::string meaning_of(const RuleResult& result) {
  if (!result.exception.empty()) return "excused by " + result.exception;
  const std::string leads = " and leads to " + std::string(name_of(result.decision));
  switch (result.gap) {
    case Gap::none: return "is violated" + leads;
    case Gap::not_pinned: return "cannot be judged: the image is not pinned" + leads;
    case Gap::no_bill: return "cannot be judged: there is no bill" + leads;
    case Gap::absent: return "cannot be judged: the evidence is not gathered" + leads;
    case Gap::unavailable: return "cannot be judged: something did not answer" + leads;
    case Gap::unjudged: return "cannot be judged for certain" + leads;
    case Gap::error: return "failed" + leads;
  }
  return {};
}

// What would change the answer; empty where nobody can say.
std::string remedy_of(const RuleResult& result, const Evidence& evidence) {
  if (!result.exception.empty()) return {};
  switch (result.gap) {
    case Gap::not_pinned: return "name the image as repository@sha256:...";
    case Gap::no_bill: return "give it a bill: pratique ingest FILE";
    case Gap::unavailable: return "try again; the server's log says what did not answer";
    case Gap::absent: return "gather it, or choose what the rule's 'absent' leads to";
    case Gap::error: return "mend the expression, or choose what the rule's 'error' leads to";
    case Gap::unjudged: return "complete the bill, or choose what the rule's 'unjudged' leads to";
    case Gap::none: break;
  }
  if (!evidence.finding.empty() && !evidence.fixed.empty())
    return "upgrade " + evidence.package + " to " + evidence.fixed;
  if (!evidence.finding.empty()) return "no version mends it: replace the package, or have an exception approved";
  if (!evidence.package.empty()) return "use another version of the package, or another package";
  if (result.type == "requireSBOM") return "give it a bill: pratique ingest FILE";
  if (result.type == "requireDigest") return "name the image as repository@sha256:...";
  return {};
}

void explain(const RuleResult& result, const Evidence& evidence, std::string& text) {
  text += "    " + printable(line_of(result, evidence)) + "\n";
  const std::pair<const char*, const std::string&> details[] = {
      {"image", evidence.image}, {"purl", evidence.purl},       {"path", evidence.path},
      {"range", evidence.range}, {"license", evidence.license}, {"signer", evidence.signer}};
  for (const auto& [name, value] : details)
    if (!value.empty()) text += "      " + std::string(name) + ": " + printable(value) + "\n";
  if (const auto remedy = remedy_of(result, evidence); !remedy.empty()) text += "      do: " + printable(remedy) + "\n";
}

std::string time_or_nothing(const std::optional<Time>& time) { return time ? render_time(*time) : ""; }

Json json_of(const Previewed& workload) {
  Json rules = Json::array();
  for (const auto& objection : workload.objections)
    rules.push_back({{"rule", objection.rule},
                     {"since", time_or_nothing(objection.since)},
                     {"line", objection.line},
                     {"more", objection.more}});
  return {{"cluster", workload.cluster},
          {"namespace", workload.name_space},
          {"kind", workload.kind},
          {"name", workload.name},
          {"pods", workload.pods},
          {"since", time_or_nothing(workload.since)},
          {"decision", name_of(workload.decision)},
          {"rules", std::move(rules)}};
}

bool has_clusters(const std::vector<Previewed>& workloads) {
  return std::any_of(workloads.begin(), workloads.end(), [](const Previewed& one) { return !one.cluster.empty(); });
}

// A line as line_of() makes it, without "[policy p, rule r]", which stands in a column of its own, and not too long.
std::string without_rule(const std::string& line) {
  constexpr std::size_t longest = 200;
  std::string text = line.substr(0, line.rfind(" [policy "));
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

Json head_of(const char* kind, Time now) {
  return {{"apiVersion", "pratique/v1"}, {"kind", kind}, {"time", render_time(now)}};
}

}  // namespace

std::string render_doubts_json(const std::vector<PolicyDoubt>& doubts, std::uint64_t policies, std::uint64_t rules) {
  Json items = Json::array();
  for (const auto& doubt : doubts)
    items.push_back({{"place", doubt.place}, {"text", doubt.text}, {"remedy", doubt.remedy}});
  return text_of({{"apiVersion", "pratique/v1"},
                  {"kind", "PolicyCheck"},
                  {"policies", policies},
                  {"rules", rules},
                  {"items", std::move(items)}});
}

std::string render_tests_text(const TestReport& report, const Look& look) {
  std::string text;
  for (const auto& one : report.cases) {
    const bool passed = one.failures.empty();
    text += styled(passed ? "ok  " : "FAIL", passed ? Style::green : Style::red, look.color) + "  " +
            printable(one.test + ": " + one.name) + "\n";
    for (const auto& failure : one.failures)
      for (const auto line : split(failure, '\n'))
        text += "      " +
                printable((&failure == &one.failures.front() && line.data() == failure.data() ? one.place + ": " : "") +
                          std::string(line)) +
                "\n";
  }
  return text;
}

std::string render_tests_json(const TestReport& report) {
  Json items = Json::array();
  for (const auto& one : report.cases)
    items.push_back({{"test", one.test},
                     {"name", one.name},
                     {"place", one.place},
                     {"passed", one.failures.empty()},
                     {"failures", one.failures}});
  return text_of({{"apiVersion", "pratique/v1"},
                  {"kind", "PolicyTestReport"},
                  {"cases", report.cases.size()},
                  {"failed", report.failed()},
                  {"rules", report.rules},
                  {"neverSpoken", report.never_spoken},
                  {"items", std::move(items)}});
}

std::string render_tests_junit(const TestReport& report) {
  std::map<std::string, std::vector<const TestedCase*>> suites;
  for (const auto& one : report.cases) suites[one.test].push_back(&one);
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"" +
                     std::to_string(report.cases.size()) + "\" failures=\"" + std::to_string(report.failed()) + "\">\n";
  for (const auto& [name, cases] : suites) {
    std::uint64_t failed = 0;
    std::string inside;
    for (const auto* one : cases) {
      inside += "    <testcase classname=\"" + xml_of(name) + "\" name=\"" + xml_of(one->name) + "\"";
      if (one->failures.empty()) {
        inside += "/>\n";
        continue;
      }
      ++failed;
      const auto first = std::string_view(one->failures.front()).substr(0, one->failures.front().find('\n'));
      inside += ">\n      <failure message=\"" + xml_of(first) + "\">" + xml_of(one->place) + "\n";
      for (const auto& failure : one->failures)
        for (const auto line : split(failure, '\n')) inside += xml_of(line) + "\n";
      inside += "</failure>\n    </testcase>\n";
    }
    text += "  <testsuite name=\"" + xml_of(name) + "\" tests=\"" + std::to_string(cases.size()) + "\" failures=\"" +
            std::to_string(failed) + "\">\n" + inside + "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

std::string render_explanation(const Verdict& verdict, const Look& look) {
  std::string text = styled(name_of(verdict.decision), style_of(verdict.decision), look.color) + ": " +
                     counted(verdict.asked, "rule") + " asked about " + counted(verdict.images, "image") + ", " +
                     counted(verdict.rules.size(), "result") + "\n";
  for (const auto decision : {Decision::deny, Decision::warn, Decision::audit, Decision::allow})
    for (const auto& result : verdict.rules) {
      if (result.decision != decision) continue;
      text += "\n  policy " + printable(result.policy) + ", rule " + printable(result.rule) + " (" +
              printable(result.type) + ") " + printable(meaning_of(result)) + "\n";
      for (const auto& evidence : result.evidence) explain(result, evidence, text);
      if (result.more > 0) text += "    and " + with_commas(result.more) + " more\n";
    }
  if (verdict.rules.empty()) text += "\n  no rule objected\n";
  text += "\n  policies  " + printable(verdict.policies) + "\n";
  if (!verdict.database.empty()) text += "  database  " + printable(verdict.database) + "\n";
  return text;
}

// A row for each rule of each workload, the strictest first.
std::string render_preview_table(const std::vector<Previewed>& workloads, const Look& look) {
  const bool clusters = has_clusters(workloads);
  Table table{{"NAMESPACE", "WORKLOAD", "PODS", "DECISION", "RULE", "SINCE", "WHY"}, {}};
  if (clusters) table.columns.insert(table.columns.begin(), "CLUSTER");
  for (const auto decision : {Decision::deny, Decision::warn, Decision::audit})
    for (const auto& one : workloads) {
      if (one.decision != decision) continue;
      for (const auto& objection : one.objections) {
        auto why = without_rule(objection.line);
        if (objection.more > 0) why += ", and " + with_commas(objection.more) + " more";
        std::vector<Cell> row = {one.name_space,
                                 one.kind + "/" + one.name,
                                 with_commas(one.pods),
                                 Cell(name_of(decision), style_of(decision)),
                                 objection.rule,
                                 time_or_nothing(objection.since),
                                 why};
        if (clusters) row.insert(row.begin(), one.cluster);
        table.rows.push_back(std::move(row));
      }
    }
  std::string text = render_table(table, look);
  const auto rules = denials_by_rule(workloads);
  if (!rules.empty()) {
    Table by_rule{{"RULE", "WORKLOADS DENIED"}, {}};
    for (const auto& [rule, count] : rules) by_rule.rows.push_back({rule, with_commas(count)});
    text += "\n" + render_table(by_rule, look);
  }
  return text;
}

std::string render_preview_json(const std::vector<Previewed>& workloads, Time now) {
  Json json = head_of("PolicyPreview", now);
  json["deniedByRule"] = denials_by_rule(workloads);
  json["items"] = Json::array();
  for (const auto& one : workloads) json["items"].push_back(json_of(one));
  return text_of(json);
}

std::vector<Changed> changes_of(const std::vector<Previewed>& before, const std::vector<Previewed>& after) {
  std::vector<Changed> changes;
  for (std::size_t i = 0; i < before.size() && i < after.size(); ++i)
    if (before[i].decision != after[i].decision) changes.push_back({&before[i], &after[i]});
  return changes;
}

std::string render_changes_table(const std::vector<Changed>& changes, const Look& look) {
  Table table{{"NAMESPACE", "WORKLOAD", "PODS", "BEFORE", "AFTER", "RULES"}, {}};
  for (const auto& [before, after] : changes)
    table.rows.push_back({after->name_space, after->kind + "/" + after->name, with_commas(after->pods),
                          Cell(name_of(before->decision), style_of(before->decision)),
                          Cell(name_of(after->decision), style_of(after->decision)),
                          joined(after->decision > before->decision ? after->rules() : before->rules(), ", ")});
  return render_table(table, look);
}

std::string render_changes_json(const std::vector<Changed>& changes, Time now) {
  Json json = head_of("PolicyDiff", now);
  json["items"] = Json::array();
  for (const auto& [before, after] : changes)
    json["items"].push_back({{"namespace", after->name_space},
                             {"kind", after->kind},
                             {"name", after->name},
                             {"before", {{"decision", name_of(before->decision)}, {"rules", before->rules()}}},
                             {"after", {{"decision", name_of(after->decision)}, {"rules", after->rules()}}}});
  return text_of(json);
}

}  // namespace pratique
