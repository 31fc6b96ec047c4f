#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Runs a command under what a systemd unit grants it, by the kernel's own means and without systemd: user,
capabilities, no new privileges, read-only files, a bare /proc, and filters of system calls. For tests; needs root,
util-linux, libseccomp2 and systemd-analyze (whose groups of system calls are systemd's).

usage: unit_sandbox.py UNIT WRITABLE_FOLDER COMMAND...     WRITABLE_FOLDER: for StateDirectory=
"""
import ctypes
import os
import re
import subprocess
import sys

USER = "65534"  # DynamicUser=: one that owns nothing
ALLOW, EPERM = 0x7FFF0000, 0x00050000 | 1
EQUAL, MASKED_EQUAL, GREATER_OR_EQUAL = 4, 7, 5
NAMESPACES = {"cgroup": 0x02000000, "ipc": 0x08000000, "net": 0x40000000, "mnt": 0x00020000, "pid": 0x20000000,
              "user": 0x10000000, "uts": 0x04000000}
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17}


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


class Filter:
    """One filter; the kernel applies all that were loaded, and the strictest answer counts."""

    library = None

    def __init__(self, default):
        if Filter.library is None:
            Filter.library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
            Filter.library.seccomp_init.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(Filter.library.seccomp_init(default))

    def rule(self, action, call, *comparisons):
        number = Filter.library.seccomp_syscall_resolve_name(call.encode())
        if number == -1:
            return  # of a newer kernel than the library
        array = (Comparison * max(1, len(comparisons)))(*comparisons)
        result = Filter.library.seccomp_rule_add_array(self.context, ctypes.c_uint32(action), number,
                                                       len(comparisons), array)
        if result not in (0, -38, -22, -17):  # a call of another architecture; the filter's own action
            raise OSError(-result, f"seccomp rule for {call}")

    def load(self):
        result = Filter.library.seccomp_load(self.context)
        if result != 0:
            raise OSError(-result, "seccomp_load")


def settings(unit):
    """The [Service] section: each key with all its values."""
    text = re.sub(r"\\\n\s*", " ", open(unit).read())
    section = text.split("[Service]")[1].split("\n[")[0]
    found = {}
    for line in section.splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def calls_of(words):
    """System calls by name, groups such as @system-service resolved."""
    calls = set()
    for word in words:
        if not word.startswith("@"):
            calls.add(word)
            continue
        listing = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True, capture_output=True,
                                 text=True).stdout
        calls |= calls_of(line.strip() for line in listing.splitlines()[1:]
                          if line.strip() and not line.strip().startswith("#"))
    return calls


def wanted_calls(unit):
    """What SystemCallFilter= leaves, or nothing where there is none."""
    lines = unit.get("SystemCallFilter", [])
    if not lines:
        return None
    allowed = calls_of(["@default"])
    for line in lines:
        if line.startswith("~"):
            allowed -= calls_of(line[1:].split())
        else:
            allowed |= calls_of(line.split())
    return allowed


def load_filters(unit, calls):
    rest = Filter(ALLOW)
    if unit.get("MemoryDenyWriteExecute") == ["yes"]:
        rest.rule(EPERM, "mmap", Comparison(2, MASKED_EQUAL, 6, 6))
        rest.rule(EPERM, "mprotect", Comparison(2, MASKED_EQUAL, 4, 4))
        rest.rule(EPERM, "shmat", Comparison(2, MASKED_EQUAL, 0o100000, 0o100000))
    if "RestrictAddressFamilies" in unit:
        granted = {FAMILIES[name] for name in unit["RestrictAddressFamilies"][0].split()}
        for family in set(range(46)) - granted:
            rest.rule(EPERM, "socket", Comparison(0, EQUAL, family, 0))
        rest.rule(EPERM, "socket", Comparison(0, GREATER_OR_EQUAL, 46, 0))
    if "RestrictNamespaces" in unit:
        granted = unit["RestrictNamespaces"][0].split()
        for name, flag in NAMESPACES.items():
            if name not in granted:
                for call in ("unshare", "clone"):
                    rest.rule(EPERM, call, Comparison(0, MASKED_EQUAL, flag, flag))
    rest.load()
    if calls is not None:  # the last: it may not allow to load another
        listed = Filter(EPERM)
        for call in sorted(calls):
            listed.rule(ALLOW, call)
        listed.load()


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def restrict_files(unit, writable):
    """In a mount namespace of its own."""
    if unit.get("ProtectSystem") == ["strict"]:
        mount("--bind", writable, writable)
        for line in open("/proc/self/mounts").read().splitlines():
            point = line.split()[1].encode().decode("unicode_escape")
            if point != writable and not point.startswith(("/proc", "/sys", "/dev")):
                subprocess.run(["mount", "-o", "remount,bind,ro", point], check=False, stderr=subprocess.DEVNULL)
    options = [f"subset={value}" for value in unit.get("ProcSubset", [])]
    options += [f"hidepid={value}" for value in unit.get("ProtectProc", [])]
    if options:
        mount("-t", "proc", "-o", ",".join(options), "proc", "/proc")


def main():
    if sys.argv[1] == "--filtered":
        unit = settings(sys.argv[2])
        load_filters(unit, set(sys.argv[3].split(",")) if sys.argv[3] else None)
        os.execv(sys.argv[4], sys.argv[4:])
    unit = settings(sys.argv[1])
    calls = wanted_calls(unit)
    if os.environ.get("UNIT_SANDBOX") != "mounted":
        os.environ["UNIT_SANDBOX"] = "mounted"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])
    restrict_files(unit, sys.argv[2])
    names = [name.removeprefix("CAP_").lower() for name in unit["CapabilityBoundingSet"][0].split()]
    granted = ",".join(["-all"] + ["+" + name for name in names])
    assert unit["AmbientCapabilities"] == unit["CapabilityBoundingSet"]
    privileges = ["--no-new-privs"] if unit.get("NoNewPrivileges") == ["yes"] else []
    os.execvp("setpriv", ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *privileges,
                          f"--inh-caps={granted}", f"--ambient-caps={granted}", f"--bounding-set={granted}",
                          sys.executable, os.path.abspath(sys.argv[0]), "--filtered", sys.argv[1],
                          ",".join(sorted(calls or [])), *sys.argv[3:]])


if __name__ == "__main__":
    main()
