// The store: bills, what is in them, and what runs. One schema in two engines: SQLite (WAL, one file), and PostgreSQL
// for stores that several servers share.
//
// Content-addressed: a bill is kept once by the SHA-256 of its bytes, its original bytes too (zstd). An artifact is
// what a bill is about or a container runs; it is known by its image digest, or by its bill's digest where the bill
// names none, and has any number of bills. The surprise: the store keeps postings (component -> artifacts) as blobs
// that it cannot read; who saves passes the function that merges them (engine/index), and it is called inside the
// transaction.
//
// Everything a save_ acknowledges survives kill -9; nothing is half visible. One Store is used by one thread; several
// processes and Stores may share one, one of them writing at a time. Ids are small, dense, and never used again.
//
// (Longer than a header should be: there is one store, and it has one front.)
//
// Faults of every function: unavailable (locked for longer than `patience`, disk full, I/O), refused (permissions),
// malformed (not ours, damaged), unsupported (a newer schema, another engine), limit. The place is the
// file, or the address of the database.
//
// Above 200 lines, as it is the one front of all that is kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/access.h"
#include "model/audit.h"
#include "model/bill.h"
#include "model/part_context.h"
#include "model/workload.h"
#include "world/store/findings.h"
#include "world/store/nodes.h"
#include "world/store/registries.h"

namespace pratique {

using ArtifactId = std::uint32_t;
using ComponentId = std::uint32_t;
constexpr ComponentId any_component = 0;           // its postings hold every artifact that has a bill
constexpr ComponentId any_package = no_component;  // and these every one with a component that is examined

// Original bytes as the store keeps them. Making one is most of what saving a bill costs, and needs no store.
struct PackedOriginal {
  std::string zstd;
  std::uint64_t size = 0;  // before compression
};
PackedOriginal pack_original(std::string_view original);  // thread safe

struct StoredBill {
  Digest digest;      // of the original bytes
  std::string place;  // the file it came from, for people
  Bill bill;
  std::optional<PackedOriginal> original;  // empty: only facts are kept
  std::vector<PartContext> contexts;       // of the components; empty: each stands for itself
};

// The posting of one shard (ids / 65,536) with artifacts added, sorted and unique; an empty one stands for none.
using MergePosting = std::function<Result<std::string>(std::uint32_t shard, std::string_view posting,
                                                       std::span<const ArtifactId> artifacts)>;
using VisitAudit = std::function<Result<void>(const AuditEntry& entry)>;
using VisitPosting = std::function<Result<void>(std::uint32_t shard, std::string_view posting)>;
using VisitHeld = std::function<Result<void>(bool is_index, std::uint32_t shard, std::string_view posting)>;

struct StoredComponent {
  ComponentId id = 0;
  std::string package;  // key; "pkg:generic/GROUP/NAME" for a component without purl
  std::string version;  // as written, else the purl's
  std::string name;
  std::string purl;    // canonical; empty where the bill gives none
  std::string source;  // "name version" of the source package, where known
  PartContext context;
  std::string label() const;  // "log4j-core 2.14.1"
};

// What bills say of components beside who they are, to look them up by.
enum class Trait : std::uint8_t { license, cpe, hash, supplier };

struct StoredArtifact {
  ArtifactId id = 0;
  std::string digest;
  std::string name;  // as its newest bill calls it, else as its pods do
  std::string purl;  // as its newest bill calls it; may be empty
};

// A bill as its row tells it.
struct StoredBillInfo {
  std::string digest, format, tool, place;  // "cyclonedx-json 1.6"
  std::optional<Time> created;              // as it says
  Time ingested_at;
  bool has_original = false;
};

struct FailedDocument {
  Digest digest;                  // of its bytes
  std::optional<Digest> subject;  // what it is about, where whoever brought it says so
  std::string place, reason;
};
struct StoredFailure {
  ArtifactId artifact = 0;  // what it is about, else the document itself
  std::string digest, place, reason;
  Time since;
};

struct OriginalBill {
  StoredArtifact of;
  Bytes bytes;
};

// What the store calls the artifact of a bill: the subject's name and version, else the file's name.
std::string display_name(const StoredBill& bill);

// What one bill says, as ids. `before[i]` is the position before i on its way from the subject, no_component for a
// direct part (model/bill.h, Paths).
struct BillFacts {
  ArtifactId artifact = 0;
  Time since;  // when the bill was saved
  std::vector<ComponentId> components;
  std::vector<std::uint32_t> before;
  std::vector<std::uint32_t> path(std::uint32_t position) const;  // positions, subject left out, this one included
};

// One workload that runs an artifact.
struct RunningIn {
  std::string cluster, name_space, kind, name;
  std::vector<std::string> containers;  // names, sorted
  std::uint64_t pods = 0;
  Time since;                 // the first of these pods
  std::optional<Time> until;  // the last of them was gone; nothing while one is there
  std::string service_account;
  std::vector<std::string> exposure, owner_labels;  // as Workload has them ("team=shop"), of one of these pods
};

// Where an artifact runs: all of it counted, some of it named.
struct Running {
  ArtifactId artifact = 0;
  std::uint64_t workloads = 0, pods = 0;
  std::vector<RunningIn> in;  // sorted by cluster, namespace, kind and name
};

// One container of an artifact, by the numbers of its workload and pod.
struct ContainerRow {
  ArtifactId artifact = 0;
  std::int64_t workload = 0, pod = 0;
};

struct StoreCounts {
  std::uint64_t bills = 0, artifacts = 0, components = 0, occurrences = 0, pods = 0;  // pods that run now
};

class Store {
 public:
  // A path, `sqlite:PATH`, or `postgresql://USER@HOST/DATABASE` without a password (PGPASSWORD, ~/.pgpass). `create`
  // makes the file with its folder, or migrates an older one; `read` changes nothing. Fault: also not_found.
  enum class Mode { read, create };
  static Result<Store> open(const std::string& url, Mode mode,
                            std::chrono::milliseconds patience = std::chrono::seconds(5));
  Result<Store> reader() const;  // the same store once more, to read it on another thread
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // All of the batch or nothing. Answers, in order, whether each was new. `acts` go to the audit log with it, here and
  // below: nothing is done that it does not say.
  Result<std::vector<bool>> save_bills(std::span<const StoredBill> batch, const MergePosting& merge, Time now,
                                       std::span<const AuditEntry> acts = {});

