#include "engine/cel/environment.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique::cel {
namespace {

// Types that can stand in front of a receiver function's dot without a capital or a parenthesis.
constexpr std::array<std::string_view, 10> receiver_types = {"bool",  "int",       "uint",     "double", "string",
                                                             "bytes", "timestamp", "duration", "dyn",    "type"};
// Types whose names are values.
constexpr std::array<std::string_view, 19> denotations = {"bool",
                                                          "bytes",
                                                          "double",
                                                          "int",
                                                          "list",
                                                          "map",
                                                          "null_type",
                                                          "string",
                                                          "type",
                                                          "uint",
                                                          "google.protobuf.Timestamp",
                                                          "google.protobuf.Duration",
                                                          "optional_type",
                                                          "net.IP",
                                                          "net.CIDR",
                                                          "kubernetes.URL",
                                                          "kubernetes.Quantity",
                                                          "kubernetes.Semver",
                                                          "kubernetes.NamedFormat"};

bool is_receiver_type(std::string_view prefix) {
  if (prefix.ends_with(')')) return true;
  const auto dot = prefix.rfind('.');
  const char first = dot == std::string_view::npos ? prefix.front() : dot + 1 < prefix.size() ? prefix[dot + 1] : 'a';
  return (first >= 'A' && first <= 'Z') ||
         std::find(receiver_types.begin(), receiver_types.end(), prefix) != receiver_types.end();
}

std::string_view root_of(std::string_view name) { return name.substr(0, name.find('.')); }

// Where the parameter list begins: the last '(' that is not inside a type.
std::size_t find_parameters(std::string_view call) {
  std::size_t depth = 0;
  for (std::size_t i = call.size(); i-- > 0;) {
    if (call[i] == ')') ++depth;
    if (call[i] == '(' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

// Numbers a declaration's type parameters from 1 in the order they come up.
class Numbering {
 public:
  explicit Numbering(Arena& arena) : arena_(arena) {}
  TypeRef apply(TypeRef type) {
    if (type->kind == TypeKind::parameter) {
      auto found = std::find(names_.begin(), names_.end(), type->name);
      if (found == names_.end()) found = names_.insert(found, type->name);
      const auto number = static_cast<std::uint32_t>(found - names_.begin()) + 1;
      return arena_.make<TypeNode>(TypeKind::parameter, number, 1U, type->name, std::span<const TypeRef>{});
    }
    if (type->parameters.empty()) return type;
    std::vector<TypeRef> parameters;
    for (const auto* parameter : type->parameters) parameters.push_back(apply(parameter));
    return make_type(arena_, type->kind, parameters, type->name);
  }
  std::uint32_t count() const { return static_cast<std::uint32_t>(names_.size()); }

 private:
  Arena& arena_;
  std::vector<std::string_view> names_;
};

struct Signature {
  std::string_view name, receiver;
  std::vector<std::string_view> parameters;
  std::string_view result;
};

Result<Signature> parse_signature(std::string_view text) {
  const auto bad =
      Error{Fault::usage, "'" + std::string(text) + "' is not a signature", {}, "write name(type, type) -> type"};
  const auto arrow = text.rfind("->");
  if (arrow == std::string_view::npos) return bad;
  Signature signature;
  signature.result = trim(text.substr(arrow + 2));
  const auto call = trim(text.substr(0, arrow));
  const auto open = find_parameters(call);
  if (open == std::string_view::npos || open == 0 || !call.ends_with(')')) return bad;
  signature.name = call.substr(0, open);
  if (const auto dot = signature.name.rfind('.');
      dot != std::string_view::npos && dot > 0 && is_receiver_type(signature.name.substr(0, dot))) {
    signature.receiver = signature.name.substr(0, dot);
    signature.name = signature.name.substr(dot + 1);
  }
  if (signature.name.empty()) return bad;
  const auto list = call.substr(open + 1, call.size() - open - 2);
  std::size_t depth = 0, start = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '(') ++depth;
    if (i < list.size() && list[i] == ')') --depth;
    if (i == list.size() ? trim(list).empty() : list[i] != ',' || depth != 0) continue;
    signature.parameters.push_back(trim(list.substr(start, i - start)));
    start = i + 1;
  }
  return signature;
}

}  // namespace

Result<void> Library::add(const Definition& definition, const HostFunction* host) {
  PRATIQUE_TRY(const auto signature, parse_signature(definition.signature));
  Overload overload;
  overload.receiver = !signature.receiver.empty();
  overload.literal = definition.literal;
  overload.pattern = definition.pattern;
  overload.cost = definition.cost;
  overload.implementation = definition.implementation;
  overload.host = host;
  overload.signature = definition.signature;
  Numbering numbering(arena);
  std::vector<TypeRef> parameters;
  const auto read = [&](std::string_view type) -> Result<TypeRef> {
    PRATIQUE_TRY(const auto* node, read_type(type, arena));
    return numbering.apply(node);
  };
  if (overload.receiver) {
    PRATIQUE_TRY(parameters.emplace_back(), read(signature.receiver));
  }
  for (const auto parameter : signature.parameters) {
    PRATIQUE_TRY(parameters.emplace_back(), read(parameter));
  }
  PRATIQUE_TRY(overload.result, read(signature.result));
  overload.variables = numbering.count();
  auto* kept = static_cast<TypeRef*>(arena.allocate(parameters.size() * sizeof(TypeRef), alignof(TypeRef)));
  std::copy(parameters.begin(), parameters.end(), kept);
  overload.parameters = {kept, parameters.size()};
  auto& entry = functions[signature.name];
  entry.name = signature.name;
  entry.overloads.push_back(overload);
  if (!overload.receiver && signature.name.find('.') != std::string_view::npos) roots.insert(root_of(signature.name));
  return {};
}

const Library& standard_library() {
  static const Library library = [] {
    Library all;
    for (const auto part :
         {operator_definitions(), conversion_definitions(), string_definitions(), time_definitions(),
          regex_definitions(), list_definitions(), math_definitions(), optional_definitions(), network_definitions(),
          quantity_definitions(), semver_definitions(), name_format_definitions()})
      for (const auto& definition : part)
        check(all.add(definition, nullptr).has_value(), "a signature of the standard library");
    return all;
  }();
  return library;
}

const FunctionEntry* EnvironmentData::find_function(std::string_view name) const {
  if (!own.functions.empty())
    if (const auto found = own.functions.find(name); found != own.functions.end()) return &found->second;
  const auto& standard = standard_library().functions;
  const auto found = standard.find(name);
  return found == standard.end() ? nullptr : &found->second;
}

namespace {

Result<ObjectType> make_object_type(const ObjectDeclaration& declaration, WellKnown well_known, Arena& arena) {
  ObjectType object;
  object.name = declaration.name;
  object.fields = &declaration.fields;
  object.well_known = well_known;
  PRATIQUE_TRY(object.type, read_type(declaration.name, arena));
  for (const auto& field : declaration.fields) {
    if (!object.places.emplace(field.name, static_cast<std::uint32_t>(object.types.size())).second)
      return Error{Fault::usage, "the field '" + field.name + "' is declared twice", {declaration.name}, ""};
    object.types.push_back(intern_type(arena, field.type));
  }
  return object;
}

// The names that every environment has: types as values, and the messages of google.protobuf.
struct StandardNames {
  Arena arena;
  std::unordered_map<std::string_view, Value> constants;
  std::unordered_map<std::string_view, ObjectType> objects;
};

const StandardNames& standard_names() {
  static const StandardNames names = [] {
    StandardNames all;
    for (const auto name : denotations) all.constants.emplace(name, Value::type(name));
    all.constants.emplace("google.protobuf.NullValue.NULL_VALUE", Value::null());
    for (const auto& [declaration, well_known] : well_known_objects()) {
      auto object = make_object_type(declaration, well_known, all.arena);
      check(object.has_value(), "a message of google.protobuf");
      all.constants.emplace(declaration.name, Value::type(declaration.name));
      all.objects.emplace(declaration.name, std::move(*object));
    }
    return all;
  }();
  return names;
}

}  // namespace

const ObjectType* EnvironmentData::find_object(std::string_view name) const {
  if (const auto found = objects.find(name); found != objects.end()) return &found->second;
  const auto found = standard_names().objects.find(name);
  return found == standard_names().objects.end() ? nullptr : &found->second;
}

Value EnvironmentData::find_constant(std::string_view name) const {
  if (const auto found = constants.find(name); found != constants.end()) return found->second;
  const auto found = standard_names().constants.find(name);
  return found == standard_names().constants.end() ? Value() : found->second;
}

namespace {

Result<void> add_objects(EnvironmentData& data) {
  for (const auto& declaration : data.declarations.objects) {
    if (declaration.name.empty() || data.find_object(declaration.name) != nullptr)
      return Error{Fault::usage, "an object type '" + declaration.name + "' is declared twice or has no name", {}, ""};
    PRATIQUE_TRY(auto object, make_object_type(declaration, WellKnown::none, data.own.arena));
    data.constants.emplace(declaration.name, Value::type(declaration.name));
    data.roots.insert(root_of(declaration.name));
    data.objects.emplace(declaration.name, std::move(object));
  }
  return {};
}

Result<void> add_variables(EnvironmentData& data) {
  for (const auto& variable : data.declarations.variables) {
    const auto number = static_cast<std::uint32_t>(data.variable_types.size());
    if (variable.name.empty() || !data.variables.emplace(variable.name, number).second)
      return Error{Fault::usage, "a variable '" + variable.name + "' is declared twice or has no name", {}, ""};
    data.variable_types.push_back(intern_type(data.own.arena, variable.type));
    if (variable.name.find('.') != std::string::npos) data.roots.insert(root_of(variable.name));
  }
  return {};
}

Result<void> add_functions(EnvironmentData& data) {
  for (const auto& function : data.declarations.functions) {
    const Definition definition{function.signature, nullptr};
    PRATIQUE_TRY(const auto signature, parse_signature(function.signature));
    if (!data.own.functions.contains(signature.name))
      if (const auto* standard = data.find_function(signature.name)) data.own.functions[standard->name] = *standard;
    PRATIQUE_DO(data.own.add(definition, &function.call));
    data.own.functions[signature.name].overloads.back().cost = static_cast<std::uint32_t>(function.cost);
  }
  return {};
}

}  // namespace

Result<Environment> Environment::make(Declarations declarations) {
  auto owned = std::make_unique<EnvironmentData>();
  auto& data = *owned;
  data.declarations = std::move(declarations);
  for (std::string_view rest = data.declarations.container; !rest.empty();) {
    data.scopes.push_back(std::string(rest) + ".");
    const auto dot = rest.rfind('.');
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(0, dot);
  }
  data.scopes.emplace_back();
  for (const std::string_view root : {"google", "net", "kubernetes"}) data.roots.insert(root);
  PRATIQUE_DO(add_objects(data));
  for (const auto& constant : data.declarations.constants) {
    data.constants.insert_or_assign(constant.name, constant.value);
    data.roots.insert(root_of(constant.name));
  }
  PRATIQUE_DO(add_variables(data));
  PRATIQUE_DO(add_functions(data));
  return Environment(std::move(owned));
}

Environment::Environment(std::unique_ptr<EnvironmentData> data) : data_(std::move(data)) {}
Environment::Environment(Environment&&) noexcept = default;
Environment& Environment::operator=(Environment&&) noexcept = default;
Environment::~Environment() = default;

const std::vector<Variable>& Environment::variables() const { return data_->declarations.variables; }

std::optional<std::uint32_t> Environment::find_variable(std::string_view name) const {
  const auto found = data_->variables.find(name);
  if (found == data_->variables.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Environment::functions() const {
  std::vector<std::string> all;
  const auto add = [&](const Library& library, const Library* hidden) {
    for (const auto& [name, entry] : library.functions)
      if (hidden == nullptr || !hidden->functions.contains(name))
        for (const auto& overload : entry.overloads) all.emplace_back(overload.signature);
  };
  add(data_->own, nullptr);
  add(standard_library(), &data_->own);
  std::sort(all.begin(), all.end());
  return all;
}

Bindings::Bindings(const Environment& environment)
    : environment_(environment), values_(environment.variables().size()) {}

void Bindings::set(std::string_view name, Value value) {
  const auto number = environment_.find_variable(name);
  check(number.has_value(), "Bindings::set() of a variable that is not declared");
  values_[*number] = value;
}

}  // namespace pratique::cel
