// Where things lie in a database file. Private to advisorydb; docs/matching.md, section "The database file", is its
// prose.
//
// The file is an LMDB environment and, behind its last page, a seal. The environment holds one table; the first byte of
// a key says what its value is. Numbers in keys are big-endian, so that LMDB's order of bytes is theirs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pratique {

constexpr std::uint32_t database_schema = 3;  // counted up when anything here or in codec.h changes its meaning

constexpr char key_of_block = 'A';    // + number: advisories, compressed; `block_size` of them in each
constexpr char key_of_cpes = 'C';     // + hash of package: the CPEs that a distribution gives a package, each
constexpr char key_of_filter = 'F';   // which packages are known at all: see Filter
constexpr char key_of_header = 'H';   // counts
constexpr char key_of_names = 'N';    // ids and aliases: sorted pairs of a hash and the advisory's number
constexpr char key_of_package = 'P';  // + hash of stream and package: the entries of each package with that hash
constexpr char key_of_notes = 'V';    // + number: vulnerabilities, compressed; `block_size` of them in each
constexpr char key_of_note_names =
    'W';  // ids of vulnerabilities: sorted pairs of a hash and the vulnerability's number

constexpr std::uint32_t block_size = 16;

std::string numbered_key(char kind, std::uint64_t number);  // nine bytes
std::uint64_t hash_of_package(std::string_view package, std::string_view stream);
std::uint32_t hash_of_name(std::string_view id);

// A Bloom filter, each package in one 64-bit word: four bits of it. About one unknown package in a hundred passes.
class Filter {
 public:
  explicit Filter(std::string_view words) : words_(words) {}  // a power of two of words
  bool may_hold(std::uint64_t hash) const;
  static std::string sized_for(std::uint64_t packages);  // an empty one
  static void put(std::string& words, std::uint64_t hash);

 private:
  std::string_view words_;
};

// Ids and aliases: where each may be, without its text.
class NameTable {
 public:
  explicit NameTable(std::string_view pairs) : pairs_(pairs) {}
  // Numbers of the advisories that may be called so; a few that are not are among them.
  std::vector<std::uint32_t> find(std::uint32_t hash) const;
  static void put(std::string& pairs, std::uint32_t hash, std::uint32_t number);  // in order of (hash, number)

 private:
  std::string_view pairs_;
};

// What makes a file ours and whole: the last `seal_size` bytes.
constexpr std::size_t seal_size = 64;
std::string seal_of(std::string_view content, std::uint32_t number);
struct Seal {
  std::size_t content = 0;   // bytes in front of the seal
  std::uint32_t number = 0;  // counts the generations of one place
  std::string generation;    // SHA-256 of the content, in hex
};
// Checks every byte. Fault: malformed (not ours, cut, damaged), unsupported (another schema).
Result<Seal> check_seal(std::string_view file);

}  // namespace pratique
