// What /metrics shows (docs/server.md lists it). Names follow Prometheus' conventions; no label has a value that a user
// chooses, so the number of series is fixed. Private to the server. Thread safe.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "app/server/route.h"
#include "base/clock.h"
#include "base/result.h"
#include "flow/admit.h"
#include "world/http/http.h"

namespace pratique {

class Metrics {
 public:
  explicit Metrics(const std::string& version);
  ~Metrics();

  using Duration = std::chrono::steady_clock::duration;
  // Costs two atomic additions: the labels of every route are looked up once. Null: no route.
  void count_request(const Route* route, unsigned status, Duration took);
  void count_verdict(const Verdict& verdict, Duration took);
  void count_refused_review(Fault fault);
  void count_reload(std::string_view what, bool good);  // "policies", "certificate", "database"

  void show_policies(const PolicySet& policies);
  void show_database(Time built, std::uint64_t advisories);
  void show_certificate(Time expires);
  void show_cache(const Gate::Counts& counts);
  void show_http(const HttpServer::Counts& counts);

  std::string render() const;  // the text exposition format, version 0.0.4

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pratique
