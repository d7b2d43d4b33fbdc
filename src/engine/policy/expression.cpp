#include "engine/policy/expression.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/text.h"
#include "engine/policy/package_search.h"
#include "engine/policy/view.h"
#include "engine/version/version.h"
#include "model/license.h"
#include "model/purl.h"

namespace pratique {
namespace {

using cel::Call;
using cel::Value;
using Arguments = std::span<const Value>;

Value fail(Call& call, const Error& error, const Value& about) { return call.fail(error.text, about); }

// sbom.has: the same search as denyPackage, and what that leaves unknown is an error here.
Value has_package(Call& call, const Value& sbom, const Value& purl_text, std::optional<Vers> range) {
  const auto purl = parse_purl(purl_text.as_text());
  if (!purl) return fail(call, purl.error(), purl_text);
  if (!range && !purl->version.empty())
    range = Vers{scheme_of_purl_type(purl->type), false, {{Comparator::equal, purl->version}}};
  if (range && range->any) range.reset();
  const auto& facts = *static_cast<const ImageView&>(sbom.source()).evidence().bill;
  const Search search = find_package(facts, {purl->package(), lower(purl->name), std::move(range)});
  if (search.held == Held::no_version && search.nameless)
    return call.fail("a component without a purl may be the package", purl_text);
  if (search.held == Held::no_version) return call.fail("the package has no version", purl_text);
  if (search.held == Held::no_order) return call.fail("the package's version cannot be ordered", purl_text);
  return Value::from_bool(search.held == Held::yes);
}

Value has_in_range(Call& call, Arguments a) {
  auto range = parse_vers(a[2].as_text());
  if (!range) return fail(call, range.error(), a[2]);
  const auto purl = parse_purl(a[1].as_text());
  if (purl && !range->any && range->scheme != scheme_of_purl_type(purl->type))
    return call.fail("the range is of another ecosystem than the package", a[2]);
  return has_package(call, a[0], a[1], std::move(*range));
}

Value purl_parts(Call& call, Arguments a) {
  const auto purl = parse_purl(a[0].as_text());
  if (!purl) return fail(call, purl.error(), a[0]);
  auto& arena = call.arena();
  std::vector<cel::Entry> qualifiers;
  for (const auto& [key, value] : purl->qualifiers) qualifiers.push_back({arena.text(key), arena.text(value)});
  const cel::Entry parts[] = {
      {Value::text("type"), arena.text(purl->type)},      {Value::text("namespace"), arena.text(purl->name_space)},
      {Value::text("name"), arena.text(purl->name)},      {Value::text("version"), arena.text(purl->version)},
      {Value::text("qualifiers"), arena.map(qualifiers)}, {Value::text("subpath"), arena.text(purl->subpath)}};
  return arena.map(parts);
}

Value version_in(Call& call, Arguments a) {
  const auto range = parse_vers(a[1].as_text());
  if (!range) return fail(call, range.error(), a[1]);
  if (!names_version(range->scheme, a[0].as_text())) return call.fail("no version that can be ordered", a[0]);
  return Value::from_bool(contains(*range, a[0].as_text()).inside);
}

Value license_satisfies(Call& call, Arguments a) {
  const auto expression = parse_license(a[0].as_text());
  if (!expression) return fail(call, expression.error(), a[0]);
  std::vector<std::string> accepted;
  for (std::uint32_t i = 0; i < a[1].size(); ++i) {
    const auto license = a[1].at(i);
    if (!license.is(cel::Kind::text)) return {};
    accepted.emplace_back(license.as_text());
  }
  if (!call.charge(accepted.size())) return {};
  const auto set = parse_license_set(accepted);
  if (!set) return fail(call, set.error(), a[1]);
  return Value::from_bool(satisfies(*expression, *set));
}

Value age_of(Call& call, const Value& time) {
  const auto now = call.activation().value_of(static_cast<std::uint32_t>(Name::now));
  if (now.is(cel::Kind::absent)) return call.fail("the time is not known");
  const std::int64_t seconds = now.as_int() - time.as_int();
  constexpr std::int64_t nano = 1'000'000'000;
  if (seconds > std::numeric_limits<std::int64_t>::max() / nano - 1 ||
      seconds < std::numeric_limits<std::int64_t>::min() / nano + 1)
    return call.fail("duration out of range", time);
  return Value::duration(seconds * nano + now.nanoseconds() - time.nanoseconds());
}

Value age_of_attestation(Call& call, Arguments a) {
  const auto time = a[0].find(Value::text("time"));
  return time.is(cel::Kind::absent) ? call.fail("when it was signed is not proven") : age_of(call, time);
}

Value at_least(Call& call, Arguments a) {
  const auto severity = severity_named(a[1].as_text());
  if (!severity) return call.fail("no such severity", a[1]);
  if (ImageView::is_vulnerabilities(a[0])) return ImageView::at_least(a[0], *severity);
  std::vector<Value> kept;
  if (!call.charge(a[0].size())) return {};
  for (std::uint32_t i = 0; i < a[0].size(); ++i) {
    const auto one = a[0].at(i);
    const auto word = one.find(Value::text("severity"));
    if (word.is(cel::Kind::text) && severity_named(word.as_text()).value_or(Severity::unknown) >= *severity)
      kept.push_back(one);
  }
  return call.arena().list(kept);
}

cel::Type type(std::string_view text) {
  auto parsed = cel::parse_type(text);
  check(parsed.has_value(), "a type of the policy environment");
  return *parsed;
}

cel::Field field(std::string_view name, std::string_view kind) {
  cel::Field made;
  made.name = name;
  made.type = type(kind);
  made.tracked = true;
  return made;
}

std::vector<cel::ObjectDeclaration> objects() {
  return {
      {"Image",
       {field("ref", "string"), field("repository", "string"), field("registry", "string"), field("tag", "string"),
        field("digest", "string"), field("container", "string"), field("kind", "string")}},
      {"Sbom",
       {field("packages", "list(Package)"), field("format", "string"), field("specVersion", "string"),
        field("tool", "string"), field("distro", "string"), field("subject", "string"), field("created", "timestamp"),
        field("score", "double"), field("complete", "bool")}},
      {"Package",
       {field("name", "string"), field("version", "string"), field("purl", "string"), field("type", "string"),
        field("group", "string"), field("licenses", "list(string)"), field("cpes", "list(string)"),
        field("paths", "list(string)"), field("direct", "bool")}},
      {"Vulnerability",
       {field("id", "string"), field("aliases", "list(string)"), field("severity", "string"), field("cvss", "double"),
        field("fixed", "list(string)"), field("fixState", "string"), field("summary", "string"), field("url", "string"),
        field("pkg", "Package"), field("published", "timestamp"), field("epss", "double"), field("kev", "bool")}},
      {"Attestation",
       {field("type", "string"), field("identity", "string"), field("issuer", "string"), field("key", "string"),
        field("time", "timestamp")}}};
}

std::vector<cel::Function> functions() {
  return {{"Sbom.has(string) -> bool", [](Call& call, Arguments a) { return has_package(call, a[0], a[1], {}); }, 10},
          {"Sbom.has(string, string) -> bool", has_in_range, 20},
          {"purl(string) -> map(string, dyn)", purl_parts, 10},
          {"versionIn(string, string) -> bool", version_in, 10},
          {"spdx.satisfies(string, list(string)) -> bool", license_satisfies, 10},
          {"age(timestamp) -> duration", [](Call& call, Arguments a) { return age_of(call, a[0]); }},
          {"age(Attestation) -> duration", age_of_attestation},
          {"list(Vulnerability).atLeast(string) -> list(Vulnerability)", at_least}};
}

// In the order of Name.
std::vector<cel::Variable> variables() {
  return {{"object", {}},
          {"oldObject", {}},
          {"request", {}},
          {"namespaceObject", {}},
          {"params", {}},
          {"now", type("timestamp")},
          {"images", type("list(Image)")},
          {"image", type("Image")},
          {"sbom", type("Sbom")},
          {"pkg", type("Package")},
          {"vulns", type("list(Vulnerability)")},
          {"attestations", type("list(Attestation)")}};
}

}  // namespace

const cel::Environment& policy_environment() {
  static const cel::Environment environment = [] {
    cel::Declarations declarations;
    declarations.variables = variables();
    declarations.functions = functions();
    declarations.objects = objects();
    auto made = cel::Environment::make(std::move(declarations));
    check(made.has_value(), "the policy environment");
    return std::move(*made);
  }();
  return environment;
}

Result<std::shared_ptr<const CompiledExpression>> compile_expression(std::string_view text) {
  PRATIQUE_TRY(auto program, compile(text, policy_environment()));
  const auto result = program.type().kind;
  if (result != cel::TypeKind::boolean && result != cel::TypeKind::dyn)
    return Error{Fault::malformed,
                 "the expression is of type " + render(program.type()) + ", and a rule is true or false",
                 {"1:1"},
                 "compare it with something"};
  auto compiled = std::make_shared<CompiledExpression>(CompiledExpression{std::move(program), {}, {}, false, false});
  using About = CompiledExpression::About;
  const auto about = [&](About least) { compiled->about = std::max(compiled->about, least); };
  for (const auto number : compiled->program.variables()) switch (static_cast<Name>(number)) {
      case Name::object:
      case Name::old_object:
      case Name::request: compiled->needs.review = true; break;
      case Name::namespace_object: compiled->reads_namespace = true; break;
      case Name::params: compiled->reads_params = true; break;
      case Name::now:
      case Name::images: break;
      case Name::image: about(About::image); break;
      case Name::sbom:
        compiled->needs.bill = true;
        about(About::image);
        break;
      case Name::package:
        compiled->needs.bill = true;
        about(About::package);
        break;
      case Name::vulnerabilities:
        compiled->needs.bill = compiled->needs.match = true;
        about(About::image);
        break;
      case Name::attestations:
        compiled->needs.attestations = true;
        about(About::image);
        break;
    }
  return std::shared_ptr<const CompiledExpression>(std::move(compiled));
}

std::vector<std::string> expression_names() {
  std::vector<std::string> names;
  for (const auto& variable : variables()) names.push_back(variable.name);
  for (const auto& function : functions()) names.push_back(function.signature);
  return names;
}

}  // namespace pratique
