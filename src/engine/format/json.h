// JSON, read forward once: objects, arrays and scalars of a document that may be hostile (RFC 8259). The only place
// that touches simdjson. Private to format/.
//
//   TextPool pool;                        // keeps strings that were written with escapes; all others point into
//   `document` JsonReader reader(pool, limits); std::string_view name; PRATIQUE_DO(reader.read(document, [&](JsonValue&
//   root) {
//     for (JsonObject pod = root.object(); pod.next();) {
//       if (pod.key() == "name") name = pod.value().text();
//       else if (pod.key() == "containers")
//         for (JsonArray list = pod.value().array(); list.next();) read_container(list.value());
//     }
//   }));
//   rejected = reader.take_rejected();
//
// The surprise: nothing in the body needs to check for errors. A value of the wrong type is set aside with its JSON
// pointer and reads as empty; `null` and a missing member read as empty without a word. When the JSON itself is broken
// every loop ends and read() returns the one Error, so what the body gathered counts only if read() succeeded.
//
// Everything is checked, also what the body leaves unread: UTF-8, escapes, numbers (so no NaN), brackets, text behind
// the end. Of a key given twice the first counts and the second is set aside, or the document is refused, as the caller
// chooses. Forward only: a value, object or array is good until next() of the object or array it came from; objects and
// arrays cannot be moved. Documents above 256 KiB are cut at their outer members and elements first, so that the index
// simdjson makes (4 bytes for each bracket, comma and string) never grows with the document. A JsonReader is for one
// thread; making one costs about a microsecond.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"

namespace pratique {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };
enum class JsonDuplicates : std::uint8_t { set_aside, refuse };

class JsonReader;
class JsonObject;
class JsonArray;

// Where a value stands: its container, and the containers around that.
struct JsonFrame {
  const JsonFrame* outer = nullptr;
  std::string_view key;   // of the current member, in an object
  std::size_t index = 0;  // of the current element, in an array
  bool is_array = false;
  std::size_t depth = 0;
};

class JsonValue {
 public:
  JsonKind kind() const { return kind_; }
  bool is_null() const { return kind_ == JsonKind::null; }

  // Each reads as empty, and sets the value aside, when it is of another type (null: without a word).
  JsonObject object();
  JsonArray array();
  std::string_view text();                // also set aside: a NUL, a lone surrogate. Lives as long as document and pool
  std::optional<std::int64_t> integer();  // also set aside: beyond 64 bits, a fraction
  std::optional<double> number();         // also set aside: beyond a double
  std::optional<bool> boolean();

  // The JSON text of the whole value, for a document inside a document.
  std::string_view raw();
  // Leaves what is inside unchecked but for UTF-8 and brackets: for large parts that nobody will ever read.
  void skip() { taken_ = true; }

  void set_aside(std::string reason);  // this value, for a reason the reader of the document has
  std::string place() const;           // JSON pointer (RFC 6901)

 private:
  friend class JsonReader;
  friend class JsonContainer;
  friend class JsonObject;
  friend class JsonArray;
  explicit JsonValue(JsonReader& reader) : reader_(reader) {}
  bool set(std::string_view token, const JsonFrame* frame);
  void expected(std::string_view what);
  void finish();

  JsonReader& reader_;
  const JsonFrame* frame_ = nullptr;
  std::string_view token_;  // a scalar's text; a cut container's whole text; else only its opening bracket
  simdjson::ondemand::value parsed_;
  JsonKind kind_ = JsonKind::null;
  bool is_cut_ = false;              // a container that simdjson has not seen
  bool is_long_ = false;             // one whose end is not known yet: token_ goes to the end of what is around it
  const char* closed_at_ = nullptr;  // where it ended, once it was walked to its end
  bool escaped_ = false;             // a string with backslashes
  bool taken_ = false;               // a container that was entered
};

// What objects and arrays share: the two ways to walk, through simdjson or through the text.
class JsonContainer {
 public:
  JsonContainer(const JsonContainer&) = delete;
  JsonContainer& operator=(const JsonContainer&) = delete;
  JsonValue& value() { return value_; }

