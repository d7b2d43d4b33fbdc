// SPDX 3.0 and 3.0.1 as JSON-LD: the classes of the model and what each must say. Members that are not named here are
// doubts, since profiles and extensions add more. How to read the sheet: rules.h.
#include "engine/format/judge/rules.h"

namespace pratique {

namespace {

constexpr std::string_view sheet = R"(
shape Spdx3
  @@context! anything
  @@graph! [Any3/link]
shape Any3 open
  @@id text
shape CreationInfo lax
  type! text
  @@id text
  specVersion! spdx3-version
  created! spdx-time
  createdBy! [Any3/link]+
  createdUsing [Any3/link]
  comment text
shape Element3 lax
  type! text
  spdxId! loose-ref
  creationInfo! Any3 or link
  name text
  summary text
  description text
  comment text
  verifiedUsing [Any3/link]
  externalRef [Any3/link]
  externalIdentifier [Any3/link]
  extension [anything]
shape Agent is Element3
shape Person is Element3
shape Organization is Element3
shape SoftwareAgent is Element3
shape Tool is Element3
shape Annotation is Element3
  annotationType! other|review
  subject! Any3 or target
  statement text
  contentType text
shape Relationship is Element3
  from! Any3 or target
  to! [Any3/target]+
  relationshipType! Relation3
  completeness complete|incomplete|noAssertion
  startTime spdx-time
  endTime spdx-time
shape LifecycleScopedRelationship is Relationship
  scope design|development|build|test|runtime|other
shape security_VulnAssessmentRelationship is Relationship
  security_assessedElement Any3 or target
  security_publishedTime spdx-time
  security_modifiedTime spdx-time
  security_withdrawnTime spdx-time
  suppliedBy Any3 or target
shape security_CvssV2VulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_CvssV3VulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_CvssV4VulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_EpssVulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_SsvcVulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_ExploitCatalogVulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_VexAffectedVulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_VexFixedVulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_VexNotAffectedVulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape security_VexUnderInvestigationVulnAssessmentRelationship is security_VulnAssessmentRelationship open
shape ai_EnergyConsumption open
  type! text
shape ai_EnergyConsumptionDescription open
  type! text
words Relation3
  affects amendedBy ancestorOf availableFrom configures contains coordinatedBy copiedTo delegatedTo dependsOn descendantOf
  describes doesNotAffect expandsTo exploitCreatedBy fixedBy fixedIn foundBy generates hasAddedFile hasAssessmentFor
  hasAssociatedVulnerability hasConcludedLicense hasDataFile hasDeclaredLicense hasDeletedFile hasDependencyManifest
  hasDistributionArtifact hasDocumentation hasDynamicLink hasEvidence hasExample hasHost hasInput hasMetadata
  hasOptionalComponent hasOptionalDependency hasOutput hasPrerequisite hasProvidedDependency hasRequirement
  hasSpecification hasStaticLink hasTest hasTestCase hasVariant invokedBy modifiedBy other packagedBy patchedBy
  publishedBy reportedBy republishedBy serializedInArtifact testedOn trainedOn underInvestigationFor usesTool
shape ElementCollection is Element3
  element [Any3/link]
  rootElement [Any3/target]
  profileConformance [Profile3]
words Profile3
  core software simpleLicensing expandedLicensing security build ai dataset extension lite
shape Bundle is ElementCollection
  context text
shape Bom is Bundle
shape software_Sbom is Bom
  software_sbomType [SbomType3]
words SbomType3
  analyzed build deployed design runtime source
shape SpdxDocument is ElementCollection
  dataLicense Any3 or link
  import [Any3/link]
  namespaceMap [Any3/link]
shape Artifact is Element3
  suppliedBy Any3 or link
  originatedBy [Any3/link]
  builtTime spdx-time
  releaseTime spdx-time
  validUntilTime spdx-time
  standardName [text]
  supportLevel [SupportLevel3]
words SupportLevel3
  development support deployed limitedSupport endOfSupport noSupport noAssertion
shape software_SoftwareArtifact is Artifact
  software_primaryPurpose Purpose3
  software_additionalPurpose [Purpose3]
  software_copyrightText text
  software_attributionText [text]
  software_contentIdentifier [Any3/link]
words Purpose3
  application archive bom configuration container data device deviceDriver diskImage documentation evidence executable
  file filesystemImage firmware framework install library manifest model module operatingSystem other patch platform
  requirement source specification test
shape software_Package is software_SoftwareArtifact
  software_packageVersion text
  software_packageUrl purl
  software_downloadLocation text
  software_homePage text
  software_sourceInfo text
shape software_File is software_SoftwareArtifact
  software_fileKind directory|file
  contentType text
shape software_Snippet is software_SoftwareArtifact
  software_byteRange Any3 or link
  software_lineRange Any3 or link
  software_snippetFromFile! Any3 or target
shape ai_AIPackage is software_Package open
shape dataset_DatasetPackage is software_Package open
  dataset_datasetType! [text]+
shape build_Build is Element3
  build_buildType! text
  build_buildId text
  build_buildStartTime spdx-time
  build_buildEndTime spdx-time
  build_configSourceDigest [Any3/link]
  build_configSourceEntrypoint [text]
  build_configSourceUri [text]
  build_environment [Any3/link]
  build_parameter [Any3/link]
shape security_Vulnerability is Artifact
  security_publishedTime spdx-time
  security_modifiedTime spdx-time
  security_withdrawnTime spdx-time
shape simplelicensing_LicenseExpression is Element3
  simplelicensing_licenseExpression! text
  simplelicensing_licenseListVersion text
  simplelicensing_customIdToUri [Any3/link]
shape simplelicensing_SimpleLicensingText is Element3
  simplelicensing_licenseText! text
shape expandedlicensing_CustomLicense is Element3 open
  simplelicensing_licenseText! text
shape expandedlicensing_ListedLicense is Element3 open
  simplelicensing_licenseText! text
shape Hash lax
  type! text
  @@id text
  algorithm! HashAlgorithm3
  hashValue! text
  comment text
shape PackageVerificationCode lax
  type! text
  @@id text
  algorithm! HashAlgorithm3
  hashValue! text
  packageVerificationCodeExcludedFile [text]
  comment text
words HashAlgorithm3
  adler32 blake2b256 blake2b384 blake2b512 blake3 crystalsDilithium crystalsKyber falcon md2 md4 md5 md6 other sha1 sha224
  sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512
shape ExternalIdentifier lax
  type! text
  @@id text
  externalIdentifierType! cpe22|cpe23|cve|email|gitoid|other|packageUrl|securityOther|swhid|swid|urlScheme
  identifier! text
  identifierLocator [text]
  issuingAuthority text
  comment text
shape ExternalRef lax
  type! text
  @@id text
  externalRefType text
  locator [text]
  contentType text
  comment text
shape ExternalMap lax
  type! text
  @@id text
  externalSpdxId! loose-ref
  verifiedUsing [Any3/link]
  locationHint text
  definingArtifact Any3 or link
shape NamespaceMap lax
  type! text
  @@id text
  prefix! text
  namespace! text
shape DictionaryEntry lax
  type! text
  @@id text
  key! text
  value text
shape PositiveIntegerRange lax
  type! text
  @@id text
  beginIntegerRange! positive
  endIntegerRange! positive
)";

}  // namespace

std::string spdx3_sheet() { return std::string(sheet); }

}  // namespace pratique
