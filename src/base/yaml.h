// Yaml: what people write (policies, configuration), read strictly into a tree of values that know their place.
//
// The surprise: it is YAML 1.2 without what surprises. Anchors, aliases, tags, merge keys, keys that are not plain
// texts and keys given twice are errors; a scalar stays the text it was written as, and whoever reads it says what it
// must be. Values; safe to move between threads. Follows YAML 1.2 as far as yaml-cpp does.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace pratique {

struct YamlMember;

struct Yaml {
  enum class Kind : std::uint8_t { null, text, list, map };
  Kind kind = Kind::null;
  bool quoted = false;  // a text that was written between quotes or as a block
  std::string text;
  std::vector<Yaml> items;          // of a list
  std::vector<YamlMember> members;  // of a map, in the document's order
  int line = 1, column = 1;

  // An error here: its place is "line:column".
  Error error(std::string text, std::string remedy = {}) const;
};

struct YamlMember {
  std::string key;
  Yaml value;
  int line = 1, column = 1;  // of the key
};

constexpr Limits yaml_limits{.bytes = std::size_t{4} << 20, .depth = 32, .entries = 1'000'000};

// All documents of one file; empty ones are left out. Fault: malformed, limit; the place is "line:column".
Result<std::vector<Yaml>> parse_yaml(std::string_view text, const Limits& limits = yaml_limits);

// The same error with its first place, "line:column", turned into "file:line:column".
Error in_yaml_file(std::string_view file, Error error);

// A map whose keys are known: every other key is an error with a suggestion, and each value is asked for by its type.
// Refers to the Yaml it was made from. Fault, everywhere: malformed.
class YamlFields {
 public:
  static Result<YamlFields> of(const Yaml& value, std::string_view what, std::vector<std::string_view> keys);

  const Yaml* find(std::string_view key) const;  // null when it is absent or has no value
  Result<const Yaml*> need(std::string_view key) const;

  Result<std::string> text(std::string_view key) const;  // must be there, and not empty
  Result<std::string> text_or(std::string_view key, std::string fallback) const;
  Result<bool> flag_or(std::string_view key, bool fallback) const;
  Result<std::uint64_t> number_or(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                                  std::uint64_t most) const;
  // One of the words, as an index into them; `fallback` when absent.
  Result<std::size_t> choice_or(std::string_view key, std::size_t fallback,
                                const std::vector<std::string_view>& words) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;  // a list of texts; empty when absent

 private:
  YamlFields(const Yaml& value, std::string what) : value_(&value), what_(std::move(what)) {}
  const Yaml* value_;
  std::string what_;
};

}  // namespace pratique
