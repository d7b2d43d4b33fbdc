#include "flow/advisories.h"

#include "flow/scan.h"

namespace pratique {

Advisories advisories_of(std::shared_ptr<const AdvisoryDb> database) {
  const auto& status = database->status();
  const auto has_notes = [&](std::string_view source) {
    const auto found = status.sources.find(source);
    return found != status.sources.end() && found->second.notes > 0;
  };
  Advisories advisories;
  advisories.generation = status.generation;
  advisories.catalogues = {.kev = has_notes("kev"), .epss = has_notes("epss")};
  advisories.match = [database = std::move(database)](const Bill& bill) { return scan(bill, *database); };
  return advisories;
}

}  // namespace pratique
