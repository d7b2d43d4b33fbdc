// What is allowed in a policy and hardly meant.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "engine/policy/expression.h"
#include "engine/policy/policy.h"
#include "engine/policy/selector.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::size_t most_compared = 1000;  // exceptions of one policy, each with each

std::string place_of(const std::string& file, int line, int column) {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

bool holds_all_of(const std::optional<Vers>& wide, const std::optional<Vers>& narrow) {
  if (!wide) return true;
  if (!narrow) return false;
  const auto outside = intersection_of(*narrow, complement_of(*wide));
  return outside && is_empty(*outside);
}

bool covers(const DenyPackage& wide, const DenyPackage& narrow) {
  return wide.package == narrow.package && holds_all_of(wide.range, narrow.range);
}

bool covers(const DenyVulnerabilities& wide, const DenyVulnerabilities& narrow) {
  const bool ids = wide.ids.empty() || wide.ids == narrow.ids;
  const bool except = wide.except.empty() || wide.except == narrow.except;
  return wide.at_least <= narrow.at_least && wide.cvss <= narrow.cvss && wide.epss <= narrow.epss &&
         (!wide.kev || narrow.kev) && (!wide.only_fixed || narrow.only_fixed) && ids && except &&
         wide.older_than <= narrow.older_than && wide.grace == narrow.grace && wide.in_grace == narrow.in_grace &&
         wide.trust_vex == narrow.trust_vex;
}

template <class Body>
bool covers(const Body& wide, const Body& narrow) {
  return wide == narrow;
}

// Whether whatever `narrow` says, `wide` says as strictly.
bool covers(const Rule& wide, const Rule& narrow) {
  if (wide.body.index() != narrow.body.index() || wide.effect < narrow.effect) return false;
  for (std::size_t gap = 0; gap < gap_count; ++gap)
    if (wide.on_unknown.by_gap[gap] < narrow.on_unknown.by_gap[gap]) return false;
  return std::visit([&](const auto& body) { return covers(body, std::get<std::decay_t<decltype(body)>>(narrow.body)); },
                    wide.body);
}

// Where rules may cover one another: the package of those that deny one, else the type.
std::string subject_of(const Rule& rule) {
  const auto* package = std::get_if<DenyPackage>(&rule.body);
  return package != nullptr ? package->package : std::string(type_of(rule.body));
}

template <class T>
bool overlap(const std::vector<T>& a, const std::vector<T>& b) {
  return a.empty() || b.empty() ||
         std::any_of(a.begin(), a.end(), [&](const T& one) { return std::find(b.begin(), b.end(), one) != b.end(); });
}

bool names_overlap(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.empty() || b.empty() || std::any_of(a.begin(), a.end(), [&](const std::string& one) {
           return std::any_of(b.begin(), b.end(), [&](const std::string& other) {
             return matches_name(one, other) || matches_name(other, one);
           });
         });
}

bool overlap(const Exception& a, const Exception& b) {
  return overlap(a.rules, b.rules) && overlap(a.vulnerabilities, b.vulnerabilities) &&
         names_overlap(a.selector.namespaces, b.selector.namespaces) &&
         names_overlap(a.selector.images, b.selector.images) && names_overlap(a.selector.kinds, b.selector.kinds) &&
         (a.packages.empty() || b.packages.empty() ||
          std::any_of(a.packages.begin(), a.packages.end(), [&](const DenyPackage& one) {
            return std::any_of(b.packages.begin(), b.packages.end(),
                               [&](const DenyPackage& other) { return one.package == other.package; });
          }));
}

class Doubts {
 public:
  explicit Doubts(Time now) : now_(now) {}

  void look_at(const Policy& policy) {
    std::map<std::string, std::vector<const Rule*>> earlier;
    for (const auto& rule : policy.rules) {
      auto& same = earlier[subject_of(rule)];
      const auto wide = std::find_if(same.begin(), same.end(), [&](const Rule* one) { return covers(*one, rule); });
      if (wide != same.end())
        add(policy, rule, "rule '" + rule.name + "' says nothing that '" + (*wide)->name + "' does not say already",
            "delete it");
      else
        same.push_back(&rule);
      if (const auto* expression = std::get_if<CelRule>(&rule.body)) look_at(policy, rule, *expression);
      if (const auto* body = std::get_if<DenyVulnerabilities>(&rule.body)) look_at(policy, rule, *body);
    }
    look_at(policy.exceptions);
  }

  std::vector<PolicyDoubt> take() { return std::move(doubts_); }

 private:
  void add(std::string place, std::string text, std::string remedy) {
    if (seen_.insert(place + text).second) doubts_.push_back({std::move(place), std::move(text), std::move(remedy)});
  }
  void add(const Policy& policy, const Rule& rule, std::string text, std::string remedy) {
    add(place_of(policy.file, rule.line, rule.column), std::move(text), std::move(remedy));
  }

  void look_at(const Policy& policy, const Rule& rule, const CelRule& body) {
    if (body.compiled->reads_params && !policy.params)
      add(policy, rule, "rule '" + rule.name + "' reads 'params', and the policy has none", "add spec.params");
    if (!body.compiled->program.variables().empty()) return;
    cel::Evaluator evaluator;
    const auto value = evaluator.run(body.compiled->program, cel::Bindings(policy_environment()));
    const bool holds = value && value->is(cel::Kind::boolean) && value->as_bool();
    add(policy, rule, "rule '" + rule.name + "' looks at nothing and " + (holds ? "is always true" : "is never true"),
        "delete it");
  }

  void look_at(const Policy& policy, const Rule& rule, const DenyVulnerabilities& body) {
    const bool all_excepted = !body.ids.empty() && std::all_of(body.ids.begin(), body.ids.end(), [&](const auto& id) {
      return std::find(body.except.begin(), body.except.end(), id) != body.except.end();
    });
    if (all_excepted)
      add(policy, rule, "rule '" + rule.name + "' can never speak: it excepts all that it is about", "delete it");
  }

  void look_at(const std::vector<Exception>& exceptions) {
    for (std::size_t i = 0; i < exceptions.size(); ++i) {
      const Exception& one = exceptions[i];
      const auto place = place_of(one.file, one.line, one.column);
      if (now_ >= one.expires)
        add(place, "exception '" + one.name + "' is over since " + render_time(one.expires), "delete it");
      for (std::size_t j = 0; j < std::min(i, most_compared); ++j)
        if (overlap(exceptions[j], one))
          add(place,
              "exception '" + one.name + "' overlaps with '" + exceptions[j].name + "' in " +
                  place_of(exceptions[j].file, exceptions[j].line, exceptions[j].column),
              "narrow one of them");
    }
  }

  Time now_;
  std::vector<PolicyDoubt> doubts_;
  std::set<std::string> seen_;
};

}  // namespace

std::string render(const PolicyDoubt& doubt) {
  return printable(doubt.place + ": " + doubt.text + (doubt.remedy.empty() ? "" : "; " + doubt.remedy));
}

std::vector<PolicyDoubt> find_doubts(const std::vector<Policy>& policies, Time now) {
  Doubts doubts(now);
  for (const auto& policy : policies) doubts.look_at(policy);
  return doubts.take();
}

}  // namespace pratique
