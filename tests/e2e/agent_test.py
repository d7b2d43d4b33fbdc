"""Agents against a real server, with tokens and with certificates: both nodes are listed, events arrive, also those from while the
server was away, and the end is a clean one.

Uses the release binary (`make build`). Needs root and eBPF; needs a server with the routes of nodes and `pratique auth token create`, and is skipped
where this program has none.
"""
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = str(ROOT / 'build/release/pratique')
PATIENCE = 90


def why_not():
    if os.geteuid() != 0:
        return 'needs root'
    if subprocess.run([PROGRAM, 'kernel', 'list', '-o', 'name'], capture_output=True).returncode != 0:
        return 'needs eBPF'
    if subprocess.run([PROGRAM, 'auth', 'token', 'create', '--help'], capture_output=True).returncode != 0:
        return 'this program makes no tokens'
    return None


class AgentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = why_not()
        if reason:
            raise unittest.SkipTest(reason)

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name)
        self.environment = {'HOME': str(self.home), 'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8',
                            'PRATIQUE_DB': self.path('db'), 'PRATIQUE_STORE': self.path('store')}
        self.running = []
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self.port = free.getsockname()[1]
        self.url = f'https://127.0.0.1:{self.port}'
        self.check('db', 'build', '--from', str(ROOT / 'facts'))
        self.make_certificates()
        self.write('serve.yaml', f'''
listen: 127.0.0.1:{self.port}
tls: {{selfSigned: {self.home}, clientCA: {self.path('agents.crt')}}}
store: {self.path('store')}
database: {self.path('db')}
policies: [{ROOT / 'demo/policies'}]
access:
  certificates:
    - {{subject: 'CN=*,O=pratique:agents', role: agent}}
''')
        self.reader = self.token('reader', '--role', 'viewer')

    def tearDown(self):
        for child in self.running:
            if child.poll() is None:
                child.kill()
            child.wait()
        self.folder.cleanup()

    def path(self, name):
        return str(self.home / name)

    def write(self, name, text):
        (self.home / name).write_text(text)
        return self.path(name)

    def run_it(self, *words):
        return subprocess.run([PROGRAM, *words], env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=PATIENCE)

    def check(self, *words):
        done = self.run_it(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def token(self, name, *grant):
        return self.write(name + '.token', self.check('auth', 'token', 'create', name, *grant))

    def make_certificates(self):
        def openssl(*words):
            subprocess.run(['openssl', *words], cwd=self.home, check=True, capture_output=True)
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'agents.key', '-out', 'agents.crt', '-subj', '/CN=agents', '-days', '2')
        self.write('extensions', 'extendedKeyUsage=clientAuth\n')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'b.key', '-out', 'b.csr', '-subj', '/O=pratique:agents/CN=node-b')
        openssl('x509', '-req', '-in', 'b.csr', '-CA', 'agents.crt', '-CAkey', 'agents.key', '-CAcreateserial', '-out', 'b.crt', '-days', '2',
                '-extfile', 'extensions')

    def start(self, *words):
        child = subprocess.Popen([PROGRAM, *words], env=self.environment, cwd=self.home, stdout=subprocess.DEVNULL,
                                 stderr=open(self.path('log'), 'a'))
        self.running.append(child)
        return child

    def serve(self):
        child = self.start('serve', '--config', self.path('serve.yaml'))
        self.wait_for(lambda: self.ask('/healthz') is not None, 'the server answers')
        return child

    def ask(self, target):
        try:
            context = ssl.create_default_context(cafile=self.path('tls.crt'))
            request = urllib.request.Request(self.url + target, headers={'Authorization': 'Bearer ' + pathlib.Path(self.reader).read_text().strip()})
            with urllib.request.urlopen(request, timeout=10, context=context) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def wait_for(self, condition, what):
        for _ in range(PATIENCE * 5):
            found = condition()
            if found:
                return found
            time.sleep(0.2)
        self.fail(what + ': not in time; ' + pathlib.Path(self.path('log')).read_text()[-2000:])

    def as_reader(self, *words):
        return self.run_it(*words, '--server', self.url, '--ca-file', self.path('tls.crt'), '--token-file', self.reader)

    def nodes(self):
        done = self.as_reader('kernel', 'nodes', '-o', 'json')
        return {item['name'] for item in json.loads(done.stdout)['items']} if done.returncode == 0 else set()

    def events(self, node):
        text = self.ask(f'/api/v1/nodes/{node}/events')
        return [json.loads(line)['event'] for line in (text or '').splitlines()]

    def agent(self, node, *known_by):
        return self.start('agent', '--server', self.url, '--ca-file', self.path('tls.crt'), '--node', node, '--spool', self.path('spool-' + node), *known_by)

    def test_two_nodes_report_and_are_listed(self):
        self.serve()
        by_token = self.agent('node-a', '--token-file', self.token('a', '--role', 'agent', '--node', 'node-a'))
        by_certificate = self.agent('node-b', '--cert', self.path('b.crt'), '--key', self.path('b.key'))
        self.wait_for(lambda: self.nodes() == {'node-a', 'node-b'}, 'both nodes are known')
        for node in ('node-a', 'node-b'):
            def with_an_agent():
                listed = self.as_reader('kernel', 'list', '--node', node, '-o', 'json')
                self.assertEqual(listed.returncode, 0, listed.stderr)
                snapshot = json.loads(listed.stdout)
                self.assertEqual(snapshot['kind'], 'KernelInventory')
                return any(owner['comm'].startswith('pratique') for item in snapshot['items'] for owner in item['owners']) and snapshot
            snapshot = self.wait_for(with_an_agent, 'an agent is in the snapshot of ' + node)
            # A first look may fall between the other agent's maps and its programs.
            table = self.wait_for(lambda: self.as_reader('kernel', 'list', 'prog', '--node', node).stdout, 'programs of ' + node)
            self.assertIn('pratique', table)
            # Each agent sees the other one's programs come, as its own are left out.
            self.wait_for(lambda: any(event.get('comm', '').startswith('pratique') for event in self.events(node)), 'events come')
            self.assertEqual(self.events(node)[0]['kind'], 'KernelWatch')
        # The same program on both nodes, which are one kernel here.
        snapshot = json.loads(self.as_reader('kernel', 'list', '--node', 'node-b', '-o', 'json').stdout)
        program = next(item for item in snapshot['items'] if item['kind'] == 'prog' and item.get('code'))
        both = json.loads(self.as_reader('kernel', 'nodes', '--program', program['code'], '-o', 'json').stdout)
        self.assertEqual({item['node'] for item in both['items']}, {'node-a', 'node-b'})
        same = self.as_reader('kernel', 'diff', 'node:node-a', 'node:node-a')
        self.assertEqual(same.returncode, 0, same.stdout + same.stderr)
        self.assertEqual(self.as_reader('kernel', 'list', '--node', 'node-c').returncode, 4)
        for child in (by_token, by_certificate):
            child.send_signal(signal.SIGTERM)
            self.assertEqual(child.wait(PATIENCE), 0)

    def test_an_agent_speaks_for_its_own_node_only(self):
        self.serve()
        self.agent('node-a', '--cert', self.path('b.crt'), '--key', self.path('b.key'))
        self.wait_for(lambda: 'does not take reports' in pathlib.Path(self.path('log')).read_text(), 'it is refused')
        self.assertEqual(self.nodes(), set())
        told = self.run_it('agent', '--check', '--server', self.url, '--ca-file', self.path('tls.crt'), '--node', 'node-b', '--cert', self.path('b.crt'), '--key', self.path('b.key'))
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn('takes reports of node node-b', told.stderr)

    def test_what_happened_while_the_server_was_away_arrives(self):
        server = self.serve()
        agent = self.agent('node-a', '--token-file', self.token('a', '--role', 'agent', '--node', 'node-a'))
        self.wait_for(lambda: self.events('node-a'), 'the first events come')
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)
        before = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())
        self.check('kernel', 'list', '-o', 'name')  # loads programs for a moment
        self.wait_for(lambda: any(pathlib.Path(self.path('spool-node-a')).iterdir()), 'events wait on disk')
        agent.kill()  # and not even then are they lost
        agent.wait()
        self.serve()
        self.agent('node-a', '--token-file', self.path('a.token'))
        self.wait_for(lambda: any(event.get('at', '') >= before and event.get('comm', '').startswith('pratique')
                                  for event in self.events('node-a')), 'what waited arrives')
        self.wait_for(lambda: not any(pathlib.Path(self.path('spool-node-a')).iterdir()), 'the spool is empty')


if __name__ == '__main__':
    unittest.main()
