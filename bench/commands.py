#!/usr/bin/env python3
"""Whole commands, from process start to exit: CPU (user + system) and wall in milliseconds, and peak resident memory.

    bench/commands.py [--runs 11] [--data DIR] [--only NAME]

Uses build/release/pratique. DIR (default ../shared/data) is third-party data; what needs it is skipped where it is absent.
Each line is the median of the runs with the minimum in brackets. docs/performance.md says how to read it.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = str(ROOT / 'build/release/pratique')


def run_once(words, environment):
    """(cpu ms, wall ms) of one process. 7 is the exit code of an ingest in which some files were no bills."""
    started = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1, 3, 7):
        raise SystemExit(f'{" ".join(words)}: exit code {child.returncode}')
    return (usage.ru_utime + usage.ru_stime) * 1000, (time.monotonic() - started) * 1000


def peak_of(words, environment):
    """Peak resident MiB, asked of GNU time: what Python starts is born with Python's own peak."""
    done = subprocess.run(['/usr/bin/time', '-f', '%M', *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    return int(done.stderr.split()[-1]) / 1024


def measure(name, words, environment, runs, before=None):
    rows = []
    for round_ in range(runs + 1):  # the first one warms the page cache and is not counted
        if before:
            before()
        row = run_once([PROGRAM, *words], environment)
        if round_:
            rows.append(row)
    cpu, wall = zip(*rows)
    if before:
        before()
    peak = peak_of([PROGRAM, *words], environment)
    print(f'{name:<48} CPU {statistics.median(cpu):8.1f} [{min(cpu):.1f}] ms   wall {statistics.median(wall):8.1f} '
          f'[{min(wall):.1f}] ms   {peak:6.1f} MiB', flush=True)


def bill_of(packages):
    """A CycloneDX bill in the shape syft writes, of so many npm and PyPI packages."""
    components = []
    for i in range(packages):
        kind, name = ('npm', f'package-{i}') if i % 2 else ('pypi', f'module-{i}')
        version = f'{i % 7}.{i % 23}.{i % 11}'
        components.append({'bom-ref': f'pkg:{kind}/{name}@{version}?package-id={i:016x}', 'type': 'library', 'name': name,
                           'version': version, 'licenses': [{'license': {'id': 'MIT'}}], 'purl': f'pkg:{kind}/{name}@{version}',
                           'properties': [{'name': 'syft:package:language', 'value': kind}]})
    components.append({'bom-ref': 'x', 'type': 'library', 'name': 'lodash', 'version': '4.17.11', 'purl': 'pkg:npm/lodash@4.17.11'})
    return json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'components': components})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--runs', type=int, default=11)
    parser.add_argument('--data', default=str(ROOT / '../shared/data'))
    parser.add_argument('--only', default='')
    options = parser.parse_args()
    data = pathlib.Path(options.data)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, 'PRATIQUE_DB': f'{folder}/db', 'PRATIQUE_STORE': f'{folder}/store', 'HOME': folder}
        bill = pathlib.Path(folder, 'bill.json')
        bill.write_text(bill_of(1000))
        run_once([PROGRAM, 'db', 'build', '--from', str(ROOT / 'facts')], environment)

        def step(name, words, before=None, runs=options.runs):
            if options.only in name:
                measure(name, words, environment, runs, before)

        def empty_store():
            for file in pathlib.Path(folder).glob('store*'):
                file.unlink()

        step('--version', ['--version'])
        step('scan, 1,001 packages, CycloneDX', ['scan', str(bill)])
        step('ingest demo/bills', ['ingest', str(ROOT / 'demo/bills')], empty_store)
        if (data / 'sboms').is_dir():
            step('ingest data/sboms', ['ingest', str(data / 'sboms')], empty_store, 3)
            run_once([PROGRAM, 'ingest', str(data / 'sboms')], environment)
            step('where zlib over data/sboms', ['where', 'pkg:deb/debian/zlib1g'])
            step('where x/crypto in a range over data/sboms',
                 ['where', 'pkg:golang/golang.org/x/crypto', '--range', 'vers:golang/<0.17.0'])
        else:
            print(f'skipped: no {data}/sboms')
        zipped = data / 'advisories/osv/Go.zip'
        if zipped.exists():
            step('db build, Go.zip (4,291 records)', ['db', 'build', '--from', str(zipped)], runs=3)


if __name__ == '__main__':
    main()
