# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""DNS, for everybody."""
from ..network import Node
from ..servers import Server, server


@server
class Dns(Server):
    only_other = True

    def make_node(self):
        self.node = Node("s-dns", [self.lab.conditions.dns_address])
        self.lab.conditions.settle_far(self.node.name)
        return self.node

    def launch(self):
        names = [f"--address=/{name}/{address}" for name, address in self.lab.names().items()]
        self.start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv", "--no-hosts",
                   "--bind-interfaces", "--except-interface=lo", f"--listen-address={self.ip}", "--local=/test/",
                   f"--local-ttl={self.draw.choice([0, 5, 60])}", *names)
        self.await_port(53, "u")
