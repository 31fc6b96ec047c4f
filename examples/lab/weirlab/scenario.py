# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""What a run is like: the scenario file says from where to where, the seed says what."""
import math
import pathlib
import random
import tomllib

from .process import LabError

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "scenarios"
CATEGORIES = ("Video Streaming", "Audio Calls", "Video Calls", "Gaming", "Video Uploads", "Browsing", "Texting", "Other")


def load(name):
    """The scenario of that name, or of that file."""
    path = pathlib.Path(name)
    if not path.suffix:
        path = FOLDER / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.toml")))
        raise LabError(f"no scenario {name}; there are {known}, or name a .toml file")
    try:
        scenario = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise LabError(f"{path}: {error}") from error
    for category in scenario.get("lines", {}):
        if category not in CATEGORIES:
            raise LabError(f"{path}: no category {category}; there are {', '.join(CATEGORIES)}")
    return scenario


def between(draw, low, high):
    """As many small as large: each doubling is as likely as the next."""
    return math.exp(draw.uniform(math.log(low), math.log(high)))


class Conditions:
    """The network of one run, drawn once; what programs do is drawn by each activity for itself."""

    def __init__(self, scenario, seed):
        self.seed, draw = seed, random.Random(f"conditions {seed}")
        net = scenario["network"]
        self.near_subnet = draw.choice(["10.{}.{}", "192.168.{1}", "172.20.{1}", "100.64.{1}"]).format(
            draw.randrange(1, 250), draw.randrange(1, 250))
        self.far_subnet = draw.choice(["10.255.{}", "172.30.{}", "192.168.255"]).format(draw.randrange(1, 250))
        self.wire_subnet = "172.31.0"
        self.mtu = draw.choice(net["mtu"])
        self.queue_ms = round(between(draw, *net["queue_ms"]))
        self.down_kbit = round(1000 * between(draw, *net["bottleneck_mbit"]))
        self.up_kbit = round(self.down_kbit * draw.uniform(0.6, 1))
        self.vantage = draw.choice(net["vantage"])
        self.congestion_control = draw.choice(net["congestion_control"])
        self.ephemeral_ports = draw.choice([(32768, 60999), (49152, 65535), (10000, 64000), (1025, 65000)])
        self.users = draw.randint(*net["users"])
        self.lines = {c: draw.randint(*scenario["lines"][c]) for c in scenario["lines"]}
        self.think_s = net["think_s"]
        self.access, self.delay = {}, {}  # by node: (down, up) in kbit/s; (delay us, jitter us, loss, burst)
        self._net, self._draw = net, draw
        self._hosts = {self.near_subnet: iter(draw.sample(range(10, 250), 240)),
                       self.far_subnet: iter(draw.sample(range(10, 250), 240))}
        self.dns_address = self.new_address(self.far_subnet)

    def new_address(self, subnet):
        return f"{subnet}.{next(self._hosts[subnet])}"

    def settle_user(self, name):
        """Gives a user equipment its link and its distance."""
        net, draw = self._net, self._draw
        down = between(draw, *net["down_mbit"])
        self.access[name] = (round(1000 * down), round(1000 * min(down, between(draw, *net["up_mbit"]))))
        loss = between(draw, *net["loss_percent"]) / 100 if draw.random() < net["lossy_users"] else 0
        self.delay[name] = (round(1000 * between(draw, *net["delay_ms"])), round(1000 * between(draw, *net["jitter_ms"])),
                            round(loss, 6), round(draw.uniform(1, 4), 2))

    def settle_far(self, name):
        """Gives a server or a user beyond its distance."""
        self.delay[name] = (round(1000 * between(self._draw, *self._net["far_delay_ms"])),
                            round(1000 * between(self._draw, 0.05, 1)), 0, 1)

    def describe(self):
        """For the record of the run."""
        return {"seed": self.seed, "mtu": self.mtu, "queue_ms": self.queue_ms, "down_kbit": self.down_kbit,
                "up_kbit": self.up_kbit, "vantage": self.vantage, "congestion_control": self.congestion_control,
                "users": self.users, "lines": self.lines,
                "access_kbit": self.access, "delay_us_jitter_us_loss_burst": self.delay}
