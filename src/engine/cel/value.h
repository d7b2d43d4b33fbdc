// Value: what a CEL expression computes with. Part of cel.h.
//
// A Value is 16 bytes and borrows: text, lists and maps live in an Arena, in a Source or in the host's own memory, and
// that must outlive every Value that points there. Copying a Value copies no text. Only an Arena allocates.
//
// The surprise: a list, map or object may be *lazy*. It is then a pair (Source, node), and what is inside is asked for
// where an expression looks at it, so that a review of 3 MB or a bill of 10,000 packages is never converted up front.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pratique::cel {

enum class Kind : std::uint8_t {
  absent,  // nothing: an unbound variable, a key that is not there
  null,
  boolean,
  integer,
  natural,  // uint
  real,     // double
  text,     // string
  bytes,
  timestamp,
  duration,
  type,
  list,
  map,
  object,  // a message: fields of a declared type
  optional,
  opaque,  // a value of an extension: quantity, ip, semver ...
  error,
};

class Arena;
class Opaque;
class Source;
class Value;
struct Entry;
struct Failure;
struct MapTable;
struct ObjectRecord;
using Node = std::uint32_t;  // a Source's own number for one of its lists, maps or objects

class Value {
 public:
  constexpr Value() = default;
  static Value null() { return Value(Kind::null, 0); }
  static Value from_bool(bool b) { return Value(Kind::boolean, b ? 1 : 0); }
  static Value from_int(std::int64_t i) { return Value(Kind::integer, i); }
  static Value from_uint(std::uint64_t u) { return Value(Kind::natural, static_cast<std::int64_t>(u)); }
  static Value from_double(double d);
  static Value text(std::string_view utf8) { return Value(Kind::text, utf8); }
  static Value bytes(std::string_view octets) { return Value(Kind::bytes, octets); }
  static Value type(std::string_view name) { return Value(Kind::type, name); }
  // Seconds since 1970 in UTC and nanoseconds of that second; years 0001 to 9999.
  static Value timestamp(std::int64_t seconds, std::uint32_t nanoseconds = 0);
  static Value duration(std::int64_t nanoseconds) { return Value(Kind::duration, nanoseconds); }
  static Value list(std::span<const Value> items);
  static Value list(const Source& source, Node node) { return Value(Kind::list, source, node); }
  static Value map(const Source& source, Node node) { return Value(Kind::map, source, node); }
  static Value object(const Source& source, Node node) { return Value(Kind::object, source, node); }
  static Value map(const MapTable& table);
  static Value object(const ObjectRecord& record);
  static Value optional(const Value* held);  // null: optional.none()
  static Value opaque(const Opaque& opaque);
  static Value error(const Failure& failure);

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_number() const { return kind_ >= Kind::integer && kind_ <= Kind::real; }

  // Each needs its kind.
  bool as_bool() const { return word_ != 0; }
  std::int64_t as_int() const { return word_; }  // also a duration's nanoseconds and a timestamp's seconds
  std::uint64_t as_uint() const { return static_cast<std::uint64_t>(word_); }
  double as_double() const;
  std::string_view as_text() const { return {static_cast<const char*>(pointer_), size_}; }  // text, bytes, type
  std::uint32_t nanoseconds() const { return size_; }                                       // of a timestamp
  const Value* held() const { return static_cast<const Value*>(pointer_); }                 // of an optional
  const Opaque& as_opaque() const { return *static_cast<const Opaque*>(pointer_); }
  const ObjectRecord& as_object() const { return *static_cast<const ObjectRecord*>(pointer_); }
  const MapTable& as_map() const { return *static_cast<const MapTable*>(pointer_); }
  const Failure& failure() const { return *static_cast<const Failure*>(pointer_); }

  bool lazy() const { return lazy_; }
  const Source& source() const { return *static_cast<const Source*>(pointer_); }
  Node node() const { return size_; }

