#!/usr/bin/env python3
"""Real documents end to end, findings computed: into SQLite by one process, into PostgreSQL by two at once.

    bench/ingest.py [--data DIR] [--variants 8] [--program FILE] [--only sqlite|postgres]

DIR (default ../shared/data) holds sboms/ and advisories/. Each document is ingested as it is, and so many variants of all of
them: what another build of the same thing would list. A variant has another image digest and five packages in another version.
Each process runs `pratique ingest` on its own half of the variants, with two threads where it is alone and one where there are two.

PostgreSQL 15 is started here, in a temporary folder, as its own user (`postgres` when root asks), with fsync on.
CPU is user + system, of `pratique` and of PostgreSQL's processes apart. docs/performance.md says how to read it.
"""
import argparse
import hashlib
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARIES = pathlib.Path('/usr/lib/postgresql/15/bin')
PURL = re.compile(rb'pkg:[a-z]+/[^@"\s<?#]+@([^"\s<?#]+)')
IMAGE = re.compile(rb'sha256:([0-9a-f]{64})')


def variant_of(document, number, chance):
    """Bytes of what the same tool would write of another build."""
    image = IMAGE.search(document)
    if image:
        other = hashlib.sha256(image[1] + str(number).encode()).hexdigest().encode()
        document = document.replace(image[1], other)
    packages = sorted({match[0] for match in PURL.finditer(document)})
    for purl in chance.sample(packages, min(5, len(packages))):
        document = document.replace(purl + b'"', purl + b'-%d"' % number)
    return document + b'\n' * number  # another document even where nothing else is different


def make_documents(source, folder, variants):
    """Folder of the documents as they are, and two folders of variants of those that are read."""
    chance = random.Random(7)
    files = sorted(file for file in source.rglob('*') if file.is_file())
    halves = [folder / 'left', folder / 'right']
    for half in halves:
        half.mkdir()
    count = size = 0
    for file in files:
        document = file.read_bytes()
        for number in range(1, variants + 1):
            made = variant_of(document, number, chance)
            (halves[number % 2] / f'{number}-{count:05d}-{file.name}').write_bytes(made)
            count, size = count + 1, size + len(made)
    return halves, count, size


class Database:
    """A PostgreSQL of its own, and what its processes used once it has ended."""

    def __init__(self, folder):
        self.folder = folder / 'postgres'
        self.folder.mkdir()
        self.user = ['runuser', '-u', 'postgres', '--'] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, 'postgres')
            folder.chmod(0o755)
        quiet = {'check': True, 'stdout': subprocess.DEVNULL, 'cwd': '/'}
        subprocess.run([*self.user, BINARIES / 'initdb', '-D', self.folder / 'data', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8',
                        '--locale=C'], **quiet)
        with (folder / 'postgres.log').open('w') as log:
            self.process = subprocess.Popen(
                [*self.user, BINARIES / 'postgres', '-D', self.folder / 'data', '-k', self.folder, '-c', 'listen_addresses=',
                 '-c', 'shared_buffers=512MB', '-c', 'max_wal_size=4GB'], stderr=log, cwd='/')
        for _ in range(100):
            if subprocess.run([BINARIES / 'pg_isready', '-q', '-h', self.folder], check=False).returncode == 0:
                break
            time.sleep(0.1)
        subprocess.run([BINARIES / 'createdb', '-h', self.folder, '-U', 'postgres', 'store'], check=True)
        self.url = f'postgresql://postgres@/store?host={self.folder}'

    def stop(self):
        """CPU seconds that it used, those of starting among it (about 0.1)."""
        first = (self.folder / 'data/postmaster.pid').read_text().split('\n', 1)[0]
        os.kill(int(first), signal.SIGINT)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.process.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ingest(program, jobs, environment):
    """Runs them at once: (CPU seconds, wall seconds). 7: some files were no bills."""
    started = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = [subprocess.Popen([program, 'ingest', *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                env=environment) for words in jobs]
    for process in running:
        said = process.communicate()[1]
        if process.returncode not in (0, 7):
            sys.exit(f'exit code {process.returncode}: {said[-2000:]}')
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def tell(what, count, size, cpu, wall, database_cpu=0.0):
    print(f'{what:<44} {count:6d} documents {size / 1e6:7.0f} MB   {count / wall:6.0f} documents a second by the clock   '
          f'CPU {cpu:6.2f} s' + (f' + {database_cpu:6.2f} s of PostgreSQL' if database_cpu else '') +
          f'   {size / 1e6 / cpu:5.0f} MB and {count / cpu:5.0f} documents a CPU second', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', default=str(ROOT / '../shared/data'))
    parser.add_argument('--variants', type=int, default=8)
    parser.add_argument('--program', default=str(ROOT / 'build/release/pratique'))
    parser.add_argument('--only', choices=['sqlite', 'postgres'])
    options = parser.parse_args()
    bills, advisories = pathlib.Path(options.data, 'sboms'), pathlib.Path(options.data, 'advisories')
    if not bills.is_dir() or not advisories.is_dir():
        print(f'skipped: no sboms and advisories in {options.data}')
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        environment = {**os.environ, 'HOME': name, 'PRATIQUE_DB': f'{name}/db'}
        subprocess.run([options.program, 'db', 'build', '--from', advisories], check=True, env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        real = [file for file in bills.rglob('*') if file.is_file()]
        real_size = sum(file.stat().st_size for file in real)
        halves, count, size = make_documents(bills, folder, options.variants)
        if options.only != 'postgres':
            store = f'{name}/store'
            tell('SQLite, as they are', len(real), real_size, *ingest(options.program, [[bills, '--store', store]], environment))
            tell('SQLite, variants, behind them', count, size, *ingest(options.program, [[*halves, '--store', store]], environment))
        if options.only == 'sqlite':
            return
        if not (BINARIES / 'postgres').exists():
            print('skipped: PostgreSQL 15 is not installed')
            return
        database = Database(folder)
        try:
            one = ingest(options.program, [[bills, '--store', database.url]], environment)
            tell('PostgreSQL, as they are, one process', len(real), real_size, *one)
            two = ingest(options.program, [[half, '--store', database.url, '--threads', '1'] for half in halves], environment)
        finally:
            used = database.stop()
        tell('PostgreSQL, variants, two processes', count, size, *two, used)


if __name__ == '__main__':
    main()
