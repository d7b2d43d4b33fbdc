"""explain as a user types it: a finding proved from a bill and from a report with the same bytes, an edited report found out,
and why what an advisory names is no finding.

Uses the release binary (`make build`).
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = str(ROOT / 'build/release/pratique')
BILL = str(ROOT / 'demo/bills/storefront.cdx.json')


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name)
        cls.environment = {'HOME': str(cls.home), 'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'PRATIQUE_DB': str(cls.home / 'db')}
        cls.run_it('db', 'build', '--from', str(ROOT / 'facts'))
        cls.report = str(cls.home / 'report.json')
        cls.run_it('scan', BILL, '-o', f'json={cls.report}')
        cls.names = cls.run_it('scan', BILL, '-o', 'name').stdout.splitlines()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_it(cls, *words, stdin=None, code=0):
        done = subprocess.run([PROGRAM, *words], cwd=ROOT, env=cls.environment, capture_output=True, text=True, input=stdin, timeout=120)
        if done.returncode != code:
            raise AssertionError(f'{words}: {done.returncode}\n{done.stdout}{done.stderr}')
        return done

    def test_every_finding_of_a_scan_is_proved_the_same_way_twice(self):
        self.assertTrue(self.names)
        bill = pathlib.Path(BILL).read_text()
        for name in self.names:
            for form in ('table', 'json', 'yaml'):
                with self.subTest(name=name, form=form):
                    of_bill = self.run_it('explain', name, '--sbom', BILL, '-o', form).stdout
                    self.assertEqual(of_bill, self.run_it('explain', name, self.report, '-o', form).stdout)
                    self.assertEqual(of_bill, self.run_it('explain', name, '--sbom', '-', '-o', form, stdin=bill).stdout)
            item = json.loads(self.run_it('explain', name, self.report, '-o', 'json').stdout)['items'][0]
            self.assertEqual(item['reference'], name)
            self.assertEqual(item['replay'], {'same': True, 'differs': ''})
            for field in ('advisory', 'source', 'revision', 'range', 'comparator', 'installed'):
                self.assertTrue(item['proof'][field], field)

    def test_an_edited_report_is_found_out(self):
        report = json.loads(pathlib.Path(self.report).read_text())
        for field, lie in (('installed', '99999'), ('range', 'vers:npm/<0.0.1'), ('comparator', 'guess')):
            edited = json.loads(json.dumps(report))
            edited['items'][0]['proof'][field] = lie
            path = self.home / 'edited.json'
            path.write_text(json.dumps(edited))
            done = self.run_it('explain', self.names[0], str(path), code=7)
            self.assertIn('DIFFERS', done.stdout)
            self.assertIn(f'{path}: the proof does not hold', done.stderr)

    def test_a_broken_report_is_one_clear_error(self):
        for text, place in (('{', ''), ('[]', 'no report of a scan'), ('{"kind": "ScanReport", "items": [{"id": 7}]}', '/items/0/id')):
            path = self.home / 'broken.json'
            path.write_text(text)
            done = self.run_it('explain', 'CVE-1', str(path), code=7)
            self.assertEqual(done.stdout, '')
            self.assertEqual(done.stderr.count('\n'), 1)
            self.assertIn(str(path), done.stderr)
            self.assertIn(place, done.stderr)

    def test_why_not(self):
        item = json.loads(self.run_it('explain', self.names[0], self.report, '-o', 'json').stdout)['items'][0]
        upgrade = item['upgrade']
        self.assertTrue(upgrade)
        purl = item['package']['purl']
        bill = json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'components': [
            {'type': 'library', 'name': item['package']['name'], 'version': upgrade,
             'purl': purl.replace('@' + item['package']['version'], '@' + upgrade)}]})
        done = self.run_it('explain', '--why-not', item['id'], '--sbom', '-', '-o', 'json', stdin=bill)
        answer = json.loads(done.stdout)
        self.assertEqual(answer['findings'], [])
        self.assertEqual({miss['reason'] for miss in answer['items']}, {'fixed'})
        self.assertIn('fixed already', self.run_it('explain', '--why-not', item['id'], '--sbom', '-', stdin=bill).stdout)
        self.assertIn('replayed', self.run_it('explain', '--why-not', item['id'], '--sbom', BILL).stdout)
        self.run_it('explain', '--why-not', 'CVE-1900-1', '--sbom', BILL, code=4)
        self.run_it('explain', 'CVE-1900-1', '--sbom', BILL, code=4)


if __name__ == '__main__':
    unittest.main()
