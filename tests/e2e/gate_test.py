"""The gate as its users meet it, at the release binary: a policy from `init` to a denial that is understood and replayed;
evidence from files; and whatever an attacker or a tired colleague writes into a policy, a bill or a review.

Uses the release binary (`make build`).
"""
import hashlib
import json
import re
import unittest

from bad_input_test import ROOT, World

POLICY = 'apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n'
CHECKOUT = 'sha256:f51268b2f4484c99aec03a2479a7a86381742d48e935ff5ff70052d7a8ff4fc5'  # of demo/, with log4j-core 2.14.1
SIGNED = ROOT / 'tests/regression/attest_no'


def rules(*bodies):
    return POLICY + ''.join(f'    - {{name: r{number}, {body}}}\n' for number, body in enumerate(bodies))


class Gates(World):
    def setUp(self):
        super().setUp()
        self.build_database()
        self.demo = ROOT / 'demo'

    def review(self, image=f'registry.example.com/shop/checkout@{CHECKOUT}', **more):
        request = {'uid': 'u', 'kind': {'group': '', 'version': 'v1', 'kind': 'Pod'}, 'resource': {'group': '', 'version': 'v1', 'resource': 'pods'},
                   'name': 'web', 'namespace': 'shop', 'operation': 'CREATE', 'userInfo': {'username': 'ann'},
                   'object': {'metadata': {'name': 'web', 'namespace': 'shop'}, 'spec': {'containers': [{'name': 'c', 'image': image}]}}}
        request.update(more)
        return self.write('review.json', json.dumps({'kind': 'AdmissionReview', 'apiVersion': 'admission.k8s.io/v1', 'request': request}))

    def admit(self, policy, review=None, *more, bills=None):
        return self.run_it('admit', '--policy', policy, '--review', review or self.review(), '--sbom', bills or str(self.demo / 'bills'), *more)

    def verdict(self, policy, review=None, *more, bills=None):
        done = self.admit(policy, review, '-o', 'verdict', *more, bills=bills)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        return json.loads(done.stdout)

    def reason(self, policy, *more, **named):
        """What the first rule that spoke says, with the decision."""
        verdict = self.verdict(policy, None, *more, **named)
        return verdict['decision'], verdict['rules'][0]['evidence'][0].get('reason', '') if verdict['rules'] else ''


class NewUser(Gates):
    """From nothing to a denial that is understood."""

    def ok(self, code, *words):
        done = self.run_it(*words)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode(), done.stderr.decode()

    def test_from_init_to_replay(self):
        made, _ = self.ok(0, 'policy', 'init', 'policies', '--from', 'log4shell', '--from', 'no-criticals')
        self.assertEqual(sorted(made.split()), [f'policies/{name}' for name in ('log4shell.test.yaml', 'log4shell.yaml', 'no-criticals.test.yaml', 'no-criticals.yaml')])
        checked, said = self.ok(0, 'policy', 'check', '--strict', 'policies')
        self.assertEqual(checked, '')
        self.assertIn('2 policies', said)
        tested, _ = self.ok(0, 'policy', 'test', '--require-coverage', 'policies', '-o', 'table', '-o', 'junit=report.xml')
        self.assertNotIn('FAIL', tested)
        self.assertIn('<testsuites', (self.home / 'report.xml').read_text())

        # Before it is enforced: by a dump of pods, and by what the inventory knows.
        bills, pods = str(self.demo / 'bills'), str(self.demo / 'pods.json')
        seen, said = self.ok(0, 'policy', 'preview', '--policy', 'policies', '--against', pods, '--sbom', bills)
        self.assertRegex(seen, r'(?m)^shop +Deployment/checkout +3 +deny +log4shell/\S+ +2026-11-20T08:00:00Z +checkout: log4j-core 2\.14\.1 \(via ')
        self.assertRegex(seen, r'(?m)^shop +Deployment/checkout +3 +deny +no-criticals/\S+ +2026-11-20T08:00:00Z +checkout: ')
        self.assertRegex(seen, r'(?m)^RULE +WORKLOADS DENIED$')
        self.assertRegex(said, r'[0-9]+ workloads at 20\S+: [1-9][0-9]* would be denied')
        self.ok(0, 'ingest', bills)
        self.ok(0, 'ingest', '--workloads', pods)
        of_store, _ = self.ok(0, 'policy', 'preview', '--policy', 'policies', '--against', 'store', '-o', 'json')
        of_default, _ = self.ok(0, 'policy', 'preview', '--policy', 'policies', '-o', 'json')
        of_pods, _ = self.ok(0, 'policy', 'preview', '--policy', 'policies', '--against', pods, '-o', 'json')

        def decisions(text):
            return [(one['namespace'], one['kind'], one['name'], one['pods'], one['decision'], [rule['rule'] for rule in one['rules']])
                    for one in json.loads(text)['items']]
        self.assertEqual(decisions(of_store), decisions(of_pods))
        self.assertEqual(decisions(of_default), decisions(of_pods))

        # The denial: package, path, CVE and fix.
        denied = self.run_it('admit', '--policy', 'policies', '--review', str(self.demo / 'reviews/checkout.json'), '-o', 'table', '-o', 'record=record.json')
        self.assertEqual(denied.returncode, 1, denied.stderr)
        lines = denied.stdout.decode()
        self.assertRegex(lines, r'log4j-core 2\.14\.1 \(via spring-boot-starter-log4j2 2\.6\.1 > log4j-slf4j-impl 2\.14\.1\) has CVE-2021-44228 \(critical\), fixed in 2\.15\.0')
        explained, _ = self.ok(0, 'policy', 'explain', 'record.json')
        self.assertIn('do: upgrade log4j-core 2.14.1 to 2.15.0', explained)
        replayed, _ = self.ok(0, 'policy', 'replay', 'record.json', '--policy', 'policies')
        self.assertEqual(replayed, 'the same, byte for byte\n')
        other, _ = self.ok(4, 'policy', 'replay', 'record.json', '--policy', str(self.demo / 'policies'))
        self.assertIn('missing: the policies of generation', other)


