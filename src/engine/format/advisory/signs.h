// What the outside of a document shows, so that its format can be told without reading it. Private to advisory/.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

namespace pratique {

struct Signs {
  enum class Syntax : unsigned char { empty, json_object, json_array, xml, text };
  Syntax syntax = Syntax::empty;
  std::string_view text;  // the whole document
  std::vector<std::string_view>
      keys;  // outermost members, as written: of a JSON object, of a JSON array's first element, or of YAML
  std::string_view root;  // the outermost XML element, without its prefix

  bool has(std::string_view key) const;
  bool has_all(std::initializer_list<std::string_view> wanted) const;
  // Whether the first few thousand bytes hold it.
  bool begins_around(std::string_view words) const;
  std::string_view first_line() const;  // that is not blank
};

// At most 64 keys. Never fails: what is broken shows fewer signs.
Signs signs_of(std::string_view document);

}  // namespace pratique
