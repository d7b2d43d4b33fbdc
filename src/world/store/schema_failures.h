// The table of documents that could not be read. Private to the store; schema.cpp says what the words in braces are.
#pragma once

namespace pratique {

constexpr const char* failure_tables = R"sql(

-- What came as a bill and is none that can be read. Its artifact is what it is known to be about, else the document.
CREATE TABLE failures (
  id {id},
  digest {text} NOT NULL,             -- of the bytes
  artifact {integer} NOT NULL REFERENCES artifacts,
  place {text} NOT NULL,
  reason {text} NOT NULL,
  failed_at {integer} NOT NULL,
  mended_at {integer}                 -- a bill of the artifact, or a good document from the same place, came
);
CREATE UNIQUE INDEX failures_of_document ON failures (digest, artifact) WHERE mended_at IS NULL;
CREATE INDEX failures_of_artifact ON failures (artifact) WHERE mended_at IS NULL;

)sql";

}  // namespace pratique