class Evidence(Gates):
    """What is not in a bill and not in the database, from files."""

    def checkout(self, name):
        digest = 'sha256:' + hashlib.sha256(b'checkout').hexdigest()
        return {'bills': str(SIGNED / name)}, f'registry.example.com/shop/checkout@{digest}'

    def signed(self, name, *keys):
        policy = self.write('signed.yaml', rules('requireSignedSBOM: {signers: [{key: ci}]}'))
        named, image = self.checkout(name)
        verdict = self.verdict(policy, self.review(image), *(word for key in keys for word in ('--key', str(SIGNED / key))), **named)
        return verdict['decision'], verdict['rules'][0].get('unknown', '') if verdict['rules'] else '', json.dumps(verdict)

    def test_signatures(self):
        self.assertEqual(self.signed('envelope.json', 'ci.pub')[0], 'allow')
        self.assertEqual(self.signed('bundle.json', 'ci.pub', 'other.pub')[0], 'allow')
        for name, keys, unknown, text in (('envelope.json', (), 'absent', 'nobody looked for signatures'),
                                          ('envelope.json', ('other.pub',), 'absent', "the key 'ci' is not at hand"),
                                          ('other-key.json', ('ci.pub',), '', 'no signature of it is valid'),
                                          ('other-image.json', ('ci.pub',), '', 'no SBOM for sha256:')):
            with self.subTest(name=name, keys=keys):
                decision, gap, said = self.signed(name, *keys)
                self.assertEqual((decision, gap), ('deny', unknown), said)
                self.assertIn(text, said)
        policy = self.write('signed.yaml', rules('requireSignedSBOM: {signers: [{key: ci}]}'))
        for content, text in ((b'nonsense', 'is no public key in PEM'), (b'-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n', 'is a private key')):
            self.refused(7, r'bad\.pem: ' + text, 'admit', '--policy', policy, '--review', self.review(), '--sbom', str(self.demo / 'bills'),
                         '--key', self.write('bad.pem', content))

    def test_yanked_images(self):
        policy = self.write('yank.yaml', rules('denyYanked: {}'))
        self.assertEqual(self.reason(policy), ('deny', 'nobody looked whether the image is yanked'))
        head = 'apiVersion: pratique.dev/v1alpha1\nkind: YankList\nspec:\n  yanked:\n'
        listed = self.write('yanked.yaml', head + f'    - {{digest: {CHECKOUT}, reason: "CVE-2021-44228\\x1b[2J", author: ann@example.com, time: 2026-05-01}}\n')
        done = self.admit(policy, None, '--yanked', listed, '-o', 'table')
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout.decode(), r'the image is yanked by ann@example\.com since 2026-05-01T00:00:00Z: CVE-2021-44228')
        self.assertNotIn(b'\x1b', done.stdout)
        self.assertEqual(self.reason(policy, '--yanked', self.write('none.yaml', head.rstrip() + ' []\n')), ('allow', ''))
        self.refused(7, r'bad\.yaml:5:\d+: .*digest', 'admit', '--policy', policy, '--review', self.review(), '--sbom', str(self.demo / 'bills'),
                     '--yanked', self.write('bad.yaml', head + '    - {digest: sha256:1, reason: r, author: a}\n'))

    def test_namespaces(self):
        policy = self.write('ns.yaml', POLICY.replace('spec:\n', 'spec:\n  match: {namespaceLabels: {tier: front}}\n') + '    - {name: r, cel: "false"}\n')
        self.assertRegex(self.reason(policy)[1], 'hangs on its labels, and nobody looked them up')
        dump = 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tier: %s}}}\n'
        self.assertEqual(self.reason(policy, '--namespaces', self.write('front.yaml', dump % 'front'))[0], 'deny')
        self.assertEqual(self.reason(policy, '--namespaces', self.write('back.yaml', dump % 'back')), ('allow', ''))
        done = self.run_it('policy', 'preview', '--policy', policy, '--against', str(self.demo / 'pods.json'), '--sbom', str(self.demo / 'bills'))
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'1 policy asks for the namespace, which pods do not tell', done.stderr)
        self.refused(7, r'bad\.yaml: .*Pod', 'admit', '--policy', policy, '--review', self.review(), '--sbom', str(self.demo / 'bills'),
                     '--namespaces', self.write('bad.yaml', 'kind: Pod\nmetadata: {name: a}\n'))


