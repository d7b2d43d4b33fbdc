#!/usr/bin/env python3
"""Do the findings agree with osv-scanner's on the same records?

    bench/agree.py --osv-scanner FILE [--program build/release/pratique] [--from DIR] [--keep DIR] BILL...

DIR (default ../shared/data/advisories) holds osv/Go.zip, pypa-yaml.zip and rustsec-md.zip as their sources publish them.
The program builds its database from those; osv-scanner gets the same records as OSV zips, for which PyPA's YAML becomes JSON
and RustSec's Markdown becomes ranges by a reading of its own (`ranges_of`), so that the program's is checked too.

Each BILL is converted to CycloneDX first: osv-scanner reads the purls of SPDX by their last part. No collection of bills
at hand has Rust in it, so one more bill is made of the crate versions that the advisories name, and one below and above each.

A finding is (bill, package, version, advisories that are aliases of each other). Prints how many of them both have, and every
other one; docs/matching.md explains them. Exit code 1 when there is one that it does not explain (`EXPLAINED`).
Needs PyYAML.
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
ECOSYSTEMS = {'golang': 'Go', 'pypi': 'PyPI', 'cargo': 'crates.io'}

# What docs/matching.md says about the differences there are: (ecosystem, who has it alone, test of a finding's version).
EXPLAINED = [
    ('Go', 'osv-scanner', lambda version: version == '(devel)'),
    ('PyPI', 'ours', lambda version: True),
]


# --- the records, as osv-scanner wants them ---

def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime.datetime):
        if value.tzinfo:
            value = value.astimezone(datetime.timezone.utc)
        return value.replace(microsecond=0, tzinfo=None).isoformat() + 'Z'
    if isinstance(value, datetime.date):
        return value.isoformat() + 'T00:00:00Z'
    return value


def parts_of(version):
    """Numbers and pre-release: ((1, 2, 3), 'rc.1')."""
    version, _, pre = version.strip().split('+')[0].partition('-')
    return tuple(int(part) for part in version.split('.')), pre


def text_of(numbers, pre=''):
    return '.'.join(str(part) for part in (*numbers, 0, 0)[:3]) + ('-' + pre if pre else '')


def order_of(version):
    numbers, pre = parts_of(version)
    steps = [(0, int(part), '') if part.isdigit() else (1, 0, part) for part in pre.split('.')] if pre else [(2, 0, '')]
    return (*numbers, 0, 0)[:3], steps


def interval_of(requirement):
    """[first, behind the last) of a Cargo requirement; None for no bound. The grammar: doc.rust-lang.org/cargo."""
    low, high = None, None
    for word in requirement.split(','):
        operator, version = re.fullmatch(r'\s*(>=|<=|>|<|=|\^|~|)\s*(\S+)\s*', word).groups()
        if version == '*':
            continue
        numbers, pre = parts_of(version)
        behind = text_of((*numbers, 0, 0)[:2] + ((*numbers, 0, 0)[2] + 1,), '0') if not pre else version + '.0'
        if operator == '>=':
            low = text_of(numbers, pre)
        elif operator == '>':
            low = behind
        elif operator == '<':
            high = text_of(numbers, pre)
        elif operator == '<=':
            high = behind
        elif operator == '=':
            low, high = text_of(numbers, pre), behind
        else:  # caret, which a bare version is too, and tilde: up to the next number that may not change
            fixed = min(2, len(numbers)) if operator == '~' else next((i + 1 for i, n in enumerate(numbers) if n), len(numbers))
            low, high = text_of(numbers, pre), text_of((*numbers[:fixed - 1], numbers[fixed - 1] + 1))
    return low, high


def ranges_of(sound):
    """OSV events for what no requirement holds."""
    least = ((-1,), [])
    intervals = sorted((interval_of(one) for one in sound), key=lambda pair: order_of(pair[0]) if pair[0] else least)
    events, introduced = [], '0.0.0-0'
    for low, high in intervals:
        if introduced is None:
            break
        if low and order_of(introduced) < order_of(low):
            events += [{'introduced': introduced}, {'fixed': low}]
        if high is None:
            introduced = None
        elif order_of(introduced) < order_of(high):
            introduced = high
    return events + ([{'introduced': introduced}] if introduced else [])


def rust_record(text):
    head = tomllib.loads(re.search(r'```toml\n(.*?)```', text, re.S).group(1))
    advisory, versions = head['advisory'], head.get('versions', {})
    record = {'schema_version': '1.7.0', 'id': advisory['id'], 'modified': plain(datetime.date.fromisoformat(str(advisory['date']))),
              'aliases': advisory.get('aliases', []), 'summary': advisory['id'],
              'affected': [{'package': {'ecosystem': 'crates.io', 'name': advisory['package']},
                            'ranges': [{'type': 'SEMVER',
                                        'events': ranges_of(versions.get('patched', []) + versions.get('unaffected', []))}]}]}
    if 'withdrawn' in advisory:
        record['withdrawn'] = plain(datetime.date.fromisoformat(str(advisory['withdrawn'])))
    return record


def records_in(folder):
    """Ecosystem -> id -> OSV record."""
    records = {name: {} for name in ECOSYSTEMS.values()}

    def each(archive, ending):
        with zipfile.ZipFile(folder / archive) as whole:
            for name in whole.namelist():
                if name.endswith(ending):
                    yield name, whole.read(name).decode()
    for _, text in each('osv/Go.zip', '.json'):
        record = json.loads(text)
        records['Go'][record['id']] = record
    for _, text in each('pypa-yaml.zip', '.yaml'):
        record = plain(yaml.load(text, getattr(yaml, 'CSafeLoader', yaml.SafeLoader)))
        records['PyPI'][record['id']] = record
    for name, text in each('rustsec-md.zip', '.md'):
        if name.startswith('crates/'):
            record = rust_record(text)
            if record['affected'][0]['ranges'][0]['events']:
                records['crates.io'][record['id']] = record
    return records


def write_zips(records, folder):
    # Without a database for each ecosystem of a bill, osv-scanner stops: the others get empty ones.
    others = ('npm', 'Maven', 'Packagist', 'RubyGems', 'NuGet', 'Hex', 'Pub', 'ConanCenter', 'Bitnami', 'Debian', 'Ubuntu', 'Alpine', 'Red Hat',
              'Rocky Linux', 'AlmaLinux', 'SUSE', 'openSUSE', 'Wolfi', 'Chainguard', 'Photon OS', 'Mageia', 'Linux', 'GitHub Actions', 'SwiftURL',
              'CRAN', 'Hackage', 'Alpaquita', 'Azure Linux', 'MinimOS', 'Echo')
    for name in (*records, *others):
        (folder / 'osv-scalibr' / name).mkdir(parents=True)
        with zipfile.ZipFile(folder / 'osv-scalibr' / name / 'all.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
            for id_, record in records.get(name, {}).items():
                archive.writestr(id_ + '.json', json.dumps(record))


def rust_bill(records):
    versions = collections.defaultdict(set)
    for record in records['crates.io'].values():
        for entry in record['affected']:
            for event in entry['ranges'][0]['events']:
                numbers, pre = parts_of(next(iter(event.values())))
                near = versions[entry['package']['name']]
                near.update({text_of(numbers, pre), text_of(numbers), text_of((*numbers[:2], numbers[2] + 1)), text_of(numbers, 'alpha.1')})
                near.add(text_of((*numbers[:2], max(0, numbers[2] - 1))))
                near.add(text_of((numbers[0], max(0, numbers[1] - 1), 9)))
    purls = [f'pkg:cargo/{name}@{version}' for name in sorted(versions) for version in sorted(versions[name])]
    return {'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'version': 1,
            'components': [{'type': 'library', 'bom-ref': purl, 'name': purl[10:].split('@')[0], 'version': purl.split('@')[1], 'purl': purl}
                           for purl in purls]}


# --- the findings ---

def normal(ecosystem, name, version):
    if ecosystem == 'PyPI':
        name = re.sub(r'[-_.]+', '-', name)
    if ecosystem == 'crates.io':  # which lets nobody register the one where there is the other
        name = name.replace('_', '-')
    if ecosystem == 'Go':
        version = version.removeprefix('go').removeprefix('v')
    return name.lower(), version


def of_osv_scanner(output):
    for result in json.loads(output).get('results') or []:
        for package in result['packages']:
            of = package['package']
            for vulnerability in package.get('vulnerabilities') or []:
                yield of['ecosystem'], of['name'], of.get('version', ''), vulnerability['id']


def of_ours(output):
    for item in json.loads(output)['items']:
        purl = item['package']['purl']
        ecosystem = ECOSYSTEMS.get(purl[4:].split('/')[0])
        if ecosystem:
            key = item['proof']['package']
            yield ecosystem, key.split('/', 1)[1], item['proof']['installed'], item['proof']['advisory']
            for proof in item['proof'].get('others', []):
                yield ecosystem, key.split('/', 1)[1], proof['installed'], proof['advisory']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--osv-scanner', required=True)
    parser.add_argument('--program', default=str(ROOT / 'build/release/pratique'))
    parser.add_argument('--from', dest='source', type=pathlib.Path, default=ROOT / '../shared/data/advisories')
    parser.add_argument('--keep', help='work here and leave it')
    parser.add_argument('bills', nargs='*')
    options = parser.parse_args()
    temporary = None if options.keep else tempfile.TemporaryDirectory()
    work = pathlib.Path(options.keep or temporary.name)
    work.mkdir(exist_ok=True)

    records = records_in(options.source)
    if not (work / 'osv-scalibr').exists():
        write_zips(records, work)
    sources = [str(options.source / name) for name in ('osv/Go.zip', 'pypa-yaml.zip', 'rustsec-md.zip')]
    subprocess.run([options.program, 'db', 'build', '--db', str(work / 'db'), *(word for s in sources for word in ('--from', s))],
                   check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    parent = {}

    def group_of(id_):
        while parent.setdefault(id_, id_) != id_:
            id_ = parent[id_]
        return id_
    for of_ecosystem in records.values():
        for id_, record in of_ecosystem.items():
            for alias in record.get('aliases') or []:
                parent[group_of(alias)] = group_of(id_)

    (work / 'rust.cdx.json').write_text(json.dumps(rust_bill(records)))
    bills = [str(work / 'rust.cdx.json')]
    for bill in options.bills:
        converted = str(work / (os.path.basename(bill).removesuffix('.json') + '.cdx.json'))
        if subprocess.run([options.program, 'sbom', 'convert', bill, '-o', f'cyclonedx-json@1.6={converted}'], capture_output=True).returncode == 0:
            bills.append(converted)
        else:
            print(f'{bill}: no bill, passed over', file=sys.stderr)
    found = collections.defaultdict(set)
    names = collections.defaultdict(set)
    environment = dict(os.environ, OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY=str(work))
    for bill in bills:
        runs = {'osv-scanner': ([options.osv_scanner, 'scan', 'source', '--offline', '--local-db-path', str(work), '-f', 'json', '--all-vulns',
                                 '-L', bill], of_osv_scanner),
                'ours': ([options.program, 'scan', '--db', str(work / 'db'), '-o', 'json', bill], of_ours)}
        for who, (words, read) in runs.items():
            done = subprocess.run(words, capture_output=True, env=environment)
            try:
                rows = list(read(done.stdout))
            except ValueError:
                print(f'{who} on {bill}: {done.stderr.decode()[-200:]}', file=sys.stderr)
                continue
            for ecosystem, name, version, id_ in rows:
                key = (ecosystem, os.path.basename(bill), *normal(ecosystem, name, version), group_of(id_))
                found[key].add(who)
                names[key].add(id_)

    unexplained = 0
    for ecosystem in ECOSYSTEMS.values():
        counts = collections.Counter(' and '.join(sorted(who)) for key, who in found.items() if key[0] == ecosystem)
        print(ecosystem, ', '.join(f'{who}: {count}' for who, count in counts.most_common()) or 'nothing found')
        for key, who in sorted(found.items()):
            if key[0] != ecosystem or len(who) == 2:
                continue
            alone = next(iter(who))
            known = any(e == ecosystem and w == alone and test(key[3]) for e, w, test in EXPLAINED)
            unexplained += not known
            print(f'  {"" if known else "NOT EXPLAINED "}{alone} alone: {key[2]} {key[3]} {" ".join(sorted(names[key]))} ({key[1]})')
    return 1 if unexplained else 0


if __name__ == '__main__':
    sys.exit(main())
