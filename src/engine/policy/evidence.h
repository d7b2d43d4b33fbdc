// Evidence: what is known when a policy is asked. Part of policy.h. Flow fills it in; what nobody filled in is
// unknown, never clean.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/bill.h"
#include "model/finding.h"
#include "model/json_tree.h"
#include "model/license.h"
#include "model/verdict.h"
#include "model/workload.h"

namespace pratique {

// What a bill says about one image, compiled once so that a package is looked up, not searched. Keeps nothing of the
// document itself; of the details only where components were found. Immutable.
class ImageFacts {
 public:
  // `document` is a digest of the bill's bytes, and `score` of 100 what its quality is worth; absent where nobody
  // asked.
  explicit ImageFacts(const Bill& bill, std::optional<Digest> document = {}, std::optional<double> score = {});

  const Bill& bill() const { return bill_; }  // as far as it is kept; indices are those of the original
  const std::optional<Digest>& document() const { return document_; }
  std::optional<double> score() const { return score_; }
  std::size_t bytes() const { return bytes_; }      // of memory, about
  std::uint64_t unread() const { return unread_; }  // components that could not be read at all
  // What brought the component in, from the subject, itself left out: "a 1 > b 2"; of a long way the middle is left
  // out.
  std::string path_to(std::uint32_t component) const;
  bool is_direct(std::uint32_t component) const { return paths_.is_direct(component); }

  struct Entry {
    std::uint64_t hash;
    std::uint32_t component;
  };
  const std::vector<Entry>& by_package() const { return by_package_; }  // sorted; by the hash of the package key
  const std::vector<Entry>& without_purl() const {
    return without_purl_;
  }  // sorted; by the hash of the name in lower case
  std::string_view package(std::uint32_t component) const { return packages_[component]; }  // empty without a purl

  // Every license text once. Components without one are in none; free text has no expression.
  struct License {
    std::string_view text;
    std::optional<LicenseExpression> expression;
    std::vector<std::uint32_t> components;
  };
  const std::vector<License>& licenses() const { return licenses_; }
  const std::vector<std::uint32_t>& without_license() const { return without_license_; }  // packages with a purl

  // Of the components, the subject left out: how many there are, and how many of them have what.
  struct Shares {
    std::uint64_t packages = 0, versions = 0, purls = 0, licenses = 0;
  };
  const Shares& shares() const { return shares_; }

 private:
  void read_licenses();
  void count_shares();

  Bill bill_;
  std::optional<Digest> document_;
  std::optional<double> score_;
  Paths paths_;
  std::vector<std::string_view> packages_;
  std::vector<Entry> by_package_;
  std::vector<Entry> without_purl_;
  std::vector<License> licenses_;
  std::vector<std::uint32_t> without_license_;
  Shares shares_;
  std::uint64_t unread_ = 0;
  std::size_t bytes_ = 0;
};

// What the advisory database holds besides advisories. Without a catalogue a finding's silence means nothing.
struct Catalogues {
  bool kev = false, epss = false;
  bool operator==(const Catalogues&) const = default;
};

// What the advisory database says about one bill.
struct MatchFacts {
  MatchFacts(Match match, std::string database_generation, Catalogues catalogues = {});
  std::vector<Finding> findings;  // most severe first
  std::vector<Unknown> unknown;   // the first few of those that nobody could judge
  std::uint64_t unknown_count = 0;
  std::string generation;  // of the database
  Catalogues catalogues;
  std::size_t bytes = 0;  // of memory, about
};

// One kind of evidence: its value, or why there is none.
template <class T>
struct Gathered {
  std::shared_ptr<const T> value;
  Gap gap = Gap::absent;
  std::string reason;  // in words
};

// One thing that somebody signed, verified.
struct Attestation {
  std::string type;              // a predicate type; empty for a signature over the image itself
  std::string identity, issuer;  // of the certificate
  std::string key;               // the name of the key, where one signed
  std::optional<Time> time;      // when, as far as it is proven
  std::optional<Digest> bill;    // of the bill's bytes, where a bill is what it carries
  bool operator==(const Attestation&) const = default;
};
struct Attestations {
  std::vector<Attestation> verified;
  std::vector<std::string> refused;  // what was there and did not verify, and why
  std::string generation;            // of the trust roots
  // What was looked for. A rule that asks for anything else is unknown.
  bool of_images = true;                         // signatures over images, besides those of bills
  std::optional<std::vector<std::string>> keys;  // those by these keys; absent: by whomever
  std::string undecided;                         // what was there and nobody can judge yet, in words
};

// What the registry says of the image's standing.
struct Standing {
  bool yanked = false;
  std::string reason;  // "CVE-2021-44228", in the words of who yanked it
  std::string author;  // may be empty, as `since`
  std::optional<Time> since;
};

struct ImageEvidence {
  Container container;
  std::shared_ptr<const ImageFacts> bill;   // shared with the cache; null when there is none
  std::shared_ptr<const MatchFacts> match;  // null when there is no bill, nobody asks for it, or it failed
  Gap gap = Gap::none;                      // why what is missing of the two is missing
  std::string reason;                       // in words
  Gathered<Attestations> attestations;
  Gathered<Standing> standing;
};

// What is the same for every image of a request.
struct Surroundings {
  std::optional<Time> now;           // without it no exception and no grace period counts
  const JsonTree* review = nullptr;  // the AdmissionReview; null: expressions cannot look into the object
  const JsonTree* namespace_object = nullptr;
  std::string no_namespace{};  // why there is none, in words; empty: nobody looked
};

}  // namespace pratique