  // What runs in one cluster now. Pods that are not there any more are closed, not deleted: those that `workloads`
  // leaves out when it covers the whole cluster, and those whose namespace and name another state has now. A `now`
  // before the last look at the whole cluster counts as that one: history never runs backwards.
  Result<void> save_workloads(std::string_view cluster, std::span<const Workload> workloads, Coverage coverage,
                              const MergePosting& merge, Time now, std::span<const AuditEntry> acts = {});

  // What a registry holds now. What is not there any more is closed, not deleted: tags that a repository listed as a
  // whole does not name, and with Coverage::whole the repositories that are not named. A tag is in one place of a
  // repository: it is taken from where it was. The clock as in save_workloads.
  Result<ListingCounts> save_registry(std::string_view registry, std::span<const ListedRepository> repositories,
                                      Coverage coverage, const MergePosting& merge, Time now,
                                      std::span<const AuditEntry> acts = {});

  // Documents that came as bills and could not be read. All or nothing; what is there already is not written twice. A
  // bill of the same artifact, or from the same place, mends them.
  Result<void> save_failures(std::span<const FailedDocument> documents, Time now,
                             std::span<const AuditEntry> acts = {});
  // By artifact. One that has a bill is not failed, whatever else came of it.
  Result<std::vector<StoredFailure>> find_failures(const Period& when = {}) const;

  Result<void> save_audit(std::span<const AuditEntry> entries, Time now);
  Result<void> visit_audit(std::uint64_t first, std::uint64_t most, const VisitAudit& visit) const;
  Result<std::uint64_t> audit_entries() const;
  // The time of the act is that of the token.
  Result<void> save_token(const AccessToken& token, const AuditEntry& act);
  // False, and nothing said, where there is none that was still good.
  Result<bool> revoke_token(std::string_view id, const AuditEntry& act, Time now);
  Result<std::optional<AccessToken>> find_token(std::string_view id) const;
  Result<std::vector<AccessToken>> load_tokens() const;  // by age, revoked and expired ones too

  // What runs in a node's kernel, as `kernel list -o json` writes it. Whether it is another one than the last. The
  // newest thousand of a node are kept. Of one that is as it was nothing is said.
  Result<bool> save_snapshot(std::string_view node, std::string_view json, Time now,
                             std::span<const AuditEntry> acts = {});
  // Each a line of JSON. The newest hundred thousand of a node are kept.
  Result<void> save_kernel_events(std::string_view node, std::span<const std::string> events, Time now,
                                  std::span<const AuditEntry> acts = {});
  Result<std::vector<StoredNode>> load_nodes() const;  // by name
  // As it was at that time: the newest that began by then. Empty when none did.
  Result<std::optional<StoredSnapshot>> load_snapshot(std::string_view node, Time as_of) const;
  Result<std::vector<StoredKernelEvent>> load_kernel_events(std::string_view node, std::uint64_t after,
                                                            std::size_t most) const;
  // What the save_ functions did, by id; the newest ten thousand are kept.
  Result<std::vector<StoredChange>> load_changes(std::uint64_t after, std::size_t most) const;
  Result<std::uint64_t> last_change() const;

