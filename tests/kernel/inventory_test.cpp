// The inventory against scenes whose truth is known: nothing missing, nothing invented.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>

#include "recipes.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

using ObjectKey = std::pair<KernelKind, std::uint32_t>;
using Objects = std::map<ObjectKey, KernelObject>;

bool counts(const KernelObject& object) { return object.kind != KernelKind::btf && object.kind != KernelKind::classic; }

Objects look(Looking looking) {
  Objects objects;
  auto inventory = probe_kernel({.looking = looking});
  EXPECT_TRUE(inventory) << render(inventory.error());
  if (!inventory) return objects;
  for (auto& object : inventory->objects) {
    const ObjectKey key{object.kind, object.id};
    if (counts(object)) objects.emplace(key, std::move(object));
  }
  return objects;
}

// Every difference between what scenes did and what is seen; `before` is what was there already.
std::string differences(const std::vector<const Scene*>& scenes, const Objects& before, Looking looking) {
  const Objects seen = look(looking);
  std::string text;
  std::set<ObjectKey> told;
  for (const auto* scene : scenes)
    for (const auto& truth : scene->truth) {
      told.emplace(truth.kind, truth.id);
      const auto found = seen.find({truth.kind, truth.id});
      if (found == seen.end())
        text +=
            "missing " + std::string(name_of(truth.kind)) + " " + std::to_string(truth.id) + " " + truth.name + "\n";
      else
        text += difference(truth, describe(found->second));
    }
  for (const auto& [key, object] : seen)
    if (!told.contains(key) && !before.contains(key)) text += "invented " + label_of(object) + " " + object.name + "\n";
  return text;
}

class InventoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !socket_filter("can_we")) GTEST_SKIP() << "needs root and eBPF";
  }
};

void compare_each_scene(Looking looking) {
  for (const auto& recipe : recipes()) {
    if (looking == Looking::by_proc && recipe.needs == Needs::iterators) continue;
    SCOPED_TRACE(recipe.name);
    const Objects before = look(looking);
    const Scene scene = recipe.play();
    if (!scene.skipped.empty()) {
      std::printf("skipped %s: %s\n", recipe.name, scene.skipped.c_str());
      continue;
    }
    EXPECT_EQ(differences({&scene}, before, looking), "");
  }
}

TEST_F(InventoryTest, EqualsTheTruthOfEachScene) { compare_each_scene(Looking::by_iterators); }

TEST_F(InventoryTest, EqualsTheTruthOfEachSceneByProcAlone) { compare_each_scene(Looking::by_proc); }

TEST_F(InventoryTest, EqualsTheTruthOfAllScenesAtOnce) {
  const Objects before = look(Looking::by_iterators);
  std::vector<Scene> scenes;
  std::vector<const Scene*> played;
  for (const auto& recipe : recipes()) scenes.push_back(recipe.play());
  for (const auto& scene : scenes)
    if (scene.skipped.empty()) played.push_back(&scene);
  EXPECT_EQ(differences(played, before, Looking::by_iterators), "");
}

}  // namespace

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = [] {
    auto rows = held_recipes();
    for (auto& row : attached_recipes()) rows.push_back(std::move(row));
    for (auto& row : network_recipes()) rows.push_back(std::move(row));
    return rows;
  }();
  return all;
}

}  // namespace pratique