 protected:
  enum class Walk : std::uint8_t { over, cut, parsed };

  JsonContainer(JsonValue& from, JsonKind kind);
  bool ready();  // the value before is finished and there may be another
  bool broken(simdjson::error_code error);
  bool over();                     // the end: checks what follows it where it is the document's
  bool cut_separator(char close);  // over blanks and a comma; false at the end
  bool cut_value();                // takes the value at at_
  bool parsed_value();             // takes value_.parsed_

  JsonReader& reader_;
  JsonValue& from_;
  JsonValue value_;
  JsonFrame frame_;
  Walk walk_ = Walk::over;
  bool started_ = false;
  bool is_whole_piece_ = false;  // of simdjson's document
  std::uint32_t generation_ = 0;
  const char* at_ = nullptr;  // cut only
  const char* end_ = nullptr;
};

class JsonObject : public JsonContainer {
 public:
  bool next();  // to the next member; false at the end or when the JSON is broken
  std::string_view key() const { return frame_.key; }

 private:
  friend class JsonValue;
  explicit JsonObject(JsonValue& from);
  bool next_member();
  bool cut_member();
  bool parsed_member();
  bool set_key(const char* quote, const char* end);
  bool is_new(std::string_view key);

  simdjson::ondemand::object_iterator member_;
  std::uint64_t seen_bits_ = 0;  // one for each key seen, by length and ends: says "new" of most keys at once
  std::array<std::string_view, 16> seen_;
  std::size_t seen_count_ = 0;
  std::unique_ptr<std::unordered_set<std::string_view>> many_seen_;  // from the 17th on
};

class JsonArray : public JsonContainer {
 public:
  bool next();
  bool next_object();  // to the next element that is an object; others are set aside
  std::size_t index() const { return frame_.index; }

 private:
  friend class JsonValue;
  explicit JsonArray(JsonValue& from);

  simdjson::ondemand::array_iterator element_;
};

class JsonReader {
 public:
  JsonReader(TextPool& pool, const Limits& limits, JsonDuplicates duplicates = JsonDuplicates::set_aside)
      : pool_(pool), limits_(limits), duplicates_(duplicates) {}

  // Calls body(JsonValue&) once with the root. `document` is UTF-8 without byte-order mark.
  // Fault: malformed (text says what, place is the line and column), limit.
  template <class Body>
  Result<void> read(const Bytes& document, Body&& body) {
    return read_within(document.view(), std::forward<Body>(body));
  }
  // The same for a document inside a Bytes: Bytes::padding bytes behind it can be read.
  template <class Body>
  Result<void> read_within(std::string_view document, Body&& body) {
    JsonValue root(*this);
    if (start(document, root)) {
      body(root);
      root.finish();
    }
    if (error_) return std::move(*error_);
    return {};
  }

  void set_aside(std::string place, std::string reason);
  std::vector<Rejected> take_rejected();  // in document order; at most 10,000, the last then tells how many more
  bool failed() const { return error_.has_value(); }
  void fail(Error error);  // ends every loop; the first error counts

 private:
  friend class JsonValue;
  friend class JsonContainer;
  friend class JsonObject;
  friend class JsonArray;
  bool start(std::string_view document, JsonValue& root);
  bool parse(std::string_view piece);
  void broken(const char* at, std::string_view what, Fault fault = Fault::malformed);
  void broken_somewhere(std::string_view piece, simdjson::error_code code);
  std::optional<std::string_view> unescaped(std::string_view token);

  TextPool& pool_;
  Limits limits_;
  JsonDuplicates duplicates_;
  std::string_view document_;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document parsed_;
  std::string_view piece_;  // what parsed_ was made of
  bool is_parsed_ = false;
  std::uint32_t generation_ = 0;  // counts parse(): a container of an earlier one must not be used
  std::string scratch_;
  std::optional<Error> error_;
  std::vector<Rejected> rejected_;
  std::size_t more_rejected_ = 0;
};

}  // namespace pratique
