#include "app/server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>

namespace pratique {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;

// From a tenth of a millisecond, a warm decision, to the API server's longest patience.
const Histogram::BucketBoundaries seconds_buckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};

// A counter that somebody else counts.
void raise(Counter& counter, std::uint64_t count) { counter.Increment(static_cast<double>(count) - counter.Value()); }

// What is counted of one route; a counter is made with the first answer of its status.
class CountedRoute {
 public:
  CountedRoute(const Route* route, Family<Histogram>& histograms)
      : method_(route == nullptr ? "" : route->method), path_(route == nullptr ? "other" : route->path) {
    seconds = &histograms.Add({{"method", method_}, {"route", path_}}, seconds_buckets);
  }
  Counter& of(unsigned status, Family<Counter>& family) {
    auto& counter = by_status_[std::min<std::size_t>(status, most_statuses - 1)];
    Counter* known = counter.load(std::memory_order_acquire);
    if (known == nullptr) {
      known = &family.Add({{"method", method_}, {"route", path_}, {"code", std::to_string(status)}});
      counter.store(known, std::memory_order_release);  // whoever else made it got the same one
    }
    return *known;
  }
  Histogram* seconds;

 private:
  static constexpr std::size_t most_statuses = 600;
  const std::string method_, path_;
  std::array<std::atomic<Counter*>, most_statuses> by_status_{};
};

double seconds_of(Metrics::Duration took) { return std::chrono::duration<double>(took).count(); }
double seconds_of(Time time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;

  Family<Counter>& counter(const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {}) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
  }

  Family<Counter>& requests = counter("pratique_http_requests_total", "Requests answered, by route and status code");
  Family<Histogram>& request_seconds = prometheus::BuildHistogram()
                                           .Name("pratique_http_request_duration_seconds")
                                           .Help("From the last byte of a request to its answer, by route")
                                           .Register(registry);
  std::deque<CountedRoute> counted;  // in the order of routes(), then one for what is none
  State() {
    for (const Route& route : routes()) counted.emplace_back(&route, request_seconds);
    counted.emplace_back(nullptr, request_seconds);
  }
  Family<Counter>& decisions = counter("pratique_admission_decisions_total", "Admission requests decided, by decision");
  // In the order of Decision.
  std::array<Counter*, 4> decided = {&decisions.Add({{"decision", "allow"}}), &decisions.Add({{"decision", "audit"}}),
                                     &decisions.Add({{"decision", "warn"}}), &decisions.Add({{"decision", "deny"}})};
  Family<Counter>& unknown =
      counter("pratique_admission_unknown_total",
              "Rules that could not be judged, by the reason and by what the policy chose for it");
  Family<Counter>& refused =
      counter("pratique_admission_reviews_refused_total", "AdmissionReviews that could not be read");
  Histogram& decision_seconds = prometheus::BuildHistogram()
                                    .Name("pratique_admission_duration_seconds")
                                    .Help("From a review received to its verdict")
                                    .Register(registry)
                                    .Add({}, seconds_buckets);
  Family<Counter>& reloads = counter("pratique_reloads_total", "Configuration taken anew, by what and by result");
  Gauge& policies = gauge("pratique_policies", "Policies in force");
  Gauge& rules = gauge("pratique_policy_rules", "Rules in force");
  Gauge& database_built =
      gauge("pratique_advisory_database_built_timestamp_seconds", "When the advisory database was built");
  Gauge& advisories = gauge("pratique_advisory_database_advisories", "Advisories in the database");
  Gauge& certificate_expires =
      gauge("pratique_certificate_expiry_timestamp_seconds", "When the server's certificate ends");
  Family<Counter>& lookups = counter("pratique_evidence_lookups_total",
                                     "Images asked for: known, gathered, waited for, failed, or believed of old");
  Gauge& connections = gauge("pratique_http_connections", "Connections that are open");
  Counter& refused_requests =
      counter("pratique_http_refused_total", "Requests that were malformed, too large, too slow, or too many").Add({});
  Gauge& cache_images = gauge("pratique_evidence_cache_images", "Images that are known");
  Gauge& cache_bytes = gauge("pratique_evidence_cache_bytes", "Memory that what is known takes, about");
};

Metrics::Metrics(const std::string& version) : state_(std::make_unique<State>()) {
  state_->gauge("pratique_build_info", "1, labelled with the version", {{"version", version}}).Set(1);
}
Metrics::~Metrics() = default;

void Metrics::count_request(const Route* route, unsigned status, Duration took) {
  auto& counted =
      state_->counted[route == nullptr ? routes().size() : static_cast<std::size_t>(route - routes().data())];
  counted.of(status, state_->requests).Increment();
  counted.seconds->Observe(seconds_of(took));
}

void Metrics::count_verdict(const Verdict& verdict, Duration took) {
  state_->decided[static_cast<std::size_t>(verdict.decision)]->Increment();
  state_->decision_seconds.Observe(seconds_of(took));
  for (const auto& result : verdict.rules)
    if (result.gap != Gap::none)
      state_->unknown
          .Add({{"reason", std::string(name_of(result.gap))}, {"decision", std::string(name_of(result.decision))}})
          .Increment();
}

void Metrics::count_refused_review(Fault fault) {
  const char* reason = fault == Fault::limit ? "limit" : fault == Fault::unsupported ? "unsupported" : "malformed";
  state_->refused.Add({{"reason", reason}}).Increment();
}

void Metrics::count_reload(std::string_view what, bool good) {
  state_->reloads.Add({{"what", std::string(what)}, {"result", good ? "taken" : "refused"}}).Increment();
}

void Metrics::show_policies(const PolicySet& policies) {
  state_->policies.Set(static_cast<double>(policies.policies().size()));
  state_->rules.Set(static_cast<double>(policies.rules()));
}

void Metrics::show_database(Time built, std::uint64_t advisories) {
  state_->database_built.Set(seconds_of(built));
  state_->advisories.Set(static_cast<double>(advisories));
}

void Metrics::show_certificate(Time expires) { state_->certificate_expires.Set(seconds_of(expires)); }

void Metrics::show_cache(const Gate::Counts& counts) {
  const std::pair<const char*, std::uint64_t> results[] = {{"known", counts.hits},
                                                           {"gathered", counts.gathered},
                                                           {"waited", counts.waited},
                                                           {"failed", counts.failed},
                                                           {"believed", counts.believed}};
  for (const auto& [name, count] : results) raise(state_->lookups.Add({{"result", name}}), count);
  state_->cache_images.Set(static_cast<double>(counts.images));
  state_->cache_bytes.Set(static_cast<double>(counts.bytes));
}

void Metrics::show_http(const HttpServer::Counts& counts) {
  state_->connections.Set(static_cast<double>(counts.connections));
  raise(state_->refused_requests, counts.refused);
}

std::string Metrics::render() const { return prometheus::TextSerializer().Serialize(state_->registry.Collect()); }

}  // namespace pratique
