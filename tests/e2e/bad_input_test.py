"""Bad input at the real entry point: one clear line that names the file, the place and the remedy; the documented exit code;
nothing lost, nothing left behind.

Uses the release binary (`make build`).
"""
import fcntl
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = str(ROOT / 'build/release/pratique')
BILL = ROOT / 'demo/bills/storefront.cdx.json'


class World(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name)
        self.environment = {'HOME': str(self.home), 'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8',
                            'PRATIQUE_DB': self.path('db'), 'PRATIQUE_STORE': self.path('store')}

    def tearDown(self):
        self.folder.cleanup()

    def path(self, name):
        return str(self.home / name)

    def write(self, name, content):
        path = self.home / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run_it(self, *words, stdin=None):
        return subprocess.run([PROGRAM, *words], env=self.environment, cwd=self.home, input=stdin, capture_output=True, timeout=120)

    def build_database(self):
        done = self.run_it('db', 'build', '--from', str(ROOT / 'facts'))
        self.assertEqual(done.returncode, 0, done.stderr)

    def refused(self, code, pattern, *words, stdin=None):
        """One line on stderr that matches (behind what a server logs), nothing on stdout, this exit code."""
        done = self.run_it(*words, stdin=stdin)
        said = re.sub(r'(?m)^20\d\d-\S+ info .*\n', '', done.stderr.decode('utf-8'))
        self.assertEqual(done.returncode, code, f'{words}\n{said}')
        self.assertEqual(done.stdout, b'', words)
        self.assertEqual(said.count('\n'), 1, said)
        self.assertTrue(said.startswith('pratique: '), said)
        self.assertRegex(said, pattern)
        self.assertNotRegex(said, r'[\x00-\x09\x0b-\x1f\x7f]')
        self.assertLess(len(said), 2000)
        return said


