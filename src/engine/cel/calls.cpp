// Walking the plan: calls of functions, and literals of lists, maps and objects.
#include <algorithm>
#include <string>

#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

// Arguments in the making, on the run's stack.
class Frame {
 public:
  Frame(Run& run, std::size_t size) : run_(run), start_(run.top) { run_.top += static_cast<std::uint32_t>(size); }
  ~Frame() { run_.top = start_; }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  Value& operator[](std::size_t i) { return run_.stack[start_ + i]; }
  std::span<Value> first(std::size_t count) { return {run_.stack.data() + start_, count}; }

 private:
  Run& run_;
  std::uint32_t start_;
};

bool fits(const Overload& overload, std::span<const Value> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto* parameter = overload.parameters[i];
    const auto kind = kind_of(parameter);
    if (kind != Kind::absent && kind != arguments[i].kind()) return false;
    if (kind == Kind::absent && parameter->kind == TypeKind::named && parameter->name != type_name(arguments[i]))
      return false;
  }
  return true;
}

class HostCall final : public Call {
 public:
  explicit HostCall(Run& run) : Call(run) {}
};

}  // namespace

Arena& Call::arena() { return run_.arena; }
const Activation& Call::activation() const { return *run_.activation; }
bool Call::charge(std::uint64_t cost) { return run_.charge(cost); }
Value Call::fail(std::string_view text, Value about) {
  const auto copy = run_.make_text(text);
  return copy.is(Kind::error) ? copy : run_.fail(copy.as_text(), about);
}

Value Run::no_overload(std::string_view name, bool receiver, std::span<const Value> arguments) {
  std::string text = "no such overload: ";
  if (receiver) text.append(type_name(arguments[0])).append(".");
  text.append(name).append("(");
  for (std::size_t i = receiver ? 1 : 0; i < arguments.size(); ++i)
    text.append(text.ends_with('(') ? "" : ", ").append(type_name(arguments[i]));
  const auto copy = make_text(text.append(")"));
  return copy.is(Kind::error) ? copy : fail(copy.as_text());
}

Value Run::dispatch(const PlannedCall& call, std::span<const Value> arguments) {
  for (const auto* overload : plan->overloads_of(call)) {
    Value result;
    if (overload->host == nullptr) {
      result = overload->implementation(*this, arguments);
    } else if (fits(*overload, arguments)) {
      HostCall host(*this);
      result = (*overload->host)(host, arguments);
    }
    if (stopped.is(Kind::error)) return stopped;
    if (!result.is(Kind::absent)) return result;
  }
  return no_overload(call.name, call.receiver, arguments);
}

Value Run::eval_call(const PlanNode& node) {
  Frame frame(*this, node.count);
  const auto children = plan->children_of(node);
  for (std::size_t i = 0; i < children.size(); ++i) {
    const auto value = operand(children[i]);
    if (value.is(Kind::error)) return value;
    frame[i] = value;
  }
  offset = node.offset;
  return dispatch(plan->calls[node.slot], frame.first(node.count));
}

// A part that was written with `?`: what the optional holds, or nothing.
bool Run::unwrap_part(Value& part, bool& skip) {
  if (!part.is(Kind::optional)) {
    part = no_overload("?", false, std::array{part});
    return false;
  }
  skip = part.held() == nullptr;
  if (!skip) part = *part.held();
  return true;
}

Value Run::eval_list(const PlanNode& node) {
  Frame frame(*this, node.count);
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    auto value = eval(plan->children[node.first + i]);
    if (value.is(Kind::error)) return value;
    bool skip = false;
    offset = node.offset;
    if (node.optional && plan->optional_parts[node.first + i] && !unwrap_part(value, skip)) return value;
    if (!skip) frame[size++] = value;
  }
  return make_list(frame.first(size));
}

Value Run::eval_map(const PlanNode& node) {
  Frame frame(*this, node.count);
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < node.count; i += 2) {
    const auto key = eval(plan->children[node.first + i]);
    if (key.is(Kind::error)) return key;
    auto value = eval(plan->children[node.first + i + 1]);
    if (value.is(Kind::error)) return value;
    bool skip = false;
    offset = node.offset;
    if (node.optional && plan->optional_parts[node.first + i + 1] && !unwrap_part(value, skip)) return value;
    if (skip) continue;
    frame[size++] = key;
    frame[size++] = value;
  }
  auto* entries = room_for<Entry>(size / 2);
  if (entries == nullptr) return stopped;
  for (std::size_t i = 0; i < size / 2; ++i) entries[i] = {frame[2 * i], frame[2 * i + 1]};
  return make_map({entries, size / 2});
}

Value Run::make_map(std::span<const Entry> entries) {
  for (const auto& entry : entries)
    if (!entry.key.is(Kind::text) && !entry.key.is(Kind::integer) && !entry.key.is(Kind::natural) &&
        !entry.key.is(Kind::boolean))
      return fail("unsupported key type", Value::type(type_name(entry.key)));
  bool fresh = true;
  if (room(entries.size() * sizeof(std::uint32_t)) == nullptr) return stopped;
  const auto* table = make_table(arena, entries, fresh);
  if (fresh) return Value::map(*table);
  for (std::uint32_t i = 0; i < entries.size(); ++i)
    if (find_entry(*table, entries[i].key) != i) return fail("a key comes twice", entries[i].key);
  return fail("a key comes twice");
}

Value Run::eval_object(const PlanNode& node) {
  const auto& type = *plan->objects[node.slot];
  auto* fields = room_for<Value>(type.types.size());
  if (fields == nullptr) return stopped;
  std::fill_n(fields, type.types.size(), Value());
  for (std::uint32_t i = 0; i < node.count; i += 2) {
    const auto name = plan->nodes[plan->children[node.first + i]].value;
    auto value = eval(plan->children[node.first + i + 1]);
    if (value.is(Kind::error)) return value;
    bool skip = false;
    offset = node.offset;
    if (node.optional && plan->optional_parts[node.first + i + 1] && !unwrap_part(value, skip)) return value;
    const auto place = type.find(name.as_text());
    if (place < 0) return fail("no such field", name);
    if (!skip) fields[place] = value;
  }
  offset = node.offset;
  const auto made = make_object(type, {fields, type.types.size()}, arena);
  if (room(0) == nullptr) return stopped;
  return made.failure.empty() ? made.value : fail(made.failure, made.about);
}

}  // namespace pratique::cel
