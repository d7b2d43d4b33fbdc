// YAML's events written as JSON, so that what a member means is written down once.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>

#include "base/text.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json_writer.h"

namespace pratique {
namespace {

// yaml-cpp reads a whole nest of brackets before it tells of the first.
constexpr std::ptrdiff_t most_brackets = 65'536;

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // only read
    setg(begin, begin, begin + text.size());
  }
};

Error error_at(const YAML::Mark& mark, Fault fault, std::string text) {
  return {fault,
          std::move(text),
          {"line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1)},
          {}};
}

struct Stopped {  // thrown through yaml-cpp, caught in json_of_yaml
  Error error;
};

class Transcriber : public YAML::EventHandler {
 public:
  explicit Transcriber(const Limits& limits) : limits_(limits) {}

  bool ended() const { return ended_; }
  std::string& json() { return writer_.out(); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override { ended_ = true; }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { scalar(mark, {}, true); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Stopped{error_at(mark, Fault::malformed, "an alias, which could make a small document endless")};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& text) override {
    scalar(mark, text, tag == "?" && (text.empty() || text == "~" || text == "null"));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, '[');
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, '{');
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    bool is_map;
    bool wants_key;
  };

  bool wants_key() const { return !levels_.empty() && levels_.back().is_map && levels_.back().wants_key; }
  void turn() {
    if (!levels_.empty() && levels_.back().is_map) levels_.back().wants_key = !levels_.back().wants_key;
  }

  void count(const YAML::Mark& mark) {
    if (++values_ > limits_.entries) throw Stopped{error_at(mark, Fault::limit, "more values than the limit")};
  }

  void scalar(const YAML::Mark& mark, std::string_view text, bool is_null) {
    count(mark);
    if (text.size() > limits_.text) throw Stopped{error_at(mark, Fault::limit, "a text longer than the limit")};
    if (wants_key())
      writer_.key(text);
    else if (is_null)
      writer_.raw("null");
    else
      writer_.text(text);
    turn();
  }

  void open(const YAML::Mark& mark, char bracket) {
    count(mark);
    if (levels_.size() >= limits_.depth) throw Stopped{error_at(mark, Fault::limit, "nested deeper than the limit")};
    if (wants_key()) throw Stopped{error_at(mark, Fault::malformed, "a key that is no text")};
    turn();
    levels_.push_back({bracket == '{', true});
    bracket == '{' ? writer_.begin_object() : writer_.begin_array();
  }

  void close() {
    levels_.back().is_map ? writer_.end_object() : writer_.end_array();
    levels_.pop_back();
  }

  const Limits& limits_;
  JsonWriter writer_;
  std::vector<Level> levels_;
  std::size_t values_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<Bytes> json_of_yaml(std::string_view yaml, const Limits& limits) {
  if (!is_utf8(yaml)) return Error{Fault::malformed, "is not UTF-8", {}, {}};
  if (std::count_if(yaml.begin(), yaml.end(), [](char c) { return c == '[' || c == '{'; }) > most_brackets)
    return Error{Fault::limit, "holds more than " + with_commas(most_brackets) + " brackets", {}, {}};
  ViewBuffer buffer(yaml);
  std::istream in(&buffer);
  Transcriber transcriber(limits);
  try {
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(transcriber) || !transcriber.ended())
      return Error{Fault::malformed, "holds no YAML document", {}, {}};
  } catch (const YAML::Exception& exception) {
    return error_at(exception.mark, Fault::malformed, "not YAML: " + exception.msg);
  } catch (Stopped& stopped) {
    return std::move(stopped.error);
  }
  return Bytes::copy_of(transcriber.json());
}

}  // namespace pratique
