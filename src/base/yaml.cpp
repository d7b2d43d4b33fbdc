#include "base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_set>

#include "base/text.h"

namespace pratique {
namespace {

// yaml-cpp reads a whole nest of brackets before it tells of the first, at 240 bytes each.
constexpr std::ptrdiff_t most_brackets = 65'536;

std::string place_of(int line, int column) { return std::to_string(line) + ":" + std::to_string(column); }

Error error_at(const YAML::Mark& mark, Fault fault, std::string text, std::string remedy = {}) {
  return {fault, std::move(text), {place_of(mark.line + 1, mark.column + 1)}, std::move(remedy)};
}

struct Stopped {  // thrown through yaml-cpp, caught in parse_yaml
  Error error;
};

// yaml-cpp's events -> trees. A map's keys come as events like its values do.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const Limits& limits) : limits_(limits) {}

  std::optional<Yaml> take_document() { return std::exchange(document_, std::nullopt); }

  // yaml-cpp 0.7 takes a stray ',' or ']' for an empty document, again and again, and never gets past it.
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos == last_start_) stop(mark, Fault::malformed, "is not YAML: a value is expected");
    last_start_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(mark, start(mark, "?", anchor, Yaml::Kind::null));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    stop(mark, Fault::malformed, "aliases are not read", "write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (text.size() > limits_.text)
      stop(mark, Fault::limit, "a text is longer than " + with_commas(limits_.text) + " bytes");
    Yaml value = start(mark, tag, anchor, Yaml::Kind::text);
    value.quoted = tag == "!";
    if (!value.quoted && (text.empty() || text == "~" || text == "null")) value.kind = Yaml::Kind::null;
    value.text = text;
    place(mark, std::move(value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, start(mark, tag, anchor, Yaml::Kind::list));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, start(mark, tag, anchor, Yaml::Kind::map));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Yaml value;
    std::optional<YamlMember> member;  // its key was read, its value comes next
    std::unordered_set<std::string> keys;
  };

  [[noreturn]] static void stop(const YAML::Mark& mark, Fault fault, std::string text, std::string remedy = {}) {
    throw Stopped{error_at(mark, fault, std::move(text), std::move(remedy))};
  }

  Yaml start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Yaml::Kind kind) {
    if (anchor != 0) stop(mark, Fault::malformed, "anchors are not read", "write the value where it is needed");
    if (!tag.empty() && tag != "?" && tag != "!")
      stop(mark, Fault::malformed, "tags are not read", "leave the tag out");
    if (++entries_ > limits_.entries)
      stop(mark, Fault::limit, "more than " + with_commas(limits_.entries) + " values", "split the file");
    Yaml value;
    value.kind = kind;
    value.line = mark.line + 1;
    value.column = mark.column + 1;
    return value;
  }

  void open(const YAML::Mark& mark, Yaml value) {
    if (!levels_.empty() && levels_.back().value.kind == Yaml::Kind::map && !levels_.back().member)
      stop(mark, Fault::malformed, "a key is a plain text");
    if (levels_.size() >= limits_.depth)
      stop(mark, Fault::limit, "nested deeper than " + std::to_string(limits_.depth) + " levels");
    levels_.push_back({std::move(value), {}, {}});
  }

  void close() {
    Yaml value = std::move(levels_.back().value);
    levels_.pop_back();
    place({}, std::move(value));
  }

  void place(const YAML::Mark& mark, Yaml value) {
    if (levels_.empty()) {
      document_ = std::move(value);
      return;
    }
    Level& level = levels_.back();
    if (level.value.kind == Yaml::Kind::list) {
      level.value.items.push_back(std::move(value));
    } else if (level.member) {
      level.member->value = std::move(value);
      level.value.members.push_back(std::move(*level.member));
      level.member.reset();
    } else {
      if (value.kind != Yaml::Kind::text) stop(mark, Fault::malformed, "a key is a plain text");
      if (value.text == "<<" && !value.quoted) stop(mark, Fault::malformed, "merge keys are not read");
      if (!level.keys.insert(value.text).second)
        stop(mark, Fault::malformed, "'" + value.text + "' is given twice", "delete one");
      level.member = YamlMember{std::move(value.text), {}, value.line, value.column};
    }
  }

  Limits limits_;
  std::size_t entries_ = 0;
  int last_start_ = -1;
  std::vector<Level> levels_;
  std::optional<Yaml> document_;
};

Result<void> check_bytes(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes)
    return Error{Fault::limit, "is larger than " + human_bytes(limits.bytes), {}, "split the file"};
  if (!is_utf8(text)) return Error{Fault::malformed, "is not UTF-8", {}, "save it as UTF-8"};
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
  });
  const auto before = std::string_view(text.begin(), control);
  if (control != text.end())
    return Error{Fault::malformed,
                 "holds a control character",
                 {place_of(static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
                           static_cast<int>(before.size() - (before.rfind('\n') + 1)) + 1)},
                 "delete it"};
  if (std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) > most_brackets)
    return Error{Fault::limit, "holds more than " + with_commas(most_brackets) + " brackets", {}, "split the file"};
  return {};
}

