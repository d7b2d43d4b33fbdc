#include "flow/yanked.h"

#include "base/yaml.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr Limits limits{.bytes = std::size_t{16} << 20, .depth = 16, .entries = 1'000'000};

struct Yank {
  std::string digest, repository;
  Standing standing;
};

Error about(const Yaml& value, const Error& error) {
  Error out = value.error(error.text, error.remedy);
  out.fault = error.fault;
  return out;
}

Result<Yank> read_yank(const Yaml& item) {
  PRATIQUE_TRY(const auto fields,
               YamlFields::of(item, "a yanked image", {"digest", "repository", "reason", "author", "time"}));
  Yank yank;
  PRATIQUE_TRY(const auto digest_text, fields.text("digest"));
  const auto digest = parse_digest(digest_text);
  if (!digest) return about(*fields.find("digest"), digest.error());
  yank.digest = digest->text();
  PRATIQUE_TRY(const auto repository, fields.text_or("repository", ""));
  if (!repository.empty()) {
    const auto image = parse_image(repository);
    if (!image) return about(*fields.find("repository"), image.error());
    if (image->digest || !image->tag.empty())
      return fields.find("repository")->error("a repository has no tag and no digest", "write the digest as 'digest'");
    yank.repository = image->repository;
  }
  yank.standing.yanked = true;
  PRATIQUE_TRY(yank.standing.reason, fields.text("reason"));
  PRATIQUE_TRY(yank.standing.author, fields.text("author"));
  if (fields.find("time") != nullptr) {
    PRATIQUE_TRY(const auto time_text, fields.text("time"));
    const auto time = parse_time(time_text);
    if (!time) return about(*fields.find("time"), time.error());
    yank.standing.since = *time;
  }
  return yank;
}

Result<std::vector<Yank>> read_document(const Yaml& document) {
  PRATIQUE_TRY(const auto head, YamlFields::of(document, "a yank list", {"apiVersion", "kind", "metadata", "spec"}));
  for (const auto* key : {"apiVersion", "kind", "spec"}) PRATIQUE_DO(head.need(key));
  PRATIQUE_DO(head.choice_or("apiVersion", 0, {"pratique.dev/v1alpha1"}));
  PRATIQUE_DO(head.choice_or("kind", 0, {"YankList"}));
  if (const Yaml* metadata = head.find("metadata"))
    PRATIQUE_DO(YamlFields::of(*metadata, "metadata", {"name", "labels", "annotations"}));
  PRATIQUE_TRY(const auto spec, YamlFields::of(*head.find("spec"), "spec", {"yanked"}));
  PRATIQUE_TRY(const Yaml* list, spec.need("yanked"));
  if (list->kind != Yaml::Kind::list) return list->error("'yanked' is a list of images", "write [] where nothing is");
  std::vector<Yank> yanks;
  for (const auto& item : list->items) {
    PRATIQUE_TRY(yanks.emplace_back(), read_yank(item));
  }
  return yanks;
}

}  // namespace

Standing YankList::find(const Image& image) const {
  const auto found = image.digest ? by_digest_.find(image.digest->text()) : by_digest_.end();
  if (found == by_digest_.end()) return {};
  for (const auto& entry : found->second)
    if (entry.repository.empty() || entry.repository == image.repository) return entry.standing;
  return {};
}

Result<YankList> load_yanked(const std::vector<std::string>& paths) {
  YankList list;
  PRATIQUE_TRY(const auto files, list_files(paths));
  for (const auto& file : files) {
    PRATIQUE_TRY(const auto text, read_file(file, limits.bytes));
    const auto documents = parse_yaml(text.view(), limits);
    if (!documents) return in_yaml_file(file, documents.error());
    if (documents->empty())
      return Error{Fault::malformed, "holds no yank list", {file}, "see 'Yanked images' in docs/policy.md"};
    for (const auto& document : *documents) {
      auto yanks = read_document(document);
      if (!yanks) return in_yaml_file(file, std::move(yanks).error());
      list.size_ += yanks->size();
      for (auto& yank : *yanks)
        list.by_digest_[yank.digest].push_back({std::move(yank.repository), std::move(yank.standing)});
    }
  }
  return list;
}

}  // namespace pratique
