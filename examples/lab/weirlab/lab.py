# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""One run: prepares media, brings the network and the servers up, lets the users live, records, writes the truth."""
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from . import activities, media, network, services  # noqa: F401  (they register themselves)
from .network import CORE, ROUTER, Network, Node
from .process import LabError, call, end
from .scenario import Conditions
from .servers import SERVERS
from .session import ACTIVITIES, Session
from .truth import Ledger

HERE = pathlib.Path(__file__).resolve().parent.parent


def say(text):
    print(f"lab.sh: {text}", file=sys.stderr, flush=True)


class Lab:
    def __init__(self, scenario, name, seed, minutes, tools, only=None):
        self.scenario, self.name, self.seed, self.seconds, self.tools = scenario, name, seed, 60 * minutes, tools
        self.conditions = Conditions(scenario, seed)
        self.ledger, self.stop, self.ends = Ledger(), threading.Event(), 0.0
        self.heavy = threading.Semaphore(scenario.get("heavy_at_a_time", 2))
        possible = {a.name: a for a in ACTIVITIES if self.conditions.lines.get(a.label)}
        for program in only or []:
            if program not in possible:
                raise LabError(f"no program {program} in this scenario; there are {', '.join(possible)}")
        self.activities = [a for a in possible.values() if not only or a.name in only]
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="weir-lab."))
        self.work.chmod(0o755)
        self.to_remove = []  # folders made outside the working folder
        self.sessions, self._sessions_lock = [], threading.Lock()

    # ---- Up and down ----

    def up(self):
        self._build_delay()
        self._draw_servers()
        say(f"preparing media and {', '.join(self.servers)}")
        for each in self.servers.values():
            each.dir.mkdir(exist_ok=True)
            each.prepare()
        self._media()
        self.users = [Node(f"u{n}", [self.conditions.new_address(self.conditions.near_subnet)]) for n in range(1, self.conditions.users + 1)]
        self.beyond = [Node(f"f{n}", [self.conditions.new_address(self.conditions.far_subnet)]) for n in range(1, 5)]
        for user in self.users:
            self.conditions.settle_user(user.name)
        for other in self.beyond:
            self.conditions.settle_far(other.name)
        nodes = [s.make_node() for s in self.servers.values()]
        self.network = Network(self.conditions, self.work)
        self.network.up(self.users, nodes + self.beyond)
        for each in self.servers.values():
            each.launch()

    def _draw_servers(self):
        """Those that the activities of this run need; DNS always and first, as some servers look names up when they start."""
        needed = {a.needs for a in self.activities if a.needs}
        self.servers = {name: SERVERS[name](self) for name in ["dns"] + [s for s in SERVERS if s != "dns"] if name == "dns" or name in needed}

    def _media(self):
        """What calls send: both ends of every call take from the same few clips."""
        draw, folder, lines = random.Random(f"media {self.seed}"), self.work / "media", self.conditions.lines
        folder.mkdir()
        calls = lines.get("Audio Calls", 0) + lines.get("Video Calls", 0)
        self.voices = media.voices(draw, folder / "log", folder, 3) if calls else []
        self.clips = media.call_clips(draw, folder / "log", folder, 3) if lines.get("Video Calls") else []
        self.films = media.films(draw, folder / "log", folder, 3) if lines.get("Video Uploads") else []
        media.finish()
        self.clients = HERE / "clients"

    def free_port(self, node, port):
        """Whether nobody listens there."""
        return not call("ip", "netns", "exec", node.namespace, "ss", "-Hlntu", "sport", f"= :{port}").strip()

    def _build_delay(self):
        call("g++", "-std=c++20", "-O2", "-o", str(self.work / "delay"), str(HERE / "delay.cpp"))

    def down(self, keep):
        self.stop.set()
        media.give_up()
        network_ = getattr(self, "network", None)
        network_.down() if network_ else network.take_down()
        for folder in self.to_remove:
            folder.rmdir()
        if keep:
            say(f"the working folder is {self.work}")
        else:
            shutil.rmtree(self.work, ignore_errors=True)

    def names(self):
        """Host names and their addresses, for the DNS server."""
        return {s.host(a): a for s in self.servers.values() if hasattr(s, "host") for a in s.node.addresses}

    # ---- Life ----

    def live(self, output):
        capture, truth = output / f"{self.name}.pcap", output / f"{self.name}.csv"
        recorder = self._record(self.work / "capture.pcap")
        say(f"recording {self.seconds:.0f} s: " + ", ".join(f"{n} × {c}" for c, n in self.conditions.lines.items()))
        self.ends = time.time() + self.seconds
        lines = [threading.Thread(target=self._line, args=(category, n), daemon=True)
                 for category, count in self.conditions.lines.items() for n in range(count)
                 if any(a.label == category for a in self.activities)]
        for line in lines:
            line.start()
        for line in lines:
            line.join(self.seconds + 90)
        time.sleep(2)  # the last FIN and its ACK
        self._stop(recorder)
        self.ledger.write(self.work / "truth.csv", capture.name, [s.node.ip for s in self.servers.values() if s.only_other])
        self._write_record(output)
        shutil.move(self.work / "truth.csv", truth)
        shutil.move(self.work / "capture.pcap", capture)
        return capture, truth

    def _record(self, path):
        namespace, device = (ROUTER, "core0") if self.conditions.vantage == "user" else (CORE, "access0")
        self._recorder_log = open(self.work / "recorder.log", "w+b")
        recorder = subprocess.Popen(["ip", "netns", "exec", namespace, "nice", "-n", "-18", str(self.tools / "weir-capture"),
                                     "-i", device, "--snaplen", "128", "--bpf", "not arp", "-o", str(path)],
                                    stdin=subprocess.DEVNULL, stdout=self._recorder_log, stderr=self._recorder_log, start_new_session=True)
        for _ in range(100):
            if b"capturing on" in (self.work / "recorder.log").read_bytes():
                return recorder
            if recorder.poll() is not None:
                break
            time.sleep(0.1)
        raise LabError("weir-capture did not start: " + (self.work / "recorder.log").read_text().strip())

    def _stop(self, recorder):
        if end(recorder, signal.SIGINT, 20) != 0:
            raise LabError("weir-capture failed: " + (self.work / "recorder.log").read_text().strip())
        counts = (self.work / "recorder.log").read_text().strip().splitlines()[-1]
        say(counts)
        self.recorded = counts

    def _line(self, category, number):
        """One of the sessions of a category that go on at a time, one after the other."""
        draw = random.Random(f"line {category} {number} {self.seed}")
        mine = [a for a in self.activities if a.label == category]
        turn = []
        time.sleep(draw.uniform(0, 4))
        while time.time() < self.ends - 6 and not self.stop.is_set():
            if not turn:  # every program has its turn, the frequent ones more often, in an order of its own
                turn = [a for a in mine for _ in range(a.weight)]
                draw.shuffle(turn)
            what = turn.pop()
            if what.heavy and not self.heavy.acquire(blocking=False):
                if all(a.heavy for a in turn + mine):
                    time.sleep(1)
                continue
            try:
                self._session(what, draw)
            finally:
                if what.heavy:
                    self.heavy.release()
            time.sleep(min(draw.uniform(*self.conditions.think_s), max(0, self.ends - time.time())))

    def _session(self, what, draw):
        for _ in range(30):
            user = draw.choice(self.users)
            far = draw.choice(self.beyond) if what.far else None
            addresses = far.addresses if far else self.servers[what.needs].node.addresses
            peers = draw.sample(addresses, min(len(addresses), draw.randint(1, what.peers)))
            pairs = [(user.ip, peer) for peer in peers]
            if self.ledger.reserve(pairs, what.label):
                break
            time.sleep(0.3)
        else:
            return
        folder = pathlib.Path(tempfile.mkdtemp(prefix=what.name + ".", dir=self.work))
        folder.chmod(0o777)
        session = Session(self, what, user, far, peers, draw.random(), folder)
        began = time.time()
        try:
            what.body(session)
            outcome = " ".join(str(s) for s in session.status) or "ended"
        except Exception as error:  # one program's trouble is no reason to lose the run
            outcome = f"{type(error).__name__}: {error}".replace(",", ";").replace("\n", " ")
        finally:
            session.close()
            self.ledger.release(pairs, what.label)
        with self._sessions_lock:
            self.sessions.append((began, time.time(), what.label, what.name, user.name, "+".join(peers), outcome, folder.name))

    def _write_record(self, output):
        """What happened, for people: the conditions drawn and every session."""
        with open(output / f"{self.name}.sessions.csv", "w") as out:
            print("start,end,label,program,user,peers,outcome,folder", file=out)
            for began, ended, *rest in sorted(self.sessions):
                print(f"{began:.3f},{ended:.3f}," + ",".join(rest), file=out)
        record = {"scenario": self.scenario.get("name"), "seconds": self.seconds, **self.conditions.describe(), "recorded": self.recorded}
        (output / f"{self.name}.json").write_text(json.dumps(record, indent=1) + "\n")
