#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Holds flow tables against the conformance suite (docs/conformance.md).

usage: run.py [--bin FOLDER] [CASE...]          extract each case (default: all) with weir-extract and compare
       run.py --csv FILE [--subset] CASE        compare the flow table that another tool made of the case's capture
       run.py --make PROGRAM                    make the captures again: they must be those that are stored
       run.py --self-test                       change expected tables: each change must be found

Columns are matched by name. Numbers may differ by half a unit of the last decimal that their column has: 9 for
seconds, 6 for shares and rates, 3 for means, deviations and quartiles of bytes and packets, 0 for counts. With
--subset only the columns that FILE has are compared, and its rows may come in any order: those of one five-tuple are
taken in the order of their starts.
"""
import argparse
import csv
import io
import pathlib
import subprocess
import sys
import tempfile
from decimal import Decimal, InvalidOperation

import reference

HERE = pathlib.Path(__file__).resolve().parent
TEXT = {"capture", "src_ip", "dst_ip", "outer_src_ip", "outer_dst_ip", "protocol", "end_reason", "label"}
TIMES = {"start", "end", "duration", "burst_gap_mean", "burst_duration_mean", "burst_duration_max"}
IDENTITY = ("src_ip", "dst_ip", "src_port", "dst_port", "protocol")


def decimals(column):
    """How many decimals a value of the column has at most."""
    if "_share" in column or column.endswith("_per_second"):
        return 6
    if column in TIMES or "iat_" in column or column.startswith(("active_", "idle_")) and column != "idle_count":
        return 9
    return 3 if column.endswith(("_mean", "_std", "_q25", "_q50", "_q75")) else 0


def half_unit(column):
    return Decimal(5).scaleb(-decimals(column) - 1)


def agree(column, expected, actual):
    if column in TEXT or expected == "" or actual == "":
        return expected == actual
    try:
        difference = abs(Decimal(expected) - Decimal(actual))
    except InvalidOperation:
        return False
    return difference <= half_unit(column)


def read(text):
    rows = csv.DictReader(io.StringIO(text))
    return rows.fieldnames or [], list(rows)


def matched(expected, actual, columns):
    """Pairs of rows of the same flow, in the order of their starts, and lines about flows that are not in both."""
    identity = [c for c in IDENTITY if c in columns]
    order = [c for c in ("start", "packets") if c in columns]
    flows = {}
    for side, rows in enumerate((expected, actual)):
        for row in sorted(rows, key=lambda r: [Decimal(r[c]) for c in order]):
            flows.setdefault(tuple(row[c] for c in identity), ([], []))[side].append(row)
    differences = [f"flow {' '.join(flow)}: {len(want)} rows expected, {len(got)} are there"
                   for flow, (want, got) in flows.items() if len(want) != len(got)]
    return [pair for want, got in flows.values() for pair in zip(want, got)], differences


def compare(expected_text, actual_text, subset=False):
    """A list of lines that say what differs."""
    names, expected = read(expected_text)
    actual_names, actual = read(actual_text)
    if subset:
        names = [name for name in names if name in actual_names]
        pairs, differences = matched(expected, actual, names)
        if not names:
            differences.append("no column of the suite is there")
    else:
        pairs = zip(expected, actual)
        # The suite says nothing of the ends of tunnels yet.
        differences = [f"column {name} is not known to the suite" for name in actual_names
                       if name not in names and not name.startswith("outer_")]
        differences += [f"column {name} is missing" for name in names if name not in actual_names]
        if len(expected) != len(actual):
            differences.append(f"{len(expected)} rows expected, {len(actual)} are there")
    for want, got in pairs:
        differences += [f"flow {want['flow_id']} at {want['packets']} packets: {name}: "
                        f"expected {want[name] or 'nothing'}, is {got[name] or 'nothing'}"
                        for name in names if name in got and not agree(name, want[name], got[name] or "")]
    return differences


def extracted(case, bin_folder, threads, piped):
    """The flow table that weir-extract writes, from the file itself or from a pipe."""
    command = [f"{bin_folder}/weir-extract", "--quiet", "--threads", str(threads), *case.arguments]
    command.append("-" if piped else str(case.capture))
    data = case.capture.read_bytes() if piped else b""
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, timeout=120, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}")
    return done.stdout.decode()


def hold(case, bin_folder):
    expected = case.expected.read_text()
    differences = []
    for piped in (False, True):
        for threads in (1, 2):
            want = expected.replace(case.capture.name, "stdin") if piped else expected
            found = compare(want, extracted(case, bin_folder, threads, piped))
            how = f"{'pipe' if piped else 'file'}, {threads} threads"
            differences += [f"{case.name} ({how}): {line}" for line in found]
    return differences


def made_again(program):
    """The names of the captures that are not what `program` makes of the packet tables."""
    tables = sorted(HERE.glob("packets/*.csv"))
    with tempfile.TemporaryDirectory(prefix="weir-conformance-") as folder:
        subprocess.run([program, folder, *map(str, tables)], check=True)
        made = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
    stored = {path.name: path.read_bytes() for path in HERE.glob("*.pcap*")}
    return [f"{name} is not what {program} makes" for name in sorted(made.keys() | stored.keys())
            if made.get(name) != stored.get(name)]


def changed(column, value):
    """A value that is just too far from `value` to agree with it."""
    if column in TEXT:
        return value + "x"
    return str(Decimal(value) + 2 * half_unit(column)) if value else "0"


def self_test(cases):
    """Makes tables wrong in every way: what goes unnoticed."""
    unnoticed = []
    for case in cases:
        text = case.expected.read_text()
        names, rows = read(text)
        unnoticed += [f"{case.name}: {name} {row[name]} and {changed(name, row[name])} agree"
                      for row in rows for name in names if agree(name, row[name], changed(name, row[name]))]
        lines = text.splitlines(keepends=True)
        last = lines[-1].split(",")
        last[names.index("packets")] += "0"
        wrong = {
            "a row too few": "".join(lines[:-1]),
            "a row too many": text + lines[-1],
            "another value": "".join(lines[:-1]) + ",".join(last),
        }
        renamed = text.replace("size_mean", "mean_size", 1)
        unnoticed += [f"{case.name}: {what}" for what, table in (wrong | {"another column": renamed}).items()
                      if not compare(text, table)]
        unnoticed += [f"{case.name}: with --subset: {what}" for what, table in wrong.items()
                      if not compare(text, table, subset=True)]
        unnoticed += [f"{case.name}: the table itself differs: {line}"
                      for subset in (False, True) for line in compare(text, text, subset)]
    return unnoticed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(HERE.parent.parent / "build/dev/bin"))
    parser.add_argument("--csv", metavar="FILE", help="compare this table instead of extracting")
    parser.add_argument("--subset", action="store_true", help="with --csv: only the columns that it has")
    parser.add_argument("--make", metavar="PROGRAM", help="conformance_make")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    arguments = parser.parse_args()
    all_cases = reference.cases()
    for name in arguments.cases:
        if name not in all_cases:
            parser.error(f"no case {name}; there are {', '.join(all_cases)}")
    chosen = [all_cases[name] for name in arguments.cases] or list(all_cases.values())
    if arguments.csv is not None:
        if len(arguments.cases) != 1:
            parser.error("--csv takes one case")
        try:
            table = pathlib.Path(arguments.csv).read_text()
            differences = compare(chosen[0].expected.read_text(), table, arguments.subset)
        except OSError as error:
            parser.error(f"cannot read {arguments.csv}: {error.strerror}")
        except InvalidOperation:
            parser.error(f"{arguments.csv}: start and packets have to be numbers")
    elif arguments.make is not None:
        differences = made_again(arguments.make)
    elif arguments.self_test:
        differences = self_test(chosen)
    else:
        differences = [line for case in chosen for line in hold(case, arguments.bin)]
    print("\n".join(differences + [f"{len(chosen)} cases, {len(differences)} differences"]))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
