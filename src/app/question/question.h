// A question to the inventory, as the options of the command line and of a URL say it, and its answer in every form:
// `where`, `vuln`, `artifact`, `coverage`, `top` and `diff` (docs/inventory.md).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/render/table.h"
#include "base/result.h"
#include "model/access.h"
#include "model/vex.h"
#include "world/advisorydb/advisorydb.h"
#include "world/store/store.h"

namespace pratique {

enum class Topic : std::uint8_t { where, vuln, artifact, coverage, top, diff };

struct Question {
  Topic topic = Topic::where;
  // By their names on the command line: "as-of". A flag that is set is "true"; what stands without a name there is
  // "purl", "id" or "digest".
  std::map<std::string, std::string, std::less<>> options{};
  bool has(std::string_view option) const { return options.contains(option); }
  std::string text(std::string_view option) const;  // empty for one that is not there
};
// Every option that any question has.
std::span<const std::string_view> question_options();

// How a server is asked: "/api/v1/vulnerabilities/CVE-2021-44228?running=true&as_of=2026-03-01".
std::string path_of(const Question& question);

// What answers.
struct Inventory {
  const Store& store;
  const AdvisoryDb* database = nullptr;              // adds what it knows to `vuln`
  std::span<const VexStatement> vex{};               // counts in `vuln`
  std::optional<std::vector<AccessScope>> scopes{};  // what whoever asks may see; all, where it is empty
  std::size_t most = 0;                              // artifacts on a page, whatever is asked for; 0: all
};

class InventoryAnswer {
 public:
  // What a server wrote. Fault: malformed.
  static Result<InventoryAnswer> parse(const Question& question, std::string_view json);
  InventoryAnswer(InventoryAnswer&&) noexcept;
  InventoryAnswer& operator=(InventoryAnswer&&) noexcept;
  ~InventoryAnswer();

  std::optional<std::uint64_t> next() const;  // the cursor of the next page, where there is one
  void add(InventoryAnswer page);             // which that cursor was answered with
  // "table", "json", "jsonl" or "csv"; "wide" or "name" of places. Fault: usage.
  Result<std::string> render(std::string_view format, const Look& look) const;
  std::vector<std::string> notes() const;  // what is said beside it: what is unknown, the ledger

 private:
  friend Result<InventoryAnswer> ask(const Inventory& inventory, const Question& question);
  struct State;
  explicit InventoryAnswer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Fault: usage, not_found, limit (places to add up are more than a server does), and those of the store.
Result<InventoryAnswer> ask(const Inventory& inventory, const Question& question);

}  // namespace pratique
