#include "flow/observe.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

TEST(ObserveTest, NamesImagesByPod) {
  KernelObject prog;
  prog.owners = {{.pid = 1, .pod = "u1"}, {.pid = 2, .pod = "u2"}, {.pid = 3, .pod = "u3"}, {.pid = 4}};
  KernelInventory inventory{.objects = {prog}};
  const auto container = [](const std::string& image, ContainerKind kind = ContainerKind::container) {
    return Container{image, kind, parse_image(image).value()};
  };
  Workload one, two, nobody;
  one.uid = "u1";
  one.containers = {container("agent:1"), container("data:1", ContainerKind::image_volume)};
  two.uid = "u2";
  two.containers = {container("b:1"), container("a:1"), container("a:1")};
  nobody.containers = {container("c:1")};  // a list without uids
  name_images(inventory, {one, two, nobody});
  const auto& owners = inventory.objects[0].owners;
  EXPECT_EQ(owners[0].image, "docker.io/library/agent:1");
  EXPECT_EQ(owners[1].image, "docker.io/library/a:1 or docker.io/library/b:1");
  EXPECT_EQ(owners[2].image, "");
  EXPECT_EQ(owners[3].image, "");
}

}  // namespace
}  // namespace pratique
