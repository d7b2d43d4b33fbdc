#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "world/feed/feed.h"
#include "world/http/http.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds longest_wait{60'000};

Error file_error(const std::string& path, std::string_view doing) {
  const int code = errno;
  return Error{code == EACCES ? Fault::refused : Fault::unavailable,
               "cannot " + std::string(doing) + ": " + std::generic_category().message(code),
               {path},
               {}};
}

// What is known of a file: where it is from and how its server tells it from others.
struct Origin {
  std::string url, etag, modified;

  bool is_known() const { return !etag.empty() || !modified.empty(); }
  // A weak tag says "as good as", which is not enough to continue it.
  std::string continued_by() const { return !etag.empty() && !etag.starts_with("W/") ? etag : modified; }
};

Origin load_origin(const std::string& path) {
  Origin origin;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    for (auto& [name, value] : {std::pair<std::string_view, std::string&>{"url ", origin.url},
                                {"etag ", origin.etag},
                                {"modified ", origin.modified}})
      if (line.starts_with(name)) value = line.substr(name.size());
  return origin;
}

Result<void> save_origin(const Origin& origin, const std::string& path) {
  const std::string fresh = path + ".new";
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << "url " << origin.url << "\netag " << origin.etag << "\nmodified " << origin.modified << "\n";
    if (!out.flush()) return file_error(fresh, "write");
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return file_error(path, "replace");
  return {};
}

std::string header_of(const HttpReply& reply, std::string_view name) {
  const auto header = reply.headers.find(name);
  return header == reply.headers.end() ? std::string() : header->second;
}

// "Tue, 12 Aug 2025 12:55:00 GMT" (RFC 9110, 5.6.7).
std::optional<Time> http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  const auto parts = split(text.substr(comma + 2), ' ');
  if (parts.size() != 5 || parts[1].size() != 3) return std::nullopt;
  const auto month = months.find(parts[1]);
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const std::string number = std::to_string(month / 3 + 1);
  const auto time = parse_time(std::string(parts[2]) + "-" + (number.size() < 2 ? "0" : "") + number + "-" +
                               std::string(parts[0]) + "T" + std::string(parts[3]) + "Z");
  return time ? std::optional<Time>(*time) : std::nullopt;
}

