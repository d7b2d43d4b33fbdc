"""README.md and the pages of docs/ do what they say: every ```sh block is run, every ```text block behind one is compared.

    python3 -m unittest discover -s tests/e2e -p '*_test.py'

Uses the release binary (`make build`). Blocks of one page run in order, in the checkout, with a home of their own.
"""
import os
import pathlib
import subprocess
import tempfile
import unittest

import documents

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').glob('*.md'))]


class Documents(unittest.TestCase):
    def test_every_page_keeps_its_promises(self):
        self.assertTrue((ROOT / 'build/release/pratique').exists(), "run 'make build' first")
        ran = 0
        for page in PAGES:
            steps = documents.steps_of(page.read_text(encoding='utf-8'))
            if not steps:
                continue
            with tempfile.TemporaryDirectory() as home, self.subTest(page=page.name):
                environment = {'HOME': home, 'LANG': 'C.UTF-8', 'TMPDIR': home,
                               'PATH': f"{ROOT / 'build/release'}:{os.environ['PATH']}"}
                for step in steps:
                    done = subprocess.run(['bash', '-eu', '-o', 'pipefail', '-c', step.commands], cwd=ROOT, env=environment,
                                          capture_output=True, text=True, timeout=300)
                    ran += 1
                    place = f'{page.name}:{step.line}'
                    self.assertEqual(done.returncode, 0, f'{place}: {step.commands}\n{done.stdout}{done.stderr}')
                    if step.promised is not None:
                        self.assertIsNone(documents.matches(step.promised, done.stdout), place)
        self.assertGreater(ran, 0)


class Matching(unittest.TestCase):
    def test_dots_stand_for_lines_and_for_text(self):
        self.assertIsNone(documents.matches(['a ... c', '...', 'z'], 'a b c\nx\ny\nz\n'))
        self.assertIsNone(documents.matches(['a', '...'], 'a  \n'))
        self.assertIsNotNone(documents.matches(['a'], 'b\n'))
        self.assertIsNotNone(documents.matches(['a'], 'a\nb\n'))

    def test_only_shell_blocks_are_run(self):
        steps = documents.steps_of('x\n```sh\necho 1\n```\n\n```text\n1\n```\n```\nnot run\n```\n```sh\ntrue\n```\nwords\n```text\nno\n```\n')
        self.assertEqual([(s.line, s.commands, s.promised) for s in steps], [(3, 'echo 1', ['1']), (13, 'true', None)])


if __name__ == '__main__':
    unittest.main()
