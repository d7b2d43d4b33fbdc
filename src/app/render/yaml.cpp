#include "app/render/yaml.h"

#include <yaml-cpp/emitter.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

// YAML 1.1, which many still read, has more words for truth.
bool is_word_of_yaml(std::string_view text) {
  constexpr std::array<std::string_view, 9> words = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  return std::any_of(words.begin(), words.end(), [&](auto word) { return equal_ignoring_case(word, text); });
}

bool may_stand_bare(std::string_view text) {
  constexpr std::string_view allowed = "-_./@+ ";
  return !text.empty() && is_alpha(text.front()) && text.back() != ' ' && !is_word_of_yaml(text) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alpha(c) || is_digit(c) || allowed.find(c) != std::string_view::npos; });
}

void emit_text(YAML::Emitter& out, const std::string& text) {
  if (!may_stand_bare(text)) out << YAML::DoubleQuoted;
  out << text;
}

void emit(YAML::Emitter& out, const Json& value) {
  if (value.is_string()) return emit_text(out, value.get_ref<const std::string&>());
  if (value.is_null() || value.is_boolean()) {
    value.is_null() ? out << YAML::Null : out << value.get<bool>();
    return;
  }
  if (value.is_number()) {
    out << value.dump();
    return;
  }
  if (value.empty()) out << YAML::Flow;
  out << (value.is_object() ? YAML::BeginMap : YAML::BeginSeq);
  for (const auto& [key, item] : value.items()) {
    if (value.is_object()) {
      out << YAML::Key;
      emit_text(out, key);
      out << YAML::Value;
    }
    emit(out, item);
  }
  out << (value.is_object() ? YAML::EndMap : YAML::EndSeq);
}

}  // namespace

std::string render_yaml(const std::string& json) {
  const Json document = Json::parse(json, nullptr, false);
  check(!document.is_discarded(), "what is printed as JSON is JSON");
  YAML::Emitter out;
  out.SetNullFormat(YAML::LowerNull);
  emit(out, document);
  // The one character that YAML wants escaped and yaml-cpp does not; it stands between quotes alone.
  std::string yaml;
  for (const char c : std::string_view(out.c_str(), out.size())) c == '\x7f' ? yaml.append("\\x7F") : yaml.append(1, c);
  return yaml + "\n";
}

}  // namespace pratique
