// Accept: which of the forms that are there a client wants most.
#include <charconv>

#include "base/text.h"
#include "world/http/http.h"

namespace pratique {
namespace {

// How exactly a range of the header names a type: 3 for the type itself, 1 for "*/*", 0 for not at all.
int nearness(std::string_view range, std::string_view type) {
  if (equal_ignoring_case(range, type)) return 3;
  if (range == "*/*" || range == "*") return 1;
  const auto slash = type.find('/');
  return range.ends_with("/*") && equal_ignoring_case(range.substr(0, range.size() - 1), type.substr(0, slash + 1)) ? 2
                                                                                                                    : 0;
}

// The weight of one element, 1 where it gives none; what is no number weighs nothing.
double weight_of(std::string_view element) {
  for (auto part : split(element, ';')) {
    part = trim(part);
    if (part.size() < 2 || lower(part[0]) != 'q' || part[1] != '=') continue;
    double weight = 0;
    const auto [end, fault] = std::from_chars(part.data() + 2, part.data() + part.size(), weight);
    return fault == std::errc() && weight >= 0 && weight <= 1 ? weight : 0;
  }
  return 1;
}

}  // namespace

std::string_view choose_media_type(std::string_view accept, std::span<const std::string_view> offered) {
  if (trim(accept).empty()) return offered.empty() ? std::string_view() : offered.front();
  std::string_view best;
  double best_weight = 0;
  for (const auto type : offered) {
    int near = 0;
    double weight = 0;
    for (const auto element : split(accept, ',')) {
      const int here = nearness(trim(element.substr(0, element.find(';'))), type);
      if (here <= near) continue;
      near = here;
      weight = weight_of(element);
    }
    if (weight <= best_weight) continue;
    best = type;
    best_weight = weight;
  }
  return best;
}

}  // namespace pratique
