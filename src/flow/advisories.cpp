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

Advisories with_vex(Advisories advisories, VexDocuments documents) {
  if (documents.generation.empty()) return advisories;
  advisories.generation += " vex:" + documents.generation;
  // Shared: std::function copies.
  advisories.match = [match = std::move(advisories.match),
                      statements = std::make_shared<const std::vector<VexStatement>>(std::move(documents.statements))](
                         const Bill& bill) -> Result<Match> {
    PRATIQUE_TRY(Match found, match(bill));
    apply_vex(found, bill, *statements);
    return found;
  };
  return advisories;
}

}  // namespace pratique
