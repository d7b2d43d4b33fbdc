// Who may do what, and to which part of the world. Everything not granted is refused.
//
// The surprise: a scope narrows by every kind of thing it names and by none that it leaves out; several grants add up.
// What a grant cannot be narrowed to (a bill knows no namespace) it does not allow at all: see may_save_bill and
// may_save_workloads.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace pratique {

// What a route asks for. `open`: nothing, not even a name.
enum class Permission : std::uint8_t { open, read, audit, ingest, report, manage };
inline constexpr std::array all_permissions = {Permission::open,   Permission::read,   Permission::audit,
                                               Permission::ingest, Permission::report, Permission::manage};
std::string_view name_of(Permission permission);

// What the operator may beyond reading, to propose an act, and the approver, to apply another's, comes with the acts.
enum class Role : std::uint8_t { viewer, auditor, ingester, operator_, approver, admin, agent };
inline constexpr std::array all_roles = {Role::viewer,   Role::auditor, Role::ingester, Role::operator_,
                                         Role::approver, Role::admin,   Role::agent};
std::string_view name_of(Role role);
Result<Role> parse_role(std::string_view name);  // Fault: usage, with a suggestion

bool may(Role role, Permission permission);

// Each list holds names, or beginnings with a '*' behind; an empty one narrows nothing. A repository is an image
// without tag and digest: "registry.example.com/shop/*".
struct AccessScope {
  std::vector<std::string> clusters, namespaces, repositories, nodes;
  bool is_everything() const;
  bool operator==(const AccessScope&) const = default;
};
// "cluster=harbour namespace=shop namespace=web-*"; empty for everything.
std::string render_scope(const AccessScope& scope);
Result<AccessScope> parse_scope(std::string_view text);  // Fault: malformed

bool is_within(const std::vector<std::string>& patterns, std::string_view text);  // true for an empty list
// What stands before tag and digest of an image or of whatever else a bill calls its subject.
std::string_view repository_of(std::string_view image);

struct Grant {
  Role role = Role::viewer;
  AccessScope scope;
  bool operator==(const Grant&) const = default;
};

// Somebody who was recognised.
struct Principal {
  std::string name;  // "token:ci", "certificate:CN=node-1", "oidc:ada@example.com", "nobody"
  std::vector<Grant> grants;

  bool may(Permission permission) const;
  // What a permission extends to; several add up. Empty: nothing.
  std::vector<AccessScope> scopes(Permission permission) const;
  bool may_save_bill(std::string_view repository) const;
  bool may_save_workloads(std::string_view cluster) const;  // of the whole cluster: what is not named is gone
  bool may_report(std::string_view node) const;
  bool may_see_node(std::string_view node) const;
};

// What is kept of an API token: everything but the token itself.
struct AccessToken {
  std::string id;      // 16 hex digits
  std::string name;    // for people: "ci"
  std::string secret;  // what the whole token hashes to (SHA-256, hex)
  Grant grant;
  Time created{}, expires{};
  std::string created_by;
  std::optional<Time> revoked;
  bool operator==(const AccessToken&) const = default;
};

// Whether scopes together leave nothing out.
bool is_everything(const std::vector<AccessScope>& scopes);

}  // namespace pratique
