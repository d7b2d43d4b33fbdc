#include "flow/registry.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "engine/index/index.h"
#include "flow/bind.h"
#include "flow/ingest.h"
#include "flow/registry_manifest.h"

namespace pratique {
namespace {

constexpr std::size_t most_answer = std::size_t{8} << 20;  // registries refuse manifests over 4 MiB
constexpr std::size_t most_pages = 100'000, most_names = 5'000'000;
constexpr const char* manifest_types =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

struct Target {
  std::string registry, repository;  // without the registry; empty for all
};

Result<Target> target_of(const std::string& text) {
  const auto none = [&] {
    return Error{Fault::usage, "'" + text + "' names no registry", {}, "HOST[:PORT], or HOST[:PORT]/REPOSITORY"};
  };
  const bool is_all = text.find('/') == std::string::npos;
  const auto image = parse_image(is_all ? text + "/any" : text);
  if (!image || !image->tag.empty() || image->digest || (is_all && image->repository != text + "/any")) return none();
  const auto slash = image->repository.find('/');
  return Target{image->repository.substr(0, slash), is_all ? "" : image->repository.substr(slash + 1)};
}

// "sha256-<hex>", with or without ".sig" and the like: what is attached to a digest, and no image (OCI distribution
// specification, "Referrers tag schema"; cosign).
bool is_attachment_tag(std::string_view tag) {
  constexpr std::string_view begin = "sha256-";
  constexpr std::size_t digits = 64;
  return tag.starts_with(begin) && tag.size() >= begin.size() + digits &&
         tag.find_first_not_of("0123456789abcdef", begin.size()) >= begin.size() + digits;
}

// Whether a document of this type may be a bill, or hold one.
bool may_be_bill(const ManifestLayer& layer) {
  const std::string type = lower(layer.media_type), predicate = lower(layer.predicate);
  const bool is_statement = type.find("in-toto") != std::string::npos || type.find("dsse") != std::string::npos ||
                            type.find("sigstore.bundle") != std::string::npos;
  const auto names_bill = [](const std::string& text) {
    return text.find("cyclonedx") != std::string::npos || text.find("spdx") != std::string::npos ||
           text.find("syft") != std::string::npos;
  };
  return names_bill(type) || (is_statement && (predicate.empty() || names_bill(predicate)));
}

constexpr unsigned most_in_a_row = 3;  // failures to answer: then nothing more is to be had from a registry

// One registry on its way into the store.
class Walk {
 public:
  Walk(Store& store, Target target, Time now, const RegistryIngestOptions& options)
      : store_(store),
        target_(std::move(target)),
        now_(now),
        options_(options),
        client_(target_.registry, options.client) {}

  Result<RegistryReport> run();

 private:
  struct Known {
    TaggedManifest manifest;
    bool is_attached = false;  // to another; no image
  };
  Result<std::vector<std::string>> names_in(const std::string& path, const std::string& scope, std::string_view member);
  Result<std::vector<std::string>> repositories();
  Result<void> list(const std::string& repository);
  Result<std::optional<Digest>> digest_of(const std::string& tag);
  Result<std::optional<RegistryManifest>> fetch_manifest(const std::string& reference, std::optional<Digest>& digest);
  Result<std::optional<Known>> look_at(const std::string& tag);
  Result<void> find_attached(const std::set<std::string>& attachment_tags, const std::map<Digest, Known>& known);
  Result<void> take_attached(const Digest& manifest, const Digest& subject);
  Result<void> take_layer(const ManifestLayer& layer, const Digest& subject);
  std::string scope() const { return "repository:" + repository_ + ":pull"; }
  std::string place(const std::string& tag = {}) const {
    return target_.registry + "/" + repository_ + (tag.empty() ? "" : ":" + tag);
  }
  bool is_away() const { return away_ >= most_in_a_row; }
  // One manifest that its registry cannot read is no reason to look at no other.
  void count_away(const Error* error) {
    const bool no_answer = error != nullptr && (error->fault == Fault::unavailable || error->fault == Fault::timeout);
    away_ = no_answer ? away_ + 1 : 0;
  }
  void fail(const Error& error, std::string where) {
    report_.failed.push_back({error.fault, std::move(where), error.text});
  }

