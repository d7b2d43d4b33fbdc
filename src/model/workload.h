// Image and Workload: what runs, as Kubernetes tells it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"

namespace pratique {

// An image as a pod names it. Follows the grammar of distribution/reference; Docker's defaults are made explicit.
struct Image {
  std::string repository;  // "docker.io/library/nginx"
  std::string tag;         // "1.25"; "latest" only where written
  std::optional<Digest> digest;
  std::string text() const;  // "docker.io/library/nginx:1.25@sha256:..."
  bool operator==(const Image&) const = default;
};

// Fault: malformed.
Result<Image> parse_image(std::string_view reference);

enum class ContainerKind : std::uint8_t { container, init, ephemeral, image_volume };
std::string_view name_of(ContainerKind kind);  // "container", "init", "ephemeral", "image-volume"
std::optional<ContainerKind> container_kind_named(std::string_view name);

struct Container {
  std::string name;
  ContainerKind kind = ContainerKind::container;
  Image image;  // with the digest that the status tells runs, where it does
  bool operator==(const Container&) const = default;
};

// One pod, known by its top owner ("Deployment shop/checkout"). A static pod, which its node owns, is of kind
// "StaticPod" and called like its manifest, so that one manifest on many nodes is one workload.
struct Workload {
  std::string cluster;  // a name the user gave; may be empty
  std::string name_space;
  std::string kind;  // "Deployment", "DaemonSet", "Pod" ...
  std::string name;  // of the owner; the pod's own where it has none
  std::string pod;
  std::string uid;  // of the pod: a StatefulSet gives one name to many pods after another
  std::string node;
  std::string service_account;
  std::vector<Container> containers;
  // What leads to it from outside, sorted: "host-network", "host-port 8080", "load-balancer NAME", "node-port NAME",
  // "external-ip NAME", "service NAME" (from inside the cluster alone), "ingress NAME HOST", "route NAME HOST".
  std::vector<std::string> exposure;
  std::vector<std::pair<std::string, std::string>> owner_labels;  // of those that tell whose it is, sorted
  std::optional<Time> since{};  // when it began, as far as that is known
  bool operator==(const Workload&) const = default;
};

// What a list of workloads says: all there are in a cluster, so that what it does not name is gone; or some of them.
enum class Coverage : std::uint8_t { whole, part };

}  // namespace pratique
