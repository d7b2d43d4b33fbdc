#!/usr/bin/env python3
"""How the inventory's answers grow with it: a table and docs/inventory-growth.svg.

    bench/growth.py [--sizes 10000,31623,100000,316228,1000000] [--folder DIR] [--bench FILE] [--svg FILE]

Runs build/release/bench/bench_inventory once at each size, in DIR/SIZE (default: a temporary folder; a store that is there is asked
and not made again), and keeps what each said in DIR/SIZE.json: a size with such a file is not run again. A million artifacts
take 3.3 GB of disk and about 15 minutes of CPU. Times are CPU milliseconds.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
# What is drawn: (label, benchmark, counter, colour).
LINES = [
    ('where with a range, warm, p99', 'where_warm', 'p99_ms', '#1b6ca8'),
    ('where with a range, behind each opening of the store, p99', 'where_after_open', 'p99_ms', '#6fa8dc'),
    ('components that 1,000 changed advisories touch', 'rematch_1000', 'touched_ms', '#6a994e'),
    ('the artifacts behind them', 'rematch_1000', 'affected_set_ms', '#386641'),
    ('vuln', 'vulnerability', 'p50_ms', '#bc6c25'),
    ('coverage', 'coverage', 'p50_ms', '#b5179e'),
    ('top', 'top', 'p50_ms', '#7b2cbf'),
]
# What else stands in the table.
MORE = [
    ('bills a CPU second into the store', 'ingest', 'bills_per_s'),
    ('bytes of store an artifact', 'ingest', 'bytes_per_artifact'),
    ('distinct components', 'ingest', 'components'),
    ('where, nothing of the file in memory, p50', 'where_cold', 'p50_ms'),
    ('where, nothing of the file in memory, p99 by the clock', 'where_cold', 'p99_clock_ms'),
    ('findings opened or closed a CPU second', 'rematch_1000', 'rows_per_s'),
    ('components judged a CPU second', 'rematch_1000', 'first_components_per_s'),
    ('peak MiB of a process that asks where', 'where_warm', 'rss_MiB'),
    ('peak MiB of a process that asks for coverage', 'coverage', 'rss_MiB'),
]


def run(bench, size, folder):
    """{benchmark: {counter: value}}: in one process what writes, in others what asks, so that each has its own peak."""
    kept = folder / f'{size}.json'
    if kept.exists():
        return json.loads(kept.read_text())
    environment = {**os.environ, 'PRATIQUE_BENCH_ARTIFACTS': str(size), 'PRATIQUE_BENCH_FOLDER': str(folder / str(size))}
    said = {}
    for name in ('ingest', 'where_', 'rematch_1000', 'coverage', 'top', 'vulnerability'):
        out = subprocess.run([bench, f'--benchmark_filter=^{name}', '--benchmark_format=json'], env=environment, check=True,
                             capture_output=True, text=True).stdout
        for one in json.loads(out)['benchmarks']:
            said[one['name'].split('/')[0]] = {key: value for key, value in one.items() if isinstance(value, (int, float))}
    kept.write_text(json.dumps(said))
    return said


def text_of(value):
    return f'{value:,.0f}' if value >= 100 else f'{value:.1f}'


def table(results):
    sizes = sorted(results)
    print('| Artifacts | ' + ' | '.join(f'{size:,}' for size in sizes) + ' |\n|---' + '|---' * len(sizes) + '|')
    for label, benchmark, counter in [line[:3] for line in LINES] + MORE:
        cells = [results[size].get(benchmark, {}).get(counter) for size in sizes]
        print(f'| {label} | ' + ' | '.join('' if cell is None else text_of(cell) for cell in cells) + ' |')


def svg(results):
    width, height, left, top, right, bottom = 860, 470, 60, 20, 330, 45
    sizes = sorted(results)
    points = {label: [(size, results[size][benchmark][counter]) for size in sizes
                      if results[size].get(benchmark, {}).get(counter)] for label, benchmark, counter, _ in LINES}
    values = [value for line in points.values() for _, value in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size):
        return left + (math.log10(size) - first) / ((last - first) or 1) * (width - left - right)

    def y(value):
        return top + (high - math.log10(value)) / (high - low) * (height - top - bottom)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for power in range(low, high + 1):
        at = y(10 ** power)
        out.append(f'<path d="M{left} {at:.1f}H{width - right}" stroke="#ddd"/>'
                   f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{10 ** power:g}</text>')
    for size in sizes:
        out.append(f'<path d="M{x(size):.1f} {top}V{height - bottom}" stroke="#eee"/>'
                   f'<text x="{x(size):.1f}" y="{height - bottom + 16}" text-anchor="middle">{size:,}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle">artifacts of 300 components</text>'
               f'<text x="14" y="{(top + height - bottom) / 2}" text-anchor="middle" '
               f'transform="rotate(-90 14 {(top + height - bottom) / 2})">CPU milliseconds</text>')
    below = 0.0
    for label, _, _, colour in sorted(LINES, key=lambda line: -points[line[0]][-1][1] if points[line[0]] else 0):
        line = points[label]
        if not line:
            continue
        path = 'L'.join(f'{x(size):.1f} {y(value):.1f}' for size, value in line)
        out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for size, value in line]
        below = max(y(line[-1][1]) + 4, below + 15)
        out.append(f'<text x="{width - right + 10}" y="{below:.1f}" fill="{colour}">{label}</text>')
    return '\n'.join([*out, '</svg>']) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--sizes', default='10000,31623,100000,316228,1000000')
    parser.add_argument('--folder')
    parser.add_argument('--bench', default=str(ROOT / 'build/release/bench/bench_inventory'))
    parser.add_argument('--svg', default=str(ROOT / 'docs/inventory-growth.svg'))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(options.folder or name)
        folder.mkdir(parents=True, exist_ok=True)
        results = {size: run(options.bench, size, folder) for size in map(int, options.sizes.split(','))}
    table(results)
    pathlib.Path(options.svg).write_text(svg(results))


if __name__ == '__main__':
    main()
