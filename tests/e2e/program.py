"""The program as a user runs it: in a folder of its own, with a server of its own, on SQLite or on PostgreSQL.

Uses the release binary (`make build`), or the one that PRATIQUE_PROGRAM names.
"""
import json
import os
import pathlib
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get('PRATIQUE_PROGRAM', str(ROOT / 'build/release/pratique'))
DATA = pathlib.Path(os.environ.get('PRATIQUE_DATA', ROOT.parent / 'shared/data'))  # of others; may be absent
POSTGRES = pathlib.Path('/usr/lib/postgresql/15/bin')


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {'HOME': folder.name, 'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8',
                            'PRATIQUE_DB': str(self.folder / 'db'), 'PRATIQUE_STORE': str(self.folder / 'store')}
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]

    def run_any(self, *words):
        return subprocess.run([PROGRAM, *map(str, words)], env=self.environment, cwd=self.folder, capture_output=True,
                              text=True, timeout=600)

    def run_it(self, *words):
        done = self.run_any(*words)
        self.assertEqual(done.returncode, 0, f'{words}\n{done.stderr}')
        return done.stdout

    def token(self, name, role, *scope):
        file = self.folder / name
        file.write_text(self.run_it('auth', 'token', 'create', name, '--role', role, *scope))
        return file

    @property
    def url(self):
        return f'https://127.0.0.1:{self.port}'

    @property
    def there(self):
        return ('--server', self.url, '--ca-file', self.folder / 'tls.crt')

    def serve(self, *words, **more):
        configuration = {'listen': f'127.0.0.1:{self.port}', 'store': self.environment['PRATIQUE_STORE'], 'database': 'db',
                         'policies': [str(ROOT / 'demo/policies')], 'limits': {'rate': '0'}, **more}
        (self.folder / 'serve.yaml').write_text(json.dumps(configuration))
        with (self.folder / 'log').open('w') as log:
            server = subprocess.Popen([PROGRAM, 'serve', '--config', self.folder / 'serve.yaml', *words], env=self.environment,
                                      cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        trusting = ssl._create_unverified_context()
        for _ in range(1200):
            try:
                urllib.request.urlopen(f'{self.url}/readyz', context=trusting, timeout=5).read()
                return server
            except OSError:
                self.assertIsNone(server.poll(), (self.folder / 'log').read_text())
                time.sleep(0.05)
        self.fail('the server did not become ready')

    def curl(self, path, token, *words):
        done = subprocess.run(['curl', '--silent', '--show-error', '--fail-with-body', '--cacert', self.folder / 'tls.crt',
                               '--header', f'Authorization: Bearer {token.read_text().splitlines()[0]}', *words,
                               self.url + path], capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def use_postgres(self):
        """A PostgreSQL of the test's own, reached by a socket in its folder; gone with the test."""
        if not (POSTGRES / 'initdb').exists():
            self.skipTest('PostgreSQL is not installed')
        where = pathlib.Path(tempfile.mkdtemp(prefix='pratique-pg-'))
        self.addCleanup(shutil.rmtree, where, ignore_errors=True)
        as_user = []
        if os.geteuid() == 0:  # which initdb and postgres refuse
            os.chown(where, pwd.getpwnam('postgres').pw_uid, -1)
            as_user = ['runuser', '-u', 'postgres', '--']

        def command(*words):
            subprocess.run([*as_user, *map(str, words)], cwd='/', check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=120)
        command(POSTGRES / 'initdb', '-D', where / 'data', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync')
        command(POSTGRES / 'pg_ctl', 'start', '-w', '-D', where / 'data', '-l', where / 'log', '-o',
                f"-c listen_addresses='' -c fsync=off -k '{where}'")
        self.addCleanup(command, POSTGRES / 'pg_ctl', 'stop', '-m', 'immediate', '-w', '-D', where / 'data')
        command(POSTGRES / 'createdb', '-h', where, '-U', 'postgres', 'inventory')
        self.environment['PRATIQUE_STORE'] = f'postgresql://postgres@/inventory?host={where}'
