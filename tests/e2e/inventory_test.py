"""What the README promises of the inventory, as a new user does it: ingest bills and pods, ask, serve, ask the same by curl and
by --server; on SQLite and on PostgreSQL, over the demo and over real bills (../shared/data) where there are some.
"""
import hashlib
import json
import os
import pty
import signal
import subprocess
import sys
import unittest
import urllib.parse

from program import DATA, PROGRAM, ROOT, Program

LOG4J = 'pkg:maven/org.apache.logging.log4j/log4j-core'
RANGE = 'vers:maven/<2.17.1'


def path_of(words):
    """'where', 'PURL', '--range', 'R', '--running' as curl asks it."""
    paths = {'where': '/api/v1/where', 'vuln': '/api/v1/vulnerabilities/', 'artifact': '/api/v1/artifacts/'}
    path, query, words = paths.get(words[0], f'/api/v1/{words[0]}'), {}, list(words[1:])
    while words:
        word = words.pop(0)
        if word in ('--running', '--direct'):
            query[word[2:]] = 'true'
        elif word.startswith('--'):
            query[word[2:].replace('-', '_')] = words.pop(0)
        elif path.endswith('/'):
            path += urllib.parse.quote(word, safe='')
        else:
            query['purl'] = word
    return path + ('?' + urllib.parse.urlencode(query) if query else '')


def places_of(document):
    return {(item['digest'], tuple(item['path']), tuple(sorted((w['cluster'], w['namespace'], w['name'], w['pods'])
                                                              for w in item['workloads'])))
            for item in document['items']}


