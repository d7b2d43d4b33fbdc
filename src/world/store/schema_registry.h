// The tables of what registries hold. Private to the store; schema.cpp says what the words in braces are.
#pragma once

namespace pratique {

constexpr const char* registry_tables = R"sql(

CREATE TABLE registries (
  id {id},
  name {text} NOT NULL UNIQUE,        -- "registry.example:5000"
  seen_at {integer} NOT NULL          -- listed for the last time, all of it or a part
);
CREATE TABLE repositories (
  id {id},
  registry {integer} NOT NULL REFERENCES registries,
  name {text} NOT NULL UNIQUE         -- with its registry: "registry.example:5000/shop/cart"
);

-- Digests that were read in a registry: what one names never changes, and is not asked for again.
CREATE TABLE manifests (
  artifact {integer} PRIMARY KEY REFERENCES artifacts
);
-- Of an index: the manifests that it names. They are held for as long, and under the same tags, as the index is.
CREATE TABLE manifest_parts (
  whole {integer} NOT NULL REFERENCES artifacts,
  part {integer} NOT NULL REFERENCES artifacts,
  platform {text} NOT NULL,           -- "linux/arm64/v8"; empty where it says none
  PRIMARY KEY (whole, part)
){packed};
CREATE INDEX wholes_of_part ON manifest_parts (part, whole);

-- One row for each set of tags that an artifact had in a repository: what changes closes the row and opens another.
CREATE TABLE holdings (
  id {id},
  repository {integer} NOT NULL REFERENCES repositories,
  artifact {integer} NOT NULL REFERENCES artifacts,
  tags {text} NOT NULL,               -- a line each, sorted
  valid_from {integer} NOT NULL,
  valid_to {integer}                  -- first seen to be otherwise; empty while it is so
);
CREATE INDEX holdings_there ON holdings (repository) WHERE valid_to IS NULL;
CREATE INDEX holdings_of_artifact ON holdings (artifact, valid_to);

-- Which artifacts a registry holds now, as postings do; made anew with each listing.
CREATE TABLE held (
  registry {integer} NOT NULL REFERENCES registries,
  is_index {integer} NOT NULL,        -- 1: of several manifests that are there themselves
  shard {integer} NOT NULL,
  artifacts {bytes} NOT NULL,
  PRIMARY KEY (registry, is_index, shard)
){packed};

)sql";

}  // namespace pratique
