#include "bill_text.h"

#include "base/text.h"

namespace pratique {

namespace {

std::string number(std::uint32_t index) {
  if (index == Bill::subject_index) return "subject";
  return index == Bill::document_index ? "document" : "#" + std::to_string(index);
}

// " key=value", nothing when it is empty; quoted where it holds a blank.
std::string pair(std::string_view key, std::string_view value) {
  if (value.empty()) return {};
  const bool quote = value.find_first_of(" \"\n") != std::string_view::npos;
  return " " + std::string(key) + "=" + (quote ? json_quoted(value) : printable(value));
}

std::string text_of(const Component& component) {
  std::string text = std::string(name_of(component.type)) + pair("group", component.group) +
                     pair("name", component.name) + pair("version", component.version) + pair("purl", component.purl) +
                     pair("ref", component.ref) + pair("cpe", component.cpe) + pair("license", component.license) +
                     pair("supplier", component.supplier) + pair("source", component.source) +
                     pair("scope", name_of(component.scope));
  if (component.parent != no_component) text += " in=" + number(component.parent);
  return text + "\n";
}

std::string details_of(const Bill& bill, std::uint32_t of) {
  std::string text;
  for (const Detail& detail : bill.details_of(of)) {
    text += "    " + std::string(name_of(detail.kind));
    if (!detail.name.empty()) text += " " + json_quoted(detail.name);
    text += " " + json_quoted(detail.value) + "\n";
  }
  return text;
}

}  // namespace

std::string text_of(const Bill& bill) {
  const Subject& subject = bill.subject;
  std::string text = std::string(name_of(bill.format)) + " " + bill.spec_version + pair("wrapping", bill.wrapping) +
                     pair("serial", bill.serial) + pair("tool", bill.tool) +
                     pair("created", bill.created ? render_time(*bill.created) : "") + pair("distro", bill.distro) +
                     "\n" + details_of(bill, Bill::document_index);
  text += "subject " + std::string(name_of(subject.type)) + pair("name", subject.name) +
          pair("version", subject.version) + pair("purl", subject.purl) + pair("ref", subject.ref) +
          pair("digest", subject.digest ? subject.digest->text() : "");
  if (subject.listed != no_component) text += " listed=" + number(subject.listed);
  text += "\n" + details_of(bill, Bill::subject_index);
  for (std::uint32_t i = 0; i < bill.components.size(); ++i)
    text += number(i) + " " + text_of(bill.components[i]) + details_of(bill, i);
  for (const Edge& edge : bill.edges)
    text += number(edge.from) + " " + std::string(name_of(edge.kind)) + " " + number(edge.to) + "\n";
  for (const Rejected& rejected : bill.rejected) text += "set aside " + rejected.place + ": " + rejected.reason + "\n";
  return text;
}

}  // namespace pratique
