#include "model/advisory.h"

#include <array>

#include "base/text.h"
#include "model/source.h"

namespace pratique {
namespace {

// Ordered by CVSS version; 2.0 has no prefix.
int age_of_vector(std::string_view vector) {
  if (vector.starts_with("CVSS:4.")) return 4;
  if (vector.starts_with("CVSS:3.1")) return 3;
  if (vector.starts_with("CVSS:3.0")) return 2;
  return 1;
}

}  // namespace

std::string_view name_of(Severity severity) {
  constexpr std::array<std::string_view, 6> names = {"unknown", "none", "low", "medium", "high", "critical"};
  return names[static_cast<std::size_t>(severity)];
}

std::optional<Severity> severity_named(std::string_view text) {
  const std::string word = lower(text);
  for (const auto severity :
       {Severity::unknown, Severity::none, Severity::low, Severity::medium, Severity::high, Severity::critical})
    if (word == name_of(severity)) return severity;
  if (word.starts_with("severity_")) return severity_named(std::string_view(word).substr(9));  // Rocky's
  if (word == "negligible" || word == "unimportant" || word == "minimal") return Severity::low;
  if (word == "moderate") return Severity::medium;
  if (word == "important") return Severity::high;
  return std::nullopt;
}

std::string_view name_of(FixState state) {
  constexpr std::array<std::string_view, 7> names = {
      "unknown", "fixed", "none", "deferred", "wont-fix", "under-investigation", "not-affected"};
  return names[static_cast<std::size_t>(state)];
}

const Rating* pick_rating(std::span<const Rating> ratings) {
  const auto version_of = [](const Rating& rating) {
    return rating.vector.empty() ? -1 : age_of_vector(rating.vector);
  };
  const auto worse = [&](const Rating& a, const Rating& b) {
    const int left = version_of(a), right = version_of(b);
    if (left != right) return left < right;
    const std::size_t rank = rank_of_source(a.source), other = rank_of_source(b.source);
    return rank != other ? rank > other : a.severity < b.severity;
  };
  const Rating* best = nullptr;
  for (const auto& rating : ratings)
    if (rating.severity != Severity::unknown && (best == nullptr || worse(*best, rating))) best = &rating;
  return best;
}

std::string_view cve_of(const Advisory& advisory) {
  if (advisory.id.starts_with("CVE-")) return advisory.id;
  for (const auto& alias : advisory.aliases)
    if (alias.starts_with("CVE-")) return alias;
  return advisory.id;
}

}  // namespace pratique
