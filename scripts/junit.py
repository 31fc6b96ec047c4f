#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Reads the JUnit file that ctest writes: how many tests passed, failed and were skipped, or what the failed ones said.

usage: scripts/junit.py counts|failures FILE [--name PRESET]
"""

import argparse
import xml.etree.ElementTree as tree

LINES = 60
"""So many last lines of a failed test's output are shown."""


def counts(suite):
    """"PASSED FAILED SKIPPED" of all the tests of `suite`."""
    total, failed, skipped = (int(suite.get(name)) for name in ("tests", "failures", "skipped"))
    return f"{total - failed - skipped} {failed} {skipped}"


def failures(suite, name):
    """A heading and the last lines of its output for every failed test of `suite`, nothing where none failed."""
    blocks = []
    for case in suite.iter("testcase"):
        if case.get("status") == "fail":
            output = (case.findtext("system-out") or "").rstrip().splitlines()
            blocks.append("\n".join([f"== failed in {name}: {case.get('name')}", *output[-LINES:]]))
    return "\n".join(blocks)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("counts", "failures"))
    parser.add_argument("file")
    parser.add_argument("--name", default="the build", help="what the headings call the build")
    options = parser.parse_args()
    suite = tree.parse(options.file).getroot()
    print(counts(suite) if options.what == "counts" else failures(suite, options.name))


if __name__ == "__main__":
    main()
