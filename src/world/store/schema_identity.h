// Components told apart by a hash. Private to the store; schema.cpp says what the words in braces are.
#pragma once

namespace pratique {

constexpr const char* identity_tables = R"sql(

CREATE TABLE components_by_identity (
  id {id},
  package {integer} NOT NULL REFERENCES packages,
  version {text} NOT NULL,
  name {text} NOT NULL,
  purl {text} NOT NULL,
  source {text} NOT NULL,
  context {text} NOT NULL,
  identity {bytes} NOT NULL,          -- of the five texts (long_text.h), which may be longer than an index takes
  UNIQUE (package, identity)
);
INSERT INTO components_by_identity
  SELECT id, package, version, name, purl, source, context, {identity} FROM components;
DROP TABLE components;
ALTER TABLE components_by_identity RENAME TO components;
{restart components}

)sql";

}  // namespace pratique
