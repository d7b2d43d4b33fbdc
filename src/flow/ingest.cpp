#include "flow/ingest.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "engine/format/format.h"
#include "engine/index/index.h"
#include "engine/match/match.h"
#include "flow/bind.h"
#include "world/file/file.h"

namespace pratique {
namespace {

// What became of one file.
struct Read {
  std::string path;
  std::uint64_t bytes = 0;
  std::optional<Digest> digest;    // of the bytes, where they could be read
  bool is_present = false;         // the store has it
  std::optional<StoredBill> bill;  // else this,
  std::optional<Error> error;      // or this
};

Result<StoredBill> ready_to_save(Digest digest, Bytes bytes, std::string place, const Limits& limits) {
  PackedOriginal original = pack_original(bytes.view());
  PRATIQUE_TRY(auto bill, read_bill(std::move(bytes), limits));
  auto contexts = contexts_of(bill);
  return StoredBill{std::move(digest), std::move(place), std::move(bill), std::move(original), std::move(contexts)};
}

// A bill that is there already is not bound anew.
Result<void> check_bound(const Store& store, const Digest& bill, const Digest& subject) {
  PRATIQUE_TRY(const auto original, store.load_original(bill));
  if (!original || original->of.digest == subject.text()) return {};
  return Error{Fault::usage,
               "is in the store as the bill of " + original->of.digest + ", not of " + subject.text(),
               {},
               "leave --subject away"};
}

// Fault: of the store alone.
Result<Read> read_one(const Store& store, const std::string& path, const IngestOptions& options) {
  Read read;
  read.path = path;
  auto bytes = read_file(path, options.limits.bytes);
  if (!bytes) {
    read.error = std::move(bytes).error();
    return read;
  }
  read.bytes = bytes->size();
  const std::string place = path == "-" ? "standard input" : path;
  const Digest digest = sha256_of(bytes->view());
  PRATIQUE_TRY(read.is_present, store.has_bill(digest));
  if (read.is_present) {
    if (!options.subject) return read;
    auto bound = check_bound(store, digest, *options.subject);
    if (bound) return read;
    read.is_present = false;
    read.error = std::move(bound).error().in(place);
    return read;
  }
  read.digest = digest;
  auto bill = ready_to_save(digest, std::move(*bytes), path, options.limits);
  auto bound = bill && options.subject ? bind_bill(*bill, *options.subject) : Result<void>();
  if (bill && bound)
    read.bill = std::move(*bill);
  else
    read.error = (bill ? std::move(bound).error() : std::move(bill).error()).in(place);
  return read;
}

// Threads that read files, not too far ahead of the one that takes them in order.
class Readers {
 public:
  Readers(const Store& store, const std::vector<std::string>& paths, const IngestOptions& options)
      : store_(store), paths_(paths), options_(options), ahead_(options.threads * 8 + 8) {
    for (unsigned i = 0; i < std::max(1u, options.threads); ++i) threads_.emplace_back([this] { work(); });
  }
  ~Readers() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

  // The next files in order: waits for the first, and takes those that are ready with it. Empty at the end.
  Result<std::vector<Read>> take() {
    constexpr std::size_t most_files = 256;
    constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
    std::vector<Read> taken;
    std::uint64_t bytes = 0;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return taken_ == paths_.size() || failed_ || ready_.contains(taken_); });
    if (failed_) return *failed_;
    for (auto next = ready_.find(taken_); next != ready_.end() && taken.size() < most_files && bytes < most_bytes;
         next = ready_.find(++taken_)) {
      bytes += next->second.bytes;
      bytes_ahead_ -= next->second.bytes;
      taken.push_back(std::move(next->second));
      ready_.erase(next);
    }
    changed_.notify_all();
    return taken;
  }

 private:
  void work() {
    auto reader = store_.reader();
    if (!reader) return fail(std::move(reader).error());
    while (const auto index = next_file()) {
      if (options_.interrupted && options_.interrupted())
        return fail({Fault::interrupted, "interrupted", {}, "run it again: it goes on where it was stopped"});
      auto read = read_one(*reader, paths_[*index], options_);
      if (!read) return fail(std::move(read).error());
      const std::lock_guard lock(mutex_);
      bytes_ahead_ += read->bytes;
      ready_.emplace(*index, std::move(*read));
      changed_.notify_all();
    }
  }

  std::optional<std::size_t> next_file() {
    constexpr std::uint64_t most_bytes_ahead = std::uint64_t{256} << 20;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      const bool has_room = started_ < taken_ + ahead_ && bytes_ahead_ < most_bytes_ahead;
      return stopped_ || failed_ || started_ == paths_.size() || started_ == taken_ || has_room;
    });
    if (stopped_ || failed_ || started_ == paths_.size()) return {};
    return started_++;
  }

  void fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!failed_) failed_ = std::move(error);
    changed_.notify_all();
  }

  const Store& store_;
  const std::vector<std::string>& paths_;
  const IngestOptions& options_;
  const std::size_t ahead_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Read> ready_;
  std::size_t started_ = 0, taken_ = 0;
  std::uint64_t bytes_ahead_ = 0;
  std::optional<Error> failed_;
  bool stopped_ = false;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

