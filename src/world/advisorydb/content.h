// Everything that goes into a database file, from advisories in any order to sorted pairs. Private to advisorydb.
//
// Two steps: Collection takes what comes, as packed bytes, and settles what belongs together; content_of lays it out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/advisory.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

struct PackedAdvisory {
  std::string_view package;  // its first: advisories about one package are kept together
  std::string_view id, source, bytes;
  bool operator<(const PackedAdvisory& other) const;
};

class Collection {
 public:
  void add(const Advisory& advisory);
  void add_part(const Advisory& advisory);
  void add(const Vulnerability& vulnerability, std::string_view source);
  void add_cpe(std::string_view package, std::string_view cpe) { cpes_[std::string(package)].emplace_back(cpe); }
  void add_revision(std::string_view source, std::string_view revision);

  // Parts are put together; after this nothing is added.
  void settle();
  std::vector<PackedAdvisory> advisories() const;  // sorted
  using Revisions = std::map<std::string, SourceStatus, std::less<>>;
  const Revisions& sources() const { return sources_; }  // without what is counted from the advisories
  // Packed: a source that scores every CVE there is has some 300,000 of them.
  using Notes = std::map<std::string, std::string, std::less<>>;
  const Notes& notes() const { return notes_; }
  const std::map<std::string, std::vector<std::string>, std::less<>>& cpes() const { return cpes_; }

 private:
  struct Pending {
    std::optional<Time> modified;
    std::string bytes;
    std::string package;
  };
  static Pending pending_of(const Advisory& advisory);
  void offer(const std::pair<std::string, std::string>& name, Pending fresh);

  std::map<std::pair<std::string, std::string>, Pending> advisories_;  // by id and source
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> parts_;
  Notes notes_;
  std::map<std::string, std::vector<std::string>, std::less<>> cpes_;
  Revisions sources_;
};

// What the environment is written from: keys in order. The Collection must be settled.
std::vector<std::pair<std::string, std::string>> content_of(const Collection& collection);

}  // namespace pratique
