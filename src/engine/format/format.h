// Bytes to model and back: every document this program reads or writes. Read documents are told apart by content and
// never by file name. Pure; thread safe.
//
// All input is hostile: Limits bound it, simdjson and this module never throw past here, and an error names the place
// (JSON pointer, or line and column). One bad component, reference or record is set aside with its reason and the rest
// counts; a document that is not what was asked for is one Error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/admission.h"
#include "model/advisory.h"
#include "model/attestation.h"
#include "model/bill.h"
#include "model/json_tree.h"
#include "model/verdict.h"
#include "model/vex.h"
#include "model/workload.h"

namespace pratique {

// CycloneDX 1.0 to 1.7 in JSON, XML and protobuf; SPDX 2.2 and 2.3 in JSON, YAML and tag-value; SPDX 3.0 in JSON-LD;
// syft's own JSON. In UTF-8 or UTF-16, gzip or Zstandard, inside an in-toto statement, a DSSE envelope, a Sigstore
// bundle (opened, NOT verified) or GitHub's answer. docs/formats.md says it field by field. The Bill keeps the
// document's bytes alive, its texts point into them; it costs less than the document again. Linear in the document's
// size. Fault: malformed (broken, or not an SBOM), unsupported (known and not read, named in the text), limit.
Result<Bill> read_bill(Bytes document, const Limits& limits = {});

struct WriteOptions {
  std::string version;  // "1.7"; empty: 1.6 of CycloneDX, which most tools read, or the only one
  Time now{};           // where the bill does not say when it was made and the format demands it
  std::string tool;     // "pratique 1.0", where the bill does not say who made it and the format demands it
};
// What the format cannot say of a bill, or not in the bill's own words.
struct Loss {
  std::string what;         // the field: "group", "ref"; or the name of an EdgeKind or DetailKind
  std::uint64_t count = 0;  // how many there are
  std::string example;      // "log4j-core 2.14.1: ADLER32", the first of them
  bool operator==(const Loss&) const = default;
};
struct Written {
  std::string bytes;
  std::vector<Loss> losses;  // by name
};
// CycloneDX 1.6 and 1.7 in JSON, XML and protobuf; SPDX 2.3 in JSON and tag-value; SPDX 3.0.1 in JSON-LD; package URLs,
// a line each. The law: read_bill(write_bill(b)) says all that b says but what `losses` names; identifiers and a
// creation time are added where the format demands them. The same bill and options give the same bytes: a serial number
// that the bill does not have, or that the format cannot say, comes from the content. docs/formats.md says it field by
// field. Linear in the bill's size. Fault: unsupported (a format or version that is not written).
Result<Written> write_bill(const Bill& bill, BillFormat format, const WriteOptions& options = {});

struct BillTarget {
  BillFormat format = BillFormat::unknown;
  std::string version;  // as WriteOptions has it
};
// "cyclonedx-json@1.6", "spdx-tag-value", "purls". Fault: usage, the remedy lists all.
Result<BillTarget> bill_target_named(std::string_view text);

struct MergedBill {
  Bill bill;
  std::vector<Rejected> conflicts;  // where bills disagree: the component and field; what stands and what was left out
};
// Several bills as one. Components are joined by package URL, their graphs and details united; those without one stay
// apart. Where two bills say different things about what there is one of, the first stands and the conflict is told.
// Bills about the same subject (image digest, else package URL, else name and version) keep it; else the subjects
// become components that a new subject called `name` depends on. Fault: limit.
Result<MergedBill> merge_bills(std::span<const Bill> bills, const std::string& name);

// How a document keeps to the specification it claims. Places are JSON pointers, or lines in XML and tag-value.
struct BillJudgement {
  BillFormat format = BillFormat::unknown;
  std::string spec_version, wrapping;
  std::vector<Rejected> errors;  // against the specification
  std::vector<Rejected> doubts;  // allowed, and likely a mistake: a reference to nothing, a purl that is none
  bool operator==(const BillJudgement&) const = default;
};
// Judges structure, words, formats, what must and must not be there, what excludes what, and that names are unique.
// CycloneDX 1.2 to 1.7 in JSON and 1.0 to 1.7 in XML, SPDX 2.2 and 2.3, SPDX 3.0; of protobuf and syft-json only what
// cannot be read. Linear in the document's size. Fault: as read_bill, and unsupported for an unknown version.
Result<BillJudgement> judge_bill(Bytes document, const Limits& limits = {});

enum class VexFormat : std::uint8_t { openvex, csaf, cyclonedx };
std::string_view name_of(VexFormat format);  // "openvex"

struct VexList {
  VexFormat format = VexFormat::openvex;
  std::string wrapping;                  // as Bill::wrapping: signatures NOT verified
  std::vector<VexStatement> statements;  // in document order, all of them: see latest_statements()
  std::vector<Rejected> rejected;        // statements about products that nobody can know, unknown words
};
// OpenVEX 0.0.1 and 0.2.0; CSAF 2.0 and 2.1 with their product trees (of any category that has vulnerabilities);
// CycloneDX 1.4 to 1.7 in JSON and XML, vulnerabilities in a bill of their own or in that of the product. Comes packed
// and wrapped as bills do. A vulnerability that CycloneDX lists without an analysis is affected; that is its word.
// Fault: malformed (broken, or no VEX), unsupported, limit.
Result<VexList> read_vex(Bytes document, const Limits& limits = {});

// Where goes what an advisory document says. Called from the thread that reads; each may be empty.
struct AdvisorySink {
  std::function<void(Advisory&&)> advisory;
  std::function<void(Advisory&&)> part;  // a share of an advisory: what has its id and source elsewhere belongs to it
  std::function<void(Vulnerability&&, std::string_view source)> note;       // what is known whoever is affected
  std::function<void(std::string_view package, std::string_view cpe)> cpe;  // what a distribution calls its package
};

struct AdvisoryDocument {
  std::string format;              // "osv", "secdb", "csaf" (docs/sources.md); empty: of none that is read
  std::string source;              // whose it is, a row of model/source.h: that of the last record in it
  std::string revision;            // the document's own word for its state; may be empty
  std::uint64_t records = 0;       // that were given to the sink
  std::uint64_t git_ranges = 0;    // left out: commits are no versions
  std::vector<Rejected> rejected;  // parts that could not be read; the others stand
};

// Documents of every format that docs/sources.md lists, told apart by content. Ranges become VERS by the package's
// scheme; listed versions that a range holds anyway are left out. The surprise: the Linux kernel's two lists make sense
// only together, so what one says waits for the other, and finish() gives it.
class AdvisoryReader {
 public:
  explicit AdvisoryReader(AdvisorySink sink, const Limits& limits = {});
  AdvisoryReader(AdvisoryReader&&) noexcept;
  ~AdvisoryReader();
  // `name` is the file's, with the folder it lies in: RustSec tells crates from the toolchain by nothing else. A
  // document of no format that is read gives nothing and is no failure. Fault: malformed, limit, unsupported (a version
  // of a format).
  Result<AdvisoryDocument> read(const Bytes& document, std::string_view name);
  // Once, behind the last document. Nothing when nothing waits.
  std::optional<AdvisoryDocument> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct WorkloadList {
  std::vector<Workload> workloads;
  Coverage coverage = Coverage::whole;
  std::uint64_t finished = 0;      // pods that succeeded or failed: they run no more, and are left out
  std::vector<Rejected> rejected;  // pods without a name, containers without a good image reference
};
// `kubectl get pods -A -o json`: a List or PodList is the whole cluster, a single Pod a part. Other kinds in a List
// tell owners (`kubectl get pods,replicasets,jobs ...`); without them the owner of a ReplicaSet's pod is told by the
// pod-template-hash. The digest of a container is the manifest digest that its status tells, else the one its reference
// is pinned to; the digest of an image's configuration is none. Fault: malformed (also one page of a longer list: what
// is missing would be taken for gone), limit.
Result<WorkloadList> read_workloads(const Bytes& document, std::string cluster, const Limits& limits = {});

// An AdmissionReview v1 with a request. Knows the pod spec of Pod, Deployment, ReplicaSet, StatefulSet, DaemonSet, Job,
// CronJob, ReplicationController and PodTemplate, image volumes included; any other kind brings no image. The surprise:
// nothing is set aside here. What is of a wrong type, missing or given twice may be what hides an image, and the whole
// review is refused. Fault: malformed, unsupported (another apiVersion), limit.
constexpr Limits review_limits{.bytes = std::size_t{8} << 20};
Result<AdmissionRequest> read_admission_review(const Bytes& document, const Limits& limits = review_limits);

// Any JSON document, for expressions that look into it. A key given twice is refused. Fault: malformed, limit.
Result<JsonTree> read_json_tree(Bytes document, const Limits& limits = review_limits);

// A DSSE envelope, or a Sigstore bundle (0.1 to 0.3) of one, for who verifies it. What two readers could take for two
// things (a key given twice, an envelope inside and around) is refused. Fault: malformed, unsupported (a bundle of
// another version), limit.
Result<SignedEnvelope> read_signed_envelope(const Bytes& document, const Limits& limits = {});
// An in-toto statement v0.1 or v1. Its predicate is looked through, so that no key is given twice in it and nothing is
// too deep, and not kept. Fault: malformed, limit.
Result<SignedStatement> read_statement(const Bytes& payload, const Limits& limits = {});

// The answer: uid echoed; for a denial code 403 and a message of at most ten lines; warnings of at most 256 bytes each
// and 4,096 in all; decision, generations and evidence as auditAnnotations, of the evidence as much as fits into 32
// KiB.
std::string render_admission_response(const AdmissionRequest& request, const Verdict& verdict);

// A Verdict as one JSON object, all of its evidence included.
std::string render_verdict(const Verdict& verdict);

}  // namespace pratique
