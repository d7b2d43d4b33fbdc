#include "world/advisorydb/content.h"

#include <zstd.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "model/purl.h"
#include "model/source.h"
#include "world/advisorydb/codec.h"
#include "world/advisorydb/layout.h"

namespace pratique {
namespace {

constexpr int compression_level = 9;  // 19 saves one percent more and takes six times as long

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Texts, sixteen to a compressed block.
class Blocks {
 public:
  Blocks(Pairs& pairs, char key) : pairs_(pairs), key_(key) {}
  void add(std::string_view text) {
    Packer packer;
    packer.text(text);
    block_ += packer.take();
    if (++texts_ % block_size == 0) close();
  }
  void close() {
    if (block_.empty()) return;
    std::string packed(ZSTD_compressBound(block_.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), block_.data(), block_.size(), compression_level);
    check(ZSTD_isError(size) == 0, "memory suffices to compress a block");
    packed.resize(size);
    pairs_.emplace_back(numbered_key(key_, blocks_++), std::move(packed));
    block_.clear();
  }

 private:
  Pairs& pairs_;
  char key_;
  std::string block_;
  std::uint64_t texts_ = 0, blocks_ = 0;
};

std::string names_of(std::vector<std::pair<std::uint32_t, std::uint32_t>> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string value;
  for (const auto& [hash, number] : names) NameTable::put(value, hash, number);
  return value;
}

// The one CVE that an advisory is about; empty where it is about none or several.
std::string_view own_cve(const Advisory& advisory) {
  if (advisory.id.starts_with("CVE-")) return advisory.id;
  std::string_view cve;
  for (const auto& alias : advisory.aliases) {
    if (!alias.starts_with("CVE-")) continue;
    if (!cve.empty() && cve != alias) return {};
    cve = alias;
  }
  return cve;
}

class Layout {
 public:
  explicit Layout(const Collection& collection) : collection_(collection), sources_(collection.sources()) {
    add_advisories();
    add_packages();
    add_notes();
    add_cpes();
    add_header();
    std::sort(pairs_.begin(), pairs_.end());
  }

  Pairs take() { return std::move(pairs_); }

 private:
  void add_advisories() {
    Blocks blocks(pairs_, key_of_block);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> names;
    for (const auto& packed : collection_.advisories()) {
      const auto advisory = unpack_advisory(packed.bytes);
      check(advisory.has_value(), "what was packed can be unpacked");
      blocks.add(packed.bytes);
      const auto number = static_cast<std::uint32_t>(count_);
      names.emplace_back(hash_of_name(advisory->id), number);
      for (const auto* const texts : {&advisory->aliases, &advisory->upstream})
        for (const auto& name : *texts) {
          names.emplace_back(hash_of_name(name), number);
          named_.insert(name);
        }
      named_.insert(advisory->id);
      take(*advisory);
      ++count_;
    }
    blocks.close();
    if (auto value = names_of(std::move(names)); !value.empty())
      pairs_.emplace_back(std::string(1, key_of_names), std::move(value));
  }

  void take(const Advisory& advisory) {
    SourceStatus& source = sources_[advisory.source];
    ++source.advisories;
    if (advisory.modified > source.newest) source.newest = advisory.modified;
    if (advisory.modified > newest_) newest_ = advisory.modified;
    if (advisory.withdrawn) {
      ++withdrawn_;
      return;
    }
    for (std::uint32_t i = 0; i < advisory.affected.size(); ++i) {
      const Affected& affected = advisory.affected[i];
      pack_entry(packages_[{affected.package, affected.stream}], static_cast<std::uint32_t>(count_), i, affected);
      const bool is_cpe = affected.package.starts_with("cpe:");
      ++ecosystems_[is_cpe                    ? std::string("cpe")
                    : affected.stream.empty() ? std::string(type_of(affected.package))
                                              : affected.stream];
    }
    take_names(advisory);
  }

  // Which record has the words for a vulnerability, and which vulnerabilities want words.
  void take_names(const Advisory& advisory) {
    const std::string id(own_cve(advisory).empty() ? std::string_view(advisory.id) : own_cve(advisory));
    if (!advisory.ratings.empty()) {
      auto& ratings = ratings_[id];
      ratings.insert(ratings.end(), advisory.ratings.begin(), advisory.ratings.end());
    }
    if (advisory.summary.empty()) {
      wordless_.insert(id);
      wordless_.insert(advisory.upstream.begin(), advisory.upstream.end());
      return;
    }
    const Words words{rank_of_source(advisory.source), static_cast<std::uint32_t>(count_)};
    Words& best = words_.try_emplace(id, words).first->second;
    best = std::min(best, words);
  }

