#include "world/probe/types.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pratique {
namespace {

// Types in the form of /sys/kernel/btf/vmlinux.
class Types {
 public:
  std::uint32_t text(const std::string& name) {
    if (name.empty()) return 0;
    const auto at = static_cast<std::uint32_t>(texts_.size());
    texts_ += name + '\0';
    return at;
  }
  std::uint32_t add(const std::string& name, std::uint32_t kind, std::uint32_t count,
                    std::vector<std::uint32_t> rest = {}) {
    words_.insert(words_.end(), {text(name), kind << 24 | count, 8});
    words_.insert(words_.end(), rest.begin(), rest.end());
    return ++last_;
  }
  std::uint32_t pointer(std::uint32_t to) {
    words_.insert(words_.end(), {0, 2u << 24, to});
    return ++last_;
  }
  std::string bytes() const {
    const auto types = static_cast<std::uint32_t>(words_.size() * 4);
    const std::uint32_t head[] = {0x0001eb9f, 24, 0, types, types, static_cast<std::uint32_t>(texts_.size())};
    std::string all(reinterpret_cast<const char*>(head), sizeof head);
    all.append(reinterpret_cast<const char*>(words_.data()), types);
    return all + texts_;
  }

 private:
  std::vector<std::uint32_t> words_;
  std::string texts_ = std::string(1, '\0');
  std::uint32_t last_ = 0;
};

constexpr std::uint32_t kind_int = 1, kind_struct = 4, kind_union = 5, kind_func = 12;

TEST(KernelTypesTest, FindsMembersAlsoOfUnnamedStructures) {
  Types types;
  const auto number = types.add("int", kind_int, 0, {32});
  const auto inner = types.add("", kind_union, 2, {types.text("f_path"), number, 0, types.text("other"), number, 32});
  types.add("file", kind_struct, 3, {types.text("f_inode"), number, 0, 0, inner, 64, types.text("last"), number, 128});
  types.add("file", kind_struct, 1, {types.text("only_here"), number, 8});  // a second one of that name
  const auto function = types.add("vfs_open", kind_func, 0);
  const std::string bytes = types.bytes();
  const KernelTypes kernel(bytes);
  ASSERT_FALSE(kernel.empty());
  const auto offsets = kernel.find_members({{"file", "f_inode"},
                                            {"file", "f_path"},
                                            {"file", "other"},
                                            {"file", "last"},
                                            {"file", "only_here"},
                                            {"file", "no"},
                                            {"no", "f_path"}});
  const std::vector<std::optional<std::uint32_t>> expected{0, 8, 12, 16, 1, {}, {}};
  EXPECT_EQ(offsets, expected);
  EXPECT_EQ(kernel.find_function("vfs_open"), function);
  EXPECT_EQ(kernel.find_function("file"), 0u);
  EXPECT_EQ(kernel.name(function), "vfs_open");
  EXPECT_TRUE(kernel.is_function(function));
  EXPECT_FALSE(kernel.is_function(number));
  EXPECT_EQ(kernel.name(0), "");
  EXPECT_EQ(kernel.name(999), "");
}

TEST(KernelTypesTest, FindsPointersToFunctions) {
  Types types;
  const auto number = types.add("int", kind_int, 0, {32});
  const auto prototype = types.add("", 13, 1, {0, number});
  const auto function = types.pointer(prototype), other = types.pointer(number);
  const auto inner =
      types.add("tcp_ops", kind_struct, 3,
                {types.text("a"), function, 0, types.text("b"), other, 64, types.text("c"), function, 128});
  const auto outer = types.add("bpf_struct_ops_tcp_ops", kind_struct, 2,
                               {types.text("common"), number, 0, types.text("data"), inner, 512});
  const std::string bytes = types.bytes();
  EXPECT_EQ(KernelTypes(bytes).find_function_pointers(outer), (std::vector<std::uint32_t>{64, 80}));
  EXPECT_TRUE(KernelTypes(bytes).find_function_pointers(number).empty());
  EXPECT_TRUE(KernelTypes(bytes).find_function_pointers(99).empty());
}

TEST(KernelTypesTest, BitFieldsHaveNoOffset) {
  Types types;
  const auto number = types.add("int", kind_int, 0, {32});
  constexpr std::uint32_t with_sizes = 1u << 7;  // kind_flag, where it stands in the kind's byte
  types.add("sock", kind_struct | with_sizes, 2,
            {types.text("bits"), number, 4u << 24 | 8, types.text("whole"), number, 64});
  const std::string bytes = types.bytes();
  const auto offsets = KernelTypes(bytes).find_members({{"sock", "bits"}, {"sock", "whole"}});
  EXPECT_EQ(offsets[0], std::nullopt);
  EXPECT_EQ(offsets[1], 8u);
}

TEST(KernelTypesTest, MalformedTypesAreNone) {
  Types types;
  types.add("vfs_open", kind_func, 0);
  const std::string good = types.bytes();
  ASSERT_FALSE(KernelTypes(good).empty());
  for (std::size_t length = 0; length < good.size(); ++length) {
    const KernelTypes cut(std::string_view(good).substr(0, length));
    EXPECT_EQ(cut.find_function("vfs_open"), 0u) << length;
  }
  std::string other = good;
  other[0] = 'x';
  EXPECT_TRUE(KernelTypes(other).empty());
  Types huge;
  huge.add("s", kind_struct, 0xffff, {0, 0, 0});
  EXPECT_TRUE(KernelTypes(huge.bytes()).empty());
  Types unknown;
  unknown.add("new", 31, 0);
  EXPECT_TRUE(KernelTypes(unknown.bytes()).empty());
}

TEST(KernelTypesTest, AnUnnamedStructureThatHoldsItselfEnds) {
  Types types;
  types.add("", kind_struct, 1, {0, 1, 0});
  types.add("s", kind_struct, 1, {0, 1, 0});
  const std::string bytes = types.bytes();
  EXPECT_EQ(KernelTypes(bytes).find_members({{"s", "m"}})[0], std::nullopt);
}

}  // namespace
}  // namespace pratique
