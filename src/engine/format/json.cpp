#include "engine/format/json.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "engine/format/json_text.h"

namespace pratique {

namespace {

constexpr std::size_t window = 256 * 1024;  // what simdjson gets to see at once

std::string_view name_of(JsonKind kind) {
  constexpr std::array<std::string_view, 6> names = {"null",     "a boolean", "a number",
                                                     "a string", "an array",  "an object"};
  return names[static_cast<std::size_t>(kind)];
}

std::string place_of(const JsonFrame* frame) {
  if (frame == nullptr) return {};
  std::string place = place_of(frame->outer);
  place.push_back('/');
  if (frame->is_array) return place + std::to_string(frame->index);
  for (const char c : frame->key) {
    if (c == '~')
      place += "~0";
    else if (c == '/')
      place += "~1";
    else
      place.push_back(c);
  }
  return place;
}

}  // namespace

// ---- JsonReader

bool JsonReader::start(std::string_view document, JsonValue& root) {
  document_ = document;
  error_.reset();
  if (document.size() > limits_.bytes) {
    fail({Fault::limit, "larger than " + human_bytes(limits_.bytes), {}, {}});
    return false;
  }
  const std::string_view text = without_blanks(document);
  if (text.empty()) {
    fail({Fault::malformed, "the document is empty", {}, {}});
    return false;
  }
  if (!simdjson::validate_utf8(document.data(), document.size())) {
    std::size_t good = 0;  // bytes known to be UTF-8: halve until the fault is cornered, then go byte by byte
    for (std::size_t step = document.size(); step > 0; step /= 2)
      while (good + step <= document.size() && simdjson::validate_utf8(document.data(), good + step)) good += step;
    broken(document.data() + good, "not UTF-8");
    return false;
  }
  root.is_cut_ = true;
  root.is_long_ = text.size() > window;
  return root.set(text, nullptr);
}

bool JsonReader::parse(std::string_view piece) {
  ++generation_;
  piece_ = piece;
  const auto error =
      parser_.iterate(piece.data(), piece.size(), piece.size() + simdjson::SIMDJSON_PADDING).get(parsed_);
  is_parsed_ = !error;
  if (error) broken_somewhere(piece, error);
  return is_parsed_;
}

void JsonReader::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

void JsonReader::broken(const char* at, std::string_view what, Fault fault) {
  if (error_) return;
  const auto offset = std::min<std::size_t>(static_cast<std::size_t>(at - document_.data()), document_.size());
  const std::string_view before = document_.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;
  fail({fault, std::string(what), {"line " + std::to_string(line) + ", column " + std::to_string(column)}, {}});
}

// simdjson says that a piece is broken but seldom where: look again, slowly.
void JsonReader::broken_somewhere(std::string_view piece, simdjson::error_code code) {
  if (error_) return;
  const char* const end = piece.data() + piece.size();
  const Reached value = value_end(piece.data(), end, limits_.depth);
  if (value.what) return broken(value.at, value.what, value.fault);
  if (const char* rest = after_blanks(value.at, end); rest != end)
    return broken(rest, "text behind the end of the document");
  if (code == simdjson::MEMALLOC) return fail({Fault::limit, "out of memory", {}, {}});
  const char* at = nullptr;
  if (!is_parsed_ || parsed_.current_location().get(at) || at < piece.data() || at > end) at = piece.data();
  broken(at, "not JSON: a comma, a colon or a key is missing");
}

std::optional<std::string_view> JsonReader::unescaped(std::string_view token) {
  scratch_.resize(token.size() + simdjson::SIMDJSON_PADDING);
  auto* to = reinterpret_cast<std::uint8_t*>(scratch_.data());
  const simdjson::ondemand::raw_json_string from(reinterpret_cast<const std::uint8_t*>(token.data() + 1));
  std::string_view text;
  if (parser_.capacity() == 0 && parser_.allocate(window)) return std::nullopt;  // a cut document came first
  if (parser_.unescape(from, to).get(text)) return std::nullopt;
  return pool_.keep(text);
}

void JsonReader::set_aside(std::string place, std::string reason) {
  constexpr std::size_t most = 10'000;
  if (rejected_.size() < most)
    rejected_.push_back({std::move(place), std::move(reason)});
  else
    ++more_rejected_;
}

std::vector<Rejected> JsonReader::take_rejected() {
  if (more_rejected_ > 0) rejected_.push_back({"", "and " + with_commas(more_rejected_) + " more"});
  more_rejected_ = 0;
  return std::exchange(rejected_, {});
}

// ---- JsonValue

// Takes a value by its text and checks it as far as it is a scalar. False, with the error told, when it is none.
bool JsonValue::set(std::string_view token, const JsonFrame* frame) {
  frame_ = frame;
  token_ = token;
  taken_ = escaped_ = false;
  const char first = token.empty() ? '\0' : token.front();
  switch (first) {
    case '{': kind_ = JsonKind::object; return true;
    case '[': kind_ = JsonKind::array; return true;
    case '"': {
      kind_ = JsonKind::string;
      const char* const end = token.data() + token.size();
      const Reached closed = string_end(token.data() + 1, end, escaped_);
      if (closed.what) return reader_.broken(closed.at, closed.what), false;
      if (closed.at != end) return reader_.broken(closed.at, "text behind a string"), false;
      if (!escaped_) return true;
      const char* bad = bad_escape(token.substr(1, token.size() - 2));
      if (bad) reader_.broken(bad, "a bad escape in a string");
      return bad == nullptr;
    }
    case 't':
    case 'f':
      kind_ = JsonKind::boolean;
      if (token == "true" || token == "false") return true;
      break;
    case 'n':
      kind_ = JsonKind::null;
      if (token == "null") return true;
      break;
    default:
      kind_ = JsonKind::number;
      if (is_json_number(token)) return true;
      break;
  }
  if (first == '\0' || first == '}' || first == ']' || first == ',' || first == ':') token = token.substr(0, 1);
  if (token.size() > 24) token = token.substr(0, 24);
  reader_.broken(token.data(), "a value expected, found '" + printable(token) + "'");
  return false;
}

void JsonValue::set_aside(std::string reason) { reader_.set_aside(place(), std::move(reason)); }

std::string JsonValue::place() const { return place_of(frame_); }

void JsonValue::expected(std::string_view what) {
  if (kind_ == JsonKind::null || reader_.failed()) return;
  set_aside(std::string(what) + " expected, found " + std::string(name_of(kind_)));
}

std::string_view JsonValue::text() {
  if (kind_ != JsonKind::string) return expected("a string"), std::string_view();
  if (token_.size() > reader_.limits_.text) {
    reader_.broken(token_.data(), "a string longer than " + human_bytes(reader_.limits_.text), Fault::limit);
    return {};
  }
  if (!escaped_) return token_.substr(1, token_.size() - 2);
  const auto text = reader_.unescaped(token_);
  if (!text) return set_aside("a lone surrogate in a string"), std::string_view();
  if (text->find('\0') != std::string_view::npos) return set_aside("a NUL character in a string"), std::string_view();
  return *text;
}

std::optional<std::int64_t> JsonValue::integer() {
  if (kind_ != JsonKind::number) return expected("a number"), std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(token_.data(), token_.data() + token_.size(), number);
  if (error != std::errc()) return set_aside("a number beyond 64 bits"), std::nullopt;
  if (end != token_.data() + token_.size()) return set_aside("a whole number expected"), std::nullopt;
  return number;
}

std::optional<double> JsonValue::number() {
  if (kind_ != JsonKind::number) return expected("a number"), std::nullopt;
  double number = 0;
  if (std::from_chars(token_.data(), token_.data() + token_.size(), number).ec != std::errc())
    return set_aside("a number beyond what a double holds"), std::nullopt;
  return number;
}

std::optional<bool> JsonValue::boolean() {
  if (kind_ != JsonKind::boolean) return expected("true or false"), std::nullopt;
  return token_ == "true";
}

std::string_view JsonValue::raw() {
  if ((is_cut_ && !is_long_) || kind_ < JsonKind::array || reader_.failed()) return token_;
  const std::string_view piece = is_cut_ ? token_ : reader_.piece_;
  const Reached end = value_end(token_.data(), piece.data() + piece.size(), reader_.limits_.depth);
  if (end.what) reader_.broken(end.at, end.what, end.fault);
  return {token_.data(), static_cast<std::size_t>(end.at - token_.data())};
}

// Walks what the reader of the document left unread, so that it is checked too.
void JsonValue::finish() {
  if (kind_ < JsonKind::array || taken_ || reader_.failed()) return;
  if (kind_ == JsonKind::object) {
    for (JsonObject members = object(); members.next();) {
    }
  } else {
    for (JsonArray elements = array(); elements.next();) {
    }
  }
}

JsonObject JsonValue::object() {
  if (kind_ != JsonKind::object) expected("an object");
  return JsonObject(*this);
}

JsonArray JsonValue::array() {
  if (kind_ != JsonKind::array) expected("an array");
  return JsonArray(*this);
}

// ---- JsonContainer

JsonContainer::JsonContainer(JsonValue& from, JsonKind kind)
    : reader_(from.reader_), from_(from), value_(from.reader_) {
  if (from.kind_ != kind || reader_.failed()) return;
  check(!from.taken_, "a JSON value entered twice");
  from.taken_ = true;
  frame_.outer = from.frame_;
  frame_.is_array = kind == JsonKind::array;
  frame_.depth = from.frame_ == nullptr ? 1 : from.frame_->depth + 1;
  if (frame_.depth > reader_.limits_.depth) {
    reader_.broken(from.token_.data(), "nested deeper than the limit", Fault::limit);
    return;
  }
  is_whole_piece_ = from.is_cut_ && !from.is_long_;
  if (is_whole_piece_ && !reader_.parse(from.token_)) return;
  walk_ = from.is_cut_ && !is_whole_piece_ ? Walk::cut : Walk::parsed;
  generation_ = reader_.generation_;
  at_ = from.token_.data() + 1;
  end_ = from.token_.data() + from.token_.size();
}

bool JsonContainer::ready() {
  if (walk_ == Walk::over || reader_.failed()) return false;
  check(walk_ == Walk::cut || generation_ == reader_.generation_,
        "a JSON container used after the one it stood in went on");
  if (!started_) return true;
  value_.finish();
  if (walk_ == Walk::cut && value_.is_long_ && !reader_.failed()) {
    const Reached reached =
        value_.closed_at_ ? Reached{value_.closed_at_} : value_end(at_, end_, reader_.limits_.depth);
    if (reached.what) reader_.broken(reached.at, reached.what, reached.fault);
    at_ = reached.at;
  }
  return !reader_.failed();
}

bool JsonContainer::broken(simdjson::error_code error) {
  reader_.broken_somewhere(reader_.piece_, error);
  return false;
}

bool JsonContainer::over() {
  const char* rest = nullptr;
  if (walk_ == Walk::parsed && is_whole_piece_ && !reader_.parsed_.current_location().get(rest))
    return broken(simdjson::TRAILING_CONTENT);
  if (walk_ == Walk::cut) {
    from_.closed_at_ = at_;
    const char* const next = after_blanks(at_, end_);
    if (frame_.outer == nullptr && next != end_) reader_.broken(next, "text behind the end of the document");
  }
  walk_ = Walk::over;
  return false;
}

bool JsonContainer::cut_separator(char close) {
  at_ = after_blanks(at_, end_);
  if (at_ != end_ && *at_ == close) {
    ++at_;
    return over();
  }
  if (started_) {
    if (at_ == end_ || *at_ != ',') {
      reader_.broken(at_, at_ == end_ ? "the document ends inside an object or array" : "a comma expected");
      return false;
    }
    at_ = after_blanks(at_ + 1, end_);
  }
  return true;
}

// An object or array that does not end within the window is long: it will be cut in turn and tell where it ended.
bool JsonContainer::cut_value() {
  at_ = after_blanks(at_, end_);
  const bool is_container = at_ != end_ && (*at_ == '{' || *at_ == '[');
  const char* const horizon = is_container && static_cast<std::size_t>(end_ - at_) > window ? at_ + window : end_;
  const Reached reached = value_end(at_, horizon, reader_.limits_.depth - frame_.depth);
  value_.is_cut_ = true;
  value_.is_long_ = reached.what && reached.fault == Fault::malformed && reached.at >= horizon && horizon != end_;
  value_.closed_at_ = nullptr;
  if (value_.is_long_) return value_.set({at_, static_cast<std::size_t>(end_ - at_)}, &frame_);
  if (reached.what) return reader_.broken(reached.at, reached.what, reached.fault), false;
  const std::string_view text(at_, static_cast<std::size_t>(reached.at - at_));
  at_ = reached.at;
  return value_.set(text, &frame_);
}

bool JsonContainer::parsed_value() {
  if (!value_.set(without_blanks(value_.parsed_.raw_json_token()), &frame_)) return false;
  // A string is taken from simdjson at once: skipping one, it would also skip a colon behind it.
  if (value_.kind_ == JsonKind::string)
    if (auto error = value_.parsed_.get_raw_json_string().error()) return broken(error);
  return true;
}

// ---- JsonObject

JsonObject::JsonObject(JsonValue& from) : JsonContainer(from, JsonKind::object) {
  if (walk_ != Walk::parsed) return;
  simdjson::ondemand::object object;
  auto error = is_whole_piece_ ? reader_.parsed_.get_object().get(object) : from.parsed_.get_object().get(object);
  if (!error) error = object.begin().get(member_);
  if (error) broken(error);
}

bool JsonObject::next() {
  while (next_member()) {
    if (is_new(frame_.key)) return true;
    if (reader_.duplicates_ == JsonDuplicates::refuse) {
      reader_.broken(value_.token_.data(), "a key given twice: '" + printable(frame_.key) + "'");
      return false;
    }
    value_.set_aside("the key is given twice, the first counts");
  }
  return false;
}

bool JsonObject::next_member() {
  if (!ready()) return false;
  return walk_ == Walk::cut ? cut_member() : parsed_member();
}

bool JsonObject::cut_member() {
  if (!cut_separator('}')) return false;
  started_ = true;
  if (at_ == end_ || *at_ != '"') {
    reader_.broken(at_, at_ == end_ ? "the document ends inside an object" : "a key expected");
    return false;
  }
  const char* const quote = at_;
  bool escaped = false;
  const Reached closed = string_end(quote + 1, end_, escaped);
  if (closed.what) return reader_.broken(closed.at, closed.what), false;
  if (!set_key(quote, closed.at)) return false;
  at_ = after_blanks(closed.at, end_);
  if (at_ == end_ || *at_ != ':') return reader_.broken(at_, "a colon expected"), false;
  ++at_;
  return cut_value();
}

bool JsonObject::parsed_member() {
  if (started_) ++member_;
  started_ = true;
  if (!(member_ != member_)) return over();
  simdjson::ondemand::field field;
  if (auto error = (*member_).get(field)) return broken(error);
  const char* const quote = field.key().raw() - 1;
  const char* const end = reader_.piece_.data() + reader_.piece_.size();
  bool escaped = false;
  const Reached closed = string_end(quote + 1, end, escaped);
  if (closed.what) return reader_.broken(closed.at, closed.what), false;
  if (!set_key(quote, closed.at)) return false;
  value_.parsed_ = field.value();
  return parsed_value();
}

bool JsonObject::set_key(const char* quote, const char* end) {
  const std::string_view token(quote, static_cast<std::size_t>(end - quote));
  if (token.size() > reader_.limits_.text)
    return reader_.broken(quote, "a key longer than the limit", Fault::limit), false;
  const std::string_view inner = token.substr(1, token.size() - 2);
  frame_.key = inner;
  if (inner.find('\\') == std::string_view::npos) return true;
  const char* const bad = bad_escape(inner);
  const auto key = bad ? std::nullopt : reader_.unescaped(token);
  if (!key)
    return reader_.broken(bad ? bad : quote, bad ? "a bad escape in a key" : "a lone surrogate in a key"), false;
  frame_.key = *key;
  return true;
}

bool JsonObject::is_new(std::string_view key) {
  const auto ends =
      key.empty() ? 0U : static_cast<unsigned char>(key.front()) * 5U + static_cast<unsigned char>(key.back());
  const std::uint64_t bit = std::uint64_t{1} << ((key.size() * 7 + ends) % 64);
  const bool perhaps_seen = (seen_bits_ & bit) != 0;
  seen_bits_ |= bit;
  if (perhaps_seen && std::find(seen_.begin(), seen_.begin() + seen_count_, key) != seen_.begin() + seen_count_)
    return false;
  if (seen_count_ < seen_.size()) {
    seen_[seen_count_++] = key;
    return true;
  }
  if (!many_seen_) many_seen_ = std::make_unique<std::unordered_set<std::string_view>>();
  return many_seen_->insert(key).second;
}

// ---- JsonArray

JsonArray::JsonArray(JsonValue& from) : JsonContainer(from, JsonKind::array) {
  if (walk_ != Walk::parsed) return;
  simdjson::ondemand::array array;
  auto error = is_whole_piece_ ? reader_.parsed_.get_array().get(array) : from.parsed_.get_array().get(array);
  if (!error) error = array.begin().get(element_);
  if (error) broken(error);
}

bool JsonArray::next() {
  if (!ready()) return false;
  if (started_) ++frame_.index;
  if (walk_ == Walk::cut) {
    if (!cut_separator(']')) return false;
    started_ = true;
    return cut_value();
  }
  if (started_) ++element_;
  started_ = true;
  if (!(element_ != element_)) return over();
  if (auto error = (*element_).get(value_.parsed_)) return broken(error);
  return parsed_value();
}

bool JsonArray::next_object() {
  while (next()) {
    if (value_.kind_ == JsonKind::object) return true;
    value_.set_aside("an object expected, found " + std::string(name_of(value_.kind_)));
  }
  return false;
}

}  // namespace pratique
