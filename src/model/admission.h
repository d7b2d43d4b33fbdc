// AdmissionRequest: what the API server asks, reduced to what policies look at. Follows admission.k8s.io/v1.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/workload.h"

namespace pratique {

struct AdmissionRequest {
  std::string uid;
  std::string api_version;   // of the review: "admission.k8s.io/v1"
  std::string operation;     // "CREATE", "UPDATE", "DELETE", "CONNECT"
  std::string group, version, kind;      // of the object: "apps", "v1", "Deployment"
  std::string resource, sub_resource;    // "pods", "ephemeralcontainers"
  std::string name_space, name;          // name may be empty; generateName is then used with a '*'
  std::string user;
  std::vector<std::pair<std::string, std::string>> labels;  // of the object, sorted
  bool dry_run = false;
  bool deleting = false;     // the object carries a deletionTimestamp
  std::vector<Container> containers;      // of the object's pod template: all four kinds
  std::vector<Container> old_containers;  // of oldObject
  // An image reference that does not parse stands here as (container, reference), and in neither list.
  std::vector<std::pair<std::string, std::string>> bad_images;
  bool operator==(const AdmissionRequest&) const = default;
};

}  // namespace pratique