class Inventory(Program):
    def setUp(self):
        super().setUp()
        self.run_it('db', 'build', '--from', ROOT / 'facts')

    def ask_three_ways(self, questions, token):
        """Every question of the store, of the server and by curl; what the store's answers are."""
        answers = {}
        for words in questions:
            told = self.run_it(*words, '-o', 'json')
            self.assertEqual(self.run_it(*words, '-o', 'json', *self.there, '--token-file', token), told, words)
            self.assertEqual(self.curl(path_of(words), token), told, words)
            for form in ('table', 'csv', 'jsonl'):
                local = self.run_any(*words, '-o', form)
                remote = self.run_any(*words, '-o', form, *self.there, '--token-file', token)
                self.assertEqual((remote.stdout, remote.stderr, remote.returncode), (local.stdout, local.stderr, 0), words)
            answers[words] = json.loads(told)
        return answers

    def walk_the_demo(self):
        self.run_it('ingest', ROOT / 'demo/bills')
        self.run_it('ingest', '--workloads', ROOT / 'demo/pods.json', '--cluster', 'harbour')
        table = self.run_it('where', LOG4J, '--range', RANGE, '--running')
        self.assertIn('harbour/shop/checkout (3 pods)', table)
        self.serve()
        questions = [('where', LOG4J, '--range', RANGE, '--running'), ('where', LOG4J, '--group-by', 'namespace'),
                     ('vuln', 'CVE-2021-44228', '--running'), ('coverage',), ('coverage', '--running'), ('top',),
                     ('artifact', 'sha256:f51268b2f448'), ('diff', '--from', '2020-01-01', '--to', '2040-01-01')]
        answers = self.ask_three_ways(questions, self.token('reader', 'viewer'))
        where = places_of(answers[questions[0]])
        self.assertTrue(where)
        self.assertTrue(all(path[-1].startswith('log4j-core ') for _, path, _ in where))
        affected = {item['digest'] for item in answers[questions[2]]['items']}
        self.assertEqual(affected, {digest for digest, path, _ in where if path[-1] == 'log4j-core 2.14.1'})
        ledger = answers[('coverage',)]['ledger']
        self.assertEqual(ledger['examined'], sum(ledger[state] for state in ('clean', 'affected', 'unknown', 'failed')))
        self.assertEqual(ledger['examined'], sum(item['artifacts'] for item in answers[('coverage',)]['items']))
        # Who may see one namespace alone is told of it alone.
        own = json.loads(self.curl(path_of(questions[0]), self.token('shop', 'viewer', '--namespace', 'shop')))
        self.assertEqual({w[1] for _, _, workloads in places_of(own) for w in workloads}, {'shop'})
        return where, ledger

    def test_the_demo_on_sqlite_and_on_postgresql(self):
        sqlite = self.walk_the_demo()
        self.doCleanups()
        self.setUp()
        self.use_postgres()
        self.assertEqual(self.walk_the_demo(), sqlite)

    def pods_of_real_bills(self):
        """A dump of pods that run a part of what the bills are about, and something that nobody has a bill of."""
        wanted, other = (sorted(item['digest'] for item in json.loads(self.run_it('where', *words, '-o', 'json'))['items'])
                         for words in ((LOG4J,), ('--license', 'MIT')))
        digests = [*sorted({*wanted[:1], *other[::2]}), 'sha256:' + hashlib.sha256(b'nobody').hexdigest()]
        pods = [{'kind': 'Pod', 'metadata': {'name': f'pod-{number}', 'namespace': f'ns-{number % 3}'},
                 'spec': {'containers': [{'name': 'main', 'image': f'registry.example.com/app-{number}@{digest}'}]}}
                for number, digest in enumerate(digests)]
        (self.folder / 'pods.json').write_text(json.dumps({'kind': 'List', 'items': pods}))
        return set(digests)

    def walk_real_bills(self):
        first = self.run_any('ingest', DATA / 'sboms')  # some of them are no bills: told, and the rest is there
        self.assertIn(first.returncode, (0, 7), first.stderr)
        self.assertIn(' bills added', first.stdout)
        again = self.run_any('ingest', DATA / 'sboms')
        self.assertIn(' 0 bills added', again.stdout)
        running = self.pods_of_real_bills()
        self.run_it('ingest', '--workloads', self.folder / 'pods.json', '--cluster', 'harbour')
        self.serve()
        some = ('--range', 'vers:maven/<2.20')  # of those that the bills list
        questions = [('where', LOG4J, *some, '--running'), ('where', LOG4J, *some), ('where', LOG4J),
                     ('vuln', 'CVE-2021-44228', '--running'), ('coverage', '--running'), ('coverage',), ('top', '--limit', '20')]
        answers = self.ask_three_ways(questions, self.token('reader', 'viewer'))
        found = [{item['digest'] for item in answers[words]['items']} for words in questions[:3]]
        self.assertTrue(found[0])
        self.assertEqual(found[0], found[1] & running)
        self.assertLessEqual(found[1], found[2])
        ledger = answers[('coverage', '--running')]['ledger']
        self.assertEqual(ledger['examined'], len(running))
        self.assertGreaterEqual(ledger['unknown'], 1)
        return [places_of(answers[words]) for words in questions[:4]], ledger, answers[('coverage',)]['ledger']

    @unittest.skipUnless((DATA / 'sboms').exists(), f'{DATA}/sboms is absent')
    def test_conformance_real_bills_on_sqlite_and_on_postgresql(self):
        sqlite = self.walk_real_bills()
        self.doCleanups()
        self.setUp()
        self.use_postgres()
        self.assertEqual(self.walk_real_bills(), sqlite)

    def test_a_large_folder_on_its_way_to_a_server_shows_how_far_it_is_and_goes_on_where_it_was_stopped(self):
        bill = json.loads((ROOT / 'demo/bills/search.cdx.json').read_text())
        many = self.folder / 'many'
        many.mkdir()
        for number in range(4000):
            bill['metadata']['component']['version'] = 'sha256:' + hashlib.sha256(str(number).encode()).hexdigest()
            (many / f'{number}.json').write_text(json.dumps(bill))
        self.serve()
        words = ['ingest', many, *self.there, '--token-file', self.token('writer', 'ingester')]
        terminal, end = pty.openpty()
        sending = subprocess.Popen([PROGRAM, *map(str, words)], env={**self.environment, 'TERM': 'xterm'}, cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=end)
        os.close(end)
        shown = b''
        while b'sending [' not in shown:
            shown += os.read(terminal, 4096)
        sending.send_signal(signal.SIGINT)
        try:
            while more := os.read(terminal, 4096):
                shown += more
        except OSError:
            pass  # its end
        os.close(terminal)
        self.assertEqual(sending.wait(60), 130, shown)
        self.assertIn(b' of 4,000', shown)
        self.assertIn(b'interrupted; run it again', shown)
        done = self.run_any(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        numbers = [int(word.replace(',', '')) for word in done.stdout.split() if word.replace(',', '').isdigit()]
        files, added, _, known, failed = numbers
        self.assertEqual((files, added + known, failed), (4000, 4000, 0), done.stdout)
        self.assertIn('4,000 known already', self.run_it(*words))


if __name__ == '__main__':
    sys.exit(unittest.main())
