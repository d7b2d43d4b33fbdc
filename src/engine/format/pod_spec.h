// What a pod spec names, wherever it stands: in a Pod, in a pod template, in an AdmissionReview. Private to format/.
// Follows core/v1 PodSpec.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/format/json.h"
#include "model/workload.h"

namespace pratique {

struct PodSpec {
  std::vector<Container> containers;  // containers, then init, ephemeral, image volumes; each kind in document order
  // (container or volume, reference) of what does not parse as an image reference, or has none; in neither list.
  std::vector<std::pair<std::string, std::string>> bad_images;
  std::string node;             // nodeName
  std::string service_account;  // serviceAccountName
  bool host_network = false;
  std::vector<std::int64_t> host_ports;  // of its containers
};

// Consumes `spec`. What is of a wrong type is set aside by the reader of the document, a bad image is not.
PodSpec read_pod_spec(JsonValue& spec);

}  // namespace pratique
