// Several ways of asking this kernel, while it holds one of everything: an honest kernel contradicts nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "engine/kernel/kernel.h"
#include "scene.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

std::string told(const std::vector<KernelContradiction>& contradictions) {
  std::string text;
  for (const auto& each : contradictions) {
    text += each.object + " " + each.says;
    for (const auto& evidence : each.evidence) text += "; " + evidence;
    text += "\n";
  }
  return text;
}

TEST(VerifyTest, AnHonestKernelContradictsNothing) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};  // maps count as locked memory before Linux 5.11
  ::setrlimit(RLIMIT_MEMLOCK, &all);
  std::vector<Scene> scenes;
  for (const auto& recipe : recipes()) scenes.push_back(recipe.play());
  std::vector<KernelContradiction> found;
  for (int look = 0; look < 4; ++look) {
    const auto views = probe_kernel_views();
    ASSERT_TRUE(views) << render(views.error());
    found = look == 0 ? compare_views(*views) : lasting(found, compare_views(*views));
    EXPECT_FALSE(views->canary.empty());
    for (const auto& view : views->views)
      for (const auto& canary : views->canary) {
        const bool must_show = view.unavailable.empty() && view.whole.contains(canary.first);
        EXPECT_TRUE(!must_show || view.objects.contains(canary)) << view.name;
      }
    // Whatever scenes hold by descriptors has to be seen, so that the views were not empty alike.
    for (const auto& scene : scenes)
      for (const auto& truth : scene.truth)
        if (scene.skipped.empty() && (truth.kind == KernelKind::prog || truth.kind == KernelKind::map)) {
          EXPECT_TRUE(views->views.front().objects.contains(KernelId(truth.kind, truth.id))) << truth.name;
        }
    if (found.empty()) break;
    ::sleep(1);
  }
  EXPECT_EQ(told(found), "");
}

// What one way of asking no longer shows is found by the others.
TEST(VerifyTest, AHiddenObjectIsFound) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  auto views = probe_kernel_views();
  ASSERT_TRUE(views) << render(views.error());
  ASSERT_FALSE(views->canary.empty());
  const KernelId hidden = *views->canary.begin();
  views->views.front().objects.erase(hidden);
  const auto found = compare_views(*views);
  const auto told_of = std::find_if(found.begin(), found.end(), [](const KernelContradiction& each) {
    return each.says == "is missing from listing";
  });
  ASSERT_NE(told_of, found.end());
  EXPECT_EQ(told_of->object, std::string(name_of(hidden.first)) + " " + std::to_string(hidden.second));
  EXPECT_THAT(told_of->evidence, testing::Contains("probing shows it"));
}

}  // namespace
}  // namespace pratique
