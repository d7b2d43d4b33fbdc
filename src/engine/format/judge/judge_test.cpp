#include <gtest/gtest.h>

#include "engine/format/format.h"

namespace pratique {
namespace {

std::string judged(std::string_view document) {
  const auto judgement = judge_bill(Bytes::copy_of(document));
  if (!judgement) return render(judgement.error());
  std::string text;
  for (const Rejected& error : judgement->errors) text += error.place + ": " + error.reason + "\n";
  for (const Rejected& doubt : judgement->doubts) text += "? " + doubt.place + ": " + doubt.reason + "\n";
  return text;
}

std::string json(std::string_view version, std::string_view rest) {
  return R"({"bomFormat": "CycloneDX", "specVersion": ")" + std::string(version) + R"(", "version": 1)" +
         std::string(rest) + "}";
}

struct Case {
  std::string_view version, rest, expected;
};

TEST(Judge, JsonAgainstCycloneDx) {
  for (const Case& c : std::initializer_list<Case>{
           {"1.6", R"(, "components": [{"type": "library", "name": "a"}])", ""},
           {"1.3", R"(, "components": [{"type": "library", "name": "a"}])", "/components/0: 'version' is missing\n"},
           {"1.4", R"(, "components": [{"type": "platform", "name": "a"}])",
            "/components/0/type: 'platform' came with version 1.5\n"},
           {"1.6", R"(, "components": [{"type": "libary", "name": "a"}])",
            "/components/0/type: 'libary' is none of the words allowed here; 'library' is\n"},
           {"1.6", R"(, "components": [{"type": "library", "name": 7}])",
            "/components/0/name: must be a text, and is a number\n"},
           {"1.6", R"(, "component": [])", "/component: 'component' is not allowed here; 'components' is\n"},
           {"1.4", R"(, "annotations": [])",
            "/annotations: 'annotations' is not part of version 1.4: it came with 1.5\n"},
           {"1.6", R"(, "components": [{"type": "file", "name": "a", "licenses": [{"license": {"id": "Mine"}}]}])",
            "/components/0/licenses/0/license/id: 'Mine' is not on the SPDX license list; give it as 'name'\n"},
           {"1.6", R"(, "components": [{"type": "file", "name": "a", "licenses":
             [{"license": {"id": "MIT"}}, {"expression": "MIT"}]}])",
            "/components/0/licenses: an 'expression' must stand alone in its list\n"},
           {"1.7", R"(, "components": [{"type": "file", "name": "a", "licenses":
             [{"license": {"id": "MIT"}}, {"expression": "MIT"}]}])",
            ""},
           {"1.6", R"(, "components": [{"type": "file", "name": "a", "bom-ref": "x"},
                                       {"type": "file", "name": "b", "bom-ref": "x"}])",
            "/components/1/bom-ref: 'x' is the name of something else, too\n"},
           {"1.6", R"(, "components": [{"type": "file", "name": "a"}, {"name": "a", "type": "file"}])",
            "/components/1: the same as one before it in the list\n"},
           {"1.7", R"(, "components": [{"type": "file", "name": "a", "versionRange": "vers:npm/*"}])",
            "/components/0: 'versionRange' needs 'isExternal' to be true\n"},
           {"1.6", R"(, "components": [{"type": "file", "name": "a", "hashes": [{"alg": "MD5", "content": "12"}]}])",
            "/components/0/hashes/0/content: '12' is no hash of 32, 40, 64, 96 or 128 hex digits\n"},
           {"1.6", R"(, "metadata": {"timestamp": "2024-01-01"})",
            "/metadata/timestamp: '2024-01-01' is no date and time (RFC 3339)\n"},
           {"1.6", R"(, "components": [{"type": "file", "name": "a", "purl": "pkg:"}],
                      "dependencies": [{"ref": "b", "dependsOn": []}])",
            "? /components/0/purl: 'pkg:' is no package URL\n"
            "? /dependencies/0/ref: nothing in the document is called 'b'\n"},
           {"1.5", R"(, "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json")", ""},
           {"1.5", R"(, "$schema": "http://cyclonedx.org/schema/bom-1.4.schema.json")",
            "/$schema: 'http://cyclonedx.org/schema/bom-1.4.schema.json' is none of the words allowed here; "
            "'http://cyclonedx.org/schema/bom-1.5.schema.json' is\n"},
           {"1.6", R"(, "$schema": "any")", ""},
           {"1.7", R"(, "components": [{"type": "cryptographic-asset", "name": "a", "cryptoProperties":
             {"assetType": "algorithm", "algorithmProperties": {"algorithmFamily": "ML-KEM"}}},
             {"type": "cryptographic-asset", "name": "b", "cryptoProperties":
             {"assetType": "algorithm", "algorithmProperties": {"algorithmFamily": "ML-KEN"}}}])",
            "/components/1/cryptoProperties/algorithmProperties/algorithmFamily: "
            "'ML-KEN' is none of the words allowed here; 'ML-KEM' is\n"},
           {"1.6", R"(, "version": 2)", "/version: the key is given twice, the first counts\n"},
       }) {
    SCOPED_TRACE(c.rest);
    EXPECT_EQ(judged(json(c.version, c.rest)), c.expected);
  }
}

std::string xml(std::string_view version, std::string_view rest) {
  return "<bom xmlns=\"http://cyclonedx.org/schema/bom/" + std::string(version) + "\" version=\"1\">\n" +
         std::string(rest) + "\n</bom>";
}

TEST(Judge, XmlAgainstCycloneDx) {
  for (const Case& c : std::initializer_list<Case>{
           {"1.6", "<components><component type='library'><name>a</name></component></components>", ""},
           {"1.0",
            "<components><component type='library'><name>a</name><version>1</version><modified>false</modified>"
            "</component></components>",
            ""},
           {"1.0", "<components><component type='library'><name>a</name><version>1</version></component></components>",
            "line 2: in 'component': 'modified' is missing\n"},
           {"1.1", "", "line 3: in 'bom': 'components' is missing\n"},
           {"1.6", "<components><component><name>a</name></component></components>",
            "line 2: in 'component': 'type' is missing\n"},
           {"1.6", "<components><component type='file'><version>1</version><name>a</name></component></components>",
            "line 2: 'name' must stand before 'version'\n"},
           {"1.6", "<components><component type='file'><name>a</name><name>b</name></component></components>",
            "line 2: 'name' is given twice\n"},
           {"1.6", "<components><component type='file'><name>a<b/></name></component></components>",
            "line 2: 'b' is not allowed in 'name'\n"},
           {"1.6", "<components flavour='x'/><metadata when='y'/>",
            "line 2: 'metadata' must stand before 'components'\n"
            "line 2: the attribute 'when' is not allowed on 'metadata'\n"},
           {"1.6", "<metadata><x:y xmlns:x='urn:other'><anything/></x:y></metadata>", ""},
           {"1.6",
            "<components><component type='file'><name>a</name><modified>maybe</modified></component></components>",
            "line 2: 'maybe' is neither true nor false\n"},
           {"1.6", "<dependencies><dependency ref='a'><dependency ref='b'/></dependency></dependencies>stray",
            "line 3: text inside 'bom', which holds only elements\n"
            "? line 2: nothing in the document is called 'a'\n? line 2: nothing in the document is called 'b'\n"},
       }) {
    SCOPED_TRACE(c.rest);
    EXPECT_EQ(judged(xml(c.version, c.rest)), c.expected);
  }
}

std::string spdx(std::string_view rest) {
  return R"({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "n",
             "documentNamespace": "https://example.com/n", "creationInfo": {"created": "2024-01-01T00:00:00Z",
             "creators": ["Tool: t"]})" +
         std::string(rest) + "}";
}

TEST(Judge, JsonAgainstSpdx) {
  for (const Case& c : std::initializer_list<Case>{
           {"", R"(, "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NOASSERTION"}],
                   "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                                      "relatedSpdxElement": "SPDXRef-a"}])",
            ""},
           {"", R"(, "packages": [{"SPDXID": "a", "name": "a", "downloadLocation": ""}])",
            "/packages/0/SPDXID: 'a' is not SPDXRef- and letters, digits, '.' or '-'\n"
            "/packages/0/downloadLocation: '' is no URI, NONE or NOASSERTION\n"},
           {"", R"(, "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE", "licence": "MIT"}])",
            "/packages/0/licence: 'licence' is not allowed here\n"},
           {"", R"(, "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE",
                                   "licenseDeclared": "GPL v2", "supplier": "ACME"}])",
            "/packages/0/supplier: 'ACME' is none of 'Person: ', 'Organization: ', NOASSERTION\n"
            "? /packages/0/licenseDeclared: 'GPL v2' is no SPDX license expression\n"},
           {"", R"(, "relationships": [{"spdxElementId": "SPDXRef-x", "relationshipType": "DEPEND_ON",
                                        "relatedSpdxElement": "NONE"}])",
            "/relationships/0/relationshipType: 'DEPEND_ON' is none of the words allowed here; 'DEPENDS_ON' is\n"
            "? /relationships/0/spdxElementId: nothing in the document is called 'SPDXRef-x'\n"},
       }) {
    SCOPED_TRACE(c.rest);
    EXPECT_EQ(judged(spdx(c.rest)), c.expected);
  }
}

TEST(Judge, TagValueAgainstSpdx) {
  const std::string head =
      "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: n\n"
      "DocumentNamespace: https://example.com/n\nCreator: Tool: t\nCreated: 2024-01-01T00:00:00Z\n";
  for (const Case& c : std::initializer_list<Case>{
           {"", "# nothing else\n", ""},
           {"",
            "PackageName: a\nSPDXID: SPDXRef-a\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\n"
            "PackageDownloadLocation: NONE\nPackageComment: <text>two\nlines</text>\n",
            ""},
           {"", "PackageName: a\nSPDXID: SPDXRef-a\nPackageName: b\nSPDXID: SPDXRef-a\nPackageDownloadLocation: NONE\n",
            "line 8: 'PackageDownloadLocation' is missing\nline 11: 'SPDXRef-a' is the name of something else, too\n"},
           {"", "stray\nColour: red\n",
            "line 8: neither a tag and its value nor a comment\nline 9: 'Colour' is no tag that may stand here\n"},
           {"", "Relationship: SPDXRef-DOCUMENT DESCRIBE SPDXRef-DOCUMENT\n",
            "line 8: 'DESCRIBE' is none of the words allowed here; 'DESCRIBES' is\n"},
           {"", "DocumentComment: <text>open\n", "line 8: <text> is never closed\n"},
       }) {
    SCOPED_TRACE(c.rest);
    EXPECT_EQ(judged(head + std::string(c.rest)), c.expected);
  }
}

TEST(Judge, JsonLdAgainstSpdx3) {
  EXPECT_EQ(judged(R"({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
    {"@id": "_:c", "specVersion": "3.0.1", "created": "2024-01-01T00:00:00Z", "createdBy": ["urn:a"], "type": "CreationInfo"},
    {"spdxId": "urn:a", "creationInfo": "_:c", "type": "Person"},
    {"spdxId": "urn:p", "name": "p", "colour": "red", "type": "software_Package"},
    {"spdxId": "urn:r", "creationInfo": "_:c", "from": "urn:p", "to": [], "relationshipType": "dependson", "type": "Relationship"},
    {"spdxId": "urn:q", "type": "Ship"}]})"),
            "/@graph/2: 'creationInfo' is missing\n/@graph/3/to: an empty list\n"
            "/@graph/3/relationshipType: 'dependson' is none of the words allowed here; 'dependsOn' is\n"
            "? /@graph/4/type: the class 'Ship' is not known\n? /@graph/2/colour: 'colour' is not allowed here\n");
  const std::string none = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense";  // SPDX's own: no doubt
  const auto judgement = judge_bill(Bytes::copy_of(
      R"({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"spdxId": "urn:p", "name": "p",)"
      R"("creationInfo": "_:c", "type": "software_Package"},{"spdxId": "urn:r", "creationInfo": "_:c", "from": "urn:p",)"
      R"("to": [")" +
      none + R"("], "relationshipType": "hasDeclaredLicense", "type": "Relationship"}]})"));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->spec_version, "3.0.1");
  EXPECT_TRUE(judgement->errors.empty());
  EXPECT_TRUE(judgement->doubts.empty());
}

TEST(Judge, WhatCannotBeJudgedIsOneError) {
  EXPECT_EQ(judged(json("9.9", "")), "version '9.9' is not known");
  EXPECT_EQ(judged(json("1.1", "")), "version '1.1' is not known");
  EXPECT_EQ(judged(xml("2.5", "")), "version '2.5' is not known");
  EXPECT_NE(judged("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components>").find("line 1"),
            std::string::npos);
  EXPECT_NE(judged("<!DOCTYPE bom [<!ENTITY a 'b'>]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>")
                .find("document type declaration"),
            std::string::npos);
}

TEST(Judge, TellsOfTooManyErrorsHowMany) {
  std::string components;
  for (int i = 0; i < 1500; ++i)
    components +=
        std::string(i == 0 ? "" : ",") + R"({"type": "file", "name": ")" + std::to_string(i) + R"(", "x": 1})";
  const auto judgement = judge_bill(Bytes::copy_of(json("1.6", R"(, "components": [)" + components + "]")));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->errors.size(), 1001U);
  EXPECT_EQ(judgement->errors.back().reason, "and 500 more");
}

}  // namespace
}  // namespace pratique
