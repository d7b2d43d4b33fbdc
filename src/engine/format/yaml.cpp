// YAML's events written as JSON.
#include "engine/format/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <optional>
#include <streambuf>
#include <vector>

#include "base/text.h"
#include "engine/format/json_writer.h"

namespace pratique {
namespace {

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // only read
    setg(begin, begin, begin + text.size());
  }
};

// yaml-cpp calls this; after the first fault nothing more is written.
class Transcoder : public YAML::EventHandler {
 public:
  explicit Transcoder(const Limits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { scalar(mark, {}, true); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, Fault::malformed, "an alias, which could make a small document endless");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    const bool is_plain = tag == "?";
    scalar(mark, value, is_plain && (value.empty() || value == "~" || value == "null"));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, false);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, true);
  }
  void OnMapEnd() override { close(); }

  std::optional<Error>& error() { return error_; }
  std::string& json() { return out_.out(); }

 private:
  struct Open {
    bool is_map;
    bool at_key;
  };

  void fail(const YAML::Mark& mark, Fault fault, std::string text) {
    if (error_) return;
    error_ = Error{fault,
                   std::move(text),
                   {"line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1)},
                   {}};
  }

  bool is_one_too_many(const YAML::Mark& mark) {
    if (++values_ > limits_.entries) fail(mark, Fault::limit, "more values than the limit");
    return error_.has_value();
  }

  // In a map keys and values take turns.
  bool takes_key() const { return !open_.empty() && open_.back().is_map && open_.back().at_key; }
  void took() {
    if (!open_.empty() && open_.back().is_map) open_.back().at_key = !open_.back().at_key;
  }

  void scalar(const YAML::Mark& mark, std::string_view value, bool is_null) {
    if (error_ || is_one_too_many(mark)) return;
    if (value.size() > limits_.text) return fail(mark, Fault::limit, "a text longer than the limit");
    if (takes_key())
      out_.key(value);
    else if (is_null)
      out_.raw("null");
    else
      out_.text(value);
    took();
  }

  void open(const YAML::Mark& mark, bool is_map) {
    if (error_ || is_one_too_many(mark)) return;
    if (open_.size() >= limits_.depth) return fail(mark, Fault::limit, "nested deeper than the limit");
    if (takes_key()) return fail(mark, Fault::malformed, "a key that is no text");
    took();
    open_.push_back({is_map, true});
    is_map ? out_.begin_object() : out_.begin_array();
  }

  void close() {
    if (error_) return;
    open_.back().is_map ? out_.end_object() : out_.end_array();
    open_.pop_back();
  }

  const Limits& limits_;
  JsonWriter out_;
  std::vector<Open> open_;
  std::size_t values_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<std::string> json_of_yaml(std::string_view text, const Limits& limits) {
  if (!is_utf8(text)) return Error{Fault::malformed, "not UTF-8", {}, {}};
  ViewBuffer buffer(text);
  std::istream in(&buffer);
  Transcoder transcoder(limits);
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(transcoder);
  } catch (const YAML::Exception& exception) {
    if (transcoder.error()) return std::move(*transcoder.error());
    const bool is_limit = dynamic_cast<const YAML::DeepRecursion*>(&exception) != nullptr;
    return Error{
        is_limit ? Fault::limit : Fault::malformed,
        "not YAML: " + exception.msg,
        {"line " + std::to_string(exception.mark.line + 1) + ", column " + std::to_string(exception.mark.column + 1)},
        {}};
  }
  if (transcoder.error()) return std::move(*transcoder.error());
  return std::move(transcoder.json());
}

}  // namespace pratique
