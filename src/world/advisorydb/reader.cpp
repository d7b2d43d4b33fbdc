#include <zstd.h>

#include <algorithm>
#include <tuple>

#include "base/digest.h"
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
  for (std::uint64_t* const number : {&status.advisories, &status.withdrawn, &status.packages, &status.vulnerabilities})
    *number = header.number();
  for (std::size_t left = header.count(); left > 0 && header.ok(); --left) {
    const std::string_view name = header.text();
    status.ecosystems.emplace(name, header.number());
  }
  for (std::size_t left = header.count(); left > 0 && header.ok(); --left) {
    SourceStatus& source = status.sources[std::string(header.text())];
    source.revision = header.text();
    source.newest = unpack_time(header);
    source.advisories = header.number();
    source.notes = header.number();
    if (source.revision.empty() && source.newest) source.revision = render_time(*source.newest);
  }
  if (!header.ok() || !header.done()) return nonsense(path);
  return status;
}

// Texts that lie sixteen to a compressed block. Keeps the block that was unpacked last: neighbours are asked for
// together.
class BlockReader {
 public:
  explicit BlockReader(char key) : key_(key) {}

  // Empty when there is no such text, or the block makes no sense.
  std::optional<std::string_view> find(const Snapshot& snapshot, std::uint32_t number) {
    if (!unpack(snapshot, number / block_size)) return std::nullopt;
    Unpacker texts(block_);
    for (std::uint32_t i = 0; i < number % block_size; ++i) texts.text();
    const std::string_view found = texts.text();
    if (!texts.ok()) return std::nullopt;
    return found;
  }

 private:
  bool unpack(const Snapshot& snapshot, std::uint64_t number) {
    if (number == number_) return true;
    number_ = ~std::uint64_t{0};
    const std::string_view packed = snapshot.find(numbered_key(key_, number));
    const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    constexpr std::uint64_t largest = std::uint64_t{1} << 32;  // the codes of failure are the largest numbers
    if (packed.empty() || size > largest) return false;
    block_.resize(size);
    if (ZSTD_decompress(block_.data(), block_.size(), packed.data(), packed.size()) != size) return false;
    number_ = number;
    return true;
  }

  char key_;
  std::uint64_t number_ = ~std::uint64_t{0};
  std::string block_;
};

}  // namespace

struct AdvisoryDb::State {
  AdvisoryDbStatus status;
  Environment environment;
  Snapshot snapshot;  // keeps what the views below point into
  Filter filter{{}};
  NameTable names{{}}, note_names{{}};
};

struct AdvisoryDb::Reader::State {
  const AdvisoryDb::State* db;
  Snapshot snapshot;
  EntryScratch scratch;
  BlockReader advisories{key_of_block}, notes{key_of_notes};
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
    status.number = seal->number;
    status.generation = seal->generation;
    status.built = file.modified();
    status.bytes = file.bytes().size();
    const Filter filter(snapshot.find(one_key(key_of_filter)));
    const NameTable names(snapshot.find(one_key(key_of_names)));
    const NameTable note_names(snapshot.find(one_key(key_of_note_names)));
    return AdvisoryDb(std::unique_ptr<State>(
        new State{std::move(status), std::move(environment), std::move(snapshot), filter, names, note_names}));
  }
  return Error{Fault::unavailable, "is replaced over and over", {path}, "try again"};
}

Result<AdvisoryDb> AdvisoryDb::verify(const std::string& path) {
  PRATIQUE_TRY(AdvisoryDb db, open(path));
  PRATIQUE_TRY(const Mapping file, Mapping::open(path));
  PRATIQUE_TRY(const Seal seal, check_seal(file.bytes()));
  if (sha256_of(file.bytes().substr(0, seal.content)).hex() != seal.generation)
    return Error{Fault::malformed, "is not what its digest says", {path}, "run 'pratique db build --from PATH'"};
  PRATIQUE_TRY(const Reader reader, db.reader());
  for (std::uint32_t number = 0; number < db.status().advisories; ++number) PRATIQUE_DO(reader.advisory(number));
  PRATIQUE_TRY(const auto packages, reader.packages());
  for (const auto& [package, stream] : packages) PRATIQUE_DO(reader.each(package, stream, [](const AffectedView&) {}));
  for (std::uint32_t number = 0; number < db.status().vulnerabilities; ++number) {
    const auto packed = reader.state_->notes.find(reader.state_->snapshot, number);
    if (!packed || !unpack_vulnerability(*packed)) return nonsense(path);
  }
  return db;
}

