// AdvisoryReader: tells what a document is and calls its reader. One row a format; docs/sources.md is this table in
// prose.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/format/advisory/linux_lists.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/advisory/signs.h"
#include "engine/format/decode.h"

namespace pratique {
namespace {

using Syntax = Signs::Syntax;

bool is_json(const Signs& signs) { return signs.syntax == Syntax::json_object; }
bool is_text(const Signs& signs) { return signs.syntax == Syntax::text; }

bool is_osv(const Signs& s) { return is_json(s) && s.has("id") && (s.has("affected") || s.has("modified")); }
bool is_osv_yaml(const Signs& s) { return is_text(s) && s.has("id") && (s.has("affected") || s.has("modified")); }
bool is_kev(const Signs& s) { return is_json(s) && s.has_all({"catalogVersion", "vulnerabilities"}); }
bool is_secdb(const Signs& s) { return is_json(s) && s.has("packages") && (s.has("reponame") || s.has("apkurl")); }
bool is_secdb_yaml(const Signs& s) { return is_text(s) && s.has("packages") && (s.has("reponame") || s.has("apkurl")); }
bool is_wolfi(const Signs& s) { return is_text(s) && s.has_all({"package", "advisories"}); }
bool is_rustsec(const Signs& s) { return is_text(s) && s.first_line().starts_with("```toml"); }

bool is_debian_notices(const Signs& s) {
  const std::string_view line = s.first_line();
  const std::size_t end = line.find("] D");
  return is_text(s) && line.starts_with('[') && end != std::string_view::npos &&
         line.substr(end).find("-") != std::string_view::npos;
}
bool is_debian_cpes(const Signs& s) { return is_text(s) && s.first_line().find(";cpe:/") != std::string_view::npos; }
bool is_debian_tracker(const Signs& s) {
  return is_json(s) && s.begins_around("\"releases\"") && s.begins_around("\"repositories\"");
}
bool is_linux_cves(const Signs& s) {
  const std::string_view line = s.first_line();
  return is_text(s) && (line.starts_with("CVEid: (breaks)") || (line.starts_with("CVE-") && line.ends_with(')') &&
                                                                line.find(" - ") != std::string_view::npos));
}
bool is_linux_fixes(const Signs& s) { return is_json(s) && s.begins_around("\"cmt_id\"") && s.begins_around("\"CVE-"); }

bool is_json_array(const Signs& s) { return s.syntax == Syntax::json_array; }
bool is_epss(const Signs& s) {
  return is_text(s) && (s.first_line().starts_with("#model_version:") || s.first_line().starts_with("cve,epss,"));
}
bool is_nvd(const Signs& s) {
  return is_json(s) && s.has_all({"format", "vulnerabilities"}) && s.begins_around("NVD_CVE");
}
bool is_cve_record(const Signs& s) { return is_json(s) && s.has_all({"cveMetadata", "containers"}); }
bool is_csaf(const Signs& s) { return is_json(s) && s.has("document") && s.begins_around("\"csaf_version\""); }
bool is_oval(const Signs& s) { return s.syntax == Syntax::xml && s.root == "oval_definitions"; }
bool is_updateinfo(const Signs& s) { return s.syntax == Syntax::xml && s.root == "updates"; }
bool is_alma_errata(const Signs& s) { return is_json_array(s) && s.has_all({"updateinfo_id", "pkglist"}); }
bool is_rocky_errata(const Signs& s) {
  return is_json(s) && s.has("advisories") && s.begins_around("\"affectedProducts\"");
}
bool is_arch(const Signs& s) { return is_json_array(s) && s.has_all({"name", "packages", "issues"}); }
bool is_usn(const Signs& s) {
  return is_json(s) && s.begins_around("\"releases\"") && s.begins_around("\"sources\"") && !s.keys.empty() &&
         s.keys.front().find("-") != std::string_view::npos && is_digit(s.keys.front()[0]);
}
bool is_kubernetes(const Signs& s) { return is_json(s) && s.has_all({"items", "_kubernetes_io"}); }

struct Format {
  std::string_view name;
  bool (*is_it)(const Signs& signs);
  Result<void> (*read)(const AdvisoryInput& input, AdvisoryEmitter& emit);
};

// The first that fits.
constexpr std::array formats = {
    Format{"osv", is_osv, read_osv},
    Format{"osv-yaml", is_osv_yaml, read_osv_yaml},
    Format{"kev", is_kev, read_kev},
    Format{"epss", is_epss, read_epss},
    Format{"nvd", is_nvd, read_nvd},
    Format{"cve", is_cve_record, read_cve},
    Format{"csaf", is_csaf, read_csaf},
    Format{"oval", is_oval, read_oval},
    Format{"updateinfo", is_updateinfo, read_updateinfo},
    Format{"alma-errata", is_alma_errata, read_alma_errata},
    Format{"rocky-errata", is_rocky_errata, read_rocky_errata},
    Format{"arch", is_arch, read_arch},
    Format{"usn", is_usn, read_usn},
    Format{"kubernetes", is_kubernetes, read_kubernetes},
    Format{"secdb", is_secdb, read_secdb},
    Format{"secdb-yaml", is_secdb_yaml, read_secdb_yaml},
    Format{"wolfi", is_wolfi, read_wolfi},
    Format{"rustsec", is_rustsec, read_rustsec},
    Format{"debian-tracker", is_debian_tracker, read_debian_tracker},
    Format{"debian-notices", is_debian_notices, read_debian_notices},
    Format{"debian-cpes", is_debian_cpes, read_debian_cpes},
};

}  // namespace

struct AdvisoryReader::State {
  AdvisorySink sink;
  Limits limits;
  LinuxLists linux_lists;
};

AdvisoryReader::AdvisoryReader(AdvisorySink sink, const Limits& limits)
    : state_(new State{std::move(sink), limits, {}}) {}
AdvisoryReader::AdvisoryReader(AdvisoryReader&&) noexcept = default;
AdvisoryReader::~AdvisoryReader() = default;

Result<AdvisoryDocument> AdvisoryReader::read(const Bytes& document, std::string_view name) {
  if (document.size() > state_->limits.bytes)
    return Error{Fault::limit, "larger than " + human_bytes(state_->limits.bytes), {}, {}};
  // Nearly all documents are UTF-8 as they are.
  if (const auto start = document.view().substr(0, 3);
      start.starts_with("\xef\xbb\xbf") || start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
    PRATIQUE_TRY(const Bytes decoded, decode(Bytes::copy_of(document.view()), state_->limits));
    return read(decoded, name);
  }
  const Signs signs = signs_of(document.view());
  AdvisoryDocument read;
  AdvisoryEmitter emit(state_->sink, read);
  const AdvisoryInput input{document, name, state_->limits};
  if (is_linux_cves(signs)) {
    read.format = "linux-cves";
    PRATIQUE_DO(state_->linux_lists.read_cves(input, emit));
    return read;
  }
  if (is_linux_fixes(signs)) {
    read.format = "linux-stream-fixes";
    PRATIQUE_DO(state_->linux_lists.read_stream_fixes(input, emit));
    return read;
  }
  const auto* const row =
      std::find_if(formats.begin(), formats.end(), [&](const Format& format) { return format.is_it(signs); });
  if (row == formats.end()) return read;
  read.format = row->name;
  PRATIQUE_DO(row->read(input, emit));
  return read;
}

std::optional<AdvisoryDocument> AdvisoryReader::finish() {
  if (!state_->linux_lists.is_waiting()) return std::nullopt;
  AdvisoryDocument document;
  document.format = "linux-cves";
  document.source = "linux";
  AdvisoryEmitter emit(state_->sink, document);
  state_->linux_lists.finish(emit);
  return document;
}

}  // namespace pratique
