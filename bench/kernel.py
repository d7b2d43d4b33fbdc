#!/usr/bin/env python3
"""The inventory of a node against bpftool's for the same facts: CPU (user + system) and wall in milliseconds, peak memory.

    bench/kernel.py [--programs 1000] [--pods 500] [--runs 7]

Needs root, build/release/pratique and build/release/bench/bench_kernel_node; bpftool where it is to be compared with. Each line is
the median of the runs with the minimum in brackets.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = str(ROOT / 'build/release/pratique')
NODE = str(ROOT / 'build/release/bench/bench_kernel_node')
OURS = [['kernel', 'list', '-o', 'json'], ['kernel', 'list', '-o', 'name'], ['kernel', 'list', '-o', 'json', '--no-load']]
# What bpftool needs for programs, maps, links with pins, the network and cgroups; Debian's names no owners.
THEIRS = [['-f', 'prog', 'show', '-j'], ['-f', 'map', 'show', '-j'], ['-f', 'link', 'show', '-j'], ['net', 'show', '-j'],
          ['cgroup', 'tree', '-j'], ['perf', 'show', '-j'], ['btf', 'show', '-j']]


def run_once(words):
    started = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return (usage.ru_utime + usage.ru_stime) * 1000, (time.monotonic() - started) * 1000


def peak_of(words):
    """In MiB. A process starts with the peak of whoever started it, so one that is small does."""
    with tempfile.NamedTemporaryFile('r') as told:
        subprocess.run(['/usr/bin/time', '-q', '-f', '%M', '-o', told.name, *words], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        return int(told.read()) / 1024


def measure(name, words, runs):
    cpu, wall = zip(*[run_once(words) for _ in range(runs + 1)][1:])
    memory = f'{peak_of(words):6.1f} MiB' if os.path.exists('/usr/bin/time') else 'needs GNU time'
    print(f'{name:<44} CPU {statistics.median(cpu):8.1f} [{min(cpu):.1f}] ms   wall {statistics.median(wall):8.1f} '
          f'[{min(wall):.1f}] ms   {memory}', flush=True)
    return statistics.median(cpu)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--programs', type=int, default=1000)
    parser.add_argument('--pods', type=int, default=500)
    parser.add_argument('--runs', type=int, default=7)
    options = parser.parse_args()
    if os.geteuid() != 0:
        raise SystemExit('kernel.py: needs root')
    node = subprocess.Popen([NODE, str(options.programs), str(options.pods)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if node.stdout.readline() != b'ready\n':
            raise SystemExit('kernel.py: the programs could not be loaded here')
        print(f'{options.programs} programs, {options.programs} maps, {options.pods} pods of one process')
        for words in OURS:
            measure('pratique ' + ' '.join(words), [PROGRAM, *words], options.runs)
        if shutil.which('bpftool'):
            total = sum(measure('bpftool ' + ' '.join(words), ['bpftool', *words], options.runs) for words in THEIRS)
            print(f'{"bpftool, the sum":<44} CPU {total:8.1f} ms')
    finally:
        node.stdin.close()
        node.wait()


if __name__ == '__main__':
    main()
