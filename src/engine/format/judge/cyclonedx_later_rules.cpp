// What CycloneDX 1.5 to 1.7 added beside components: models, data, formulation, attestations, cryptography, patents.
// One sheet with cyclonedx_rules.cpp; a table of data, so longer than a source should be.
#include "engine/format/judge/rules.h"

namespace pratique {

namespace {

constexpr std::string_view sheet = R"(
shape ModelCard
  @bom-ref ref
  modelParameters ModelParameters
  quantitativeAnalysis QuantitativeAnalysis
  considerations Considerations
  properties/property* [Property]
shape ModelParameters
  approach Approach
  task text
  architectureFamily text
  modelArchitecture text
  json datasets [DataSet]
  xml datasets DataSets
  inputs/input [Port]
  outputs/output [Port]
shape Approach
  type supervised|unsupervised|reinforcement-learning|semi-supervised|self-supervised
shape Port
  json format text
  xml format! text
shape DataSet
  ref link
  bom-ref ref
  type DataType
  name text
  contents DataContents
  classification text
  sensitiveData [text]
  graphics Graphics
  description text
  governance Governance
  most ref type
  any ref type
shape DataSets any-order
  ref [link]
  dataset [Data]
shape Data
  @bom-ref ref
  type! DataType
  name text
  contents DataContents
  classification text
  sensitiveData [text]
  graphics Graphics
  description text
  governance Governance
words DataType
  source-code configuration dataset definition other
shape DataContents
  attachment Attachment
  url uri
  properties/property* [Property]
shape Graphics
  description text
  collection/graphic [Graphic]
shape Graphic
  name text
  image Attachment
shape Governance
  custodians/custodian [Responsible]
  stewards/steward [Responsible]
  owners/owner [Responsible]
shape Responsible
  organization Entity
  json contact Contact
  xml individual Contact
  json one organization contact
  xml most organization individual
shape QuantitativeAnalysis
  performanceMetrics/performanceMetric [Metric]
  graphics Graphics
shape Metric
  type text
  value text
  slice text
  confidenceInterval Interval
shape Interval
  lowerBound text
  upperBound text
shape Considerations
  users/user [text]
  useCases/useCase [text]
  technicalLimitations/technicalLimitation [text]
  performanceTradeoffs/performanceTradeoff [text]
  ethicalConsiderations/ethicalConsideration [Risk]
  environmentalConsiderations 1.6+ Environmental
  fairnessAssessments/fairnessAssessment [Fairness]
shape Risk
  name text
  mitigationStrategy text
shape Fairness
  groupAtRisk text
  benefits text
  harms text
  mitigationStrategy text
shape Environmental
  energyConsumptions/energyConsumption* [EnergyConsumption]
  properties/property* [Property]
shape EnergyConsumption
  activity! Activity
  energyProviders! [EnergyProvider]
  activityEnergyCost! EnergyMeasure
  co2CostEquivalent CarbonMeasure
  co2CostOffset CarbonMeasure
  properties/property* [Property]
words Activity
  design data-collection data-preparation training fine-tuning validation deployment inference other
shape EnergyProvider
  @bom-ref ref
  description text
  organization! Entity
  energySource! EnergySource
  energyProvided! EnergyMeasure
  externalReferences/reference [Reference]
words EnergySource
  coal oil natural-gas nuclear wind solar geothermal hydropower biofuel unknown other
shape EnergyMeasure
  value! number
  unit! kWh|
shape CarbonMeasure
  value! number
  unit! tCO2eq|

shape Formula any-attributes
  @bom-ref ref
  components/component* {Component}
  services/service* {Service}
  workflows/workflow* {Workflow}
  properties/property* [Property]
shape Workflow any-attributes
  @bom-ref! loose-ref
  uid! text
  name text
  description text
  resourceReferences/resourceReference* {Resource}
  tasks/task* {Task}
  taskDependencies/dependency {Dependency}
  taskTypes!/taskType [TaskType]
  trigger Trigger
  steps/step {Step}
  inputs/input {Input}
  outputs/output {Output}
  timeStart time
  timeEnd time
  workspaces/workspace* {Workspace}
  runtimeTopology/dependency {Dependency}
  properties/property* [Property]
shape Task any-attributes
  @bom-ref! loose-ref
  uid! text
  name text
  description text
  resourceReferences/resourceReference* {Resource}
  taskTypes!/taskType [TaskType]
  trigger Trigger
  steps/step {Step}
  inputs/input {Input}
  outputs/output {Output}
  timeStart time
  timeEnd time
  workspaces/workspace* {Workspace}
  runtimeTopology/dependency {Dependency}
  properties/property* [Property]
words TaskType
  copy clone lint scan merge build test deliver deploy release clean other
shape Step any-attributes
  name text
  description text
  commands/command [Executed]
  properties/property* [Property]
shape Executed
  executed text
  properties/property* [Property]
shape Workspace any-attributes any-order
  @bom-ref! loose-ref
  uid! text
  name text
  aliases/alias [text]
  description text
  resourceReferences/resourceReference* {Resource}
  accessMode read-only|read-write|read-write-once|write-once|write-only
  mountPath text
  managedDataType text
  volumeRequest text
  volume Volume
  properties/property* [Property]
shape Volume
  uid text
  name text
  mode filesystem|block
  path text
  sizeAllocated text
  persistent boolean
  remote boolean
  properties/property* [Property]
shape Trigger any-attributes
  @bom-ref! loose-ref
  uid! text
  name text
  description text
  resourceReferences/resourceReference* {Resource}
  type! manual|api|webhook|scheduled
  event Event
  conditions/condition {Condition}
  timeActivated time
  inputs/input {Input}
  outputs/output {Output}
  properties/property* [Property]
shape Event any-attributes
  uid text
  description text
  timeReceived time
  data Attachment
  source Resource
  target Resource
  properties/property* [Property]
shape Condition
  description text
  expression text
  properties/property* [Property]
shape Input any-attributes
  resource Resource
  parameters/parameter {Parameter}
  json environmentVars {Property/text}
  xml environmentVars EnvironmentVars
  data Attachment
  source Resource
  target Resource
  properties/property* [Property]
  one resource parameters environmentVars data
shape Output any-attributes
  resource Resource
  json environmentVars {Property/text}
  xml environmentVars EnvironmentVars
  data Attachment
  type artifact|attestation|log|evidence|metrics|other
  source Resource
  target Resource
  properties/property* [Property]
  one resource environmentVars data
shape EnvironmentVars any-order
  environmentVar [Property]
  value [text]
shape Parameter any-attributes
  name text
  value text
  dataType text
shape Resource any-attributes
  ref link
  externalReference Reference
  one ref externalReference

shape Declarations
  assessors/assessor [Assessor]
  attestations/attestation [Attestation]
  claims/claim [Claim]
  json evidence [ClaimEvidence]
  xml evidence/evidence [ClaimEvidence]
  targets Targets
  affirmation Affirmation
  json signature Signature
shape Assessor
  @bom-ref ref
  thirdParty boolean
  organization Entity
shape Attestation
  summary text
  assessor link
  map [AttestationMap]
  json signature Signature
shape AttestationMap
  requirement link
  claims/claim [link]
  counterClaims/counterClaim [link]
  conformance Conformance
  confidence Confidence
shape Conformance
  json score share
  xml score! share
  rationale text
  mitigationStrategies/mitigationStrategy [link]
shape Confidence
  json score share
  xml score! share
  rationale text
shape Claim
  @bom-ref ref
  target link
  predicate text
  mitigationStrategies/mitigationStrategy [link]
  reasoning text
  evidence [link]
  counterEvidence [link]
  externalReferences/reference [Reference]
  json signature Signature
shape ClaimEvidence
  @bom-ref ref
  propertyName text
  description text
  data [ClaimData]
  created time
  expires time
  author Contact
  reviewer Contact
  json signature Signature
shape ClaimData
  name text
  contents ClaimContents
  classification text
  sensitiveData [text]
  governance Governance
shape ClaimContents
  attachment Attachment
  url uri
shape Targets
  organizations/organization [Entity]
  components/component [Component]
  services/service [Service]
shape Affirmation
  statement text
  signatories/signatory [Signatory]
  json signature Signature
shape Signatory
  name text
  role text
  json signature Signature
  organization Entity
  externalReference Reference
  json any signature externalReference
  json most signature externalReference
  json with externalReference organization

shape Definitions
  standards/standard* [Standard]
  json patents 1.7+ [AnyPatent]
  xml patents 1.7+ Patents
shape Standard
  @bom-ref ref
  json name text
  json version text
  json description text
  json owner text
  xml name! text
  xml version! text
  xml description! text
  xml owner! text
  requirements/requirement [Requirement]
  levels/level [Level]
  externalReferences/reference [Reference]
  json signature Signature
shape Requirement
  @bom-ref ref
  identifier text
  title text
  text text
  descriptions/description [text]
  openCre [cre]
  parent link
  properties/property* [Property]
  externalReferences/reference [Reference]
shape Level
  @bom-ref ref
  identifier text
  title text
  description text
  requirements/requirement [link]
shape Patents any-order
  patent [Patent]
  patentFamily [PatentFamily]
shape AnyPatent
  bom-ref ref
  patentNumber patent-number
  applicationNumber patent-number
  jurisdiction country
  priorityApplication PriorityApplication
  publicationNumber patent-number
  title text
  abstract text
  filingDate date
  grantDate date
  patentExpirationDate date
  patentLegalStatus PatentStatus
  patentAssignee [Assignee]
  externalReferences [Reference]
  familyId text
  members [link]
  one patentNumber familyId
  most familyId applicationNumber
  most familyId jurisdiction
  most familyId publicationNumber
  most familyId title
  most familyId abstract
  most familyId filingDate
  most familyId grantDate
  most familyId patentExpirationDate
  most familyId patentLegalStatus
  most familyId patentAssignee
  most patentNumber members
  together patentNumber jurisdiction
  together patentNumber patentLegalStatus
shape Patent
  @bom-ref ref
  patentNumber! patent-number
  applicationNumber patent-number
  jurisdiction! country
  priorityApplication PriorityApplication
  publicationNumber patent-number
  title text
  abstract text
  filingDate date
  grantDate date
  patentExpirationDate date
  patentLegalStatus! PatentStatus
  patentAssignee [Party]
  externalReferences/reference [Reference]
words PatentStatus
  pending granted revoked expired lapsed withdrawn abandoned suspended reinstated opposed terminated invalidated in-force
shape Assignee
  bom-ref ref
  name text
  email email
  phone text
  address Address
  url [uri]
  contact [Contact]
shape PatentFamily
  @bom-ref ref
  familyId! text
  priorityApplication PriorityApplication
  members/ref [link]
  externalReferences/reference [Reference]
shape PriorityApplication
  applicationNumber! patent-number
  jurisdiction! country
  filingDate! date
shape PatentAssertion
  @bom-ref ref
  assertionType! AssertionType
  patentRefs/bom-ref [link]
  json asserter! Assignee or link
  xml asserter! Asserter
  notes text
words AssertionType
  ownership license third-party-claim standards-inclusion prior-art exclusive-rights non-assertion
  research-or-evaluation
shape Asserter
  organization Entity
  contact Contact
  ref link
  one organization contact ref

shape Crypto
  assetType! algorithm|certificate|protocol|related-crypto-material
  algorithmProperties Algorithm
  certificateProperties Certificate
  relatedCryptoMaterialProperties Material
  protocolProperties Protocol
  oid text
shape Algorithm
  primitive Primitive
  json algorithmFamily 1.7+ AlgorithmFamily
  xml algorithmFamily 1.7+ text
  parameterSetIdentifier text
  curve text
  ellipticCurve 1.7+ text
  executionEnvironment software-plain-ram|software-encrypted-ram|software-tee|hardware|other|unknown
  implementationPlatform Platform
  certificationLevel [Certification]
  mode cbc|ecb|ccm|gcm|cfb|ofb|ctr|other|unknown
  padding pkcs5|pkcs7|pkcs1v15|oaep|raw|other|unknown
  cryptoFunctions/cryptoFunction [CryptoFunction]
  classicalSecurityLevel natural
  nistQuantumSecurityLevel to-six
words Primitive
  drbg mac block-cipher stream-cipher signature hash pke xof kdf key-agree kem ae combiner other unknown
  1.7+ key-wrap
words AlgorithmFamily
  3DES 3GPP-XOR A5/1 A5/2 AES ANSI-KDF ARIA Argon2 Ascon BLAKE2 BLAKE3 BLS Blowfish CAMELLIA CAST5 CAST6 CMAC CMEA
  CTR_DRBG ChaCha ChaCha20 DES DSA ECDH ECDSA ECIES EdDSA ElGamal FFDH Fortuna GOST HC HKDF HMAC HMAC_DRBG HPKE
  Hash_DRBG IDEA IKE-PRF J-PAKE LMS MD2 MD4 MD5 MILENAGE ML-DSA ML-KEM MQV OPAQUE PBES1 PBES2 PBKDF1 PBKDF2 PBMAC1
  Poly1305 RABBIT RC2 RC4 RC5 RC6 RIPEMD RSAES-OAEP RSAES-PKCS1 RSASSA-PKCS1 RSASSA-PSS SEED SHA-1 SHA-2 SHA-3 SLH-DSA
  SM2 SM3 SM4 SM9 SNOW3G SP800-108 SPAKE2 SPAKE2PLUS SRP Salsa20 Serpent SipHash Skipjack TUAK Twofish UMAC Whirlpool
  X3DH XMSS Yarrow ZUC bcrypt scrypt yescrypt
words Platform
  generic x86_32 x86_64 armv7-a armv7-m armv8-a armv8-m armv9-a armv9-m s390x ppc64 ppc64le other unknown
words Certification
  none fips140-1-l1 fips140-1-l2 fips140-1-l3 fips140-1-l4 fips140-2-l1 fips140-2-l2 fips140-2-l3 fips140-2-l4
  fips140-3-l1 fips140-3-l2 fips140-3-l3 fips140-3-l4 cc-eal1 cc-eal1+ cc-eal2 cc-eal2+ cc-eal3 cc-eal3+ cc-eal4
  cc-eal4+ cc-eal5 cc-eal5+ cc-eal6 cc-eal6+ cc-eal7 cc-eal7+ other unknown
words CryptoFunction
  generate keygen encrypt decrypt digest tag keyderive sign verify encapsulate decapsulate other unknown
shape Certificate
  serialNumber 1.7+ text
  subjectName text
  issuerName text
  notValidBefore time
  notValidAfter time
  signatureAlgorithmRef link
  subjectPublicKeyRef link
  certificateFormat text
  certificateExtension text
  certificateFileExtension 1.7+ text
  fingerprint 1.7+ Hash
  certificateState 1.7+ [CertificateState]
  creationDate 1.7+ time
  activationDate 1.7+ time
  deactivationDate 1.7+ time
  revocationDate 1.7+ time
  destructionDate 1.7+ time
  certificateExtensions/certificateExtension 1.7+ [CertificateExtension]
  relatedCryptographicAssets/relatedCryptographicAsset 1.7+ [RelatedAsset]
shape CertificateState
  state pre-activation|active|suspended|deactivated|revoked|destroyed
  name text
  description text
  reason text
  one state name
  most state description
shape CertificateExtension
  commonExtensionName CommonExtension
  commonExtensionValue text
  customExtensionName text
  customExtensionValue text
  one commonExtensionName customExtensionName
  together commonExtensionName commonExtensionValue
  most commonExtensionName customExtensionValue
words CommonExtension
  basicConstraints keyUsage extendedKeyUsage subjectAlternativeName authorityKeyIdentifier subjectKeyIdentifier
  authorityInformationAccess certificatePolicies crlDistributionPoints signedCertificateTimestamp
shape RelatedAsset
  type text
  ref link
shape Material
  type MaterialType
  id text
  state pre-activation|active|suspended|deactivated|compromised|destroyed
  algorithmRef link
  creationDate time
  activationDate time
  updateDate time
  expirationDate time
  value text
  size integer
  format text
  securedBy SecuredBy
  fingerprint 1.7+ Hash
  relatedCryptographicAssets/relatedCryptographicAsset 1.7+ [RelatedAsset]
words MaterialType
  private-key public-key secret-key key ciphertext signature digest initialization-vector nonce seed salt shared-secret
  tag additional-data password credential token other unknown
shape SecuredBy
  mechanism text
  algorithmRef link
shape Protocol
  type ProtocolType
  version text
  cipherSuites/cipherSuite [CipherSuite]
  ikev2TransformTypes Ike
  cryptoRefArray~cryptoRef [link]
  json relatedCryptographicAssets 1.7+ [RelatedAsset]
words ProtocolType
  tls ssh ipsec ike sstp wpa other unknown
  1.7+ dtls quic eap-aka eap-aka-prime prins 5g-aka
shape CipherSuite
  name text
  algorithms/algorithm [link]
  identifiers/identifier [text]
  tlsGroups/group 1.7+ [text]
  tlsSignatureSchemes/signatureScheme 1.7+ [text]
shape Ike
  encr -1.6 [link]
  json encr 1.7+ [IkeEncryption/link]
  xml encr 1.7+ [IkeEncryption]
  prf -1.6 [link]
  json prf 1.7+ [IkeNamed/link]
  xml prf 1.7+ [IkeNamed]
  integ -1.6 [link]
  json integ 1.7+ [IkeNamed/link]
  xml integ 1.7+ [IkeNamed]
  ke -1.6 [link]
  json ke 1.7+ [IkeGroup/link]
  xml ke 1.7+ [IkeGroup]
  esn boolean
  auth -1.6 [link]
  json auth 1.7+ [IkeNamed/link]
  xml auth 1.7+ [IkeNamed]
shape IkeEncryption mixed
  name text
  keyLength integer
  algorithm link
shape IkeNamed mixed
  name text
  algorithm link
shape IkeGroup mixed
  group integer
  algorithm link
)";

}  // namespace

std::string_view cyclonedx_later_sheet() { return sheet; }

}  // namespace pratique
