// What answering a request needs, and the answers. Private to the server.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "app/server/access.h"
#include "app/server/changes.h"
#include "app/server/evidence.h"
#include "app/server/limits.h"
#include "app/server/matching.h"
#include "app/server/metrics.h"
#include "app/server/route.h"
#include "app/server/scribe.h"
#include "app/server/server.h"
#include "flow/admit.h"
#include "world/advisorydb/advisorydb.h"
#include "world/http/http.h"

namespace pratique {

class Service {
  // First, because the lookup threads use it to their end.
  mutable std::mutex mutex_;  // of what follows
  bool probing_ = false;
  std::shared_ptr<const AdvisoryDb> database_;
  std::string trouble_;

 public:
  Service(ServerConfig wanted, Clock time, const std::string& version)
      : config(std::move(wanted)),
        clock(std::move(time)),
        openapi(render_openapi()),
        metrics(version),
        stores(config.store) {}

  static constexpr std::size_t most_lookups_waiting = 4096;

  const ServerConfig config;
  const Clock clock;
  const std::string openapi;
  Metrics metrics;
  StoreReaders stores;
  Access access{config, stores, clock};
  Scribe scribe{config.store, clock};
  Refusals refusals;
  ClientRates rates{config.rate};
  Room ingests{config.ingests};
  std::mutex large_bills;  // one at a time is taken out of the store and read
  ChangeFeed changes;
  Matching matching{config.store, stores, clock};
  Workers lookups{config.lookups, most_lookups_waiting};
  Gate gate{evidence(), gate_options()};
  std::atomic<bool> draining{false};
  std::atomic<const HttpServer*> door{nullptr};  // once it is open

  // The advisories in use; whoever asks keeps those it was given.
  void use(std::shared_ptr<const AdvisoryDb> database);
  std::shared_ptr<const AdvisoryDb> database() const;

  // On a lookup thread: asks the store whether it answers and what is new, and says what was refused. What came of the
  // last time is at hand at once.
  void probe_store();
  void save_refusals();
  std::string store_trouble() const;  // empty when there is none

 private:
  EvidenceSource evidence();
  GateOptions gate_options() const;
};

// With an ETag, a weak one, since the same answer may travel packed; the client that has it already is told so alone.
HttpResponse tagged(const HttpRequest& request, HttpResponse response);

// One log line and one count for each. `service` outlives what this returns.
HttpAnswer answer(Service& service, const HttpRequest& request);

// What the audit log is to say of a request.
AuditEntry act_of(const HttpRequest& request, const Asked& asked, std::string action, std::string object,
                  std::string detail = {});

std::string milliseconds_since(std::chrono::steady_clock::time_point since);  // "0.123"

// How long the API server waits: "10s", "1m0s", "1.5s"; what is no such time is `fallback`. 30 s at most.
std::chrono::milliseconds patience_of(std::string_view timeout, std::chrono::milliseconds fallback);

}  // namespace pratique
