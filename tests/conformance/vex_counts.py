#!/usr/bin/env python3
"""vex_counts.py FOLDER...: counts what every VEX document below the folders states, without the program's code.

Prints `path <TAB> format <TAB> statements` a line: one statement for each vulnerability, product and subcomponent (OpenVEX), status and product
(CSAF), component and version (CycloneDX) that says by purl, CPE, digest or reference what it is about. What states nothing is not printed.
"""
import json
import pathlib
import re
import sys
from xml.etree import ElementTree


def is_known(product):
    """Whether a name of OpenVEX says what it means."""
    names = [product] if isinstance(product, str) else [product.get("@id", ""), *product.get("identifiers", {}).values()]
    digest = not isinstance(product, str) and "sha-256" in product.get("hashes", {})
    return digest or any(re.match(r"(pkg:[^/]+/|cpe:|sha256:)", name) for name in names)


def openvex(document):
    count = 0
    for statement in document.get("statements", []):
        shared = statement.get("subcomponents") or []
        for product in statement.get("products") or []:
            if is_known(product):
                parts = shared + ([] if isinstance(product, str) else product.get("subcomponents") or [])
                count += sum(map(is_known, parts)) if parts else 1
    return "openvex", count


def csaf(document):
    known, related = {}, {}

    def product(entry):
        helper = entry.get("product_identification_helper", {})
        known[entry["product_id"]] = any(helper.get(k) for k in ("purl", "purls", "cpe", "hashes"))

    def branches(node):
        for branch in node.get("branches", []):
            if "product" in branch:
                product(branch["product"])
            branches(branch)

    tree = document.get("product_tree", {})
    branches(tree)
    for entry in tree.get("full_product_names", []):
        product(entry)
    for relation in tree.get("relationships", []):
        own = "purl" in relation["full_product_name"].get("product_identification_helper", {})
        parts = [relation["relates_to_product_reference"]] + ([] if own else [relation["product_reference"]])
        related[relation["full_product_name"]["product_id"]] = parts

    def tells(name):
        return all(map(tells, related[name])) if name in related else known.get(name, False)

    lists = [(status, ids) for v in document.get("vulnerabilities", []) for status, ids in v.get("product_status", {}).items()]
    return "csaf", sum(tells(name) for status, ids in lists if status != "recommended" for name in ids)


def cyclonedx(vulnerabilities):
    """Of (has an id, [how many versions each affected component names]) pairs."""
    return "cyclonedx", sum(max(versions, 1) for has_id, affects in vulnerabilities if has_id for versions in affects)


def cyclonedx_json(document):
    return cyclonedx([(v.get("id"), [len(a.get("versions") or []) for a in v.get("affects") or []]) for v in document["vulnerabilities"]])


def cyclonedx_xml(text):
    root = ElementTree.fromstring(text)
    space = root.tag.partition("}")[0] + "}"
    found = root.findall(f"{space}vulnerabilities/{space}vulnerability")
    if not space.startswith("{http://cyclonedx.org/schema/bom/") or root.find(f"{space}vulnerabilities") is None:
        return None
    return cyclonedx([(v.findtext(space + "id"), [len(t.findall(f"{space}versions/{space}version")) for t in v.findall(f"{space}affects/{space}target")])
                      for v in found])


def count(text):
    try:
        if text.lstrip()[:1] == b"<":
            return cyclonedx_xml(text)
        document = json.loads(text.decode("utf-8-sig"))
    except (ValueError, ElementTree.ParseError):
        return None
    if not isinstance(document, dict):
        return None
    if "openvex" in str(document.get("@context")):
        return openvex(document)
    if "csaf_version" in document.get("document", {}):
        return csaf(document)
    if document.get("bomFormat") == "CycloneDX" and "vulnerabilities" in document:
        return cyclonedx_json(document)
    return None


for folder in sys.argv[1:]:
    for path in sorted(p for p in pathlib.Path(folder).rglob("*") if p.is_file()):
        if counted := count(path.read_bytes()):
            print(path, *counted, sep="\t")
