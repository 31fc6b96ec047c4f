#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Runs golden tests of the command lines.

A case is a folder tests/cli/TOOL/NAME that holds `cmd`, a shell script that runs in an empty folder with
the tools on PATH, and what it must give: `expected_stdout`, `expected_stderr` (missing = empty) and
`expected_status` (missing = 0). Any other file of the case is there to be read as $CASE/FILE; files of
the project as $ROOT/FILE. A `cmd` that prints `SKIP: reason` and exits 77 is skipped.

usage: run.py [--bin FOLDER] [--update] [CASE...]     CASE: TOOL/NAME; default: all
"""
import argparse
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SKIPPED = 77


def expected(case, name):
    path = case / name
    return path.read_text() if path.exists() else ""


def store(case, name, text, default=""):
    path = case / name
    if text != default:
        path.write_text(text)
    else:
        path.unlink(missing_ok=True)


def run(case, bin_folder, update):
    """Returns a list of differences, or None where the case was skipped."""
    with tempfile.TemporaryDirectory(prefix="weir-cli-") as folder:
        environment = {
            "PATH": f"{bin_folder}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1",
            "CASE": str(case), "ROOT": str(ROOT),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "WEIR_SHARED_DATA"):
            if name in os.environ:
                environment[name] = os.environ[name]
        done = subprocess.run(["bash", "-u", str(case / "cmd")], cwd=folder, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=240)
        # Paths that differ from run to run are written as the names that `cmd` uses for them.
        clean = lambda data: data.decode(errors="replace").replace(str(case), "$CASE") \
            .replace(str(ROOT), "$ROOT").replace(folder, "$PWD")
        out, err, status = clean(done.stdout), clean(done.stderr), f"{done.returncode}\n"
    if done.returncode == SKIPPED and "SKIP:" in out:
        print(out.strip())
        return None
    if update:
        store(case, "expected_stdout", out)
        store(case, "expected_stderr", err)
        store(case, "expected_status", status, "0\n")
        return []
    differences = []
    for name, got, default in (("expected_stdout", out, ""), ("expected_stderr", err, ""),
                               ("expected_status", status, "0\n")):
        want = expected(case, name) or default
        if want != got:
            differences += difflib.unified_diff(want.splitlines(True), got.splitlines(True), name, "got")
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build/dev/bin"))
    parser.add_argument("--update", action="store_true", help="store what the tools give as expected")
    parser.add_argument("cases", nargs="*")
    arguments = parser.parse_args()
    cases = [HERE / c for c in arguments.cases] or sorted(p.parent for p in HERE.glob("*/*/cmd"))
    failed = skipped = 0
    for case in cases:
        differences = run(case, os.path.abspath(arguments.bin), arguments.update)
        name = case.relative_to(HERE)
        if differences is None:
            skipped += 1
        elif differences:
            failed += 1
            print(f"FAIL {name}")
            sys.stdout.writelines(d if d.endswith("\n") else d + "\n" for d in differences)
    print(f"{len(cases) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    if failed or not cases:
        return 1
    return SKIPPED if skipped == len(cases) else 0


sys.exit(main())
