# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""lab.sh's commands; lab.sh has looked at the machine and at the arguments' form."""
import argparse
import fcntl
import os
import pathlib
import shutil
import signal
import sys
import time

from . import network
from .lab import Lab, say
from .process import LabError
from .scenario import load


def interrupted(*_):
    raise KeyboardInterrupt


def run(options, lock):
    scenario = load(options.scenario)
    scenario["name"] = pathlib.Path(options.scenario).stem
    output = pathlib.Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    name = options.name or f"{scenario['name']}-{options.seed}"
    network.take_down()
    lab = Lab(scenario, name, options.seed, options.minutes, pathlib.Path(options.tools), options.only)
    try:
        note(lock, lab.work)
        lab.up()
        capture, truth = lab.live(output)
        say(f"{capture} and {truth} are written")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        lab.down(options.keep)
        lock.truncate(0)


def up(options, lock):
    scenario = load(options.scenario)
    network.take_down()
    lab = Lab(scenario, "up", options.seed, 1, pathlib.Path(options.tools))
    note(lock, lab.work)
    lab.up()
    for node in lab.users + lab.beyond + [s.node for s in lab.servers.values()]:
        print(f"{node.namespace} {' '.join(node.addresses)}")
    say(f"the lab is up until lab.sh down; its working folder is {lab.work}")


def taken(lock):
    """One run at a time: whether the lock could be had."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def note(lock, folder):
    """Leaves word in the lock for `down`: whose it is, and the working folder to remove."""
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n{folder}\n")
    lock.flush()


def noted(lock):
    """(process, working folder) of the last note; 0 and nothing where there is none."""
    lock.seek(0)
    lines = lock.read().splitlines() + ["", ""]
    return int(lines[0] or 0), lines[1]


def down(lock):
    """Asks a run that is going on to end, then removes what is left."""
    for attempt in range(60):
        if taken(lock):
            break
        if attempt == 0 and noted(lock)[0]:
            os.kill(noted(lock)[0], signal.SIGTERM)
        time.sleep(0.5)
    network.take_down()
    folder = noted(lock)[1]
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    lock.truncate(0)


def main():
    parser = argparse.ArgumentParser(prog="lab.sh")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "up"):
        command = commands.add_parser(name)
        command.add_argument("scenario", nargs="?", default="home")
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--tools", required=True)
        if name == "run":
            command.add_argument("--minutes", type=float, default=5)
            command.add_argument("-o", "--output", default=".")
            command.add_argument("--name")
            command.add_argument("--only", action="append")
            command.add_argument("--keep", action="store_true")
    commands.add_parser("down")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    try:
        with open("/run/weir-lab.lock", "a+") as lock:
            if options.command == "down":
                down(lock)
                return 0
            if not taken(lock):
                raise LabError("another run of the lab is going on")
            note(lock, "")
            {"run": run, "up": up}[options.command](options, lock)
            return 0
    except LabError as error:
        say(error)
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main())
