"""Agents in small machines with kernels of their own report to one server at once, over mutual TLS: what `kernel list --server`, `kernel nodes` and
`kernel diff` then say of each is what was loaded there.

The machines are those of tests/kernel/vm-run: QEMU with Debian's kernels, which are fetched where they are not there yet. Skipped, with the
reason, where that cannot be.
"""
import ctypes.util
import json
import platform
import shutil
import socket
import subprocess
import unittest

from server_and_agents import PROGRAM, ROOT, ServerAndAgents

VM_RUN = str(ROOT / 'tests/kernel/vm-run')
MACHINES = {'node-a': '5.10', 'node-b': '6.12'}

# Loads when it is told to, and ends as it is told to, so that nothing has to be timed.
GUEST = '''
export LD_LIBRARY_PATH=$PWD
./pratique agent --server {url} --node {node} --ca-file tls.crt --cert {node}.crt --key {node}.key --spool /tmp/spool &
agent=$!
echo {node} | nc 10.0.2.2 {orders} | while read order; do
  bpftool prog load own.o /sys/fs/bpf/own &&
    bpftool prog load everywhere.o /sys/fs/bpf/everywhere type xdp &&
    bpftool net attach xdpgeneric pinned /sys/fs/bpf/everywhere dev lo || kill $(pidof nc)
done
kill -TERM $agent
wait $agent
'''


