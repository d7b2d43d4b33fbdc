// The Linux kernel's vulnerabilities as two lists (nluedtke/linux_kernel_cves): what each is and where mainline has it,
// and the release of each stable branch that mends it. Neither means much alone. Private to advisory/.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/format/advisory/readers.h"

namespace pratique {

class LinuxLists {
 public:
  // "CVE-2006-3635: 1da177e4c3f4 - 4dcc29e1574d (v2.6.12-rc2 to v2.6.26-rc5)", a line each.
  Result<void> read_cves(const AdvisoryInput& input, AdvisoryEmitter& emit);
  // {"CVE-2011-4131": {"3.2": {"cmt_id": "628fc192adba", "fixed_version": "3.2.2"}}}
  Result<void> read_stream_fixes(const AdvisoryInput& input, AdvisoryEmitter& emit);

  bool is_waiting() const { return !spans_.empty() || !fixes_.empty(); }
  void finish(AdvisoryEmitter& emit);

 private:
  struct Span {
    std::string introduced, fixed;  // empty: nobody knows
    bool is_known = false;          // one of the two is
  };
  std::map<std::string, Span> spans_;
  std::map<std::string, std::vector<std::string>> fixes_;
};

// The package that every record about the kernel itself stands under.
inline constexpr std::string_view linux_package = "pkg:generic/linux";

}  // namespace pratique
