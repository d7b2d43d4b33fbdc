#include <cmath>

#include "base/text.h"
#include "engine/format/json.h"
#include "engine/format/judge/judge.h"

namespace pratique {

namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t with) {
  hash = (hash ^ with) * 0x9e3779b97f4a7c15ULL;
  return hash ^ hash >> 29;
}

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::string_view name_of(JsonKind kind) {
  constexpr std::array<std::string_view, 6> names = {"null", "a boolean", "a number", "a text", "a list", "an object"};
  return names[static_cast<std::size_t>(kind)];
}

JsonKind kind_of(const What& what) {
  if (what.basic == Basic::shape) return JsonKind::object;
  if (what.basic == Basic::boolean) return JsonKind::boolean;
  return is_numeric(what.basic) ? JsonKind::number : JsonKind::string;
}

std::string version_text(unsigned version) { return std::to_string(version / 10) + "." + std::to_string(version % 10); }

// For each object of a document, in the order they open, its shape; null where what is around it tells.
using ShapesInOrder = std::vector<const Shape*>;

// Every walk answers with a hash of what it saw, the same for values that JSON Schema calls equal: sets need it.
class Walk {
 public:
  Walk(unsigned version, Complaints& complaints, const ShapesInOrder* chosen = nullptr)
      : version_(version), complaints_(complaints), chosen_(chosen) {}

  std::uint64_t object(JsonValue& value, const Shape& expected) {
    const Shape* const own = chosen_ == nullptr || next_ >= chosen_->size() ? nullptr : (*chosen_)[next_];
    ++next_;
    const Shape& shape = own == nullptr ? expected : *own;
    std::uint64_t seen = 0, truths = 0, hash = 1;
    alone_ = false;
    bool has_alone = false;
    for (JsonObject members = value.object(); members.next();) {
      const std::string_view key = members.key();
      const Member* member = shape.find(key, Syntax::json, version_);
      std::uint64_t inside = 0;
      if (member == nullptr) {
        if (shape.open_until < version_) unknown(members.value(), key, shape);
        inside = anything(members.value());
      } else {
        seen |= std::uint64_t{1} << member->slot;
        if (is_true(members.value())) truths |= std::uint64_t{1} << member->slot;
        for (const Relation& rule : shape.rules)
          if (rule.kind == Relation::Kind::alone && rule.window.holds(version_) && rule.slots[0] == member->slot)
            has_alone = true;
        inside = this->member(members.value(), *member);
      }
      hash += mixed(hash_of(key), inside);  // members have no order
    }
    for (std::string& why : broken_rules(shape, seen, truths, Syntax::json, version_))
      complaints_.add(value.place(), std::move(why));
    alone_ = has_alone;
    return hash;
  }

  References& references() { return references_; }

 private:
  static bool is_true(JsonValue& value) { return value.kind() == JsonKind::boolean && value.raw() == "true"; }

  void unknown(JsonValue& value, std::string_view key, const Shape& shape) {
    std::string reason = "'" + printable(key.substr(0, 200)) + "' is not allowed here";
    if (const Member* other = shape.find_in_other_version(key, Syntax::json)) {
      reason = "'" + std::string(key) + "' is not part of version " + version_text(version_);
      if (other->window.since > version_) reason += ": it came with " + version_text(other->window.since);
    } else {
      const std::string_view near = nearest(key, shape.slots);
      if (!near.empty()) reason += "; '" + std::string(near) + "' is";
    }
    complaints_.add(value.place(), std::move(reason), shape.lax);
  }

  std::uint64_t member(JsonValue& value, const Member& member) {
    if (member.many == Member::Many::one) return one(value, member.what);
    if (value.kind() == JsonKind::array) return list(value, member);
    if (member.else_) return one(value, {*member.else_});
    complaints_.add(value.place(), "must be a list, and is " + std::string(name_of(value.kind())));
    return anything(value);
  }

  std::uint64_t list(JsonValue& value, const Member& member) {
    std::unordered_set<std::uint64_t> hashes;
    std::uint64_t hash = 2;
    std::size_t count = 0;
    bool has_alone = false;
    for (JsonArray items = value.array(); items.next(); ++count) {
      alone_ = false;
      const std::uint64_t inside = one(items.value(), member.what);
      has_alone = has_alone || alone_;
      if (member.many == Member::Many::set && !hashes.insert(inside).second)
        complaints_.add(items.value().place(), "the same as one before it in the list");
      hash = mixed(hash, inside);
    }
    if (count == 0 && member.not_empty) complaints_.add(value.place(), "an empty list");
    if (has_alone && count > 1) complaints_.add(value.place(), "an 'expression' must stand alone in its list");
    return hash;
  }

