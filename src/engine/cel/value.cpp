#include "engine/cel/value.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/cel/data.h"
#include "engine/cel/object.h"

namespace pratique::cel {

Value Value::from_double(double d) { return Value(Kind::real, std::bit_cast<std::int64_t>(d)); }
double Value::as_double() const { return std::bit_cast<double>(word_); }

Value Value::timestamp(std::int64_t seconds, std::uint32_t nanoseconds) {
  Value value(Kind::timestamp, seconds);
  value.size_ = nanoseconds;
  return value;
}

Value Value::list(std::span<const Value> items) {
  return Value(Kind::list, static_cast<std::uint32_t>(items.size()), items.data());
}
Value Value::map(const MapTable& table) { return Value(Kind::map, 0, &table); }
Value Value::object(const ObjectRecord& record) { return Value(Kind::object, 0, &record); }
Value Value::optional(const Value* held) { return Value(Kind::optional, 0, held); }
Value Value::opaque(const Opaque& opaque) { return Value(Kind::opaque, 0, &opaque); }
Value Value::error(const Failure& failure) { return Value(Kind::error, 0, &failure); }

std::uint32_t Value::size() const {
  if (lazy_) return source().size_of(node());
  return kind_ == Kind::list ? size_ : as_map().size;
}

Value Value::at(std::uint32_t index) const {
  if (lazy_) return source().at(node(), index);
  return kind_ == Kind::list ? items()[index] : as_map().entries[index].value;
}

Value Value::key_at(std::uint32_t index) const {
  return lazy_ ? source().key_at(node(), index) : as_map().entries[index].key;
}

Value Value::find(Value key) const {
  if (lazy_) return key.is(Kind::text) ? source().find(node(), key.as_text()) : Value();
  const auto place = find_entry(as_map(), key);
  return place < 0 ? Value() : as_map().entries[place].value;
}

namespace {

// As cel-go and cel-cpp do, and cel-spec tests: within the integer's range both are compared as doubles.
int compare_reals(double a, double b) { return a < b ? -1 : b < a ? 1 : a == b ? 0 : 2; }

int compare_real_int(double a, std::int64_t b) {
  if (a < -9223372036854775808.0) return -1;
  if (a > 9223372036854775808.0) return 1;
  return compare_reals(a, static_cast<double>(b));
}

int compare_real_uint(double a, std::uint64_t b) {
  if (a < 0) return -1;
  if (a > 18446744073709551616.0) return 1;
  return compare_reals(a, static_cast<double>(b));
}

int compare_int_uint(std::int64_t a, std::uint64_t b) {
  if (a < 0) return -1;
  const auto natural = static_cast<std::uint64_t>(a);
  return natural < b ? -1 : natural > b ? 1 : 0;
}

template <class T>
int three_way(T a, T b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int reversed(int order) { return order == 2 ? 2 : -order; }

}  // namespace

int compare_numbers(const Value& a, const Value& b) {
  if (a.kind() == b.kind()) {
    if (a.is(Kind::integer)) return three_way(a.as_int(), b.as_int());
    if (a.is(Kind::natural)) return three_way(a.as_uint(), b.as_uint());
    return compare_reals(a.as_double(), b.as_double());
  }
  if (a.is(Kind::real))
    return b.is(Kind::integer) ? compare_real_int(a.as_double(), b.as_int())
                               : compare_real_uint(a.as_double(), b.as_uint());
  if (b.is(Kind::real)) return reversed(compare_numbers(b, a));
  return a.is(Kind::integer) ? compare_int_uint(a.as_int(), b.as_uint()) : -compare_int_uint(b.as_int(), a.as_uint());
}

int compare_keys(const Value& a, const Value& b) {
  const auto rank = [](const Value& v) {
    return v.is_number() ? 0 : v.is(Kind::text) ? 1 : v.is(Kind::boolean) ? 2 : 3;
  };
  if (const int order = three_way(rank(a), rank(b)); order != 0) return order;
  switch (rank(a)) {
    case 0: return compare_numbers(a, b);
    case 1: {
      const auto x = a.as_text(), y = b.as_text();
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
      return x.empty() ? 0 : std::memcmp(x.data(), y.data(), x.size());
    }
    case 2: return three_way(a.as_bool(), b.as_bool());
    default: return 1;
  }
}

std::int64_t find_entry(const MapTable& table, const Value& key) {
  if (table.order == nullptr) {
    if (key.is(Kind::text)) {
      for (std::uint32_t i = 0; i < table.size; ++i)
        if (same_name(table.entries[i].key, key)) return i;
      return -1;
    }
    for (std::uint32_t i = 0; i < table.size; ++i)
      if (compare_keys(table.entries[i].key, key) == 0) return i;
    return -1;
  }
  const auto* end = table.order + table.size;
  const auto* found = std::lower_bound(table.order, end, key, [&](std::uint32_t i, const Value& wanted) {
    return compare_keys(table.entries[i].key, wanted) < 0;
  });
  return found != end && compare_keys(table.entries[*found].key, key) == 0 ? static_cast<std::int64_t>(*found) : -1;
}

const MapTable* make_table(Arena& arena, std::span<const Entry> entries, bool& fresh) {
  fresh = true;
  auto* table = arena.make<MapTable>();
  table->size = static_cast<std::uint32_t>(entries.size());
  table->entries = entries.data();
  if (entries.size() <= MapTable::linear) {
    for (std::uint32_t i = 1; i < table->size; ++i)
      for (std::uint32_t j = 0; j < i; ++j)
        if (compare_keys(entries[i].key, entries[j].key) == 0) fresh = false;
    return table;
  }
  auto* order =
      static_cast<std::uint32_t*>(arena.allocate(entries.size() * sizeof(std::uint32_t), alignof(std::uint32_t)));
  for (std::uint32_t i = 0; i < table->size; ++i) order[i] = i;
  std::sort(order, order + table->size, [&](std::uint32_t x, std::uint32_t y) {
    const int c = compare_keys(entries[x].key, entries[y].key);
    return c != 0 ? c < 0 : x < y;
  });
  for (std::uint32_t i = 1; i < table->size; ++i)
    if (compare_keys(entries[order[i]].key, entries[order[i - 1]].key) == 0) fresh = false;
  table->order = order;
  return table;
}

namespace {

bool equal_lists(const Value& a, const Value& b, std::uint64_t& work) {
  const auto size = a.size();
  if (size != b.size()) return false;
  for (std::uint32_t i = 0; i < size; ++i)
    if (!equal(a.at(i), b.at(i), work)) return false;
  return true;
}

bool equal_maps(const Value& a, const Value& b, std::uint64_t& work) {
  const auto size = a.size();
  if (size != b.size()) return false;
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto other = b.find(a.key_at(i));
    if (other.is(Kind::absent) || !equal(a.at(i), other, work)) return false;
  }
  return true;
}

bool equal_optionals(const Value& a, const Value& b, std::uint64_t& work) {
  if (a.held() == nullptr || b.held() == nullptr) return a.held() == b.held();
  return equal(*a.held(), *b.held(), work);
}

bool equal_texts(std::string_view a, std::string_view b, std::uint64_t& work) {
  if (a.size() != b.size()) return ++work, false;
  work += a.size();
  return same_bytes(a.data(), b.data(), a.size());
}

}  // namespace

bool equal(const Value& a, const Value& b) {
  std::uint64_t work = 0;
  return equal(a, b, work);
}

bool equal(const Value& a, const Value& b, std::uint64_t& work) {
  if (a.kind() == Kind::text && b.kind() == Kind::text) return equal_texts(a.as_text(), b.as_text(), work);
  ++work;
  if (a.kind() != b.kind()) return a.is_number() && b.is_number() && compare_numbers(a, b) == 0;
  switch (a.kind()) {
    case Kind::null: return true;
    case Kind::boolean: return a.as_bool() == b.as_bool();
    case Kind::integer:
    case Kind::natural:
    case Kind::duration: return a.as_int() == b.as_int();
    case Kind::real: return a.as_double() == b.as_double();
    case Kind::text:
    case Kind::bytes:
    case Kind::type: return equal_texts(a.as_text(), b.as_text(), work);
    case Kind::timestamp: return a.as_int() == b.as_int() && a.nanoseconds() == b.nanoseconds();
    case Kind::list: return equal_lists(a, b, work);
    case Kind::map: return equal_maps(a, b, work);
    case Kind::object: return equal_objects(a, b, work);
    case Kind::optional: return equal_optionals(a, b, work);
    case Kind::opaque:
      return a.as_opaque().type_name() == b.as_opaque().type_name() && a.as_opaque().equals(b.as_opaque());
    case Kind::absent:
    case Kind::error: return false;
  }
  return false;
}

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return "null_type";
    case Kind::boolean: return "bool";
    case Kind::integer: return "int";
    case Kind::natural: return "uint";
    case Kind::real: return "double";
    case Kind::text: return "string";
    case Kind::bytes: return "bytes";
    case Kind::timestamp: return "google.protobuf.Timestamp";
    case Kind::duration: return "google.protobuf.Duration";
    case Kind::type: return "type";
    case Kind::list: return "list";
    case Kind::map: return "map";
    case Kind::object: return object_type_name(value);
    case Kind::optional: return "optional_type";
    case Kind::opaque: return value.as_opaque().type_name();
    case Kind::absent: return "absent";
    case Kind::error: return "error";
  }
  return "error";
}

