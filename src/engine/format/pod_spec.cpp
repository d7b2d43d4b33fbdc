#include "engine/format/pod_spec.h"

#include <array>

namespace pratique {
namespace {

class PodSpecReader {
 public:
  void read(JsonValue& value) {
    for (JsonObject spec = value.object(); spec.next();) {
      const std::string_view key = spec.key();
      if (key == "containers")
        read_containers(spec.value(), ContainerKind::container);
      else if (key == "initContainers")
        read_containers(spec.value(), ContainerKind::init);
      else if (key == "ephemeralContainers")
        read_containers(spec.value(), ContainerKind::ephemeral);
      else if (key == "volumes")
        read_volumes(spec.value());
      else if (key == "nodeName")
        spec_.node = spec.value().text();
      else if (key == "serviceAccountName")
        spec_.service_account = spec.value().text();
      else if (key == "hostNetwork")
        spec_.host_network = spec.value().boolean().value_or(false);
    }
  }

  PodSpec take() && {
    for (auto& kind : by_kind_)
      for (auto& container : kind) spec_.containers.push_back(std::move(container));
    return std::move(spec_);
  }

 private:
  void read_containers(JsonValue& value, ContainerKind kind) {
    for (JsonArray list = value.array(); list.next();) {
      std::string name, image;
      for (JsonObject container = list.value().object(); container.next();) {
        if (container.key() == "name") name = container.value().text();
        if (container.key() == "image") image = container.value().text();
        if (container.key() == "ports") read_ports(container.value());
      }
      keep(std::move(name), image, kind);
    }
  }

  void read_ports(JsonValue& value) {
    for (JsonArray list = value.array(); list.next();)
      for (JsonObject port = list.value().object(); port.next();)
        if (port.key() == "hostPort")
          if (const auto number = port.value().integer(); number && *number != 0) spec_.host_ports.push_back(*number);
  }

  void read_volumes(JsonValue& value) {
    for (JsonArray list = value.array(); list.next();) {
      std::string name, reference;
      bool is_image = false;
      for (JsonObject volume = list.value().object(); volume.next();) {
        if (volume.key() == "name") name = volume.value().text();
        if (volume.key() != "image" || volume.value().is_null()) continue;
        is_image = true;
        for (JsonObject image = volume.value().object(); image.next();)
          if (image.key() == "reference") reference = image.value().text();
      }
      if (is_image) keep(std::move(name), reference, ContainerKind::image_volume);
    }
  }

  void keep(std::string name, const std::string& reference, ContainerKind kind) {
    auto image = parse_image(reference);
    if (image)
      by_kind_[static_cast<std::size_t>(kind)].push_back({std::move(name), kind, std::move(*image)});
    else
      spec_.bad_images.emplace_back(std::move(name), reference);
  }

  PodSpec spec_;
  std::array<std::vector<Container>, 4> by_kind_;
};

}  // namespace

PodSpec read_pod_spec(JsonValue& spec) {
  PodSpecReader reader;
  reader.read(spec);
  return std::move(reader).take();
}

}  // namespace pratique
