// Which image a bill is about. Every tool writes that differently: in the subject's name, version, purl, hashes or
// properties, in the document's name or namespace. Private to format/.
#pragma once

#include <span>
#include <string_view>

#include "model/bill.h"

namespace pratique {

// "registry/name:tag@sha256:..." cut into its parts; what is not there is empty.
struct ImageName {
  std::string_view name, tag, digest;
};
ImageName image_name(std::string_view text);

// Fills in the subject's name, version (the tag) and digest from what the bill holds and from `hints`, other texts of
// the document that may name the image, best first. The bill's details must be sorted.
void identify_subject(Bill& bill, std::span<const std::string_view> hints);

}  // namespace pratique
