// The routes, each a function from a request to an answer. docs/server.md lists them.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <random>

#include "app/render/where.h"
#include "app/server/service.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "engine/version/version.h"
#include "flow/locate.h"

namespace pratique {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds usual_patience = std::chrono::seconds(10);
constexpr std::size_t most_located = 10'000;  // artifacts in one answer

// A request being answered.
struct Asked {
  std::string id;
  steady_clock::time_point since = steady_clock::now();
  std::string decision;  // of an admission, for the log
};

unsigned status_of(Fault fault) {
  switch (fault) {
    case Fault::usage:
    case Fault::malformed:
    case Fault::unsupported: return 400;
    case Fault::not_found: return 404;
    case Fault::limit: return 413;
    case Fault::refused: return 403;
    case Fault::timeout: return 504;
    case Fault::unavailable:
    case Fault::interrupted: return 503;
    case Fault::internal: break;
  }
  return 500;
}

HttpResponse problem_of(const Error& error) { return problem_response(status_of(error.fault), render(error)); }

HttpResponse plain(unsigned status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {}};
}

// Ours, or the caller's where it can stand in a log and a header.
std::string id_of(const HttpRequest& request) {
  const auto given = request.header("x-request-id");
  const bool good = !given.empty() && given.size() <= 128 && std::all_of(given.begin(), given.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
  if (good) return std::string(given);
  static const std::uint64_t seed = std::random_device{}() * std::uint64_t{0x9E3779B97F4A7C15};
  static std::atomic<std::uint64_t> count{0};
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(seed + ++count * 0x9E3779B97F4A7C15));
  return text;
}

std::string milliseconds_since(steady_clock::time_point since) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f",
                std::chrono::duration<double, std::milli>(steady_clock::now() - since).count());
  return text;
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

Result<bool> flag_of(const HttpRequest& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return Error{Fault::usage, "'" + std::string(name) + "' is true or false", {}, ""};
}

Result<std::uint64_t> number_of(const HttpRequest& request, std::string_view name, std::uint64_t fallback) {
  const auto text = request.parameter(name);
  if (text.empty()) return fallback;
  if (const auto number = parse_unsigned(text)) return *number;
  return Error{Fault::usage, "'" + std::string(name) + "' is a number", {}, ""};
}

Result<WhereReport> where_report(Service& service, const HttpRequest& request) {
  WhereReport report;
  report.purl = request.parameter("purl");
  if (report.purl.empty())
    return Error{Fault::usage, "'purl' is missing", {}, "ask as /api/v1/where?purl=pkg:npm/lodash"};
  LocateQuery query;
  PRATIQUE_TRY(query.purl, parse_purl(report.purl));
  if (const auto range = request.parameter("range"); !range.empty()) {
    PRATIQUE_TRY(query.range, range.starts_with("vers:")
                                  ? parse_vers(range)
                                  : vers_from_native(scheme_of_purl_type(query.purl.type), range));
    report.range = render_vers(*query.range);
  }
  PRATIQUE_TRY(query.running, flag_of(request, "running"));
  PRATIQUE_TRY(query.direct, flag_of(request, "direct"));
  PRATIQUE_TRY(query.limit, number_of(request, "limit", most_located));
  PRATIQUE_TRY(query.first, number_of(request, "first", 0));
  query.limit = std::clamp<std::size_t>(query.limit, 1, most_located);
  report.running = query.running;
  report.direct = query.direct;
  PRATIQUE_TRY(report.answer, service.stores.with([&](const Store& store) { return locate(store, query); }));
  return report;
}

// A weak tag, since the same answer may travel packed; the client that has it already is told so and no more.
HttpResponse tagged(const HttpRequest& request, HttpResponse response) {
  const auto tag = "\"" + std::string(sha256_of(response.body).hex().substr(0, 32)) + "\"";
  response.headers.emplace_back("ETag", "W/" + tag);
  response.headers.emplace_back("Cache-Control", "no-cache");  // to be kept, and asked about each time
  for (auto known : split(request.header("if-none-match"), ',')) {
    known = trim(known);
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known != tag && known != "*") continue;
    response.status = 304;
    response.body.clear();
    break;
  }
  return response;
}

// In the form that is asked for by name; JSON to everyone else.
HttpResponse answer_of(const WhereReport& report, std::string_view accept) {
  if (accept == "text/csv") return {200, "text/csv; charset=utf-8", render_where_csv(report), {}};
  if (accept == "application/x-ndjson") return {200, "application/x-ndjson", render_where_jsonl(report), {}};
  return {200, "application/json", render_where_json(report), {}};
}

