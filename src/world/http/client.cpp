#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/library.h"
#include "base/text.h"
#include "world/http/coding.h"
#include "world/http/http.h"

namespace pratique {
namespace {

constexpr std::size_t worth_packing = 1024;

struct Api {
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_easy_init) easy_init = nullptr;
  decltype(&curl_easy_reset) easy_reset = nullptr;
  decltype(&curl_easy_setopt) easy_setopt = nullptr;
  decltype(&curl_easy_perform) easy_perform = nullptr;
  decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&curl_easy_strerror) easy_strerror = nullptr;
  decltype(&curl_slist_append) slist_append = nullptr;
  decltype(&curl_slist_free_all) slist_free_all = nullptr;
};

// The name carries the version of the interface, which has been 4 since 2006.
Result<Api> load() {
  const std::string remedy = "install libcurl4";
  PRATIQUE_TRY(const auto library, SharedLibrary::load("libcurl.so.4", remedy));
  Api api;
  const bool whole =
      library.find("curl_global_init", api.global_init) && library.find("curl_easy_init", api.easy_init) &&
      library.find("curl_easy_reset", api.easy_reset) && library.find("curl_easy_setopt", api.easy_setopt) &&
      library.find("curl_easy_perform", api.easy_perform) && library.find("curl_easy_cleanup", api.easy_cleanup) &&
      library.find("curl_easy_strerror", api.easy_strerror) && library.find("curl_slist_append", api.slist_append) &&
      library.find("curl_slist_free_all", api.slist_free_all);
  if (!whole || api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return Error{Fault::unavailable, "libcurl is not what it should be", {}, remedy};
  return api;
}

const Result<Api>& api() {
  static const Result<Api> loaded = load();  // once, by whichever thread comes first
  return loaded;
}

// One request under way: what libcurl's callbacks write to.
class Transfer {
 public:
  Transfer(const Api& curl, const HttpCall& request) : curl_(curl), request_(request), body_(request.body) {}

  HttpOutcome run() {
    std::shared_ptr<void> handle = request_.session != nullptr ? request_.session->handle : nullptr;
    if (handle != nullptr)
      curl_.easy_reset(handle.get());
    else
      handle = std::shared_ptr<void>(curl_.easy_init(), curl_.easy_cleanup);
    if (request_.session != nullptr) request_.session->handle = handle;
    if (handle == nullptr) return HttpFailure{{Fault::unavailable, "libcurl gives no handle", {}, {}}, false};
    curl_slist* list = nullptr;
    for (const auto& header : request_.headers) list = curl_.slist_append(list, header.c_str());
    if (request_.is_packed && body_.size() >= worth_packing) {
      packed_ = pack(Coding::gzip, body_);
      body_ = packed_;
      list = curl_.slist_append(list, "Content-Encoding: gzip");
    }
    const std::unique_ptr<curl_slist, decltype(curl_.slist_free_all)> headers(list, curl_.slist_free_all);
    if (!set_up(handle.get(), list))
      return HttpFailure{{Fault::unavailable, "libcurl cannot be kept to HTTP", {}, "install libcurl4 7.85 or newer"},
                         false};
    const CURLcode code = curl_.easy_perform(handle.get());
    if (error_) return HttpFailure{std::move(*error_), false};
    if (code != CURLE_OK) return failure_of(code);
    return std::move(reply_);
  }

 private:
  bool set_up(CURL* handle, curl_slist* headers) {
    const auto set = [&](CURLoption option, auto value) { return curl_.easy_setopt(handle, option, value); };
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_USERAGENT, request_.user_agent.c_str());
    if (!request_.proxy.empty()) set(CURLOPT_PROXY, request_.proxy.c_str());
    const bool is_secure = request_.url.starts_with("https:");
    const bool is_bounded = set(CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
                            set(CURLOPT_REDIR_PROTOCOLS_STR, is_secure ? "https" : "http,https") == CURLE_OK;
    if (!is_bounded) return false;  // older than 7.85
    if (!set_method(handle)) return false;
    if (!request_.ca_file.empty()) set(CURLOPT_CAINFO, request_.ca_file.c_str());
    if (!request_.certificate_file.empty()) set(CURLOPT_SSLCERT, request_.certificate_file.c_str());
    if (!request_.key_file.empty()) set(CURLOPT_SSLKEY, request_.key_file.c_str());
    set(CURLOPT_FOLLOWLOCATION, request_.redirects > 0 ? 1L : 0L);
    set(CURLOPT_MAXREDIRS, request_.redirects);
    set(CURLOPT_NOSIGNAL, 1L);
    const long seconds = std::max(1L, static_cast<long>(request_.silence.count() / 1000));
    set(CURLOPT_CONNECTTIMEOUT, seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, seconds);
    set(CURLOPT_HEADERFUNCTION, on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, on_progress);
    set(CURLOPT_XFERINFODATA, this);
    return true;
  }

  bool set_method(CURL* handle) const {
    if (request_.method == "GET") return true;
    const auto set = [&](CURLoption option, auto value) { return curl_.easy_setopt(handle, option, value); };
    if (request_.method == "HEAD") return set(CURLOPT_NOBODY, 1L) == CURLE_OK;
    return set(CURLOPT_CUSTOMREQUEST, request_.method.c_str()) == CURLE_OK &&
           set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size())) == CURLE_OK &&
           set(CURLOPT_POSTFIELDS, body_.data()) == CURLE_OK;
  }

  HttpFailure failure_of(CURLcode code) const {
    Error error{Fault::unavailable, curl_.easy_strerror(code), {request_.url}, {}};
    switch (code) {
      case CURLE_OPERATION_TIMEDOUT: error.fault = Fault::timeout; return {std::move(error), true};
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_URL_MALFORMAT: error.fault = Fault::usage; return {std::move(error), false};
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE: error.fault = Fault::refused; return {std::move(error), false};
      case CURLE_TOO_MANY_REDIRECTS: return {std::move(error), false};
      default: return {std::move(error), true};
    }
  }

  static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    const std::string_view line = trim({text, size * count});
    constexpr std::size_t most_headers = 200;
    if (line.starts_with("HTTP/")) {
      transfer.reply_ = {};
      if (const auto blank = line.find(' '); blank != std::string_view::npos)
        transfer.reply_.status = static_cast<long>(parse_unsigned(line.substr(blank + 1, 3)).value_or(0));
    } else if (const auto colon = line.find(':');
               colon != std::string_view::npos && transfer.reply_.headers.size() < most_headers) {
      transfer.reply_.headers[lower(line.substr(0, colon))] = trim(line.substr(colon + 1));
    }
    return size * count;
  }

  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    auto taken = transfer.request_.receive(transfer.reply_, {bytes, size * count});
    if (taken) return size * count;
    transfer.error_ = std::move(taken).error();
    return 0;
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    if (!transfer.request_.interrupted || !transfer.request_.interrupted()) return 0;
    transfer.error_ = Error{Fault::interrupted, "interrupted", {transfer.request_.url}, {}};
    return 1;
  }

  const Api& curl_;
  const HttpCall& request_;
  std::string_view body_;  // as it goes out
  std::string packed_;
  HttpReply reply_;
  std::optional<Error> error_;
};

}  // namespace

HttpOutcome http_call(const HttpCall& request) {
  if (!api()) return HttpFailure{api().error(), false};
  return Transfer(*api(), request).run();
}

}  // namespace pratique
