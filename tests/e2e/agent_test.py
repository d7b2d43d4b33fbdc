"""Agents against a real server, with tokens and with certificates: both nodes are listed, events arrive, also those from while the
server was away, and the end is a clean one.

Needs root and eBPF.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import unittest

from server_and_agents import PROGRAM, ROOT, ServerAndAgents


class AgentTest(ServerAndAgents):
    @staticmethod
    def why_not():
        if os.geteuid() != 0:
            return 'needs root'
        if subprocess.run([PROGRAM, 'kernel', 'list', '-o', 'name'], capture_output=True).returncode != 0:
            return 'needs eBPF'
        return None

    def setUp(self):
        super().setUp()
        self.make_certificate('node-b')

    def test_two_nodes_report_and_are_listed(self):
        self.serve()
        by_token = self.agent('node-a', '--token-file', self.token('a', '--role', 'agent', '--node', 'node-a'))
        by_certificate = self.agent('node-b', '--cert', self.path('node-b.crt'), '--key', self.path('node-b.key'))
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
            self.assertEqual(child.wait(self.PATIENCE), 0)

    def test_the_documented_capabilities_are_enough(self):
        documented = re.search(r'add: \[(.*)\]', (ROOT / 'docs/agent.md').read_text()).group(1)
        least = ['setpriv', '--inh-caps=-all', '--bounding-set=-all,' + ','.join('+' + name for name in documented.lower().split(', '))]
        self.serve()
        agent = self.agent('node-b', '--cert', self.path('node-b.crt'), '--key', self.path('node-b.key'), by=least)
        self.wait_for(lambda: self.nodes() == {'node-b'}, 'the node is known')
        self.wait_for(lambda: self.events('node-b'), 'events come')

        def seen(by=()):
            done = subprocess.run([*by, PROGRAM, 'kernel', 'list', '-o', 'json'], capture_output=True, text=True, timeout=self.PATIENCE)
            self.assertEqual(done.returncode, 0, done.stderr)
            told = json.loads(done.stdout)
            return told['incomplete'], [{name: item.get(name) for name in ('kind', 'id', 'calls', 'owners', 'pins', 'attachments', 'held_by')}
                                        for item in told['items'] if any(owner['pid'] == agent.pid for owner in item['owners'])]
        self.wait_for(lambda: seen()[1] and seen() == seen(least), 'as much is seen of the agent with them as with all')
        agent.send_signal(signal.SIGTERM)
        self.assertEqual(agent.wait(self.PATIENCE), 0)

    def test_an_agent_speaks_for_its_own_node_only(self):
        self.serve()
        self.agent('node-a', '--cert', self.path('node-b.crt'), '--key', self.path('node-b.key'))
        self.wait_for(lambda: 'does not take reports' in self.log_text(), 'it is refused')
        self.assertEqual(self.nodes(), set())
        told = self.run_it('agent', '--check', '--server', self.url, '--ca-file', self.path('tls.crt'), '--node', 'node-b', '--cert', self.path('node-b.crt'), '--key', self.path('node-b.key'))
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn('takes reports of node node-b', told.stderr)

    def test_what_happened_while_the_server_was_away_arrives(self):
        server = self.serve()
        agent = self.agent('node-a', '--token-file', self.token('a', '--role', 'agent', '--node', 'node-a'))
        self.wait_for(lambda: self.events('node-a'), 'the first events come')
        server.send_signal(signal.SIGTERM)
        server.wait(self.PATIENCE)
        before = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())
        self.check('kernel', 'list', '-o', 'name')  # loads programs for a moment
        self.wait_for(lambda: any(pathlib.Path(self.path('spool-node-a')).glob('*.*')), 'events wait on disk')
        agent.kill()  # and not even then are they lost
        agent.wait()
        self.serve()
        self.agent('node-a', '--token-file', self.path('a.token'))
        self.wait_for(lambda: any(event.get('at', '') >= before and event.get('comm', '').startswith('pratique')
                                  for event in self.events('node-a')), 'what waited arrives')
        self.wait_for(lambda: not any(pathlib.Path(self.path('spool-node-a')).glob('*.*')), 'the spool is empty')


if __name__ == '__main__':
    unittest.main()
