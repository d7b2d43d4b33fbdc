// The configuration of `serve`: YAML -> ServerConfig.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>

#include "app/server/server.h"
#include "base/text.h"
#include "base/yaml.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr Unit byte_units[] = {{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}, {"", 1}};
constexpr Unit time_units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};

// "8MiB", "30s": a whole number and a unit.
template <std::size_t n>
std::optional<std::uint64_t> parse_amount(std::string_view text, const Unit (&units)[n]) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_unsigned(text.substr(0, end));
  for (const auto& unit : units)
    if (number && trim(text.substr(end)) == unit.name && *number <= std::uint64_t{1} << 40)
      return *number * unit.factor;
  return std::nullopt;
}

Result<std::size_t> bytes_or(const YamlFields& fields, std::string_view key, std::size_t fallback) {
  const Yaml* value = fields.find(key);
  if (value == nullptr) return fallback;
  const auto amount = parse_amount(value->text, byte_units);
  if (amount && *amount > 0) return static_cast<std::size_t>(*amount);
  return value->error("'" + std::string(key) + "' is a size", "write it as 8MiB");
}

Result<milliseconds> time_or(const YamlFields& fields, std::string_view key, milliseconds fallback) {
  const Yaml* value = fields.find(key);
  if (value == nullptr) return fallback;
  if (const auto amount = parse_amount(value->text, time_units); amount && *amount <= 86'400'000)
    return milliseconds(*amount);
  return value->error("'" + std::string(key) + "' is a time of at most a day", "write it as 30s");
}

class ConfigReader {
 public:
  ConfigReader(const std::string& file, ServerConfig config)
      : folder_(std::filesystem::path(file).parent_path()), config_(std::move(config)) {}

