# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""The network: user equipments behind a router, a long and narrow wire, and servers and other users beyond it."""
import os
import pathlib
import shutil
import subprocess
import time

from .process import LabError, call, empty

PREFIX = "weir-lab-"
ROUTER, CORE = PREFIX + "router", PREFIX + "core"
ETC = pathlib.Path("/etc/netns")


def namespaces():
    """Those of the lab that exist."""
    listed = call("ip", "netns", "list")
    return [line.split()[0] for line in listed.splitlines() if line.startswith(PREFIX)]


def sysctl(namespace, **values):
    call("ip", "netns", "exec", namespace, "sysctl", "-qw", *(f"{k.replace('__', '/')}={v}" for k, v in values.items()))


class Node:
    """A network namespace with one network card and one address or more: a user equipment, a server, a user beyond."""

    def __init__(self, name, addresses):
        self.name, self.namespace, self.addresses = name, PREFIX + name, addresses

    @property
    def ip(self):
        return self.addresses[0]


class Network:
    """Makes it and takes it away. `conditions` are those of scenario.Conditions."""

    def __init__(self, conditions, work):
        self.conditions, self.work, self.delay = conditions, pathlib.Path(work), None

    def up(self, nodes_near, nodes_far):
        c = self.conditions
        for name, subnet in ((ROUTER, c.near_subnet), (CORE, c.far_subnet)):
            self._namespace(name)
            call("ip", "-n", name, "link", "add", "br0", "type", "bridge")
            call("ip", "-n", name, "address", "add", f"{subnet}.1/24", "dev", "br0")
            call("ip", "-n", name, "link", "set", "br0", "up", "mtu", str(c.mtu))
            sysctl(name, net__ipv4__ip_forward=1)
        self._wire(nodes_near + nodes_far)
        for node in nodes_near:
            self._attach(node, ROUTER, c.near_subnet, c.access[node.name])
        for node in nodes_far:
            self._attach(node, CORE, c.far_subnet, None)

    def _namespace(self, name):
        call("ip", "netns", "add", name)
        # IPv6 would only add neighbour discovery, which belongs to no program.
        sysctl(name, net__ipv6__conf__all__disable_ipv6=1, net__ipv6__conf__default__disable_ipv6=1)
        call("ip", "-n", name, "link", "set", "lo", "up")

    def _wire(self, nodes):
        """The tap pair that delays and loses, with a bottleneck (HTB) before it each way."""
        c = self.conditions
        table = self.work / "delay.table"
        table.write_text("".join(f"{a} {c.delay[n.name][0]} {c.delay[n.name][1]} {c.delay[n.name][2]} {c.delay[n.name][3]}\n"
                                 for n in nodes for a in n.addresses))
        with open(self.work / "delay.log", "wb") as log:
            self.delay = subprocess.Popen(["nice", "-n", "-15", str(self.work / "delay"), ROUTER, "core0", CORE, "access0",
                                           str(table), str(c.seed)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for name, device, own, other, subnet, rate in ((ROUTER, "core0", 1, 2, c.far_subnet, c.up_kbit),
                                                       (CORE, "access0", 2, 1, c.near_subnet, c.down_kbit)):
            self._await_device(name, device)
            call("ip", "-n", name, "address", "add", f"{c.wire_subnet}.{own}/30", "dev", device)
            call("ip", "-n", name, "link", "set", device, "up", "mtu", str(c.mtu))
            call("ip", "-n", name, "route", "add", f"{subnet}.0/24", "via", f"{c.wire_subnet}.{other}")
            call("tc", "-n", name, "qdisc", "add", "dev", device, "root", "handle", "1:", "htb", "default", "1")
            call("tc", "-n", name, "class", "add", "dev", device, "parent", "1:", "classid", "1:1", "htb", "rate", f"{rate}kbit")
            call("tc", "-n", name, "qdisc", "add", "dev", device, "parent", "1:1", "bfifo", "limit",
                 str(max(30000, rate * c.queue_ms // 8)))

    def _await_device(self, namespace, device):
        for _ in range(100):
            if subprocess.run(["ip", "-n", namespace, "link", "show", device], capture_output=True).returncode == 0:
                return
            time.sleep(0.05)
        raise LabError("the long wire did not come up: " + (self.work / "delay.log").read_text().strip())

    def _attach(self, node, switch, subnet, access):
        """A card for the node on the switch; `access` is (down, up) in kbit/s, or None for no limit."""
        c, port = self.conditions, "p" + node.name[:13]
        self._namespace(node.namespace)
        call("ip", "-n", switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", node.namespace)
        for name, device in ((switch, port), (node.namespace, "eth0")):
            # With offloads the kernel would hand over frames of up to 64 KB that no wire has seen.
            call("ip", "netns", "exec", name, "ethtool", "-K", device, "tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off")
            call("ip", "-n", name, "link", "set", device, "mtu", str(c.mtu))
        call("ip", "-n", switch, "link", "set", port, "master", "br0", "up")
        for address in node.addresses:
            call("ip", "-n", node.namespace, "address", "add", f"{address}/24", "dev", "eth0")
        call("ip", "-n", node.namespace, "link", "set", "eth0", "up")
        call("ip", "-n", node.namespace, "route", "add", "default", "via", f"{subnet}.1", "congctl", c.congestion_control)
        low, high = c.ephemeral_ports
        sysctl(node.namespace, net__ipv4__ip_local_port_range=f"{low} {high}", net__ipv4__tcp_no_metrics_save=1)
        if access:
            for name, device, rate in ((switch, port, access[0]), (node.namespace, "eth0", access[1])):
                call("tc", "-n", name, "qdisc", "add", "dev", device, "root", "tbf", "rate", f"{rate}kbit",
                     "burst", str(max(3200, rate * 2)), "latency", f"{c.queue_ms}ms")
        etc = ETC / node.namespace
        etc.mkdir(parents=True, exist_ok=True)
        (etc / "resolv.conf").write_text(f"nameserver {c.dns_address}\noptions timeout:2 attempts:2\n")
        (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
        for file in etc.iterdir():
            file.chmod(0o644)  # also for programs that do not run as root

    def down(self):
        if self.delay:
            self.delay.terminate()
            self.delay.wait()
            self.delay = None
        take_down()


def take_down():
    """Ends and removes all of the lab; nothing happens where there is none."""
    ours = namespaces()
    empty(ours)
    for name in ours:
        subprocess.run(["ip", "netns", "delete", name], capture_output=True)
        shutil.rmtree(ETC / name, ignore_errors=True)
    if ETC.is_dir() and not os.listdir(ETC):
        ETC.rmdir()
