#include "world/advisorydb/advisorydb.h"
#include "world/advisorydb/content.h"
#include "world/advisorydb/file.h"
#include "world/advisorydb/lmdb.h"

namespace pratique {

struct AdvisoryDbWriter::State {
  std::string path;
  Collection collection;
};

AdvisoryDbWriter::AdvisoryDbWriter(std::string path) : state_(new State{std::move(path), {}}) {}
AdvisoryDbWriter::~AdvisoryDbWriter() = default;

void AdvisoryDbWriter::add(const Advisory& advisory) { state_->collection.add(advisory); }
void AdvisoryDbWriter::add_part(const Advisory& advisory) { state_->collection.add_part(advisory); }
void AdvisoryDbWriter::add(const Vulnerability& vulnerability, std::string_view source) {
  state_->collection.add(vulnerability, source);
}
void AdvisoryDbWriter::add_cpe(std::string_view package, std::string_view cpe) {
  state_->collection.add_cpe(package, cpe);
}
void AdvisoryDbWriter::add_revision(std::string_view source, std::string_view revision) {
  state_->collection.add_revision(source, revision);
}

Result<AdvisoryDbStatus> AdvisoryDbWriter::finish(Time now) {
  state_->collection.settle();
  PRATIQUE_TRY(NewFile file, NewFile::beside(state_->path));
  PRATIQUE_DO(write_environment(file.path(), content_of(state_->collection)));
  PRATIQUE_DO(file.seal(now));
  PRATIQUE_DO(file.take_place());
  PRATIQUE_TRY(const AdvisoryDb written, AdvisoryDb::open(state_->path));
  return written.status();
}

}  // namespace pratique
