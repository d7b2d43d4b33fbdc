#include <zstd.h>

#include <algorithm>

#include "world/advisorydb/advisorydb.h"
#include "world/advisorydb/codec.h"
#include "world/advisorydb/file.h"
#include "world/advisorydb/layout.h"
#include "world/advisorydb/lmdb.h"

namespace pratique {
namespace {

// Behind a checksum that holds this is a fault of whoever wrote the file.
Error nonsense(const std::string& path) {
  return Error{Fault::malformed, "holds what makes no sense", {path}, "run 'pratique db build --from PATH'"};
}

std::string_view one_key(const char& kind) { return {&kind, 1}; }

Result<AdvisoryDbStatus> read_header(std::string_view bytes, const std::string& path) {
  Unpacker header(bytes);
  AdvisoryDbStatus status;
  status.path = path;
  status.schema = database_schema;
  status.newest = unpack_time(header);
  status.advisories = header.number();
  status.withdrawn = header.number();
  status.packages = header.number();
  for (std::size_t left = header.count(); left > 0 && header.ok(); --left) {
    const std::string_view name = header.text();
    status.ecosystems.emplace(name, header.number());
  }
  if (!header.ok() || !header.done()) return nonsense(path);
  return status;
}

}  // namespace

struct AdvisoryDb::State {
  AdvisoryDbStatus status;
  Environment environment;
  Snapshot snapshot;  // keeps what the views below point into
  Filter filter{{}};
  Names names{{}};
};

struct AdvisoryDb::Reader::State {
  const AdvisoryDb::State* db;
  Snapshot snapshot;
  EntryScratch scratch;
  // The block that was unpacked last: advisories about one package lie together.
  std::uint64_t block_number = ~std::uint64_t{0};
  std::string block;

  Result<std::string_view> packed_advisory(std::uint32_t number);
  Result<void> unpack_block(std::uint64_t number);
};

AdvisoryDb::AdvisoryDb(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdvisoryDb::AdvisoryDb(AdvisoryDb&&) noexcept = default;
AdvisoryDb& AdvisoryDb::operator=(AdvisoryDb&&) noexcept = default;
AdvisoryDb::~AdvisoryDb() = default;
const AdvisoryDbStatus& AdvisoryDb::status() const { return state_->status; }

Result<AdvisoryDb> AdvisoryDb::open(const std::string& path) {
  // What was checked and what LMDB opens must be one file: a swap in between is followed.
  for (int tries = 0; tries < 10; ++tries) {
    PRATIQUE_TRY(const Mapping file, Mapping::open(path));
    auto seal = check_seal(file.bytes());
    if (!seal) return std::move(seal).error().in(path);
    PRATIQUE_TRY(Environment environment, Environment::open(path));
    if (!file.is_file_of(environment.descriptor())) continue;
    PRATIQUE_TRY(Snapshot snapshot, environment.snapshot());
    PRATIQUE_TRY(AdvisoryDbStatus status, read_header(snapshot.find(one_key(key_of_header)), path));
    status.generation = seal->generation;
    status.built = file.modified();
    status.bytes = file.bytes().size();
    const Filter filter(snapshot.find(one_key(key_of_filter)));
    const Names names(snapshot.find(one_key(key_of_names)));
    return AdvisoryDb(std::unique_ptr<State>(
        new State{std::move(status), std::move(environment), std::move(snapshot), filter, names}));
  }
  return Error{Fault::unavailable, "is replaced over and over", {path}, "try again"};
}

bool AdvisoryDb::covers(std::string_view type, std::string_view stream) const {
  return state_->status.ecosystems.contains(stream.empty() ? type : stream);
}

Result<AdvisoryDb::Reader> AdvisoryDb::reader() const {
  PRATIQUE_TRY(Snapshot snapshot, state_->environment.snapshot());
  return Reader(std::unique_ptr<Reader::State>(new Reader::State{state_.get(), std::move(snapshot)}));
}

AdvisoryDb::Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdvisoryDb::Reader::Reader(Reader&&) noexcept = default;
AdvisoryDb::Reader::~Reader() = default;

Result<void> AdvisoryDb::Reader::each(std::string_view package, std::string_view stream,
                                      const std::function<void(const AffectedView&)>& visit) const {
  const std::uint64_t hash = hash_of_package(package, stream);
  if (!state_->db->filter.may_hold(hash)) return {};
  Unpacker value(state_->snapshot.find(numbered_key(key_of_package, hash)));
  while (value.ok() && !value.done()) {
    const bool wanted = value.text() == stream;
    const bool same = value.text() == package && wanted;
    Unpacker entries(value.text());
    while (same && entries.ok() && !entries.done()) {
      const AffectedView view = unpack_entry(entries, state_->scratch);
      if (entries.ok()) visit(view);
    }
    if (!entries.ok()) return nonsense(state_->db->status.path);
  }
  if (!value.ok()) return nonsense(state_->db->status.path);
  return {};
}

Result<void> AdvisoryDb::Reader::State::unpack_block(std::uint64_t number) {
  if (number == block_number) return {};
  block_number = ~std::uint64_t{0};
  const std::string_view packed = snapshot.find(numbered_key(key_of_block, number));
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  constexpr std::uint64_t largest = std::uint64_t{1} << 32;
  if (packed.empty() || size > largest)
    return nonsense(db->status.path);  // the codes of failure are the largest numbers
  block.resize(size);
  if (ZSTD_decompress(block.data(), block.size(), packed.data(), packed.size()) != size)
    return nonsense(db->status.path);
  block_number = number;
  return {};
}

Result<std::string_view> AdvisoryDb::Reader::State::packed_advisory(std::uint32_t number) {
  if (number >= db->status.advisories) return nonsense(db->status.path);
  PRATIQUE_DO(unpack_block(number / block_size));
  Unpacker texts(block);
  for (std::uint32_t i = 0; i < number % block_size; ++i) texts.text();
  const std::string_view packed = texts.text();
  if (!texts.ok()) return nonsense(db->status.path);
  return packed;
}

Result<Advisory> AdvisoryDb::Reader::advisory(std::uint32_t number) const {
  PRATIQUE_TRY(const std::string_view packed, state_->packed_advisory(number));
  auto advisory = unpack_advisory(packed);
  if (!advisory) return nonsense(state_->db->status.path);
  return std::move(*advisory);
}

Result<std::vector<Advisory>> AdvisoryDb::Reader::find(std::string_view name) const {
  std::vector<Advisory> found;
  for (const std::uint32_t number : state_->db->names.find(hash_of_name(name))) {
    PRATIQUE_TRY(Advisory one, advisory(number));
    const auto is_it = [&](const std::string& alias) { return alias == name; };
    if (one.id == name || std::any_of(one.aliases.begin(), one.aliases.end(), is_it)) found.push_back(std::move(one));
  }
  std::sort(found.begin(), found.end(), [](const Advisory& a, const Advisory& b) { return a.id < b.id; });
  return found;
}

}  // namespace pratique
