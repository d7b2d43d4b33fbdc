// What an agent tells a server of its node: the kernel's inventory when it changed, and events as they come, in order
// and at least once. What cannot be told now waits in a spool; what was lost is told as a number. Pure but for the
// ports and the spool: time comes in, and nothing here sleeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "world/spool/spool.h"

namespace pratique {

enum class ReportKind : std::uint8_t { snapshot, events };

struct ReportAnswer {
  enum class What : std::uint8_t {
    taken,
    later,  // the server is away, or does not let us in: the same again, after a pause
    never,  // it will not take this body, whatever we do
  };
  What what = What::taken;
  std::string why;                                   // of the last two
  std::optional<std::chrono::milliseconds> pause{};  // that it asked for
};

struct ReportPorts {
  std::function<Result<std::string>()> look;  // the inventory, as `kernel list -o json` writes it
  std::function<ReportAnswer(ReportKind kind, const std::string& body)> send;
  std::function<double()> random;  // 0 to 1
};

struct ReportPace {
  std::chrono::milliseconds look{300'000};          // at least so often; the snapshot is sent each time, changed or not
  std::chrono::milliseconds settle{2'000};          // from an event to the look that it causes
  std::chrono::milliseconds between_looks{10'000};  // at least
  std::chrono::milliseconds gather{1'000};          // events are sent together
  std::chrono::milliseconds gather_away{10'000};    // and kept together while the server is away
  std::chrono::milliseconds first_pause{1'000};     // after a failure; doubled each time, and half of it by chance
  std::chrono::milliseconds longest_pause{300'000};
  std::size_t batch_lines = 2'000, batch_bytes = std::size_t{1} << 20;
};

// Not thread safe but for announce().
class Reporter {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  Reporter(Spool spool, ReportPorts ports, ReportPace pace, Moment now);

  // So many events are about to be added: they are told as lost where this process is killed before they are told or on
  // disk. May be called from any thread.
  void announce(std::uint64_t events) { spool_.add_held(events); }
  // Events, a line of JSON each without its end. They cause a look.
  void add_events(std::vector<std::string> lines, Moment now);
  void add_loss(std::uint64_t events);  // lost before they came here

  // Does what is due.
  void step(Moment now);
  Moment next() const;  // when something is due
  // Tells what waits, if the server takes it at once; what it does not goes to the spool, for whoever comes after us.
  void finish(Moment now);

  struct Counts {
    std::uint64_t events = 0, snapshots = 0;  // taken by the server
    std::uint64_t looks = 0, failed_looks = 0, failed_sends = 0;
    std::uint64_t waiting = 0, waiting_bytes = 0;  // records in the spool
    std::uint64_t lost = 0;                        // events, since the start
    std::string away_because;                      // empty while the server answers
  };
  Counts counts() const;

 private:
  struct Batch {
    std::string body;
    std::uint64_t events = 0;
  };
  Batch take_batch();
  void send_batches(Moment now);
  bool send_loss(Moment now);
  bool send_spooled(Moment now);
  void send_snapshot(Moment now);
  void keep(const Batch& batch);
  bool note(const ReportAnswer& answer, Moment now);
  bool may_send(Moment now) const { return now >= retry_at_; }
  bool has_batch() const;

  Spool spool_;
  ReportPorts ports_;
  ReportPace pace_;
  std::vector<std::string> lines_;
  std::size_t line_bytes_ = 0;
  Moment gather_until_, look_at_, looked_at_, told_at_, retry_at_;
  bool looked_ = false;
  std::string told_digest_, refused_digest_;
  unsigned failures_ = 0;
  Counts counts_;
};

}  // namespace pratique
