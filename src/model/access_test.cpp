#include "model/access.h"

#include <gtest/gtest.h>

#include <set>

namespace pratique {
namespace {

Principal with(Role role, const char* scope = "") { return {"somebody", {{role, parse_scope(scope).value()}}}; }

// The table of roles, written out once more: a change of it must be meant.
TEST(Access, EveryRoleMayExactlyThis) {
  const std::pair<Role, std::set<Permission>> table[] = {
      {Role::viewer, {Permission::read}},     {Role::auditor, {Permission::read, Permission::audit}},
      {Role::ingester, {Permission::ingest}}, {Role::operator_, {Permission::read}},
      {Role::approver, {Permission::read}},   {Role::admin, {Permission::read, Permission::audit, Permission::manage}},
      {Role::agent, {Permission::report}}};
  EXPECT_EQ(std::size(table), all_roles.size());
  for (const auto& [role, permissions] : table)
    for (const Permission permission : all_permissions)
      EXPECT_EQ(may(role, permission), permission == Permission::open || permissions.contains(permission))
          << name_of(role) << " " << name_of(permission);
}

TEST(Access, RolesHaveNames) {
  for (const Role role : all_roles) EXPECT_EQ(parse_role(name_of(role)).value(), role);
  EXPECT_EQ(parse_role("veiwer").error().remedy, "did you mean 'viewer'?");
  EXPECT_FALSE(parse_role(""));
}

TEST(Access, ScopesComeBackAsTheyWereWritten) {
  for (const char* text :
       {"", "cluster=harbour", "cluster=a cluster=b namespace=shop-* repository=r.example/x/* node=n"})
    EXPECT_EQ(render_scope(parse_scope(text).value()), text);
  for (const char* text :
       {"cluster", "cluster=", "custer=a", "cluster=a  namespace=b", "cluster=*a", "cluster=a\tb", "node=\xff", " "})
    EXPECT_FALSE(parse_scope(text)) << text;
}

TEST(Access, ARepositoryHasNeitherTagNorDigest) {
  EXPECT_EQ(repository_of("registry:5000/shop/cart:4.2@sha256:ab"), "registry:5000/shop/cart");
  EXPECT_EQ(repository_of("registry:5000/shop/cart"), "registry:5000/shop/cart");
  EXPECT_EQ(repository_of("cart:1"), "cart");
  EXPECT_EQ(repository_of(""), "");
}

TEST(Access, NobodyMayAnything) {
  const Principal nobody{"", {}};
  for (const Permission permission : all_permissions) EXPECT_FALSE(nobody.may(permission));
  EXPECT_FALSE(nobody.may_save_bill("x"));
  EXPECT_FALSE(nobody.may_save_workloads("x"));
  EXPECT_FALSE(nobody.may_report("x"));
  EXPECT_FALSE(nobody.may_see_node("x"));
  EXPECT_FALSE(is_everything(nobody.scopes(Permission::read)));
}

TEST(Access, AGrantIsNarrowedByAllItNames) {
  EXPECT_TRUE(with(Role::ingester).may_save_bill("a/b"));
  EXPECT_TRUE(with(Role::ingester, "repository=a/*").may_save_bill("a/b"));
  EXPECT_FALSE(with(Role::ingester, "repository=a/*").may_save_bill("ab"));
  EXPECT_FALSE(with(Role::ingester, "repository=a/b").may_save_bill("a/bc"));
  EXPECT_FALSE(with(Role::ingester, "cluster=harbour").may_save_bill("a/b")) << "a bill is of no cluster";
  EXPECT_FALSE(with(Role::viewer).may_save_bill("a/b"));
  EXPECT_TRUE(with(Role::ingester, "cluster=harbour").may_save_workloads("harbour"));
  EXPECT_FALSE(with(Role::ingester, "cluster=harbour").may_save_workloads("dock"));
  EXPECT_FALSE(with(Role::ingester, "cluster=harbour namespace=shop").may_save_workloads("harbour"));
  EXPECT_TRUE(with(Role::agent, "node=n-1").may_report("n-1"));
  EXPECT_FALSE(with(Role::agent, "node=n-1").may_report("n-2"));
  EXPECT_FALSE(with(Role::admin).may_report("n-1"));
  EXPECT_TRUE(with(Role::viewer).may_see_node("n-1"));
  EXPECT_FALSE(with(Role::viewer, "namespace=shop").may_see_node("n-1"));
}

TEST(Access, GrantsAddUp) {
  Principal both = with(Role::viewer, "namespace=shop");
  both.grants.push_back({Role::ingester, parse_scope("repository=a/*").value()});
  EXPECT_TRUE(both.may(Permission::read));
  EXPECT_TRUE(both.may(Permission::ingest));
  EXPECT_FALSE(both.may(Permission::manage));
  EXPECT_FALSE(is_everything(both.scopes(Permission::read)));
  both.grants.push_back({Role::auditor, {}});
  EXPECT_TRUE(is_everything(both.scopes(Permission::read)));
}

}  // namespace
}  // namespace pratique