  // Lists and maps, lazy or not. `index` is below size().
  std::uint32_t size() const;
  Value at(std::uint32_t index) const;      // the element, the map's value
  Value key_at(std::uint32_t index) const;  // the map's key
  // The map's value or the lazy object's field; absent when there is none. Numbers are found by value: 1, 1u and 1.0
  // are one key.
  Value find(Value key) const;
  std::span<const Value> items() const { return {static_cast<const Value*>(pointer_), size_}; }  // of a list not lazy

 private:
  Value(Kind kind, std::int64_t word) : kind_(kind), word_(word) {}
  Value(Kind kind, std::string_view text)
      : kind_(kind), size_(static_cast<std::uint32_t>(text.size())), pointer_(text.data()) {}
  Value(Kind kind, const Source& source, Node node) : kind_(kind), lazy_(true), size_(node), pointer_(&source) {}
  Value(Kind kind, std::uint32_t size, const void* pointer) : kind_(kind), size_(size), pointer_(pointer) {}

  friend std::uint64_t head_of(const Value& value);

  Kind kind_ = Kind::absent;
  bool lazy_ = false;
  std::uint16_t unused_ = 0;  // so that the first eight bytes can be compared as one word
  std::uint32_t size_ = 0;
  union {
    std::int64_t word_ = 0;
    const void* pointer_;
  };
};
static_assert(sizeof(Value) == 16);

struct Entry {
  Value key, value;
};

// Where lazy values come from. Every function is called with a node that the source gave out, is const and may be
// called from several threads; what it returns stays valid as long as the source. A number of a list's element or a
// map's entry is below size_of(node).
class Source {
 public:
  virtual ~Source() = default;
  virtual std::uint32_t size_of(Node node) const = 0;
  virtual Value at(Node node, std::uint32_t index) const = 0;
  virtual Value key_at(Node node, std::uint32_t index) const = 0;  // maps only
  virtual Value find(Node node, std::string_view key) const = 0;   // maps and objects; absent when there is none
  virtual std::string_view type_of(Node) const { return "map"; }   // of an object: the name of a declared type
};

// A value of an extension type. Lives in an Arena, which runs no destructor: members must not need one.
class Opaque {
 public:
  virtual std::string_view type_name() const = 0;      // "net.IP"
  virtual bool equals(const Opaque& other) const = 0;  // other has the same type name
  virtual std::string text() const = 0;                // what string() and JSON show

 protected:
  ~Opaque() = default;
};

// Memory for values, given back all at once. Not thread safe. Keeps its blocks over reset(), so that a second
// evaluation of the same size allocates nothing.
class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  void* allocate(std::size_t size, std::size_t align = alignof(Value));
  std::size_t used() const { return full_ + position_; }
  void reset();

  struct Mark {
    std::size_t block, position, full;
  };
  Mark mark() const { return {block_, position_, full_}; }
  void rewind(Mark mark);  // everything since is gone

  // Copies into the arena.
  Value text(std::string_view utf8);
  Value bytes(std::string_view octets);
  Value list(std::span<const Value> items);
  Value map(std::span<const Entry> entries);  // a key that comes twice keeps its first value
  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Arguments>(arguments)...};
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;     // the one in use; blocks_.size() when there is none
  std::size_t position_ = 0;  // in that block
  std::size_t full_ = 0;      // bytes in the blocks before it
};

// CEL's equality: numbers by value across types, NaN is not itself, maps without order, different kinds differ.
bool equal(const Value& a, const Value& b);
// The value's type as CEL names it: "int", "list", "google.protobuf.Timestamp", "net.IP".
std::string_view type_name(const Value& value);
// As CEL source where there is a literal for it: [1, 2u, b"\x00"], timestamp("...").
std::string render_literal(const Value& value);
// JSON as the language definition maps it, keys in the order of the map; integers in full. A type is its name, an
// absent optional null, what has no mapping its literal as a string.
std::string render_json(const Value& value);

}  // namespace pratique::cel
