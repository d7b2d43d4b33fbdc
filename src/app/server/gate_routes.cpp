// The routes of the gate, and what is asked of any server: health, metrics, a description of itself.
#include <algorithm>
#include <charconv>

#include "app/server/service.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds usual_patience = std::chrono::seconds(10);

HttpResponse plain(unsigned status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {}};
}

std::string rules_that_spoke(const Verdict& verdict) {
  std::string text;
  for (const auto& result : verdict.rules) {
    if (result.decision != verdict.decision && result.gap == Gap::none) continue;
    text.append(text.empty() ? "" : ",").append(result.policy).append("/").append(result.rule);
    if (result.gap != Gap::none) text.append("?").append(name_of(result.gap));
  }
  return text;
}

void log_verdict(const Service& service, const Asked& asked, const Gate::Answer& answer) {
  const auto& request = answer.request;
  const auto& verdict = answer.verdict;
  const auto reasons = lines_of(verdict, verdict.decision, 2);
  log(LogLevel::info, "admission",
      {{"id", asked.id},
       {"uid", request.uid},
       {"cluster", service.config.cluster},
       {"operation", request.operation},
       {"kind", request.kind},
       {"namespace", request.name_space},
       {"name", request.name},
       {"user", request.user},
       {"dry_run", request.dry_run ? "true" : "false"},
       {"decision", name_of(verdict.decision)},
       {"rules", rules_that_spoke(verdict)},
       {"reason", verdict.decision == Decision::allow || reasons.empty() ? std::string_view() : reasons.front()},
       {"ms", milliseconds_since(asked.since)}});
}

HttpAnswer admit(Service& service, const HttpRequest& request, const Asked& asked) {
  auto opened = service.gate.open(Bytes::copy_of(request.body));
  if (!opened) {
    service.metrics.count_refused_review(opened.error().fault);
    return problem_of(opened.error());
  }
  // A tenth is kept back, so that the answer is there before the API server stops listening.
  const auto deadline = asked.since + patience_of(request.parameter("timeout"), usual_patience) * 9 / 10;
  const bool ready = opened->ready();
  auto question = std::make_shared<Gate::Case>(std::move(opened).value());  // shared: std::function copies
  const auto close = [&service, asked, question, deadline] {
    const auto decided = service.gate.close(std::move(*question), deadline);
    service.metrics.count_verdict(decided.verdict, steady_clock::now() - asked.since);
    log_verdict(service, asked, decided);
    return HttpResponse{200, "application/json", render_admission_response(decided.request, decided.verdict), {}};
  };
  if (ready) return close();
  return HttpLater(close);
}

HttpAnswer alive(Service&, const HttpRequest&, const Asked&) { return plain(200, "ok\n"); }

// Policies, database and certificate were loaded before the port opened; what can go away since is the store.
HttpAnswer ready(Service& service, const HttpRequest&, const Asked&) {
  if (service.draining) return plain(503, "shutting down\n");
  const auto trouble = service.store_trouble();
  return trouble.empty() ? plain(200, "ok\n") : plain(503, "store: " + trouble + "\n");
}

HttpAnswer metrics(Service& service, const HttpRequest&, const Asked& asked) {
  if (!is_everything(asked.who->scopes(Permission::read)))
    return problem_response(403, "what is counted is of everything, and " + asked.who->name + " may see a part");
  service.metrics.show_cache(service.gate.counts());
  if (const HttpServer* door = service.door) service.metrics.show_http(door->counts());
  return HttpResponse{200, "text/plain; version=0.0.4; charset=utf-8", service.metrics.render(), {}};
}

HttpAnswer describe(Service& service, const HttpRequest&, const Asked&) {
  return HttpResponse{200, "application/json", service.openapi, {}};
}

}  // namespace

std::chrono::milliseconds patience_of(std::string_view timeout, std::chrono::milliseconds fallback) {
  constexpr std::pair<std::string_view, double> units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  constexpr std::chrono::milliseconds longest = std::chrono::seconds(30);
  double sum = 0;
  std::string_view rest = timeout;
  while (!rest.empty()) {
    double number = 0;
    const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto unit = std::find_if(std::begin(units), std::end(units), [&](const auto& u) {
      return rest.starts_with(u.first) && (rest.size() == u.first.size() || is_digit(rest[u.first.size()]));
    });
    if (fault != std::errc() || unit == std::end(units) || !(number >= 0)) return fallback;
    rest.remove_prefix(unit->first.size());
    sum += number * unit->second;
  }
  if (timeout.empty() || !(sum > 0)) return fallback;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(sum, static_cast<double>(longest.count()))));
}

std::vector<Route> gate_routes() {
  const std::vector<std::string_view> json = {"application/json"}, text = {"text/plain"};
  const RouteAnswer good{200, "It does", "", text};
  return {
      {.method = "POST",
       .path = "/v1/admit",
       .permission = Permission::open,
       .handle = admit,
       .name = "admit",
       .summary = "Judge an AdmissionReview; the API server calls this",
       .query = {{.name = "timeout", .help = "how long the API server waits", .example = "10s"}},
       .body = RouteBody{json, "AdmissionReview"},
       .answers = {{200, "The review with its response", "AdmissionAnswer", json}}},
      {.method = "GET",
       .path = "/healthz",
       .permission = Permission::open,
       .handle = alive,
       .name = "getHealth",
       .summary = "Tell whether the process serves",
       .answers = {good},
       .is_routine = true},
      {.method = "GET",
       .path = "/livez",
       .permission = Permission::open,
       .handle = alive,
       .name = "getLiveness",
       .summary = "Tell whether the process serves",
       .answers = {good},
       .is_routine = true},
      {.method = "GET",
       .path = "/readyz",
       .permission = Permission::open,
       .handle = ready,
       .name = "getReadiness",
       .summary = "Tell whether the store answers and the server is not stopping",
       .answers = {good, {503, "It does not, and why", "", text}},
       .is_routine = true},
      {.method = "GET",
       .path = "/metrics",
       .permission = Permission::read,
       .handle = metrics,
       .name = "getMetrics",
       .summary = "Tell what was counted, in Prometheus' text format; for those whose reading nothing narrows",
       .answers = {{200, "Version 0.0.4 of the format", "", text}},
       .is_routine = true},
      {.method = "GET",
       .path = "/api/v1/openapi.json",
       .permission = Permission::open,
       .handle = describe,
       .name = "getOpenApi",
       .summary = "Describe this API as OpenAPI 3.1",
       .answers = {{200, "The description", "OpenApi", json}}},
  };
}

}  // namespace pratique
