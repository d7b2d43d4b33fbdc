// OpenVEX, CSAF and CycloneDX to statements.
#include <gtest/gtest.h>

#include "base/base64.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

std::string text_of(const VexList& list) {
  std::string text;
  for (const VexStatement& s : list.statements) {
    text += s.vulnerability + " | " + s.product + " | " + s.subcomponent + " | " + std::string(name_of(s.status)) +
            " | " + s.justification + " | " + s.range + " | " + s.author + " | " +
            (s.time ? render_time(*s.time) : "-") + "\n";
  }
  for (const Rejected& r : list.rejected) text += "! " + r.place + ": " + r.reason + "\n";
  return text;
}

std::string read(std::string_view document) {
  const auto list = read_vex(Bytes::copy_of(document));
  return list ? text_of(*list) : render(list.error());
}

TEST(OpenVex, SaysEachProductAndEachSubcomponent) {
  EXPECT_EQ(
      read(R"({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex-1", "author": "Port",
    "timestamp": "2024-01-01T00:00:00Z", "last_updated": "2024-03-01T00:00:00Z", "version": 2, "statements": [
    {"vulnerability": {"name": "CVE-2024-1", "aliases": ["GHSA-x"]}, "status": "not_affected",
     "justification": "vulnerable_code_not_present", "timestamp": "2024-02-01T00:00:00Z", "products": [
       {"@id": "pkg:OCI/shop@sha256%3Aaa", "subcomponents": [{"@id": "pkg:npm/a@1"}, {"@id": "pkg:npm/b"}]},
       {"@id": "https://example.com/shop", "identifiers": {"cpe23": "cpe:2.3:a:x:shop:1:*:*:*:*:*:*:*", "purl": "pkg:npm/shop"}}]},
    {"vulnerability": {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2024-2"}, "status": "affected",
     "action_statement": "upgrade", "products": [{"@id": "pkg:npm/shop@1"}]}]})"),
      "CVE-2024-1 | pkg:oci/shop@sha256:aa | pkg:npm/a@1 | not_affected | vulnerable_code_not_present |  | Port | "
      "2024-02-01T00:00:00Z\n"
      "CVE-2024-1 | pkg:oci/shop@sha256:aa | pkg:npm/b | not_affected | vulnerable_code_not_present |  | Port | "
      "2024-02-01T00:00:00Z\n"
      "CVE-2024-1 | pkg:npm/shop |  | not_affected | vulnerable_code_not_present |  | Port | 2024-02-01T00:00:00Z\n"
      "CVE-2024-2 | pkg:npm/shop@1 |  | affected |  |  | Port | 2024-03-01T00:00:00Z\n");
}

TEST(OpenVex, OfOldIsPlainTexts) {
  EXPECT_EQ(read(R"({"@context": "https://openvex.dev/ns", "author": "Port", "timestamp": "2023-01-01T00:00:00Z",
    "statements": [{"vulnerability": "CVE-2023-1", "products": ["pkg:npm/shop"], "subcomponents": ["pkg:npm/a"],
                    "status": "fixed"}]})"),
            "CVE-2023-1 | pkg:npm/shop | pkg:npm/a | fixed |  |  | Port | 2023-01-01T00:00:00Z\n");
}

TEST(OpenVex, WhatNobodyKnowsIsSetAsideAndWidensNothing) {
  EXPECT_EQ(
      read(R"({"@context": "https://openvex.dev/ns/v0.2.0", "author": "Port", "statements": [
    {"vulnerability": {"name": "CVE-1"}, "status": "not_affected", "products": [{"@id": "the shop"}]},
    {"vulnerability": {"name": "CVE-2"}, "status": "not_affected",
     "products": [{"@id": "pkg:npm/shop", "subcomponents": [{"@id": "some library"}]}, {"@id": "pkg:npm/other"}]},
    {"vulnerability": {"name": "CVE-3"}, "status": "harmless", "products": [{"@id": "pkg:npm/shop"}]},
    {"status": "fixed", "products": [{"@id": "pkg:npm/shop"}]},
    {"vulnerability": {"name": "CVE-4"}, "status": "fixed"}, 7]})"),
      "CVE-2 | pkg:npm/other |  | not_affected |  |  | Port | -\n"
      "! /statements/0/products/0: neither a purl, a CPE nor a digest: nobody can know what is meant\n"
      "! /statements/1/products/0/subcomponents/0: neither a purl, a CPE nor a digest: nobody can know what is meant\n"
      "! /statements/2/status: no status of OpenVEX\n"
      "! /statements/2: a statement without status\n"
      "! /statements/3: a statement about no vulnerability\n"
      "! /statements/4: a statement about no product\n"
      "! /statements/5: an object expected, found a number\n");
}

