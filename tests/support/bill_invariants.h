// What bill.h promises of every Bill, whatever it was read from: for tests over hostile documents and for fuzzing.
#pragma once

#include <algorithm>
#include <string>

#include "model/bill.h"
#include "model/purl.h"

namespace pratique {

// The first promise that does not hold, empty when all do.
inline std::string broken_promise(const Bill& bill) {
  const auto count = bill.components.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Component& component = bill.components[i];
    if (component.parent != no_component && component.parent >= i) return "a parent behind its component";
    if (component.purl.empty()) continue;
    const auto purl = parse_purl(component.purl);
    if (!purl || render_purl(*purl) != component.purl)
      return "a package URL that is not canonical: " + std::string(component.purl);
  }
  const auto is_node = [&](std::uint32_t index) { return index < count || index == Bill::subject_index; };
  if (!std::is_sorted(bill.edges.begin(), bill.edges.end())) return "edges not sorted";
  if (std::adjacent_find(bill.edges.begin(), bill.edges.end()) != bill.edges.end()) return "an edge twice";
  for (const Edge& edge : bill.edges)
    if (!is_node(edge.from) || edge.to >= count) return "an edge to nowhere";
  if (!std::is_sorted(bill.details.begin(), bill.details.end())) return "details not sorted";
  for (const Detail& detail : bill.details)
    if (!is_node(detail.of) && detail.of != Bill::document_index) return "a detail of nothing";
  if (bill.subject.listed != no_component && bill.subject.listed >= count) return "a subject listed nowhere";
  const Paths paths(bill);
  for (std::uint32_t i = 0; i < count; ++i)
    if (paths.path(i).back() != i) return "a path that does not end at its component";
  return {};
}

}  // namespace pratique