void* Arena::allocate(std::size_t size, std::size_t align) {
  constexpr std::size_t first_block = 16 << 10;
  while (block_ < blocks_.size()) {
    const auto start = (position_ + align - 1) & ~(align - 1);
    if (start + size <= blocks_[block_].size) {
      position_ = start + size;
      return blocks_[block_].bytes.get() + start;
    }
    full_ += position_;
    position_ = 0;
    ++block_;
  }
  const auto wanted = std::max(size, blocks_.empty() ? first_block : 2 * blocks_.back().size);
  blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[wanted]), wanted});
  position_ = size;
  return blocks_.back().bytes.get();
}

void Arena::reset() { rewind({0, 0, 0}); }

void Arena::rewind(Mark mark) {
  block_ = mark.block;
  position_ = mark.position;
  full_ = mark.full;
}

Value Arena::text(std::string_view utf8) {
  auto* copy = static_cast<char*>(allocate(utf8.size(), 1));
  if (!utf8.empty()) std::memcpy(copy, utf8.data(), utf8.size());
  return Value::text({copy, utf8.size()});
}

Value Arena::bytes(std::string_view octets) { return Value::bytes(text(octets).as_text()); }

Value Arena::list(std::span<const Value> items) {
  auto* copy = static_cast<Value*>(allocate(items.size_bytes()));
  std::copy(items.begin(), items.end(), copy);
  return Value::list({copy, items.size()});
}

Value Arena::map(std::span<const Entry> entries) {
  auto* copy = static_cast<Entry*>(allocate(entries.size_bytes()));
  std::copy(entries.begin(), entries.end(), copy);
  bool fresh = true;
  const auto* table = make_table(*this, {copy, entries.size()}, fresh);
  if (fresh) return Value::map(*table);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (find_entry(*table, entries[i].key) == static_cast<std::int64_t>(i)) copy[kept++] = entries[i];
  return Value::map(*make_table(*this, {copy, kept}, fresh));
}

}  // namespace pratique::cel
