#include <memory>
#include <utility>

#include "base/text.h"
#include "engine/format/judge/judge.h"
#include "engine/format/xml.h"

namespace pratique {

namespace {

constexpr char separator = '\x1f';  // between namespace and name, as expat is asked to join them

std::pair<std::string_view, std::string_view> cut(std::string_view name) {
  const auto at = name.find(separator);
  if (at == std::string_view::npos) return {{}, name};
  return {name.substr(0, at), name.substr(at + 1)};
}

// expat calls start(), text() and end(); a stack holds what each open element is.
class Walk {
 public:
  Walk(XML_Parser parser, const Shape& root, std::string_view root_name, std::string_view space, unsigned version,
       const Limits& limits, Complaints& complaints)
      : parser_(parser),
        root_(root),
        root_name_(root_name),
        space_(space),
        version_(version),
        limits_(limits),
        complaints_(complaints) {}

  void start(const char* full_name, const char** attributes) {
    if (open_.size() + skipped_ >= limits_.depth)
      return stop({Fault::limit, "nested deeper than the limit", {place()}, {}});
    if (skipped_ > 0) return void(++skipped_);
    const auto [space, name] = cut(full_name);
    if (open_.empty()) return start_root(space, name, attributes);
    Open& around = open_.back();
    if (space != space_) return start_foreign(around, space, name);
    if (around.in == In::list) {
      if (name == around.member->item) return enter(*around.member, around.member->what, name, attributes);
    } else if (around.in == In::shape) {
      if (const Member* member = around.shape->find(name, Syntax::xml, version_))
        return start_member(*member, name, attributes);
    }
    unknown(around, name);
    skipped_ = 1;
  }

  void text(std::string_view text) {
    if (skipped_ > 0 || open_.empty()) return;
    Open& around = open_.back();
    if (around.text.size() + text.size() > limits_.text)
      return stop({Fault::limit, "a text longer than the limit", {place()}, {}});
    around.text += text;
  }

  void end() {
    if (skipped_ > 0) return void(--skipped_);
    const Open open = std::move(open_.back());
    open_.pop_back();
    if (open.in == In::text) return judge(open.text, open.what);
    const Member* body = open.in == In::shape ? open.shape->body(version_) : nullptr;
    if (body != nullptr)
      judge(open.text, body->what.front());
    else if (!trim(open.text).empty() && !(open.in == In::shape && open.shape->mixed))
      complain("text inside '" + open.name + "', which holds only elements");
    if (open.in == In::list && open.count == 0 && open.member->not_empty) complain("'" + open.name + "' is empty");
    if (open.in != In::shape) return;
    for (std::string& why : broken_rules(*open.shape, open.seen, open.truths, Syntax::xml, version_))
      complain("in '" + open.name + "': " + why);
  }

  void stop(Error error) {
    if (!error_) error_ = std::move(error);
    XML_StopParser(parser_, XML_FALSE);
  }

  void doctype() {
    stop({Fault::malformed, "a document type declaration, which an SBOM has no use for", {place()}, {}});
  }
  std::optional<Error>& error() { return error_; }
  std::string place() const { return "line " + std::to_string(XML_GetCurrentLineNumber(parser_)); }
  References& references() { return references_; }

 private:
  enum class In : std::uint8_t { shape, list, text };
  struct Open {
    In in = In::shape;
    std::string name;
    const Shape* shape = nullptr;
    const Member* member = nullptr;  // of a list
    What what;                       // of a text
    std::uint64_t seen = 0, truths = 0;
    const Member* last = nullptr;
    std::size_t count = 0;
    std::string text;
    std::string foreign;  // the last element of another namespace
  };

  void complain(std::string reason, bool is_doubt = false) { complaints_.add(place(), std::move(reason), is_doubt); }

  void unknown(const Open& around, std::string_view name) {
    std::string reason = "'" + printable(name) + "' is not allowed in '" + around.name + "'";
    if (around.in == In::shape) {
      if (const Member* other = around.shape->find_in_other_version(name, Syntax::xml);
          other != nullptr && other->window.since > version_)
        reason += " in this version: it came with " + std::to_string(other->window.since / 10) + "." +
                  std::to_string(other->window.since % 10);
    }
    complain(std::move(reason));
  }