  void add_packages() {
    std::string filter = Filter::sized_for(packages_.size());
    std::map<std::uint64_t, Packer> by_hash;
    for (auto& [name, entries] : packages_) {
      const auto& [package, stream] = name;
      const std::uint64_t hash = hash_of_package(package, stream);
      Filter::put(filter, hash);
      Packer& value = by_hash[hash];
      value.text(stream);
      value.text(package);
      value.text(entries.take());
    }
    for (auto& [hash, value] : by_hash) pairs_.emplace_back(numbered_key(key_of_package, hash), value.take());
    if (!filter.empty()) pairs_.emplace_back(std::string(1, key_of_filter), std::move(filter));
  }

  // What sources of notes say, what the advisories rate, and words for what has none of its own.
  void add_notes() {
    std::set<std::string_view> ids(wordless_.begin(), wordless_.end());
    for (const auto& [id, packed] : collection_.notes()) ids.insert(id);
    for (const auto& [id, ratings] : ratings_) ids.insert(id);
    const auto advisories = collection_.advisories();
    Blocks blocks(pairs_, key_of_notes);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> names;
    for (const auto id : ids) {
      const Vulnerability note = note_on(id, advisories);
      const bool says_nothing = note == Vulnerability{.id = note.id};
      if (says_nothing || (!note.kev && !named_.contains(note.id))) continue;
      names.emplace_back(hash_of_name(id), static_cast<std::uint32_t>(notes_++));
      blocks.add(pack_vulnerability(note));
    }
    blocks.close();
    if (auto value = names_of(std::move(names)); !value.empty())
      pairs_.emplace_back(std::string(1, key_of_note_names), std::move(value));
  }

  Vulnerability note_on(std::string_view id, const std::vector<PackedAdvisory>& advisories) const {
    Vulnerability note;
    if (const auto packed = collection_.notes().find(id); packed != collection_.notes().end())
      note = unpack_vulnerability(packed->second).value();
    note.id = id;
    if (const auto ratings = ratings_.find(id); ratings != ratings_.end())
      note.ratings.insert(note.ratings.end(), ratings->second.begin(), ratings->second.end());
    sort_ratings(note.ratings);
    const auto words = words_.find(id);
    if (words == words_.end() || !wordless_.contains(id)) return note;
    Advisory speaker = unpack_advisory(advisories[words->second.advisory].bytes).value();
    note.summary = std::move(speaker.summary);
    note.url = std::move(speaker.url);
    return note;
  }

  static void sort_ratings(std::vector<Rating>& ratings) {
    const auto key = [](const Rating& r) {
      return std::tuple(rank_of_source(r.source), std::tie(r.source, r.vector, r.severity));
    };
    std::sort(ratings.begin(), ratings.end(), [&](const Rating& a, const Rating& b) { return key(a) < key(b); });
    ratings.erase(std::unique(ratings.begin(), ratings.end()), ratings.end());
  }

  void add_cpes() {
    std::map<std::uint64_t, Packer> by_hash;
    for (const auto& [package, cpes] : collection_.cpes()) {
      Packer& value = by_hash[hash_of_package(package, {})];
      value.text(package);
      value.number(cpes.size());
      for (const auto& cpe : cpes) value.text(cpe);
    }
    for (auto& [hash, value] : by_hash) pairs_.emplace_back(numbered_key(key_of_cpes, hash), value.take());
  }

  void add_header() {
    Packer header;
    pack_time(header, newest_);
    for (const std::uint64_t number : {count_, withdrawn_, packages_.size(), notes_}) header.number(number);
    header.number(ecosystems_.size());
    for (const auto& [name, entries] : ecosystems_) {
      header.text(name);
      header.number(entries);
    }
    header.number(sources_.size());
    for (const auto& [name, source] : sources_) {
      header.text(name);
      header.text(source.revision);
      pack_time(header, source.newest);
      header.number(source.advisories);
      header.number(source.notes);
    }
    pairs_.emplace_back(std::string(1, key_of_header), header.take());
  }

  struct Words {
    std::size_t rank;
    std::uint32_t advisory;
    auto operator<=>(const Words&) const = default;
  };

  const Collection& collection_;
  Collection::Revisions sources_;
  Pairs pairs_;
  std::unordered_set<std::string> named_;
  std::set<std::string, std::less<>> wordless_;
  std::map<std::string, Words, std::less<>> words_;
  std::map<std::string, std::vector<Rating>, std::less<>> ratings_;
  std::uint64_t count_ = 0, withdrawn_ = 0, notes_ = 0;
  std::map<std::pair<std::string, std::string>, Packer> packages_;
  std::map<std::string, std::uint64_t, std::less<>> ecosystems_;
  std::optional<Time> newest_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> content_of(const Collection& collection) {
  return Layout(collection).take();
}

}  // namespace pratique
