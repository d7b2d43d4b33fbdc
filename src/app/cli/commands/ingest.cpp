#include "flow/ingest.h"

#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "app/cli/by_hand.h"
#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/cli/server_options.h"
#include "base/base64.h"
#include "base/text.h"
#include "flow/registry.h"
#include "flow/rematch.h"
#include "world/file/file.h"

namespace pratique {
namespace {

Result<void> ingest_files(Store& store, const Invocation& invocation, Console& console, std::uint64_t& failed) {
  const auto threads = parse_unsigned(invocation.text("threads"));
  if (!threads || *threads > 256)
    return Error{Fault::usage, "--threads is a number up to 256, not '" + invocation.text("threads") + "'", {}, {}};
  const unsigned count =
      *threads != 0 ? static_cast<unsigned>(*threads) : std::max(1u, std::thread::hardware_concurrency());
  ProgressBar bar(console, "ingesting");
  IngestOptions options;
  options.threads = count;
  options.interrupted = console.interrupted;
  if (invocation.given("subject")) {
    auto subject = parse_digest(invocation.text("subject"));
    if (!subject)
      return Error{Fault::usage, "'" + invocation.text("subject") + "' is no digest", {"--subject"}, "sha256:HEX"};
    options.subject = std::move(*subject);
  }
  options.by = by_hand();
  options.progress = [&](const IngestProgress& progress) {
    bar.show(progress.done, progress.total, human_bytes(progress.bytes));
  };
  auto report = ingest_bills(store, invocation.arguments, console.clock(), options);
  bar.finish();
  if (!report) return std::move(report).error();
  for (const auto& file : report->failed) note(console, "failed: " + file.place + ": " + file.reason);
  if (!report->set_aside.empty())
    note(console, with_commas(report->set_aside.size()) + " parts set aside, first " + report->set_aside.front().place +
                      ": " + report->set_aside.front().reason);
  console.out << with_commas(report->files) << " files: " << with_commas(report->added) << " bills added with "
              << with_commas(report->components) << " components, " << with_commas(report->present)
              << " known already, " << with_commas(report->failed.size()) << " failed\n";
  failed = report->failed.size();
  return {};
}

Result<void> ingest_pods(Store& store, const Invocation& invocation, Console& console) {
  const auto act = by_hand("workloads.ingest", invocation.text("cluster"));
  PRATIQUE_TRY(const auto report, ingest_workloads(store, invocation.text("workloads"), invocation.text("cluster"),
                                                   console.clock(), {}, std::span(&act, 1)));
  for (const auto& part : report.rejected) note(console, "set aside: " + part.place + ": " + part.reason);
  if (report.finished > 0) note(console, with_commas(report.finished) + " pods left out: they are finished");
  if (report.coverage == Coverage::part) note(console, "one pod of the cluster: the others stay as they were");
  console.out << with_commas(report.pods) << " pods with " << with_commas(report.containers)
              << " containers in cluster " << printable(invocation.text("cluster")) << ", "
              << with_commas(report.without_digest) << " of them without a digest\n";
  return {};
}

// The exit code of the first failure; 0 where there is none.
Result<int> ingest_listing(Store& store, const Invocation& invocation, Console& console) {
  ProgressBar bar(console, "listing");
  RegistryIngestOptions options;
  options.client.user_agent = "pratique";
  options.client.interrupted = console.interrupted;
  options.client.wait = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
  options.progress = [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); };
  const auto report = ingest_registry(store, invocation.text("registry"), console.clock(), options);
  bar.finish();
  if (!report) return report.error();
  for (const auto& one : report->failed) note(console, "failed: " + one.place + ": " + one.reason);
  if (!report->is_whole) note(console, "not all could be listed: what was not seen stays as it was");
  const ListingCounts& counts = report->counts;
  console.out << with_commas(report->repositories) << " repositories listed: " << with_commas(counts.tags)
              << " tags of " << with_commas(counts.manifests) << " manifests in the registry, "
              << with_commas(counts.opened) << " new, " << with_commas(counts.closed) << " gone; "
              << with_commas(report->attached) << " bills attached, " << with_commas(report->added) << " added\n";
  return report->failed.empty() ? exit_code::ok : exit_code_of(report->failed.front().fault);
}

// What became of files that were sent to a server.
struct SentFiles {
  std::uint64_t files = 0, added = 0, present = 0, components = 0, failed = 0;
};

// Files on their way to a server, some megabytes at a time; what is larger goes alone.
class Sender {
 public:
  Sender(const ServerDoor& server, Console& console) : server_(server), console_(console) {}