constexpr std::string_view csaf = R"({
  "vulnerabilities": [{"cve": "CVE-2024-1", "ids": [{"system_name": "x", "text": "https://bugs.example.com/1"}, {"text": "HSA-1"}],
    "product_status": {"known_not_affected": ["OS:ssl", "group-member", "nameless"], "known_affected": ["ssl"],
                       "recommended": ["ssl"], "fixed": ["ranged", "badly-ranged"], "odd": ["ssl"], "under_investigation": ["gone"]},
    "flags": [{"label": "vulnerable_code_not_in_execute_path", "group_ids": ["g"]},
              {"label": "component_not_present", "product_ids": ["OS:ssl"]}],
    "threats": [{"category": "impact", "details": "none", "product_ids": ["OS:ssl"]}],
    "remediations": [{"category": "vendor_fix", "details": "upgrade", "product_ids": ["ssl"]}]}],
  "document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "Harbour"},
    "tracking": {"id": "HSA-2024-1", "current_release_date": "2024-05-01T00:00:00Z"}},
  "product_tree": {"branches": [{"category": "vendor", "name": "Harbour", "branches": [
      {"category": "product_name", "name": "OS", "product": {"product_id": "OS", "name": "OS",
        "product_identification_helper": {"cpe": "cpe:/o:harbour:os:8"}}},
      {"category": "product_version", "name": "1", "product": {"product_id": "ssl", "name": "ssl 1",
        "product_identification_helper": {"purl": "pkg:rpm/harbour/openssl@1"}}},
      {"category": "product_version", "name": "2", "product": {"product_id": "group-member", "name": "m",
        "product_identification_helper": {"purls": ["pkg:rpm/harbour/m@2"]}}},
      {"category": "product_version", "name": "3", "product": {"product_id": "nameless", "name": "no helper"}},
      {"category": "product_version_range", "name": "vers:rpm/>=2|<3", "product": {"product_id": "ranged", "name": "r",
        "product_identification_helper": {"purl": "pkg:rpm/harbour/r"}}},
      {"category": "product_version_range", "name": "<= 3", "product": {"product_id": "badly-ranged", "name": "r",
        "product_identification_helper": {"purl": "pkg:rpm/harbour/r"}}}]}],
    "product_groups": [{"group_id": "g", "product_ids": ["group-member"]}],
    "relationships": [{"category": "default_component_of", "product_reference": "ssl", "relates_to_product_reference": "OS",
      "full_product_name": {"product_id": "OS:ssl", "name": "ssl in OS"}}]}})";

TEST(Csaf, FollowsTheProductTreeWhereverItStands) {
  EXPECT_EQ(read(csaf),
            "CVE-2024-1 | cpe:/o:harbour:os:8 | pkg:rpm/harbour/openssl@1 | not_affected | component_not_present |  | "
            "Harbour | 2024-05-01T00:00:00Z\n"
            "CVE-2024-1 | pkg:rpm/harbour/m@2 |  | not_affected | vulnerable_code_not_in_execute_path |  | Harbour | "
            "2024-05-01T00:00:00Z\n"
            "CVE-2024-1 | pkg:rpm/harbour/openssl@1 |  | affected |  |  | Harbour | 2024-05-01T00:00:00Z\n"
            "CVE-2024-1 | pkg:rpm/harbour/r |  | fixed |  | vers:rpm/>=2|<3 | Harbour | 2024-05-01T00:00:00Z\n"
            "! /vulnerabilities/0/product_status/odd: no status of CSAF\n"
            "! /vulnerabilities/0/product_status/known_not_affected/2: no purl, CPE or hash says what the product 'no "
            "helper' is\n"
            "! /vulnerabilities/0/product_status/fixed/1: a range of versions that is no VERS: '<= 3'\n"
            "! /vulnerabilities/0/product_status/under_investigation/0: the product tree does not have the product\n");
  const auto list = read_vex(Bytes::copy_of(csaf));
  ASSERT_TRUE(list);
  EXPECT_EQ(list->statements[0].detail, "none");
  EXPECT_EQ(list->statements[2].detail, "upgrade");
  EXPECT_EQ(list->statements[0].aliases, std::vector<std::string>{"HSA-1"});
  EXPECT_EQ(list->statements[0].document, "HSA-2024-1");
}

