#!/usr/bin/env python3
"""bill_counts.py FOLDER...: counts what every SBOM below the folders holds, without the program's code.

Prints `path <TAB> format <TAB> components <TAB> identified` a line: components as the format lists them (nested ones
included, the subject of a CycloneDX document not, and none that has neither name nor package URL), and how many of them carry a package URL. What is no SBOM that
is read is printed as `path <TAB> -`.
"""
import json
import pathlib
import re
import sys


def nested(components):
    for component in components or []:
        yield component
        yield from nested(component.get("components"))


def count(text):
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
    return None


for folder in sys.argv[1:]:
    for path in sorted(p for p in pathlib.Path(folder).rglob("*") if p.is_file()):
        print(path, *(count(path.read_bytes()) or "-"), sep="\t")
