#include "model/vex.h"

#include <array>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

namespace pratique {

std::string_view name_of(VexStatus status) {
  constexpr std::array<std::string_view, 4> names = {"under_investigation", "affected", "not_affected", "fixed"};
  return names[static_cast<std::size_t>(status)];
}

namespace {

int badness(VexStatus status) {
  switch (status) {
    case VexStatus::not_affected: return 0;
    case VexStatus::fixed: return 1;
    case VexStatus::under_investigation: return 2;
    case VexStatus::affected: return 3;
  }
  return 3;
}

bool supersedes(const VexStatement& later, const VexStatement& earlier) {
  if (later.time != earlier.time) return later.time > earlier.time;  // no time is before every time
  return badness(later.status) > badness(earlier.status);
}

}  // namespace

std::vector<VexStatement> latest_statements(std::vector<VexStatement> statements) {
  const auto key = [](const VexStatement& s) {
    return std::tie(s.author, s.vulnerability, s.product, s.subcomponent, s.range);
  };
  using Key = decltype(key(std::declval<const VexStatement&>()));
  std::map<Key, std::size_t> best;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto [place, is_new] = best.try_emplace(key(statements[i]), i);
    if (!is_new && supersedes(statements[i], statements[place->second])) place->second = i;
  }
  std::vector<bool> holds(statements.size(), false);
  for (const auto& [_, index] : best) holds[index] = true;
  best.clear();
  std::vector<VexStatement> result;
  for (std::size_t i = 0; i < statements.size(); ++i)
    if (holds[i]) result.push_back(std::move(statements[i]));
  return result;
}

}  // namespace pratique
