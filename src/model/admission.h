// AdmissionRequest: what the API server asks, reduced to what policies look at. Follows admission.k8s.io/v1.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/workload.h"

namespace pratique {

struct AdmissionRequest {
  std::string uid;
  std::string operation;               // "CREATE", "UPDATE", "DELETE", "CONNECT"
  std::string group, version, kind;    // of the object: "apps", "v1", "Deployment"
  std::string resource, sub_resource;  // "pods", "ephemeralcontainers"
  std::string name_space;              // empty for what lives in none
  std::string name;                    // of the object, of the old one where it is gone; "web-*" from its generateName
  std::string user;
  std::vector<std::pair<std::string, std::string>> labels;  // of the object, sorted
  bool dry_run = false;
  bool deleting = false;                  // the object carries a deletionTimestamp
  std::vector<Container> containers;      // of the object's pod template: all four kinds
  std::vector<Container> old_containers;  // of oldObject
  // (container, reference) where the reference does not parse; such a container is in neither list.
  std::vector<std::pair<std::string, std::string>> bad_images, old_bad_images;
  bool operator==(const AdmissionRequest&) const = default;
};

}  // namespace pratique