// Of a "bytes 100-199/200".
std::optional<std::uint64_t> start_of_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  return parse_unsigned(text.substr(0, text.find('-')));
}

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class Fetch {
 public:
  Fetch(const std::string& url, const std::string& name, const FetchOptions& options)
      : options_(options), url_(url), path_(options.folder + "/" + name), part_(path_ + ".part") {}

  Result<Fetched> run() {
    milliseconds wait = options_.first_wait;
    for (unsigned attempt = 1;; ++attempt) {
      HttpOutcome answer = ask();
      milliseconds asked{0};
      if (auto* const reply = std::get_if<HttpReply>(&answer)) {
        if (reply->status == 200 || reply->status == 206) return take_place(*reply);
        if (reply->status == 304) return Fetched{path_, Fetched::State::unchanged};
        asked = asked_to_wait(*reply);
        answer = failure_of(*reply);
      }
      auto& failure = std::get<HttpFailure>(answer);
      if (!failure.is_passing || attempt >= options_.tries) return std::move(failure.error);
      if (options_.interrupted && options_.interrupted()) return Error{Fault::interrupted, "interrupted", {url_}, {}};
      options_.wait(std::min(longest_wait, std::max(asked, wait)));
      wait = std::min(longest_wait, wait * 2);
    }
  }

 private:
  HttpOutcome ask() {
    HttpCall request;
    request.url = url_;
    request.proxy = options_.proxy;
    request.user_agent = options_.user_agent;
    request.silence = options_.silence;
    request.interrupted = options_.interrupted;
    request.headers = options_.headers;
    set_conditions(request);
    std::unique_ptr<std::FILE, Closer> out;
    std::uint64_t written = 0;
    request.receive = [&](const HttpReply& reply, std::string_view piece) -> Result<void> {
      if (reply.status != 200 && reply.status != 206) return {};
      if (out == nullptr) {
        PRATIQUE_TRY(written, begin(reply));
        out.reset(std::fopen(part_.c_str(), written > 0 ? "ab" : "wb"));
        if (out == nullptr) return file_error(part_, "write");
      }
      written += piece.size();
      if (written > options_.most_bytes)
        return Error{Fault::limit, "larger than " + human_bytes(options_.most_bytes), {url_}, {}};
      if (std::fwrite(piece.data(), 1, piece.size(), out.get()) != piece.size()) return file_error(part_, "write");
      return {};
    };
    HttpOutcome answer = http_call(request);
    if (out != nullptr && (std::fflush(out.get()) != 0 || ::fsync(::fileno(out.get())) != 0))
      return HttpFailure{file_error(part_, "write"), false};
    if (const auto* reply = std::get_if<HttpReply>(&answer); reply != nullptr && out == nullptr && reply->status == 200)
      out.reset(std::fopen(part_.c_str(), "wb"));  // an empty body
    return answer;
  }

  // To continue what a try before got, or else to get the whole only if it is another.
  void set_conditions(HttpCall& request) const {
    std::error_code code;
    const auto size = fs::file_size(part_, code);
    const Origin begun = load_origin(part_ + ".state");
    if (!code && size > 0 && begun.url == url_ && !begun.continued_by().empty()) {
      request.headers.push_back("Range: bytes=" + std::to_string(size) + "-");
      request.headers.push_back("If-Range: " + begun.continued_by());
      return;
    }
    const Origin known = load_origin(path_ + ".state");
    if (known.url != url_ || !fs::exists(path_, code)) return;
    if (!known.etag.empty()) request.headers.push_back("If-None-Match: " + known.etag);
    if (!known.modified.empty()) request.headers.push_back("If-Modified-Since: " + known.modified);
  }

  // How much of it is there already when the first byte comes.
  Result<std::uint64_t> begin(const HttpReply& reply) {
    std::error_code code;
    const auto size = fs::file_size(part_, code);
    if (reply.status == 206) {
      const auto start = start_of_range(header_of(reply, "content-range"));
      if (!code && start && *start == size) return size;
      fs::remove(part_, code);
      return Error{Fault::unavailable, "the server continues what was not asked for", {url_}, "try again"};
    }
    PRATIQUE_DO(refuse_older(reply));
    PRATIQUE_DO(save_origin(origin_of(reply), part_ + ".state"));
    return std::uint64_t{0};
  }

  Origin origin_of(const HttpReply& reply) const {
    return {url_, header_of(reply, "etag"), header_of(reply, "last-modified")};
  }

  Result<void> refuse_older(const HttpReply& reply) const {
    const Origin known = load_origin(path_ + ".state");
    std::error_code code;
    if (known.url != url_ || !fs::exists(path_, code)) return {};
    const auto had = http_date(known.modified), offered = http_date(header_of(reply, "last-modified"));
    if (had && offered && *offered < *had)
      return Error{Fault::refused,
                   "the server offers a file of " + render_time(*offered) + ", older than the one of " +
                       render_time(*had) + " that is here",
                   {url_},
                   "remove " + path_ + " to take it all the same"};
    return {};
  }

  Result<Fetched> take_place(const HttpReply& reply) {
    Origin origin = reply.status == 206 ? load_origin(part_ + ".state") : origin_of(reply);
    origin.url = url_;
    if (std::rename(part_.c_str(), path_.c_str()) != 0) return file_error(path_, "replace");
    std::error_code code;
    fs::remove(part_ + ".state", code);
    PRATIQUE_DO(save_origin(origin, path_ + ".state"));
    return Fetched{path_, Fetched::State::fresh};
  }

  milliseconds asked_to_wait(const HttpReply& reply) const {
    const auto seconds = parse_unsigned(header_of(reply, "retry-after"));
    return milliseconds(seconds ? std::min<std::uint64_t>(*seconds, 3600) * 1000 : 0);
  }

  HttpFailure failure_of(const HttpReply& reply) const {
    const std::string text = "the server answers " + std::to_string(reply.status);
    std::error_code code;
    switch (reply.status) {
      case 404:
      case 410: return {{Fault::not_found, text, {url_}, "check the URL"}, false};
      case 401:
      case 403:
      case 407: return {{Fault::refused, text, {url_}, {}}, false};
      case 416:  // what is there of it is not the beginning of what the server has
        fs::remove(part_, code);
        return {{Fault::unavailable, text, {url_}, {}}, true};
      case 408:
      case 425:
      case 429: return {{Fault::unavailable, text, {url_}, "try later"}, true};
      default: return {{Fault::unavailable, text, {url_}, {}}, reply.status >= 500};
    }
  }

  const FetchOptions& options_;
  const std::string url_, path_, part_;
};

