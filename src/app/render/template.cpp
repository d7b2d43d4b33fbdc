#include "app/render/template.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

struct Tag {
  enum class Kind { text, value, raw, section, inverted } kind = Kind::text;
  std::string_view text;    // of a text, or the name
  std::vector<Tag> inside;  // of a section
};

constexpr std::size_t most_nested = 64, most_output = std::size_t{256} << 20;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<Tag>> parse() { return parse_until({}, 0); }

 private:
  Error error(std::string what) const {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(opened_), '\n');
    return {Fault::malformed, std::move(what), {"line " + std::to_string(line)}, {}};
  }

  // The tags up to the end of the section `name`, or of the text where it is empty.
  Result<std::vector<Tag>> parse_until(std::string_view name, std::size_t depth) {
    if (depth > most_nested) return Error{Fault::limit, "sections are nested more than 64 deep", {}, {}};
    std::vector<Tag> tags;
    for (;;) {
      const std::size_t open = text_.find("{{", at_);
      tags.push_back({Tag::Kind::text, text_.substr(at_, open - at_), {}});
      if (open == std::string_view::npos) {
        if (!name.empty()) return error("the section '" + std::string(name) + "' does not end");
        return tags;
      }
      opened_ = open;
      const bool triple = text_.substr(open).starts_with("{{{");
      const std::string_view closing = triple ? "}}}" : "}}";
      const std::size_t start = open + (triple ? 3 : 2), close = text_.find(closing, start);
      if (close == std::string_view::npos) return error("'{{' without '" + std::string(closing) + "'");
      at_ = close + closing.size();
      std::string_view body = trim(text_.substr(start, close - start));
      const char sign = triple || body.empty() ? '&' : body.front();
      if (!triple && std::string_view("#^/!&").find(sign) != std::string_view::npos) body = trim(body.substr(1));
      if (sign != '!' && !is_name(body)) return error("'" + std::string(body) + "' is no name");
      if (std::string_view("#^/!").find(sign) != std::string_view::npos) stand_alone(tags.back(), open);
      if (sign == '!') continue;
      if (sign == '/') {
        if (body != name) return error("'{{/" + std::string(body) + "}}' ends no section that is open");
        return tags;
      }
      PRATIQUE_DO(add(tags, sign, body, triple, depth));
    }
  }

  Result<void> add(std::vector<Tag>& tags, char sign, std::string_view body, bool triple, std::size_t depth) {
    if (!triple && (sign == '#' || sign == '^')) {
      PRATIQUE_TRY(auto inside, parse_until(body, depth + 1));
      tags.push_back({sign == '#' ? Tag::Kind::section : Tag::Kind::inverted, body, std::move(inside)});
    } else {
      tags.push_back({triple || sign == '&' ? Tag::Kind::raw : Tag::Kind::value, body, {}});
    }
    return {};
  }

  static bool is_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
    });
  }

  // A tag alone on its line: the blanks before it and the end of the line behind it go.
  void stand_alone(Tag& before, std::size_t open) {
    const std::size_t line = text_.substr(0, open).rfind('\n') + 1;  // 0 where there is none
    std::size_t end = at_;
    while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t' || text_[end] == '\r')) ++end;
    if (!trim(text_.substr(line, open - line)).empty() || (end < text_.size() && text_[end] != '\n')) return;
    before.text = before.text.substr(0, before.text.size() - std::min(before.text.size(), open - line));
    at_ = std::min(end + 1, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0, opened_ = 0;
};

std::string html_of(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

class Writer {
 public:
  Result<std::string> write(const std::vector<Tag>& tags, const Json& root) {
    scopes_.push_back(&root);
    PRATIQUE_DO(write(tags));
    return std::move(out_);
  }

 private:
  Result<void> write(const std::vector<Tag>& tags) {
    for (const auto& tag : tags) {
      if (out_.size() > most_output) return Error{Fault::limit, "the template writes more than 256 MiB", {}, {}};
      if (tag.kind == Tag::Kind::text) {
        out_ += tag.text;
        continue;
      }
      const Json* const value = find(tag.text);
      if (tag.kind == Tag::Kind::value) {
        out_ += html_of(text_of(value));
      } else if (tag.kind == Tag::Kind::raw) {
        out_ += text_of(value);
      } else if (tag.kind == Tag::Kind::inverted) {
        if (is_false(value)) PRATIQUE_DO(write(tag.inside));
      } else if (!is_false(value)) {
        PRATIQUE_DO(write_section(tag, *value));
      }
    }
    return {};
  }

  Result<void> write_section(const Tag& tag, const Json& value) {
    const auto once = [&](const Json& scope) -> Result<void> {
      scopes_.push_back(&scope);
      auto done = write(tag.inside);
      scopes_.pop_back();
      return done;
    };
    if (!value.is_array()) return once(value);
    for (const auto& item : value) PRATIQUE_DO(once(item));
    return {};
  }

  // The first part of a dotted name is looked up from the innermost scope outwards, the rest below it.
  const Json* find(std::string_view name) const {
    if (name == ".") return scopes_.back();
    const auto parts = split(name, '.');
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      const Json* value = member(**scope, parts[0]);
      if (value == nullptr) continue;
      for (std::size_t i = 1; value != nullptr && i < parts.size(); ++i) value = member(*value, parts[i]);
      return value;
    }
    return nullptr;
  }

  static const Json* member(const Json& of, std::string_view key) {
    if (!of.is_object()) return nullptr;
    const auto found = of.find(std::string(key));
    return found == of.end() ? nullptr : &*found;
  }

  static bool is_false(const Json* value) {
    if (value == nullptr || value->is_null()) return true;
    if (value->is_boolean()) return !value->get<bool>();
    return (value->is_array() || value->is_string()) && (value->empty() || *value == "");
  }

  static std::string text_of(const Json* value) {
    if (value == nullptr || value->is_null()) return {};
    return value->is_string() ? printable(value->get<std::string>()) : value->dump();
  }

  std::vector<const Json*> scopes_;
  std::string out_;
};

}  // namespace

Result<std::string> render_template(std::string_view text, std::string_view json) {
  PRATIQUE_TRY(const auto tags, Parser(text).parse());
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded()) return Error{Fault::malformed, "what the template is filled with is no JSON", {}, {}};
  return Writer().write(tags, root);
}

}  // namespace pratique
