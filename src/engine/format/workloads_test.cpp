#include <gtest/gtest.h>

#include "engine/format/format.h"

namespace pratique {
namespace {

const std::string a = std::string(64, 'a'), b = std::string(64, 'b');

Result<WorkloadList> read(const std::string& text, const Limits& limits = {}) {
  return read_workloads(Bytes::copy_of(text), "north", limits);
}

WorkloadList read_good(const std::string& text) {
  auto list = read(text);
  EXPECT_TRUE(list) << render(list.error());
  return list ? std::move(*list) : WorkloadList();
}

// `more` are members of metadata, `spec` and `status` whole objects.
std::string pod(const std::string& name, const std::string& more = {}, const std::string& spec = "{}",
                const std::string& status = "{}") {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name + R"(","namespace":"shop","uid":"u-)" + name +
         "\"" + (more.empty() ? "" : "," + more) + R"(},"spec":)" + spec + R"(,"status":)" + status + "}";
}

std::string list_of(const std::vector<std::string>& items, const std::string& kind = "List") {
  std::string text = R"({"apiVersion":"v1","items":[)";
  for (const auto& item : items) text += (text.back() == '[' ? "" : ",") + item;
  return text + R"(],"kind":")" + kind + R"(","metadata":{"resourceVersion":""}})";
}

std::string owned_by(const std::string& kind, const std::string& name) {
  return R"("ownerReferences":[{"apiVersion":"x","kind":")" + kind + R"(","name":")" + name +
         R"(","controller":true,"uid":"1"}])";
}

std::string top_of(const std::vector<std::string>& items) {
  const auto list = read_good(list_of(items));
  EXPECT_EQ(list.workloads.size(), 1u);
  return list.workloads.empty() ? "" : list.workloads[0].kind + " " + list.workloads[0].name;
}

