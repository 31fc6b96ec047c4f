#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Reads odd captures with weir-extract, each by itself, and holds packets and bytes against capinfos.

Every file must be read, or refused with one line and status 1, within the time limit: no crash, no
sanitizer report, no hang. Where both read a file to its end, packets and bytes must be equal; of link types
that weir does not decode, capinfos may leave out a pseudo header. Exit status 1 otherwise; 77 where captures
or capinfos are absent.

usage: compare.py [--bin FOLDER] [--limit SECONDS] [--every N] [--all] [FOLDER]
"""
import argparse
import csv
import io
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77


def captures_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".csv", ".md"))


def by_capinfos(paths):
    """{file: (packets, bytes)} and the names of those that it stopped in."""
    done = subprocess.run(["capinfos", "-T", "-m", "-c", "-d", *paths], capture_output=True, text=True,
                          errors="replace")
    totals = {row[0]: (int(row[1]), int(row[2])) for row in list(csv.reader(io.StringIO(done.stdout)))[1:]}
    stopped = {path for path in map(str, paths) if f'packets from "{path}"' in done.stderr}
    return totals, stopped


def by_weir(tool, path, limit):
    """A row of --stats, or a text that says what went wrong: "refused: ..." is an answer."""
    command = [tool, "-q", "--threads", "1", "--progress", "never", "-o", "/dev/null", "--stats", "-", path]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=limit)
    except subprocess.TimeoutExpired:
        return "hung"
    if done.returncode == 1 and done.stderr.count("\n") == 1 and done.stderr.startswith("weir-extract: "):
        return "refused: " + done.stderr.split(": ", 1)[1].strip().replace(str(path), path.name)
    if done.returncode != 0:
        return f"crashed: status {done.returncode}: " + done.stderr.strip()[-2000:]
    row = next(csv.DictReader(io.StringIO(done.stdout)))
    return {name: int(value) for name, value in row.items() if name != "capture"}


def judge(weir, capinfos, stopped):
    """What to call the pair of answers: equal and refused are as they should be."""
    if isinstance(weir, str):
        if not weir.startswith("refused"):
            return weir.split(":")[0]
        return "refused" if capinfos is None else "different"
    if capinfos is None:
        return "capinfos refused"
    packets, octets = weir["packets"], weir["bytes"]
    if (packets, octets) == capinfos:
        return "equal"
    if packets == capinfos[0] == weir["unsupported_link_type"]:
        return "equal but for pseudo headers"
    # Where capinfos stops at damage, weir may have come as far or farther.
    return "capinfos stopped" if stopped and packets >= capinfos[0] else "different"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/release/bin"))
    parser.add_argument("--limit", type=float, default=1, help="seconds a file may take (default 1)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th file only")
    parser.add_argument("--all", action="store_true", help="print equal files, too")
    parser.add_argument("folder", nargs="?", help="default: robust/ in $WEIR_SHARED_DATA, or in shared/data beside the project")
    options = parser.parse_args()

    beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data"
    folder = pathlib.Path(options.folder or f"{os.environ.get('WEIR_SHARED_DATA', beside)}/robust")
    if not options.folder and not folder.is_dir():
        print(f"SKIP: no captures in {folder}")
        return SKIPPED
    if not shutil.which("capinfos"):
        print("SKIP: capinfos is not installed (package tshark)")
        return SKIPPED

    paths = captures_in(folder)[:: options.every]
    totals, stopped = by_capinfos(paths)
    counts = {}
    for path in paths:
        weir = by_weir(options.bin / "weir-extract", path, options.limit)
        capinfos = totals.get(str(path))
        verdict = judge(weir, capinfos, str(path) in stopped)
        counts[verdict] = counts.get(verdict, 0) + 1
        if verdict != "equal" or options.all:
            totals_of_weir = weir if isinstance(weir, str) else (weir["packets"], weir["bytes"])
            print(f"{verdict}: {path.name}: weir {totals_of_weir}, capinfos {capinfos}")
    print(f"{len(paths)} files: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    return 1 if any(verdict in counts for verdict in ("different", "crashed", "hung")) else 0


sys.exit(main())
