#!/usr/bin/env python3
"""Checks the advisory records of facts/: shape, unique ids, sane ranges (facts/README.md).

    tools/check_facts.py [FOLDER]

Prints file: reason for each offence and exits with 1; prints a count and exits with 0 when there is none.
"""
import datetime
import json
import pathlib
import re
import sys

LANGUAGES = {"Go", "npm", "PyPI", "Maven", "crates.io", "RubyGems", "NuGet", "Packagist", "Hex", "Pub"}
DISTRIBUTIONS = {
    "Debian": r"\d+",
    "Ubuntu": r"\d\d\.\d\d:LTS",
    "Alpine": r"v3\.\d+",
    "openSUSE": r"Tumbleweed|Leap \d+\.\d",
}
PUBLIC_ID = re.compile(r"CVE-\d{4}-\d{4,}|GHSA(-[23456789cfghjmpqrvwx]{4}){3}|GO-\d{4}-\d{4}|PYSEC-\d{4}-\d+|RUSTSEC-\d{4}-\d{4}")
VECTOR = re.compile(r"CVSS:3\.1/AV:[NALP]/AC:[LH]/PR:[NLH]/UI:[NR]/S:[UC]/C:[HLN]/I:[HLN]/A:[HLN]")
RECORD = {"schema_version", "id", "modified", "aliases", "related", "summary", "severity", "affected", "references"}
AFFECTED = {"package", "ranges", "versions"}


def natural(version):
    """Good enough to see that a range runs upwards: numbers as numbers, "~" and words before a number, patch letters behind."""
    parts = []
    for part in re.finditer(r"\d+|[A-Za-z]+|~", version):
        text = part.group()
        patch = text in ("p", "really") or len(text) == 1 and part.end() == len(version) and text != "~"
        parts.append((1, int(text), "") if text.isdigit() else (-2 if text == "~" else 0.5 if patch else -1, 0, text))
    return parts + [(0, 0, "")]


def events_wrong(events):
    before = None
    for i, event in enumerate(events):
        if len(event) != 1:
            return f"events/{i} has {len(event)} members"
        kind, version = next(iter(event.items()))
        expected = {"introduced"} if i % 2 == 0 else {"fixed", "last_affected"}
        if kind not in expected or not isinstance(version, str) or not version:
            return f"events/{i}: {' or '.join(sorted(expected))} expected"
        if version != "0" and before is not None and natural(version) <= natural(before):
            return f"events/{i}: {version} does not come behind {before}"
        if version == "0" and i > 0:
            return f"events/{i}: '0' is the very beginning"
        before = version
    return "" if events else "no events"


def affected_wrong(affected):
    if set(affected) - AFFECTED:
        return f"unknown members {sorted(set(affected) - AFFECTED)}"
    package = affected.get("package", {})
    family, _, release = package.get("ecosystem", "").partition(":")
    name, purl = package.get("name", ""), package.get("purl", "")
    if not name or set(package) - {"ecosystem", "name", "purl"}:
        return "a package is an ecosystem, a name and perhaps a purl"
    if family == "Generic":
        if purl != f"pkg:generic/{name}":
            return "a generic package needs its purl"
    elif family in DISTRIBUTIONS:
        if not re.fullmatch(DISTRIBUTIONS[family], release):
            return f"'{release}' is no release of {family}"
        if not re.fullmatch(rf"pkg:(deb|apk|rpm)/{family.lower()}/{re.escape(name)}\?arch=source", purl):
            return "the purl of a distribution's source package"
    elif family not in LANGUAGES or release or purl:
        return f"'{package.get('ecosystem')}' is no ecosystem that facts speak of"
    ranges, versions = affected.get("ranges", []), affected.get("versions", [])
    if not ranges and not versions:
        return "neither ranges nor versions"
    if len(set(versions)) != len(versions):
        return "a version is listed twice"
    for i, one in enumerate(ranges):
        if one.get("type") not in ("SEMVER", "ECOSYSTEM") or set(one) != {"type", "events"}:
            return f"ranges/{i}: a type and events"
        wrong = events_wrong(one["events"])
        if wrong:
            return f"ranges/{i}/{wrong}"
    return ""


def record_wrong(name, record):
    if set(record) - RECORD:
        return f"unknown members {sorted(set(record) - RECORD)}"
    if record.get("schema_version") != "1.7.0":
        return "schema_version 1.7.0 expected"
    if record.get("id") != "PQ-" + name:
        return f"the id of this file is PQ-{name}"
    if name not in record.get("aliases", []):
        return f"{name} is not among the aliases"
    for other in record["aliases"] + record.get("related", []):
        if not PUBLIC_ID.fullmatch(other):
            return f"'{other}' is no public id"
    summary = record.get("summary", "")
    if not 10 <= len(summary) <= 120 or summary.endswith(".") or not summary.isascii():
        return "a summary is one plain sentence of 10 to 120 characters without full stop"
    try:
        datetime.datetime.strptime(record.get("modified", ""), "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return "modified is no date"
    for severity in record.get("severity", []):
        if severity.get("type") != "CVSS_V3" or not VECTOR.fullmatch(severity.get("score", "")):
            return f"no CVSS 3.1 base vector: {severity}"
    for reference in record.get("references", []):
        if not re.match(r"https://(nvd\.nist\.gov|github\.com/advisories)/", reference.get("url", "")):
            return f"no advisory: {reference}"
    for i, affected in enumerate(record.get("affected", [])):
        wrong = affected_wrong(affected)
        if wrong:
            return f"affected/{i}: {wrong}"
    return "" if record.get("affected") and record.get("references") else "affected and references are needed"


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent / "facts")
    files = sorted(folder.glob("*.json"))
    owner = {}
    bad = 0 if files else 1
    for file in files:
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            wrong = record_wrong(file.stem, record)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            record, wrong = {}, f"unreadable: {error!r}"
        for alias in record.get("aliases", []):
            if owner.setdefault(alias, file.name) != file.name:
                wrong = wrong or f"{alias} belongs to {owner[alias]} already"
        if wrong:
            print(f"{file.name}: {wrong}")
            bad += 1
    if bad:
        sys.exit(1)
    print(f"{len(files)} facts")


if __name__ == "__main__":
    main()
