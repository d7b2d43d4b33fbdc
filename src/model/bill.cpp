#include "model/bill.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace pratique {

std::string_view TextPool::keep(std::string_view text) {
  if (text.empty()) return {};
  if (text == last_) return last_;
  constexpr std::size_t block = 64 * 1024;
  if (capacity_ - used_ < text.size()) {
    capacity_ = std::max(block, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(capacity_));
    used_ = 0;
  }
  char* const place = blocks_.back().get() + used_;
  std::memcpy(place, text.data(), text.size());
  used_ += text.size();
  return last_ = {place, text.size()};
}

std::string_view name_of(BillFormat format) {
  constexpr std::array<std::string_view, 10> names = {
      "unknown",   "cyclonedx-json", "cyclonedx-xml", "cyclonedx-protobuf", "spdx-json",
      "spdx-yaml", "spdx-tag-value", "spdx3-json",    "syft-json",          "purls"};
  return names[static_cast<std::size_t>(format)];
}

std::string_view name_of(ComponentType type) {
  constexpr std::array<std::string_view, 14> names = {"library",
                                                      "application",
                                                      "framework",
                                                      "container",
                                                      "platform",
                                                      "operating-system",
                                                      "device",
                                                      "device-driver",
                                                      "firmware",
                                                      "file",
                                                      "data",
                                                      "machine-learning-model",
                                                      "cryptographic-asset",
                                                      "other"};
  return names[static_cast<std::size_t>(type)];
}

std::string_view name_of(EdgeKind kind) {
  constexpr std::array<std::string_view, 5> names = {"depends-on", "contains", "describes", "generated-from",
                                                     "provides"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(DetailKind kind) {
  constexpr std::array<std::string_view, 24> names = {"hash",
                                                      "declared-license",
                                                      "concluded-license",
                                                      "observed-license",
                                                      "license-text",
                                                      "copyright",
                                                      "description",
                                                      "author",
                                                      "publisher",
                                                      "supplier",
                                                      "manufacturer",
                                                      "originator",
                                                      "cpe",
                                                      "identifier",
                                                      "location",
                                                      "layer",
                                                      "external-reference",
                                                      "property",
                                                      "completeness",
                                                      "mime-type",
                                                      "file-name",
                                                      "purpose",
                                                      "tool",
                                                      "lifecycle"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Scope scope) {
  constexpr std::array<std::string_view, 4> names = {"", "required", "optional", "excluded"};
  return names[static_cast<std::size_t>(scope)];
}

bool Bill::operator==(const Bill& other) const {
  return format == other.format && spec_version == other.spec_version && wrapping == other.wrapping &&
         serial == other.serial && tool == other.tool && created == other.created && distro == other.distro &&
         subject == other.subject && components == other.components && edges == other.edges &&
         details == other.details && rejected == other.rejected;
}

std::span<const Detail> Bill::details_of(std::uint32_t of) const {
  const auto before = [](const Detail& detail, std::uint32_t index) { return detail.of < index; };
  const auto first = std::lower_bound(details.begin(), details.end(), of, before);
  return {first, std::lower_bound(first, details.end(), of + 1, before)};
}

std::span<const Detail> Bill::details_of(std::uint32_t of, DetailKind kind) const {
  return of_kind(details_of(of), kind);
}

std::span<const Detail> of_kind(std::span<const Detail> details, DetailKind kind) {
  const auto first = std::find_if(details.begin(), details.end(), [&](const Detail& d) { return d.kind == kind; });
  return {first, std::find_if(first, details.end(), [&](const Detail& d) { return d.kind != kind; })};
}

// Breadth first from the subject. Many documents say that the image contains every package, besides saying who depends
// on whom; then the way through the dependents tells more, and "the image contains it" counts only for what it does not
// reach. What nothing reaches starts for itself: first what nothing points at, last what is left (a cycle of its own).
Paths::Paths(const Bill& bill) : before_(bill.components.size(), no_component) {
  const auto count = static_cast<std::uint32_t>(bill.components.size());
  std::vector<std::uint32_t> first_edge(count + 2, 0);
  const auto slot = [&](std::uint32_t from) { return from == Bill::subject_index ? count : from; };
  std::vector<Edge> edges = bill.edges;
  for (std::uint32_t i = 0; i < count; ++i)
    if (bill.components[i].parent != no_component) edges.push_back({bill.components[i].parent, i});
  for (const Edge& edge : edges) ++first_edge[slot(edge.from) + 1];
  for (std::size_t i = 1; i < first_edge.size(); ++i) first_edge[i] += first_edge[i - 1];
  std::vector<std::uint32_t> target(edges.size());
  std::vector<bool> contained(edges.size());
  auto fill = first_edge;
  std::vector<bool> pointed_at(count, false);
  for (const Edge& edge : edges) {
    const std::uint32_t place = fill[slot(edge.from)]++;
    target[place] = edge.to;
    contained[place] = edge.from == Bill::subject_index && edge.kind == EdgeKind::contains;
    if (edge.to < count && edge.from < count && edge.from != edge.to) pointed_at[edge.to] = true;
  }

  std::vector<bool> seen(count, false);
  std::vector<std::uint32_t> queue;
  queue.reserve(count);
  std::size_t head = 0;
  const auto visit_from = [&](std::uint32_t from, bool also_contained = true) {
    for (std::uint32_t e = first_edge[from]; e < first_edge[from + 1]; ++e) {
      const std::uint32_t to = target[e];
      if (to >= count || seen[to] || (contained[e] && pointed_at[to] && !also_contained)) continue;
      seen[to] = true;
      before_[to] = from == count ? no_component : from;
      queue.push_back(to);
    }
  };
  const auto drain = [&] {
    while (head < queue.size()) visit_from(queue[head++]);
  };
  const auto start = [&](std::uint32_t root) {
    if (seen[root]) return;
    seen[root] = true;
    queue.push_back(root);
  };
  visit_from(count, false);
  drain();
  visit_from(count);
  drain();
  for (std::uint32_t i = 0; i < count; ++i)
    if (!pointed_at[i]) start(i);
  drain();
  for (std::uint32_t i = 0; i < count; ++i) {
    start(i);
    drain();
  }
}

std::vector<std::uint32_t> Paths::path(std::uint32_t component) const {
  std::vector<std::uint32_t> steps;
  for (std::uint32_t at = component; at != no_component; at = before_[at]) steps.push_back(at);
  std::reverse(steps.begin(), steps.end());
  return steps;
}

std::string label_of(const Component& component) {
  std::string_view name = component.name;
  if (name.empty()) {
    name = component.purl.substr(0, component.purl.find_first_of("@?#"));
    name.remove_prefix(name.rfind('/') + 1);
  }
  if (name.empty()) name = component.ref;
  std::string label(name);
  if (!component.version.empty()) label.append(" ").append(component.version);
  return label;
}

}  // namespace pratique