  std::uint64_t one(JsonValue& value, const std::vector<What>& whats) {
    for (const What& what : whats)
      if (what.basic == Basic::anything || value.kind() == kind_of(what)) return is(value, what);
    complaints_.add(value.place(), "must be " + std::string(name_of(kind_of(whats.front()))) + ", and is " +
                                       std::string(name_of(value.kind())));
    return anything(value);
  }

  std::uint64_t is(JsonValue& value, const What& what) {
    if (what.basic == Basic::shape) return object(value, *what.shape);
    if (what.basic == Basic::anything) return anything(value);
    if (what.basic == Basic::boolean) return hash_of(value.raw());
    if (is_numeric(what.basic)) {
      const double number = value.number().value_or(0);
      complain(value, objection_to(number, what.basic));
      return mixed(3, std::hash<double>{}(number));
    }
    const std::string_view text = value.text();
    complain(value, objection_to(text, what, Syntax::json, version_));
    if (what.basic == Basic::ref || what.basic == Basic::loose_ref || what.basic == Basic::spdx_id)
      references_.declare(text, what.basic == Basic::loose_ref, value.place(), complaints_);
    if (what.basic == Basic::target || what.basic == Basic::spdx_link) references_.use(text, value.place());
    return mixed(4, hash_of(text));
  }

  void complain(JsonValue& value, Objection objection) {
    if (!objection.text.empty()) complaints_.add(value.place(), std::move(objection.text), objection.is_doubt);
  }

  std::uint64_t anything(JsonValue& value) {
    std::uint64_t hash = 1;
    switch (value.kind()) {
      case JsonKind::object:
        ++next_;
        for (JsonObject members = value.object(); members.next();)
          hash += mixed(hash_of(members.key()), anything(members.value()));
        return hash;
      case JsonKind::array:
        hash = 2;
        for (JsonArray items = value.array(); items.next();) hash = mixed(hash, anything(items.value()));
        return hash;
      case JsonKind::number: return mixed(3, std::hash<double>{}(value.number().value_or(0)));
      case JsonKind::string: return mixed(4, hash_of(value.text()));
      default: return hash_of(value.raw());
    }
  }

  unsigned version_;
  Complaints& complaints_;
  const ShapesInOrder* chosen_;  // of objects that say themselves what they are
  std::size_t next_ = 0;         // which object of the document comes next
  References references_;
  bool alone_ = false;  // whether the object just left had a member that must be alone in its list
};

// The "type" of every object, which may stand behind all its other members.
void collect(JsonValue& value, const Rules& rules, ShapesInOrder& shapes, Complaints& complaints) {
  if (value.kind() == JsonKind::array)
    for (JsonArray items = value.array(); items.next();) collect(items.value(), rules, shapes, complaints);
  if (value.kind() != JsonKind::object) return;
  const std::size_t own = shapes.size();
  shapes.push_back(nullptr);
  for (JsonObject members = value.object(); members.next();) {
    const bool is_type = members.key() == "type" || members.key() == "@type";
    if (!is_type || members.value().kind() != JsonKind::string) {
      collect(members.value(), rules, shapes, complaints);
      continue;
    }
    const std::string_view type = members.value().text();
    shapes[own] = rules.find_shape(type);
    if (shapes[own] == nullptr)
      complaints.add(members.value().place(), "the class '" + printable(type.substr(0, 200)) + "' is not known", true);
  }
}

Result<void> walk(const Bytes& document, const Shape& root, const Limits& limits, Complaints& complaints, Walk& walk) {
  TextPool pool;
  JsonReader reader(pool, limits);
  PRATIQUE_DO(reader.read(document, [&](JsonValue& value) { walk.object(value, root); }));
  for (Rejected& rejected : reader.take_rejected())
    complaints.add(std::move(rejected.place), std::move(rejected.reason));
  walk.references().close(complaints);
  return {};
}

}  // namespace

Result<void> judge_json(const Bytes& document, const Shape& root, unsigned version, const Limits& limits,
                        Complaints& complaints) {
  Walk by_place(version, complaints);
  return walk(document, root, limits, complaints, by_place);
}

Result<void> judge_json_by_type(const Bytes& document, const Rules& rules, const Shape& root, unsigned version,
                                const Limits& limits, Complaints& complaints) {
  ShapesInOrder shapes;
  TextPool pool;
  JsonReader reader(pool, limits);
  PRATIQUE_DO(reader.read(document, [&](JsonValue& value) { collect(value, rules, shapes, complaints); }));
  Walk by_type(version, complaints, &shapes);
  return walk(document, root, limits, complaints, by_type);
}

}  // namespace pratique
