#!/usr/bin/env python3
"""Reads every #include under src/ and refuses one that goes up or sideways (docs/architecture.md).

    tools/check_layers.py [ROOT]

Prints file:line for each offence and exits with 1; prints a count and exits with 0 when there is none.
"""
import pathlib
import re
import sys

LAYERS = {
    "base": {"base"},
    "model": {"base", "model"},
    "engine": {"base", "model", "engine"},
    "world": {"base", "model", "world"},
    "flow": {"base", "model", "engine", "world", "flow"},
    "app": {"base", "model", "engine", "world", "flow", "app"},
}
# Third-party headers and the modules whose .cpp files may see them. A prefix ending in '/' is a folder of headers.
THIRD_PARTY = {
    "simdjson.h": {"engine/format"},
    "sqlite3.h": {"world/store"},
    "postgresql/": {"world/store"},
    "zstd.h": {"world/store", "world/advisorydb", "world/http", "engine/format"},
    "xxhash.h": {"world/advisorydb"},
    "zlib.h": {"engine/format", "world/http", "world/probe"},
    "expat.h": {"engine/format"},
    "roaring/": {"engine/index"},
    "re2/": {"engine/cel"},
    "absl/": {"world/zone"},
    "lmdb.h": {"world/advisorydb"},
    "curl/": {"world/http"},
    "archive.h": {"world/feed"},
    "archive_entry.h": {"world/feed"},
    "bpf/": {"world/probe"},
    "boost/": {"world/http"},
    "openssl/": {"base", "engine/attest", "world/http", "world/advisorydb"},
    "yaml-cpp/": {"base", "engine/format", "app/cli"},
    "toml++/": {"engine/format"},
    "CLI/": {"app/cli"},
    "spdlog/": {"base"},
    "prometheus/": {"app/server"},
    "cjose/": {"world/oidc"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def module_of(path):
    """'engine/match/match.h' -> ('engine', 'engine/match'); a layer without modules is its own module."""
    parts = path.split("/")
    layer = parts[0]
    return layer, "/".join(parts[:2]) if layer in ("engine", "world", "app") and len(parts) > 2 else layer


def sibling_allowed(layer, own, other):
    if own == other or layer in ("base", "model", "flow", "app"):
        return True
    return (layer == "engine" and other == "engine/version"
            or own == "engine/policy" and other == "engine/cel"
            or layer == "world" and other == "world/http")


def offence(own_path, is_header, is_test, kind, target):
    layer, own = module_of(own_path)
    if kind == '"':
        other_layer, other = module_of(target)
        if other_layer not in LAYERS:
            return f'"{target}" is not a path below src/'
        if other_layer not in LAYERS[layer]:
            return f"{layer} may not include {other_layer} ({target}): data flows app -> flow -> engine, world -> model -> base"
        if other_layer == layer and not sibling_allowed(layer, own, other):
            return f"{own} may not include its sibling {other} ({target})"
        if other != own and other_layer in ("engine", "world") and target.count("/") >= 2:
            front = f"{other}/{other.split('/')[-1]}.h"
            if target != front:
                return f"{target} is private to {other}; its front is {front}"
        return None
    if is_test:
        return None
    for name, owners in THIRD_PARTY.items():
        if target == name or (name.endswith("/") and target.startswith(name)):
            if own not in owners:
                return f"<{target}> belongs to {', '.join(sorted(owners))} alone"
            front = own_path == f"{own}/{own.split('/')[-1]}.h"
            if is_header and front:
                return f"<{target}> stays out of the public header of {own}"
    return None


OPENS_TYPE = re.compile(r"(?:struct|class|enum class|enum) (\w+)(?: final)?(?: :[^:].*)? \{")


def types_of(lines):
    """The types that a source gives a name for the whole program: not those in an unnamed namespace."""
    spaces, unnamed = [], False
    for number, line in enumerate(lines, 1):
        if line == "namespace {":
            unnamed = True
        elif line == "}  // namespace":
            unnamed = False
        elif found := re.match(r"namespace ([\w:]+) \{", line):
            spaces.append(found[1])
        elif re.match(r"\}  // namespace \w", line) and spaces:
            spaces.pop()
        elif (found := OPENS_TYPE.match(line)) and not unnamed:
            yield number, "::".join([*spaces, found[1]])


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    files = sorted(p for p in (root / "src").rglob("*") if p.suffix in (".h", ".cpp") and "/bpf/" not in str(p))
    if not files:
        sys.exit(f"check_layers: no sources under {root}/src")
    bad = 0
    seen = {}
    for file in files:
        own_path = file.relative_to(root / "src").as_posix()
        is_test = file.stem.endswith("_test") or file.stem.startswith("test_")
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, name in () if is_test else types_of(lines):
            if name in seen:
                print(f"src/{own_path}:{number}: {name} is a type of {seen[name]} already: one name, one type in the whole program")
                bad += 1
            seen.setdefault(name, f"src/{own_path}:{number}")
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            reason = found and offence(own_path, file.suffix == ".h", is_test, *found.groups())
            if reason:
                print(f"src/{own_path}:{number}: {reason}")
                bad += 1
    for folder in sorted({f.parent for f in files}):
        depth = len(folder.relative_to(root / "src").parts)
        if depth and not (folder / "README.md").exists() and folder.name not in ("commands", "bpf", "testdata"):
            print(f"{folder.relative_to(root)}: a README.md of at most ten lines is missing")
            bad += 1
    if bad:
        sys.exit(1)
    print(f"{len(files)} files, every include goes down")


if __name__ == "__main__":
    main()
