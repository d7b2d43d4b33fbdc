// Rules: what a specification allows, as a sheet of text: shapes of objects, their members, and words. One sheet serves
// JSON and XML. Private to format/.
//
//   shape Component any-attributes      a shape and its traits; its members follow
//     @type! ComponentType              '@': an attribute in XML; '!': required
//     hashes/hash 1.2+ [Hash]           a list since 1.2; in XML an element `hashes` around `hash` elements. Without a
//                                       '/' the element itself repeats; "/hash*": with any attributes
//     components/component {Component}  a set: JSON allows no two alike
//     =content! text                    a member in JSON, the text of the element in XML
//     json data 1.5+ [Data] or Parts    in JSON alone; a list or, else, Parts. [A/B]: items of either kind
//     response~responses/response [X]   the XML name where it is another
//     scope required|optional           one of these words; "base64|" is the only one
//     most version versionRange -1.6    at most one of them; also `one` (exactly), `any` (at least), `together`,
//                                       `with a b` (a only beside b), `needs a b` (only where b is true), `alone a` (in
//                                       a list of one)
//   words ComponentType                 words, and since when: a line may start with "1.5+"
//
// Members stand in the order that XML wants. Traits: any-attributes (XML), any-order (XML: members in any order and
// number), mixed (XML: text
// between the elements), lax (unknown members are a
// doubt), `is Other` (has the members of a shape further up, too), open (JSON: unknown members are allowed),
// open-until-1.5, any-order-since-1.7. Basic types: see Basic.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pratique {

enum class Syntax : std::uint8_t { json, xml };

enum class Basic : std::uint8_t {
  text,
  boolean,
  integer,
  positive,  // an integer of at least 1
  natural,   // of at least 0
  to_six,    // 0 to 6
  number,
  share,  // a number from 0 to 1
  time,   // RFC 3339; in XML the offset may be missing
  date,
  uri,        // an IRI reference in JSON; XML takes nearly anything
  ref,        // declares a name, unique in the document
  loose_ref,  // likewise, where the specification's own documents have it twice: a doubt
  link,       // names what is declared elsewhere
  target,     // likewise, and the document itself should declare it
  serial,     // urn:uuid:...
  mime,
  hash,        // 32 to 128 hex digits
  license_id,  // on SPDX's list
  locale,      // "en", "en-US"
  email,       // checked in JSON
  cpe,         // checked in XML, a doubt in JSON
  purl,        // a doubt
  version,     // at most 1,024 characters
  range,       // 1 to 4,096 characters
  cre,         // CRE:123-456
  patent_number,
  country,        // two capitals
  spdx_id,        // SPDXRef-...
  spdx_link,      // SPDXRef-..., DocumentRef-...:..., NONE or NOASSERTION
  spdx_time,      // UTC, to the second
  spdx_actor,     // "Tool: ...", "Person: ...", "Organization: ..."
  spdx_party,     // "Person: ...", "Organization: ...", NOASSERTION
  spdx_license,   // an expression, NONE or NOASSERTION
  location,       // a URI, NONE or NOASSERTION
  name_space,     // a URI without '#'
  license_ref,    // LicenseRef-...
  document_ref,   // DocumentRef-...
  checksum,       // hex digits
  tag_checksum,   // "SHA1: 85ed08..."
  tag_external,   // category, type and locator
  spdx3_version,  // 3.0.0, 3.0.1
  anything,       // any value
  words,          // one of a list
  shape,          // an object
};

// Since and until which version of the specification, both included: 15 is 1.5.
struct Window {
  std::uint8_t since = 0, until = 255;
  bool holds(unsigned version) const { return version >= since && version <= until; }
};

struct Shape;

struct Words {
  std::vector<std::pair<std::string_view, Window>> all;
};

struct What {
  Basic basic = Basic::text;
  const Words* words = nullptr;
  const Shape* shape = nullptr;
};

struct Member {
  enum class At : std::uint8_t { element, attribute, body };
  enum class Many : std::uint8_t { one, list, set };
  std::string_view name, xml_name;
  std::string_view item;  // of a list in XML; empty where the element itself repeats
  At at = At::element;
  Many many = Many::one;
  bool in_json = true, in_xml = true, required = false;
  bool not_empty = false;       // a list
  bool any_attributes = false;  // of the element around a list in XML
  Window window;
  unsigned slot = 0;          // the same for members of one name
  std::vector<What> what;     // what it, or each item of the list, may be
  std::optional<What> else_;  // instead of the list
};

struct Relation {
  enum class Kind : std::uint8_t { one, most, any, together, with, needs, alone };
  Kind kind = Kind::one;
  bool in_json = true, in_xml = true;
  Window window;
  std::vector<unsigned> slots;
};

struct Shape {
  std::string_view name;
  bool any_attributes = false, mixed = false, lax = false;
  Window any_order{255, 0};
  std::uint8_t open_until = 0;
  std::vector<Member> members;
  std::vector<Relation> rules;
  std::vector<std::string_view> slots;  // slot -> name

  const Member* find(std::string_view name, Syntax syntax, unsigned version) const;  // JSON member, XML element
  const Member* find_attribute(std::string_view name, unsigned version) const;       // XML
  const Member* body(unsigned version) const;                                        // XML
  const Member* find_in_other_version(std::string_view name, Syntax syntax) const;
};

class Rules {
 public:
  explicit Rules(std::string sheet);  // aborts on a sheet that makes no sense: it is ours
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  const Shape& shape(std::string_view name) const;
  const Shape* find_shape(std::string_view name) const;  // null when there is none

 private:
  void read_line(std::string_view line);
  void read_member(Shape& shape, std::vector<std::string_view> tokens, bool in_json, bool in_xml);
  What what(std::string_view text);
  unsigned slot_of(Shape& shape, std::string_view name);

  std::string sheet_;
  std::deque<Shape> shapes_;
  std::deque<Words> words_;
  std::map<std::string_view, Shape*> shapes_by_name_;
  std::map<std::string_view, Words*> words_by_name_;
  Shape* shape_ = nullptr;
  Words* list_ = nullptr;
};

// Why `text` is not what it should be, a phrase; empty when it is. `doubt` says that it is allowed all the same.
struct Objection {
  std::string text;
  bool is_doubt = false;
};
Objection objection_to(std::string_view text, const What& what, Syntax syntax, unsigned version);
// The same of a number.
Objection objection_to(double number, Basic basic);
bool is_numeric(Basic basic);

// What the members that an object has break among its shape's rules. `seen` and `truths` hold a bit a slot.
std::vector<std::string> broken_rules(const Shape& shape, std::uint64_t seen, std::uint64_t truths, Syntax syntax,
                                      unsigned version);

std::string cyclonedx_sheet();
std::string_view cyclonedx_later_sheet();
std::string spdx_sheet();
std::string spdx3_sheet();

}  // namespace pratique
