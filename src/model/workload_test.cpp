#include "model/workload.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

const std::string sha = "sha256:" + std::string(64, 'a');

struct Spelling {
  std::string reference, canonical;
};

class ImageReference : public testing::TestWithParam<Spelling> {};

TEST_P(ImageReference, HasOneCanonicalText) {
  const auto image = parse_image(GetParam().reference);
  ASSERT_TRUE(image) << render(image.error());
  EXPECT_EQ(image->text(), GetParam().canonical);
  const auto again = parse_image(image->text());
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(*again, *image);
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, ImageReference,
    testing::Values(Spelling{"nginx", "docker.io/library/nginx"},
                    Spelling{"nginx:1.25", "docker.io/library/nginx:1.25"},
                    Spelling{"docker.io/nginx", "docker.io/library/nginx"},
                    Spelling{"index.docker.io/library/nginx", "docker.io/library/nginx"},
                    Spelling{"bitnami/redis", "docker.io/bitnami/redis"}, Spelling{"localhost/app", "localhost/app"},
                    Spelling{"LOCALHOST/app", "localhost/app"}, Spelling{"Host/app", "Host/app"},
                    Spelling{"localhost:5000/app:v1", "localhost:5000/app:v1"},
                    Spelling{"Registry.Example.COM/shop/cart", "registry.example.com/shop/cart"},
                    Spelling{"registry.example.com:8443/a/b/c:x@" + sha, "registry.example.com:8443/a/b/c:x@" + sha},
                    Spelling{"nginx@SHA256:" + std::string(64, 'A'), "docker.io/library/nginx@" + sha},
                    Spelling{"a.b/c__d/e--f.g_h", "a.b/c__d/e--f.g_h"}, Spelling{"[::1]:5000/app", "[::1]:5000/app"},
                    Spelling{"x:" + std::string(128, 't'), "docker.io/library/x:" + std::string(128, 't')}));

class NoImageReference : public testing::TestWithParam<std::string> {};

TEST_P(NoImageReference, IsMalformed) {
  const auto image = parse_image(GetParam());
  ASSERT_FALSE(image) << image->text();
  EXPECT_EQ(image.error().fault, Fault::malformed);
  EXPECT_LT(render(image.error()).size(), 1024u);
}

INSTANTIATE_TEST_SUITE_P(Grammar, NoImageReference,
                         testing::Values("", " ", "nginx:", ":1", "nginx@", "nginx@sha256:12", "@" + sha, "Nginx",
                                         "a//b", "/a", "a/", "nginx:-x", "nginx:.x", "nginx:a b", "a..b", "a___b", "-a",
                                         "a-", "a/_b", "a b", "ngin\xC3\xA9", std::string("ngi\0nx", 6), "nginx\n",
                                         "docker://nginx", std::string(64, 'a'), "x:" + std::string(129, 't'),
                                         std::string(300, 'a'), "reg.example.com:port/app", "-reg.example.com/app",
                                         "reg..example.com/app", "nginx@" + sha + "@" + sha,
                                         std::string(1 << 20, '/')));

TEST(ContainerKind, IsNamedAsInOutput) {
  EXPECT_EQ(name_of(ContainerKind::container), "container");
  EXPECT_EQ(name_of(ContainerKind::init), "init");
  EXPECT_EQ(name_of(ContainerKind::ephemeral), "ephemeral");
  EXPECT_EQ(name_of(ContainerKind::image_volume), "image-volume");
}

}  // namespace
}  // namespace pratique