// Where an error stands and what it says, as the parts of a report are told.
Rejected rejected_of(const Error& error) {
  std::string place;
  for (const auto& part : error.place) place.append(place.empty() ? "" : ": ").append(part);
  return {std::move(place), error.text};
}

// `failures` are kept when all is read: their ids then do not depend on how many threads read.
Result<void> save(Store& store, std::vector<Read> batch, const IngestOptions& options, Time now, IngestReport& report,
                  std::vector<FailedDocument>& failures) {
  std::vector<StoredBill> bills;
  for (Read& read : batch) {
    ++report.files;
    report.bytes += read.bytes;
    if (read.is_present) ++report.present;
    if (read.error) report.failed.push_back(rejected_of(*read.error));
    if (read.error && read.digest) {
      const auto& place = read.error->place;
      std::string reason = read.error->text;
      for (std::size_t i = place.size(); i-- > 1;) reason.insert(0, place[i] + ": ");
      failures.push_back({*read.digest, options.subject, read.path, std::move(reason)});
    }
    if (read.bill) bills.push_back(std::move(*read.bill));
  }
  if (bills.empty()) return {};
  std::vector<AuditEntry> acts;
  if (const auto& by = options.by)
    for (const StoredBill& bill : bills)
      acts.push_back({by->actor, by->from, "bill.ingest", bill.digest.text(), display_name(bill)});
  PRATIQUE_TRY(const auto is_new, store.save_bills(bills, merge_posting, now, acts));
  for (std::size_t i = 0; i < bills.size(); ++i) {
    if (!is_new[i]) {
      ++report.present;
      continue;
    }
    ++report.added;
    report.components += bills[i].bill.components.size();
    for (auto& part : bills[i].bill.rejected)
      report.set_aside.push_back({bills[i].place + ": " + part.place, std::move(part.reason)});
  }
  return {};
}

Result<WorkloadReport> save_list(Store& store, WorkloadList list, const std::string& cluster,
                                 std::span<const AuditEntry> acts, Time now) {
  PRATIQUE_DO(store.save_workloads(cluster, list.workloads, list.coverage, merge_posting, now, acts));
  WorkloadReport report{list.coverage, list.workloads.size(), 0, list.finished, 0, std::move(list.rejected)};
  for (const Workload& workload : list.workloads) {
    report.containers += workload.containers.size();
    for (const Container& container : workload.containers)
      if (!container.image.digest) ++report.without_digest;
  }
  return report;
}

}  // namespace

Result<IngestReport> ingest_bills(Store& store, const std::vector<std::string>& paths, Time now,
                                  const IngestOptions& options) {
  PRATIQUE_TRY(const auto files, list_files(paths, EmptyFolder::refused));
  if (options.subject && files.size() != 1)
    return Error{Fault::usage, "several bills of one subject", {}, "name one file with --subject"};
  IngestReport report;
  std::vector<FailedDocument> failures;
  Readers readers(store, files, options);
  while (report.files < files.size()) {
    PRATIQUE_TRY(auto batch, readers.take());
    PRATIQUE_DO(save(store, std::move(batch), options, now, report, failures));
    if (options.progress) options.progress({report.files, files.size(), report.bytes});
  }
  if (!failures.empty()) PRATIQUE_DO(store.save_failures(failures, now));
  return report;
}

Result<StoredBill> receive_bill(Bytes bytes, std::string place, const Limits& limits) {
  Digest digest = sha256_of(bytes.view());
  return ready_to_save(std::move(digest), std::move(bytes), std::move(place), limits);
}

Result<std::vector<bool>> save_received(Store& store, std::span<const StoredBill> bills,
                                        std::span<const AuditEntry> acts, Time now) {
  return store.save_bills(bills, merge_posting, now, acts);
}

Result<WorkloadReport> ingest_workloads(Store& store, const std::string& path, const std::string& cluster, Time now,
                                        const Limits& limits, std::span<const AuditEntry> acts) {
  PRATIQUE_TRY(const Bytes bytes, read_file(path, limits.bytes));
  auto list = read_workloads(bytes, cluster, limits);
  if (!list) return std::move(list).error().in(path == "-" ? "standard input" : path);
  return save_list(store, std::move(*list), cluster, acts, now);
}

Result<WorkloadReport> receive_workloads(Store& store, const Bytes& bytes, const std::string& cluster,
                                         std::span<const AuditEntry> acts, Time now, const Limits& limits) {
  PRATIQUE_TRY(auto list, read_workloads(bytes, cluster, limits));
  return save_list(store, std::move(list), cluster, acts, now);
}

}  // namespace pratique
