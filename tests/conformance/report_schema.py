#!/usr/bin/env python3
"""report_schema.py ROOT: holds the reports of tests/golden/reports against the schemas of their formats.

The golden files are what the program prints of a hostile bill (tests/golden/reports_test.cpp), so no program is needed here.
SARIF's schema comes from a package that `make deps` fetches into build/schemas, CycloneDX's from ../shared/data; OpenVEX's is
openvex.schema.json beside this file. Prints a line for each fault and exits with 1; what is absent is said, and when nothing
could be tried the exit code is 77.
"""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is absent")
    sys.exit(77)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def validator(schema, parts):
    kind = jsonschema.validators.validator_for(schema)
    if not parts:
        return kind(schema)
    try:
        from referencing import Registry, Resource
    except ImportError:  # before jsonschema 4.18
        return kind(schema, resolver=jsonschema.RefResolver.from_schema(schema, store=parts))
    return kind(schema, registry=Registry().with_resources((uri, Resource.from_contents(part)) for uri, part in parts.items()))


def faults(judge, report):
    return ["/" + "/".join(map(str, error.absolute_path)) + ": " + error.message[:200] for error in judge.iter_errors(report)]


# What each schema must refuse, or it judges nothing.
def broken(name, report):
    report = copy.deepcopy(report)
    if name == "sarif":
        report["runs"][0]["results"][0]["level"] = "dreadful"
    elif name == "cyclonedx.json":
        report["vulnerabilities"][0]["ratings"][0]["severity"] = "dreadful"
    else:
        del report["statements"][0]["status"]
    return report


def main():
    root = pathlib.Path(sys.argv[1])
    cyclonedx = root.parent / "shared/data/cyclonedx-spec/schema"
    schemas = {
        "sarif": (root / "build/schemas/sarif-2.1.0.json", {}),
        "cyclonedx.json": (cyclonedx / "bom-1.6.schema.json",
                           {"http://cyclonedx.org/schema/" + part: cyclonedx / part for part in ("spdx.schema.json", "jsf-0.82.schema.json")}),
        "openvex.json": (pathlib.Path(__file__).parent / "openvex.schema.json", {}),
    }
    bad = tried = 0
    for name, (path, parts) in schemas.items():
        if not path.exists():
            print(f"not tried: {name}: its schema is absent ({path.name})")
            continue
        tried += 1
        judge = validator(load(path), {uri: load(part) for uri, part in parts.items()})
        report = load(root / "tests/golden/reports" / f"expected.{name}")
        for fault in faults(judge, report):
            bad += 1
            print(f"expected.{name}: {fault}")
        if not faults(judge, broken(name, report)):
            bad += 1
            print(f"{path.name} refuses nothing")
    print(f"{tried} formats tried, {bad} faults")
    sys.exit(1 if bad else 0 if tried else 77)


main()
