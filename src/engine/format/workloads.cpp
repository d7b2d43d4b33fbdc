// What runs, from `kubectl get pods -A -o json`: pods to workloads. Follows core/v1 PodList.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/text.h"
#include "engine/format/exposure.h"
#include "engine/format/format.h"
#include "engine/format/json.h"
#include "engine/format/pod_spec.h"

namespace pratique {
namespace {

struct Owner {
  std::string kind, name;
};

// One object of the list, as far as it matters here.
struct Object {
  std::string kind, name, name_space, uid;
  std::string template_hash, rollout_hash;  // labels that Deployments and Argo Rollouts give to their pods
  std::optional<Owner> owner;               // the controller among the ownerReferences, else the first
  bool is_mirror = false;                   // of a static pod
  bool is_one_page = false;                 // of several: a list that goes on
  PodSpec spec;
  std::string phase;
  std::optional<Time> created, started;
  // (name, digest) of containers and of image volumes, as the status tells; the first of a name counts.
  std::vector<std::pair<std::string, Digest>> containers, volumes;
  Labels labels;
  Lead lead;  // of a service or what leads to one
  std::string place;
};

// The manifest digest in what a runtime calls an image, none where it says something else:
//   docker-pullable://nginx@sha256:...    Docker
//   docker.io/library/nginx@sha256:...    containerd, CRI-O
//   sha256:...  docker://sha256:...  64 digits    the digest of a configuration, which no registry knows
std::optional<Digest> manifest_digest(std::string_view id) {
  const auto at = id.rfind('@');
  if (at == std::string_view::npos || at == 0) return {};
  auto digest = parse_digest(id.substr(at + 1));
  if (!digest) return {};
  return std::move(*digest);
}

// Only told to people: what is no time is left out.
std::optional<Time> time_in(JsonValue& value) {
  const auto time = parse_time(value.text());
  return time ? std::optional(*time) : std::nullopt;
}

void read_owners(JsonValue& value, Object& object) {
  bool is_controlled = false;
  for (JsonArray list = value.array(); list.next();) {
    Owner owner;
    bool is_controller = false;
    for (JsonObject reference = list.value().object(); reference.next();) {
      if (reference.key() == "kind") owner.kind = reference.value().text();
      if (reference.key() == "name") owner.name = reference.value().text();
      if (reference.key() == "controller") is_controller = reference.value().boolean().value_or(false);
    }
    if (owner.kind.empty() || owner.name.empty()) {
      list.value().set_aside("an owner without kind or name");
      continue;
    }
    if (object.owner && (is_controlled || !is_controller)) continue;
    is_controlled = is_controller;
    object.owner = std::move(owner);
  }
}

void read_metadata(JsonValue& value, Object& object) {
  for (JsonObject metadata = value.object(); metadata.next();) {
    const std::string_view key = metadata.key();
    if (key == "name") object.name = metadata.value().text();
    if (key == "namespace") object.name_space = metadata.value().text();
    if (key == "continue") object.is_one_page = !metadata.value().text().empty();
    if (key == "uid") object.uid = metadata.value().text();
    if (key == "creationTimestamp") object.created = time_in(metadata.value());
    if (key == "ownerReferences") read_owners(metadata.value(), object);
    if (key == "annotations")
      for (JsonObject annotations = metadata.value().object(); annotations.next();)
        if (annotations.key() == "kubernetes.io/config.mirror") object.is_mirror = true;
    if (key == "labels")
      for (JsonObject labels = metadata.value().object(); labels.next();) {
        std::string name(labels.key());
        object.labels.emplace_back(std::move(name), std::string(labels.value().text()));
        const auto& [label, text] = object.labels.back();
        if (label == "pod-template-hash") object.template_hash = text;
        if (label == "rollouts-pod-template-hash") object.rollout_hash = text;
      }
  }
}

// volumeMounts[].volumeStatus.image.imageRef says what an image volume holds.
void read_volume_statuses(JsonValue& value, Object& object) {
  for (JsonArray mounts = value.array(); mounts.next();) {
    std::string name;
    std::optional<Digest> digest;
    for (JsonObject mount = mounts.value().object(); mount.next();) {
      if (mount.key() == "name") name = mount.value().text();
      if (mount.key() != "volumeStatus") continue;
      for (JsonObject status = mount.value().object(); status.next();) {
        if (status.key() != "image") continue;
        for (JsonObject image = status.value().object(); image.next();)
          if (image.key() == "imageRef") digest = manifest_digest(image.value().text());
      }
    }
    if (digest) object.volumes.emplace_back(std::move(name), std::move(*digest));
  }
}

void read_container_statuses(JsonValue& value, Object& object) {
  for (JsonArray list = value.array(); list.next();) {
    std::string name;
    std::optional<Digest> by_id, by_image;
    for (JsonObject status = list.value().object(); status.next();) {
      const std::string_view key = status.key();
      if (key == "name") name = status.value().text();
      if (key == "imageID") by_id = manifest_digest(status.value().text());
      if (key == "image") by_image = manifest_digest(status.value().text());  // where CRI-O has its digest since 1.28
      if (key == "volumeMounts") read_volume_statuses(status.value(), object);
    }
    if (auto& digest = by_id ? by_id : by_image) object.containers.emplace_back(std::move(name), std::move(*digest));
  }
}

void read_status(JsonValue& value, Object& object) {
  for (JsonObject status = value.object(); status.next();) {
    if (status.key() == "phase") object.phase = status.value().text();
    if (status.key() == "startTime") object.started = time_in(status.value());
    if (status.key() == "containerStatuses" || status.key() == "initContainerStatuses" ||
        status.key() == "ephemeralContainerStatuses")
      read_container_statuses(status.value(), object);
  }
}

// In the items of a PodList no kind is written; elsewhere it comes before what is read by it, as kubectl sorts.
void read_member(std::string_view key, JsonValue& value, Object& object) {
  const bool may_be_pod = object.kind.empty() || object.kind == "Pod";
  if (key == "kind") object.kind = value.text();
  if (key == "metadata") read_metadata(value, object);
  if (key == "spec" && may_be_pod) object.spec = read_pod_spec(value);
  if (key == "spec" && is_lead(object.kind)) {
    object.lead.kind = object.kind;
    object.lead.name_space = object.name_space;  // metadata comes first, as kubectl sorts
    read_lead_spec(value, object.lead);
  }
  if (key == "status" && may_be_pod) read_status(value, object);
}

// All objects of a document, and what it says of itself.
struct Document {
  Object self;  // a single Pod stands here
  std::vector<Object> items;
  bool has_items = false;