// A file is taken when its time or size is another.
Result<Fetched> copy_file(const std::string& from, const std::string& name, const FetchOptions& options) {
  struct stat info {};
  if (::stat(from.c_str(), &info) != 0)
    return Error{Fault::not_found, "there is no such file", {from}, "check the path of the mirror"};
  if (static_cast<std::uint64_t>(info.st_size) > options.most_bytes)
    return Error{Fault::limit, "larger than " + human_bytes(options.most_bytes), {from}, {}};
  const std::string path = options.folder + "/" + name;
  std::error_code code;
  if (fs::equivalent(from, path, code)) return Fetched{path, Fetched::State::unchanged};
  const Origin origin{from,
                      std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
                          std::to_string(info.st_mtim.tv_nsec),
                      {}};
  const Origin known = load_origin(path + ".state");
  if (known.url == from && known.etag == origin.etag && fs::exists(path, code))
    return Fetched{path, Fetched::State::unchanged};
  fs::copy_file(from, path + ".part", fs::copy_options::overwrite_existing, code);
  if (code) return Error{Fault::unavailable, "cannot copy: " + code.message(), {from}, {}};
  fs::rename(path + ".part", path, code);
  if (code) return Error{Fault::unavailable, "cannot replace: " + code.message(), {path}, {}};
  PRATIQUE_DO(save_origin(origin, path + ".state"));
  return Fetched{path, Fetched::State::fresh};
}

bool is_hex_digest(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(),
                                          [](char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); });
}

// "sha256:HEX" among other lines, or a first word that is the digest.
std::string digest_in(std::string_view text) {
  for (const auto raw : split(text, '\n')) {
    std::string_view line = trim(raw);
    if (line.starts_with("sha256:")) line.remove_prefix(7);
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    if (is_hex_digest(word)) return lower(word);
  }
  return {};
}

}  // namespace

Result<Fetched> fetch_file(const std::string& url, const std::string& name, const FetchOptions& options) {
  check(options.wait != nullptr, "fetching knows how to wait");
  if (name.empty() || name.find('/') != std::string::npos || name.starts_with('.'))
    return Error{Fault::usage, "'" + name + "' is no name of a file", {url}, {}};
  constexpr std::string_view file = "file://";
  if (url.starts_with(file)) return copy_file(url.substr(file.size()), name, options);
  if (url.find("://") == std::string::npos) return copy_file(url, name, options);
  return Fetch(url, name, options).run();
}

Result<void> check_fetched(const Fetched& fetched, const std::string& check_url, const FetchOptions& options) {
  const std::string name = fs::path(fetched.path).filename().string() + ".check";
  PRATIQUE_TRY(const Fetched beside, fetch_file(check_url, name, options));
  std::string wanted, found;
  constexpr Limits small{.bytes = 65'536};
  PRATIQUE_DO(each_record(
      beside.path,
      [&](const std::string&, Result<Bytes> record) -> Result<void> {
        if (record) wanted = digest_in(record->view());
        return {};
      },
      small));
  if (wanted.empty()) return Error{Fault::malformed, "names no SHA-256 digest", {check_url}, {}};
  // Of what is unpacked; where nothing is packed, of the file itself.
  constexpr Limits large{.bytes = std::size_t{2} << 30};
  PRATIQUE_DO(each_record(
      fetched.path,
      [&](const std::string&, Result<Bytes> record) -> Result<void> {
        if (!record) return std::move(record).error();
        found = sha256_of(record->view()).hex();
        return {};
      },
      large));
  if (found == wanted) return {};
  std::error_code code;
  for (const std::string& path : {fetched.path, fetched.path + ".state"}) fs::remove(path, code);
  return Error{Fault::malformed,
               "is not what its source says: SHA-256 " + found + " and not " + wanted,
               {fetched.path},
               "fetch it again"};
}

}  // namespace pratique
