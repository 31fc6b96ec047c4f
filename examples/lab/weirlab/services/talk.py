# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Servers that carry messages: XMPP, IRC, MQTT and a web chat."""
import shutil

from ..servers import Server, server
from .web import certificate


@server
class Xmpp(Server):
    addresses_from_to = (1, 2)
    accounts = 24

    def host(self, _):
        return "chat.lab.test"

    def prepare(self):
        self.tcp_port = self.port(5222, 5222, 443)
        self.http_port = self.port(5280, 8080)

    def launch(self):
        certificate(self.dir, ["chat.lab.test"])
        for name in ("cert.pem", "key.pem"):
            (self.dir / name).chmod(0o644)
        data = self.dir / "data"
        accounts = data / "chat%2elab%2etest" / "accounts"
        accounts.mkdir(parents=True)
        for n in range(self.accounts):
            (accounts / f"user{n}.dat").write_text('return { ["password"] = "secret" };\n')
        shutil.chown(self.dir, "prosody")
        for path in data.rglob("*"):
            shutil.chown(path, "prosody")
        shutil.chown(data, "prosody")
        (self.dir / "prosody.cfg.lua").write_text(f"""
pidfile = "{self.dir}/prosody.pid"; data_path = "{data}"
c2s_ports = {{ {self.tcp_port} }}; s2s_ports = {{ }}; component_ports = {{ }}
http_ports = {{ {self.http_port} }}; https_ports = {{ }}; http_interfaces = {{ "*" }}; c2s_interfaces = {{ "*" }}
modules_enabled = {{ "roster", "saslauth", "tls", "disco", "ping", "carbons", "smacks" }}
modules_disabled = {{ "s2s", "offline" }}
c2s_require_encryption = false; allow_unencrypted_plain_auth = true; authentication = "internal_plain"
ssl = {{ key = "{self.dir}/key.pem"; certificate = "{self.dir}/cert.pem" }}
log = {{ info = "{self.dir}/prosody.log" }}
VirtualHost "chat.lab.test"
Component "files.chat.lab.test" "http_file_share"
  http_host = "chat.lab.test"; http_external_url = "http://chat.lab.test:{self.http_port}/"
Component "rooms.chat.lab.test" "muc"
""")
        self.start("setpriv", "--reuid=prosody", "--regid=prosody", "--clear-groups", "prosody", "-F", "--config", self.dir / "prosody.cfg.lua")
        self.await_port(self.tcp_port)


@server
class Irc(Server):
    def prepare(self):
        self.tcp_port = self.port(6667, 6668)

    def launch(self):
        (self.dir / "ngircd.conf").write_text(f"""[Global]
Name = irc.lab.test
Info = lab
Ports = {self.tcp_port}
ServerUID = root
ServerGID = root
MotdPhrase = {"welcome " * self.draw.randrange(1, 9)}
[Limits]
MaxConnectionsIP = 0
PingTimeout = {self.draw.choice([20, 60, 120])}
[Options]
DNS = no
Ident = no
PAM = no
""")
        self.start("ngircd", "-n", "-f", self.dir / "ngircd.conf")
        self.await_port(self.tcp_port)


@server
class Mqtt(Server):
    def prepare(self):
        self.tcp_port, self.tls_port = self.port(1883, 1884), self.port(8883, 443)

    def launch(self):
        certificate(self.dir, ["mqtt.lab.test"])
        (self.dir / "mosquitto.conf").write_text(
            f"allow_anonymous true\nuser root\npersistence false\nlistener {self.tcp_port} 0.0.0.0\n"
            f"listener {self.tls_port} 0.0.0.0\ncertfile {self.dir}/cert.pem\nkeyfile {self.dir}/key.pem\n")
        self.start("mosquitto", "-c", self.dir / "mosquitto.conf")
        self.await_port(self.tcp_port)


@server
class Webchat(Server):
    """A chat room over secure web sockets, as in a browser's tab."""
    addresses_from_to = (1, 2)

    def prepare(self):
        self.tcp_port = self.port(443, 443, 8443)

    def launch(self):
        certificate(self.dir, ["webchat.lab.test"])
        self.start("/usr/bin/python3", self.lab.clients / "web_chat.py", "serve", self.tcp_port, self.dir / "cert.pem", self.dir / "key.pem")
        self.await_port(self.tcp_port)