TEST(Workloads, AreReadFromAList) {
  const auto list = read_good(list_of({pod("one", {},
                                           R"({"nodeName":"n1","serviceAccountName":"sa","containers":[
      {"name":"web","image":"nginx:1.25"},{"name":"side","image":"reg.example.com/side@sha256:)" +
                                               a + R"("}]})")}));
  EXPECT_EQ(list.coverage, Coverage::whole);
  ASSERT_EQ(list.workloads.size(), 1u);
  const Workload& one = list.workloads[0];
  EXPECT_EQ(one.cluster, "north");
  EXPECT_EQ(one.name_space, "shop");
  EXPECT_EQ(one.kind, "Pod");
  EXPECT_EQ(one.name, "one");
  EXPECT_EQ(one.pod, "one");
  EXPECT_EQ(one.uid, "u-one");
  EXPECT_EQ(one.node, "n1");
  EXPECT_EQ(one.service_account, "sa");
  ASSERT_EQ(one.containers.size(), 2u);
  EXPECT_EQ(one.containers[0].image.text(), "docker.io/library/nginx:1.25");
  EXPECT_EQ(one.containers[1].image.digest->hex(), a);
  EXPECT_TRUE(list.rejected.empty());
}

// The API's own list writes no kind into its items; one pod is a part of what runs.
TEST(Workloads, AreReadFromWhatTheApiAnswersToo) {
  std::string item = pod("one", {}, R"({"containers":[{"name":"web","image":"nginx"}]})");
  item.replace(item.find(R"("apiVersion":"v1","kind":"Pod",)"),
               std::string(R"("apiVersion":"v1","kind":"Pod",)").size(), "");
  const auto list = read_good(list_of({item}, "PodList"));
  ASSERT_EQ(list.workloads.size(), 1u);
  EXPECT_EQ(list.workloads[0].containers.size(), 1u);
  const auto alone = read_good(pod("one"));
  EXPECT_EQ(alone.coverage, Coverage::part);
  EXPECT_EQ(alone.workloads.size(), 1u);
  EXPECT_TRUE(read_good(list_of({})).workloads.empty());
}

TEST(Workloads, HoldAllFourKindsOfContainers) {
  const auto list = read_good(list_of({pod("one", {}, R"({
      "volumes":[{"name":"data","emptyDir":{}},{"name":"model","image":{"reference":"reg.example.com/model:3"}}],
      "ephemeralContainers":[{"name":"debug","image":"busybox"}],
      "initContainers":[{"name":"migrate","image":"shop/migrate:1"}],
      "containers":[{"name":"web","image":"shop/web:1"}]})",
                                           R"({
      "containerStatuses":[{"name":"web","imageID":"shop/web@sha256:)" +
                                               a + R"(","volumeMounts":[{"name":"model",
        "mountPath":"/m","volumeStatus":{"image":{"imageRef":"reg.example.com/model@sha256:)" +
                                               b + R"("}}}]}],
      "initContainerStatuses":[{"name":"migrate","imageID":"shop/migrate@sha256:)" +
                                               b + R"("}],
      "ephemeralContainerStatuses":[{"name":"debug","imageID":"busybox@sha256:)" +
                                               a + R"("}]})")}));
  ASSERT_EQ(list.workloads.size(), 1u);
  std::vector<std::string> all;
  for (const auto& container : list.workloads[0].containers)
    all.push_back(std::string(name_of(container.kind)) + " " + container.name + " " + container.image.text());
  EXPECT_EQ(all, (std::vector<std::string>{"container web docker.io/shop/web:1@sha256:" + a,
                                           "init migrate docker.io/shop/migrate:1@sha256:" + b,
                                           "ephemeral debug docker.io/library/busybox@sha256:" + a,
                                           "image-volume model reg.example.com/model:3@sha256:" + b}));
}

TEST(Workloads, TakeTheManifestDigestHoweverTheRuntimeSpellsIt) {
  const std::string pinned = "nginx@sha256:" + b;
  const struct {
    std::string image, id, status_image, digest;
  } cases[] = {
      {"nginx:1", "docker-pullable://nginx@sha256:" + a, "nginx:1", a},                    // Docker
      {"nginx:1", "docker.io/library/nginx@sha256:" + a, "docker.io/library/nginx:1", a},  // containerd, CRI-O
      {"nginx:1", "localhost:5000/nginx@sha256:" + a, "", a},
      {"nginx:1", "registry.example.com/nginx:1@sha256:" + a, "", a},
      {"nginx:1", a, "docker.io/library/nginx@sha256:" + b, b},  // newer CRI-O
      // A configuration's digest is no manifest's: nobody knows what runs.
      {"nginx:1", "sha256:" + a, "docker.io/library/nginx:1", ""},
      {"nginx:1", "docker://sha256:" + a, "nginx:1", ""},
      {"nginx:1", a, "nginx:1", ""},
      {"nginx:1", "", "", ""},
      {"nginx:1", "@sha256:" + a, "", ""},
      {"nginx:1", "nginx@sha256:12", "", ""},
      {pinned, "sha256:" + a, "", b},        // but the reference is pinned
      {pinned, "nginx@sha256:" + a, "", a},  // what runs counts
  };
  for (const auto& [image, id, status_image, digest] : cases) {
    SCOPED_TRACE(image + " " + id);
    const auto list = read_good(list_of(
        {pod("one", {}, R"({"containers":[{"name":"c","image":")" + image + R"("}]})",
             R"({"containerStatuses":[{"name":"c","image":")" + status_image + R"(","imageID":")" + id + R"("}]})")}));
    const auto& found = list.workloads.at(0).containers.at(0).image.digest;
    EXPECT_EQ(found ? found->hex() : "", digest);
  }
}

TEST(Workloads, AreKnownByTheirTopOwner) {
  const std::string set = owned_by("ReplicaSet", "cart-5d8f");
  EXPECT_EQ(top_of({pod("x", set + R"(,"labels":{"pod-template-hash":"5d8f"})")}), "Deployment cart");
  EXPECT_EQ(top_of({pod("x", set + R"(,"labels":{"rollouts-pod-template-hash":"5d8f"})")}), "Rollout cart");
  EXPECT_EQ(top_of({pod("x", set + R"(,"labels":{"pod-template-hash":"other"})")}), "ReplicaSet cart-5d8f");
  EXPECT_EQ(top_of({pod("x", set)}), "ReplicaSet cart-5d8f");
  EXPECT_EQ(top_of({pod("x", owned_by("StatefulSet", "db"))}), "StatefulSet db");
  EXPECT_EQ(top_of({pod("x", owned_by("Job", "backup-28"))}), "Job backup-28");
  EXPECT_EQ(top_of({pod("x")}), "Pod x");
  EXPECT_EQ(top_of({pod("x", R"("ownerReferences":[{"name":"a"},{"kind":"A"},{}])")}), "Pod x");
  EXPECT_EQ(top_of({pod("x", R"("ownerReferences":[{"kind":"A","name":"a"},{"kind":"B","name":"b","controller":true},
                                                   {"kind":"C","name":"c"}])")}),
            "B b");
}

TEST(Workloads, AreKnownByTheOwnersTheListItselfTells) {
  const auto object = [](const std::string& kind, const std::string& name, const std::string& more) {
    return R"({"kind":")" + kind + R"(","metadata":{"name":")" + name + R"(","namespace":"shop")" +
           (more.empty() ? "" : "," + more) + R"(},"spec":{"containers":"not a pod's"}})";
  };
  EXPECT_EQ(top_of({pod("x", owned_by("Job", "backup-28")), object("Job", "backup-28", owned_by("CronJob", "backup"))}),
            "CronJob backup");
  EXPECT_EQ(top_of({object("ReplicaSet", "cart-5d8f", ""),
                    pod("x", owned_by("ReplicaSet", "cart-5d8f") + R"(,"labels":{"pod-template-hash":"5d8f"})")}),
            "ReplicaSet cart-5d8f");
  EXPECT_EQ(top_of({pod("x", owned_by("ReplicaSet", "cart-5d8f")),
                    object("ReplicaSet", "cart-5d8f", owned_by("Deployment", "cart")),
                    object("Deployment", "cart", owned_by("Application", "shop"))}),
            "Application shop");
  // A circle ends.
  EXPECT_EQ(top_of({pod("x", owned_by("A", "a")), object("A", "a", owned_by("B", "b")),
                    object("B", "b", owned_by("A", "a"))}),
            "A a");
}

TEST(Workloads, GiveAStaticPodTheNameOfItsManifest) {
  EXPECT_EQ(top_of({pod("etcd-cp-1", owned_by("Node", "cp-1"), R"({"nodeName":"cp-1"})")}), "StaticPod etcd");
  EXPECT_EQ(
      top_of({pod("etcd-cp-1", R"("annotations":{"kubernetes.io/config.mirror":"h"})", R"({"nodeName":"cp-1"})")}),
      "StaticPod etcd");
  EXPECT_EQ(top_of({pod("etcd", owned_by("Node", "cp-1"))}), "StaticPod etcd");
  EXPECT_EQ(top_of({pod("-cp-1", owned_by("Node", "cp-1"))}), "StaticPod -cp-1");
}

TEST(Workloads, LeaveOutPodsThatAreFinished) {
  const auto list =
      read_good(list_of({pod("a", {}, "{}", R"({"phase":"Succeeded"})"), pod("b", {}, "{}", R"({"phase":"Failed"})"),
                         pod("c", {}, "{}", R"({"phase":"Pending"})")}));
  EXPECT_EQ(list.finished, 2u);
  ASSERT_EQ(list.workloads.size(), 1u);
  EXPECT_EQ(list.workloads[0].name, "c");
}

TEST(Workloads, SetAsideWhatIsBadAndCountTheRest) {
  const auto list = read_good(list_of(
      {pod("a", {},
           R"({"containers":[{"name":"ok","image":"nginx"},{"name":"bad","image":"NO SPACES"},{"name":"none"}]})"),
       pod("", {}, "{}"), "7", pod("b", {}, R"({"containers":{}})")}));
  ASSERT_EQ(list.workloads.size(), 2u);
  EXPECT_EQ(list.workloads[0].containers.size(), 1u);
  std::vector<std::string> places;
  for (const auto& part : list.rejected) places.push_back(part.place);
  std::sort(places.begin(), places.end());
  EXPECT_EQ(places, (std::vector<std::string>{"/items/0/spec", "/items/0/spec", "/items/1", "/items/2", "/items/2",
                                              "/items/3/spec/containers"}));
}

TEST(Workloads, RefuseWhatIsNotAWholeListOfPods) {
  const std::string paged = R"({"items":[],"kind":"PodList","metadata":{"continue":"abc"}})";
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("[]"), std::string("7"), std::string("{}"), paged,
        std::string(R"({"kind":"Deployment"})"), list_of({R"({"kind":"Deployment","metadata":{"name":"x"}})"}),
        list_of({}, "ServiceList"), std::string(R"({"kind":"List"})")}) {
    SCOPED_TRACE(text);
    const auto list = read(text);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().fault, Fault::malformed);
  }
  const auto many = read(list_of({pod("a"), pod("b"), pod("c")}), {.entries = 2});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().fault, Fault::limit);
}

