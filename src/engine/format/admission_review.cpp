// AdmissionReview v1 in. Follows k8s.io/api/admission/v1, types.go, as kube-apiserver 1.36 sends it: on a collection's
// DELETE the name is absent and oldObject has it, on CREATE generateName may stand beside the final name.
//
// Unlike a bill, a review is read strictly: what is not of its type may be what hides an image, so it is refused.
#include <algorithm>
#include <array>
#include <span>

#include "engine/format/format.h"
#include "engine/format/json.h"
#include "engine/format/pod_spec.h"

namespace pratique {
namespace {

// Where each kind has its pod spec.
struct PodSpecPlace {
  std::string_view group, kind;
  std::array<std::string_view, 5> path;  // empty at its end
};
constexpr PodSpecPlace pod_spec_places[] = {
    {"", "Pod", {"spec"}},
    {"", "PodTemplate", {"template", "spec"}},
    {"", "ReplicationController", {"spec", "template", "spec"}},
    {"apps", "Deployment", {"spec", "template", "spec"}},
    {"apps", "ReplicaSet", {"spec", "template", "spec"}},
    {"apps", "StatefulSet", {"spec", "template", "spec"}},
    {"apps", "DaemonSet", {"spec", "template", "spec"}},
    {"batch", "Job", {"spec", "template", "spec"}},
    {"batch", "CronJob", {"spec", "jobTemplate", "spec", "template", "spec"}},
};

using Path = std::span<const std::string_view>;

Path path_of(std::string_view group, std::string_view kind) {
  for (const auto& place : pod_spec_places)
    if (place.group == group && place.kind == kind) {
      const auto end = std::find(place.path.begin(), place.path.end(), std::string_view());
      return Path(place.path.data(), static_cast<std::size_t>(end - place.path.begin()));
    }
  return {};
}

struct Object {
  bool present = false;
  bool has_pod_spec = false;
  bool deleting = false;
  std::string name, generate_name;
  std::vector<std::pair<std::string, std::string>> labels;
  PodSpec pods;
};

void read_metadata(JsonValue& value, Object& object) {
  for (JsonObject metadata = value.object(); metadata.next();) {
    const auto key = metadata.key();
    if (key == "name")
      object.name = metadata.value().text();
    else if (key == "generateName")
      object.generate_name = metadata.value().text();
    else if (key == "deletionTimestamp")
      object.deleting = !metadata.value().is_null();
    else if (key == "labels")
      for (JsonObject labels = metadata.value().object(); labels.next();)
        object.labels.emplace_back(labels.key(), labels.value().text());
    else if (key == "managedFields" || key == "annotations")  // most of an update's bytes
      metadata.value().skip();
  }
}

void read_pods(JsonValue& value, Path path, Object& object) {
  if (path.empty()) {
    object.has_pod_spec = value.kind() == JsonKind::object;
    object.pods = read_pod_spec(value);
    return;
  }
  for (JsonObject members = value.object(); members.next();)
    if (members.key() == path.front()) read_pods(members.value(), path.subspan(1), object);
}

Object read_object(JsonValue& value, Path path) {
  Object object;
  object.present = !value.is_null();
  for (JsonObject members = value.object(); members.next();) {
    if (members.key() == "metadata")
      read_metadata(members.value(), object);
    else if (!path.empty() && members.key() == path.front())
      read_pods(members.value(), path.subspan(1), object);
    else if (members.key() == "status")
      members.value().skip();
  }
  std::sort(object.labels.begin(), object.labels.end());
  return object;
}

class ReviewReader {
 public:
  explicit ReviewReader(const Limits& limits) : reader_(pool_, limits, JsonDuplicates::refuse) {}

