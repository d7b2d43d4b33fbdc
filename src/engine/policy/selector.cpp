#include "engine/policy/selector.h"

#include <algorithm>

namespace pratique {

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

bool applies(const Selector& selector, const AdmissionRequest& request) {
  if (!selector.namespaces.empty() && !matches_any(selector.namespaces, request.name_space)) return false;
  if (matches_any(selector.exclude_namespaces, request.name_space)) return false;
  const auto is_kind = [&](const std::string& kind) {
    return kind.find('/') == std::string::npos ? matches_name(kind, request.kind)
                                               : matches_name(kind, request.group + "/" + request.kind);
  };
  if (!selector.kinds.empty() && std::none_of(selector.kinds.begin(), selector.kinds.end(), is_kind)) return false;
  if (!selector.operations.empty() && !matches_any(selector.operations, request.operation)) return false;
  return std::all_of(selector.labels.begin(), selector.labels.end(), [&](const auto& wanted) {
    return std::any_of(request.labels.begin(), request.labels.end(), [&](const auto& label) {
      return label.first == wanted.first && matches_name(wanted.second, label.second);
    });
  });
}

bool applies(const std::vector<Selector>& selectors, const AdmissionRequest& request) {
  return std::all_of(selectors.begin(), selectors.end(),
                     [&](const Selector& selector) { return applies(selector, request); });
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
