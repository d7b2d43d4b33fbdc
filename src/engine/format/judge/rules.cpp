#include "engine/format/judge/rules.h"

#include <array>

#include "base/check.h"
#include "base/text.h"

namespace pratique {

namespace {

constexpr std::array<std::string_view, 43> basics = {
    "text",       "boolean",     "integer",      "positive",   "natural",      "to-six",        "number",
    "share",      "time",        "date",         "uri",        "ref",          "loose-ref",     "link",
    "target",     "serial",      "mime",         "hash",       "license-id",   "locale",        "email",
    "cpe",        "purl",        "version",      "range",      "cre",          "patent-number", "country",
    "spdx-id",    "spdx-link",   "spdx-time",    "spdx-actor", "spdx-party",   "spdx-license",  "location",
    "name-space", "license-ref", "document-ref", "checksum",   "tag-checksum", "tag-external",  "spdx3-version",
    "anything"};

std::vector<std::string_view> tokens_of(std::string_view line) {
  std::vector<std::string_view> tokens;
  for (const std::string_view token : split(line, ' '))
    if (!token.empty()) tokens.push_back(token);
  return tokens;
}

// "1.5" -> 15
std::uint8_t version_in(std::string_view text) {
  return static_cast<std::uint8_t>((text[0] - '0') * 10 + (text[2] - '0'));
}

// "1.5+", "-1.4", "1.3-1.5"
std::optional<Window> window_in(std::string_view token) {
  const auto is_version = [](std::string_view text) {
    return text.size() == 3 && is_digit(text[0]) && text[1] == '.' && is_digit(text[2]);
  };
  if (token.size() == 4 && token[3] == '+' && is_version(token.substr(0, 3))) return Window{version_in(token), 255};
  if (token.size() == 4 && token[0] == '-' && is_version(token.substr(1)))
    return Window{0, version_in(token.substr(1))};
  if (token.size() == 7 && token[3] == '-' && is_version(token.substr(0, 3)) && is_version(token.substr(4)))
    return Window{version_in(token), version_in(token.substr(4))};
  return std::nullopt;
}

std::optional<Relation::Kind> rule_kind(std::string_view token) {
  constexpr std::array<std::string_view, 7> names = {"one", "most", "any", "together", "with", "needs", "alone"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == token) return static_cast<Relation::Kind>(i);
  return std::nullopt;
}

}  // namespace

const Member* Shape::find(std::string_view wanted, Syntax syntax, unsigned version) const {
  for (const Member& member : members) {
    const bool is_json = syntax == Syntax::json;
    if (!(is_json ? member.in_json : member.in_xml && member.at == Member::At::element)) continue;
    if ((is_json ? member.name : member.xml_name) == wanted && member.window.holds(version)) return &member;
  }
  return nullptr;
}

const Member* Shape::find_attribute(std::string_view wanted, unsigned version) const {
  for (const Member& member : members)
    if (member.in_xml && member.at == Member::At::attribute && member.xml_name == wanted &&
        member.window.holds(version))
      return &member;
  return nullptr;
}

const Member* Shape::body(unsigned version) const {
  for (const Member& member : members)
    if (member.at == Member::At::body && member.in_xml && member.window.holds(version)) return &member;
  return nullptr;
}

const Member* Shape::find_in_other_version(std::string_view wanted, Syntax syntax) const {
  for (const Member& member : members)
    if ((syntax == Syntax::json ? member.in_json : member.in_xml) &&
        (syntax == Syntax::json ? member.name : member.xml_name) == wanted)
      return &member;
  return nullptr;
}

Rules::Rules(std::string sheet) : sheet_(std::move(sheet)) {
  const auto lines = split(sheet_, '\n');
  for (const std::string_view line : lines) {  // names first: a member may speak of a shape further down
    const auto tokens = tokens_of(line);
    if (tokens.size() < 2 || line.starts_with(' ')) continue;
    if (tokens[0] == "shape") {
      check(shapes_by_name_.emplace(tokens[1], &shapes_.emplace_back()).second, "a shape given twice");
      shapes_.back().name = tokens[1];
    } else {
      check(tokens[0] == "words" && words_by_name_.emplace(tokens[1], &words_.emplace_back()).second,
            "words given twice");
    }
  }
  for (const std::string_view line : lines) read_line(line);
}

const Shape* Rules::find_shape(std::string_view name) const {
  const auto found = shapes_by_name_.find(name);
  return found == shapes_by_name_.end() ? nullptr : found->second;
}

const Shape& Rules::shape(std::string_view name) const {
  const Shape* found = find_shape(name);
  check(found != nullptr, "a shape that the sheet does not have");
  return *found;
}

void Rules::read_line(std::string_view line) {
  auto tokens = tokens_of(line);
  if (tokens.empty()) return;
  if (!line.starts_with(' ')) {
    const bool is_shape = tokens[0] == "shape";
    shape_ = is_shape ? shapes_by_name_.at(tokens[1]) : nullptr;
    list_ = is_shape ? nullptr : words_by_name_.at(tokens[1]);
    if (tokens.size() > 3 && tokens[2] == "is") {
      const std::string_view own = shape_->name;
      *shape_ = shape(tokens[3]);
      shape_->name = own;
    }
    for (const std::string_view trait : tokens) {
      if (trait == "lax") shape_->lax = true;
      if (trait == "any-attributes") shape_->any_attributes = true;
      if (trait == "mixed") shape_->mixed = true;
      if (trait == "any-order") shape_->any_order = {};
      if (trait.starts_with("any-order-since-")) shape_->any_order = {version_in(trait.substr(16)), 255};
      if (trait == "open") shape_->open_until = 255;
      if (trait.starts_with("open-until-")) shape_->open_until = version_in(trait.substr(11));
    }
    return;
  }
  if (list_ != nullptr) {
    const auto window = window_in(tokens[0]);
    for (const std::string_view word : tokens)
      if (!window || word != tokens[0]) list_->all.emplace_back(word, window.value_or(Window{}));
    return;
  }
  bool in_json = true, in_xml = true;
  if (tokens[0] == "json" || tokens[0] == "xml") {
    (tokens[0] == "json" ? in_xml : in_json) = false;
    tokens.erase(tokens.begin());
  }
  const auto kind = rule_kind(tokens[0]);
  if (!kind) return read_member(*shape_, std::move(tokens), in_json, in_xml);
  Relation rule{*kind, in_json, in_xml, {}, {}};
  for (std::size_t i = 1; i < tokens.size(); ++i)
    if (const auto window = window_in(tokens[i]))
      rule.window = *window;
    else
      rule.slots.push_back(slot_of(*shape_, tokens[i]));
  shape_->rules.push_back(std::move(rule));
}

void Rules::read_member(Shape& shape, std::vector<std::string_view> tokens, bool in_json, bool in_xml) {
  Member member;
  member.in_json = in_json;
  member.in_xml = in_xml;
  std::string_view name = tokens[0];
  if (name.starts_with('@')) member.at = Member::At::attribute;
  if (name.starts_with('=')) member.at = Member::At::body;
  if (member.at != Member::At::element) name.remove_prefix(1);
  if (const auto slash = name.find('/'); slash != std::string_view::npos) {
    member.item = name.substr(slash + 1);
    name = name.substr(0, slash);
    member.any_attributes = member.item.ends_with('*');
    if (member.any_attributes) member.item.remove_suffix(1);
  }
  std::string_view xml_name;
  if (const auto tilde = name.find('~'); tilde != std::string_view::npos) {
    xml_name = name.substr(tilde + 1);
    name = name.substr(0, tilde);
  }
  member.required = name.ends_with('!');
  if (member.required) name.remove_suffix(1);
  member.name = name;
  member.xml_name = xml_name.empty() ? name : xml_name;
  std::size_t at = 1;
  if (const auto window = window_in(tokens[at])) {
    member.window = *window;
    ++at;
  }
  std::string_view type = tokens.at(at);
  member.not_empty = type.ends_with('+');
  if (member.not_empty) type.remove_suffix(1);
  if (type.starts_with('[')) member.many = Member::Many::list;
  if (type.starts_with('{')) member.many = Member::Many::set;
  if (member.many != Member::Many::one) type = type.substr(1, type.size() - 2);
  for (const std::string_view part : split(type, '/')) member.what.push_back(what(part));
  if (at + 2 < tokens.size() && tokens[at + 1] == "or") {
    if (member.many == Member::Many::one)
      member.what.push_back(what(tokens[at + 2]));
    else
      member.else_ = what(tokens[at + 2]);
  }
  member.slot = slot_of(shape, member.name);
  shape.members.push_back(std::move(member));
}

What Rules::what(std::string_view text) {
  for (std::size_t i = 0; i < basics.size(); ++i)
    if (basics[i] == text) return {static_cast<Basic>(i), nullptr, nullptr};
  if (text.find('|') != std::string_view::npos) {
    Words& words = words_.emplace_back();
    for (const std::string_view word : split(text, '|'))
      if (!word.empty()) words.all.emplace_back(word, Window{});
    return {Basic::words, &words, nullptr};
  }
  if (const auto found = words_by_name_.find(text); found != words_by_name_.end())
    return {Basic::words, found->second, nullptr};
  return {Basic::shape, nullptr, &this->shape(text)};
}

unsigned Rules::slot_of(Shape& shape, std::string_view name) {
  for (unsigned slot = 0; slot < shape.slots.size(); ++slot)
    if (shape.slots[slot] == name) return slot;
  shape.slots.push_back(name);
  check(shape.slots.size() <= 64, "a shape with more members than bits");
  return static_cast<unsigned>(shape.slots.size() - 1);
}

namespace {

// "'a', 'b' or 'c'"
std::string listed(const Shape& shape, const std::vector<unsigned>& slots, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i > 0) text += i + 1 == slots.size() ? " " + std::string(last) + " " : ", ";
    text += "'" + std::string(shape.slots[slots[i]]) + "'";
  }
  return text;
}

