// Finding: one vulnerability of one package in one version, with all that is needed to check it again offline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/advisory.h"

namespace pratique {

// Why a finding is one: replaying `comparator` on `installed` and `range` gives the same answer.
struct Proof {
  std::string advisory;    // "GO-2020-0001"
  std::string source;      // whose it is: "go"
  std::string revision;    // its `modified`, RFC 3339; empty when the source has none
  std::string package;     // the key that matched: of a CPE, the CPE that the advisory names
  std::string stream;      // "debian:12", or empty
  std::string module;      // an rpm's module stream, "nodejs:18", where one was compared; else empty
  std::string range;       // VERS text, or "versions: 1.2.3" where the enumerated list matched
  std::string comparator;  // name of the scheme that ordered the versions
  std::string installed;  // the version that was compared (of the source package where that is what the advisory names)
  bool fallback = false;  // the ecosystem's grammar forbids a version; the documented fallback ordered it
  std::string doubt;      // why it may be wrong all the same: "matched by CPE"; empty when it is sure
  bool operator==(const Proof&) const = default;
};

// Why a finding is shown and does not count.
struct Suppression {
  std::string by;             // "vex" or "ignore"
  std::string status;         // "not_affected", "fixed"; empty where a rule ignores it
  std::string justification;  // "vulnerable_code_not_present"
  std::string detail;
  std::string author;
  std::string time;      // RFC 3339; empty where nobody says
  std::string document;  // the VEX document's id, or the ignore file and line
  bool operator==(const Suppression&) const = default;
};

struct Finding {
  std::string id;                    // CVE where there is one, else the advisory's own id
  std::vector<std::string> aliases;  // all other names, sorted
  Severity severity = Severity::unknown;
  double score = 0;
  std::string severity_source;  // whose judgement `severity` is: "ghsa"; empty when it is unknown
  std::vector<Rating> ratings;  // everybody's
  std::optional<Kev> kev;
  std::optional<Epss> epss;
  std::optional<Ssvc> ssvc;
  FixState fix_state = FixState::unknown;
  std::string summary;
  std::string url;
  std::optional<Time> published;         // the earliest that any of the advisories about it says
  std::uint32_t component = 0;           // index into the bill: the first place where the package is
  std::vector<std::uint32_t> elsewhere;  // the other components that are this package in this version
  std::string name, version, purl;       // of the component, so that the finding stands without its bill
  std::vector<std::string> fixed;        // versions that mend it; the smallest upgrade first
  std::vector<std::string> path;         // labels from the subject (left out) to the component; of a long one its end
  Proof proof;
  std::vector<Proof> other_proofs;  // of the other advisories about the same vulnerability
  std::optional<Suppression> suppressed;
  // Whether every advisory that says so leaves a doubt.
  bool is_doubtful() const;
  bool operator==(const Finding&) const = default;
};

// A component nobody could judge.
struct Unknown {
  std::uint32_t component = 0;
  std::string name, version, purl;
  std::string reason;  // "no advisories for pkg:cran in the database"
  bool operator==(const Unknown&) const = default;
};

// Many of them in little space: a bill of an ecosystem without data has one for each of its half million packages.
class UnknownList {
 public:
  class Iterator {
   public:
    using value_type = Unknown;
    using reference = Unknown;
    using pointer = void;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    Iterator(const UnknownList& list, std::size_t at) : list_(&list), at_(at) {}
    Unknown operator*() const { return (*list_)[at_]; }
    Iterator& operator++() { return ++at_, *this; }
    bool operator==(const Iterator&) const = default;

   private:
    const UnknownList* list_;
    std::size_t at_;
  };

  void add(std::uint32_t component, std::string_view name, std::string_view version, std::string_view purl,
           std::string_view reason);
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  Unknown operator[](std::size_t at) const;
  Unknown front() const { return (*this)[0]; }
  std::vector<Unknown> first(std::size_t most) const;
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }
  bool operator==(const UnknownList&) const = default;

 private:
  struct Entry {
    std::uint64_t texts = 0;  // where its name, version and purl stand in texts_, one behind the other
    std::uint32_t component = 0, reason = 0, name = 0, version = 0, purl = 0;  // index, and sizes in bytes
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries_;
  std::string texts_;
  std::vector<std::string> reasons_;  // each once
  std::map<std::string, std::uint32_t, std::less<>> reason_numbers_;
};

// Each artifact is exactly one of these.
enum class Health : std::uint8_t { clean, affected, unknown, failed };
std::string_view name_of(Health health);

// The four add up to what was examined.
struct Ledger {
  std::uint64_t clean = 0, affected = 0, unknown = 0, failed = 0;
  std::uint64_t examined() const { return clean + affected + unknown + failed; }
  void count(Health health);
  bool operator==(const Ledger&) const = default;
};

// "12,401 examined: 12,390 clean, 7 affected, 3 unknown, 1 failed"
std::string render(const Ledger& ledger);

struct Match {
  std::vector<Finding> findings;  // most severe first, then id, then component
  UnknownList unknown;            // in document order
  std::uint64_t components = 0;   // examined: those that are packages
  // affected where there are findings that are not suppressed; else unknown where a component could not be judged, or
  // there is none; else clean.
  Health health() const;
  bool operator==(const Match&) const = default;
};

}  // namespace pratique
