#include "app/render/members.h"

namespace pratique {

using Json = nlohmann::ordered_json;

const Json& Members::of(const Json& object, const char* name, Json::value_t kind) {
  static const Json nothing;
  if (object.is_object())
    if (const auto found = object.find(name); found != object.end() && found->type() == kind) return *found;
  if (missing_.empty()) missing_ = name;
  return nothing;
}

std::string Members::text(const Json& object, const char* name) {
  const Json& value = of(object, name, Json::value_t::string);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::uint64_t Members::number(const Json& object, const char* name) {
  const Json& value = of(object, name, Json::value_t::number_unsigned);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

bool Members::flag(const Json& object, const char* name) {
  const Json& value = of(object, name, Json::value_t::boolean);
  return value.is_boolean() && value.get<bool>();
}

Time Members::time(const Json& object, const char* name) {
  const auto time = parse_time(text(object, name));
  if (!time && missing_.empty()) missing_ = name;
  return time ? *time : Time();
}

std::vector<std::string> Members::texts(const Json& object, const char* name) {
  std::vector<std::string> all;
  for (const Json& one : list(object, name)) {
    if (one.is_string())
      all.push_back(one.get<std::string>());
    else if (missing_.empty())
      missing_ = name;
  }
  return all;
}

Result<void> Members::complaint() const {
  if (missing_.empty()) return {};
  return Error{Fault::malformed,
               "'" + missing_ + "' is missing, or of another kind",
               {},
               "use the pratique of the server's version"};
}

Result<Json> parse_answer_json(std::string_view text) {
  constexpr int deepest = 16;
  bool is_deep = false;
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    is_deep |= depth > deepest;
    return !is_deep;
  };
  Json json = Json::parse(text, shallow, false);
  if (is_deep || !json.is_object()) return Error{Fault::malformed, "no answer", {}, "name a server of pratique"};
  return json;
}

}  // namespace pratique
