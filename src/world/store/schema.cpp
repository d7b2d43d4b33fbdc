#include "world/store/schema.h"

namespace pratique {

// Times are milliseconds since 1970 in UTC. Nothing is ever deleted from the tables of bills, so ids may be remembered.
const std::array<const char*, 1> store_migrations = {R"sql(

-- What bills are about: an image, or the bill itself where it names no image.
CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,      -- of the image manifest, else of the bill
  name TEXT NOT NULL,               -- as its newest bill calls it
  first_seen INTEGER NOT NULL
);

CREATE TABLE bills (
  id INTEGER PRIMARY KEY,           -- the largest one of an artifact is its newest
  digest TEXT NOT NULL UNIQUE,      -- of the original bytes
  artifact INTEGER NOT NULL REFERENCES artifacts,
  format TEXT NOT NULL,             -- "cyclonedx-json"
  spec_version TEXT NOT NULL,       -- "1.6"
  tool TEXT NOT NULL,
  place TEXT NOT NULL,              -- the file it came from
  subject_name TEXT NOT NULL,
  subject_version TEXT NOT NULL,
  created INTEGER,                  -- as the bill says
  ingested_at INTEGER NOT NULL
);
CREATE INDEX bills_of_artifact ON bills (artifact);

-- Apart from bills, so that walking over those never touches the large texts.
CREATE TABLE originals (
  bill INTEGER PRIMARY KEY REFERENCES bills,
  size INTEGER NOT NULL,            -- before compression
  zstd BLOB NOT NULL
);

-- Package keys: a canonical purl without version, qualifiers and subpath. A component without purl stands under
-- "pkg:generic/GROUP/NAME", or "pkg:generic/NAME" where it has no group.
CREATE TABLE packages (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
);

-- What bills list, each distinct one once.
CREATE TABLE components (
  id INTEGER PRIMARY KEY,
  package INTEGER NOT NULL REFERENCES packages,
  version TEXT NOT NULL,            -- as written, else the purl's
  purl TEXT NOT NULL,               -- canonical; empty where the bill gives none
  label TEXT NOT NULL,              -- "log4j-core 2.14.1"
  UNIQUE (package, version, purl, label)
);

-- Where a component stands in a bill. The dependency path is found by walking `before` up to the subject (NULL).
CREATE TABLE occurrences (
  bill INTEGER NOT NULL REFERENCES bills,
  position INTEGER NOT NULL,
  component INTEGER NOT NULL REFERENCES components,
  before INTEGER,
  PRIMARY KEY (bill, position)
) WITHOUT ROWID;
CREATE INDEX occurrences_of_component ON occurrences (component);

CREATE TABLE clusters (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  seen_at INTEGER NOT NULL
);

CREATE TABLE pods (
  id INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL REFERENCES clusters,
  name_space TEXT NOT NULL,
  kind TEXT NOT NULL,               -- of the owner: "Deployment"
  name TEXT NOT NULL,               -- of the owner
  pod TEXT NOT NULL,
  node TEXT NOT NULL
);
CREATE INDEX pods_of_cluster ON pods (cluster);

CREATE TABLE containers (
  pod INTEGER NOT NULL REFERENCES pods,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  image TEXT NOT NULL,
  digest TEXT NOT NULL,             -- of the image; empty where nobody pinned it
  PRIMARY KEY (pod, position)
) WITHOUT ROWID;
CREATE INDEX containers_of_digest ON containers (digest);

-- One row, kept in step by every write: counting the large tables would read all of them.
CREATE TABLE totals (
  bills INTEGER NOT NULL,
  artifacts INTEGER NOT NULL,
  components INTEGER NOT NULL,
  occurrences INTEGER NOT NULL,
  pods INTEGER NOT NULL
);
INSERT INTO totals VALUES (0, 0, 0, 0, 0);

)sql"};

}  // namespace pratique
