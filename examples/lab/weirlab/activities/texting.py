# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Texting: people who write to each other. The others are users beyond, on the same server."""
import random
import subprocess
import threading
import time

from ..session import activity

LABEL = "Texting"


def pace(s):
    """Some write at once, some take their time."""
    return s.draw.choice([0.25, 0.4, 0.6, 1.0])


@activity(LABEL, needs="xmpp", seconds=(20, 90), weight=3)
def xmpp_chat(s):
    wishes = [w for w, chance in (("tls", 0.8), ("typing", 0.6), ("room", 0.3), ("pictures", 0.5)) if s.draw.random() < chance]
    names = s.draw.sample(range(s.server.accounts), 3)
    room, script = f"room{s.draw.randrange(10**6)}", s.lab.clients / "xmpp_chat.py"

    def person(n, node):
        other = room if "room" in wishes else f"user{names[1 - n if n < 2 else 0]}"
        return s.start("/usr/bin/python3", script, s.ip, s.server.tcp_port, f"user{names[n]}", other, s.draw.random(), pace(s), *wishes, where=node)
    for n in range(1, 3 if "room" in wishes else 2):
        person(n, s.draw.choice(s.lab.beyond))
    s.wait(person(0, s.user))


@activity(LABEL, needs="webchat", seconds=(20, 90), weight=3)
def web_chat(s):
    room, typing = s.draw.randrange(10**6), s.draw.choice(["yes", "no"])

    def person(node):
        return s.start("/usr/bin/python3", s.lab.clients / "web_chat.py", "join", f"wss://{s.ip}:{s.server.tcp_port}", room, s.draw.random(), pace(s), typing, where=node)
    for _ in range(s.draw.choice([1, 1, 2])):
        person(s.draw.choice(s.lab.beyond))
    s.wait(person(s.user))


def write_lines(s, process, make_line):
    """Types into a program, in a thread of its own, until the session is over."""
    draw = random.Random(s.draw.random())

    def write():
        try:
            while s.left() > 0.5 and process.poll() is None:
                time.sleep(min(s.left(), draw.uniform(0.2, 1.5) if draw.random() < 0.6 else draw.uniform(1.5, 6)))
                process.stdin.write(make_line(draw).encode() + b"\n")
                process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass
    thread = threading.Thread(target=write, daemon=True)
    thread.start()


def words(draw):
    length = draw.choice([3, 8, 20, 35, 60]) if draw.random() < 0.93 else draw.randrange(120, 380)
    return "".join(draw.choice("etaoin shrdlu ") for _ in range(length)).strip() or "ok"


@activity(LABEL, needs="irc", seconds=(20, 90), weight=2)
def irc_chat(s):
    """sic, in a channel with one or two others."""
    channel = f"#room{s.draw.randrange(10**6)}"
    for node in [s.user] + [s.draw.choice(s.lab.beyond) for _ in range(s.draw.choice([1, 2]))]:
        process = s.start("sic", "-h", s.ip, "-p", s.server.tcp_port, "-n", f"p{s.draw.randrange(10**6)}", where=node, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        process.stdin.write(f":j {channel}\n".encode())
        process.stdin.flush()
        write_lines(s, process, words)
        s.pause(0.2, 0.5)
    while s.pause(1, 1):
        pass


@activity(LABEL, needs="mqtt", seconds=(20, 70), weight=2)
def mqtt_chat(s):
    """A messenger over MQTT: one connection to listen, one to write."""
    topic, qos = f"room/{s.draw.randrange(10**6)}", s.draw.choice([0, 1, 2])
    port, more = (s.server.tcp_port, []) if s.draw.random() < 0.5 else (s.server.tls_port, ["--cafile", s.server.dir / "cert.pem", "--insecure"])
    for node in (s.user, s.draw.choice(s.lab.beyond)):
        common = ["-h", s.ip, "-p", port, *more, "-q", qos, "-t", topic, "-k", s.draw.choice([5, 10, 60])]
        s.start("mosquitto_sub", *common, where=node, stdout=subprocess.DEVNULL)
        write_lines(s, s.start("mosquitto_pub", *common, "-l", where=node, stdin=subprocess.PIPE), words)
    while s.pause(1, 1):
        pass
