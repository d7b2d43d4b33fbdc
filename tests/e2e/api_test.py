"""The server against its own description: schemathesis makes requests from docs/openapi.json, good and bad, and holds every
answer against it.

Skipped where `make deps` could not install schemathesis.
"""
import os
import subprocess
import sys
import unittest

from program import ROOT, Program

SCHEMATHESIS = ROOT / 'build/python/bin/schemathesis'
CHECKS = ('not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,'
          'negative_data_rejection,unsupported_method,allow_header_conformance')


class Api(Program):
    def setUp(self):
        super().setUp()
        self.run_it('db', 'build', '--from', ROOT / 'facts')
        self.run_it('ingest', ROOT / 'demo/bills', '--workloads', ROOT / 'demo/pods.json')

    @unittest.skipUnless(SCHEMATHESIS.exists(), "schemathesis is not installed ('make deps' does)")
    def test_every_answer_is_described(self):
        self.serve('--no-auth')
        # The events never end; tests/integration listens to them.
        done = subprocess.run(
            [SCHEMATHESIS, '--config-file', ROOT / 'tests/e2e/schemathesis.toml', 'run', ROOT / 'docs/openapi.json', '--url', f'https://127.0.0.1:{self.port}', '--tls-verify', 'false',
             '--checks', CHECKS, '--exclude-path', '/api/v1/events', '--phases', 'examples,coverage,fuzzing',
             '--max-examples', os.environ.get('EXAMPLES', '25'), '--seed', '7', '--request-timeout', '60', '--no-color',
             '--suppress-health-check', 'all'],
            env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-20000:])

    def test_the_program_asks_a_server_as_it_asks_the_store(self):
        self.serve()
        reading, writing, there = self.token('reader', 'viewer'), self.token('writer', 'ingester'), self.there
        question = ('where', 'pkg:maven/org.apache.logging.log4j/log4j-core', '--range', 'vers:maven/<2.17.1')
        for form in ('table', 'wide', 'json', 'jsonl', 'csv', 'name'):
            self.assertEqual(self.run_it(*question, '-o', form, *there, '--token-file', reading),
                             self.run_it(*question, '-o', form), form)
        self.assertIn('0 bills added with 0 components, 9 known already, 0 failed',
                      self.run_it('ingest', ROOT / 'demo/bills', *there, '--token-file', writing))
        self.assertEqual(self.run_it('ingest', '--workloads', ROOT / 'demo/pods.json', *there, '--token-file', writing),
                         self.run_it('ingest', '--workloads', ROOT / 'demo/pods.json'))

        def code(*words):
            return self.run_any(*words).returncode
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
