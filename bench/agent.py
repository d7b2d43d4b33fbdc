#!/usr/bin/env python3
"""What it costs to watch a node: a workload of system calls beside it, 1,000 loads a second, and doing nothing.

    bench/agent.py [--calls 4000000] [--runs 9] [--rate 1000] [--seconds 10] [--idle 60]

Needs root, build/release/pratique and build/release/bench/bench_kernel_load. The agent reports to a port where nobody listens, which is the dearer
case: it spools.
"""
import argparse
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = str(ROOT / 'build/release/pratique')
LOAD = str(ROOT / 'build/release/bench/bench_kernel_load')
TICK = os.sysconf('SC_CLK_TCK')


def start_watch(source, out):
    words = [PROGRAM, 'kernel', 'watch', '-o', 'jsonl'] + (['--source', source] if source else [])
    child = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL)
    time.sleep(2)
    return child if child.poll() is None else None


def end(child):
    child.send_signal(signal.SIGTERM)
    child.wait()


def cpu_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid):
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    return {name: int(re.search(rf'{name}:\s+(\d+)', status)[1]) / 1024 for name in ('VmRSS', 'VmHWM')}


def calls_cost(source, calls, runs):
    """Processor time of the workload with the watch and without, in turns, so that both meet the same machine."""
    without, beside = [], []
    for _ in range(runs):
        without.append(int(subprocess.check_output([LOAD, 'calls', str(calls)])))
        watch = start_watch(source, subprocess.DEVNULL)
        if watch is None:
            return print(f'source {source}: does not work here')
        beside.append(int(subprocess.check_output([LOAD, 'calls', str(calls)])))
        end(watch)
    a, b = min(without), min(beside)
    medians = statistics.median(beside) / statistics.median(without) - 1
    print(f'source {source or "best"}: {a / calls:.0f} ns a call without, {b / calls:.0f} ns beside (minimum of {runs}): '
          f'{(b / a - 1) * 100:+.1f} % (medians {medians * 100:+.1f} %)', flush=True)


def loads_cost(rate, seconds):
    with tempfile.TemporaryFile('w+') as out:
        watch = start_watch(None, out)
        before = cpu_seconds(watch.pid)
        started = time.monotonic()
        made = int(subprocess.check_output([LOAD, 'loads', str(rate), str(seconds)]))
        took = time.monotonic() - started
        time.sleep(2)
        spent, held = cpu_seconds(watch.pid) - before, memory(watch.pid)
        end(watch)
        out.seek(0)
        lines = [json.loads(line) for line in out]
    told = sum(line.get('action') == 'load' and line.get('name') == 'bench_load' for line in lines)
    lost = max([line.get('lost', 0) for line in lines])
    print(f'{made} loads in {took:.1f} s: {told} told, {lost} lost; {spent / took * 100:.1f} % of a processor, '
          f'{held["VmHWM"]:.1f} MiB', flush=True)


def agent_cost(seconds, rate=0):
    with tempfile.TemporaryDirectory() as folder:
        token = pathlib.Path(folder, 'token')
        token.write_text('prq_none\n')
        agent = subprocess.Popen([PROGRAM, 'agent', '-q', '--server', 'https://127.0.0.1:1', '--token-file', str(token), '--spool',
                                  folder + '/spool'], stderr=subprocess.DEVNULL)
        time.sleep(5)
        before = cpu_seconds(agent.pid)
        if rate:
            subprocess.check_output([LOAD, 'loads', str(rate), str(seconds)])
        else:
            time.sleep(seconds)
        spent, held = cpu_seconds(agent.pid) - before, memory(agent.pid)
        end(agent)
    what = f'{rate} loads a second' if rate else 'nothing happens'
    print(f'agent, {what}: {spent / seconds * 100:.2f} % of a processor, {held["VmRSS"]:.1f} MiB now, '
          f'{held["VmHWM"]:.1f} MiB at most', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--calls', type=int, default=4_000_000)
    parser.add_argument('--runs', type=int, default=9)
    parser.add_argument('--rate', type=int, default=1000)
    parser.add_argument('--seconds', type=int, default=10)
    parser.add_argument('--idle', type=int, default=60)
    options = parser.parse_args()
    if os.geteuid() != 0:
        raise SystemExit('agent.py: needs root')
    for source in ('', 'tracepoint'):
        calls_cost(source, options.calls, options.runs)
    loads_cost(options.rate, options.seconds)
    agent_cost(options.idle)
    agent_cost(options.seconds, options.rate)


if __name__ == '__main__':
    main()