  // The artifact of a digest, as it is called now; empty when there is none.
  Result<std::optional<StoredArtifact>> find_artifact(const Digest& digest) const;
  // A bill by its own digest; empty when there is none, or its bytes were not kept.
  Result<std::optional<OriginalBill>> load_original(const Digest& bill) const;

  // Bills that come piece by piece. What was begun a day ago is dropped; nobody has more than eight. Fault: also limit.
  Result<void> begin_upload(const StoredUpload& upload, Time now, std::span<const AuditEntry> acts = {});
  Result<std::optional<StoredUpload>> find_upload(std::string_view id) const;
  // How much there is then. Fault: also usage, for another offset than that of the next byte or more than was told of.
  Result<std::uint64_t> append_upload(std::string_view id, std::uint64_t offset, std::string_view bytes);
  Result<Bytes> load_upload(std::string_view id) const;  // Fault: also not_found, while it is not whole
  Result<void> drop_upload(std::string_view id);

  // Artifacts that the scopes together let one see now: of these repositories, and running in these clusters and
  // namespaces where a scope names some. By id.
  Result<std::vector<ArtifactId>> find_visible(std::span<const AccessScope> scopes) const;
  // running_unpinned() as far as the scopes let one see it.
  Result<std::vector<std::string>> find_visible_unpinned(std::span<const AccessScope> scopes) const;

  // Until the Moment ends, everything this Store reads is of one committed state. At most one at a time; saves nothing.
  class Moment;
  Result<Moment> hold() const;

  // --- findings: components wait to be judged (the new ones, and those that a new generation touches), are judged
  // outside, and saved. ---

  // The generation that findings are of; nothing where none was ever made.
  Result<std::optional<AdvisoryGeneration>> generation() const;
  // From now on findings are of this generation, and `touched` wait to be judged again. All or nothing.
  Result<void> begin_generation(const AdvisoryGeneration& generation, std::span<const ComponentId> touched);
  Result<void> begin_generation_anew(const AdvisoryGeneration& generation);  // every component waits
  Result<std::vector<ComponentId>> find_pending(std::size_t most) const;     // by id
  Result<std::uint64_t> count_pending() const;
  // What is the same stays as it is; what is not said any more is closed, and told to `explain` for the reason why. All
  // or nothing. Fault: also unavailable, when the store has gone on to another generation.
  Result<JudgedCounts> save_judgements(std::span<const Judgement> judgements, std::string_view generation,
                                       const ExplainClosing& explain, Time now);
  // By component, then time.
  Result<std::vector<StoredFinding>> find_findings(std::span<const ComponentId> components, const Period& when) const;
  // By any of its names.
  Result<std::vector<StoredFinding>> find_findings(std::string_view vulnerability, const Period& when) const;
  // Components of these packages, also where the package is their source or what they were called before.
  Result<std::vector<StoredComponent>> find_known_as(std::span<const std::string> packages) const;
  // Components that nobody can judge now, and those that wait and never were judged; and the latter alone. By id.
  Result<std::vector<ComponentId>> find_unjudged() const;
  Result<std::vector<ComponentId>> find_never_judged() const;
  // What a vulnerability is called: by findings, then all else, sorted; empty when no finding was ever of it.
  Result<std::vector<std::string>> names_of_vulnerability(std::string_view name) const;
  // Every finding that counts, by component.
  Result<void> visit_findings(const Period& when, const std::function<void(const FindingRow&)>& visit) const;
  // Findings that opened or closed after `from` and not after `to`.
  Result<std::vector<StoredFinding>> find_changed(Time from, Time to) const;

  // What would go, and letting it go: all or nothing. The file keeps its size, and what is free in it is used again.
  Result<PruneCounts> count_prunable(const Retention& retention) const;
  Result<PruneCounts> prune(const Retention& retention);
  Result<std::optional<Time>> history_from() const;  // from when on history is whole; nothing: always

  Result<bool> has_bill(const Digest& digest) const;
  // The original bytes of the newest bill of an artifact; empty when there is none.
  Result<std::optional<Bytes>> load_bill(const Digest& artifact) const;
  Result<StoreCounts> counts() const;

