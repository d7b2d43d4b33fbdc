// The profiles as one table. Weights: what identifies a component counts most.
#include "engine/quality/checks.h"

namespace pratique {

namespace {

constexpr Ask document = Ask::document, subject = Ask::subject, components = Ask::components;

const CheckRow author = {
    "author", "the document names who made it",
    1,        "name the author: metadata.authors or metadata.supplier; creators 'Person:' or 'Organization:' in SPDX",
    document, names_author};
const CheckRow tool = {"tool",   "the document names the tool that made it",
                       1,        "name the tool: metadata.tools; a creator 'Tool:' in SPDX",
                       document, names_tool};
const CheckRow timestamp = {"timestamp", "the document says when it was made",
                            1,           "give metadata.timestamp; creationInfo.created in SPDX",
                            document,    tells_time};
const CheckRow supplier = {"supplier", "every component names its supplier",
                           1,          "give each component its supplier, manufacturer or publisher",
                           components, names_supplier};
const CheckRow name = {"name", "every component has a name", 1, "name each component", components, has_name};
const CheckRow version = {"version",  "every component has a version",
                          1,          "give each component the version it was built or installed in",
                          components, has_version};
const CheckRow identifier = {"identifier",
                             "every component has a purl, a CPE or another identifier",
                             1,
                             "give each component a package URL",
                             components,
                             has_identity};
const CheckRow relationship = {"relationship",
                               "every component is in a relationship with another",
                               1,
                               "say who depends on whom: dependencies; relationships in SPDX",
                               components,
                               is_related};
const CheckRow hash = {"hash",  "every component has a hash", 1, "give each component a SHA-256 or SHA-512", components,
                       has_hash};
const CheckRow license = {"license",  "every component has a licence",
                          1,          "give each component its licence as an SPDX expression",
                          components, has_license};

ProfileRow ntia() {
  return {
      "ntia", "NTIA minimum elements (2021)", {supplier, name, version, identifier, relationship, author, timestamp}};
}

ProfileRow cisa() {
  return {"cisa-2025",
          "CISA minimum elements (2025)",
          {author,
           supplier,
           name,
           version,
           identifier,
           hash,
           license,
           relationship,
           tool,
           timestamp,
           {"context", "the document says in which phase of the lifecycle it was made", 1,
            "give metadata.lifecycles; the software_sbomType in SPDX 3", document, tells_lifecycle}}};
}

ProfileRow bsi() {
  return {
      "bsi-tr-03183-2",
      "BSI TR-03183-2",
      {{"format", "the format is CycloneDX 1.6 or SPDX 3.0, or later", 1, "convert it: pratique sbom convert", document,
        is_recent_format},
       {"creator", "the document names its maker with e-mail or URL", 1,
        "give the author an e-mail address or the supplier a URL", document, names_contact},
       timestamp,
       {"component-creator", "every component names its maker with e-mail or URL", 1,
        "give each component's supplier or author a URL or an e-mail address", components, names_supplier_contact},
       name,
       version,
       {"filename", "every component names its file", 1, "give the property bsi:component:filename", components,
        has_file_name},
       relationship,
       {"completeness", "the document says whether dependencies are complete", 1,
        "give compositions; the completeness of relationships in SPDX 3", document, tells_completeness},
       {"licence", "every component has a concluded licence", 1,
        "give each component the licence concluded for distribution", components, has_concluded_license},
       {"sha512", "every component has a SHA-512", 1, "give each component's file a SHA-512", components, has_sha512},
       {"properties", "every component says whether it is executable, an archive, structured", 1,
        "give the properties bsi:component:executable, :archive and :structured", components, has_bsi_properties},
       {"sbom-uri", "the document has an identifier of its own", 1, "give serialNumber; documentNamespace in SPDX",
        document, has_serial},
       {"source", "every component says where its source or package is", 1,
        "give each component an external reference vcs, source-distribution or distribution", components, has_source},
       identifier}};
}

ProfileRow own() {
  return {
      "pratique",
      "What matching and locating need",
      {{"identity", "every component has a purl, a CPE or another identifier", 4,
        "give each component a package URL: without one no advisory can be matched", components, has_identity},
       {"version-told", "every component has a version that is one", 3,
        "give the version that is installed, not '(devel)', 'unknown' or a branch", components, version_names_one},
       {"version-comparable", "every version follows its ecosystem's grammar", 2,
        "write versions as the ecosystem does: others are ordered by a fallback", components, version_fits_scheme},
       {"purl-clean", "no purl is doubtful", 2,
        "mend look-alike or invisible characters, and types that nobody registered", components, purl_without_doubt},
       {"connected", "a way leads from the subject to every component", 2,
        "say who depends on whom, from the subject down: else no path can be told", components, is_reached},
       {"subject", "the document says by digest or purl what it is about", 3,
        "give the image's digest or a purl to metadata.component; to the described package in SPDX", subject,
        subject_has_identity},
       {"subject-name", "the document names what it is about", 1, "name metadata.component", subject, subject_has_name},
       {"distribution", "packages of a distribution say which release they are of", 2,
        "add the qualifier 'distro' to their purls, or list the operating system", document, tells_distro},
       {"whole", "every part of the document can be read", 3,
        "mend what was set aside: pratique sbom validate says where", document, nothing_rejected},
       {"license", "every licence is an SPDX expression", 1, "write licences as SPDX expressions", components,
        has_spdx_license},
       {"hash", "every component has a hash", 1, hash.mend, components, has_hash},
       {"made", "the document says when it was made", 1, timestamp.mend, document, tells_time},
       {"tool", "the document names the tool that made it", 1, tool.mend, document, names_tool}}};
}

}  // namespace

const std::vector<ProfileRow>& profile_rows() {
  static const std::vector<ProfileRow> rows = {ntia(), cisa(), bsi(), own()};
  return rows;
}

}  // namespace pratique
