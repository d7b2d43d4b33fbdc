#include "flow/search.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace pratique {

Result<std::vector<Advisory>> search_advisories(const AdvisoryDb& db, std::string_view word) {
  PRATIQUE_TRY(const auto reader, db.reader());
  PRATIQUE_TRY(std::vector<Advisory> found, reader.find(word));
  if (!found.empty()) return found;
  PRATIQUE_TRY(const auto packages, reader.packages());
  std::vector<std::uint32_t> numbers;
  const bool is_key = word.find(':') != std::string_view::npos;
  if (is_key && word.ends_with('@')) word.remove_suffix(1);
  for (const auto& [package, stream] : packages) {
    const std::string_view name = std::string_view(package).substr(package.rfind('/') + 1);
    if (is_key ? package != word : lower(name).find(lower(word)) == std::string::npos) continue;
    PRATIQUE_DO(reader.each(package, stream, [&](const AffectedView& view) { numbers.push_back(view.advisory); }));
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  for (const auto number : numbers) {
    PRATIQUE_TRY(Advisory advisory, reader.advisory(number));
    found.push_back(std::move(advisory));
  }
  return found;
}

}  // namespace pratique
