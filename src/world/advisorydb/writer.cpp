#include <zstd.h>

#include <algorithm>
#include <tuple>

#include "model/purl.h"
#include "world/advisorydb/advisorydb.h"
#include "world/advisorydb/codec.h"
#include "world/advisorydb/file.h"
#include "world/advisorydb/layout.h"
#include "world/advisorydb/lmdb.h"

namespace pratique {
namespace {

constexpr int compression_level = 9;  // 19 saves one percent more and takes six times as long

struct Pending {
  std::optional<Time> modified;
  std::string bytes;    // the advisory, packed
  std::string package;  // its first: advisories about one package are kept together
};

// Everything that goes into the file, in the making.
class Content {
 public:
  explicit Content(const std::map<std::string, Pending>& pending) {
    for (const auto& [id, one] : pending) order_.push_back({one.package, id, one.bytes});
    std::sort(order_.begin(), order_.end());
    for (std::uint32_t number = 0; number < order_.size(); ++number) take(number);
    if (!block_.empty()) close_block();
    add_packages();
    add_names();
    add_header();
    std::sort(pairs_.begin(), pairs_.end());
  }

  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

 private:
  struct Ordered {
    std::string_view package, id, bytes;
    bool operator<(const Ordered& other) const { return std::tie(package, id) < std::tie(other.package, other.id); }
  };

  void take(std::uint32_t number) {
    const auto advisory = unpack_advisory(order_[number].bytes);
    check(advisory.has_value(), "what was packed can be unpacked");
    Packer packer;
    packer.text(order_[number].bytes);
    block_ += packer.take();
    if (number % block_size == block_size - 1) close_block();
    names_.emplace_back(hash_of_name(advisory->id), number);
    for (const auto& alias : advisory->aliases) names_.emplace_back(hash_of_name(alias), number);
    if (advisory->modified && (!newest_ || *newest_ < *advisory->modified)) newest_ = advisory->modified;
    if (advisory->withdrawn) {
      ++withdrawn_;
      return;
    }
    for (std::uint32_t i = 0; i < advisory->affected.size(); ++i) {
      const Affected& affected = advisory->affected[i];
      pack_entry(packages_[{affected.package, affected.stream}], number, i, affected);
      ++ecosystems_[affected.stream.empty() ? std::string(type_of(affected.package)) : affected.stream];
    }
  }

  void close_block() {
    std::string packed(ZSTD_compressBound(block_.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), block_.data(), block_.size(), compression_level);
    check(ZSTD_isError(size) == 0, "memory suffices to compress a block");
    packed.resize(size);
    pairs_.emplace_back(numbered_key(key_of_block, blocks_++), std::move(packed));
    block_.clear();
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

  void add_names() {
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    std::string value;
    for (const auto& [hash, number] : names_) Names::put(value, hash, number);
    if (!value.empty()) pairs_.emplace_back(std::string(1, key_of_names), std::move(value));
  }

  void add_header() {
    Packer header;
    pack_time(header, newest_);
    header.number(order_.size());
    header.number(withdrawn_);
    header.number(packages_.size());
    header.number(ecosystems_.size());
    for (const auto& [name, entries] : ecosystems_) {
      header.text(name);
      header.number(entries);
    }
    pairs_.emplace_back(std::string(1, key_of_header), header.take());
  }

  std::vector<Ordered> order_;
  std::vector<std::pair<std::string, std::string>> pairs_;
  std::string block_;
  std::uint64_t blocks_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> names_;
  std::map<std::pair<std::string, std::string>, Packer> packages_;
  std::map<std::string, std::uint64_t, std::less<>> ecosystems_;
  std::optional<Time> newest_;
  std::uint64_t withdrawn_ = 0;
};

}  // namespace

struct AdvisoryDbWriter::State {
  std::string path;
  std::map<std::string, Pending> pending;
};

AdvisoryDbWriter::AdvisoryDbWriter(std::string path) : state_(new State{std::move(path), {}}) {}
AdvisoryDbWriter::~AdvisoryDbWriter() = default;

void AdvisoryDbWriter::add(const Advisory& advisory) {
  Pending fresh{advisory.modified, pack_advisory(advisory), {}};
  if (!advisory.affected.empty()) fresh.package = advisory.affected.front().package;
  Pending& kept = state_->pending[advisory.id];
  // Equal times: the larger bytes, so that the order in which they came does not matter.
  if (std::tie(kept.modified, kept.bytes) < std::tie(fresh.modified, fresh.bytes)) kept = std::move(fresh);
}

Result<AdvisoryDbStatus> AdvisoryDbWriter::finish(Time now) {
  const Content content(state_->pending);
  PRATIQUE_TRY(NewFile file, NewFile::beside(state_->path));
  PRATIQUE_DO(write_environment(file.path(), content.pairs()));
  PRATIQUE_DO(file.seal(now));
  PRATIQUE_DO(file.take_place());
  PRATIQUE_TRY(const AdvisoryDb written, AdvisoryDb::open(state_->path));
  return written.status();
}

}  // namespace pratique