class MachinesTest(ServerAndAgents):
    PATIENCE = 150
    HOST = '10.0.2.2'

    @staticmethod
    def why_not():
        for tool in ('qemu-system-x86_64', 'busybox', 'cpio', 'xz', 'zstd', 'clang'):
            if shutil.which(tool) is None:
                return tool + ' is not installed'
        for kernel in MACHINES.values():
            if subprocess.run([VM_RUN, '--fetch', kernel], capture_output=True).returncode != 0:
                return f'the kernel {kernel} cannot be fetched'
        return None

    def setUp(self):
        super().setUp()
        self.orders = socket.create_server(('127.0.0.1', 0))
        self.orders.settimeout(self.PATIENCE)

    def tearDown(self):
        self.orders.close()
        for child in self.running:  # vm-run ends its machine when it is told to end, not when it is killed
            child.terminate()
        super().tearDown()

    def wait_for(self, condition, what):
        def while_all_run():
            for child in self.running:
                self.assertIsNone(child.poll(), self.log_text())
            return condition()
        return super().wait_for(while_all_run, what)

    def compile(self, folder, file, section, name, result):
        source = f'__attribute__((section("{section}"), used)) int {name}(void *c) {{ return {result}; }}\n' \
                 '__attribute__((section("license"), used)) char licence[] = "GPL";\n'
        subprocess.run(['clang', '-target', 'bpf', '-O2', '-c', '-x', 'c', '-', '-o', str(folder / file)], input=source, text=True, check=True)

    def start_machine(self, node, kernel):
        folder = self.home / node
        folder.mkdir()
        self.make_certificate(node)
        for file in (node + '.crt', node + '.key', 'tls.crt'):
            shutil.copy(self.home / file, folder)
        shutil.copy(PROGRAM, folder / 'pratique')
        library = ctypes.util.find_library('curl')  # which is loaded when it is needed: ldd does not tell of it
        shutil.copy(f'/usr/lib/{platform.machine()}-linux-gnu/{library}', folder)
        (folder / library).chmod(0o755)
        self.compile(folder, 'own.o', 'socket', 'own_' + node[-1], int(node == 'node-b'))
        self.compile(folder, 'everywhere.o', 'xdp', 'everywhere', 2)
        (folder / 'run').write_text(GUEST.format(url=f'https://{self.HOST}:{self.port}', node=node, orders=self.orders.getsockname()[1]))
        child = subprocess.Popen([VM_RUN, '-n', '-m', '768', '-t', str(self.PATIENCE * 3), kernel, str(folder), 'sh', 'run'],
                                 stdout=self.log(), stderr=subprocess.STDOUT)
        self.running.append(child)
        return child

    def snapshot(self, node):
        listed = self.as_reader('kernel', 'list', '--node', node, '-o', 'json')
        return json.loads(listed.stdout) if listed.returncode == 0 else {'items': []}

    def program(self, node, name):
        found = [item for item in self.snapshot(node)['items'] if item['kind'] == 'prog' and item.get('name') == name]
        return found[0] if found else None

    def test_two_machines_report_what_was_loaded_in_each(self):
        self.serve()
        machines = {node: self.start_machine(node, kernel) for node, kernel in MACHINES.items()}
        told = {}
        for _ in machines:
            connection, _ = self.orders.accept()
            self.addCleanup(connection.close)
            connection.settimeout(self.PATIENCE)
            told[connection.recv(100).decode().strip()] = connection
        self.assertEqual(set(told), set(MACHINES))
        self.wait_for(lambda: self.nodes() == set(MACHINES), 'both nodes are known')
        before = {node: self.snapshot(node) for node in MACHINES}
        for connection in told.values():
            connection.sendall(b'load\n')
        own = {node: 'own_' + node[-1] for node in MACHINES}
        self.check_lists(own)
        self.check_nodes()
        self.check_differences(own, before)
        for node in MACHINES:
            self.wait_for(lambda: any(event.get('name') == own[node] and event.get('comm') == 'bpftool' for event in self.events(node)),
                          'the event of ' + node)
        for node, connection in told.items():
            connection.close()
            self.assertEqual(machines[node].wait(self.PATIENCE), 0, self.log_text())

    def check_lists(self, own):
        for node, kernel in MACHINES.items():
            self.wait_for(lambda: self.program(node, own[node]) and self.program(node, 'everywhere'), 'the programs of ' + node)
            snapshot = self.snapshot(node)
            self.assertTrue(snapshot['release'].startswith(kernel + '.'), snapshot['release'])
            self.assertEqual([pin['path'] for pin in self.program(node, own[node])['pins']], ['/sys/fs/bpf/own'])
            other = next(name for name in own.values() if name != own[node])
            self.assertIsNone(self.program(node, other))
            table = self.as_reader('kernel', 'list', 'prog', '--node', node)
            self.assertEqual(table.returncode, 0, table.stderr)
            self.assertRegex(table.stdout, own[node] + r' .*pinned')
            self.assertRegex(table.stdout, r'everywhere +xdp.* lo ')
            self.assertRegex(table.stdout, r'pratique \(\d+\)')

    def check_nodes(self):
        tag = self.program('node-a', 'everywhere')['tag']
        both = self.as_reader('kernel', 'nodes', '--program', tag, '-o', 'json')
        self.assertEqual(both.returncode, 0, both.stderr)
        self.assertEqual({item['node'] for item in json.loads(both.stdout)['items']}, set(MACHINES))
        alone = self.as_reader('kernel', 'nodes', '--program', self.program('node-b', 'own_b')['tag'], '-o', 'json')
        self.assertEqual([item['node'] for item in json.loads(alone.stdout)['items']], ['node-b'])

    def check_differences(self, own, before):
        between = self.as_reader('kernel', 'diff', 'node:node-a', 'node:node-b', '-o', 'json')
        self.assertEqual(between.returncode, 1, between.stderr)
        changes = [(item['change'], item['name']) for item in json.loads(between.stdout)['items'] if item['kind'] == 'prog']
        self.assertIn(('gone', 'own_a'), changes)
        self.assertIn(('added', 'own_b'), changes)
        self.assertNotIn('everywhere', [name for _, name in changes])
        for node in MACHINES:  # and since before they were told to load
            (self.home / 'before.json').write_text(json.dumps(before[node]))
            since = json.loads(self.as_reader('kernel', 'diff', self.path('before.json'), 'node:' + node, '-o', 'json').stdout)
            new = {item['name'] for item in since['items'] if item['change'] == 'added' and item['kind'] == 'prog'}
            self.assertTrue({own[node], 'everywhere'} <= new, new)


if __name__ == '__main__':
    unittest.main()