  Result<ServerConfig> read(const Yaml& document) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(document, "the configuration",
                                                 {"listen", "tls", "access", "store", "database", "policies", "vex",
                                                  "keys", "yanked", "namespaces", "cluster", "limits", "shutdown"}));
    PRATIQUE_DO(read_listen(fields));
    config_.self_signed = resolved(config_.self_signed);
    if (const Yaml* tls = fields.find("tls")) PRATIQUE_DO(read_tls(*tls));
    if (const Yaml* access = fields.find("access")) PRATIQUE_DO(read_access(*access));
    PRATIQUE_TRY(config_.store, path_or(fields, "store", config_.store));
    PRATIQUE_TRY(config_.database, path_or(fields, "database", config_.database));
    PRATIQUE_TRY(config_.cluster, fields.text_or("cluster", config_.cluster));
    PRATIQUE_DO(read_policies(fields));
    PRATIQUE_TRY(config_.vex, paths(fields, "vex"));
    PRATIQUE_TRY(config_.keys, paths(fields, "keys"));
    PRATIQUE_TRY(config_.yanked, paths(fields, "yanked"));
    PRATIQUE_TRY(config_.namespaces, path_or(fields, "namespaces", ""));
    if (const Yaml* limits = fields.find("limits")) PRATIQUE_DO(read_limits(*limits));
    if (const Yaml* shutdown = fields.find("shutdown")) PRATIQUE_DO(read_shutdown(*shutdown));
    if (!config_.self_signed.empty()) {
      config_.http.certificate_file = std::filesystem::path(config_.self_signed) / "tls.crt";
      config_.http.key_file = std::filesystem::path(config_.self_signed) / "tls.key";
    }
    return std::move(config_);
  }

 private:
  std::string resolved(const std::string& path) const {
    if (path.empty() || path.front() == '/') return path;
    return (folder_ / path).lexically_normal().string();
  }

  Result<std::string> read_path(const YamlFields& fields, std::string_view key) const {
    constexpr std::string_view sqlite = "sqlite:";
    PRATIQUE_TRY(const auto path, fields.text(key));
    if (path.starts_with(sqlite)) return std::string(sqlite) + resolved(path.substr(sqlite.size()));
    return path.find("://") == std::string::npos ? resolved(path) : path;
  }

  Result<std::string> path_or(const YamlFields& fields, std::string_view key, const std::string& fallback) const {
    return fields.find(key) != nullptr ? read_path(fields, key) : fallback;
  }

  // "127.0.0.1:8443", "[::]:8443", ":8443" for every address.
  Result<void> read_listen(const YamlFields& fields) {
    const Yaml* value = fields.find("listen");
    if (value == nullptr) return {};
    PRATIQUE_TRY(const auto text, fields.text("listen"));
    const auto colon = text.rfind(':');
    const auto port = colon == std::string::npos ? std::nullopt : parse_unsigned(text.substr(colon + 1));
    if (!port || *port > 65535)
      return value->error("'" + text + "' is no address with a port", "write it as 0.0.0.0:8443");
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    config_.http.address = address.empty() ? "::" : address;
    config_.http.port = static_cast<std::uint16_t>(*port);
    return {};
  }

  Result<void> read_tls(const Yaml& value) {
    PRATIQUE_TRY(const auto fields,
                 YamlFields::of(value, "tls", {"certificate", "key", "selfSigned", "host", "clientCA"}));
    const bool given = fields.find("certificate") != nullptr || fields.find("key") != nullptr;
    if (given) {
      if (const Yaml* both = fields.find("selfSigned"))
        return both->error("a certificate is given already", "take 'selfSigned' away, or 'certificate' and 'key'");
      config_.self_signed.clear();
      PRATIQUE_TRY(config_.http.certificate_file, read_path(fields, "certificate"));
      PRATIQUE_TRY(config_.http.key_file, read_path(fields, "key"));
    } else {
      PRATIQUE_TRY(config_.self_signed, path_or(fields, "selfSigned", config_.self_signed));
    }
    PRATIQUE_TRY(config_.host, fields.text_or("host", config_.host));
    PRATIQUE_TRY(config_.http.client_ca_file, path_or(fields, "clientCA", ""));
    return {};
  }

  Result<void> read_access(const Yaml& value) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(value, "access", {"certificates", "oidc"}));
    if (const Yaml* oidc = fields.find("oidc")) PRATIQUE_DO(read_oidc(*oidc));
    const Yaml* list = fields.find("certificates");
    if (list == nullptr) return {};
    if (list->kind != Yaml::Kind::list) return list->error("'certificates' is a list");
    if (config_.http.client_ca_file.empty())
      return list->error("no client is asked for a certificate", "name tls.clientCA too");
    for (const Yaml& item : list->items) {
      PRATIQUE_TRY(auto grant, read_certificate(item));
      config_.certificates.push_back(std::move(grant));
    }
    return {};
  }

  Result<void> read_oidc(const Yaml& value) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(value, "oidc", {"issuer", "audience", "ca", "grants"}));
    PRATIQUE_TRY(config_.oidc.url, fields.text("issuer"));
    PRATIQUE_TRY(config_.oidc.audience, fields.text("audience"));
    PRATIQUE_TRY(config_.oidc.ca_file, path_or(fields, "ca", ""));
    if (!config_.oidc.url.starts_with("https://"))
      return fields.find("issuer")->error("an issuer is reached by https",
                                          "write it as its tokens do: https://dex.example.com");
    PRATIQUE_TRY(const Yaml* list, fields.need("grants"));
    if (list->kind != Yaml::Kind::list) return list->error("'grants' is a list");
    for (const Yaml& item : list->items) {
      PRATIQUE_TRY(const auto row,
                   YamlFields::of(item, "a grant",
                                  {"group", "user", "role", "clusters", "namespaces", "repositories", "nodes"}));
      OidcGrant grant;
      PRATIQUE_TRY(grant.group, row.text_or("group", ""));
      PRATIQUE_TRY(grant.user, row.text_or("user", ""));
      if (grant.group.empty() == grant.user.empty())
        return item.error("a grant is for a group or for a user", "give one of 'group' and 'user'");
      PRATIQUE_TRY(grant.grant, read_grant(item, row));
      if (grant.grant.role == Role::agent) return item.error("an agent shows a certificate or an API token");
      config_.oidc_grants.push_back(std::move(grant));
    }
    return {};
  }

  static Result<CertificateGrant> read_certificate(const Yaml& value) {
    PRATIQUE_TRY(const auto fields,
                 YamlFields::of(value, "a certificate",
                                {"subject", "name", "role", "clusters", "namespaces", "repositories", "nodes"}));
    CertificateGrant grant;
    PRATIQUE_TRY(grant.subject, fields.text_or("subject", ""));
    PRATIQUE_TRY(grant.name, fields.text_or("name", ""));
    if (grant.subject.empty() == grant.name.empty())
      return value.error("a certificate is known by its subject or by one of its names",
                         "give one of 'subject' and 'name'");
    const std::string& pattern = grant.subject.empty() ? grant.name : grant.subject;
    const auto stars = std::count(pattern.begin(), pattern.end(), '*');
    if (stars > 1 || pattern == "*") return value.error("'" + pattern + "' has more than one '*', or nothing else");
    PRATIQUE_TRY(grant.grant, read_grant(value, fields));
    if (grant.grant.role == Role::agent && stars != 1)
      return value.error("an agent is known by its node", "write '*' where the node's name stands");
    return grant;
  }

  static Result<Grant> read_grant(const Yaml& value, const YamlFields& fields) {
    Grant grant;
    PRATIQUE_TRY(const auto role, fields.text("role"));
    auto known = parse_role(role);
    if (!known) return fields.find("role")->error(known.error().text, known.error().remedy);
    grant.role = *known;
    constexpr std::pair<std::string_view, std::string_view> lists[] = {
        {"clusters", "cluster"}, {"namespaces", "namespace"}, {"repositories", "repository"}, {"nodes", "node"}};
    std::string scope;
    for (const auto& [key, name] : lists) {
      PRATIQUE_TRY(const auto patterns, fields.texts(key));
      if (patterns.empty() && fields.find(key) != nullptr)
        return fields.find(key)->error("an empty list narrows nothing",
                                       "take '" + std::string(key) + "' away, or name some");
      for (const auto& pattern : patterns)
        scope.append(scope.empty() ? "" : " ").append(name).append("=").append(pattern);
    }
    auto parsed = parse_scope(scope);
    if (!parsed) return value.error(parsed.error().text, parsed.error().remedy);
    grant.scope = std::move(*parsed);
    return grant;
  }

  Result<void> read_policies(const YamlFields& fields) {
    PRATIQUE_DO(fields.need("policies"));
    PRATIQUE_TRY(config_.policies, paths(fields, "policies"));
    if (config_.policies.empty())
      return fields.find("policies")->error("without a policy everything would be admitted", "name a file or a folder");
    return {};
  }

  Result<std::vector<std::string>> paths(const YamlFields& fields, std::string_view key) const {
    PRATIQUE_TRY(auto paths, fields.texts(key));
    for (auto& path : paths) path = resolved(path);
    return paths;
  }

  Result<void> read_limits(const Yaml& value) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(value, "limits",
                                                   {"body", "bodies", "cache", "connections", "threads", "workers",
                                                    "lookups", "ingests", "rate", "requestTimeout", "idleTimeout"}));
    auto& http = config_.http;
    PRATIQUE_TRY(http.body_limit, bytes_or(fields, "body", http.body_limit));
    PRATIQUE_TRY(http.memory_limit, bytes_or(fields, "bodies", http.memory_limit));
    PRATIQUE_TRY(config_.cache_bytes, bytes_or(fields, "cache", config_.cache_bytes));
    PRATIQUE_TRY(http.connection_limit, fields.number_or("connections", http.connection_limit, 1, 1'000'000));
    PRATIQUE_TRY(http.threads, fields.number_or("threads", http.threads, 1, 1024));
    PRATIQUE_TRY(http.workers, fields.number_or("workers", http.workers, 1, 1024));
    PRATIQUE_TRY(config_.lookups, fields.number_or("lookups", config_.lookups, 1, 1024));
    PRATIQUE_TRY(config_.ingests, fields.number_or("ingests", config_.ingests, 1, 1024));
    PRATIQUE_TRY(config_.rate, fields.number_or("rate", config_.rate, 0, 1'000'000));
    PRATIQUE_TRY(http.request_timeout, time_or(fields, "requestTimeout", http.request_timeout));
    PRATIQUE_TRY(http.idle_timeout, time_or(fields, "idleTimeout", http.idle_timeout));
    return {};
  }

  Result<void> read_shutdown(const Yaml& value) {
    PRATIQUE_TRY(const auto fields, YamlFields::of(value, "shutdown", {"delay", "grace"}));
    PRATIQUE_TRY(config_.shutdown_delay, time_or(fields, "delay", config_.shutdown_delay));
    PRATIQUE_TRY(config_.shutdown_grace, time_or(fields, "grace", config_.shutdown_grace));
    return {};
  }

  std::filesystem::path folder_;
  ServerConfig config_;
};

Result<ServerConfig> read_config(std::string_view yaml, const std::string& file_name, ServerConfig defaults) {
  PRATIQUE_TRY(const auto documents, parse_yaml(yaml));
  if (documents.size() != 1)
    return Error{
        Fault::usage, "holds " + std::to_string(documents.size()) + " documents", {}, "write one; docs/server.md"};
  return ConfigReader(file_name, std::move(defaults)).read(documents.front());
}

}  // namespace

Result<ServerConfig> parse_server_config(std::string_view yaml, const std::string& file_name, ServerConfig defaults) {
  auto config = read_config(yaml, file_name, std::move(defaults));
  if (config) return config;
  auto error = in_yaml_file(file_name, std::move(config).error());
  error.fault = Fault::usage;
  return error;
}

}  // namespace pratique