class BadPolicies(Gates):
    def wrong(self, pattern, text, code=7):
        path = self.write('wrong.yaml', text)
        self.refused(code, pattern, 'policy', 'check', path)
        self.refused(code, pattern, 'admit', '--policy', path, '--review', self.review(), '--sbom', str(self.demo / 'bills'))

    def test_too_large_too_deep_going_round(self):
        self.wrong(r'wrong\.yaml: .*4', POLICY + '    # ' + 'x' * 78 + '\n' * 1 + ('    # ' + 'y' * 78 + '\n') * 120_000 + '    - {name: r, requireSBOM: {}}\n')
        self.wrong(r'wrong\.yaml:\d+:\d+: nested deeper', POLICY + '    ' + '- ' * 5000 + 'x\n')
        self.wrong(r'wrong\.yaml:\d+:\d+: .*anchors', 'a: &a [*a]\n')
        group = 'apiVersion: pratique.dev/v1alpha1\nkind: PolicySet\nmetadata: {name: %s}\nspec: {policies: [%s]}\n'
        self.wrong(r"wrong\.yaml:\d+:\d+: .*'?[ab]'?", rules('requireSBOM: {}') + '---\n' + group % ('a', 'b') + '---\n' + group % ('b', 'a'))
        for depth in (200, 20_000):
            self.wrong(r'wrong\.yaml:6:\d+: .*(nested|deep)', rules('cel: "' + '(' * depth + 'true' + ')' * depth + '"'))
        self.wrong(r'wrong\.yaml:6:\d+: ', rules('cel: "' + 'size([' * 500 + '1' + '])' * 500 + ' > 0"'))

    def test_ten_thousand_rules(self):
        many = self.write('many.yaml', POLICY + ''.join(
            f'    - {{name: r{i}, denyPackage: {{purl: pkg:maven/org.bad/bad-{i}, range: "vers:maven/<2"}}}}\n' for i in range(10_000)) +
            '    - {name: log4j, denyPackage: {purl: pkg:maven/org.apache.logging.log4j/log4j-core, range: "vers:maven/<2.17.1"}}\n')
        done = self.run_it('policy', 'check', many)
        self.assertEqual(done.returncode, 0, done.stderr[:500])
        verdict = self.verdict(many)
        self.assertEqual([rule['rule'] for rule in verdict['rules']], ['log4j'])
        # Nobody has its bill: one line for all of them.
        unknown = self.verdict(many, self.review('registry.example.com/stranger@sha256:' + '0' * 64))
        self.assertEqual((len(unknown['rules']), unknown['rules'][0]['moreRules']), (1, 10_000))

    def expression(self, expression, on_error='deny'):
        policy = self.write('cel.yaml', POLICY + f'    - name: r\n      cel: {json.dumps(expression)}\n      onUnknown: {{error: {on_error}}}\n')
        return self.verdict(policy)

    def test_expressions_that_would_not_end(self):
        ten = '[0,1,2,3,4,5,6,7,8,9]'
        nested = 'true'
        for i in range(9):
            nested = f'{ten}.all(v{i}, {nested})'
        bombs = {'nested loops': nested,
                 'loops over packages': 'sbom.packages.all(a, sbom.packages.all(b, sbom.packages.all(c, ' + ten + '.all(d, ' + ten + '.all(e, ' + ten + '.all(f, ' + ten + '.all(g, ' + ten + '.all(h, ' + ten + '.all(i, true)))))))))',
                 'a text that doubles': ten + '.map(a, "0123456789".replace("", "0123456789").replace("", "0123456789").replace("", "0123456789")'
                                        '.replace("", "0123456789").replace("", "0123456789").replace("", "0123456789").replace("", "0123456789")).size() > 0',
                 'a list that grows': ten + '.map(a, ' + ten + '.map(b, ' + ten + '.map(c, ' + ten + '.map(d, ' + ten + '.map(e, ' + ten + '.map(f, ' + ten + ')))))).size() > 0'}
        for name, expression in bombs.items():
            with self.subTest(name):
                denied = self.expression(expression)
                self.assertEqual((denied['decision'], denied['rules'][0]['unknown']), ('deny', 'error'), denied)
                self.assertRegex(denied['rules'][0]['evidence'][0]['reason'], r'failed at 1:\d+|cost')
                self.assertEqual(self.expression(expression, 'warn')['decision'], 'warn')

    def test_regular_expressions(self):
        self.assertEqual(self.expression('!("' + 'a' * 5000 + '!").matches("^(a+)+$")')['decision'], 'allow')
        for pattern in ('(a{1000}){1000}', '((a{100}){100}){100}', '(', 'a**', '(?=a)', '\\1'):
            with self.subTest(pattern):
                path = self.write('regex.yaml', POLICY + f'    - name: r\n      cel: {json.dumps(chr(34) + "a" + chr(34) + ".matches(" + json.dumps(pattern) + ")")}\n')
                done = self.run_it('policy', 'check', path)
                if done.returncode == 0:  # found when it runs
                    verdict = self.verdict(path)
                    self.assertEqual((verdict['decision'], verdict['rules'][0]['unknown']), ('deny', 'error'))
                else:
                    self.assertEqual(done.returncode, 7, done.stderr)
                    self.assertRegex(done.stderr.decode(), r'regex\.yaml:7:\d+: ')

    def test_what_is_not_there_says_where(self):
        for expression, place in (('object.spec.securityContext.runAsNonRoot', '1:12'), ('object.metadata.labels["app"] == "x"', '1:16'),
                                  ('object.spec.containers[7].image != ""', '1:23'), ('oldObject.spec.replicas > 1', '1:10'),
                                  ('object.spec.containers.all(c, c.image)', ''), ('request.userInfo.uid == "1"', '1:17'), ('1 / 0 == 1', '1:3')):
            with self.subTest(expression):
                verdict = self.expression(expression)
                reason = verdict['rules'][0]['evidence'][0]['reason']
                self.assertEqual((verdict['decision'], verdict['rules'][0]['unknown']), ('deny', 'error'), reason)
                self.assertRegex(reason, r'failed at 1:\d+|neither true nor false')
                self.assertEqual(self.expression(expression, 'warn')['decision'], 'warn')


