// Opening and holding a store; what is read here is small.
#include "world/store/store.h"

#include "world/store/open.h"
#include "world/store/original.h"
#include "world/store/state.h"

namespace pratique {
Result<Store> Store::open(const std::string& url, Mode mode, std::chrono::milliseconds patience) {
  PRATIQUE_TRY(OpenedStore opened, open_store(url, mode, patience));
  return Store(std::make_unique<State>(
      State{url, std::move(opened.place), patience, std::move(opened.database), {}, {}, {}, {}}));
}

Result<Store> Store::reader() const { return open(state_->url, Mode::read, state_->patience); }

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

struct Store::Moment::Open {
  Transaction transaction;
};
Store::Moment::Moment(std::unique_ptr<Open> open) : open_(std::move(open)) {}
Store::Moment::Moment(Moment&&) noexcept = default;
Store::Moment& Store::Moment::operator=(Moment&&) noexcept = default;
Store::Moment::~Moment() = default;

Result<Store::Moment> Store::hold() const {
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(state_->database, Transaction::Kind::read));
  return Moment(std::make_unique<Moment::Open>(Moment::Open{std::move(transaction)}));
}

Result<bool> Store::has_bill(const Digest& digest) const {
  PRATIQUE_TRY(const auto bill, state_->database.number("SELECT id FROM bills WHERE digest = $1", digest.text()));
  return bill.has_value();
}

Result<std::optional<Bytes>> Store::load_bill(const Digest& artifact) const {
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT size, zstd FROM artifacts JOIN bills ON bills.artifact = artifacts.id "
                                      "JOIN originals ON originals.bill = bills.id "
                                      "WHERE artifacts.digest = $1 ORDER BY bills.id DESC LIMIT 1",
                                      artifact.text()));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<Bytes>();
  auto original = unpack_original(rows.text(1), static_cast<std::uint64_t>(rows.integer(0)));
  if (!original) return std::move(original).error().in(state_->path);
  return std::optional(std::move(*original));
}

Result<StoreCounts> Store::counts() const {
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT bills, artifacts, components, occurrences, pods FROM totals"));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found)
    return Error{
        Fault::malformed, "the store's totals are gone", {state_->path}, "move the store away and ingest again"};
  const auto number = [&](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
  return StoreCounts{number(0), number(1), number(2), number(3), number(4)};
}

}  // namespace pratique
