#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Runs the commands of README.md, so that they cannot rot.

Every ```sh block is run by bash in one folder, in order, with the tools on PATH and the project's files
beside; a block behind the comment <!-- not run: REASON --> is left out.

usage: readme.py PROJECT_FOLDER BIN_FOLDER
"""
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"(<!-- not run: (?P<reason>[^\n]*) -->\n)?```sh\n(?P<code>.*?)```", re.S)


def main():
    project, bin_folder = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    ran = 0
    with tempfile.TemporaryDirectory(prefix="weir-readme-") as folder:
        for name in ("examples", "scripts"):
            (pathlib.Path(folder) / name).symlink_to(project / name)
        for block in BLOCK.finditer((project / "README.md").read_text()):
            if block["reason"]:
                print(f"-- not run: {block['reason']}")
                continue
            print(f"-- running\n{block['code']}", flush=True)
            code = f"set -euo pipefail\nexport PATH={bin_folder}:$PATH\n{block['code']}"
            done = subprocess.run(["bash", "-c", code], cwd=folder, stdin=subprocess.DEVNULL, timeout=240)
            if done.returncode != 0:
                print(f"-- failed with exit code {done.returncode}")
                return 1
            ran += 1
    print(f"-- {ran} blocks ran")
    return 0 if ran else 1


sys.exit(main())
