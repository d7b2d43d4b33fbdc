#include "engine/format/advisory/signs.h"

#include <algorithm>

#include "base/text.h"

namespace pratique {
namespace {

constexpr std::size_t most_keys = 64;

std::string_view without_blanks(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

// Takes a JSON string, quotes included.
std::string_view take_string(std::string_view& text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  end = std::min(end, text.size());
  const std::string_view inner = text.substr(1, end - 1);
  text.remove_prefix(std::min(end + 1, text.size()));
  return inner;
}

// The members of the object that the text begins with.
std::vector<std::string_view> members_of(std::string_view text) {
  std::vector<std::string_view> keys;
  int depth = 0;
  bool wants_key = false;
  while (!text.empty() && keys.size() < most_keys) {
    const char c = text.front();
    if (c == '"') {
      const std::string_view inner = take_string(text);
      if (wants_key && depth == 1) keys.push_back(inner);
      wants_key = false;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth == 1 && (c == '{' || c == ',')) wants_key = true;
    text.remove_prefix(1);
    if (depth == 0) break;
  }
  return keys;
}

// "key:" at the very beginning of a line.
std::vector<std::string_view> yaml_keys_of(std::string_view text) {
  std::vector<std::string_view> keys;
  for (std::size_t at = 0; at < text.size() && keys.size() < most_keys;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && colon > 0 &&
        (colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\r') &&
        std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                    [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '-'; }))
      keys.push_back(line.substr(0, colon));
    at = end + 1;
  }
  return keys;
}

std::string_view root_of(std::string_view text) {
  while (!text.empty()) {
    const std::size_t open = text.find('<');
    if (open == std::string_view::npos) return {};
    text.remove_prefix(open + 1);
    if (text.starts_with("!--")) {
      const std::size_t end = text.find("-->");
      text = end == std::string_view::npos ? std::string_view() : text.substr(end);
    } else if (!text.starts_with('?') && !text.starts_with('!')) {
      std::string_view name = text.substr(0, text.find_first_of(" \t\r\n/>"));
      if (const auto colon = name.find(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
      return name;
    }
  }
  return {};
}

}  // namespace

bool Signs::has(std::string_view key) const { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

bool Signs::has_all(std::initializer_list<std::string_view> wanted) const {
  return std::all_of(wanted.begin(), wanted.end(), [this](std::string_view key) { return has(key); });
}

bool Signs::begins_around(std::string_view words) const {
  constexpr std::size_t around = 8192;
  return text.substr(0, around).find(words) != std::string_view::npos;
}

std::string_view Signs::first_line() const {
  const std::string_view start = without_blanks(text);
  return start.substr(0, start.find('\n'));
}

Signs signs_of(std::string_view document) {
  Signs signs;
  signs.text = document;
  const std::string_view start = without_blanks(document);
  if (start.empty()) return signs;
  switch (start.front()) {
    case '{':
      signs.syntax = Signs::Syntax::json_object;
      signs.keys = members_of(start);
      break;
    case '[':
      // A list of Debian's begins so as well: "[29 Mar 2023] DSA-...".
      if (start.size() > 1 && is_digit(start[1])) {
        signs.syntax = Signs::Syntax::text;
        break;
      }
      signs.syntax = Signs::Syntax::json_array;
      signs.keys = members_of(without_blanks(start.substr(1)));
      break;
    case '<':
      signs.syntax = Signs::Syntax::xml;
      signs.root = root_of(start);
      break;
    default: signs.syntax = Signs::Syntax::text; signs.keys = yaml_keys_of(document);
  }
  return signs;
}

}  // namespace pratique