constexpr std::string_view cyclonedx = R"({"bomFormat": "CycloneDX", "specVersion": "1.5",
  "metadata": {"timestamp": "2024-01-01T00:00:00Z", "supplier": {"name": "Harbour"}},
  "vulnerabilities": [
    {"id": "CVE-1", "references": [{"id": "GHSA-1", "source": {"name": "x"}}],
     "analysis": {"state": "not_affected", "justification": "code_not_reachable", "lastUpdated": "2024-02-01T00:00:00Z"},
     "affects": [{"ref": "a"}, {"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#b"}]},
    {"id": "CVE-2", "recommendation": "upgrade", "affects": [{"ref": "a", "versions": [
       {"range": "vers:npm/<2", "status": "affected"}, {"version": "2", "status": "unaffected"}, {"range": "nonsense"}, {"status": "affected"}]}]},
    {"id": "CVE-3", "analysis": {"state": "perhaps"}, "affects": [{"ref": "a"}]},
    {"id": "CVE-4", "analysis": {"state": "resolved"}}, {"affects": []}]})";

TEST(CycloneDxVex, IsAboutItsOwnComponentsAndOthersByLink) {
  EXPECT_EQ(read(cyclonedx),
            "CVE-1 | #a |  | not_affected | vulnerable_code_not_in_execute_path |  | Harbour | 2024-02-01T00:00:00Z\n"
            "CVE-1 | urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#b |  | not_affected | "
            "vulnerable_code_not_in_execute_path |  | Harbour | 2024-02-01T00:00:00Z\n"
            "CVE-2 | #a |  | affected |  | vers:npm/<2 | Harbour | 2024-01-01T00:00:00Z\n"
            "CVE-2 | #a |  | not_affected |  | vers:generic/2 | Harbour | 2024-01-01T00:00:00Z\n"
            "! /vulnerabilities/1/affects/0: a version range starts with 'vers:'\n"
            "! /vulnerabilities/1/affects/0: names neither a version nor a range\n"
            "! /vulnerabilities/2: an analysis whose state nobody knows\n"
            "! /vulnerabilities/3: affects nothing: which component is meant is not said\n"
            "! /vulnerabilities/4: a vulnerability without id\n");
}

TEST(CycloneDxVex, InXmlSaysTheSame) {
  EXPECT_EQ(
      read(R"(<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><metadata><timestamp>2024-01-01T00:00:00Z</timestamp>
    <supplier><name>Harbour</name></supplier></metadata><vulnerabilities><vulnerability><id>CVE-1</id>
    <analysis><state>exploitable</state></analysis><affects><target><ref>a</ref><versions><version><range>vers:npm/&lt;2</range>
    <status>affected</status></version></versions></target></affects></vulnerability></vulnerabilities></bom>)"),
      "CVE-1 | #a |  | affected |  | vers:npm/<2 | Harbour | 2024-01-01T00:00:00Z\n");
}

TEST(Vex, ComesWrappedLikeBills) {
  const std::string statement =
      R"({"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://openvex.dev/ns/v0.2.0", "subject": [],
          "predicate": {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Port", "statements": [
            {"vulnerability": {"name": "CVE-1"}, "status": "fixed", "products": [{"@id": "pkg:npm/a"}]}]}})";
  const std::string envelope =
      R"({"payloadType": "application/vnd.in-toto+json", "payload": ")" + encode_base64(statement) + R"("})";
  const auto list = read_vex(Bytes::copy_of(envelope));
  ASSERT_TRUE(list) << render(list.error());
  EXPECT_EQ(list->wrapping, "dsse, in-toto");
  EXPECT_EQ(text_of(*list), "CVE-1 | pkg:npm/a |  | fixed |  |  | Port | -\n");
}

TEST(Vex, WhatIsNoneIsOneError) {
  EXPECT_EQ(read(R"({"bomFormat": "CycloneDX", "specVersion": "1.5"})"),
            "a bill without vulnerabilities: it states nothing about any");
  EXPECT_EQ(read(R"({"spdxVersion": "SPDX-2.3"})"), "an SBOM (spdx-json) that cannot hold VEX statements");
  EXPECT_EQ(read("hello"), "not an SBOM: neither JSON, XML, YAML, protobuf nor tag-value");
  EXPECT_NE(read(R"({"@context": "https://openvex.dev/ns", "statements": [)").find("line 1"), std::string::npos);
}

}  // namespace
}  // namespace pratique
