"""The server against its own description: schemathesis makes requests from docs/openapi.json, good and bad, and holds every
answer against it.

Uses the release binary (`make build`), or the one that PRATIQUE_PROGRAM names. Skipped where `make deps` could not install
schemathesis.
"""
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get('PRATIQUE_PROGRAM', str(ROOT / 'build/release/pratique'))
SCHEMATHESIS = ROOT / 'build/python/bin/schemathesis'
CHECKS = ('not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,'
          'negative_data_rejection,unsupported_method,allow_header_conformance')


class Api(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {'HOME': folder.name, 'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8',
                            'PRATIQUE_DB': str(self.folder / 'db'), 'PRATIQUE_STORE': str(self.folder / 'store')}
        self.run_it('db', 'build', '--from', ROOT / 'facts')
        self.run_it('ingest', ROOT / 'demo/bills', '--workloads', ROOT / 'demo/pods.json')
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]

    def run_it(self, *words):
        done = subprocess.run([PROGRAM, *map(str, words)], env=self.environment, cwd=self.folder, capture_output=True,
                              text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def serve(self, *words):
        configuration = {'listen': f'127.0.0.1:{self.port}', 'store': 'store', 'database': 'db',
                         'policies': [str(ROOT / 'demo/policies')], 'limits': {'rate': '0'}}
        (self.folder / 'serve.yaml').write_text(json.dumps(configuration))
        with (self.folder / 'log').open('w') as log:
            server = subprocess.Popen([PROGRAM, 'serve', '--config', self.folder / 'serve.yaml', *words], env=self.environment,
                                      cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        trusting = ssl._create_unverified_context()
        for _ in range(600):
            try:
                return urllib.request.urlopen(f'https://127.0.0.1:{self.port}/readyz', context=trusting, timeout=5).read()
            except OSError:
                self.assertIsNone(server.poll(), (self.folder / 'log').read_text())
                time.sleep(0.05)
        self.fail('the server did not become ready')

    @unittest.skipUnless(SCHEMATHESIS.exists(), "schemathesis is not installed ('make deps' does)")
    def test_every_answer_is_described(self):
        self.serve('--no-auth')
        # The events never end; tests/integration listens to them.
        done = subprocess.run(
            [SCHEMATHESIS, 'run', ROOT / 'docs/openapi.json', '--url', f'https://127.0.0.1:{self.port}', '--tls-verify', 'false',
             '--checks', CHECKS, '--exclude-path', '/api/v1/events', '--phases', 'examples,coverage,fuzzing',
             '--max-examples', os.environ.get('EXAMPLES', '25'), '--seed', '7', '--request-timeout', '60', '--no-color',
             '--suppress-health-check', 'all'],
            env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-20000:])

    def test_the_program_asks_a_server_as_it_asks_the_store(self):
        self.serve()
        reading = self.folder / 'reading'
        reading.write_text(self.run_it('auth', 'token', 'create', 'reader', '--role', 'viewer'))
        writing = self.folder / 'writing'
        writing.write_text(self.run_it('auth', 'token', 'create', 'writer', '--role', 'ingester'))
        there = ('--server', f'https://127.0.0.1:{self.port}', '--ca-file', self.folder / 'tls.crt')
        question = ('where', 'pkg:maven/org.apache.logging.log4j/log4j-core', '--range', 'vers:maven/<2.17.1')
        for form in ('table', 'wide', 'json', 'jsonl', 'csv', 'name'):
            self.assertEqual(self.run_it(*question, '-o', form, *there, '--token-file', reading),
                             self.run_it(*question, '-o', form), form)
        self.assertIn('0 bills added with 0 components, 9 known already, 0 failed',
                      self.run_it('ingest', ROOT / 'demo/bills', *there, '--token-file', writing))
        self.assertEqual(self.run_it('ingest', '--workloads', ROOT / 'demo/pods.json', *there, '--token-file', writing),
                         self.run_it('ingest', '--workloads', ROOT / 'demo/pods.json'))

        def code(*words):
            return subprocess.run([PROGRAM, *map(str, words)], env=self.environment, cwd=self.folder, capture_output=True,
                                  timeout=300).returncode
        self.assertEqual(code(*question, *there), 6)
        self.assertEqual(code(*question, *there, '--token-file', writing), 6)
        self.assertEqual(code(*question, '--server', f'https://127.0.0.1:{self.port}', '--token-file', reading), 6)  # whose certificate?
        self.assertEqual(code('where', 'pkg:npm/nobody-has-this', *there, '--token-file', reading), 4)
        self.assertEqual(code('where', 'log4j', *there, '--token-file', reading), 2)
        self.assertEqual(code(*question, '--server', 'https://127.0.0.1:1', '--token-file', reading), 5)
        self.assertEqual(code(*question, '--server', 'http://127.0.0.1', '--token-file', reading), 2)
        self.assertIn('entries, head', self.run_it('audit', 'verify'))


if __name__ == '__main__':
    sys.exit(unittest.main())