std::string object_of(const std::string& kind, const std::string& name, const std::string& spec) {
  return R"({"apiVersion":"v1","kind":")" + kind + R"(","metadata":{"name":")" + name +
         R"(","namespace":"shop"},"spec":)" + spec + "}";
}

TEST(Workloads, AreExposedByWhatLeadsToThem) {
  const auto list = read_good(list_of(
      {pod("web", R"("labels":{"app":"web","team":"shop","example.com/owner":"ann","x":"y"})", R"({"hostNetwork":true,
         "containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80,"hostPort":8080},{"containerPort":81}]}]})"),
       pod("db", R"("labels":{"app":"db"})"), pod("bare"),
       object_of("Service", "front", R"({"type":"LoadBalancer","selector":{"app":"web"}})"),
       object_of("Service", "inside", R"({"type":"ClusterIP","selector":{"app":"db"}})"),
       object_of("Service", "by-hand", R"({"type":"NodePort"})"),
       object_of("Service", "both", R"({"type":"NodePort","selector":{"app":"web","x":"z"}})"),
       object_of("Ingress", "public", R"({"rules":[{"host":"shop.example.com","http":{"paths":[{"path":"/",
         "backend":{"service":{"name":"inside","port":{"number":80}}}}]}}]})"),
       object_of("HTTPRoute", "way", R"({"hostnames":["a.example.com"],"rules":[{"backendRefs":[{"name":"front"},
         {"name":"inside","namespace":"other"}]}]})")}));
  ASSERT_EQ(list.workloads.size(), 3u);
  EXPECT_EQ(list.workloads[0].exposure, (std::vector<std::string>{"host-network", "host-port 8080",
                                                                  "load-balancer front", "route way a.example.com"}));
  EXPECT_EQ(list.workloads[0].owner_labels,
            (std::vector<std::pair<std::string, std::string>>{{"example.com/owner", "ann"}, {"team", "shop"}}));
  EXPECT_EQ(list.workloads[1].exposure,
            (std::vector<std::string>{"ingress public shop.example.com", "service inside"}));
  EXPECT_TRUE(list.workloads[2].exposure.empty()) << "no selector selects nothing";
}

}  // namespace
}  // namespace pratique
