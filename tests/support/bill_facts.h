// What a Bill says, as one line for each fact, in an order of its own: to compare bills whose documents name, order and
// nest their parts differently. A fact begins with its kind, the word that write_bill's losses use.
//
// Containment is one fact however it is written (nesting, an edge, `subject.listed`); that the subject contains or
// describes components goes without saying; a licence list and its parts joined by AND are the same; whether a licence
// text stands with the component or the document does not matter.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "model/bill.h"
#include "model/license.h"

namespace pratique {

struct BillFact {
  std::string kind, text;
  auto operator<=>(const BillFact&) const = default;
};

class BillFacts {
 public:
  enum class Texts { exact, blanks_alike };  // runs of blanks and line breaks are one blank, none at the ends

  explicit BillFacts(const Bill& bill, Texts texts = Texts::exact) : bill_(bill), texts_(texts) {
    take_document();
    for (std::uint32_t i = 0; i < bill.components.size(); ++i)
      if (i != bill.subject.listed) take_component(i);
    for (const Edge& edge : bill.edges) take_edge(edge);
  }
  const std::multiset<BillFact>& all() const { return facts_; }

 private:
  // A component goes by what every format can say of it.
  std::string key(std::uint32_t index) const {
    if (index == Bill::subject_index || index == bill_.subject.listed) return "subject";
    if (index == Bill::document_index) return "document";
    const Component& component = bill_.components[index];
    return "[" + std::string(component.name) + " " + std::string(component.version) + " " +
           std::string(component.purl) + "]";
  }

  std::string told(std::string_view text) const {
    if (texts_ == Texts::exact) return std::string(text);
    std::string words;
    for (const char c : text) {
      const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
      if (!blank)
        words.push_back(c);
      else if (!words.empty() && words.back() != ' ')
        words.push_back(' ');
    }
    if (words.ends_with(' ')) words.pop_back();
    return words;
  }

  void add(std::string_view kind, const std::string& of, std::string_view text) {
    if (!text.empty()) facts_.insert({std::string(kind), of + " " + told(text)});
  }

  void take_document() {
    const std::string of = "document";
    add("serial", of, bill_.serial);
    add("wrapping", of, bill_.wrapping);
    add("distro", of, bill_.distro);
    add("tool", of, bill_.tool);
    if (bill_.created) add("created", of, std::to_string(bill_.created->time_since_epoch().count()));
    for (const Detail& detail : bill_.details_of(Bill::document_index)) take_detail(detail);
    const Subject& subject = bill_.subject;
    add("subject", "subject", subject.name + "|" + subject.version + "|" + subject.purl);
    if (subject.digest) add("subject", "subject", subject.digest->text());
    add("type", "subject", name_of(subject.type));
    for (const Detail& detail : bill_.details_of(Bill::subject_index)) take_detail(detail);
    if (subject.listed == no_component) return;
    const Component& listed = bill_.components[subject.listed];
    add("scope", "subject", name_of(listed.scope));
    add("source", "subject", listed.source);
    add("group", "subject", listed.group);
    for (const Detail& detail : bill_.details_of(subject.listed)) take_detail(detail);
  }

  void take_component(std::uint32_t index) {
    const Component& component = bill_.components[index];
    const std::string of = key(index);
    add("name", of, "is there");
    add("group", of, component.group);
    add("cpe", of, component.cpe);
    add("source", of, component.source);
    add("scope", of, name_of(component.scope));
    add("type", of, name_of(component.type));
    add("supplier", of, component.supplier);
    if (component.parent != no_component && component.parent != bill_.subject.listed) inside(component.parent, index);
    for (const Detail& detail : bill_.details_of(index)) take_detail(detail);
  }

  void inside(std::uint32_t container, std::uint32_t index) {
    const BillFact fact{"contains", key(container) + " " + key(index)};
    if (!facts_.contains(fact)) facts_.insert(fact);
  }

  void take_edge(const Edge& edge) {
    const bool by_subject = edge.from == Bill::subject_index || edge.from == bill_.subject.listed;
    if (by_subject && (edge.kind == EdgeKind::contains || edge.kind == EdgeKind::describes)) return;
    if (edge.kind == EdgeKind::contains) return inside(edge.from, edge.to);
    add(name_of(edge.kind), key(edge.from), key(edge.to));
  }

  void take_detail(const Detail& detail) {
    const std::string of = detail.kind == DetailKind::license_text ? "any" : key(detail.of);
    if (detail.kind > DetailKind::observed_license || detail.kind < DetailKind::declared_license) {
      if (told(detail.value).empty()) return;
      const BillFact fact{std::string(name_of(detail.kind)), of + " " + told(detail.name) + "=" + told(detail.value)};
      if (detail.kind != DetailKind::license_text || !facts_.contains(fact)) facts_.insert(fact);
      return;
    }
    const auto expression = detail.name == "name" ? Result<LicenseExpression>(Error{Fault::malformed, "", {}, {}})
                                                  : parse_license(detail.value);
    std::set<std::string> parts = {std::string(detail.value)};
    if (expression && expression->kind == LicenseExpression::Kind::all_of) {
      parts.clear();
      for (const LicenseExpression& part : expression->operands) parts.insert(render_license(part));
    } else if (expression) {
      parts = {render_license(*expression)};
    }
    for (const std::string& part : parts) {
      const BillFact fact{std::string(name_of(detail.kind)), of + " " + part};
      if (!facts_.contains(fact)) facts_.insert(fact);
    }
  }

  const Bill& bill_;
  Texts texts_;
  std::multiset<BillFact> facts_;
};

// The facts that only one of two bills has, "- kind: text" and "+ kind: text", but for those whose kind is in `but`.
inline std::vector<std::string> difference(const Bill& before, const Bill& after, const std::set<std::string>& but) {
  const auto texts = but.contains("text") ? BillFacts::Texts::blanks_alike : BillFacts::Texts::exact;
  const BillFacts a(before, texts), b(after, texts);
  std::vector<BillFact> gone, come;
  std::set_difference(a.all().begin(), a.all().end(), b.all().begin(), b.all().end(), std::back_inserter(gone));
  std::set_difference(b.all().begin(), b.all().end(), a.all().begin(), a.all().end(), std::back_inserter(come));
  std::vector<std::string> lines;
  for (const BillFact& fact : gone)
    if (!but.contains(fact.kind)) lines.push_back("- " + fact.kind + ": " + fact.text);
  for (const BillFact& fact : come)
    if (!but.contains(fact.kind)) lines.push_back("+ " + fact.kind + ": " + fact.text);
  return lines;
}

}  // namespace pratique