  void start_root(std::string_view space, std::string_view name, const char** attributes) {
    if (name != root_name_ || space != space_)
      return stop({Fault::malformed,
                   "the outermost element is '" + printable(name) + "' of the namespace '" + printable(space) + "'",
                   {place()},
                   {}});
    open_.push_back({In::shape, std::string(name), &root_, nullptr, {}, 0, 0, nullptr, 0, {}, {}});
    take_attributes(attributes);
  }

  // Elements of other namespaces stand behind the document's own, and not in texts.
  void start_foreign(Open& around, std::string_view space, std::string_view name) {
    skipped_ = 1;
    if (space.empty()) return complain("'" + printable(name) + "' is not in the namespace of the document");
    const bool holds_text =
        around.in == In::text || (around.in == In::shape && around.shape->body(version_) != nullptr);
    if (holds_text || (around.in == In::list && around.count == 0))
      return complain("'" + printable(name) + "' of another namespace is not allowed here");
    around.foreign = printable(name);
  }

  void start_member(const Member& member, std::string_view name, const char** attributes) {
    Open& around = open_.back();
    const std::uint64_t bit = std::uint64_t{1} << member.slot;
    const bool repeats = member.many != Member::Many::one && member.item.empty();
    if (!around.shape->any_order.holds(version_)) {
      if (!around.foreign.empty())
        complain("'" + printable(name) + "' must stand before '" + around.foreign + "' of another namespace");
      if ((around.seen & bit) != 0 && !repeats) complain("'" + printable(name) + "' is given twice");
      if (around.last != nullptr && &member < around.last)
        complain("'" + printable(name) + "' must stand before '" + std::string(around.last->xml_name) + "'");
      around.last = &member;
    }
    around.seen |= bit;
    if (member.many == Member::Many::one || repeats) return enter(member, member.what, name, attributes);
    open_.push_back({In::list, std::string(name), nullptr, &member, {}, 0, 0, nullptr, 0, {}, {}});
    take_attributes(attributes);
  }

  void enter(const Member&, const std::vector<What>& what, std::string_view name, const char** attributes) {
    if (open_.back().in == In::list) ++open_.back().count;
    const What& is = what.front();
    const bool is_shape = is.basic == Basic::shape;
    open_.push_back(
        {is_shape ? In::shape : In::text, std::string(name), is.shape, nullptr, is, 0, 0, nullptr, 0, {}, {}});
    take_attributes(attributes);
  }

  void take_attributes(const char** attributes) {
    const auto own = open_.size() - 1;
    for (; *attributes; attributes += 2) {
      const auto [space, name] = cut(attributes[0]);
      if (!space.empty()) continue;
      Open& open = open_[own];
      const Member* member = open.shape == nullptr ? nullptr : open.shape->find_attribute(name, version_);
      if (member != nullptr) {
        open.seen |= std::uint64_t{1} << member->slot;
        const std::string_view text = attributes[1];
        if (text == "true" || text == "1") open.truths |= std::uint64_t{1} << member->slot;
        judge(text, member->what.front());
      } else if (!(open.in == In::list ? open.member->any_attributes
                                       : open.shape != nullptr && open.shape->any_attributes)) {
        complain("the attribute '" + printable(name) + "' is not allowed on '" + open.name + "'");
      }
    }
  }

  void judge(std::string_view text, const What& what) {
    Objection objection = objection_to(text, what, Syntax::xml, version_);
    if (!objection.text.empty()) complain(std::move(objection.text), objection.is_doubt);
    if (what.basic == Basic::ref || what.basic == Basic::loose_ref)
      references_.declare(text, false, place(), complaints_);
    if (what.basic == Basic::target) references_.use(text, place());
  }

  XML_Parser parser_;
  const Shape& root_;
  std::string_view root_name_, space_;
  unsigned version_;
  const Limits& limits_;
  Complaints& complaints_;
  References references_;
  std::vector<Open> open_;
  std::size_t skipped_ = 0;  // how deep in an element that is not looked into
  std::optional<Error> error_;
};

}  // namespace

Result<void> judge_xml(const Bytes& document, const Shape& root, std::string_view root_name,
                       std::string_view name_space, unsigned version, const Limits& limits, Complaints& complaints) {
  const std::string_view text = document.view();
  const XmlParser parser = make_xml_parser(text, separator);
  if (!parser) return Error{Fault::limit, "out of memory", {}, {}};
  Walk walk(parser.get(), root, root_name, name_space, version, limits, complaints);
  PRATIQUE_DO(parse_xml(parser.get(), text, walk));
  walk.references().close(complaints);
  return {};
}

}  // namespace pratique
