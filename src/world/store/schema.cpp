#include "world/store/schema.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/check.h"
#include "world/store/schema_failures.h"
#include "world/store/schema_identity.h"
#include "world/store/schema_registry.h"
#include "world/store/schema_server.h"

namespace pratique {
namespace {

// Times are milliseconds since 1970 in UTC. Ids of artifacts and components fit 32 bits and are never used again:
// postings and facts hold them. The words in braces are what the engines call differently (WordsOf).
const std::array<const char*, store_version> migrations = {R"sql(

-- What a bill is about or a container runs. One without a bill runs and nobody knows what is in it.
CREATE TABLE artifacts (
  id {id},
  digest {text} NOT NULL UNIQUE,      -- of the image manifest, else of the bill
  name {text} NOT NULL,               -- as its newest bill calls it, else as its pods do
  first_seen {integer} NOT NULL
);

-- The facts stand in the same row, last, so that one page answers where a component stands in a bill (facts.h).
CREATE TABLE bills (
  id {id},           -- the largest one of an artifact is its newest
  digest {text} NOT NULL UNIQUE,      -- of the original bytes
  artifact {integer} NOT NULL REFERENCES artifacts,
  ingested_at {integer} NOT NULL,
  created {integer},                  -- as the bill says
  format {text} NOT NULL,             -- "cyclonedx-json"
  spec_version {text} NOT NULL,       -- "1.6"
  tool {text} NOT NULL,
  distro {text} NOT NULL,             -- "debian-12"
  place {text} NOT NULL,              -- the file it came from
  facts {bytes} NOT NULL
);
CREATE INDEX bills_of_artifact ON bills (artifact);

-- Apart from bills, so that they may be dropped one day: signatures are over bytes, answers are not.
CREATE TABLE originals (
  bill {integer} PRIMARY KEY REFERENCES bills,
  size {integer} NOT NULL,            -- before compression
  zstd {bytes} NOT NULL
);

-- Package keys: a canonical purl without version, qualifiers and subpath. A component without purl stands under
-- "pkg:generic/GROUP/NAME", or "pkg:generic/NAME" where it has no group.
CREATE TABLE packages (
  id {id},
  key {text} NOT NULL UNIQUE,
  name {text} NOT NULL                -- its last part in lower case, to search by
);
CREATE INDEX packages_by_name ON packages (name);

-- What bills list, each distinct one once. The index behind UNIQUE answers "all of a package" by itself.
CREATE TABLE components (
  id {id},           -- from 1: 0 stands for any component in postings
  package {integer} NOT NULL REFERENCES packages,
  version {text} NOT NULL,            -- as written, else the purl's
  name {text} NOT NULL,
  purl {text} NOT NULL,               -- canonical, shortened (purl_column.h)
  source {text} NOT NULL,             -- "name version" of the source package
  UNIQUE (package, version, name, purl, source)
);

-- Which artifacts of a shard (ids / 65,536) hold a component: a roaring bitmap. The shard comes first: what is written
-- together lies together, and shards can be spread over machines.
CREATE TABLE postings (
  shard {integer} NOT NULL,
  component {integer} NOT NULL,
  artifacts {bytes} NOT NULL,
  PRIMARY KEY (shard, component)
){packed};

CREATE TABLE clusters (
  id {id},
  name {text} NOT NULL UNIQUE,
  seen_at {integer} NOT NULL          -- as a whole for the last time; also last_seen of every pod that is still there
);

-- Which artifacts run in a cluster now, as postings do; made anew with each look at the cluster.
CREATE TABLE running (
  cluster {integer} NOT NULL REFERENCES clusters,
  shard {integer} NOT NULL,
  artifacts {bytes} NOT NULL,
  PRIMARY KEY (cluster, shard)
){packed};

-- Top owners.
CREATE TABLE workloads (
  id {id},
  cluster {integer} NOT NULL REFERENCES clusters,
  name_space {text} NOT NULL,
  kind {text} NOT NULL,               -- "Deployment"
  name {text} NOT NULL,
  UNIQUE (cluster, name_space, kind, name)
);

-- One row for each state a pod was in: what changes closes the row and opens another. valid_to is empty while it lasts.
CREATE TABLE pods (
  id {id},
  cluster {integer} NOT NULL REFERENCES clusters,
  workload {integer} NOT NULL REFERENCES workloads,
  name {text} NOT NULL,
  uid {text} NOT NULL,
  node {text} NOT NULL,
  service_account {text} NOT NULL,
  state {bytes} NOT NULL,              -- a hash of all there is to know, to see at once what changed
  valid_from {integer} NOT NULL,      -- first seen
  last_seen {integer},                -- of a closed one
  valid_to {integer}                  -- first seen to be gone
);
CREATE INDEX pods_there ON pods (cluster, name) WHERE valid_to IS NULL;

CREATE TABLE containers (
  pod {integer} NOT NULL REFERENCES pods,
  position {integer} NOT NULL,
  workload {integer} NOT NULL REFERENCES workloads,
  artifact {integer} REFERENCES artifacts,  -- empty where nobody pinned the image by digest
  name {text} NOT NULL,
  kind {text} NOT NULL,
  image {text} NOT NULL,
  valid_from {integer} NOT NULL,      -- both as their pod's
  valid_to {integer},
  PRIMARY KEY (pod, position)
){packed};
CREATE INDEX containers_of_artifact ON containers (artifact, valid_to, workload, name, valid_from);
CREATE INDEX containers_unpinned ON containers (image) WHERE artifact IS NULL AND valid_to IS NULL;

-- One row, kept in step by every write: counting the large tables would read all of them.
CREATE TABLE totals (
  bills {integer} NOT NULL,
  artifacts {integer} NOT NULL,       -- with a bill
  components {integer} NOT NULL,
  occurrences {integer} NOT NULL,
  pods {integer} NOT NULL             -- there now
);
INSERT INTO totals VALUES (0, 0, 0, 0, 0);

)sql",
                                                           R"sql(

-- A component is judged in the context that its bill gives it, so the same package in two contexts is two components.
CREATE TABLE components_in_context (
  id {id},
  package {integer} NOT NULL REFERENCES packages,
  version {text} NOT NULL,
  name {text} NOT NULL,
  purl {text} NOT NULL,
  source {text} NOT NULL,
  context {text} NOT NULL,            -- mostly empty; "-" where it is not examined; else the distribution's release
                                      -- ("debian-12"), which the bill tells and the purl does not
  UNIQUE (package, version, name, purl, source, context)
);
INSERT INTO components_in_context SELECT id, package, version, name, purl, source, '' FROM components;
DROP TABLE components;
ALTER TABLE components_in_context RENAME TO components;
{restart components}

-- Every artifact with a component that is examined, as component 0 holds every artifact with a bill.
INSERT INTO postings SELECT shard, 4294967295, artifacts FROM postings WHERE component = 0;

ALTER TABLE artifacts ADD COLUMN purl {text} NOT NULL DEFAULT '';  -- as its newest bill calls it
CREATE INDEX bills_by_time ON bills (ingested_at, artifact);
ALTER TABLE pods ADD COLUMN exposure {text} NOT NULL DEFAULT '';      -- a line each: "load-balancer web"
ALTER TABLE pods ADD COLUMN owner_labels {text} NOT NULL DEFAULT '';  -- a line each: "team=shop"

-- The advisories that findings were made with, one generation after another; the last one is that of all open findings.
CREATE TABLE generations (
  id {id},
  digest {text} NOT NULL,             -- of the advisory database's content
  newest {integer},                   -- its latest advisory's last change
  covers {text} NOT NULL,             -- purl types and streams that it knows anything about, a line each, sorted
  since {integer} NOT NULL
);

-- By every name: CVE, GHSA and what else its advisories call it.
CREATE TABLE vulnerabilities (
  id {id},
  name {text} NOT NULL UNIQUE
);
CREATE TABLE aliases (
  name {text} NOT NULL,
  vulnerability {integer} NOT NULL REFERENCES vulnerabilities,
  PRIMARY KEY (name, vulnerability)
){packed};

-- What advisories say of a component, each distinct saying once. Without a vulnerability: why nobody can judge it.
CREATE TABLE reasons (
  id {id},
  digest {bytes} NOT NULL UNIQUE,     -- of all but the revisions of the advisories
  vulnerability {integer} REFERENCES vulnerabilities,
  severity {integer} NOT NULL,
  fixed {text} NOT NULL,              -- the smallest version that mends it; empty where there is none
  proof {text} NOT NULL               -- JSON; the reason in words where there is no vulnerability
);
CREATE INDEX reasons_of_vulnerability ON reasons (vulnerability);

-- A finding is a component's: which artifacts have it, postings tell. What changes closes a row and opens another.
CREATE TABLE findings (
  id {id},
  component {integer} NOT NULL,
  reason {integer} NOT NULL REFERENCES reasons,
  since {integer} NOT NULL,           -- opened_at of the first of rows that follow each other without a gap
  opened_at {integer} NOT NULL,
  opened_by {integer} NOT NULL REFERENCES generations,
  closed_at {integer},
  closed_by {integer} REFERENCES generations,
  closed_advisory {text},             -- whose word closed it, in which revision, and what became of it
  closed_revision {text},
  closed_why {text}
);
CREATE INDEX findings_of_component ON findings (component, closed_at);
CREATE INDEX findings_of_reason ON findings (reason, closed_at, component);
CREATE INDEX findings_opened ON findings (opened_at);
CREATE INDEX findings_closed ON findings (closed_at) WHERE closed_at IS NOT NULL;

-- Components that are to be judged: new ones, and those whose advisories changed. What was found stands until then.
CREATE TABLE pending (
  component {integer} PRIMARY KEY,
  is_new {integer} NOT NULL           -- 1: it was never judged, so nobody knows anything of it
);
INSERT INTO pending SELECT id, 1 FROM components;

-- One row: from when on history is whole. What was closed before was dropped.
CREATE TABLE retention (
  history_from {integer}
);
INSERT INTO retention VALUES (NULL);

-- What any bill says of a component beside who it is.
CREATE TABLE traits (
  id {id},
  kind {integer} NOT NULL,            -- 0 licence, 1 CPE, 2 hash, 3 supplier
  text {text} NOT NULL,               -- in lower case (traits.h)
  UNIQUE (kind, text)
);
CREATE TABLE traits_of (
  component {integer} NOT NULL,
  trait {integer} NOT NULL REFERENCES traits,
  PRIMARY KEY (component, trait)
){packed};
CREATE INDEX components_of_trait ON traits_of (trait, component);

-- The package keys, beside its own, that a component is looked up under: of its source package, former names.
CREATE TABLE also_known (
  key {text} NOT NULL,
  component {integer} NOT NULL,
  PRIMARY KEY (key, component)
){packed};

)sql", server_tables, registry_tables, failure_tables, identity_tables};

struct Word {
  std::string_view word, sqlite, postgres;
};
// Texts are ordered byte by byte in both.
constexpr std::array<Word, 7> words = {{
    {"{id}", "INTEGER PRIMARY KEY", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"},
    {"{integer}", "INTEGER", "BIGINT"},
    {"{text}", "TEXT", "TEXT COLLATE \"C\""},
    {"{bytes}", "BLOB", "BYTEA"},
    {"{packed}", " WITHOUT ROWID", ""},
    {"{identity}", "component_identity(version, name, purl, source, context)",
     "sha256(convert_to(octet_length(version) || ':' || version || octet_length(name) || ':' || name || "
     "octet_length(purl) || ':' || purl || octet_length(source) || ':' || source || octet_length(context) || ':' || "
     "context, 'UTF8'))"},
    {"{restart components}", "",
     "SELECT setval(pg_get_serial_sequence('components', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM components), "
     "false);"},
}};

}  // namespace

std::string migration(std::size_t step, Engine engine) {
  const std::string_view text = migrations[step];
  std::string sql;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t brace = std::min(text.find('{', at), text.size());
    sql.append(text.substr(at, brace - at));
    at = brace;
    for (const Word& word : words) {
      if (!text.substr(brace).starts_with(word.word)) continue;
      sql.append(engine == Engine::sqlite ? word.sqlite : word.postgres);
      at += word.word.size();
    }
    check(at > brace || brace == text.size(), "a brace in the schema begins a word");
  }
  return sql;
}

}  // namespace pratique
