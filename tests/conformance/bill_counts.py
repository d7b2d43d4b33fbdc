#!/usr/bin/env python3
"""bill_counts.py FOLDER...: counts what every SBOM below the folders holds, without the program's code.

Prints `path <TAB> format <TAB> components <TAB> identified` a line: components as the format lists them (nested ones
included, the subject of a CycloneDX document not, and none that has neither name nor package URL), and how many of them carry a package URL. What is no SBOM that
is read is printed as `path <TAB> -`.
"""
import base64
import json
import pathlib
import re
import sys
from xml.etree import ElementTree


def nested(components):
    for component in components or []:
        yield component
        yield from nested(component.get("components"))


def xml_count(text):
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
    space = root.tag.partition("}")[0] + "}"
    if not space.startswith("{http://cyclonedx.org/schema/bom/"):
        return None
    found = [c for top in (root, root.find(f"{space}metadata/{space}component")) if top is not None for c in xml_nested(top, space)]
    return "cyclonedx-xml", len(found), sum(1 for c in found if (c.findtext(space + "purl") or "").strip())


def xml_nested(parent, space):
    for component in parent.findall(f"{space}components/{space}component"):
        if (component.findtext(space + "name") or "").strip():
            yield component
        yield from xml_nested(component, space)


def tag_value_count(text):
    lines = re.sub("<text>.*?</text>", "", text.decode("utf-8", "replace"), flags=re.S).splitlines()
    tags = [line.split(":", 1) for line in lines if ":" in line and not line.lstrip().startswith("#")]
    if ["SPDXVersion", "SPDX-2.2"] not in [[t.strip(), v.strip()] for t, v in tags] and "SPDX-2.3" not in str(tags[:40]):
        return None
    packages, purl = 0, 0
    seen = True
    for tag, value in tags:
        if tag.strip() == "PackageName":
            packages, seen = packages + 1, False
        if tag.strip() == "ExternalRef" and value.split()[1:2] == ["purl"] and not seen:
            purl, seen = purl + 1, True
    return "spdx-tag-value", packages, purl


def statement_count(document):
    if document.get("_type", "").startswith("https://in-toto.io/Statement") and isinstance(document.get("predicate"), dict):
        return count(json.dumps(document["predicate"]).encode())
    if "payloadType" in document:
        return count(base64.b64decode(document["payload"]))
    return None


def count(text):
    if text.lstrip()[:1] == b"<":
        return xml_count(text)
    if re.search(rb"^SPDXVersion:", text, re.M):
        return tag_value_count(text)
    try:
        document = json.loads(text.decode("utf-8-sig"))
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    if document.get("bomFormat") == "CycloneDX":
        if document.get("specVersion") not in ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7"):
            return None
        subject = document.get("metadata", {}).get("component", {})
        found = list(nested(document.get("components"))) + list(nested(subject.get("components")))
        return "cyclonedx-json", len(found), sum(1 for c in found if c.get("purl"))
    if document.get("spdxVersion") in ("SPDX-2.2", "SPDX-2.3"):
        has_purl = lambda p: any(r["referenceType"] == "purl" for r in p.get("externalRefs") or [])
        # A name, or a package URL that has one: "pkg:golang/@?type=module" says nothing.
        named = lambda p: p.get("name") or any(re.match("pkg:[^/]+/[^/@?#]", r["referenceLocator"]) for r in p.get("externalRefs") or [])
        found = [p for p in document.get("packages") or [] if named(p)]
        return "spdx-json", len(found), sum(map(has_purl, document.get("packages") or []))
    if "spdx.org/rdf/3." in str(document.get("@context")):
        types = ("software_Package", "ai_AIPackage", "dataset_DatasetPackage")
        found = [e for e in document.get("@graph", []) if e.get("type") in types]
        return "spdx3-json", len(found), sum(1 for e in found if e.get("software_packageUrl") or "packageUrl" in str(e.get("externalIdentifier")))
    return statement_count(document)


for folder in sys.argv[1:]:
    for path in sorted(p for p in pathlib.Path(folder).rglob("*") if p.is_file()):
        print(path, *(count(path.read_bytes()) or "-"), sep="\t")
