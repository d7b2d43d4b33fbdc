#include "flow/registry_client.h"

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t most_answer = std::size_t{4} << 20;  // of a configuration and of a token's answer

bool is_loopback(std::string_view registry) {
  const std::string_view host = registry.substr(0, registry.find(':'));
  return host == "localhost" || host.starts_with("127.");
}

std::string_view text_of(const JsonTree& tree, std::uint32_t map, std::string_view key) {
  const std::uint32_t node = tree.find(map, key);
  return node == 0 ? std::string_view() : tree.nodes[node].text;
}

// What `docker login` left for a registry: base64 of "user:password"; empty when there is none.
Result<std::string> credentials_for(const std::string& registry) {
  const char* folder = std::getenv("DOCKER_CONFIG");
  const char* home = std::getenv("HOME");
  if (folder == nullptr && home == nullptr) return std::string();
  const std::string path = (folder != nullptr ? std::string(folder) : std::string(home) + "/.docker") + "/config.json";
  auto bytes = read_file(path, most_answer);
  if (!bytes && bytes.error().fault == Fault::not_found) return std::string();
  if (!bytes) return std::move(bytes).error();
  auto tree = read_json_tree(std::move(*bytes));
  if (!tree) return std::move(tree).error().in(path);
  const std::uint32_t registries = tree->find(0, "auths");
  if (registries == 0) return std::string();
  const bool is_docker = registry == "docker.io";
  const std::uint32_t entry = tree->find(registries, is_docker ? "https://index.docker.io/v1/" : registry);
  return entry == 0 ? std::string() : std::string(text_of(*tree, entry, "auth"));
}

// One value of `Bearer realm="https://...",service="x"` (RFC 9110, 11.6.1).
std::string challenge_value(std::string_view challenge, std::string_view name) {
  const std::string sought = std::string(name) + "=\"";
  for (auto at = challenge.find(sought); at != std::string_view::npos; at = challenge.find(sought, at + 1)) {
    if (at > 0 && challenge[at - 1] != ' ' && challenge[at - 1] != ',') continue;
    const auto start = at + sought.size();
    return std::string(challenge.substr(start, challenge.find('"', start) - start));
  }
  return {};
}

Error refused(const std::string& registry, std::string text) {
  return {Fault::refused, std::move(text), {registry}, "log in with 'docker login " + registry + "' or the like"};
}

bool is_passing(long status) { return status == 429 || status == 408 || status >= 500; }

}  // namespace

RegistryClient::RegistryClient(std::string registry, RegistryOptions options)
    : registry_(std::move(registry)),
      base_((is_loopback(registry_) ? "http://" : "https://") +
            (registry_ == "docker.io" ? std::string("registry-1.docker.io") : registry_) + "/v2/"),
      options_(std::move(options)) {}

// Tries again where the registry is busy or does not answer; gives back whatever it says else.
Result<RegistryReply> RegistryClient::send(std::string_view method, const std::string& url,
                                           std::vector<std::string> headers, std::size_t most) {
  HttpCall call;
  call.method = method;
  call.url = url;
  call.headers = std::move(headers);
  call.proxy = options_.proxy;
  call.user_agent = options_.user_agent;
  call.silence = options_.silence;
  call.interrupted = options_.interrupted;
  call.session = &session_;
  std::chrono::milliseconds wait = options_.first_wait;
  for (unsigned attempt = 1;; ++attempt) {
    if (options_.interrupted && options_.interrupted()) return Error{Fault::interrupted, "interrupted", {url}, {}};
    std::string body;
    call.receive = [&](const HttpReply&, std::string_view piece) -> Result<void> {
      if (body.size() + piece.size() > most)
        return Error{Fault::limit, "answers more than " + human_bytes(most), {url}, {}};
      body.append(piece);
      return {};
    };
    HttpOutcome outcome = http_call(call);
    const bool is_last = attempt >= std::max(1u, options_.tries);
    std::chrono::milliseconds asked{0};
    if (auto* const reply = std::get_if<HttpReply>(&outcome)) {
      if (!is_passing(reply->status) || is_last)
        return RegistryReply{reply->status, std::move(reply->headers), std::move(body)};
      const auto after = reply->headers.find("retry-after");
      const auto seconds = after == reply->headers.end() ? std::nullopt : parse_unsigned(after->second);
      asked = std::chrono::seconds(std::min<std::uint64_t>(seconds.value_or(0), 60));
    } else {
      auto& failure = std::get<HttpFailure>(outcome);
      if (!failure.is_passing || is_last) return std::move(failure.error);
    }
    options_.wait(std::max(asked, wait));
    wait = std::min<std::chrono::milliseconds>(std::chrono::minutes(1), wait * 2);
  }
}