Result<AdvisoryDbStatus> install_database(const std::string& file, const std::string& path, Older older) {
  PRATIQUE_TRY(const AdvisoryDb fresh, AdvisoryDb::verify(file));
  if (const auto old = AdvisoryDb::open(path);
      old && older == Older::refuse && fresh.status().newest < old->status().newest)
    return Error{Fault::refused, "is older than what is in place", {file}, "take it all the same with --force"};
  PRATIQUE_TRY(NewFile target, NewFile::beside(path));
  {
    PRATIQUE_TRY(const Mapping whole, Mapping::open(file));
    auto seal = check_seal(whole.bytes());
    if (!seal) return std::move(seal).error().in(file);
    PRATIQUE_DO(target.fill(whole.bytes().substr(0, seal->content)));
  }
  PRATIQUE_DO(target.seal(fresh.status().built));
  PRATIQUE_DO(target.take_place());
  PRATIQUE_TRY(const AdvisoryDb written, AdvisoryDb::open(path));
  return written.status();
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

Result<Advisory> AdvisoryDb::Reader::advisory(std::uint32_t number) const {
  const auto packed = state_->advisories.find(state_->snapshot, number);
  if (!packed) return nonsense(state_->db->status.path);
  auto advisory = unpack_advisory(*packed);
  if (!advisory) return nonsense(state_->db->status.path);
  return std::move(*advisory);
}

Result<std::optional<Vulnerability>> AdvisoryDb::Reader::vulnerability(std::string_view id) const {
  for (const std::uint32_t number : state_->db->note_names.find(hash_of_name(id))) {
    const auto packed = state_->notes.find(state_->snapshot, number);
    if (!packed) return nonsense(state_->db->status.path);
    if (Unpacker(*packed).text() != id) continue;
    auto found = unpack_vulnerability(*packed);
    if (!found) return nonsense(state_->db->status.path);
    return found;
  }
  return std::optional<Vulnerability>();
}

Result<std::vector<std::string>> AdvisoryDb::Reader::cpes(std::string_view package) const {
  std::vector<std::string> found;
  Unpacker value(state_->snapshot.find(numbered_key(key_of_cpes, hash_of_package(package, {}))));
  while (value.ok() && !value.done()) {
    const bool same = value.text() == package;
    for (std::size_t left = value.count(); left > 0 && value.ok(); --left)
      if (const auto cpe = value.text(); same) found.emplace_back(cpe);
  }
  if (!value.ok()) return nonsense(state_->db->status.path);
  return found;
}

Result<std::vector<AdvisoryDb::Reader::PackageInStream>> AdvisoryDb::Reader::packages() const {
  std::vector<PackageInStream> all;
  PRATIQUE_DO(state_->snapshot.each(key_of_package, [&](std::string_view bytes) -> Result<void> {
    Unpacker value(bytes);
    while (value.ok() && !value.done()) {
      std::string stream(value.text());
      std::string package(value.text());
      value.text();
      all.push_back({std::move(package), std::move(stream)});
    }
    return value.ok() ? Result<void>() : nonsense(state_->db->status.path);
  }));
  std::sort(all.begin(), all.end());
  return all;
}

Result<std::vector<Advisory>> AdvisoryDb::Reader::find(std::string_view name) const {
  std::vector<Advisory> found;
  for (const std::uint32_t number : state_->db->names.find(hash_of_name(name))) {
    PRATIQUE_TRY(Advisory one, advisory(number));
    const auto is_it = [&](const std::string& alias) { return alias == name; };
    if (one.id == name || std::any_of(one.aliases.begin(), one.aliases.end(), is_it) ||
        std::any_of(one.upstream.begin(), one.upstream.end(), is_it))
      found.push_back(std::move(one));
  }
  std::sort(found.begin(), found.end(),
            [](const Advisory& a, const Advisory& b) { return std::tie(a.id, a.source) < std::tie(b.id, b.source); });
  return found;
}

}  // namespace pratique
