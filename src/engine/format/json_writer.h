// JSON written forward: how the readers of other syntaxes bring a document into the shape its format has in JSON, so
// that what a member means is written down once; and how bills are written. Private to format/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"

namespace pratique {

enum class JsonLayout { compact, indented };

class JsonWriter {
 public:
  explicit JsonWriter(JsonLayout layout = JsonLayout::compact) : layout_(layout) {}

  void key(std::string_view name) {
    separate();
    out_ += json_quoted(name);
    out_ += layout_ == JsonLayout::compact ? ":" : ": ";
    after_key_ = true;
  }
  void text(std::string_view value) {
    separate();
    out_ += json_quoted(value);
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void raw(std::string_view json) {  // a number, true, false or null
    separate();
    out_ += json;
  }
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  std::size_t size() const { return out_.size(); }
  std::string& out() { return out_; }

 private:
  void separate() {
    if (!after_key_ && !first_) out_.push_back(',');
    if (!after_key_ && depth_ > 0) new_line();
    after_key_ = first_ = false;
  }
  void begin(char bracket) {
    separate();
    out_.push_back(bracket);
    first_ = true;
    ++depth_;
  }
  void end(char bracket) {
    --depth_;
    if (!first_) new_line();
    out_.push_back(bracket);
    first_ = false;
  }
  void new_line() {
    if (layout_ == JsonLayout::indented) out_.append(1, '\n').append(2 * depth_, ' ');
  }

  JsonLayout layout_;
  std::size_t depth_ = 0;

  std::string out_;
  bool first_ = true;
  bool after_key_ = false;
};

}  // namespace pratique
