# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""How the programs of the experiment begin together, however long a busy machine takes to start them: each says that it is
ready, and waits for a file that says when it is time."""
import os
import pathlib
import time


def ready(folder):
    (pathlib.Path(folder) / f"ready-{os.getpid()}").touch()


def wait(folder):
    """Returns when the experiment begins, in seconds of the epoch; that is a moment away."""
    ready(folder)
    go = pathlib.Path(folder) / "go"
    while not go.exists():
        time.sleep(0.01)
    return float(go.read_text())


def ends(text):
    """"192.0.2.1:80" as sockets want it."""
    address, port = text.rsplit(":", 1)
    return address, int(port)


def span(text):
    """"60-140", or one number for both."""
    low, _, high = text.partition("-")
    return int(low), int(high or low)
