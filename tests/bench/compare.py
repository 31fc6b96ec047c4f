#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Times commands in turn, round after round, and prints a Markdown table.

usage: compare.py [--rounds N] [--items N --unit NAME] [--timeout SECONDS] [--warm-up] --base NAME NAME=COMMAND ...

Each round runs every command once (a shell runs it, its output goes to /dev/null), so that a machine that drifts or
is shared slows all of them alike. Times are those of the whole process: wall clock, and the CPU's by the kernel's
accounting of the finished child. The ratios of a command are its times divided by those of the base, taken round by
round; the table shows medians. On a shared machine the ratio of CPU times is the steadier one, and the fair one where
both commands run on one thread. With --warm-up every command runs once more, untimed, right before: on a virtual
machine, memory that lay idle for a while is slow for whoever touches it first. A command that fails, or is killed at
the time limit, ends the run of all with status 1.
"""
import argparse
import os
import signal
import statistics
import subprocess
import sys
import time


def run(command, timeout):
    """Seconds by the clock, CPU seconds, peak memory in MB of one run."""
    started = time.monotonic()
    child = subprocess.Popen(["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, start_new_session=True)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child.pid, signal.SIGKILL))
    signal.alarm(timeout)
    complaint = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    signal.alarm(0)
    wall = time.monotonic() - started
    if status != 0:
        sys.exit(f"{command}: ended with {os.waitstatus_to_exitcode(status)}\n{complaint[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, help="items that each command handles: adds a column of CPU ns an item")
    parser.add_argument("--unit", default="item")
    parser.add_argument("--timeout", type=int, default=600)
    parser.add_argument("--warm-up", action="store_true")
    parser.add_argument("--base", required=True)
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    args = parser.parse_args()
    commands = dict(command.split("=", 1) for command in args.commands)
    if args.base not in commands:
        parser.error(f"no command named {args.base}")

    rounds = []
    for _ in range(args.rounds):
        measured = {}
        for name, command in commands.items():
            if args.warm_up:
                run(command, args.timeout)
            measured[name] = run(command, args.timeout)
        rounds.append(measured)

    per_item = f" ns/{args.unit} |" if args.items else ""
    print(f"| | wall s | CPU s | peak MB |{per_item} wall / {args.base} | CPU / {args.base} |")
    print("|---|---|---|---|" + ("---|" if args.items else "") + "---|---|")
    for name in commands:
        wall, cpu, peak = (statistics.median(r[name][i] for r in rounds) for i in range(3))
        ratios = [statistics.median(r[name][i] / r[args.base][i] for r in rounds) for i in (0, 1)]
        item = f" {cpu / args.items * 1e9:.1f} |" if args.items else ""
        print(f"| {name} | {wall:.3f} | {cpu:.3f} | {peak:.0f} |{item} {ratios[0]:.2f} | {ratios[1]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
