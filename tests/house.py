#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Fails when an include points the wrong way between rooms, a third-party header shows up outside the
one place it belongs to, or the top level holds a file that belongs elsewhere or nowhere.

usage: house.py PROJECT_FOLDER
"""
import pathlib
import re
import shutil
import subprocess
import sys

# A room may include its own headers and those of the rooms it knows, directly or through another.
KNOWS = {
    "base": [],
    "net": ["base"],
    "flow": ["net"],
    "feature": ["flow"],
    "model": ["feature"],
    "traffic": ["net", "flow", "feature"],  # feature: weir-gen writes packet tables
    "shape": ["flow"],
    "serve": ["model", "shape"],
    "cli": ["base"],
}
# Libraries with one home each: the pattern of their headers, and the files that may include them.
HOMES = {
    r"pcap(/.*)?\.h|pcap/.*": ["lib/net/live.cpp"],
    r"tins/.*": ["lib/traffic/craft.cpp"],
    r"xgboost/.*": ["lib/model/booster.cpp"],
    r"ndpi.*\.h": ["lib/flow/dpi.cpp"],
    r"nftables/.*": ["lib/shape/nft.cpp"],
    r"httplib\.h": ["lib/serve/server.cpp"],
    r"zlib\.h|zstd\.h": ["lib/base/decompressor.cpp"],
    r"torch/.*": ["lib/model/sequence.cpp"],
}
# What git keeps at the top level besides folders.
TOP_LEVEL = {".clang-format", ".clang-tidy", ".gitignore", "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def reachable(room):
    rooms, todo = {room}, [room]
    while todo:
        for known in KNOWS[todo.pop()]:
            if known not in rooms:
                rooms.add(known)
                todo.append(known)
    return rooms


def strays(project):
    """Files that git keeps at the top level and should not: what an experiment left there. None without git."""
    if shutil.which("git") is None:
        return []
    listed = subprocess.run(["git", "-C", project, "ls-files"], capture_output=True, text=True)
    return sorted(name for name in listed.stdout.splitlines() if "/" not in name and name not in TOP_LEVEL)


def main():
    project = pathlib.Path(sys.argv[1])
    faults, files = [], 0
    for folder in ("include/weir", "lib", "tools"):
        for path in sorted((project / folder).rglob("*.[ch]pp")):
            files += 1
            name = path.relative_to(project).as_posix()
            room = path.relative_to(project / folder).parts[0] if folder != "tools" else None
            if room is not None and room not in KNOWS:
                faults.append(f"{name}: '{room}' is not a room")
                continue
            text = path.read_text()
            if not text.startswith("// SPDX-FileCopyrightText:"):
                faults.append(f"{name}: no SPDX lines at the top")
            for kind, header in INCLUDE.findall(text):
                if header.startswith("weir/"):
                    target = header.split("/")[1]
                    if room is not None and target not in reachable(room):
                        faults.append(f"{name}: room {room} must not know {header}")
                for pattern, homes in HOMES.items():
                    if re.fullmatch(pattern, header) and name not in homes:
                        faults.append(f"{name}: {header} belongs in {homes[0]} only")
    faults += [f"{name}: does not belong at the top level" for name in strays(project)]
    for fault in faults:
        print(fault)
    print(f"{files} files, {len(faults)} faults")
    return 1 if faults or files == 0 else 0


sys.exit(main())
