// What can be asked of a bill, its subject and its components. Private to quality/.
#pragma once

#include <string>
#include <vector>

#include "engine/quality/quality.h"

namespace pratique {

// A bill and what several checks want to know of it, found once.
struct Examined {
  explicit Examined(const Bill& bill);

  const Bill& bill;
  std::vector<std::uint32_t> components;  // those that count
  std::vector<bool> related;              // of all components: an edge or nesting speaks of it
  std::vector<bool> reached;              // of all components: some way leads there from the subject
};

enum class Ask : std::uint8_t { document, subject, components };

struct CheckRow {
  std::string_view id, asks;
  unsigned weight;
  std::string_view mend;
  Ask ask;
  // Of a component; of the document and the subject the index means nothing.
  bool (*holds)(const Examined& examined, std::uint32_t component);
};

struct ProfileRow {
  std::string_view id, title;
  std::vector<CheckRow> checks;
};

const std::vector<ProfileRow>& profile_rows();

using Holds = bool(const Examined&, std::uint32_t);
// Of the document.
Holds names_author, names_contact, names_tool, tells_time, tells_lifecycle, has_serial, nothing_rejected, tells_distro,
    is_recent_format, tells_completeness;
// Of the subject.
Holds subject_has_identity, subject_has_name;
// Of a component.
Holds names_supplier, names_supplier_contact, has_name, has_version, has_identity, is_related, is_reached, has_hash,
    has_sha512, has_license, has_concluded_license, has_spdx_license, has_file_name, has_bsi_properties, has_source,
    version_names_one, version_fits_scheme, purl_without_doubt;

}  // namespace pratique
