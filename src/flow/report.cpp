#include "flow/report.h"

#include <algorithm>

#include "base/digest.h"
#include "base/log.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;

// What happened before it and never reaches the server.
std::string loss_line(std::uint64_t events) {
  return "{\"kind\":\"KernelEventLoss\",\"lost\":" + std::to_string(events) + "}\n";
}

}  // namespace

Reporter::Reporter(Spool spool, ReportPorts ports, ReportPace pace, Moment now)
    : spool_(std::move(spool)),
      ports_(std::move(ports)),
      pace_(pace),
      gather_until_(Moment::max()),
      look_at_(now),
      looked_at_(now),
      told_at_(now),
      retry_at_(now) {}

void Reporter::add_events(std::vector<std::string> lines, Moment now) {
  if (lines.empty()) return;
  gather_until_ = std::min(gather_until_, now + (failures_ > 0 ? pace_.gather_away : pace_.gather));
  const Moment soonest = looked_ ? std::max(now + pace_.settle, looked_at_ + pace_.between_looks) : now;
  look_at_ = std::min(look_at_, soonest);
  for (auto& line : lines) {
    line_bytes_ += line.size() + 1;
    lines_.push_back(std::move(line));
  }
}

void Reporter::add_loss(std::uint64_t events) {
  counts_.lost += events;
  spool_.add_dropped(events);
}

bool Reporter::has_batch() const { return lines_.size() >= pace_.batch_lines || line_bytes_ >= pace_.batch_bytes; }

Reporter::Batch Reporter::take_batch() {
  Batch batch;
  std::size_t taken = 0;
  while (taken < lines_.size() && taken < pace_.batch_lines &&
         (taken == 0 || batch.body.size() + lines_[taken].size() < pace_.batch_bytes)) {
    batch.body.append(lines_[taken]) += '\n';
    ++taken;
  }
  batch.events = taken;
  lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(taken));
  line_bytes_ -= std::min(line_bytes_, batch.body.size());
  return batch;
}

void Reporter::keep(const Batch& batch) {
  const std::uint64_t before = spool_.dropped();
  if (const auto kept = spool_.append(batch.body, batch.events); !kept)
    log(LogLevel::error, "events could not be kept", {{"reason", render(kept.error())}});
  counts_.lost += spool_.dropped() - before;
  spool_.remove_held(batch.events);
}

// True where it was taken; else what follows waits.
bool Reporter::note(const ReportAnswer& answer, Moment now) {
  if (answer.what != ReportAnswer::What::later) {
    if (failures_ > 0) log(LogLevel::info, "the server answers again");
    failures_ = 0;
    counts_.away_because.clear();
    if (answer.what == ReportAnswer::What::never)
      log(LogLevel::error, "the server does not take what it is sent", {{"reason", answer.why}});
    return answer.what == ReportAnswer::What::taken;
  }
  constexpr unsigned enough_doubling = 20;
  const auto whole =
      std::min<milliseconds>(pace_.longest_pause, pace_.first_pause * (1LL << std::min(failures_, enough_doubling)));
  const auto by_chance = milliseconds(static_cast<long long>(static_cast<double>(whole.count()) / 2 * ports_.random()));
  retry_at_ =
      now + std::max(whole / 2 + by_chance, std::min(answer.pause.value_or(milliseconds(0)), pace_.longest_pause));
  log(failures_ == 0 ? LogLevel::warn : LogLevel::debug, "the server does not take reports", {{"reason", answer.why}});
  ++failures_;
  ++counts_.failed_sends;
  counts_.away_because = answer.why;
  return false;
}

bool Reporter::send_loss(Moment now) {
  const std::uint64_t lost = spool_.dropped();
  if (lost == 0) return true;
  const auto answer = ports_.send(ReportKind::events, loss_line(lost));
  const bool taken = note(answer, now);
  if (answer.what != ReportAnswer::What::later) spool_.forget_dropped(lost);
  return taken || answer.what == ReportAnswer::What::never;
}

bool Reporter::send_spooled(Moment now) {
  for (;;) {
    const std::uint64_t before = spool_.dropped();
    const auto record = spool_.oldest();
    counts_.lost += spool_.dropped() - before;  // damaged on disk
    if (!record) return send_loss(now);
    if (!send_loss(now)) return false;  // what was dropped is older
    const auto answer = ports_.send(ReportKind::events, record->bytes);
    const bool taken = note(answer, now);
    if (answer.what == ReportAnswer::What::later) return false;
    if (taken)
      counts_.events += record->things;
    else
      add_loss(record->things);
    spool_.remove(record->number);
  }
}

void Reporter::send_batches(Moment now) {
  bool open = may_send(now) && send_spooled(now);
  while (!lines_.empty() && (now >= gather_until_ || has_batch())) {
    const Batch batch = take_batch();
    if (!open) {
      keep(batch);
      continue;
    }
    const auto answer = ports_.send(ReportKind::events, batch.body);
    open = note(answer, now);
    if (answer.what == ReportAnswer::What::taken) counts_.events += batch.events;
    if (answer.what == ReportAnswer::What::later) keep(batch);
    if (answer.what == ReportAnswer::What::never) add_loss(batch.events);
    if (answer.what != ReportAnswer::What::later) spool_.remove_held(batch.events);
    open = open || answer.what == ReportAnswer::What::never;
  }
  if (lines_.empty()) gather_until_ = Moment::max();
}

// Only the newest counts: while the server is away none is kept, and the first look afterwards is told.
void Reporter::send_snapshot(Moment now) {
  const bool heartbeat = now >= told_at_ + pace_.look;
  looked_ = true;
  looked_at_ = now;
  look_at_ = now + pace_.look;
  ++counts_.looks;
  const auto snapshot = ports_.look();
  if (!snapshot) {
    ++counts_.failed_looks;
    log(LogLevel::error, "the kernel could not be looked at", {{"reason", render(snapshot.error())}});
    return;
  }
  std::string digest(sha256_of(*snapshot).hex());
  if (digest == refused_digest_ || (digest == told_digest_ && !heartbeat)) return;
  const auto answer = ports_.send(ReportKind::snapshot, *snapshot);
  note(answer, now);
  switch (answer.what) {
    case ReportAnswer::What::taken:
      told_digest_ = std::move(digest);
      told_at_ = now;
      ++counts_.snapshots;
      break;
    case ReportAnswer::What::never: refused_digest_ = std::move(digest); break;
    case ReportAnswer::What::later:
      told_digest_.clear();
      look_at_ = retry_at_;
      break;
  }
}

void Reporter::step(Moment now) {
  send_batches(now);
  if (now >= look_at_ && may_send(now)) send_snapshot(now);
}

Reporter::Moment Reporter::next() const {
  if (has_batch()) return Moment::min();
  Moment due = std::max(look_at_, retry_at_);
  if (!lines_.empty()) due = std::min(due, gather_until_);
  if (spool_.records() > 0 || spool_.dropped() > 0) due = std::min(due, retry_at_);
  return due;
}

void Reporter::finish(Moment now) {
  gather_until_ = now;
  send_batches(now);
  while (!lines_.empty()) keep(take_batch());
}

Reporter::Counts Reporter::counts() const {
  Counts counts = counts_;
  counts.waiting = spool_.records();
  counts.waiting_bytes = spool_.bytes();
  return counts;
}

}  // namespace pratique
