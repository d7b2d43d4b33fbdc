// The names that vendors give to releases in OVAL, CSAF and errata, brought to streams (model/ecosystem.h). Private to
// advisory/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pratique {

struct Platform {
  std::string type;    // of its packages' purls: "rpm"
  std::string vendor;  // "redhat"
  std::string stream;  // "redhat:9"
  bool operator==(const Platform&) const = default;
};

// "Red Hat Enterprise Linux 9 is installed", "SUSE Linux Enterprise Server 15 SP4", "Oracle Linux 8". Nothing for what
// is no release of a distribution, and for what only those get who pay for a longer life (EUS, ELS, Pro): their
// versions would mend nobody else.
std::optional<Platform> platform_named(std::string_view text);
// "cpe:/o:redhat:enterprise_linux:9::baseos", in either of CPE's notations.
std::optional<Platform> platform_of_cpe(std::string_view cpe);
// By what a release of an rpm ends with: "27.el9_2", "1.amzn2023", "3.fc39". `vendor` tells whose .el9 it is.
std::optional<Platform> platform_of_rpm_release(std::string_view vendor, std::string_view release);

// The row of model/source.h that this vendor's records stand under: openSUSE's under "suse".
std::string source_of_vendor(std::string_view vendor);

}  // namespace pratique
