#include "world/store/schema.h"

namespace pratique {

// Times are milliseconds since 1970 in UTC. Ids of artifacts and components fit 32 bits and are never used again:
// postings and facts hold them. All of it is SQL that PostgreSQL takes with BIGINT, BYTEA and identity columns, and
// without the words WITHOUT ROWID.
const std::array<const char*, 1> store_migrations = {R"sql(

-- What a bill is about or a container runs. One without a bill runs and nobody knows what is in it.
CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,      -- of the image manifest, else of the bill
  name TEXT NOT NULL,               -- as its newest bill calls it, else as its pods do
  first_seen INTEGER NOT NULL
);

-- The facts stand in the same row, last, so that one page answers where a component stands in a bill (facts.h).
CREATE TABLE bills (
  id INTEGER PRIMARY KEY,           -- the largest one of an artifact is its newest
  digest TEXT NOT NULL UNIQUE,      -- of the original bytes
  artifact INTEGER NOT NULL REFERENCES artifacts,
  ingested_at INTEGER NOT NULL,
  created INTEGER,                  -- as the bill says
  format TEXT NOT NULL,             -- "cyclonedx-json"
  spec_version TEXT NOT NULL,       -- "1.6"
  tool TEXT NOT NULL,
  distro TEXT NOT NULL,             -- "debian-12"
  place TEXT NOT NULL,              -- the file it came from
  facts BLOB NOT NULL
);
CREATE INDEX bills_of_artifact ON bills (artifact);

-- Apart from bills, so that they may be dropped one day: signatures are over bytes, answers are not.
CREATE TABLE originals (
  bill INTEGER PRIMARY KEY REFERENCES bills,
  size INTEGER NOT NULL,            -- before compression
  zstd BLOB NOT NULL
);

-- Package keys: a canonical purl without version, qualifiers and subpath. A component without purl stands under
-- "pkg:generic/GROUP/NAME", or "pkg:generic/NAME" where it has no group.
CREATE TABLE packages (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL                -- its last part in lower case, to search by
);
CREATE INDEX packages_by_name ON packages (name);

-- What bills list, each distinct one once. The index behind UNIQUE answers "all of a package" by itself.
CREATE TABLE components (
  id INTEGER PRIMARY KEY,           -- from 1: 0 stands for any component in postings
  package INTEGER NOT NULL REFERENCES packages,
  version TEXT NOT NULL,            -- as written, else the purl's
  name TEXT NOT NULL,
  purl TEXT NOT NULL,               -- canonical, shortened (purl_column.h)
  source TEXT NOT NULL,             -- "name version" of the source package
  UNIQUE (package, version, name, purl, source)
);

-- Which artifacts of a shard (ids / 65,536) hold a component: a roaring bitmap. The shard comes first: what is written
-- together lies together, and shards can be spread over machines.
CREATE TABLE postings (
  shard INTEGER NOT NULL,
  component INTEGER NOT NULL,
  artifacts BLOB NOT NULL,
  PRIMARY KEY (shard, component)
) WITHOUT ROWID;

CREATE TABLE clusters (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  seen_at INTEGER NOT NULL          -- as a whole for the last time; also last_seen of every pod that is still there
);

-- Which artifacts run in a cluster now, as postings do; made anew with each look at the cluster.
CREATE TABLE running (
  cluster INTEGER NOT NULL REFERENCES clusters,
  shard INTEGER NOT NULL,
  artifacts BLOB NOT NULL,
  PRIMARY KEY (cluster, shard)
) WITHOUT ROWID;

-- Top owners.
CREATE TABLE workloads (
  id INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL REFERENCES clusters,
  name_space TEXT NOT NULL,
  kind TEXT NOT NULL,               -- "Deployment"
  name TEXT NOT NULL,
  UNIQUE (cluster, name_space, kind, name)
);

-- One row for each state a pod was in: what changes closes the row and opens another. valid_to is empty while it lasts.
CREATE TABLE pods (
  id INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL REFERENCES clusters,
  workload INTEGER NOT NULL REFERENCES workloads,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  node TEXT NOT NULL,
  service_account TEXT NOT NULL,
  state BLOB NOT NULL,              -- a hash of all there is to know, to see at once what changed
  valid_from INTEGER NOT NULL,      -- first seen
  last_seen INTEGER,                -- of a closed one
  valid_to INTEGER                  -- first seen to be gone
);
CREATE INDEX pods_there ON pods (cluster, name) WHERE valid_to IS NULL;

CREATE TABLE containers (
  pod INTEGER NOT NULL REFERENCES pods,
  position INTEGER NOT NULL,
  workload INTEGER NOT NULL REFERENCES workloads,
  artifact INTEGER REFERENCES artifacts,  -- empty where nobody pinned the image by digest
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  image TEXT NOT NULL,
  valid_from INTEGER NOT NULL,      -- both as their pod's
  valid_to INTEGER,
  PRIMARY KEY (pod, position)
) WITHOUT ROWID;
CREATE INDEX containers_of_artifact ON containers (artifact, valid_to, workload, name, valid_from);
CREATE INDEX containers_unpinned ON containers (image) WHERE artifact IS NULL AND valid_to IS NULL;

-- One row, kept in step by every write: counting the large tables would read all of them.
CREATE TABLE totals (
  bills INTEGER NOT NULL,
  artifacts INTEGER NOT NULL,       -- with a bill
  components INTEGER NOT NULL,
  occurrences INTEGER NOT NULL,
  pods INTEGER NOT NULL             -- there now
);
INSERT INTO totals VALUES (0, 0, 0, 0, 0);

)sql"};

}  // namespace pratique