  Result<void> send(const std::string& path) {
    constexpr std::size_t largest = std::size_t{1} << 30, at_once = std::size_t{4} << 20;
    ++sent_.files;
    const auto bytes = read_file(path, largest);
    if (!bytes) {
      fail(render(bytes.error()));
      return {};
    }
    if (bytes->size() > at_once / 2) return send_alone(path, bytes->view());
    const bool is_text = is_utf8(bytes->view());
    lines_ += "{\"place\":" + json_quoted(path) + (is_text ? ",\"document\":" : ",\"base64\":") +
              json_quoted(is_text ? std::string(bytes->view()) : encode_base64(bytes->view())) + "}\n";
    return lines_.size() > at_once ? send_lines() : Result<void>();
  }

  Result<void> send_lines() {
    if (lines_.empty()) return {};
    PRATIQUE_TRY(const auto answer, ask_server(server_, {"POST", "/api/v1/bills/batch", "application/x-ndjson", lines_,
                                                         Fault::malformed}));
    lines_.clear();
    const auto json = nlohmann::json::parse(answer, nullptr, false);
    if (!json.is_object() || !json.contains("items") || !json["items"].is_array())
      return Error{Fault::malformed, "no answer to what was sent", {}, "name a server of pratique"};
    for (const auto& item : json["items"]) take(item);
    return {};
  }
  const SentFiles& sent() const { return sent_; }

 private:
  // What is too large for one request goes in pieces; each is asked for again where it did not arrive.
  Result<std::string> send_pieces(const std::string& path, std::string_view bytes) {
    constexpr std::size_t piece = std::size_t{4} << 20;
    if (bytes.size() <= piece)
      return ask_server(server_, {"POST", "/api/v1/bills", "application/octet-stream", bytes, Fault::malformed});
    PRATIQUE_TRY(const auto begun, ask_server(server_, {"POST",
                                                        "/api/v1/uploads?size=" + std::to_string(bytes.size()) +
                                                            "&place=" + percent_encoded(path, url_unreserved),
                                                        {},
                                                        {},
                                                        Fault::malformed}));
    const auto json = nlohmann::json::parse(begun, nullptr, false);
    if (!json.is_object() || !json.contains("id") || !json["id"].is_string())
      return Error{Fault::malformed, "no answer to what was sent", {}, "name a server of pratique"};
    const std::string place = "/api/v1/uploads/" + percent_encoded(json["id"].get<std::string>(), url_unreserved);
    std::string answer;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      PRATIQUE_TRY(answer,
                   ask_server(server_, {"PATCH", place + "?offset=" + std::to_string(at), "application/octet-stream",
                                        bytes.substr(at, piece), Fault::malformed}));
    }
    return answer;
  }

  Result<void> send_alone(const std::string& path, std::string_view bytes) {
    const auto answer = send_pieces(path, bytes);
    if (!answer) {
      const Fault fault = answer.error().fault;
      if (fault != Fault::malformed && fault != Fault::limit) return answer.error();
      fail(path + ": " + answer.error().text);
      return {};
    }
    take(nlohmann::json::parse(*answer, nullptr, false));
    return {};
  }