// A registry tells how it wants to be asked when it is asked for nothing.
Result<std::string> RegistryClient::make_authorisation(const std::string& scope) {
  PRATIQUE_TRY(const RegistryReply ping, send("GET", base_, {}, most_answer));
  if (ping.status != 401) return std::string();
  PRATIQUE_TRY(const std::string credentials, credentials_for(registry_));
  const std::string basic = credentials.empty() ? std::string() : "Authorization: Basic " + credentials;
  const auto header = ping.headers.find("www-authenticate");
  const std::string challenge = header == ping.headers.end() ? std::string() : header->second;
  if (!lower(challenge).starts_with("basic")) return fetch_token(challenge, scope, basic);
  if (basic.empty()) return refused(registry_, "wants a user and a password");
  return basic;
}

Result<std::string> RegistryClient::fetch_token(const std::string& challenge, const std::string& scope,
                                                const std::string& basic) {
  const std::string realm = challenge_value(challenge, "realm");
  if (realm.empty()) return refused(registry_, "does not say how it wants to be asked");
  if (!realm.starts_with("https://") && base_.starts_with("https://"))
    return refused(registry_, "gives tokens without TLS, at " + realm);
  const std::string url = realm + (realm.find('?') == std::string::npos ? "?" : "&") +
                          "service=" + percent_encoded(challenge_value(challenge, "service"), url_unreserved) +
                          "&scope=" + percent_encoded(scope, url_unreserved);
  std::vector<std::string> headers;
  if (!basic.empty()) headers.push_back(basic);
  PRATIQUE_TRY(const RegistryReply answer, send("GET", url, std::move(headers), most_answer));
  if (answer.status != 200) return refused(realm, "gives no token: answers " + std::to_string(answer.status));
  auto tree = read_json_tree(Bytes::copy_of(answer.body));
  if (!tree) return std::move(tree).error().in(realm);
  std::string_view token = text_of(*tree, 0, "token");
  if (token.empty()) token = text_of(*tree, 0, "access_token");
  if (token.empty() || token.find_first_of("\r\n") != std::string_view::npos) return refused(realm, "gives no token");
  return "Authorization: Bearer " + std::string(token);
}

Result<std::string> RegistryClient::authorisation(const std::string& scope, bool again) {
  if (const auto known = authorisations_.find(scope); known != authorisations_.end() && !again) return known->second;
  PRATIQUE_TRY(std::string made, make_authorisation(scope));
  constexpr std::size_t most_kept = 1000;
  if (authorisations_.size() >= most_kept) authorisations_.clear();
  return authorisations_[scope] = std::move(made);
}

Result<RegistryReply> RegistryClient::ask(std::string_view method, const std::string& path, const std::string& scope,
                                          const std::string& accept, std::size_t most) {
  const std::string url = base_ + path;
  for (const bool again : {false, true}) {  // tokens last for minutes
    PRATIQUE_TRY(const std::string header, authorisation(scope, again));
    std::vector<std::string> headers{"Accept: " + accept};
    if (!header.empty()) headers.push_back(header);
    PRATIQUE_TRY(RegistryReply reply, send(method, url, std::move(headers), most));
    if ((reply.status >= 200 && reply.status < 300) || reply.status == 404) return reply;
    const std::string answered = "answers " + std::to_string(reply.status);
    if (reply.status == 401 && !again && !header.empty()) continue;
    if (reply.status == 401 || reply.status == 403) return refused(registry_, answered).in(url);
    if (is_passing(reply.status)) return Error{Fault::unavailable, answered, {url}, "try again later"};
    return Error{Fault::unsupported, answered, {url}, {}};
  }
  return refused(registry_, "takes no token").in(url);
}

}  // namespace pratique
