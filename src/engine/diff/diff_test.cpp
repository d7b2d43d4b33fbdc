#include "engine/diff/diff.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

struct Part {
  std::string_view name, version, purl;
  Scope scope = Scope::unspecified;
  std::string_view license = {};
  ComponentType type = ComponentType::library;
};

Bill bill_of(std::initializer_list<Part> parts) {
  Bill bill;
  for (const Part& part : parts) {
    Component component;
    component.name = part.name;
    component.version = part.version;
    component.purl = part.purl;
    component.scope = part.scope;
    component.license = part.license;
    component.type = part.type;
    bill.components.push_back(component);
  }
  return bill;
}

std::string text_of(const BillDifference& difference) {
  std::string text;
  for (const Difference& item : difference.items) {
    text += std::string(name_of(item.change)) + " " + item.before.name + "@" + item.before.version + " -> " +
            item.after.name + "@" + item.after.version;
    for (const std::string& what : item.what) text += " " + what;
    text += "\n";
  }
  return text + std::to_string(difference.same) + " same";
}

TEST(Diff, TellsAddedRemovedChangedAndMoved) {
  const Bill before = bill_of({{"a", "1", "pkg:npm/a@1"},
                               {"b", "1", "pkg:npm/b@1"},
                               {"c", "1", "pkg:npm/c@1"},
                               {"d", "1", "pkg:npm/d@1", Scope::optional}});
  const Bill after = bill_of({{"d", "1", "pkg:npm/d@1", Scope::required},
                              {"c", "2", "pkg:npm/c@2"},
                              {"e", "1", "pkg:npm/e@1"},
                              {"a", "1", "pkg:npm/a@1"}});
  const BillDifference difference = difference_of(before, after);
  EXPECT_EQ(text_of(difference), "added @ -> e@1\nremoved b@1 -> @\nchanged c@1 -> c@2\nmoved d@1 -> d@1\n1 same");
  EXPECT_TRUE(difference.differs());
  EXPECT_FALSE(difference_of(before, before).differs());
}

TEST(Diff, PairsEqualVersionsFirst) {
  const Bill before = bill_of({{"a", "1", "pkg:npm/a@1"}, {"a", "2", "pkg:npm/a@2"}});
  const Bill after = bill_of({{"a", "2", "pkg:npm/a@2"}, {"a", "3", "pkg:npm/a@3"}, {"a", "4", "pkg:npm/a@4"}});
  EXPECT_EQ(text_of(difference_of(before, after)), "added @ -> a@4\nchanged a@1 -> a@3\n1 same");
}

TEST(Diff, ReconcilesWhatTwoToolsTellDifferently) {
  const Bill one = bill_of({{"openssl", "1:3.0.11-1", "pkg:deb/debian/openssl@3.0.11-1?epoch=1", {}, "Apache-2.0"},
                            {"PyYAML", "6.0", "pkg:pypi/pyyaml@6.0"},
                            {"lodash", "4.17.21", "pkg:npm/lodash@4.17.21"},
                            {"six", "1.16", "pkg:pypi/six@1.16"}});
  const Bill other = bill_of({{"openssl", "1:3.0.11-1", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64", {}, "OpenSSL"},
                              {"pyyaml", "6.0", "pkg:pypi/pyyaml@6.0"},
                              {"lodash", "4.17.21", ""},
                              {"six", "1.16", "pkg:npm/six@1.16"}});
  const BillDifference difference = difference_of(one, other);
  EXPECT_EQ(text_of(difference),
            "added @ -> six@1.16\nremoved six@1.16 -> @\n"
            "retold PyYAML@6.0 -> pyyaml@6.0 name\n"
            "retold lodash@4.17.21 -> lodash@4.17.21 purl\n"
            "retold openssl@1:3.0.11-1 -> openssl@1:3.0.11-1 purl license\n0 same");
}

TEST(Diff, LeavesFilesOutUnlessAskedFor) {
  const Bill before = bill_of({{"/bin/sh", "", "", Scope::unspecified, "", ComponentType::file}});
  const BillDifference without = difference_of(before, Bill{});
  EXPECT_FALSE(without.differs());
  EXPECT_EQ(without.files, 1U);
  EXPECT_TRUE(difference_of(before, Bill{}, Files::compare).differs());
}

}  // namespace
}  // namespace pratique