  // Package keys whose name (the last part, without regard to case) begins with `name`, by name; at most `limit`.
  Result<std::vector<std::string>> find_packages(std::string_view name, std::size_t limit) const;
  // Package keys whose name is nearly `name`, the nearest first; at most `limit`. Reads every name there is.
  Result<std::vector<std::string>> find_similar_packages(std::string_view name, std::size_t limit) const;
  // Components of which any bill says so, by id. Compared without case; a CPE and a hash by their beginning.
  Result<std::vector<ComponentId>> find_by_trait(Trait kind, std::string_view text) const;
  // What there is of a kind that begins so, in order; at most `limit`.
  Result<std::vector<std::string>> find_traits(Trait kind, std::string_view text, std::size_t limit) const;
  Result<std::vector<std::vector<std::string>>> load_traits(Trait kind, std::span<const ComponentId> ids) const;
  // Every component of a package, by version text; empty when nobody lists the package.
  Result<std::vector<StoredComponent>> find_components(std::string_view package) const;
  // Shard by shard in ascending order. `is_wanted` is asked now and then: where it says no, the rest of that shard is
  // left out. Neither may use the store.
  using IsShardWanted = std::function<bool(std::uint32_t shard)>;
  Result<void> visit_postings(std::span<const ComponentId> components, const VisitPosting& visit,
                              const IsShardWanted& is_wanted = {}) const;
  using VisitEachPosting = std::function<Result<void>(ComponentId, std::uint32_t shard, std::string_view posting)>;
  Result<void> visit_each_posting(std::span<const ComponentId> components, const VisitEachPosting& visit,
                                  const IsShardWanted& is_wanted = {}) const;
  Result<void> visit_running(const VisitPosting& visit) const;  // artifacts that run now

  // In the order asked for. Fault: also internal, for an id that does not exist.
  Result<std::vector<StoredComponent>> load_components(std::span<const ComponentId> ids) const;
  Result<std::vector<StoredArtifact>> load_artifacts(std::span<const ArtifactId> ids) const;
  // Whose digest begins so, by digest; at most `most`.
  Result<std::vector<StoredArtifact>> find_artifacts(std::string_view digest, std::size_t most) const;
  Result<std::vector<StoredBillInfo>> list_bills(ArtifactId artifact) const;  // in the order they were saved
  // All bills of each, in the order asked for and saved.
  Result<std::vector<BillFacts>> load_facts(std::span<const ArtifactId> ids) const;

  // Of a digest that was read in a registry: the manifests it names, none where it is no index; else empty.
  Result<std::optional<std::vector<ManifestPart>>> find_manifest(const Digest& digest) const;
  // What registries hold now; of one registry where it is named.
  Result<void> visit_held(std::string_view registry, const VisitHeld& visit) const;
  // What is held by all (""), in a repository and those below it ("registry.example/shop"), or in a registry.
  Result<HeldArtifacts> find_held(std::string_view place, const Period& when) const;
  // Where these are held, by artifact in the order asked for, then repository and tag.
  Result<std::vector<HeldAs>> find_held_as(std::span<const ArtifactId> ids, const Period& when = {}) const;
  Result<bool> knows_registry(std::string_view place) const;  // whether anything was ever held there

  // One for each, in the order asked for; at most `most` workloads of each are named.
  Result<std::vector<Running>> find_running(std::span<const ArtifactId> ids, std::size_t most,
                                            const Period& when = {}) const;
  // Images that run and that nobody pinned by digest, as their pods name them; sorted.
  Result<std::vector<std::string>> running_unpinned(const Period& when = {}) const;
  Result<std::vector<ArtifactId>> find_run(
      const Period& when) const;  // artifacts that ran, by id; reads all containers
  // Every container that ran one of these artifacts, with the artifact's place among them.
  using VisitRun = std::function<void(std::size_t index, Time from, std::optional<Time> to)>;
  Result<void> visit_runs(std::span<const ArtifactId> ids, const Period& when, const VisitRun& visit) const;
  // Every container of a known artifact, by artifact. Reads all that run.
  Result<void> visit_containers(const Period& when, const std::function<void(const ContainerRow&)>& visit) const;
  // Artifacts of which a bill was saved after that, by id.
  Result<std::vector<ArtifactId>> find_billed_after(Time time) const;
  // Every pod that runs now with its containers, as its newest look told it; by cluster, namespace, kind, name and pod.
  // About 1 KB of memory each.
  Result<std::vector<Workload>> load_workloads() const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Store::Moment {
 public:
  Moment(Moment&&) noexcept;
  Moment& operator=(Moment&&) noexcept;
  ~Moment();

 private:
  friend class Store;
  struct Open;
  explicit Moment(std::unique_ptr<Open> open);
  std::unique_ptr<Open> open_;
};

}  // namespace pratique
