"""A server with its certificates, tokens and policies, and what asks it: what the tests of agents have in common.

Uses the release binary (`make build`).
"""
import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = str(ROOT / 'build/release/pratique')


class ServerAndAgents(unittest.TestCase):
    PATIENCE = 90  # in seconds
    HOST = '127.0.0.1'  # as the agents name the server

    @classmethod
    def setUpClass(cls):
        if reason := cls.why_not():
            raise unittest.SkipTest(reason)

    @staticmethod
    def why_not():
        """What this machine lacks for the tests of a class, in words; None where nothing."""
        return None

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
        self.make_authority()
        self.write('serve.yaml', f'''
listen: 127.0.0.1:{self.port}
tls: {{selfSigned: {self.home}, host: {self.HOST}, clientCA: {self.path('agents.crt')}}}
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
        return subprocess.run([PROGRAM, *words], env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=self.PATIENCE)

    def check(self, *words):
        done = self.run_it(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def token(self, name, *grant):
        return self.write(name + '.token', self.check('auth', 'token', 'create', name, *grant))

    def openssl(self, *words):
        subprocess.run(['openssl', *words], cwd=self.home, check=True, capture_output=True)

    def make_authority(self):
        self.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'agents.key', '-out', 'agents.crt', '-subj', '/CN=agents', '-days', '2')
        self.write('extensions', 'extendedKeyUsage=clientAuth\n')

    def make_certificate(self, node):
        """NODE.crt and NODE.key, by which its agent is known."""
        self.openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', node + '.key', '-out', node + '.csr', '-subj', '/O=pratique:agents/CN=' + node)
        self.openssl('x509', '-req', '-in', node + '.csr', '-CA', 'agents.crt', '-CAkey', 'agents.key', '-CAcreateserial', '-out', node + '.crt',
                     '-days', '2', '-extfile', 'extensions')

    def log(self):
        file = open(self.path('log'), 'a')
        self.addCleanup(file.close)
        return file

    def log_text(self):
        """Of what was started, without what only tells of this test's questions."""
        lines = pathlib.Path(self.path('log')).read_text().splitlines()
        return '\n'.join(line for line in lines if ' method=GET ' not in line)[-3000:]

    def start(self, *words, by=()):
        child = subprocess.Popen([*by, PROGRAM, *words], env=self.environment, cwd=self.home, stdout=subprocess.DEVNULL, stderr=self.log())
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
        for _ in range(self.PATIENCE * 5):
            found = condition()
            if found:
                return found
            time.sleep(0.2)
        self.fail(what + ': not in time; ' + self.log_text())

    def as_reader(self, *words):
        return self.run_it(*words, '--server', self.url, '--ca-file', self.path('tls.crt'), '--token-file', self.reader)

    def nodes(self):
        done = self.as_reader('kernel', 'nodes', '-o', 'json')
        return {item['name'] for item in json.loads(done.stdout)['items']} if done.returncode == 0 else set()

    def events(self, node):
        text = self.ask(f'/api/v1/nodes/{node}/events')
        return [json.loads(line)['event'] for line in (text or '').splitlines()]

    def agent(self, node, *known_by, by=()):
        return self.start('agent', '--server', self.url, '--ca-file', self.path('tls.crt'), '--node', node, '--spool', self.path('spool-' + node),
                          *known_by, by=by)
