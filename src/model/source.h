// Source: who publishes advisories, where they are fetched from, and on what terms. One row each; docs/sources.md is
// this table in prose.
//
// The order of the rows is the order in which severities are believed where several sources give one (pick_rating in
// model/advisory.h). A source's records may come through another's door: GHSA's from OSV's archives, Debian's own or
// OSV's translation of them. What a record is, is told from the record.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pratique {

// What a source offers to tell whether its bytes are whole and its own.
enum class Integrity : std::uint8_t {
  tls,        // nothing but the connection
  hash,       // a hash beside the file, at `check`
  signature,  // a signature beside the file, at `check`: not verified here, only told
};
std::string_view name_of(Integrity integrity);

struct Source {
  std::string_view name;   // "debian"; stands in findings, `db status` and --source
  std::string_view title;  // "Debian security tracker"
  std::string_view url;    // "{}" stands for a part; empty where the records come with those of another source
  std::string_view parts;  // separated by commas: ecosystems, releases, years; empty where the URL is one file
  std::string_view licence;
  std::chrono::hours cadence{24};  // how often it is worth asking
  Integrity integrity = Integrity::tls;
  std::string_view check;  // URL of the hash or signature: "{url}.sha256"; empty for none
  bool standard = true;    // fetched unless others are named
};

std::span<const Source> sources();
// Null when there is no such source.
const Source* source_named(std::string_view name);
// The row's place in the table: smaller is believed first; behind all where the name is none.
std::size_t rank_of_source(std::string_view name);

// Whose record this is, by how ids are given out: "GO-2020-0001" is go's, "USN-1-1" ubuntu's; "osv" when nobody's.
std::string_view source_of_id(std::string_view id);

// Each file of a source: its URL and the name it is kept under ("Go.zip").
struct SourceFile {
  std::string url, name, check;  // `check` is empty where there is none
};
std::vector<SourceFile> files_of(const Source& source);

}  // namespace pratique