  Result<AdmissionRequest> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) { read_review(root); }));
    if (const auto rejected = reader_.take_rejected(); !rejected.empty())
      return Error{Fault::malformed, rejected.front().reason, {rejected.front().place}, {}};
    PRATIQUE_DO(check());
    return finished();
  }

 private:
  void read_review(JsonValue& root) {
    for (JsonObject review = root.object(); review.next();) {
      if (review.key() == "apiVersion")
        api_version_ = review.value().text();
      else if (review.key() == "kind")
        kind_ = review.value().text();
      else if (review.key() == "request")
        read_request(review.value());
    }
  }

  void read_request(JsonValue& value) {
    has_request_ = !value.is_null();
    for (JsonObject request = value.object(); request.next();) {
      const auto key = request.key();
      auto& member = request.value();
      if (key == "object" || key == "oldObject")
        read_either(member, key == "object" ? object_ : old_object_);
      else if (key == "kind")
        read_kind(member);
      else if (key == "resource")
        read_resource(member);
      else if (key == "userInfo")
        read_user(member);
      else if (key == "dryRun")
        request_.dry_run = member.boolean().value_or(false);
      else if (std::string* text = text_member(key))
        *text = member.text();
    }
  }

  std::string* text_member(std::string_view key) {
    if (key == "uid") return &request_.uid;
    if (key == "operation") return &request_.operation;
    if (key == "name") return &request_.name;
    if (key == "namespace") return &request_.name_space;
    if (key == "subResource") return &request_.sub_resource;
    return nullptr;
  }

  // Where its images are is known by the kind, which every API server writes before the object.
  void read_either(JsonValue& value, Object& object) {
    if (request_.kind.empty() && !value.is_null()) return value.set_aside("'kind' must stand before the object");
    object = read_object(value, path_of(request_.group, request_.kind));
  }

  void read_kind(JsonValue& value) {
    for (JsonObject kind = value.object(); kind.next();) {
      if (kind.key() == "group") request_.group = kind.value().text();
      if (kind.key() == "version") request_.version = kind.value().text();
      if (kind.key() == "kind") request_.kind = kind.value().text();
    }
  }

  void read_resource(JsonValue& value) {
    for (JsonObject resource = value.object(); resource.next();)
      if (resource.key() == "resource") request_.resource = resource.value().text();
  }

  void read_user(JsonValue& value) {
    for (JsonObject user = value.object(); user.next();)
      if (user.key() == "username") request_.user = user.value().text();
  }

  Result<void> check() const {
    const auto malformed = [](std::string place, std::string text) {
      return Error{
          Fault::malformed, std::move(text), {std::move(place)}, "send an AdmissionReview of " + version_read()};
    };
    if (kind_ != "AdmissionReview") return malformed("/kind", "is not AdmissionReview");
    if (api_version_ != version_read())
      return Error{Fault::unsupported,
                   "'" + api_version_.substr(0, 64) + "' is not read",
                   {"/apiVersion"},
                   "set admissionReviewVersions: [v1] in the webhook's configuration"};
    if (!has_request_) return malformed("/request", "is missing");
    if (request_.uid.empty()) return malformed("/request/uid", "is missing");
    constexpr std::string_view operations[] = {"CREATE", "UPDATE", "DELETE", "CONNECT"};
    if (std::find(std::begin(operations), std::end(operations), request_.operation) == std::end(operations))
      return malformed("/request/operation", "is none of CREATE, UPDATE, DELETE, CONNECT");
    const bool brings = request_.operation == "CREATE" || request_.operation == "UPDATE";
    if (!brings || path_of(request_.group, request_.kind).empty()) return {};
    if (!object_.present) return malformed("/request/object", "is missing");
    if (!object_.has_pod_spec) return malformed("/request/object", "a " + request_.kind + " without a pod spec");
    return {};
  }

  static std::string version_read() { return "admission.k8s.io/v1"; }

  AdmissionRequest finished() {
    if (request_.name.empty()) request_.name = object_.name.empty() ? old_object_.name : object_.name;
    if (request_.name.empty() && !object_.generate_name.empty()) request_.name = object_.generate_name + "*";
    request_.labels = std::move(object_.present ? object_.labels : old_object_.labels);
    request_.deleting = object_.deleting;
    request_.containers = std::move(object_.pods.containers);
    request_.bad_images = std::move(object_.pods.bad_images);
    request_.old_containers = std::move(old_object_.pods.containers);
    request_.old_bad_images = std::move(old_object_.pods.bad_images);
    return std::move(request_);
  }

  TextPool pool_;
  JsonReader reader_;
  std::string api_version_, kind_;
  bool has_request_ = false;
  AdmissionRequest request_;
  Object object_, old_object_;
};

}  // namespace

Result<AdmissionRequest> read_admission_review(const Bytes& document, const Limits& limits) {
  return ReviewReader(limits).read(document);
}

}  // namespace pratique