std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 128)) + "'"; }

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& words) {
  if (const auto near = nearest(word, words); !near.empty()) return "did you mean " + quoted(near) + "?";
  std::string list;
  for (const auto one : words) list.append(list.empty() ? "it is one of " : ", ").append(one);
  return list;
}

}  // namespace

Error Yaml::error(std::string what, std::string remedy) const {
  return {Fault::malformed, std::move(what), {place_of(line, column)}, std::move(remedy)};
}

Result<std::vector<Yaml>> parse_yaml(std::string_view text, const Limits& limits) {
  PRATIQUE_DO(check_bytes(text, limits));
  std::vector<Yaml> documents;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(limits);
    while (parser.HandleNextDocument(builder))
      if (auto document = builder.take_document(); document && document->kind != Yaml::Kind::null)
        documents.push_back(std::move(*document));
  } catch (const Stopped& stopped) {
    return stopped.error;
  } catch (const YAML::Exception& exception) {
    return error_at(exception.mark, Fault::malformed, "is not YAML: " + exception.msg);
  } catch (const std::exception& exception) {
    return Error{Fault::malformed, std::string("is not YAML: ") + exception.what(), {}, ""};
  }
  return documents;
}

Error in_yaml_file(std::string_view file, Error error) {
  if (error.place.empty()) return std::move(error).in(std::string(file));
  error.place.front().insert(0, ":").insert(0, file);
  return error;
}

Result<YamlFields> YamlFields::of(const Yaml& value, std::string_view what, std::vector<std::string_view> keys) {
  if (value.kind != Yaml::Kind::map) return value.error(std::string(what) + " is a map");
  for (const auto& member : value.members)
    if (std::find(keys.begin(), keys.end(), member.key) == keys.end())
      return Error{Fault::malformed,
                   std::string(what) + " has no field " + quoted(member.key),
                   {place_of(member.line, member.column)},
                   did_you_mean(member.key, keys)};
  return YamlFields(value, std::string(what));
}

const Yaml* YamlFields::find(std::string_view key) const {
  for (const auto& member : value_->members)
    if (member.key == key) return member.value.kind == Yaml::Kind::null ? nullptr : &member.value;
  return nullptr;
}

Result<const Yaml*> YamlFields::need(std::string_view key) const {
  if (const Yaml* value = find(key)) return value;
  return value_->error(what_ + " has no " + quoted(key), "add it");
}

Result<std::string> YamlFields::text(std::string_view key) const {
  PRATIQUE_TRY(const Yaml* value, need(key));
  if (value->kind != Yaml::Kind::text || value->text.empty()) return value->error(quoted(key) + " is a text");
  return value->text;
}

Result<std::string> YamlFields::text_or(std::string_view key, std::string fallback) const {
  return find(key) != nullptr ? text(key) : std::move(fallback);
}

Result<bool> YamlFields::flag_or(std::string_view key, bool fallback) const {
  const Yaml* value = find(key);
  if (value == nullptr) return fallback;
  if (value->kind == Yaml::Kind::text && !value->quoted && (value->text == "true" || value->text == "false"))
    return value->text == "true";
  return value->error(quoted(key) + " is true or false");
}

Result<std::uint64_t> YamlFields::number_or(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                                            std::uint64_t most) const {
  const Yaml* value = find(key);
  if (value == nullptr) return fallback;
  const auto number = value->kind == Yaml::Kind::text ? parse_unsigned(value->text) : std::nullopt;
  if (number && *number >= least && *number <= most) return *number;
  return value->error(quoted(key) + " is a number from " + with_commas(least) + " to " + with_commas(most));
}

Result<std::size_t> YamlFields::choice_or(std::string_view key, std::size_t fallback,
                                          const std::vector<std::string_view>& words) const {
  const Yaml* value = find(key);
  if (value == nullptr) return fallback;
  if (value->kind != Yaml::Kind::text) return value->error(quoted(key) + " is a word", did_you_mean({}, words));
  const auto found = std::find(words.begin(), words.end(), value->text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  return value->error(quoted(key) + " cannot be " + quoted(value->text), did_you_mean(value->text, words));
}

Result<std::vector<std::string>> YamlFields::texts(std::string_view key) const {
  std::vector<std::string> texts;
  const Yaml* value = find(key);
  if (value == nullptr) return texts;
  if (value->kind != Yaml::Kind::list) return value->error(quoted(key) + " is a list of texts");
  for (const auto& item : value->items) {
    if (item.kind != Yaml::Kind::text || item.text.empty())
      return item.error("an entry of " + quoted(key) + " is a text");
    texts.push_back(item.text);
  }
  return texts;
}

}  // namespace pratique
