#!/usr/bin/env python3
"""The server over keep-alive TLS: admissions and point reads a second, and what each costs the server in CPU.

    bench/serve.py [--seconds 10] [--connections 16]

Starts build/release/pratique serve with 20 rules and three bills of 1,000 packages. wrk posts one pod of three containers to it, then
asks where one package is and which nodes there are, with an API token. The server's CPU is what counts: wrk
runs on the same machine. docs/performance.md says how to read it.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = ROOT / 'build/release/pratique'
IMAGES = ('cart', 'proxy', 'migrate')


def digest_of(name):
    return 'sha256:' + hashlib.sha256(name.encode()).hexdigest()


def bill_of(image, packages):
    components = [{'type': 'library', 'bom-ref': f'{image}-{i}', 'name': f'package-{i}', 'version': f'1.{i}.0',
                   'purl': f'pkg:maven/com.example.{image}/package-{i}@1.{i}.0'} for i in range(packages)]
    subject = {'type': 'container', 'bom-ref': 'root', 'name': f'registry.example.com/shop/{image}',
               'version': digest_of(image), 'purl': f'pkg:oci/{image}@{digest_of(image)}'}
    return {'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'metadata': {'component': subject}, 'components': components}


def review():
    """A pod as kubectl applies it: three containers, managedFields, a last-applied annotation."""
    containers = [{'name': image, 'image': f'registry.example.com/shop/{image}:4.2.1@{digest_of(image)}',
                   'resources': {'requests': {'cpu': '100m', 'memory': '64Mi'}}, 'imagePullPolicy': 'IfNotPresent',
                   'terminationMessagePath': '/dev/termination-log', 'terminationMessagePolicy': 'File',
                   'volumeMounts': [{'name': 'kube-api-access-x6mc5', 'readOnly': True,
                                     'mountPath': '/var/run/secrets/kubernetes.io/serviceaccount'}]} for image in IMAGES]
    spec = {'containers': containers, 'restartPolicy': 'Always', 'dnsPolicy': 'ClusterFirst'}
    fields = {f'k:{{"name":"{image}"}}': {f'f:{key}': {} for key in containers[0]} for image in IMAGES}
    metadata = {'name': 'web', 'namespace': 'shop', 'labels': {'app': 'shop'},
                'annotations': {'kubectl.kubernetes.io/last-applied-configuration': json.dumps({'spec': spec})},
                'managedFields': [{'manager': 'kubectl', 'operation': 'Update', 'apiVersion': 'v1', 'fieldsType': 'FieldsV1',
                                   'fieldsV1': {'f:spec': {'f:containers': fields}}}]}
    request = {'uid': 'c4fa6b55-7cf6-4130-97d6-38808dddab29', 'kind': {'group': '', 'version': 'v1', 'kind': 'Pod'},
               'resource': {'group': '', 'version': 'v1', 'resource': 'pods'}, 'name': 'web', 'namespace': 'shop',
               'operation': 'CREATE', 'userInfo': {'username': 'admin'},
               'object': {'kind': 'Pod', 'apiVersion': 'v1', 'metadata': metadata, 'spec': spec}, 'oldObject': None}
    return json.dumps({'kind': 'AdmissionReview', 'apiVersion': 'admission.k8s.io/v1', 'request': request})


def policy():
    rules = [{'name': 'bill', 'requireSBOM': {}}, {'name': 'criticals', 'denyVulnerabilities': {'severity': 'critical'}}]
    rules += [{'name': f'deny-{i}', 'denyPackage': {'purl': f'pkg:maven/org.bad/bad-{i}', 'range': 'vers:maven/<2'}}
              for i in range(18)]
    return json.dumps({'apiVersion': 'pratique.dev/v1alpha1', 'kind': 'Policy', 'metadata': {'name': 'bench'},
                       'spec': {'rules': rules}})


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def prepare(folder, port):
    for image in IMAGES:
        (folder / f'bill-{image}.json').write_text(json.dumps(bill_of(image, 1000)))
    (folder / 'policy.yaml').write_text(policy())
    (folder / 'serve.yaml').write_text(json.dumps({'listen': f'127.0.0.1:{port}', 'store': 'store.sqlite',
                                                   'database': 'advisories.mdb', 'policies': ['policy.yaml'],
                                                   'limits': {'rate': '0'}}))
    (folder / 'post.lua').write_text('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
                                     f'wrk.body = [==[{review()}]==]\n')
    quiet = {'check': True, 'stdout': subprocess.DEVNULL}
    subprocess.run([PROGRAM, 'db', 'build', '--from', ROOT / 'facts', '--db', folder / 'advisories.mdb'], **quiet)
    bills = [folder / f'bill-{image}.json' for image in IMAGES]
    subprocess.run([PROGRAM, 'ingest', *bills, '--store', folder / 'store.sqlite'], **quiet)
    token = subprocess.run([PROGRAM, 'auth', 'token', 'create', 'bench', '--role', 'viewer', '--store', folder / 'store.sqlite', '-q'],
                           check=True, capture_output=True, text=True).stdout.strip()
    (folder / 'read.lua').write_text(f'wrk.headers["Authorization"] = "Bearer {token}"\n')


def cpu_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(') ', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def resident_mib(pid):
    return int(re.search(r'VmHWM:\s+(\d+)', pathlib.Path(f'/proc/{pid}/status').read_text())[1]) / 1024


def ask(port, path, body=None):
    trusting = ssl._create_unverified_context()  # its certificate is minutes old and of its own making
    request = urllib.request.Request(f'https://127.0.0.1:{port}{path}', body, {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, context=trusting, timeout=10) as answer:
        return answer.read()


def wait_until_ready(port):
    for _ in range(100):
        try:
            return ask(port, '/readyz')
        except OSError:
            time.sleep(0.1)
    sys.exit('the server did not become ready')


def measure(pid, what, script, url, connections, seconds):
    before = cpu_seconds(pid)
    out = subprocess.run(['wrk', '-t', '1', '-c', str(connections), '-d', f'{seconds}s', '--latency', '-s', script, url],
                         check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(pid) - before
    requests = int(re.search(r'(\d+) requests in', out)[1])
    p50, p99 = (re.search(rf'^ +{q}% +(\S+)', out, re.MULTILINE)[1] for q in (50, 99))
    if 'Non-2xx' in out:
        sys.exit(out)
    print(f'{what:10s} {connections:3d} connections: {requests / seconds:8.0f} a second, '
          f'server CPU {used / requests * 1e6:6.1f} us each = {requests / used:6.0f} a second a core, '
          f'p50 {p50} p99 {p99}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=int, default=10)
    parser.add_argument('--connections', type=int, default=16)
    arguments = parser.parse_args()
    if not shutil.which('wrk'):
        sys.exit("bench/serve.py: wrk is missing: run 'make deps'")
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder, port)
        with (folder / 'log').open('w') as log:
            server = subprocess.Popen([PROGRAM, 'serve', '--config', folder / 'serve.yaml'], stderr=log)
        try:
            wait_until_ready(port)
            first = json.loads(ask(port, '/v1/admit', review().encode()))
            if not first['response']['allowed']:
                sys.exit(f'the pod was denied: {first}')
            purl = 'pkg:maven/com.example.cart/package-7'
            for what, script, path in (('admissions', 'post.lua', '/v1/admit?timeout=10s'),
                                       ('where', 'read.lua', f'/api/v1/where?purl={purl}'),
                                       ('nodes', 'read.lua', '/api/v1/nodes')):
                for connections in (1, arguments.connections):
                    measure(server.pid, what, folder / script, f'https://127.0.0.1:{port}{path}', connections, arguments.seconds)
            print(f'peak memory of the server {resident_mib(server.pid):.1f} MiB')
        finally:
            server.terminate()
            server.wait()


if __name__ == '__main__':
    main()