  void read(JsonValue& root, JsonReader& reader, const Limits& limits) {
    for (JsonObject object = root.object(); object.next();) {
      if (object.key() == "items")
        read_items(object.value(), reader, limits);
      else
        read_member(object.key(), object.value(), self);
    }
  }

 private:
  void read_items(JsonValue& value, JsonReader& reader, const Limits& limits) {
    has_items = true;
    for (JsonArray list = value.array(); list.next();) {
      if (items.size() == limits.entries)
        return reader.fail({Fault::limit, "more than " + with_commas(limits.entries) + " items", {}, "list fewer"});
      Object& item = items.emplace_back();
      item.place = list.value().place();
      for (JsonObject object = list.value().object(); object.next();) read_member(object.key(), object.value(), item);
    }
  }
};

using Owners =
    std::map<std::tuple<std::string, std::string, std::string>, std::optional<Owner>>;  // namespace, kind, name

// The owner above a ReplicaSet that the list does not hold, told from its name: "cart-5d8f" of a pod with the hash
// "5d8f".
std::optional<Owner> owner_by_hash(const Owner& set, const Object& pod) {
  for (const auto& [kind, hash] :
       {std::pair("Deployment", pod.template_hash), std::pair("Rollout", pod.rollout_hash)}) {
    const std::string ending = "-" + hash;
    if (!hash.empty() && set.name.size() > ending.size() && set.name.ends_with(ending))
      return Owner{kind, set.name.substr(0, set.name.size() - ending.size())};
  }
  return {};
}

Owner top_owner(const Object& pod, const Owners& owners) {
  if (pod.is_mirror || (pod.owner && pod.owner->kind == "Node")) {
    const std::string ending = "-" + (pod.spec.node.empty() && pod.owner ? pod.owner->name : pod.spec.node);
    const bool is_named_so = pod.name.size() > ending.size() && pod.name.ends_with(ending);
    return {"StaticPod", is_named_so ? pod.name.substr(0, pod.name.size() - ending.size()) : pod.name};
  }
  if (!pod.owner) return {"Pod", pod.name};
  Owner top = *pod.owner;
  constexpr int highest = 8;  // owners of owners: deeper ones are a circle
  for (int level = 0; level < highest; ++level) {
    const auto known = owners.find({pod.name_space, top.kind, top.name});
    if (known == owners.end()) break;
    if (!known->second) return top;
    top = *known->second;
  }
  if (top.kind == "ReplicaSet") return owner_by_hash(top, pod).value_or(top);
  return top;
}

// By the names that Kubernetes recommends, and by what organisations call it, under whatever prefix.
bool tells_owner(std::string_view label) {
  constexpr std::array<std::string_view, 2> whole = {"app.kubernetes.io/name", "app.kubernetes.io/part-of"};
  constexpr std::array<std::string_view, 8> last = {"owner",       "team",          "squad",   "department",
                                                    "cost-center", "business-unit", "contact", "tenant"};
  return std::find(whole.begin(), whole.end(), label) != whole.end() ||
         std::find(last.begin(), last.end(), label.substr(label.rfind('/') + 1)) != last.end();
}

void add_context(const Object& pod, const Leads& leads, Workload& workload) {
  workload.exposure = leads.to(pod.name_space, pod.labels);
  if (pod.spec.host_network) workload.exposure.emplace_back("host-network");
  for (const std::int64_t port : pod.spec.host_ports) workload.exposure.push_back("host-port " + std::to_string(port));
  std::sort(workload.exposure.begin(), workload.exposure.end());
  for (const auto& label : pod.labels)
    if (tells_owner(label.first)) workload.owner_labels.push_back(label);
  std::sort(workload.owner_labels.begin(), workload.owner_labels.end());
}

Workload workload_of(Object&& pod, const Owners& owners, const Leads& leads, const std::string& cluster) {
  Owner top = top_owner(pod, owners);
  Workload workload;
  workload.cluster = cluster;
  add_context(pod, leads, workload);
  workload.name_space = std::move(pod.name_space);
  workload.kind = std::move(top.kind);
  workload.name = std::move(top.name);
  workload.pod = std::move(pod.name);
  workload.uid = std::move(pod.uid);
  workload.node = std::move(pod.spec.node);
  workload.service_account = std::move(pod.spec.service_account);
  workload.containers = std::move(pod.spec.containers);
  workload.since = pod.started ? pod.started : pod.created;
  for (Container& container : workload.containers) {
    const auto& running = container.kind == ContainerKind::image_volume ? pod.volumes : pod.containers;
    const auto told =
        std::find_if(running.begin(), running.end(), [&](const auto& one) { return one.first == container.name; });
    if (told != running.end()) container.image.digest = told->second;
  }
  return workload;
}

Error not_pods(std::string text) {
  return {Fault::malformed, std::move(text), {}, "make the list with 'kubectl get pods -A -o json'"};
}

Result<void> check_pods(const Document& document) {
  const std::string& kind = document.self.kind;
  if (!document.has_items && kind == "Pod") return {};
  if (!document.has_items || (kind != "List" && kind != "PodList"))
    return not_pods(kind.empty() ? "not a list of pods"
                                 : "'" + printable(kind.substr(0, 64)) + "' is not a list of pods");
  // What is missing would be taken for gone.
  if (document.self.is_one_page) return not_pods("the list is one page of several (metadata.continue)");
  const auto is_pod = [&](const Object& item) { return item.kind == "Pod" || item.kind.empty(); };
  if (!document.items.empty() && std::none_of(document.items.begin(), document.items.end(), is_pod))
    return not_pods("no pods among " + with_commas(document.items.size()) + " items");
  return {};
}

}  // namespace

Result<WorkloadList> read_workloads(const Bytes& document, std::string cluster, const Limits& limits) {
  TextPool pool;
  JsonReader reader(pool, limits);
  Document read;
  PRATIQUE_DO(reader.read(document, [&](JsonValue& root) { read.read(root, reader, limits); }));
  PRATIQUE_DO(check_pods(read));
  const Coverage coverage = read.has_items ? Coverage::whole : Coverage::part;
  if (!read.has_items) read.items.push_back(std::move(read.self));

  Owners owners;
  for (const Object& item : read.items)
    if (item.kind != "Pod") owners.emplace(std::tuple(item.name_space, item.kind, item.name), item.owner);
  Leads leads;
  for (Object& item : read.items) {
    if (!is_lead(item.kind)) continue;
    item.lead.kind = item.kind;
    item.lead.name = item.name;
    item.lead.name_space = item.name_space;
    leads.add(std::move(item.lead));
  }
  WorkloadList list;
  list.coverage = coverage;
  for (Object& item : read.items) {
    if (!item.kind.empty() && item.kind != "Pod") continue;
    if (item.name.empty()) {
      reader.set_aside(item.place, "the pod has no name");
      continue;
    }
    if (item.phase == "Succeeded" || item.phase == "Failed") {
      ++list.finished;
      continue;
    }
    for (const auto& [container, reference] : item.spec.bad_images)
      reader.set_aside(item.place + "/spec",
                       "'" + reference + "' of container '" + container + "' is no image reference");
    list.workloads.push_back(workload_of(std::move(item), owners, leads, cluster));
  }
  list.rejected = reader.take_rejected();
  return list;
}

}  // namespace pratique
