// BillBuilder: what every bill reader puts its findings into. Keeps the Bill's invariants, so that readers only say
// what they saw: a component, a detail of it, a relation between two references in any order. Private to format/.
//
// The surprise: functions answer with a reason, empty when all is well; the caller, who knows the place in the
// document, sets the value aside with it. Texts must live as long as the Bill: in the document the pool has adopted, or
// kept by keep().
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"

namespace pratique {

// References by their text, as indices into a table that the owner keeps; 8 bytes for each entry and as much air.
class RefTable {
 public:
  using TextOf = std::function<std::string_view(std::uint32_t)>;
  explicit RefTable(TextOf text_of) : text_of_(std::move(text_of)) {}

  static constexpr std::uint32_t none = no_component;
  std::uint32_t find(std::string_view text) const;
  // The same for up to `batch` texts at once: in a large table nearly all of the time is waiting for memory, and here
  // the waits overlap.
  static constexpr std::size_t batch = 64;
  std::array<std::uint32_t, batch> find_each(std::span<const std::string_view> texts) const;
  std::uint32_t insert(std::string_view text, std::uint32_t index);  // who has the text already, or none

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t index = none;
  };
  std::size_t slot_of(std::uint32_t hash, std::string_view text) const;
  void grow();

  TextOf text_of_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

class BillBuilder {
 public:
  // Takes the bytes that the texts point into.
  BillBuilder(Bytes document, BillFormat format, const Limits& limits);
  BillBuilder(const BillBuilder&) = delete;

  Bill& bill() { return bill_; }
  const Bytes& document() const { return *document_; }
  TextPool& pool() { return *bill_.pool; }
  std::string_view keep(std::string_view text) { return bill_.pool->keep(text); }

  // A new component, to be filled in by index: at(index) is good until the next add().
  std::uint32_t add(std::uint32_t parent = no_component);
  Component& at(std::uint32_t index) { return bill_.components[index]; }
  bool full() const { return bill_.components.size() > limits_.entries; }
  // The component is complete: names it by its purl where it has no name, joins its licences, tells its source package
  // and distribution from the purl. A reason: it says nothing to know it by; it is gone then, unless others are nested
  // in it.
  std::string close(std::uint32_t index);

  std::string set_ref(std::uint32_t index, std::string_view ref);  // a component or subject_index
  std::string set_purl(std::uint32_t index, std::string_view written);
  std::string hash(std::uint32_t of, std::string_view algorithm, std::string_view digits);
  // `what`: "id", "name" or "expression"; free text written for an expression is kept as a name.
  void license(std::uint32_t of, DetailKind kind, std::string_view what, std::string_view text);
  void detail(std::uint32_t of, DetailKind kind, std::string_view name, std::string_view value);
  void distro(std::string_view id, std::string_view version);  // the first one counts, before any purl's qualifier
  void distro_of(std::string_view purl);                       // its qualifier
  void distro_is(std::string_view distro);                     // before all of these
  void tool(std::string_view vendor, std::string_view name, std::string_view version);
  std::string created(std::string_view time);

  std::uint32_t find(std::string_view ref) const;  // a component, subject_index or no_component
  void edge(std::uint32_t from, std::uint32_t to, EdgeKind kind);
  // Between references that may come later in the document; `place` is any number the reader can tell the place by.
  void relate(std::string_view from, std::string_view to, EdgeKind kind, std::uint64_t place);
  // What is said about a reference that may come later: its completeness.
  void complete(std::string_view ref, std::string_view what, std::string_view aggregate, std::uint64_t place);
  // A reference to something that is no component and not missed: a service, a file.
  void know(std::string_view ref) { known_.insert(ref); }

  // A reference that nothing answers to: set aside once, with how often it came.
  void missing(std::string_view ref, std::string place);
  void set_aside(std::string place, std::string reason);  // 10,000 at most, then only their number
  void set_aside(std::vector<Rejected> more);

  // Once more for a component whose licences have changed since close(); the details must be sorted.
  void join_licenses(std::uint32_t index);

  // The subject itself is listed as this component: its name, version and purl become the subject's.
  void subject_is(std::uint32_t index);

  // Relations resolved, edges and details sorted, the image's name, tag and digest told from however the tool wrote
  // them
  // (`hints`: other texts of the document that may name it, best first). `place_of` renders the number given to
  // relate().
  Result<Bill> finish(const std::function<std::string(std::uint64_t)>& place_of,
                      std::span<const std::string_view> hints = {});

 private:
  struct Relation {
    std::string_view from, to;
    EdgeKind kind;
    std::uint64_t place;
  };
  struct Completeness {
    std::string_view ref, what, aggregate;
    std::uint64_t place;
  };
  template <class T>
  void make_room(std::vector<T>& table, std::string_view at);
  void join_licenses(Component& component, std::span<const Detail> details);
  void settle(std::size_t first);
  void resolve(const std::function<std::string(std::uint64_t)>& place_of);
  void sort_tables();

  Limits limits_;
  std::shared_ptr<const Bytes> document_;
  Bill bill_;
  RefTable refs_;
  std::vector<Relation> relations_;  // those whose ends were not known, then those nobody has looked at
  std::size_t unknown_ = 0;          // how many are the former
  std::vector<Completeness> completeness_;
  std::vector<Detail> details_aside_;  // of the subject and the document: they sort behind all others
  std::unordered_set<std::string_view> known_;
  struct Missing {
    std::size_t times = 0;
    std::string place;
  };
  std::map<std::string_view, Missing> missing_;
  std::unordered_map<std::string_view, bool> is_expression_;  // licence texts seen
  std::size_t more_rejected_ = 0;
  std::string scratch_;
  std::vector<std::size_t> open_;  // of each component that is not closed: where its details begin
  bool distro_told_ = false;       // by more than a purl
};

// The row of a small table called `name`. Rows stand in the order of their frequency; two bytes tell most apart.
template <class Rows>
const auto* row_named(const Rows& rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
    return row.name.size() == name.size() && !name.empty() && row.name.front() == name.front() && row.name == name;
  });
  return found == rows.end() ? nullptr : &*found;
}

// What a document says of itself where neither a component nor a purl tells the distribution: "debian-12".
constexpr std::string_view distro_property = "pratique:distro";

// SPDX and CycloneDX write algorithm names differently: "SHA256" -> "SHA-256". Empty when unknown.
std::string_view hash_algorithm(std::string_view name);
std::size_t hex_digits_of(std::string_view algorithm);  // 64 for "SHA-256"; 0 where any length goes

// What a source package is called, as Component::source has it: "openssl@1.1.1n" -> "openssl 1.1.1n",
// "bash-5.1.8-6.el9.src.rpm" -> "bash 5.1.8-6.el9", "openssl" as it is.
std::string source_package(std::string_view upstream);

}  // namespace pratique
