// SPDX 2.2 and 2.3: what may stand where, in JSON and YAML (annex on serialization) and, by tags, in tag-value. How to
// read the sheet: rules.h.
#include "engine/format/judge/rules.h"

namespace pratique {

namespace {

constexpr std::string_view sheet = R"(
shape SpdxDocument
  $schema text
  SPDXID! spdx-id
  spdxVersion! SPDX-2.2|SPDX-2.3
  dataLicense! CC0-1.0|
  name! text
  documentNamespace! name-space
  comment text
  creationInfo! SpdxCreation
  externalDocumentRefs [SpdxExternalDocument]
  hasExtractedLicensingInfos [SpdxLicense]
  annotations [SpdxAnnotation]
  revieweds [SpdxReview]
  documentDescribes [spdx-link]
  packages [SpdxPackage]
  files [SpdxFile]
  snippets [SpdxSnippet]
  relationships [SpdxRelationship]
shape SpdxCreation
  comment text
  created! spdx-time
  creators! [spdx-actor]+
  licenseListVersion text
shape SpdxExternalDocument
  checksum! SpdxChecksum
  externalDocumentId! document-ref
  spdxDocument! uri
shape SpdxChecksum
  algorithm! SpdxAlgorithm
  checksumValue! checksum
words SpdxAlgorithm
  SHA1 SHA224 SHA256 SHA384 SHA512 MD2 MD4 MD5 MD6
  2.3+ SHA3-256 SHA3-384 SHA3-512 BLAKE2b-256 BLAKE2b-384 BLAKE2b-512 BLAKE3 ADLER32
shape SpdxLicense
  licenseId! license-ref
  extractedText! text
  name text
  comment text
  seeAlsos [text]
  crossRefs [SpdxCrossReference]
shape SpdxCrossReference
  url! text
  isLive boolean
  isValid boolean
  isWayBackLink boolean
  match text
  order integer
  timestamp time
shape SpdxAnnotation
  annotationDate! spdx-time
  annotationType! OTHER|REVIEW
  annotator! spdx-actor
  comment! text
shape SpdxReview
  reviewDate! spdx-time
  reviewer spdx-actor
  comment text
shape SpdxPackage
  SPDXID! spdx-id
  name! text
  downloadLocation! location
  licenseConcluded! -2.2 spdx-license
  licenseDeclared! -2.2 spdx-license
  copyrightText! -2.2 text
  licenseConcluded 2.3+ spdx-license
  licenseDeclared 2.3+ spdx-license
  copyrightText 2.3+ text
  versionInfo text
  packageFileName text
  supplier spdx-party
  originator spdx-party
  filesAnalyzed boolean
  packageVerificationCode SpdxVerification
  checksums [SpdxChecksum]
  homepage text
  sourceInfo text
  licenseInfoFromFiles [spdx-license]
  licenseComments text
  summary text
  description text
  comment text
  attributionTexts [text]
  annotations [SpdxAnnotation]
  externalRefs [SpdxExternal]
  hasFiles [spdx-link]
  primaryPackagePurpose 2.3+ SpdxPurpose
  builtDate 2.3+ spdx-time
  releaseDate 2.3+ spdx-time
  validUntilDate 2.3+ spdx-time
words SpdxPurpose
  APPLICATION FRAMEWORK LIBRARY CONTAINER OPERATING-SYSTEM OPERATING_SYSTEM DEVICE FIRMWARE SOURCE ARCHIVE FILE INSTALL
  OTHER
shape SpdxVerification
  packageVerificationCodeValue! checksum
  packageVerificationCodeExcludedFiles [text]
shape SpdxExternal
  referenceCategory! SECURITY|PACKAGE-MANAGER|PACKAGE_MANAGER|PERSISTENT-ID|PERSISTENT_ID|OTHER
  referenceLocator! text
  referenceType! text
  comment text
shape SpdxFile
  SPDXID! spdx-id
  fileName! text
  checksums! [SpdxChecksum]+
  licenseConcluded! -2.2 spdx-license
  licenseInfoInFiles! -2.2 [spdx-license]
  copyrightText! -2.2 text
  licenseConcluded 2.3+ spdx-license
  licenseInfoInFiles 2.3+ [spdx-license]
  copyrightText 2.3+ text
  fileTypes [SpdxFileType]
  licenseComments text
  comment text
  noticeText text
  fileContributors [text]
  fileDependencies [spdx-link]
  attributionTexts [text]
  annotations [SpdxAnnotation]
  artifactOfs [anything]
words SpdxFileType
  OTHER DOCUMENTATION IMAGE VIDEO ARCHIVE SPDX APPLICATION SOURCE BINARY TEXT AUDIO
shape SpdxSnippet
  SPDXID! spdx-id
  name text
  snippetFromFile! spdx-link
  ranges! [SpdxRange]+
  licenseConcluded! -2.2 spdx-license
  copyrightText! -2.2 text
  licenseConcluded 2.3+ spdx-license
  copyrightText 2.3+ text
  licenseInfoInSnippets [spdx-license]
  licenseComments text
  comment text
  attributionTexts [text]
  annotations [SpdxAnnotation]
shape SpdxRange
  startPointer! SpdxPointer
  endPointer! SpdxPointer
shape SpdxPointer
  reference! spdx-link
  offset integer
  lineNumber integer
  one offset lineNumber
shape SpdxRelationship
  spdxElementId! spdx-link
  relatedSpdxElement! spdx-link
  relationshipType! SpdxRelation
  comment text
words SpdxRelation
  DESCRIBES DESCRIBED_BY CONTAINS CONTAINED_BY DEPENDS_ON DEPENDENCY_OF DEPENDENCY_MANIFEST_OF BUILD_DEPENDENCY_OF
  DEV_DEPENDENCY_OF OPTIONAL_DEPENDENCY_OF PROVIDED_DEPENDENCY_OF TEST_DEPENDENCY_OF RUNTIME_DEPENDENCY_OF EXAMPLE_OF
  GENERATES GENERATED_FROM ANCESTOR_OF DESCENDANT_OF VARIANT_OF DISTRIBUTION_ARTIFACT PATCH_FOR PATCH_APPLIED COPY_OF
  FILE_ADDED FILE_DELETED FILE_MODIFIED EXPANDED_FROM_ARCHIVE DYNAMIC_LINK STATIC_LINK DATA_FILE_OF TEST_CASE_OF
  BUILD_TOOL_OF DEV_TOOL_OF TEST_OF TEST_TOOL_OF DOCUMENTATION_OF OPTIONAL_COMPONENT_OF METAFILE_OF PACKAGE_OF AMENDS
  PREREQUISITE_FOR HAS_PREREQUISITE OTHER
  2.3+ REQUIREMENT_DESCRIPTION_FOR SPECIFICATION_FOR

shape TagDocument
  SPDXVersion! SPDX-2.2|SPDX-2.3
  DataLicense! CC0-1.0|
  SPDXID! spdx-id
  DocumentName! text
  DocumentNamespace! name-space
  ExternalDocumentRef [text]
  DocumentComment text
  LicenseListVersion text
  Creator! [spdx-actor]
  Created! spdx-time
  CreatorComment text
shape TagPackage
  PackageName! text
  SPDXID! spdx-id
  PackageVersion text
  PackageFileName text
  PackageSupplier spdx-party
  PackageOriginator spdx-party
  PackageDownloadLocation! location
  FilesAnalyzed true|false
  PackageVerificationCode text
  PackageChecksum [tag-checksum]
  PackageHomePage text
  PackageSourceInfo text
  PackageLicenseConcluded! -2.2 spdx-license
  PackageLicenseDeclared! -2.2 spdx-license
  PackageCopyrightText! -2.2 text
  PackageLicenseConcluded 2.3+ spdx-license
  PackageLicenseDeclared 2.3+ spdx-license
  PackageCopyrightText 2.3+ text
  PackageLicenseInfoFromFiles [spdx-license]
  PackageLicenseComments text
  PackageSummary text
  PackageDescription text
  PackageComment text
  PackageAttributionText [text]
  ExternalRef [tag-external]
  ExternalRefComment [text]
  PrimaryPackagePurpose 2.3+ SpdxPurpose
  BuiltDate 2.3+ spdx-time
  ReleaseDate 2.3+ spdx-time
  ValidUntilDate 2.3+ spdx-time
shape TagFile
  FileName! text
  SPDXID! spdx-id
  FileType [SpdxFileType]
  FileChecksum! [tag-checksum]
  LicenseConcluded! -2.2 spdx-license
  LicenseInfoInFile! -2.2 [spdx-license]
  FileCopyrightText! -2.2 text
  LicenseConcluded 2.3+ spdx-license
  LicenseInfoInFile 2.3+ [spdx-license]
  FileCopyrightText 2.3+ text
  LicenseComments text
  FileComment text
  FileNotice text
  FileContributor [text]
  FileAttributionText [text]
  FileDependency [text]
  ArtifactOfProjectName [text]
  ArtifactOfProjectHomePage [text]
  ArtifactOfProjectURI [text]
shape TagSnippet
  SnippetSPDXID! spdx-id
  SnippetFromFileSPDXID! spdx-link
  SnippetByteRange! text
  SnippetLineRange text
  SnippetLicenseConcluded! -2.2 spdx-license
  SnippetCopyrightText! -2.2 text
  SnippetLicenseConcluded 2.3+ spdx-license
  SnippetCopyrightText 2.3+ text
  LicenseInfoInSnippet [spdx-license]
  SnippetLicenseComments text
  SnippetComment text
  SnippetName text
  SnippetAttributionText [text]
shape TagLicense
  LicenseID! license-ref
  ExtractedText! text
  LicenseName text
  LicenseCrossReference [text]
  LicenseComment text
shape TagAnnotation
  Annotator! spdx-actor
  AnnotationDate! spdx-time
  AnnotationType! OTHER|REVIEW
  SPDXREF! spdx-link
  AnnotationComment! text
shape TagReview
  Reviewer! spdx-actor
  ReviewDate! spdx-time
  ReviewComment text
shape TagRelationship
  Relationship! text
  RelationshipComment text
)";

}  // namespace

std::string spdx_sheet() { return std::string(sheet); }

}  // namespace pratique