class HostileEvidence(Gates):
    def bill(self, name, version='1', **more):
        return self.write('bill.json', json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'components': [
            {'type': 'library', 'name': name, 'version': version, 'purl': 'pkg:npm/left-pad@' + (version if re.fullmatch(r'[\w.]+', version) else '1'), **more}]}))

    def test_texts_are_shown_and_never_read(self):
        policy = self.write('p.yaml', POLICY + '    - name: r\n      denyPackage: {purl: pkg:npm/left-pad}\n      message: "see {package} {{x} {fixed}"\n')
        for name in ('{fixed}{policy}{{', '{{range $x}}', '${jndi:ldap://x}', '%s%n', "'; DROP TABLE bills; --", '\x1b[2J\x1b]0;owned\x07', 'a\nallowed: Pod', '\u202ereversed\u2066',
                     '\u0000nul', '<script>alert(1)</script>', '\u009b31m', 'x' * 100_000):
            with self.subTest(name[:40]):
                bill = self.bill(name)
                for shape in ('table', 'json', 'verdict'):
                    done = self.admit(policy, None, '-o', shape, bills=bill)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    text = done.stdout.decode('utf-8')
                    self.assertNotRegex(text, r'[\x00-\x09\x0b-\x1f]', shape)
                    if shape == 'table':
                        self.assertNotRegex(text, r'[\x7f-\x9f]', shape)
                        self.assertNotRegex(text, r'(?m)^allowed')
                        self.assertNotRegex(text, '[\u202a-\u202e\u2066-\u2069]')
                    if shape == 'json':
                        message = json.loads(text)['response']['status']['message']
                        self.assertNotRegex(message, r'[\x00-\x09\x0b-\x1f\x7f-\x9f]')
                        self.assertLess(len(message), 9_000)
        done = self.admit(policy, None, '-o', 'table', bills=self.bill('{fixed}{policy}'))
        self.assertIn('{fixed}{policy}', done.stdout.decode())

    def test_an_endless_name_pushes_nothing_out(self):
        policy = self.write('p.yaml', rules('denyPackage: {purl: pkg:npm/left-pad}', 'denyPackage: {purl: pkg:npm/event-stream}'))
        bill = self.write('bill.json', json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.6', 'components': [
            {'type': 'library', 'name': 'x' * 500_000, 'version': '1', 'purl': 'pkg:npm/left-pad@1'},
            {'type': 'library', 'name': 'event-stream', 'version': '3.3.6', 'purl': 'pkg:npm/event-stream@3.3.6'}]}))
        message = json.loads(self.admit(policy, None, '-o', 'json', bills=bill).stdout)['response']['status']['message']
        self.assertIn('event-stream 3.3.6 is denied', message)

    def test_reviews_of_three_megabytes_and_more(self):
        policy = self.write('p.yaml', rules('requireSBOM: {}', 'cel: object.metadata.annotations.size() > 0'))
        annotations = {f'a{i}': 'x' * 1000 for i in range(3000)}
        pod = {'metadata': {'annotations': annotations}, 'spec': {'containers': [{'name': 'c', 'image': f'registry.example.com/shop/checkout@{CHECKOUT}'}]}}
        self.assertEqual(self.verdict(policy, self.review(object=pod))['decision'], 'allow')
        self.assertEqual(self.verdict(policy, self.review(object=pod, oldObject=pod))['decision'], 'allow')
        pod['metadata']['annotations'] = {f'a{i}': 'x' * 1000 for i in range(9000)}
        self.refused(7, r'review\.json: .*8', 'admit', '--policy', policy, '--review', self.review(object=pod), '--sbom', str(self.demo / 'bills'))
        many = {'spec': {'containers': [{'name': f'c{i}', 'image': f'registry.example.com/a/{i}@sha256:{i:064x}'} for i in range(5000)]}}
        verdict = self.verdict(policy, self.review(object=many))
        self.assertEqual((verdict['decision'], verdict['images']), ('deny', 5000))
        done = self.admit(policy, self.review(object=many))
        self.assertLess(len(done.stdout), 200_000)

    def test_reviews_with_holes(self):
        policy = self.write('p.yaml', rules('requireSBOM: {}'))
        admitted_or_refused = 0
        for name, change in {'no object': {'object': None}, 'no spec': {'object': {}}, 'no containers': {'object': {'spec': {}}},
                             'empty containers': {'object': {'spec': {'containers': []}}}, 'a container without an image': {'object': {'spec': {'containers': [{'name': 'c'}]}}},
                             'an image that is a number': {'object': {'spec': {'containers': [{'name': 'c', 'image': 7}]}}},
                             'an image that is none': {'object': {'spec': {'containers': [{'name': 'c', 'image': 'UPPER CASE'}]}}},
                             'containers that are a map': {'object': {'spec': {'containers': {'a': 1}}}}, 'no operation': {'operation': ''},
                             'another operation': {'operation': 'EXPLODE'}, 'no kind': {'kind': {}}, 'no namespace': {'namespace': None}, 'no name': {'name': None}}.items():
            with self.subTest(name):
                done = self.admit(policy, self.review(**change), '-o', 'verdict')
                self.assertIn(done.returncode, (0, 1, 7), done.stderr)
                if done.returncode == 7:
                    self.assertRegex(done.stderr.decode(), r'review\.json: /request')
                elif done.returncode == 0:
                    # Nothing was let in that brings an image: it had none, or its bill is there.
                    verdict = json.loads(done.stdout)
                    self.assertIn(name, ('no object', 'no spec', 'no containers', 'empty containers', 'no namespace', 'no name'), verdict)
                admitted_or_refused += 1
        self.assertEqual(admitted_or_refused, 13)


if __name__ == '__main__':
    unittest.main()
