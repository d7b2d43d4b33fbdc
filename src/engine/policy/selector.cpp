#include "engine/policy/selector.h"

#include <algorithm>

namespace pratique {
namespace {

Applies is_labelled(const JsonTree& object, const std::vector<std::pair<std::string, std::string>>& wanted) {
  const auto metadata = object.find(0, "metadata");
  const auto labels = metadata == 0 ? 0 : object.find(metadata, "labels");
  const bool all = labels != 0 && std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
                     const auto label = object.find(labels, one.first);
                     return label != 0 && object.nodes[label].kind == JsonTree::Kind::text &&
                            matches_name(one.second, object.nodes[label].text);
                   });
  return all ? Applies::yes : Applies::no;
}

}  // namespace

bool matches_name(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos, resume = 0, p = 0, t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_name(pattern, text); });
}

std::string image_pattern(std::string_view text) {
  if (text.starts_with('*')) return std::string(text);
  const auto slash = text.find('/');
  const auto head = text.substr(0, slash);
  const bool registry = head.find_first_of(".:*") != std::string_view::npos || head == "localhost";
  if (slash == std::string_view::npos)
    return registry ? std::string(text) + "/*" : "docker.io/library/" + std::string(text);
  return registry ? std::string(text) : "docker.io/" + std::string(text);
}

bool matches_image(const std::vector<std::string>& patterns, const Image& image) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    const auto last = pattern.rfind('/');
    const bool whole = pattern.find_first_of(":@", last == std::string::npos ? 0 : last) != std::string::npos;
    return whole ? matches_name(pattern, image.text()) : matches_name(pattern, image.repository);
  });
}

Applies applies(const Selector& selector, const AdmissionRequest& request, const JsonTree* namespace_object) {
  if (!selector.namespaces.empty() && !matches_any(selector.namespaces, request.name_space)) return Applies::no;
  if (matches_any(selector.exclude_namespaces, request.name_space)) return Applies::no;
  const auto is_kind = [&](const std::string& kind) {
    return kind.find('/') == std::string::npos ? matches_name(kind, request.kind)
                                               : matches_name(kind, request.group + "/" + request.kind);
  };
  if (!selector.kinds.empty() && std::none_of(selector.kinds.begin(), selector.kinds.end(), is_kind))
    return Applies::no;
  if (!selector.operations.empty() && !matches_any(selector.operations, request.operation)) return Applies::no;
  const bool labelled = std::all_of(selector.labels.begin(), selector.labels.end(), [&](const auto& wanted) {
    return std::any_of(request.labels.begin(), request.labels.end(), [&](const auto& label) {
      return label.first == wanted.first && matches_name(wanted.second, label.second);
    });
  });
  if (!labelled) return Applies::no;
  if (selector.namespace_labels.empty()) return Applies::yes;
  if (request.name_space.empty()) return Applies::no;
  return namespace_object == nullptr ? Applies::unclear : is_labelled(*namespace_object, selector.namespace_labels);
}

Applies applies(const std::vector<Selector>& selectors, const AdmissionRequest& request,
                const JsonTree* namespace_object) {
  Applies all = Applies::yes;
  for (const auto& selector : selectors) all = std::min(all, applies(selector, request, namespace_object));
  return all;
}

bool is_about(const Selector& selector, const ImageEvidence& image) {
  if (image.container.image.repository.empty()) return true;
  if (!selector.images.empty() && !matches_image(selector.images, image.container.image)) return false;
  return !matches_image(selector.exclude_images, image.container.image);
}

bool is_about(const std::vector<Selector>& selectors, const ImageEvidence& image) {
  return std::all_of(selectors.begin(), selectors.end(),
                     [&](const Selector& selector) { return is_about(selector, image); });
}

}  // namespace pratique