  Store& store_;
  Target target_;
  Time now_;
  const RegistryIngestOptions& options_;
  RegistryClient client_;
  std::string repository_;                                               // that is being listed
  std::map<Digest, Known> known_;                                        // in it
  std::vector<std::pair<Digest, std::vector<AttachedManifest>>> built_;  // with the images of an index
  std::set<Digest> taken_;                                               // attached manifests that were looked at
  bool has_referrers_ = true;                                            // until it is known better
  unsigned away_ = 0;                                                    // failures to answer in a row
  std::vector<ListedRepository> listed_;
  RegistryReport report_;
};

// All pages of a list. Each leads to the next, within the same registry.
Result<std::vector<std::string>> Walk::names_in(const std::string& path, const std::string& scope,
                                                std::string_view member) {
  std::vector<std::string> names;
  std::string page = path;
  for (std::size_t pages = 0; !page.empty(); ++pages) {
    PRATIQUE_TRY(RegistryReply reply, client_.ask("GET", page, scope, "application/json", most_answer));
    if (reply.status == 404) return Error{Fault::not_found, "is not there", {client_.base() + page}, {}};
    auto more = read_registry_names(Bytes::copy_of(reply.body), member);
    if (!more) return std::move(more).error().in(client_.base() + page);
    names.insert(names.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    if (pages >= most_pages || names.size() > most_names)
      return Error{Fault::limit, "lists more than " + with_commas(most_names) + " names", {client_.base() + path}, {}};
    const auto link = reply.headers.find("link");
    const std::string next = link == reply.headers.end() ? std::string() : next_page(link->second);
    page.clear();
    if (next.starts_with(client_.base())) page = next.substr(client_.base().size());
    if (next.starts_with("/v2/")) page = next.substr(std::string_view("/v2/").size());
    if (!next.empty() && page.empty())
      return Error{Fault::malformed, "goes on at another address: " + next, {client_.base() + path}, {}};
  }
  return names;
}

Result<std::vector<std::string>> Walk::repositories() {
  if (!target_.repository.empty()) return std::vector{target_.repository};
  auto names = names_in("_catalog?n=1000", "registry:catalog:*", "repositories");
  if (names) return names;
  Error error = std::move(names).error();
  if (error.fault == Fault::not_found) error.fault = Fault::unsupported;
  if (error.fault == Fault::refused || error.fault == Fault::unsupported)
    return std::move(error).remedied("name each repository: 'pratique ingest --registry " + target_.registry +
                                     "/REPOSITORY', or log in with 'docker login " + target_.registry + "'");
  return error;
}

// What a tag names now; empty where it is gone, or where the registry does not say it without sending it.
Result<std::optional<Digest>> Walk::digest_of(const std::string& tag) {
  PRATIQUE_TRY(const RegistryReply reply,
               client_.ask("HEAD", repository_ + "/manifests/" + tag, scope(), manifest_types, most_answer));
  const auto header = reply.headers.find("docker-content-digest");
  if (reply.status == 404 || header == reply.headers.end()) return std::optional<Digest>();
  PRATIQUE_TRY(Digest digest, parse_digest(header->second));
  return std::optional(std::move(digest));
}

// Empty where there is none. The digest is filled in where it is not known; where it is, the bytes are held to it.
Result<std::optional<RegistryManifest>> Walk::fetch_manifest(const std::string& reference,
                                                             std::optional<Digest>& digest) {
  PRATIQUE_TRY(const RegistryReply reply,
               client_.ask("GET", repository_ + "/manifests/" + reference, scope(), manifest_types, most_answer));
  if (reply.status == 404) return std::optional<RegistryManifest>();
  const Digest its = sha256_of(reply.body);
  if (digest && digest->algorithm() == "sha256" && its != *digest)
    return Error{Fault::malformed, "is not what its digest names", {place(reference)}, {}};
  if (!digest) digest = its;
  PRATIQUE_TRY(auto manifest, read_registry_manifest(Bytes::copy_of(reply.body)));
  return std::optional(std::move(manifest));
}

// What a digest names never changes: the store is asked first, the registry for what is new.
Result<std::optional<Walk::Known>> Walk::look_at(const std::string& tag) {
  PRATIQUE_TRY(std::optional<Digest> digest, digest_of(tag));
  if (digest) {
    if (const auto known = known_.find(*digest); known != known_.end()) return std::optional(known->second);
    PRATIQUE_TRY(auto parts, store_.find_manifest(*digest));
    if (parts) return std::optional(Known{{std::move(*digest), {}, std::move(*parts)}, false});
  }
  PRATIQUE_TRY(auto manifest, fetch_manifest(digest ? digest->text() : tag, digest));
  if (!manifest) return std::optional<Known>();
  if (!manifest->attached.empty()) built_.emplace_back(*digest, std::move(manifest->attached));
  return std::optional(Known{{std::move(*digest), {}, std::move(manifest->parts)}, manifest->subject.has_value()});
}

Result<void> Walk::list(const std::string& repository) {
  repository_ = repository;
  known_.clear();
  built_.clear();
  ListedRepository listed{place(), Coverage::whole, {}};
  std::set<std::string> attachment_tags;
  auto tags = names_in(repository + "/tags/list?n=1000", scope(), "tags");
  if (!tags && tags.error().fault == Fault::not_found && target_.repository.empty()) tags = std::vector<std::string>();
  if (!tags) return std::move(tags).error();
  for (const std::string& tag : *tags) {
    if (is_attachment_tag(tag)) {
      attachment_tags.insert(tag);
      continue;
    }
    auto known = parse_image(place(tag)) ? look_at(tag) : Error{Fault::malformed, "is no tag", {}, {}};
    if (!known) {
      if (known.error().fault == Fault::interrupted) return std::move(known).error();
      fail(known.error(), place(tag));
      listed.coverage = Coverage::part;
      count_away(&known.error());
      if (is_away()) break;
      continue;
    }
    count_away(nullptr);
    if (!*known) continue;  // it went away in the meantime
    const Digest digest = (*known)->manifest.digest;
    known_.try_emplace(digest, std::move(**known)).first->second.manifest.tags.push_back(tag);
  }
  for (const auto& [digest, known] : known_)
    if (!known.is_attached) listed.manifests.push_back(known.manifest);
  listed_.push_back(std::move(listed));
  if (listed_.back().coverage == Coverage::whole) PRATIQUE_DO(find_attached(attachment_tags, known_));
  return {};
}

Result<void> Walk::find_attached(const std::set<std::string>& attachment_tags, const std::map<Digest, Known>& known) {
  std::set<Digest> images;
  for (const auto& [digest, one] : known) {
    if (one.is_attached) continue;
    images.insert(digest);
    for (const ManifestPart& part : one.manifest.parts) images.insert(part.digest);
  }
  const auto told = [&](Result<void> done, const Digest& subject) -> Result<void> {
    if (done) return {};
    if (done.error().fault == Fault::interrupted) return done;
    fail(done.error(), place() + "@" + subject.text());
    return {};
  };
  for (const auto& [index, attached] : built_)
    for (const AttachedManifest& one : attached)
      if (one.subject && images.contains(*one.subject))
        PRATIQUE_DO(told(take_attached(one.digest, *one.subject), *one.subject));
  for (const Digest& subject : images) {
    const std::string tag = std::string(subject.algorithm()) + "-" + std::string(subject.hex());
    std::optional<RegistryManifest> referrers;
    std::optional<Digest> any;
    const auto ask = [&]() -> Result<void> {
      if (has_referrers_) {
        PRATIQUE_TRY(const RegistryReply reply,
                     client_.ask("GET", repository_ + "/referrers/" + subject.text(), scope(),
                                 "application/vnd.oci.image.index.v1+json", most_answer));
        has_referrers_ = reply.status != 404;
        if (has_referrers_) {
          PRATIQUE_TRY(referrers, read_registry_manifest(Bytes::copy_of(reply.body)));
        }
      }
      if (!has_referrers_ && attachment_tags.contains(tag)) {
        PRATIQUE_TRY(referrers, fetch_manifest(tag, any));
      }
      if (referrers)
        for (const AttachedManifest& one : referrers->attached) PRATIQUE_DO(take_attached(one.digest, subject));
      if (referrers)
        for (const ManifestPart& one : referrers->parts) PRATIQUE_DO(take_attached(one.digest, subject));
      for (const char* suffix : {".att", ".sbom"}) {
        if (!attachment_tags.contains(tag + suffix)) continue;
        PRATIQUE_TRY(const auto digest, digest_of(tag + suffix));
        if (digest) PRATIQUE_DO(take_attached(*digest, subject));
      }
      return {};
    };
    PRATIQUE_DO(told(ask(), subject));
  }
  return {};
}

Result<void> Walk::take_attached(const Digest& manifest, const Digest& subject) {
  if (!taken_.insert(manifest).second) return {};
  std::optional<Digest> digest = manifest;
  PRATIQUE_TRY(const auto attached, fetch_manifest(manifest.text(), digest));
  if (!attached) return {};
  for (const ManifestLayer& layer : attached->layers)
    if (may_be_bill(layer)) PRATIQUE_DO(take_layer(layer, subject));
  return {};
}

Result<void> Walk::take_layer(const ManifestLayer& layer, const Digest& subject) {
  PRATIQUE_TRY(const bool is_there, store_.has_bill(layer.digest));
  if (is_there) {
    ++report_.attached;
    return {};
  }
  PRATIQUE_TRY(const RegistryReply reply, client_.ask("GET", repository_ + "/blobs/" + layer.digest.text(), scope(),
                                                      "application/octet-stream", options_.limits.bytes));
  if (reply.status == 404) return Error{Fault::not_found, "an attached document is not there", {}, {}};
  const Digest digest = sha256_of(reply.body);
  if (layer.digest.algorithm() == "sha256" && digest != layer.digest)
    return Error{Fault::malformed, "an attached document is not what its digest names", {}, {}};
  const std::string where = place() + "@" + subject.text();
  auto bill = receive_bill(Bytes::copy_of(reply.body), where, options_.limits);
  auto bound = bill ? bind_bill(*bill, subject) : Result<void>(bill.error());
  if (!bound) {
    const std::vector failures{FailedDocument{digest, subject, where, bound.error().text}};
    PRATIQUE_DO(store_.save_failures(failures, now_));
    fail(bound.error(), where);
    return {};
  }
  ++report_.attached;
  PRATIQUE_TRY(const auto is_new, store_.save_bills(std::span(&*bill, 1), merge_posting, now_));
  if (is_new.front()) ++report_.added;
  return {};
}

Result<RegistryReport> Walk::run() {
  PRATIQUE_TRY(const auto names, repositories());
  std::uint64_t done = 0;
  for (const std::string& name : names) {
    const auto image = parse_image(target_.registry + "/" + name);
    auto listed = image && image->tag.empty() && !image->digest
                      ? list(name)
                      : Result<void>(Error{Fault::malformed, "is no name of a repository", {}, {}});
    if (!listed) {
      const Fault fault = listed.error().fault;
      if (fault == Fault::interrupted || !target_.repository.empty()) return std::move(listed).error();
      fail(listed.error(), target_.registry + "/" + name);
      count_away(&listed.error());
      // It is there, and nobody knows what is in it: nothing of it is closed.
      listed_.push_back({target_.registry + "/" + name, Coverage::part, {}});
    }
    ++done;
    if (options_.progress) options_.progress(done, names.size());
    if (is_away()) break;
  }
  report_.repositories = listed_.size();
  const bool is_catalog = target_.repository.empty() && done == names.size();
  report_.is_whole = done == names.size() && std::all_of(listed_.begin(), listed_.end(), [](const auto& repository) {
                       return repository.coverage == Coverage::whole;
                     });
  PRATIQUE_TRY(report_.counts,
               store_.save_registry(target_.registry, listed_, is_catalog ? Coverage::whole : Coverage::part,
                                    merge_posting, now_));
  return std::move(report_);
}

}  // namespace

Result<RegistryReport> ingest_registry(Store& store, const std::string& target, Time now,
                                       const RegistryIngestOptions& options) {
  PRATIQUE_TRY(Target parsed, target_of(target));
  return Walk(store, std::move(parsed), now, options).run();
}

}  // namespace pratique