std::string broken(const Shape& shape, const Relation& rule, std::uint64_t seen, std::uint64_t truths) {
  std::size_t count = 0;
  for (const unsigned slot : rule.slots) count += seen >> slot & 1U;
  switch (rule.kind) {
    case Relation::Kind::one:
      if (count != 1)
        return (count == 0 ? "one of " : "only one of ") + listed(shape, rule.slots, "or") + " is allowed and needed";
      return {};
    case Relation::Kind::most:
      return count > 1 ? listed(shape, rule.slots, "and") + " exclude each other" : std::string();
    case Relation::Kind::any: return count == 0 ? listed(shape, rule.slots, "or") + " is missing" : std::string();
    case Relation::Kind::together:
      return count == 1 ? listed(shape, rule.slots, "and") + " only go together" : std::string();
    case Relation::Kind::with:
      if (count == 1 && (seen >> rule.slots[0] & 1U) != 0)
        return "'" + std::string(shape.slots[rule.slots[0]]) + "' needs '" + std::string(shape.slots[rule.slots[1]]) +
               "' beside it";
      return {};
    case Relation::Kind::needs:
      if ((seen >> rule.slots[0] & 1U) != 0 && (truths >> rule.slots[1] & 1U) == 0)
        return "'" + std::string(shape.slots[rule.slots[0]]) + "' needs '" + std::string(shape.slots[rule.slots[1]]) +
               "' to be true";
      return {};
    case Relation::Kind::alone: return {};  // of the list around
  }
  return {};
}

}  // namespace

std::vector<std::string> broken_rules(const Shape& shape, std::uint64_t seen, std::uint64_t truths, Syntax syntax,
                                      unsigned version) {
  std::vector<std::string> all;
  for (const Member& member : shape.members) {
    if (!member.required || !member.window.holds(version)) continue;
    if (!(syntax == Syntax::json ? member.in_json : member.in_xml && member.at != Member::At::body)) continue;
    if ((seen >> member.slot & 1U) == 0)
      all.push_back("'" + std::string(syntax == Syntax::json ? member.name : member.xml_name) + "' is missing");
  }
  for (const Relation& rule : shape.rules) {
    if (!(syntax == Syntax::json ? rule.in_json : rule.in_xml) || !rule.window.holds(version)) continue;
    if (std::string why = broken(shape, rule, seen, truths); !why.empty()) all.push_back(std::move(why));
  }
  return all;
}

}  // namespace pratique
