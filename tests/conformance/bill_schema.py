#!/usr/bin/env python3
"""bill_schema.py FOLDER SCHEMAS: holds every CycloneDX document in FOLDER against the specification's schemas.

Files are named NUMBER.VERSION.json, .xml or .pb. JSON needs python3-jsonschema, XML xmllint, protobuf protoc; what is
not installed is said once. Prints `path: fault` for each fault.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None


def json_validator(schemas, version):
    load = lambda name: json.loads((schemas / name).read_text())
    schema = load(f"bom-{version}.schema.json")
    parts = {"http://cyclonedx.org/schema/" + name: load(name) for name in ("spdx.schema.json", "jsf-0.82.schema.json")}
    try:
        from referencing import Registry, Resource
    except ImportError:  # before jsonschema 4.18
        return jsonschema.Draft7Validator(schema, resolver=jsonschema.RefResolver.from_schema(schema, store=parts))
    registry = Registry().with_resources((uri, Resource.from_contents(part)) for uri, part in parts.items())
    return jsonschema.Draft7Validator(schema, registry=registry)


def main():
    folder, schemas = map(pathlib.Path, sys.argv[1:3])
    missing = [name for name, there in (("python3-jsonschema", jsonschema), ("xmllint", shutil.which("xmllint")), ("protoc", shutil.which("protoc"))) if not there]
    for name in missing:
        print(f"not tried: {name} is absent", file=sys.stderr)
    validators = {}
    xml = {}
    for path in sorted(folder.iterdir()):
        version = path.name.split(".", 1)[1].rsplit(".", 1)[0]
        if path.suffix == ".json" and jsonschema:
            if version not in validators:
                validators[version] = json_validator(schemas, version)
            for error in validators[version].iter_errors(json.loads(path.read_text())):
                place = "/".join(map(str, error.absolute_path))
                print(f"{path}: /{place}: {error.message[:200]}")
        elif path.suffix == ".xml":
            xml.setdefault(version, []).append(str(path))
        elif path.suffix == ".pb" and "protoc" not in missing:
            message = "cyclonedx.v" + version.replace(".", "_") + ".Bom"
            run = subprocess.run(["protoc", f"--decode={message}", f"--proto_path={schemas}", "--proto_path=/usr/include", f"bom-{version}.proto"],
                                 stdin=path.open("rb"), capture_output=True, text=True)
            unknown = [line for line in run.stdout.splitlines() if line.strip() and line.strip().split(":")[0].split(" ")[0].isdigit()]
            if run.returncode != 0 or unknown:
                print(f"{path}: {run.stderr.strip()[:200]} {unknown[:3]}")
    # The XML schema imports the licence list by its address.
    catalog = folder / "catalog"
    address, local = "http://cyclonedx.org/schema/spdx", (schemas / "spdx.xsd").resolve().as_uri()
    catalog.write_text(f'<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><system systemId="{address}" uri="{local}"/>'
                       f'<uri name="{address}" uri="{local}"/></catalog>')
    environment = {**os.environ, "XML_CATALOG_FILES": str(catalog)}
    for version, paths in xml.items():
        if "xmllint" in missing:
            break
        for start in range(0, len(paths), 100):
            run = subprocess.run(["xmllint", "--nonet", "--noout", "--path", str(schemas), "--schema", str(schemas / f"bom-{version}.xsd")] + paths[start : start + 100],
                                 capture_output=True, text=True, env=environment)
            for line in run.stderr.splitlines():
                if "error" in line:
                    print(line[:300])


main()
