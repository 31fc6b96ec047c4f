# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Game servers, each alone in its namespace: UDP answers then come from the address that was asked."""
from subprocess import PIPE

from ..servers import Server, server


def game_environment(folder):
    return {"HOME": str(folder), "PATH": "/usr/games:/usr/bin:/bin", "SDL_AUDIODRIVER": "dummy", "SDL_VIDEODRIVER": "dummy", "XDG_RUNTIME_DIR": str(folder)}


@server
class Doom(Server):
    """A game has one server, which its session starts."""
    def launch(self):
        pass


@server
class Teeworlds(Server):
    def prepare(self):
        self.udp_port = self.port(8303, 8304)

    def launch(self):
        (self.dir / "server.cfg").write_text(f"sv_name lab\nsv_port {self.udp_port}\nsv_register 0\nsv_map {self.draw.choice(['dm1', 'dm2', 'dm6', 'ctf1'])}\n")
        self.start("teeworlds-server", "-f", "server.cfg", env=game_environment(self.dir))
        self.await_port(self.udp_port, "u")


@server
class Minetest(Server):
    def prepare(self):
        self.udp_port = self.port(30000, 30001)

    def launch(self):
        (self.dir / "minetest.conf").write_text(
            f"dedicated_server_step = {self.draw.choice([0.05, 0.09, 0.1])}\nmax_simultaneous_block_sends_per_client = {self.draw.choice([4, 10, 40])}\n"
            "default_privs = interact, shout, fly\nmg_name = singlenode\n".replace("singlenode", self.draw.choice(["v7", "flat", "valleys", "v6"])))
        self.start("minetestserver", "--config", self.dir / "minetest.conf", "--world", self.dir / "world", "--gameid", "minetest_game", "--port", self.udp_port,
                   env=game_environment(self.dir))
        self.await_port(self.udp_port, "u")


@server
class Supertuxkart(Server):
    def prepare(self):
        self.udp_port = self.port(2759, 2760)

    def launch(self):
        (self.dir / "server.xml").write_text(f"""<?xml version="1.0"?>
<server-config version="6">
  <server-name value="lab"/> <server-port value="{self.udp_port}"/> <wan-server value="false"/> <owner-less value="true"/> <enable-console value="false"/>
  <min-start-game-players value="1"/> <start-game-counter value="3"/> <voting-timeout value="3"/> <server-mode value="3"/> <ranked value="false"/>
  <state-frequency value="{self.draw.choice([10, 10, 20, 30])}"/> <high-ping-workaround value="true"/> <kick-idle-player-seconds value="600"/>
</server-config>
""")
        self.start("supertuxkart", f"--server-config={self.dir}/server.xml", "--lan-server=lab", "--no-graphics", env=game_environment(self.dir), stdin=PIPE)
        self.await_port(self.udp_port, "u")

