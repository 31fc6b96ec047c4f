# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Programs in network namespaces: started, bounded in time, and ended with all they started."""
import os
import signal
import subprocess
import time


class LabError(Exception):
    """What went wrong, in one line."""


def call(*argv, **options):
    """Runs a command of the set-up; its failure is the lab's."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def start(namespace, argv, log, limit=900, nice=0, **options):
    """Starts a program in a namespace, in a session of its own, so that all of it can be ended at once."""
    command = ["ip", "netns", "exec", namespace, "nice", "-n", str(nice), "timeout", "-k", "2", str(int(limit))]
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", log)
    return subprocess.Popen(command + [str(a) for a in argv], stderr=log, start_new_session=True, **options)


def end(process, first=signal.SIGTERM, patience=2.0):
    """Ends a program and what it started: kindly, then for sure. Gives its exit status."""
    for sent, wait in ((first, patience), (signal.SIGTERM, 1.0), (signal.SIGKILL, 2.0)):
        try:
            os.killpg(process.pid, sent)
        except ProcessLookupError:
            break
        try:
            process.wait(wait)
            # Its children may outlive it: the group is asked again, and not waited for.
            os.killpg(process.pid, signal.SIGKILL)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            pass
        break
    return process.wait()


def pids_in(namespace):
    found = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


def empty(namespaces):
    """Ends whatever still runs in the namespaces."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        left = False
        for namespace in namespaces:
            for pid in pids_in(namespace):
                left = True
                try:
                    os.kill(pid, sent)
                except ProcessLookupError:
                    pass
        if not left:
            return
        time.sleep(0.5)
