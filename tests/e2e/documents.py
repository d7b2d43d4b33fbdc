"""The shell blocks of a Markdown page, and the output that the page promises for each.

A block fenced as ```sh is run; a block fenced as ```text right behind it is what it prints. In that, a line "..." stands for
any lines, and "..." within a line for any text. Blocks with other fences are only read.
"""
import re
from dataclasses import dataclass


@dataclass
class Step:
    line: int        # of the page, where the commands begin
    commands: str
    promised: list   # lines, or None where the page promises nothing


def steps_of(page):
    steps, fence, body, start = [], None, [], 0
    follows = False  # whether the block that ends last was one to run
    for number, line in enumerate(page.splitlines(), 1):
        if fence is None:
            opened = re.match(r'```(\w*)\s*$', line)
            if opened:
                fence, body, start = opened.group(1), [], number + 1
            elif line.strip():
                follows = False
            continue
        if line.startswith('```'):
            if fence == 'sh':
                steps.append(Step(start, '\n'.join(body), None))
            elif fence == 'text' and follows:
                steps[-1].promised = body
            follows, fence = fence == 'sh', None
            continue
        body.append(line)
    return steps


def matches(promised, printed):
    """None where the lines printed keep the promise, else what differs."""
    pattern = ''.join(r'(?:.*\n)*?' if line.strip() == '...' else
                      '.*?'.join(map(re.escape, line.rstrip().split('...'))) + r'[ \t]*\n' for line in promised)
    text = ''.join(line.rstrip() + '\n' for line in printed.splitlines())
    if re.fullmatch(pattern, text):
        return None
    return f'promised:\n{chr(10).join(promised)}\nprinted:\n{printed}'