  void take(const nlohmann::json& item) {
    const auto text = [&](const char* name) {
      return item.contains(name) && item[name].is_string() ? printable(item[name].get<std::string>()) : std::string();
    };
    if (!item.is_object() || !item.contains("new") || !item["new"].is_boolean())
      return fail(item.is_object() ? text("place") + ": " + text("error") : "no answer");
    ++(item["new"] == true ? sent_.added : sent_.present);
    if (item["new"] == true && item.contains("components") && item["components"].is_number_unsigned())
      sent_.components += item["components"].get<std::uint64_t>();
  }

  void fail(const std::string& what) {
    ++sent_.failed;
    note(console_, "failed: " + what);
  }

  const ServerDoor& server_;
  Console& console_;
  std::string lines_;
  SentFiles sent_;
};

Result<void> send_files(const ServerDoor& server, const Invocation& invocation, Console& console,
                        std::uint64_t& failed) {
  PRATIQUE_TRY(const auto files, list_files(invocation.arguments, EmptyFolder::refused));
  ProgressBar bar(console, "sending");
  Sender sender(server, console);
  for (const auto& file : files) {
    if (console.interrupted && console.interrupted())
      return Error{
          Fault::interrupted, "interrupted", {}, "run it again: what the server has is not sent twice into the store"};
    PRATIQUE_DO(sender.send(file));
    bar.show(sender.sent().files, files.size());
  }
  PRATIQUE_DO(sender.send_lines());
  bar.finish();
  const SentFiles& sent = sender.sent();
  console.out << with_commas(sent.files) << " files: " << with_commas(sent.added) << " bills added with "
              << with_commas(sent.components) << " components, " << with_commas(sent.present) << " known already, "
              << with_commas(sent.failed) << " failed\n";
  failed = sent.failed;
  return {};
}

Result<void> send_pods(const ServerDoor& server, const Invocation& invocation, Console& console) {
  constexpr std::size_t largest = std::size_t{1} << 30;
  PRATIQUE_TRY(const Bytes bytes, read_file(invocation.text("workloads"), largest));
  const std::string cluster = invocation.text("cluster");
  PRATIQUE_TRY(
      const auto answer,
      ask_server(server, {"POST", "/api/v1/clusters/" + percent_encoded(cluster, url_unreserved) + "/workloads",
                          "application/json", bytes.view(), Fault::malformed}));
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  const auto number = [&](const char* name) {
    return json.is_object() && json.contains(name) && json[name].is_number_unsigned() ? json[name].get<std::uint64_t>()
                                                                                      : 0;
  };
  if (number("finished") > 0) note(console, with_commas(number("finished")) + " pods left out: they are finished");
  console.out << with_commas(number("pods")) << " pods with " << with_commas(number("containers"))
              << " containers in cluster " << printable(cluster) << ", " << with_commas(number("withoutDigest"))
              << " of them without a digest\n";
  return {};
}

Result<int> ingest_remotely(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto server, patient_server_door(invocation, console));
  std::uint64_t failed = 0;
  if (!invocation.arguments.empty()) PRATIQUE_DO(send_files(server, invocation, console, failed));
  if (invocation.given("workloads")) PRATIQUE_DO(send_pods(server, invocation, console));
  return failed == 0 ? exit_code::ok : exit_code::malformed;
}

// One that was asked for has to be there; elsewhere there may be none.
Result<std::optional<AdvisoryDb>> open_advisories(const Invocation& invocation, Console& console) {
  auto db = AdvisoryDb::open(invocation.text("db"));
  if (db) return std::optional(std::move(*db));
  if (db.error().fault != Fault::not_found || invocation.origin("db") == Origin::flag || invocation.flag("rematch"))
    return std::move(db).error();
  note(console,
       "no advisory database: vulnerabilities stay unknown until 'pratique db update' and 'pratique ingest "
       "--rematch'");
  return std::optional<AdvisoryDb>();
}

