#include "app/server/server.h"

#include <sys/stat.h>

#include <optional>
#include <utility>

#include "app/server/service.h"
#include "base/log.h"
#include "flow/advisories.h"
#include "flow/signatures.h"
#include "world/advisorydb/advisorydb.h"
#include "world/file/file.h"

namespace pratique {
namespace {

// What tells that a file is another one than before; a link is followed, as a mounted ConfigMap needs it.
std::string stamp_of(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return path + " absent;";
  return path + " " + std::to_string(about.st_dev) + " " + std::to_string(about.st_ino) + " " +
         std::to_string(about.st_size) + " " + std::to_string(about.st_mtim.tv_sec) + "." +
         std::to_string(about.st_mtim.tv_nsec) + ";";
}

std::string stamp_of(const std::vector<std::string>& paths) {
  std::string stamp;
  for (const auto& path : paths) {
    if (!is_folder(path)) {
      stamp += stamp_of(path);
      continue;
    }
    const auto files = list_files(path);
    if (!files) continue;
    for (const auto& file : *files) stamp += stamp_of(file);
  }
  return stamp;
}

}  // namespace

EvidenceSource Service::evidence() {
  EvidenceSource source;
  source.bill = [this](const Digest& image) {
    return stores.with([&](const Store& store) { return store.load_bill(image); });
  };
  source.run = [this](std::function<void()> job) { return lookups.run(std::move(job)); };
  return source;
}

GateOptions Service::gate_options() const {
  GateOptions options;
  options.cache_bytes = config.cache_bytes;
  options.clock = clock;
  return options;
}

void Service::use(std::shared_ptr<const AdvisoryDb> database) {
  const std::lock_guard lock(mutex_);
  database_ = std::move(database);
}

std::shared_ptr<const AdvisoryDb> Service::database() const {
  const std::lock_guard lock(mutex_);
  return database_;
}

void Service::probe_store() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(probing_, true)) return;
  }
  const bool taken = lookups.run([this] {
    const auto answers = stores.with([this](const Store& store) { return changes.read(store); });
    if (answers) save_refusals();
    const std::lock_guard lock(mutex_);
    trouble_ = answers ? "" : render(answers.error());
    probing_ = false;
  });
  if (taken) return;
  const std::lock_guard lock(mutex_);
  probing_ = false;
}

void Service::save_refusals() {
  const auto entries = refusals.take(std::chrono::steady_clock::now());
  if (entries.empty()) return;
  const auto saved = scribe.write([&](Store& store, Time now) { return store.save_audit(entries, now); });
  if (!saved)
    log(LogLevel::error, "refused access could not be put into the audit log", {{"reason", render(saved.error())}});
}

std::string Service::store_trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

struct Server::State {
  State(ServerConfig config, Clock now, const std::string& version)
      : service(std::move(config), std::move(now), version) {}

  Result<void> prepare_certificate();
  Result<void> prepare_store();
  Result<void> load_policies();
  Result<void> load_database();
  Result<void> load_keys();
  Result<void> load_yanked();
  Result<void> load_namespaces();
  Result<void> listen();

  // Something on disk that is taken anew when it changes.
  struct Watched {
    std::string_view name;
    std::vector<std::string> paths;
    std::function<Result<void>()> load;
    std::string stamp;
  };
  void watch(std::string_view name, std::vector<std::string> paths, std::function<Result<void>()> load);

  Service service;
  std::vector<Watched> watched;
  std::optional<HttpServer> http;  // last: it stops before what it asks is gone
};

Result<void> Server::State::prepare_certificate() {
  const auto& config = service.config;
  if (config.self_signed.empty()) return {};
  struct stat about {};
  if (::stat(config.http.certificate_file.c_str(), &about) == 0) return {};
  PRATIQUE_DO(make_folder(config.self_signed));
  auto made =
      make_self_signed_certificate(config.host, config.http.certificate_file, config.http.key_file, service.clock());
  if (!made)
    return std::move(made).error().remedied("name tls.certificate and tls.key, or a folder that can be written");
  log(LogLevel::info, "made a self-signed certificate",
      {{"file", config.http.certificate_file}, {"host", config.host}});
  return {};
}

// Made when it is not there yet, so that a new installation answers, if only that it knows nothing.
Result<void> Server::State::prepare_store() {
  const auto store = Store::open(service.config.store, Store::Mode::create);
  if (!store) return store.error();
  return {};
}

Result<void> Server::State::load_policies() {
  PRATIQUE_TRY(auto policies, pratique::load_policies(service.config.policies));
  log(LogLevel::info, "policies loaded",
      {{"policies", std::to_string(policies.policies().size())},
       {"rules", std::to_string(policies.rules())},
       {"generation", policies.generation()}});
  service.metrics.show_policies(policies);
  service.gate.use(std::move(policies));
  return {};
}

