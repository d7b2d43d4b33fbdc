// CycloneDX 1.0 to 1.7 (ECMA-424): what may stand where, in JSON and XML. How to read the sheet: rules.h.
// A table of data, so longer than a source should be.
#include "engine/format/judge/rules.h"

namespace pratique {

namespace {

constexpr std::string_view sheet = R"(
shape Bom any-attributes
  json $schema 1.2-1.3 text
  json $schema 1.4-1.5 SchemaAddress
  json $schema 1.6+ text
  json bomFormat! 1.2+ Format
  json specVersion! 1.2+ text
  @serialNumber 1.1+ serial
  json version! -1.4 integer
  json version 1.5+ positive
  xml @version -1.4 integer
  xml @version 1.5+ positive
  metadata 1.2+ Metadata
  json components 1.2+ {Component}
  xml components!/component* -1.1 [Component]
  xml components/component* 1.2+ [Component]
  services/service* 1.2+ {Service}
  externalReferences/reference 1.1+ [Reference]
  dependencies/dependency 1.2+ {Dependency}
  compositions/composition* 1.3+ {Composition}
  xml properties/property* 1.3+ [Property]
  vulnerabilities/vulnerability* 1.4+ {Vulnerability}
  annotations/annotation* 1.5+ {Annotation}
  formulation/formula* 1.5+ {Formula}
  declarations 1.6+ Declarations
  definitions 1.6+ Definitions
  citations/citation 1.7+ {Citation}
  json properties 1.5+ [Property]
  json signature 1.4+ Signature

words SchemaAddress
  1.4-1.4 http://cyclonedx.org/schema/bom-1.4.schema.json
  1.5-1.5 http://cyclonedx.org/schema/bom-1.5.schema.json
words Format
  CycloneDX

shape Metadata
  timestamp time
  lifecycles/lifecycle 1.5+ [Lifecycle]
  json tools -1.4 [Tool]
  json tools 1.5+ [Tool] or ToolParts
  xml tools ToolParts
  authors/author [Contact]
  component Component
  manufacturer 1.6+ Entity
  json manufacture Entity
  json supplier Entity
  xml manufacture 1.3+ Entity
  xml supplier 1.3+ Entity
  xml manufacture -1.2 [Entity]
  xml supplier -1.2 [Entity]
  json licenses 1.3+ [LicenseChoice]
  xml licenses 1.3+ Licenses
  properties/property* 1.3+ [Property]
  distributionConstraints 1.7+ Distribution

shape Distribution
  tlp Tlp
words Tlp
  CLEAR GREEN AMBER AMBER_AND_STRICT RED

shape Lifecycle
  phase Phase
  name text
  description text
  one phase name
  most phase description
words Phase
  design pre-build build post-build operations discovery decommission

shape ToolParts
  xml tool [Tool]
  components/component* 1.5+ {Component}
  services/service* 1.5+ {Service}
  most tool components
  most tool services

shape Tool
  vendor text
  name text
  version -1.5 text
  version 1.6+ version
  hashes/hash [Hash]
  externalReferences/reference 1.4+ [Reference]

shape Entity
  @bom-ref 1.5+ ref
  name text
  address 1.6+ Address
  url [uri]
  contact [Contact]

shape Contact
  @bom-ref 1.5+ ref
  name text
  json email -1.3 text
  json email 1.4+ email
  json phone text
  xml email -1.2 [text]
  xml phone -1.2 [text]
  xml email 1.3+ text
  xml phone 1.3+ text

shape Address
  @bom-ref ref
  country text
  region text
  locality text
  postOfficeBoxNumber text
  postalCode text
  streetAddress text

shape Component any-attributes
  @type! ComponentType
  @mime-type 1.2+ mime
  @bom-ref 1.1+ ref
  @isExternal 1.7+ boolean
  supplier 1.2+ Entity
  manufacturer 1.6+ Entity
  authors/author 1.6+ [Contact]
  author 1.2+ text
  publisher text
  group text
  name! text
  version! -1.3 text
  version 1.4-1.5 text
  version 1.6+ version
  versionRange 1.7+ range
  description text
  scope required|optional|excluded
  hashes/hash [Hash]
  json licenses [LicenseChoice]
  xml licenses Licenses
  copyright text
  patentAssertions/patentAssertion 1.7+ [PatentAssertion]
  cpe cpe
  purl purl
  omniborId 1.6+ [text]
  swhid 1.6+ [text]
  swid 1.2+ Swid
  xml modified! -1.0 boolean
  modified 1.1+ boolean
  pedigree 1.1+ Pedigree
  externalReferences/reference 1.1+ [Reference]
  properties/property* 1.3+ [Property]
  components/component {Component}
  evidence 1.3+ Evidence
  releaseNotes 1.4+ ReleaseNotes
  modelCard 1.5+ ModelCard
  json data 1.5+ [Data]
  xml data 1.5-1.5 Data
  xml data 1.6+ [Data]
  cryptoProperties 1.6+ Crypto
  tags/tag 1.6+ [text]
  json signature 1.4+ Signature
  most version versionRange
  needs versionRange isExternal
words ComponentType
  application framework library operating-system device
  1.1+ file
  1.2+ container firmware
  1.5+ platform device-driver machine-learning-model data
  1.6+ cryptographic-asset

shape Swid
  @tagId! text
  @name! text
  @version text
  @tagVersion integer
  @patch boolean
  text Attachment
  url uri

shape Attachment
  @contentType~content-type text
  @encoding base64|
  =content! text

shape Hash
  @alg! HashAlgorithm
  =content! hash
words HashAlgorithm
  MD5 SHA-1 SHA-256 SHA-384 SHA-512 SHA3-256 SHA3-512
  1.2+ SHA3-384 BLAKE2b-256 BLAKE2b-384 BLAKE2b-512 BLAKE3
  1.7+ Streebog-256 Streebog-512

shape LicenseChoice
  license License
  expression text
  expressionDetails 1.7+ [ExpressionDetail]
  acknowledgement 1.6+ declared|concluded
  bom-ref 1.5+ ref
  licensing 1.7+ Licensing
  properties 1.7+ [Property]
  one license expression
  most license expressionDetails
  most license acknowledgement
  most license bom-ref
  most license licensing
  most license properties
  alone expression 1.5-1.6
shape ExpressionDetail
  licenseIdentifier! text
  bom-ref ref
  text Attachment
  url uri

shape Licenses any-order-since-1.7
  license [License]
  expression 1.1-1.6 Expression
  expression 1.7+ [Expression]
  expression-detailed 1.7+ [ExpressionDetailed]
  most license expression -1.6
shape Expression
  @bom-ref 1.5+ ref
  @acknowledgement 1.6+ declared|concluded
  =text text
shape ExpressionDetailed
  @expression! text
  @bom-ref ref
  @acknowledgement declared|concluded
  details [ExpressionDetails]
  licensing Licensing
  properties/property* [Property]
shape ExpressionDetails
  @license-identifier! text
  @bom-ref ref
  text Attachment
  url uri

shape License
  @bom-ref 1.5+ ref
  @acknowledgement 1.6+ declared|concluded
  id license-id
  name text
  text 1.1+ Attachment
  url 1.1+ uri
  licensing 1.5+ Licensing
  properties/property* 1.5+ [Property]
  json one id name
  xml most id name -1.5
  xml one id name 1.6+

shape Licensing
  altIds/altId [text]
  licensor Party
  licensee Party
  purchaser Party
  purchaseOrder text
  licenseTypes/licenseType [LicenseType]
  lastRenewal time
  expiration time
words LicenseType
  academic appliance client-access concurrent-user core-points custom-metric device evaluation named-user node-locked
  oem perpetual processor-points subscription user other
shape Party
  organization Entity
  individual Contact
  json one organization individual
  xml most organization individual

shape Pedigree
  ancestors/component* [Component]
  descendants/component* [Component]
  variants/component* [Component]
  commits/commit [Commit]
  patches/patch 1.2+ [Patch]
  notes text
shape Commit
  uid text
  url uri
  author Action
  committer Action
  message text
shape Action
  timestamp time
  name text
  email email
shape Patch
  @type! unofficial|monkey|backport|cherry-pick
  diff Diff
  resolves/issue [Issue]
shape Diff
  text Attachment
  url uri
shape Issue
  @type! defect|enhancement|security
  id text
  name text
  description text
  source Source
  references/url [uri]
shape Source
  name text
  url uri

shape Reference any-attributes
  @type! ReferenceType
  url! uri
  comment text
  hashes/hash 1.3+ [Hash]
  properties/property* 1.7+ [Property]
words ReferenceType
  vcs issue-tracker website advisories bom mailing-list social chat documentation support distribution license
  build-meta build-system other
  1.4+ release-notes
  1.5+ distribution-intake security-contact model-card log configuration evidence formulation attestation threat-model
  1.5+ adversary-model risk-assessment vulnerability-assertion exploitability-statement pentest-report
  1.5+ static-analysis-report dynamic-analysis-report runtime-analysis-report component-analysis-report maturity-report
  1.5+ certification-report codified-infrastructure quality-metrics poam
  1.6+ source-distribution electronic-signature digital-signature rfc-9116
  1.7+ patent patent-family patent-assertion citation

shape Dependency any-order
  @ref! target
  json dependsOn {target}
  json provides 1.6+ {target}
  xml dependency [Dependency]
  xml provides 1.6+ [RefHolder]
shape RefHolder
  @ref! link

shape Service any-attributes
  @bom-ref ref
  provider Entity
  group text
  name! text
  version -1.5 text
  version 1.6+ version
  description text
  endpoints/endpoint [uri]
  authenticated boolean
  x-trust-boundary boolean
  trustZone 1.5+ text
  json data [ServiceData]
  xml data ServiceFlows
  json licenses [LicenseChoice]
  xml licenses Licenses
  patentAssertions/patentAssertion 1.7+ [PatentAssertion]
  externalReferences/reference [Reference]
  properties/property* 1.3+ [Property]
  services/service {Service}
  releaseNotes 1.4+ ReleaseNotes
  tags/tag 1.6+ [text]
  json signature 1.4+ Signature
shape ServiceData
  flow! Flow
  classification! text
  name 1.5+ text
  description 1.5+ text
  governance 1.5+ Governance
  source 1.5+ [uri]
  destination 1.5+ [uri]
words Flow
  inbound outbound bi-directional unknown
shape ServiceFlows
  classification [Classification]
  dataflow 1.5+ [DataFlow]
  most classification dataflow
shape Classification
  @flow! Flow
  =text text
shape DataFlow any-attributes
  @name text
  @description text
  classification Classification
  governance Governance
  source/url [uri]
  destination/url [uri]

shape Evidence any-attributes
  json identity 1.5-1.5 Identity
  json identity 1.6+ [Identity] or Identity
  xml identity 1.5-1.5 Identity
  xml identity 1.6+ [Identity]
  occurrences/occurrence 1.5+ [Occurrence]
  callstack 1.5+ CallStack
  json licenses [LicenseChoice]
  xml licenses Licenses
  json copyright [Copyright]
  xml copyright/text [text]
shape Copyright
  text! text
shape Identity
  field! IdentityField
  confidence share
  concludedValue 1.6+ text
  methods/method [Method]
  json tools {link}
  xml tools/tool [RefHolder]
words IdentityField
  group name version purl cpe swid hash
  1.6+ omniborId swhid
shape Method
  technique! Technique
  confidence! share
  value text
words Technique
  source-code-analysis binary-analysis manifest-analysis ast-fingerprint hash-comparison instrumentation
  dynamic-analysis filename attestation other
shape Occurrence
  @bom-ref ref
  location! text
  line 1.6+ natural
  offset 1.6+ natural
  symbol 1.6+ text
  additionalContext 1.6+ text
shape CallStack
  frames/frame [Frame]
  xml tools/tool [RefHolder]
shape Frame
  package text
  module! text
  function text
  parameters/parameter [text]
  line integer
  column integer
  fullFilename text

shape Composition any-order
  @bom-ref 1.5+ ref
  aggregate! Aggregate
  json assemblies {link}
  json dependencies {text}
  json vulnerabilities 1.5+ {text}
  xml assemblies/assembly [RefHolder]
  xml dependencies/dependency [RefHolder]
  xml vulnerabilities/vulnerability* 1.5+ [RefHolder]
  json signature 1.4+ Signature
words Aggregate
  complete incomplete incomplete_first_party_only incomplete_third_party_only unknown not_specified
  1.5+ incomplete_first_party_proprietary_only incomplete_first_party_opensource_only
  1.5+ incomplete_third_party_proprietary_only incomplete_third_party_opensource_only

shape Property open-until-1.5
  json name -1.5 text
  json name! 1.6+ text
  xml @name! text
  =value text

shape ReleaseNotes any-attributes any-order
  type! text
  title text
  featuredImage uri
  socialImage uri
  description text
  timestamp time
  aliases/alias [text]
  tags/tag [text]
  resolves/issue [Issue]
  notes/note [Note]
  properties/property* [Property]
shape Note any-order
  locale locale
  text! Attachment

shape Vulnerability
  @bom-ref ref
  id text
  source VulnerabilitySource
  references/reference [VulnerabilityReference]
  ratings/rating [Rating]
  cwes/cwe [positive]
  description text
  detail text
  recommendation text
  workaround 1.5+ text
  proofOfConcept 1.5+ ProofOfConcept
  advisories/advisory [Advisory]
  created time
  published time
  updated time
  rejected 1.5+ time
  credits Credits
  json tools -1.4 [Tool]
  json tools 1.5+ [Tool] or ToolParts
  xml tools ToolParts
  analysis Analysis
  affects/target {Affected}
  properties/property* [Property]
shape VulnerabilitySource any-order
  name text
  url text
shape VulnerabilityReference
  json id! text
  json source! VulnerabilitySource
  xml id -1.4 text
  xml source -1.4 VulnerabilitySource
  xml id! 1.5+ text
  xml source! 1.5+ VulnerabilitySource
shape Rating
  source VulnerabilitySource
  score number
  severity Severity
  method ScoreMethod
  vector text
  justification text
words Severity
  critical high medium low info none unknown
words ScoreMethod
  CVSSv2 CVSSv3 CVSSv31 OWASP other
  1.5+ CVSSv4 SSVC
shape ProofOfConcept open
  reproductionSteps text
  environment text
  supportingMaterial/attachment [Attachment]
shape Advisory
  title text
  url! uri
shape Credits
  organizations/organization [Entity]
  individuals/individual [Contact]
shape Analysis
  state State
  justification Justification
  response~responses/response [Response]
  detail text
  firstIssued 1.5+ time
  lastUpdated 1.5+ time
words State
  resolved resolved_with_pedigree exploitable in_triage false_positive not_affected
words Justification
  code_not_present code_not_reachable requires_configuration requires_dependency requires_environment
  protected_by_compiler protected_at_runtime protected_at_perimeter protected_by_mitigating_control
words Response
  can_not_fix will_not_fix update rollback workaround_available
shape Affected
  ref! link
  versions/version [AffectedVersion]
shape AffectedVersion
  version -1.4 text
  version 1.5+ version
  range range
  status affected|unaffected|unknown
  one version range

shape Annotation any-attributes
  @bom-ref ref
  json subjects! {link}
  xml subjects/subject [RefHolder]
  annotator! Annotator
  timestamp! time
  text! text
  json signature Signature
shape Annotator
  organization Entity
  individual Contact
  component Component
  service Service
  json one organization individual component service
  xml most organization individual component service

shape Citation
  @bom-ref ref
  pointers/pointer [text]+
  expressions/expression [text]+
  timestamp! time
  attributedTo link
  process link
  note text
  json signature Signature
  one pointers expressions
  any attributedTo process

shape Signature
  signers [Signer]
  chain [Signer]
  algorithm text
  keyId text
  publicKey PublicKey
  certificatePath [text]
  excludes [text]
  value text
  one signers chain algorithm
  together algorithm value
  most signers keyId
  most signers publicKey
  most chain keyId
  most chain publicKey
shape Signer
  algorithm! text
  keyId text
  publicKey PublicKey
  certificatePath [text]
  excludes [text]
  value! text
shape PublicKey
  kty! EC|OKP|RSA
  crv P-256|P-384|P-521|Ed25519|Ed448
  x text
  y text
  n text
  e text
  one crv n
  together crv x
  together n e
)";

}  // namespace

std::string cyclonedx_sheet() { return std::string(sheet) + std::string(cyclonedx_later_sheet()); }

}  // namespace pratique