Result<void> judge(Store& store, const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto db, open_advisories(invocation, console));
  if (!db) return {};
  ProgressBar bar(console, "matching");
  RematchOptions options;
  options.interrupted = console.interrupted;
  options.progress = [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); };
  const auto report = rematch(store, *db, console.clock(), options);
  bar.finish();
  if (!report) return report.error();
  if (!report->before.empty() && report->extent == RematchReport::Extent::everything)
    note(console, "no delta leads from the findings' advisories to these: everything is judged anew");
  console.out << with_commas(report->counts.components) << " components judged: " << with_commas(report->counts.opened)
              << " findings opened, " << with_commas(report->counts.closed) << " closed, "
              << with_commas(report->counts.kept) << " as before\n";
  return {};
}

Result<int> run_ingest(const Invocation& invocation, Console& console) {
  const bool has_listing = invocation.given("registry");
  if (invocation.arguments.empty() && !invocation.given("workloads") && !has_listing && !invocation.flag("rematch"))
    return Error{
        Fault::usage, "nothing to ingest", {}, "name bills, or --workloads FILE, --registry HOST, or --rematch"};
  if (invocation.given("subject") && invocation.arguments.size() != 1)
    return Error{Fault::usage, "--subject is of one bill", {}, "name one file with it"};
  if (asks_server(invocation)) {
    if (invocation.flag("rematch"))
      return Error{Fault::usage, "a server matches by itself", {"--rematch"}, "leave --rematch or --server away"};
    for (const auto* name : {"registry", "subject"})
      if (invocation.given(name))
        return Error{
            Fault::usage, "a server is not given this yet", {"--" + std::string(name)}, "ingest into the store"};
    return ingest_remotely(invocation, console);
  }
  PRATIQUE_TRY(Store store, Store::open(invocation.text("store"), Store::Mode::create));
  std::uint64_t failed = 0;
  if (!invocation.arguments.empty()) PRATIQUE_DO(ingest_files(store, invocation, console, failed));
  if (invocation.given("workloads")) PRATIQUE_DO(ingest_pods(store, invocation, console));
  int listed = exit_code::ok;
  if (has_listing) {
    PRATIQUE_TRY(listed, ingest_listing(store, invocation, console));
  }
  if (!invocation.arguments.empty() || has_listing || invocation.flag("rematch"))
    PRATIQUE_DO(judge(store, invocation, console));
  return failed == 0 ? listed : exit_code::malformed;
}

}  // namespace

Commands ingest_commands() {
  return {
      {.name = "ingest",
       .summary = "Put bills of materials and running workloads into the store",
       .detail = "Idempotent: a bill is known by the digest of its bytes. A file that is no bill is reported and the "
                 "rest goes on. What is new is matched with the advisory database; when that has changed, all that the "
                 "change touches is matched again, and what it opened and closed is kept as history. With --server all "
                 "of it is sent there.",
       .arguments = {{.name = "FILE", .help = "a bill, or a folder of bills", .optional = true, .many = true}},
       .options =
           {{.name = "workloads", .value = "FILE", .help = "what runs: the output of 'kubectl get pods -A -o json'"},
            {.name = "cluster",
             .value = "NAME",
             .help = "the cluster that the workloads are of",
             .fallback = "default"},
            {.name = "registry",
             .value = "HOST[/REPOSITORY]",
             .help = "what a registry holds, with the bills that are attached to it"},
            {.name = "subject",
             .value = "DIGEST",
             .help = "of the image that a bill is about, where it does not say that itself"},
            {.name = "rematch", .help = "bring the findings to the advisory database, without anything new"},
            {.name = "threads", .value = "N", .help = "threads that read; 0 for one a processor", .fallback = "0"}},
       .examples = {"pratique ingest bills/",
                    "kubectl get pods -A -o json | pratique ingest --workloads - --cluster harbour",
                    "pratique ingest --registry registry.example", "pratique db update && pratique ingest --rematch"},
       .run = run_ingest}};
}

}  // namespace pratique
