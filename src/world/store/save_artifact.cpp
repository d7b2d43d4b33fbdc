// An artifact: made by the first who speaks of it, called as its newest bill calls it.
#include <limits>

#include "world/store/long_text.h"
#include "world/store/state.h"

namespace pratique {

Result<ArtifactId> artifact_id(std::int64_t id) {
  if (id > std::numeric_limits<ArtifactId>::max())
    return Error{Fault::limit, "the store holds as many artifacts as it can number", {}, ""};
  return static_cast<ArtifactId>(id);
}

std::string display_name(const StoredBill& stored) {
  const Subject& subject = stored.bill.subject;
  if (subject.name.empty()) return stored.place.substr(stored.place.rfind('/') + 1);
  const bool has_tag = subject.name.rfind(':') != std::string::npos &&
                       subject.name.find('/', subject.name.rfind(':')) == std::string::npos;
  if (subject.version.empty() || parse_digest(subject.version) || has_tag) return subject.name;
  return subject.name + (subject.digest ? ":" : " ") + subject.version;
}

Result<ArtifactId> save_artifact(const Database& database, std::string_view digest, std::string_view name, Time now) {
  PRATIQUE_TRY(auto id, database.number("SELECT id FROM artifacts WHERE digest = $1", digest));
  if (!id) {
    PRATIQUE_TRY(
        id, database.number("INSERT INTO artifacts (digest, name, first_seen) VALUES ($1, $2, $3) RETURNING id", digest,
                            index_text(name), milliseconds_of(now)));
  }
  return artifact_id(*id);
}

}  // namespace pratique
