#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Reads a table in turns with weir (bench_model read) and with pandas.read_csv, and prints a Markdown table.

usage: read_table.py BENCH_MODEL FILE ROUNDS

Both read on one thread; times are CPU seconds of the reading alone, without starting the process or importing pandas.
The numbers that pandas reads by default may be off in the last digit; with float_precision="round_trip" they are the
nearest ones, as weir's are.
"""
import os
import statistics
import subprocess
import sys
import time

import pandas


def read_with_weir(program, path):
    """Rows, CPU seconds."""
    done = subprocess.run([program, "read", path], capture_output=True, text=True, check=True)
    seconds, rows = done.stdout.split()
    return int(rows), float(seconds)


def read_with_pandas(path, precision):
    """Rows, CPU seconds."""
    started = time.process_time()
    table = pandas.read_csv(path, float_precision=precision)
    return len(table), time.process_time() - started


def main():
    program, path, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    readers = {
        f"pandas {pandas.__version__}": lambda: read_with_pandas(path, None),
        "pandas, round_trip": lambda: read_with_pandas(path, "round_trip"),
        "weir": lambda: read_with_weir(program, path),
    }
    times = {name: [] for name in readers}
    rows = set()
    for _ in range(rounds):
        for name, read in readers.items():
            count, seconds = read()
            rows.add(count)
            times[name].append(seconds)
    if len(rows) != 1:
        sys.exit(f"{path}: not the same number of rows for all: {rows}")

    megabytes = os.path.getsize(path) / 1e6
    columns = len(pandas.read_csv(path, nrows=1).columns)
    print(f"| {megabytes:.0f} MB, {rows.pop()} rows x {columns} columns | MB/s | weir's speed, as a multiple |\n|---|---|---|")
    for name, seconds in times.items():
        ratio = statistics.median(their / our for their, our in zip(seconds, times["weir"]))
        print(f"| {name} | {megabytes / statistics.median(seconds):.0f} | {ratio:.1f} |")


main()
