// The tables of what a server keeps beside the inventory. Private to the store; schema.cpp says what the words in
// braces are.
#pragma once

namespace pratique {

constexpr const char* server_tables = R"sql(

-- Who may use the API. The secret itself is nowhere, only what it hashes to.
CREATE TABLE tokens (
  id {text} PRIMARY KEY,              -- 16 hex digits; also in the token, to find it by
  name {text} NOT NULL,
  secret {text} NOT NULL,             -- SHA-256 of the whole token, in hex
  role {text} NOT NULL,
  scope {text} NOT NULL,              -- "cluster=harbour namespace=shop"
  created_at {integer} NOT NULL,
  created_by {text} NOT NULL,
  expires_at {integer} NOT NULL,
  revoked_at {integer}
){packed};

-- What was done and refused, a chain of hashes (model/audit.h). Rows are only ever added.
CREATE TABLE audit (
  sequence {integer} PRIMARY KEY,     -- from 1, without a gap
  at {integer} NOT NULL,
  actor {text} NOT NULL,
  origin {text} NOT NULL,
  action {text} NOT NULL,
  object {text} NOT NULL,
  detail {text} NOT NULL,
  hash {text} NOT NULL
);

-- What ran in the kernels of nodes. A snapshot that says what the one before it did only moves that one's last_seen.
CREATE TABLE nodes (
  id {id},
  name {text} NOT NULL UNIQUE,
  since {integer} NOT NULL,
  seen_at {integer} NOT NULL
);
CREATE TABLE snapshot_bytes (
  id {id},
  digest {text} NOT NULL UNIQUE,
  size {integer} NOT NULL,            -- before compression
  zstd {bytes} NOT NULL
);
CREATE TABLE snapshots (
  id {id},
  node {integer} NOT NULL REFERENCES nodes,
  bytes {integer} NOT NULL REFERENCES snapshot_bytes,
  valid_from {integer} NOT NULL,
  last_seen {integer} NOT NULL
);
CREATE INDEX snapshots_of_node ON snapshots (node, valid_from);
CREATE INDEX snapshots_by_bytes ON snapshots (bytes);
CREATE TABLE kernel_events (
  id {id},
  node {integer} NOT NULL REFERENCES nodes,
  saved_at {integer} NOT NULL,
  event {text} NOT NULL               -- JSON
);
CREATE INDEX kernel_events_of_node ON kernel_events (node, id);

-- Bills too large for one request, while they come; dropped after a day.
CREATE TABLE uploads (
  id {text} PRIMARY KEY,
  owner {text} NOT NULL,
  place {text} NOT NULL,
  size {integer} NOT NULL,            -- of the whole
  received {integer} NOT NULL,
  created_at {integer} NOT NULL
);
CREATE TABLE upload_parts (
  upload {text} NOT NULL,
  position {integer} NOT NULL,        -- of its first byte in the whole
  bytes {bytes} NOT NULL,
  PRIMARY KEY (upload, position)
);

-- What is new, for those who listen; the oldest are dropped.
CREATE TABLE changes (
  id {id},
  at {integer} NOT NULL,
  kind {text} NOT NULL,
  place {text} NOT NULL,              -- repository, cluster or node
  object {text} NOT NULL
);

-- Whose artifacts run where, for those who may see some namespaces only.
CREATE INDEX containers_of_workload ON containers (workload, artifact) WHERE valid_to IS NULL;
-- Images by name, for those who may see some repositories only.
CREATE INDEX artifacts_by_name ON artifacts (name);

)sql";

}  // namespace pratique