class Bills(World):
    def setUp(self):
        super().setUp()
        self.build_database()

    def test_what_is_not_there_or_no_file(self):
        self.refused(4, r'no-such\.json: ', 'scan', self.path('no-such.json'))
        (self.home / 'empty-folder').mkdir()
        self.refused(4, r'empty-folder: .*; ', 'scan', self.path('empty-folder'))
        self.refused(4, r'file/below: ', 'scan', self.write('file', b'x') + '/below')

    def test_what_is_no_bill(self):
        whole = BILL.read_bytes()
        twice = b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[],"components":[{"name":"x"}]}'
        cases = {
            'empty.json': (b'', r'empty'),
            'blank.json': (b'\n', r'empty|JSON|bill'),
            'truncated.json': (whole[:len(whole) // 2], r'line \d+|:\d+:\d+'),
            'object.json': (b'{}', r'bill|SBOM'),
            'null.json': (b'null', r'bill|SBOM|object'),
            'not-an-sbom.json': (b'{"hello": "world"}', r'bill|SBOM'),
            'trailing.json': (whole + b'x', r'behind|after|trailing'),
            'deep.json': (b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[' + b'{"components":[' * 100_000, r'deep|nest|64'),
            'deep-array.json': (b'[' * 100_000, r'.'),
            'version.json': (b'{"bomFormat":"CycloneDX","specVersion":"9.9"}', r'9\.9'),
            'latin1.json': ('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"caf\xe9"}]}'.encode('latin-1'), r'UTF-8'),
            'nan.json': (b'{"bomFormat":"CycloneDX","specVersion":"1.6","version":NaN}', r'.'),
            'plain.txt': (b'hello', r'.'),
            'picture.png': (b'\x89PNG\r\n\x1a\n' + bytes(200), r'.'),
        }
        for name, (content, pattern) in cases.items():
            with self.subTest(name):
                path = self.write(name, content)
                self.refused(7, re.escape(path) + r': .*(' + pattern + ')', 'scan', path)
        path = self.write('twice.json', twice)
        done = self.run_it('scan', path)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'components', done.stderr)  # the second one is set aside, and told

    def test_what_others_get_wrong(self):
        """Inputs on which scanners of the field drop, double or invent packages without a word: here each is counted and told."""
        lodash = {'type': 'library', 'name': 'lodash', 'version': '4.17.11', 'purl': 'pkg:npm/lodash@4.17.11'}
        text = json.dumps(lodash)
        head = '{"bomFormat":"CycloneDX","specVersion":"1.6","components":['
        spdx3 = {'@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [
            {'type': 'CreationInfo', '@id': '_:c', 'specVersion': '3.0.1', 'created': '2024-01-01T00:00:00Z', 'createdBy': ['urn:a']},
            {'type': 'software_Package', 'spdxId': 'urn:p', 'creationInfo': '_:c', 'name': 'lodash', 'software_packageVersion': '4.17.11',
             'software_packageUrl': 'pkg:npm/lodash@4.17.11'}]}
        # What is scanned, the packages with findings, how many are unknown, what stderr says.
        cases = {
            'purl-given-twice': (head + text[:-1] + ',"purl":"pkg:npm/lodash@99.0.0"}]}', {'lodash'}, 0, '/components/0/purl: the key is given twice'),
            'components-given-twice': (head + text + '],"components":[]}', {'lodash'}, 0, '/components: the key is given twice'),
            'no-version': (head + '{"type":"library","name":"lodash","purl":"pkg:npm/lodash"}]}', set(), 1, 'lodash: no version'),
            'no-purl': (head + '{"type":"library","name":"lodash","version":"4.17.11"}]}', set(), 1, 'lodash: no package URL'),
            'three-times-the-same': (head + ','.join([text] * 3) + ']}', {'lodash'}, 0, ''),
            'name-in-capitals': (head + '{"type":"library","name":"PyYAML","version":"5.3","purl":"pkg:pypi/PyYAML@5.3"}]}', {'PyYAML'}, 0, ''),
            'nul-in-a-name': (head + r'{"type":"library","name":"a\u0000b","version":"1"},' + text + ']}', {'lodash'}, 0, '/components/0/name: a NUL'),
            'no-database-for-one-ecosystem': (head + '{"type":"library","name":"x","version":"1","purl":"pkg:hex/x@1"},' + text + ']}', {'lodash'}, 1,
                                              'no advisories for pkg:hex'),
            'name-without-an-ending-1.7': (head.replace('1.6', '1.7') + text + ']}', {'lodash'}, 0, ''),
            'spdx-3': (json.dumps(spdx3), {'lodash'}, 0, ''),
        }
        for name, (content, affected, unknown, says) in cases.items():
            with self.subTest(name):
                done = self.run_it('scan', '-o', 'json', self.write(name, content))
                self.assertEqual(done.returncode, 0, done.stderr)
                report = json.loads(done.stdout)
                self.assertEqual({item['package']['name'] for item in report['items']}, affected)
                found = [(item['package']['name'], item['id']) for item in report['items']]
                self.assertEqual(len(found), len(set(found)))  # a package listed again is no second finding
                self.assertEqual(len(report['unknown']), unknown)
                self.assertIn(says, done.stderr.decode())
                gate = self.run_it('scan', '--fail-on', 'critical', self.path(name)).returncode
                self.assertEqual(gate, 1 if affected else 3)

    def test_a_record_of_another_shape_is_not_dropped_without_a_word(self):
        (self.home / 'records').mkdir()
        package = {'package': {'ecosystem': 'npm', 'name': 'left'}, 'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}]}]}
        self.write('records/more.json', json.dumps({'id': 'TEST-1', 'modified': '2026-01-01T00:00:00Z', 'colour': 'red', 'affected': [package]}))
        self.write('records/text.json', 'not JSON')
        done = self.run_it('db', 'build', '--from', self.path('records'), '--db', self.path('db2'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b'1 advisories', done.stdout + done.stderr)
        self.assertIn(b'1 files are of no format that is read', done.stdout + done.stderr)

    def test_encodings_that_are_read(self):
        text = BILL.read_text()
        for name, content in {'bom.json': b'\xef\xbb\xbf' + text.encode(), 'utf16.json': text.encode('utf-16')}.items():
            with self.subTest(name):
                done = self.run_it('scan', '-o', 'json', self.write(name, content))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(len(json.loads(done.stdout)['items']), 3)

    def test_two_hundred_megabytes(self):
        component = '{"type":"library","name":"package-%d","version":"1.0.%d","purl":"pkg:npm/package-%d@1.0.%d"},\n'
        count = 2_100_000
        path = self.home / 'large.json'
        with open(path, 'w') as file:
            file.write('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[')
            for i in range(count):
                file.write(component % (i, i % 9, i, i % 9))
            file.write('{"type":"library","name":"last"}]}')
        self.assertGreater(path.stat().st_size, 200 << 20)
        self.refused(7, r'large\.json: .*(2,000,000|limit)', 'scan', str(path))
        with open(path, 'a') as file:
            file.write(' ' * (256 << 20))
        self.refused(7, r'large\.json: .*256', 'scan', str(path))

    def test_one_bad_part_is_set_aside_and_the_rest_counts(self):
        bill = {'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'components': [
            {'type': 'library', 'name': 'bad', 'purl': 'no purl'}, 7, None, {'name': ['x']},
            {'type': 'library', 'name': 'lodash', 'version': '4.17.11', 'purl': 'pkg:npm/lodash@4.17.11'}]}
        done = self.run_it('scan', '-o', 'json', '-v', self.write('one.json', json.dumps(bill)))
        report = json.loads(done.stdout)
        self.assertEqual({item['package']['name'] for item in report['items']}, {'lodash'})
        places = [part['place'] for part in report['artifacts'][0]['rejected']]
        self.assertIn('/components/0/purl', places)
        self.assertIn('/components/1', places)

    def test_a_bill_that_lists_nothing_is_unknown_and_passes_no_gate(self):
        bill = self.write('none.json', json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'components': []}))
        done = self.run_it('scan', '--fail-on', 'critical', bill)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b'none.json: unknown: the bill lists no package', done.stderr)
        self.assertEqual(self.run_it('scan', '--fail-on', 'critical', '--allow-unknown', bill).returncode, 0)

    def test_vex_suppresses_and_takes_nothing_away(self):
        bill = self.write('one.json', json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'components': [
            {'type': 'library', 'name': 'lodash', 'version': '4.17.11', 'purl': 'pkg:npm/lodash@4.17.11'}]}))
        statement = {'vulnerability': {'name': 'CVE-2019-10744'}, 'products': [{'@id': 'pkg:npm/lodash@4.17.11'}],
                     'status': 'not_affected', 'justification': 'vulnerable_code_not_in_execute_path'}
        vex = self.write('vex.json', json.dumps({'@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'https://example.com/vex-1',
                                                 'author': 'Shop', 'timestamp': '2026-01-01T00:00:00Z', 'version': 1, 'statements': [statement]}))
        items = json.loads(self.run_it('scan', '-o', 'json', '--vex', vex, bill).stdout)['items']
        suppressed = {item['id']: item['suppressed'] for item in items}
        self.assertEqual(suppressed['CVE-2019-10744']['justification'], 'vulnerable_code_not_in_execute_path')
        self.assertTrue(any(not by for by in suppressed.values()))
        self.assertEqual(self.run_it('scan', '--fail-on', 'critical', bill).returncode, 1)
        self.assertEqual(self.run_it('scan', '--fail-on', 'critical', '--vex', vex, bill).returncode, 0)
        self.refused(7, r'one\.json: ', 'scan', '--vex', bill, bill)

    def test_hostile_texts_reach_the_terminal_escaped(self):
        evil = '\x1b[2J\u202e\u200b'
        bill = {'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'metadata': {'component': {'type': 'container', 'name': evil}},
                'components': [{'type': 'library', 'name': evil + 'lodash', 'version': '4.17.11', 'purl': 'pkg:npm/lodash@4.17.11'},
                               {'type': 'library', 'name': evil, 'purl': evil}]}
        done = self.run_it('scan', '-o', 'wide', '-v', self.write('evil.json', json.dumps(bill)))
        for stream in (done.stdout, done.stderr):
            text = stream.decode()
            for bad in ('\x1b', '\u202e', '\u200b'):
                self.assertNotIn(bad, text)
        self.assertIn(b'CVE-2019-10744', done.stdout)

    def test_a_folder_with_a_bad_file_judges_the_others(self):
        (self.home / 'bills').mkdir()
        self.write('bills/good.json', BILL.read_bytes())
        self.write('bills/bad.json', b'{"bomFormat":')
        done = self.run_it('scan', '-o', 'json', self.path('bills'))
        ledger = json.loads(done.stdout)['ledger']
        self.assertEqual((ledger['examined'], ledger['affected'], ledger['failed']), (2, 1, 1))
        self.assertEqual(self.run_it('scan', '--fail-on', 'critical', self.path('bills')).returncode, 1)


