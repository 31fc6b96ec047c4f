# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""The servers: each in a namespace of its own, configured anew for each run."""
import random
import subprocess
import time

from .network import Node
from .process import LabError, start

SERVERS = {}


def server(cls):
    """Registers a server by its class name in lower case."""
    SERVERS[cls.__name__.lower()] = cls
    return cls


class Server:
    """One program or more in one namespace. Subclasses write their configuration and start it in `launch`."""

    addresses_from_to = (1, 1)
    only_other = False  # nobody but background talks to it

    def __init__(self, lab):
        self.lab, self.name = lab, type(self).__name__.lower()
        self.draw = random.Random(f"{self.name} {lab.seed}")
        self.dir = lab.work / self.name
        self.processes = []

    def make_node(self):
        count = self.draw.randint(*self.addresses_from_to)
        self.node = Node("s-" + self.name, [self.lab.conditions.new_address(self.lab.conditions.far_subnet) for _ in range(count)])
        self.lab.conditions.settle_far(self.node.name)
        return self.node

    @property
    def ip(self):
        return self.node.ip

    def port(self, *usual, high=(1024, 60000), chance=0.25):
        """Mostly a usual one, sometimes any."""
        return self.draw.randrange(*high) if self.draw.random() < chance else self.draw.choice(usual)

    def start(self, *argv, nice=2, **options):
        with open(self.dir / "log", "ab") as log:
            process = start(self.node.namespace, argv, log, limit=7200, cwd=self.dir, nice=nice, **options)
        self.processes.append(process)
        return process

    def await_port(self, port, protocol="t", address=None):
        for _ in range(400):  # a busy machine takes its time
            listening = subprocess.run(["ip", "netns", "exec", self.node.namespace, "ss", "-Hln" + protocol, "sport", f"= :{port}"],
                                       capture_output=True, text=True)
            if listening.stdout.strip():
                return
            if self.processes and self.processes[-1].poll() is not None:
                break
            time.sleep(0.2)
        raise LabError(f"{self.name} did not come up on port {port}; its log is {self.dir / 'log'}: "
                       + (self.dir / "log").read_text(errors="replace")[-300:].strip().replace("\n", " | "))

    def prepare(self):
        """What can be made before the network is there."""

    def launch(self):
        raise NotImplementedError
