// Every AdmissionReview that a real kube-apiserver sent, read and answered.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/format/format.h"
#include "engine/policy/policy.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const fs::path folder = PRATIQUE_SOURCE_DIR "/../shared/data-kube";

struct Case {
  const char* file;
  const char* operation;
  const char* kind;
  const char* sub_resource;
  const char* name;
  std::size_t containers, old_containers;
  std::size_t judged;  // images that the request brings
};
constexpr Case cases[] = {
    {"cronjob-create", "CREATE", "CronJob", "", "nightly", 1, 0, 1},
    {"daemonset-create", "CREATE", "DaemonSet", "", "shop", 1, 0, 1},
    {"deployment-create", "CREATE", "Deployment", "", "shop", 1, 0, 1},
    {"deployment-delete", "DELETE", "Deployment", "", "shop", 0, 1, 0},
    {"deployment-scale-update", "UPDATE", "Scale", "scale", "shop", 0, 0, 0},
    {"deployment-update-image", "UPDATE", "Deployment", "", "shop", 1, 1, 1},
    {"job-create", "CREATE", "Job", "", "once", 1, 0, 1},
    {"pod-attach-connect", "CONNECT", "PodAttachOptions", "attach", "web", 0, 0, 0},
    {"pod-binding-create", "CREATE", "Binding", "binding", "as", 0, 0, 0},
    {"pod-create", "CREATE", "Pod", "", "web", 3, 0, 3},
    {"pod-create-by-replicaset", "CREATE", "Pod", "", "shop-746cd9f659-wbtzl", 1, 0, 1},
    {"pod-create-dry-run", "CREATE", "Pod", "", "dry", 3, 0, 3},
    {"pod-create-image-volume", "CREATE", "Pod", "", "image-volume", 2, 0, 2},
    {"pod-create-impersonated", "CREATE", "Pod", "", "as", 3, 0, 3},
    {"pod-create-server-side-apply", "CREATE", "Pod", "", "ssa", 3, 0, 3},
    {"pod-delete", "DELETE", "Pod", "", "web", 0, 4, 0},
    {"pod-deletecollection", "DELETE", "Pod", "", "as", 0, 3, 0},
    {"pod-ephemeralcontainers-update", "UPDATE", "Pod", "ephemeralcontainers", "web", 4, 3, 1},
    {"pod-eviction-create", "CREATE", "Eviction", "eviction", "ssa", 0, 0, 0},
    {"pod-exec-connect", "CONNECT", "PodExecOptions", "exec", "web", 0, 0, 0},
    {"pod-resize-update", "UPDATE", "Pod", "resize", "web", 4, 4, 0},
    {"pod-status-update", "UPDATE", "Pod", "status", "sts", 3, 3, 0},
    {"pod-update-image", "UPDATE", "Pod", "", "web", 3, 3, 1},
    {"pod-update-label", "UPDATE", "Pod", "", "web", 3, 3, 0},
    {"podtemplate-create", "CREATE", "PodTemplate", "", "t", 1, 0, 1},
    {"replicaset-create-by-controller", "CREATE", "ReplicaSet", "", "shop-746cd9f659", 1, 0, 1},
    {"replicationcontroller-create", "CREATE", "ReplicationController", "", "old", 1, 0, 1},
    {"statefulset-create", "CREATE", "StatefulSet", "", "shop", 1, 0, 1},
};

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(AdmissionReviews, AreAllReadAsTheyAre) {
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  const PolicySet policies(parse_policies("apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\n"
                                          "spec: {rules: [{name: bill, requireSBOM: {}}]}\n",
                                          "p.yaml")
                               .value());
  for (const auto& wanted : cases) {
    SCOPED_TRACE(wanted.file);
    const auto text = text_of(folder / (std::string(wanted.file) + ".json"));
    const auto request = read_admission_review(Bytes::copy_of(text));
    ASSERT_TRUE(request) << render(request.error());
    EXPECT_EQ(request->operation, wanted.operation);
    EXPECT_EQ(request->kind, wanted.kind);
    EXPECT_EQ(request->sub_resource, wanted.sub_resource);
    EXPECT_EQ(request->name, wanted.name);
    EXPECT_EQ(request->name_space, "team-a");
    EXPECT_EQ(request->containers.size(), wanted.containers);
    EXPECT_EQ(request->old_containers.size(), wanted.old_containers);
    EXPECT_TRUE(request->bad_images.empty());
    const auto inquiry = inquiry_of(policies, *request);
    EXPECT_EQ(inquiry.images.size(), wanted.judged);

    // None of them is pinned: whoever brings an image is refused, and told so under the request's own uid.
    const auto answer =
        nlohmann::json::parse(render_admission_response(*request, decide(policies, *request, inquiry.images)));
    EXPECT_EQ(answer["response"]["uid"], nlohmann::json::parse(text)["request"]["uid"]);
    EXPECT_EQ(answer["response"]["allowed"], wanted.judged == 0);
  }
}

TEST(AdmissionReviews, AreAllKnownHere) {
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) files += entry.path().extension() == ".json";
  EXPECT_EQ(files, std::size(cases));
}

}  // namespace
}  // namespace pratique