HttpAnswer where(Service& service, const HttpRequest& request, const Asked&) {
  return [&service, &request] {
    const auto report = where_report(service, request);
    if (!report) return problem_of(report.error());
    auto response = answer_of(*report, request.header("accept"));
    response.headers.emplace_back("Vary", "Accept");
    if (report->answer.next) {
      auto next = "</api/v1/where?first=" + std::to_string(*report->answer.next);
      for (const auto& [name, value] : request.query)
        if (name != "first")
          next += "&" + percent_encoded(name, url_unreserved) + "=" + percent_encoded(value, url_unreserved);
      response.headers.emplace_back("Link", next + ">; rel=\"next\"");
    }
    return tagged(request, std::move(response));
  };
}

HttpAnswer alive(Service&, const HttpRequest&, const Asked&) { return plain(200, "ok\n"); }

// Policies, database and certificate were loaded before the port opened; what can go away since is the store.
HttpAnswer ready(Service& service, const HttpRequest&, const Asked&) {
  if (service.draining) return plain(503, "shutting down\n");
  const auto trouble = service.store_trouble();
  return trouble.empty() ? plain(200, "ok\n") : plain(503, "store: " + trouble + "\n");
}

HttpAnswer metrics(Service& service, const HttpRequest&, const Asked&) {
  service.metrics.show_cache(service.gate.counts());
  if (const HttpServer* door = service.door) service.metrics.show_http(door->counts());
  return HttpResponse{200, "text/plain; version=0.0.4; charset=utf-8", service.metrics.render(), {}};
}

struct Route {
  std::string_view path, method;
  HttpAnswer (*handle)(Service& service, const HttpRequest& request, const Asked& asked);
  bool is_routine = false;  // asked every few seconds: logged only on demand
};
constexpr Route routes[] = {{"/v1/admit", "POST", admit},     {"/api/v1/where", "GET", where},
                            {"/healthz", "GET", alive, true}, {"/livez", "GET", alive, true},
                            {"/readyz", "GET", ready, true},  {"/metrics", "GET", metrics, true}};

const Route* find_route(std::string_view path) {
  const auto found = std::find_if(std::begin(routes), std::end(routes), [&](const Route& r) { return r.path == path; });
  return found == std::end(routes) ? nullptr : found;
}

HttpAnswer answer_at(const Route* route, Service& service, const HttpRequest& request, const Asked& asked) {
  if (route == nullptr)
    return problem_response(404, "there is nothing at '" + printable(request.path.substr(0, 256)) + "'");
  const bool allowed = request.method == route->method || (request.method == "HEAD" && route->method == "GET");
  if (allowed) return route->handle(service, request, asked);
  auto response = problem_response(405, "only " + std::string(route->method) + " is answered here");
  response.headers.emplace_back("Allow", route->method);
  return response;
}

HttpResponse finished(Service& service, const HttpRequest& request, const Route* route, const Asked& asked,
                      HttpResponse response) {
  response.headers.emplace_back("X-Request-ID", asked.id);
  const auto took = steady_clock::now() - asked.since;
  service.metrics.count_request(route == nullptr ? "other" : route->path, response.status, took);
  const bool is_admission = route != nullptr && route->handle == admit && response.status == 200;  // has its own line
  if (!is_admission)
    log(route != nullptr && route->is_routine && response.status == 200 ? LogLevel::debug : LogLevel::info, "request",
        {{"id", asked.id},
         {"peer", request.peer},
         {"method", request.method},
         {"path", request.path},
         {"status", std::to_string(response.status)},
         {"detail", response.status >= 400 ? std::string_view(response.body).substr(0, 512) : std::string_view()},
         {"ms", milliseconds_since(asked.since)}});
  return response;
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

HttpAnswer answer(Service& service, const HttpRequest& request) {
  const Asked asked{id_of(request)};
  const Route* route = find_route(request.path);
  auto answered = answer_at(route, service, request, asked);
  if (auto* response = std::get_if<HttpResponse>(&answered))
    return finished(service, request, route, asked, std::move(*response));
  return [&service, &request, route, asked, later = std::get<HttpLater>(std::move(answered))] {
    return finished(service, request, route, asked, later());
  };
}

}  // namespace pratique
