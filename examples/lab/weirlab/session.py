# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Activities and sessions: what a user does with one application, once."""
import random
import signal
import time

from .process import end, start

ACTIVITIES = []


class Activity:
    def __init__(self, label, name, body, needs, far, weight, seconds, heavy, peers):
        self.label, self.name, self.body, self.needs, self.far = label, name, body, needs, far
        self.weight, self.seconds, self.heavy, self.peers = weight, seconds, heavy, peers


def activity(label, needs=None, far=False, weight=2, seconds=(15, 50), heavy=False, peers=1):
    """Registers a function of a Session as something that users do.

    `needs`: the server it talks to; `far`: it talks to a user beyond instead. `weight`: how often, next to the others
    of its category. `seconds`: how long, from and to. `heavy`: it takes much of a processor, so few run at a time.
    `peers`: to how many of the server's addresses at most.
    """
    def register(body):
        ACTIVITIES.append(Activity(label, body.__name__, body, needs, far, weight, seconds, heavy, peers))
        return body
    return register


class Session:
    """One activity of one user. What it starts ends with it."""

    def __init__(self, lab, what, user, peer_node, peers, seed, folder):
        self.lab, self.what, self.user, self.far, self.peers = lab, what, user, peer_node, peers
        self.draw, self.dir = random.Random(seed), folder
        self.seconds = self.draw.uniform(*what.seconds)
        self.ends = min(time.time() + self.seconds, lab.ends)
        self.status, self._running = [], []
        self.log = open(folder / "log", "ab")

    @property
    def ip(self):
        return self.peers[0]

    @property
    def server(self):
        return self.lab.servers[self.what.needs]

    def left(self):
        return max(0.0, self.ends - time.time())

    def start(self, *argv, where=None, first=signal.SIGTERM, nice=0, **options):
        """A program in the user's namespace, or in that of another node."""
        namespace = (where or self.user).namespace
        self.log.write(f"== {namespace}: {' '.join(str(a) for a in argv)}\n".encode())
        self.log.flush()
        process = start(namespace, argv, self.log, limit=self.left() + 20, cwd=self.dir, nice=nice, **options)
        self._running.append((process, first))
        return process

    def run(self, *argv, limit=None, **options):
        """The same, and waits until it ends by itself or its time is over. Gives its status, None where it was ended."""
        process = self.start(*argv, **options)
        return self.wait(process, limit)

    def wait(self, process, limit=None):
        until = min(self.ends, time.time() + limit) if limit else self.ends
        while time.time() < until and process.poll() is None:
            time.sleep(0.1)
        status = process.poll()
        if status is None:
            self._end(process)
        else:
            self.status.append(status)
        return status

    def _end(self, process):
        for entry in [e for e in self._running if e[0] is process]:
            end(process, entry[1])
            self._running.remove(entry)

    def pause(self, low, high):
        """A person's pause. False when the session's time is over."""
        time.sleep(min(self.left(), self.draw.uniform(low, high)))
        return self.left() > 0.5

    def close(self):
        for process, _ in list(self._running):
            self._end(process)
        self.log.close()
