#include "model/access.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace pratique {
namespace {

// In the order of the enumerations.
constexpr std::string_view permission_names[] = {"open", "read", "audit", "ingest", "report", "manage"};
constexpr std::string_view role_names[] = {"viewer", "auditor", "ingester", "operator", "approver", "admin", "agent"};

using List = std::vector<std::string> AccessScope::*;
constexpr std::pair<std::string_view, List> scope_lists[] = {{"cluster", &AccessScope::clusters},
                                                             {"namespace", &AccessScope::namespaces},
                                                             {"repository", &AccessScope::repositories},
                                                             {"node", &AccessScope::nodes}};

bool is_pattern(std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; });
  const auto star = text.find('*');
  return !text.empty() && plain && is_utf8(text) && (star == std::string_view::npos || star + 1 == text.size());
}

bool matches(std::string_view pattern, std::string_view text) {
  return pattern.ends_with('*') ? text.starts_with(pattern.substr(0, pattern.size() - 1)) : text == pattern;
}

}  // namespace

std::string_view name_of(Permission permission) { return permission_names[static_cast<std::size_t>(permission)]; }
std::string_view name_of(Role role) { return role_names[static_cast<std::size_t>(role)]; }

Result<Role> parse_role(std::string_view name) {
  for (const Role role : all_roles)
    if (name_of(role) == name) return role;
  const auto near = nearest(name, {std::begin(role_names), std::end(role_names)});
  return Error{Fault::usage,
               "no role is called '" + printable(name.substr(0, 64)) + "'",
               {},
               near.empty() ? "name viewer, auditor, ingester, operator, approver, admin or agent"
                            : "did you mean '" + std::string(near) + "'?"};
}

bool may(Role role, Permission permission) {
  if (permission == Permission::open) return true;
  switch (role) {
    case Role::viewer:
    case Role::operator_:
    case Role::approver: return permission == Permission::read;
    case Role::auditor: return permission == Permission::read || permission == Permission::audit;
    case Role::ingester: return permission == Permission::ingest;
    case Role::admin:
      return permission == Permission::read || permission == Permission::audit || permission == Permission::manage;
    case Role::agent: return permission == Permission::report;
  }
  return false;
}

bool AccessScope::is_everything() const { return *this == AccessScope{}; }

std::string render_scope(const AccessScope& scope) {
  std::string text;
  for (const auto& [name, list] : scope_lists)
    for (const auto& pattern : scope.*list)
      text.append(text.empty() ? "" : " ").append(name).append("=").append(pattern);
  return text;
}

Result<AccessScope> parse_scope(std::string_view text) {
  AccessScope scope;
  if (text.empty()) return scope;
  for (const auto part : split(text, ' ')) {
    const auto equals = part.find('=');
    const auto found = std::find_if(std::begin(scope_lists), std::end(scope_lists),
                                    [&](const auto& list) { return list.first == part.substr(0, equals); });
    if (equals == std::string_view::npos || found == std::end(scope_lists) || !is_pattern(part.substr(equals + 1)))
      return Error{Fault::malformed,
                   "'" + printable(part.substr(0, 128)) + "' is no part of a scope",
                   {},
                   "write cluster=, namespace=, repository= or node= and a name, or its beginning and '*'"};
    (scope.*(found->second)).emplace_back(part.substr(equals + 1));
  }
  return scope;
}

bool is_within(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return matches(pattern, text); });
}

std::string_view repository_of(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto colon = image.rfind(':');
  // A port is followed by a path, a tag by nothing.
  return colon == std::string_view::npos || image.find('/', colon) != std::string_view::npos ? image
                                                                                             : image.substr(0, colon);
}

bool Principal::may(Permission permission) const {
  return std::any_of(grants.begin(), grants.end(),
                     [&](const Grant& grant) { return pratique::may(grant.role, permission); });
}

std::vector<AccessScope> Principal::scopes(Permission permission) const {
  std::vector<AccessScope> all;
  for (const Grant& grant : grants)
    if (pratique::may(grant.role, permission)) all.push_back(grant.scope);
  return all;
}

bool Principal::may_save_bill(std::string_view repository) const {
  for (const auto& scope : scopes(Permission::ingest)) {
    const bool whole = scope.clusters.empty() && scope.namespaces.empty() && scope.nodes.empty();
    if (whole && is_within(scope.repositories, repository)) return true;
  }
  return false;
}

bool Principal::may_save_workloads(std::string_view cluster) const {
  for (const auto& scope : scopes(Permission::ingest)) {
    const bool whole = scope.namespaces.empty() && scope.repositories.empty() && scope.nodes.empty();
    if (whole && is_within(scope.clusters, cluster)) return true;
  }
  return false;
}

bool Principal::may_report(std::string_view node) const {
  for (const auto& scope : scopes(Permission::report))
    if (is_within(scope.nodes, node)) return true;
  return false;
}

bool Principal::may_see_node(std::string_view node) const {
  for (const auto& scope : scopes(Permission::read)) {
    const bool whole = scope.clusters.empty() && scope.namespaces.empty() && scope.repositories.empty();
    if (whole && is_within(scope.nodes, node)) return true;
  }
  return false;
}

bool is_everything(const std::vector<AccessScope>& scopes) {
  return std::any_of(scopes.begin(), scopes.end(), [](const AccessScope& scope) { return scope.is_everything(); });
}

}  // namespace pratique