Result<void> Server::State::load_database() {
  PRATIQUE_TRY(auto opened, AdvisoryDb::open(service.config.database));
  PRATIQUE_TRY(auto vex, load_vex(service.config.vex));
  for (const auto& part : vex.rejected)
    log(LogLevel::warn, "a VEX statement was set aside", {{"place", part.place}, {"reason", part.reason}});
  const auto database = std::make_shared<const AdvisoryDb>(std::move(opened));  // shared: matches under way keep theirs
  const auto& status = database->status();
  log(LogLevel::info, "advisory database loaded",
      {{"generation", status.generation},
       {"advisories", std::to_string(status.advisories)},
       {"statements", std::to_string(vex.statements.size())},
       {"built", render_time(status.built)}});
  service.metrics.show_database(status.built, status.advisories);
  service.gate.use(with_vex(advisories_of(database), std::move(vex)));
  service.use(database);
  return {};
}

Result<void> Server::State::load_keys() {
  PRATIQUE_TRY(auto keys, pratique::load_keys(service.config.keys));
  log(LogLevel::info, "keys loaded",
      {{"keys", std::to_string(keys.names().size())}, {"generation", keys.generation()}});
  service.gate.use(std::move(keys));
  return {};
}

Result<void> Server::State::load_yanked() {
  PRATIQUE_TRY(auto yanked, pratique::load_yanked(service.config.yanked));
  log(LogLevel::info, "yanked images loaded", {{"images", std::to_string(yanked.size())}});
  service.gate.use(std::move(yanked));
  return {};
}

Result<void> Server::State::load_namespaces() {
  PRATIQUE_TRY(auto namespaces, pratique::load_namespaces(service.config.namespaces));
  log(LogLevel::info, "namespaces loaded", {{"namespaces", std::to_string(namespaces.size())}});
  service.gate.use(std::move(namespaces));
  return {};
}

Result<void> check_open_door(const ServerConfig& config) {
  const auto& address = config.http.address;
  if (!config.no_auth || address.starts_with("127.") || address == "::1") return {};
  return Error{Fault::usage,
               "without authentication only this machine may connect, and " + address + " is for others too",
               {},
               "listen on 127.0.0.1 or ::1, or leave --no-auth away"};
}

Result<void> Server::State::listen() {
  PRATIQUE_TRY(auto started, HttpServer::start(service.config.http, [this](const HttpRequest& request) {
                 return answer(service, request);
               }));
  http.emplace(std::move(started));
  service.door = &*http;
  service.metrics.show_certificate(http->certificate_expires());
  log(LogLevel::info, "listening",
      {{"address", service.config.http.address},
       {"port", std::to_string(http->port())},
       {"store", service.config.store}});
  return {};
}

void Server::State::watch(std::string_view name, std::vector<std::string> paths, std::function<Result<void>()> load) {
  auto stamp = stamp_of(paths);
  watched.push_back({name, std::move(paths), std::move(load), std::move(stamp)});
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::start(ServerConfig config, Clock clock, std::string version) {
  auto state = std::make_unique<State>(std::move(config), std::move(clock), version);
  auto* const raw = state.get();
  const auto& wanted = raw->service.config;
  // The stamps first: what changes while it is being read is read again.
  raw->watch("policies", wanted.policies, [raw] { return raw->load_policies(); });
  auto database = wanted.vex;
  database.push_back(wanted.database);
  raw->watch("database", std::move(database), [raw] { return raw->load_database(); });
  // What is not named is not looked for, and rules that ask for it are unknown.
  if (!wanted.keys.empty()) raw->watch("keys", wanted.keys, [raw] { return raw->load_keys(); });
  if (!wanted.yanked.empty()) raw->watch("yanked", wanted.yanked, [raw] { return raw->load_yanked(); });
  if (!wanted.namespaces.empty())
    raw->watch("namespaces", {wanted.namespaces}, [raw] { return raw->load_namespaces(); });
  PRATIQUE_DO(check_open_door(wanted));
  PRATIQUE_DO(raw->prepare_store());
  for (auto& watched : raw->watched) PRATIQUE_DO(watched.load());
  PRATIQUE_DO(raw->prepare_certificate());
  raw->watch("certificate", {wanted.http.certificate_file, wanted.http.key_file}, [raw]() -> Result<void> {
    PRATIQUE_DO(raw->http->reload_certificate());
    raw->service.metrics.show_certificate(raw->http->certificate_expires());
    return {};
  });
  PRATIQUE_DO(raw->listen());
  return Server(std::move(state));
}

std::uint16_t Server::port() const { return state_->http->port(); }

void Server::refresh(What what) {
  state_->service.probe_store();
  state_->service.matching.wake(state_->service.database());
  for (auto& watched : state_->watched) {
    auto stamp = stamp_of(watched.paths);
    if (what == What::changed && stamp == watched.stamp) continue;
    watched.stamp = std::move(stamp);
    const auto loaded = watched.load();
    state_->service.metrics.count_reload(watched.name, loaded.has_value());
    if (loaded)
      log(LogLevel::info, "reloaded", {{"what", watched.name}});
    else
      log(LogLevel::error, "not reloaded; the old one stays in use",
          {{"what", watched.name}, {"reason", render(loaded.error())}});
  }
}

void Server::drain() { state_->service.draining = true; }

void Server::stop() {
  drain();
  state_->http->stop(state_->service.config.shutdown_grace);
  state_->service.save_refusals();
  log(LogLevel::info, "stopped");
}

}  // namespace pratique
