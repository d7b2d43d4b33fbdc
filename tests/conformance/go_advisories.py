#!/usr/bin/env python3
"""What the Go advisories say about bills of materials, worked out a second time and without the program's code.

    go_advisories.py Go.zip SBOM...

Prints a line "FILE <tab> module <tab> version <tab> advisory" for each advisory that applies to a Go module (or the standard library) of
an SPDX or CycloneDX JSON document, sorted. Follows the evaluation of ossf/osv-schema with semantic versions as semver.org orders
them. Withdrawn advisories, and versions that are none, count for nothing.
"""
import functools
import json
import re
import sys
import urllib.parse
import zipfile

SEMVER = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def parsed(version):
    """Numbers and pre-release, or None where it is no version."""
    found = SEMVER.fullmatch(version)
    if not found:
        return None
    numbers = tuple(int(n or 0) for n in found.groups()[:3])
    return numbers, found.group(4)


def compare_prerelease(a, b):
    if a is None or b is None:
        return (a is None) - (b is None)
    left, right = a.split("."), b.split(".")
    for x, y in zip(left, right):
        if x.isdigit() and y.isdigit():
            order = (int(x) > int(y)) - (int(x) < int(y))
        elif x.isdigit() != y.isdigit():
            order = -1 if x.isdigit() else 1
        else:
            order = (x > y) - (x < y)
        if order:
            return order
    return (len(left) > len(right)) - (len(left) < len(right))


def compare(a, b):
    if a[0] != b[0]:
        return 1 if a[0] > b[0] else -1
    return compare_prerelease(a[1], b[1])


def affected(version, events):
    """OSV: the events in the order of their versions switch a light on and off."""
    key = functools.cmp_to_key(lambda x, y: compare(x[1], y[1]))
    since_ever = any(e.get("introduced") == "0" for e in events)
    switches = sorted(((kind, parsed(v)) for e in events for kind, v in e.items() if not (kind == "introduced" and v == "0")), key=key)
    inside = since_ever
    for kind, at in switches:
        order = compare(version, at)
        if kind == "introduced" and order >= 0:
            inside = True
        if kind == "fixed" and order >= 0 or kind == "last_affected" and order > 0:
            inside = False
    return inside


def advisories(archive):
    """Module in lower case -> [(id, [events])]."""
    modules = {}
    with zipfile.ZipFile(archive) as records:
        for name in records.namelist():
            record = json.loads(records.read(name))
            if record.get("withdrawn"):
                continue
            for entry in record["affected"]:
                ranges = [r["events"] for r in entry["ranges"] if r["type"] != "GIT"]
                modules.setdefault(entry["package"]["name"].lower(), []).append((record["id"], ranges))
    return modules


def purls(document):
    if "spdxVersion" in document:
        for package in document.get("packages") or []:
            urls = [r["referenceLocator"] for r in package.get("externalRefs") or [] if r.get("referenceType") == "purl"]
            yield from urls[:1]
        return
    waiting = list(document.get("components") or [])
    while waiting:
        component = waiting.pop()
        waiting += component.get("components") or []
        if component.get("purl"):
            yield component["purl"]


def module_of(purl):
    """Module in lower case and version, or None where it is no Go module in a version."""
    if not purl.startswith("pkg:golang/"):
        return None
    path, _, version = purl.removeprefix("pkg:golang/").split("#")[0].split("?")[0].partition("@")
    module, version = urllib.parse.unquote(path).lower().strip("/"), urllib.parse.unquote(version)
    if module in ("std", "stdlib"):
        module, version = "stdlib", version.removeprefix("go")
    return (module, version) if parsed(version) else None


def main():
    modules = advisories(sys.argv[1])
    lines = set()
    for file in sys.argv[2:]:
        with open(file, encoding="utf-8") as source:
            document = json.load(source)
        for purl in purls(document):
            named = module_of(purl)
            for advisory, ranges in modules.get(named[0], []) if named else []:
                if any(affected(parsed(named[1]), events) for events in ranges):
                    lines.add("\t".join((file, *named, advisory)))
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
