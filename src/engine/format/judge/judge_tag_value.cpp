#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "engine/format/judge/judge.h"

namespace pratique {

namespace {

// The tag that opens a section, and its shape. What is before the first one is the document's.
struct Section {
  std::string_view opener, shape;
};
constexpr std::array<Section, 7> sections = {{{"PackageName", "TagPackage"},
                                              {"FileName", "TagFile"},
                                              {"SnippetSPDXID", "TagSnippet"},
                                              {"LicenseID", "TagLicense"},
                                              {"Annotator", "TagAnnotation"},
                                              {"Reviewer", "TagReview"},
                                              {"Relationship", "TagRelationship"}}};

class Walk {
 public:
  Walk(const Rules& rules, unsigned version, Complaints& complaints)
      : rules_(rules), version_(version), complaints_(complaints), open_{&rules.shape("TagDocument")} {}

  void read(std::string_view text) {
    std::size_t line = 0;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find_first_of("\r\n", at), text.size());
      const std::string_view content = text.substr(at, end - at);
      at = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
      take(content, ++line);
    }
    if (in_text_) complain(text_line_, "<text> is never closed");
    if (outer_) leave();
    close(open_);
    references_.close(complaints_);
  }

 private:
  void take(std::string_view line, std::size_t number) {
    if (in_text_) {
      in_text_ = line.find("</text>") == std::string_view::npos;
      return;
    }
    if (trim(line).empty() || trim(line).starts_with('#')) return;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return complain(number, "neither a tag and its value nor a comment");
    const std::string_view tag = trim(line.substr(0, colon)), value = trim(line.substr(colon + 1));
    if (value.starts_with("<text>") && value.find("</text>") == std::string_view::npos) {
      in_text_ = true;
      text_line_ = number;
    }
    take(tag, value, number);
  }

  void take(std::string_view tag, std::string_view value, std::size_t number) {
    for (const Section& section : sections)
      if (section.opener == tag) enter(rules_.shape(section.shape), number);
    const Member* member = find(tag);
    if (member == nullptr)
      return complain(number, "'" + printable(tag.substr(0, 100)) + "' is no tag that may stand here");
    const std::uint64_t bit = std::uint64_t{1} << member->slot;
    if ((open_.seen & bit) != 0 && member->many == Member::Many::one)
      complain(number, "'" + std::string(tag) + "' is given twice");
    open_.seen |= bit;
    const What& what = member->what.front();
    if (tag == "Relationship") return take_relationship(value, number);
    Objection objection = objection_to(value, what, Syntax::json, version_);
    if (!objection.text.empty()) complaints_.add(place(number), std::move(objection.text), objection.is_doubt);
    if (what.basic == Basic::spdx_id) references_.declare(value, false, place(number), complaints_);
    if (what.basic == Basic::spdx_link) references_.use(value, place(number));
  }

  struct Open {
    const Shape* shape;
    std::size_t line = 1;
    std::uint64_t seen = 0;
  };

  // A relationship, annotation or review may stand anywhere, and what it stood in goes on behind it.
  const Member* find(std::string_view tag) {
    if (const Member* member = open_.shape->find(tag, Syntax::json, version_)) return member;
    const Member* member = outer_ ? outer_->shape->find(tag, Syntax::json, version_) : nullptr;
    if (member != nullptr) leave();
    return member;
  }

  void leave() {
    close(open_);
    open_ = *outer_;
    outer_.reset();
  }

  void enter(const Shape& shape, std::size_t line) {
    const bool is_aside = shape.name == "TagRelationship" || shape.name == "TagAnnotation" || shape.name == "TagReview";
    if (outer_) leave();
    if (is_aside)
      outer_ = open_;
    else
      close(open_);
    open_ = {&shape, line, 0};
  }

  void close(const Open& open) {
    for (std::string& why : broken_rules(*open.shape, open.seen, 0, Syntax::json, version_))
      complain(open.line, std::move(why));
  }

  // "SPDXRef-A DEPENDS_ON SPDXRef-B"
  void take_relationship(std::string_view value, std::size_t number) {
    std::vector<std::string_view> words;
    for (const std::string_view word : split(value, ' '))
      if (!word.empty()) words.push_back(word);
    if (words.size() != 3) return complain(number, "not two elements and their relation");
    const Shape& shape = rules_.shape("SpdxRelationship");
    constexpr std::array<std::string_view, 3> parts = {"spdxElementId", "relationshipType", "relatedSpdxElement"};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const What& what = shape.find(parts[i], Syntax::json, version_)->what.front();
      Objection objection = objection_to(words[i], what, Syntax::json, version_);
      if (!objection.text.empty()) complaints_.add(place(number), std::move(objection.text), objection.is_doubt);
      if (i != 1) references_.use(words[i], place(number));
    }
  }

  static std::string place(std::size_t line) { return "line " + std::to_string(line); }
  void complain(std::size_t line, std::string reason) { complaints_.add(place(line), std::move(reason)); }

  const Rules& rules_;
  unsigned version_;
  Complaints& complaints_;
  References references_;
  Open open_;
  std::optional<Open> outer_;  // what a relationship, annotation or review stands in
  bool in_text_ = false;
  std::size_t text_line_ = 0;
};

}  // namespace

void judge_tag_value(std::string_view text, const Rules& rules, unsigned version, Complaints& complaints) {
  Walk(rules, version, complaints).read(text);
}

}  // namespace pratique
