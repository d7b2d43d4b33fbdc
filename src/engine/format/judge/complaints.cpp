#include "base/text.h"
#include "engine/format/judge/judge.h"

namespace pratique {

void Complaints::add(std::string place, std::string reason, bool is_doubt) {
  Kind& kind = is_doubt ? doubts_ : errors_;
  if (kind.kept.size() == most)
    ++kind.more;
  else
    kind.kept.push_back({std::move(place), std::move(reason)});
}

std::vector<Rejected> Complaints::take(Kind& kind) {
  if (kind.more > 0) kind.kept.push_back({"", "and " + with_commas(kind.more) + " more"});
  return std::move(kind.kept);
}

void References::declare(std::string_view name, bool is_loose, const std::string& place, Complaints& complaints) {
  if (name.empty() || declared_.emplace(name).second) return;
  complaints.add(place, "'" + printable(name.substr(0, 200)) + "' is the name of something else, too", is_loose);
}

void References::use(std::string_view name, std::string place) {
  for (const std::string_view elsewhere : {"urn:cdx:", "DocumentRef-", "https://spdx.org/"})
    if (name.starts_with(elsewhere)) return;
  if (name == "NONE" || name == "NOASSERTION") return;
  if (seen_.emplace(name).second) used_.emplace_back(name, std::move(place));
}

void References::close(Complaints& complaints) {
  for (const auto& [name, place] : used_)
    if (!declared_.contains(name))
      complaints.add(
          place, "nothing in the document is called '" + printable(std::string_view(name).substr(0, 200)) + "'", true);
}

}  // namespace pratique