class Databases(World):
    def test_absent_older_damaged(self):
        self.refused(4, r'db: .*; run .pratique db build', 'scan', str(BILL))
        self.refused(4, r'db: ', 'db', 'status')
        self.write('db', b'not a database at all' * 1000)
        self.refused(7, r'db: .*; .*db build', 'scan', str(BILL))
        self.write('db', b'')
        self.refused(7, r'db: .*; .*db build', 'scan', str(BILL))
        os.remove(self.path('db'))
        self.build_database()
        whole = pathlib.Path(self.path('db')).read_bytes()
        self.write('db', whole[:len(whole) // 2])
        self.refused(7, r'db: .*; .*db build', 'scan', str(BILL))
        flipped = bytearray(whole)
        flipped[len(whole) // 2] ^= 0x40
        self.write('db', bytes(flipped))
        self.refused(7, r'db: .*; .*db build', 'scan', str(BILL))

    def test_a_build_that_fails_leaves_the_old_one(self):
        self.build_database()
        before = pathlib.Path(self.path('db')).read_bytes()
        self.refused(4, r'nowhere: ', 'db', 'build', '--from', self.path('nowhere'))
        self.refused(7, r'; ', 'db', 'build', '--from', self.write('junk.json', b'{"a": 1}'))
        self.refused(7, r'cut\.zip', 'db', 'build', '--from', self.write('cut.zip', b'PK\x03\x04' + bytes(40)))
        self.refused(2, r'--from', 'db', 'build')
        self.assertEqual(pathlib.Path(self.path('db')).read_bytes(), before)
        self.assertEqual(sorted(os.listdir(self.home)), ['cut.zip', 'db', 'junk.json'])


class Stores(World):
    def test_locked_foreign_newer_read_only(self):
        self.refused(4, r'store: .*; ', 'where', 'pkg:npm/lodash')
        self.assertEqual(self.run_it('ingest', str(BILL)).returncode, 0)
        held = sqlite3.connect(self.path('store'), isolation_level=None)
        held.execute('BEGIN IMMEDIATE')
        self.refused(5, r'store: .*lock', 'ingest', str(ROOT / 'demo/bills'))
        held.execute('ROLLBACK')
        held.close()
        newer = sqlite3.connect(self.path('store'))
        newer.execute('PRAGMA user_version = 999')
        newer.commit()
        newer.close()
        self.refused(7, r'store: .*(newer|999)', 'where', 'pkg:npm/lodash')
        foreign = sqlite3.connect(self.path('foreign'))
        foreign.execute('CREATE TABLE t (x)')
        foreign.commit()
        foreign.close()
        self.refused(7, r'foreign: ', 'where', 'pkg:npm/lodash', '--store', self.path('foreign'))
        self.write('junk', b'x' * 5000)
        self.refused(7, r'junk: ', 'where', 'pkg:npm/lodash', '--store', self.path('junk'))
        self.refused(5, r'does not answer', 'where', 'pkg:npm/lodash', '--store', 'postgresql://127.0.0.1:1/x')

    def test_questions_that_are_none(self):
        self.assertEqual(self.run_it('ingest', str(BILL)).returncode, 0)
        self.refused(2, r'; ', 'where', 'lodash')
        self.refused(2, r'--range', 'where', 'pkg:npm/lodash', '--range', 'vers:npm/<')
        self.refused(2, r'--workloads', 'ingest')
        self.refused(7, r'pods\.json: ', 'ingest', '--workloads', self.write('pods.json', b'{"kind":"Secret"}'))

    def test_a_reader_that_had_enough_is_no_error(self):
        into, out = os.pipe()
        os.close(into)
        gone = subprocess.run([PROGRAM, 'sbom', 'show', '-q', str(BILL)], env=self.environment, stdout=out,
                              stderr=subprocess.PIPE, check=False)
        os.close(out)
        self.assertEqual((gone.returncode, gone.stderr), (141, b''))
        with open('/dev/full', 'wb') as full:
            lost = subprocess.run([PROGRAM, 'sbom', 'show', str(BILL)], env=self.environment, stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        self.assertEqual(lost.returncode, 5)
        self.assertIn(b'could not be written', lost.stderr)

    def test_a_killed_ingest_leaves_no_half(self):
        """What is acknowledged is there after kill -9, and a second run completes the rest."""
        child = subprocess.Popen([PROGRAM, 'ingest', str(ROOT / 'demo/bills')], env=self.environment,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.003)
        child.send_signal(signal.SIGKILL)
        child.wait()
        done = self.run_it('ingest', str(ROOT / 'demo/bills'))
        self.assertEqual(done.returncode, 0, done.stderr)
        added, known = re.search(rb'(\d+) bills added .* (\d+) known already', done.stdout).groups()
        self.assertEqual(int(added) + int(known), 9)


class Gate(World):
    def setUp(self):
        super().setUp()
        self.build_database()
        self.run_it('ingest', str(ROOT / 'demo/bills'))

    def configuration(self, port, more=''):
        return self.write('serve.yaml', f'listen: 127.0.0.1:{port}\nstore: store\ndatabase: db\npolicies: [{ROOT}/demo/policies]\n{more}')

    def test_what_cannot_start(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
            self.refused(5, rf'port {port} .*taken; ', 'serve', '--config', self.configuration(port))
        self.refused(4, r'tls\.crt|no-such\.crt', 'serve', '--config',
                     self.configuration(0, 'tls: {certificate: no-such.crt, key: no-such.key}\n'))
        self.write('bad.crt', b'nonsense')
        self.refused(7, r'bad\.crt', 'serve', '--config', self.configuration(0, 'tls: {certificate: bad.crt, key: bad.crt}\n'))
        self.refused(2, r'serve\.yaml:5:1: .*(did you mean|unknown)', 'serve', '--config', self.configuration(0, 'cluser: x\n'))
        self.refused(4, r'nowhere\.yaml', 'serve', '--config', self.path('nowhere.yaml'))

    def test_reviews_that_are_none(self):
        policy = str(ROOT / 'demo/policies')
        for name, content in {'empty': b'', 'truncated': b'{"kind":"AdmissionReview"', 'array': b'[]', 'pod': b'{"kind":"Pod","apiVersion":"v1"}',
                              'norequest': b'{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}'}.items():
            with self.subTest(name):
                path = self.write(f'{name}.json', content)
                self.refused(7, re.escape(path) + ': ', 'admit', '--policy', policy, '--review', path)
        self.refused(4, r'no\.json', 'admit', '--policy', policy, '--review', self.path('no.json'))
        bad = self.write('policy.yaml', b'apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: x}\nspec:\n  rulez: []\n')
        self.refused(7, r'policy\.yaml:5:3: .*rules', 'admit', '--policy', bad, '--review', str(ROOT / 'demo/reviews/search.json'))

    def test_the_server_goes_on(self):
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        with open(self.path('log'), 'wb') as log:
            server = subprocess.Popen([PROGRAM, 'serve', '--config', self.configuration(port)], env=self.environment,
                                      cwd=self.home, stdout=subprocess.DEVNULL, stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        trusting = ssl._create_unverified_context()

        def ask(path, body=None):
            request = urllib.request.Request(f'https://127.0.0.1:{port}{path}', data=body, headers={'Content-Type': 'application/json'})
            try:
                with urllib.request.urlopen(request, context=trusting, timeout=20) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as refusal:
                return refusal.code, refusal.read()

        for _ in range(200):
            try:
                if ask('/readyz')[0] == 200:
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        review = (ROOT / 'demo/reviews/checkout.json').read_bytes()
        for body, status in ((b'', 400), (b'{', 400), (b'[' * 100_000, 413), (b'{"kind":"Pod"}', 400), (b'x' * (9 << 20), 413)):
            try:
                code, answer = ask('/v1/admit', body)
                self.assertIn(code, {status, 400, 413}, (body[:20], code))
                self.assertEqual(json.loads(answer)['status'], code)
            except (urllib.error.URLError, ConnectionError, ssl.SSLError):
                self.assertGreater(len(body), 8 << 20)  # refused before it was all sent
        with socket.create_connection(('127.0.0.1', port)) as plain:
            plain.sendall(b'GET / HTTP/1.1\r\n\r\n')
            self.assertIn(b'HTTPS only', plain.recv(1000))
        self.assertEqual(ask('/nowhere')[0], 404)
        code, answer = ask('/v1/admit', review)
        self.assertEqual(code, 200)
        response = json.loads(answer)['response']
        self.assertFalse(response['allowed'])
        self.assertIn('log4j-core 2.14.1', response['status']['message'])
        server.terminate()
        self.assertEqual(server.wait(timeout=30), 0)


if __name__ == '__main__':
    unittest.main()
